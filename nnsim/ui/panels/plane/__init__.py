"""The plane: samples and separating line or regions of a network with one or two inputs."""

from nnsim.ui.panels.plane.panel import PlanePanel

__all__ = ["PlanePanel"]
