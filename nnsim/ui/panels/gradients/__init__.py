"""Gradients and units, layer by layer: how large, how many dead or saturated, over the run."""

from nnsim.ui.panels.gradients.panel import GradientsPanel

__all__ = ["GradientsPanel"]
