"""The activation of a neuron with its derivative, and where the neuron stands on them."""

from nnsim.ui.panels.activation.panel import ActivationPanel

__all__ = ["ActivationPanel"]
