"""Samples from a table file: looked at, each column given its role, then taken over."""

from nnsim.ui.panels.importing.asking import ask_import

__all__ = ["ask_import"]
