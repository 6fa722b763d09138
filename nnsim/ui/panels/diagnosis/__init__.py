"""The diagnosis panel: what is wrong with the run, the evidence, why, and what cures it."""

from nnsim.ui.panels.diagnosis.panel import DiagnosisPanel

__all__ = ["DiagnosisPanel"]
