"""The plane: samples and separating line or regions of a network over one or two columns."""

from nnsim.ui.panels.plane.panel import PlanePanel


class StillPlanePanel(PlanePanel):
    """A plane to look at: the samples are not its own."""

    offers_painting = False


__all__ = ["PlanePanel", "StillPlanePanel"]
