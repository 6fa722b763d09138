"""The predictions table: every sample of a part with what the network makes of it."""

from nnsim.ui.panels.predictions.panel import PredictionsPanel

__all__ = ["PredictionsPanel"]
