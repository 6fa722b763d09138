"""Dotted lines over a run where it was changed in the middle."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from nnsim.document.model import Change
from nnsim.ui.bridge.theme import Theme
from nnsim.ui.panels.plotting.items import pen

_MOST = 50
#: The ends of lines that cross any plot, by whether it shows logarithms.
_ENDS = {True: (-400.0, 400.0), False: (-1e300, 1e300)}


class ChangeLines(pg.PlotCurveItem):
    """A line after every iteration that settings or parameters were changed after."""

    def __init__(self) -> None:
        super().__init__(connect="pairs")
        self._drawn: tuple[object, ...] = ()

    def show_changes(self, changes: tuple[Change, ...], is_log: bool, theme: Theme) -> None:
        """Show the last of these; the same ones cost nothing."""
        drawn = (changes, is_log, theme)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        places = np.array([change.iteration + 0.5 for change in changes[-_MOST:]])
        ends = np.tile(_ENDS[is_log], len(places))
        style = pen(theme.color("muted"), 1.0, Qt.PenStyle.DotLine)
        self.setData(np.repeat(places, 2), ends, pen=style)
