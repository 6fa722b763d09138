"""The course of a run: loss or errors per iteration and per epoch."""

from nnsim.ui.panels.loss.panel import LossPanel

__all__ = ["LossPanel"]
