"""How weights and their updates are spread, over the run."""

from nnsim.ui.panels.weights.panel import WeightsPanel

__all__ = ["WeightsPanel"]
