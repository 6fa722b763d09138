"""The window: every Qt import lives here and in ``nnsim.app``."""
