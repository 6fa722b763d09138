"""The lab: the way of the data into the network and the network itself, step by step."""

from nnsim.ui.panels.lab.panel import LabPanel

__all__ = ["LabPanel"]
