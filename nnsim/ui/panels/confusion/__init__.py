"""The confusion panel: which classes are taken for which, or values against what is wanted."""

from nnsim.ui.panels.confusion.panel import ConfusionPanel

__all__ = ["ConfusionPanel"]
