"""How far the axes of the loss panel reach: they grow in steps and never shrink while a run lasts.

The present run decides; former runs are cut at the right edge unless they are asked for whole.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF

from nnsim.core.ranges import step_up
from nnsim.session.series import Floats, Series
from nnsim.ui.panels.loss.lines import Line

_FEWEST_STEPS = 10.0
_TOP_MARGIN = 1.06
_RIGHT_MARGIN = 1.02
# Former runs are looked at beside the present one: they stretch its heights this far and no more.
_FORMER_REACH = 3.0
# What has become so much shorter has begun anew.
_RESTARTED = 0.5


class Reach:
    """The home view of a run that goes on, until it is told to ``forget``."""

    def __init__(self) -> None:
        self._x = self._last = self._low = self._high = 0.0

    @property
    def end(self) -> float:
        """How far to the right lines are seen, short of the margin."""
        return self._x

    def forget(self) -> None:
        """Begin anew."""
        self._x = self._last = self._low = self._high = 0.0

    def home(
        self,
        own: Series,
        lines: Sequence[Line],
        is_log: bool,
        is_share: bool,
        with_ends: bool = False,
    ) -> QRectF:
        """The view of all lines, that of the run and others; ``is_share``: figures reach to 1.

        ``with_ends``: longer former runs are seen to their ends.  With a logarithmic axis its
        heights are logarithms.
        """
        if own.x[-1] < _RESTARTED * self._last:
            self.forget()
        self._last = float(own.x[-1])
        longest = max(self._last, _FEWEST_STEPS)
        if with_ends:
            longest = max(longest, *(float(line.series.x[-1]) for line in lines), 0.0)
        self._x = max(self._x, step_up(longest))
        heights = _heights(own, lines)
        low, high = self._log(heights) if is_log else self._plain(heights, is_share)
        return QRectF(0, low, self._x * _RIGHT_MARGIN, high - low)

    def _log(self, heights: Floats) -> tuple[float, float]:
        positive = heights[heights > 0]
        if len(positive):
            ends = np.log10([positive.min(), positive.max()])
            bottom, top = math.floor(ends[0]), math.ceil(ends[1])
            if self._high > self._low:
                bottom, top = min(self._low, bottom), max(self._high, top)
            self._low, self._high = bottom, top
        return self._low, max(self._high, self._low + 1)

    def _plain(self, heights: Floats, is_share: bool) -> tuple[float, float]:
        largest = float(heights.max(initial=0.0))
        top = 1.0 if is_share else step_up(largest if largest > 0 else 1.0)
        self._high = max(self._high, top)
        low = float(heights.min(initial=0.0))
        # R² of a network that has learnt nothing may be anything below 0.
        low = max(low, -1.0) if is_share else low
        self._low = min(self._low, low)
        return self._low - (_TOP_MARGIN - 1) * self._high, self._high * _TOP_MARGIN


def _heights(own: Series, lines: Sequence[Line]) -> Floats:
    """Finite figures that decide how high the axis is."""
    present = [own.y, *(line.series.y for line in lines if line.run is None)]
    heights = np.concatenate(present)
    heights = heights[np.isfinite(heights)]
    if former := [line.series.y for line in lines if line.run is not None]:
        others = np.concatenate(former)
        others = others[np.isfinite(others)]
        most = _FORMER_REACH * float(heights.max(initial=0.0))
        heights = np.concatenate([heights, others[others <= most]]) if most > 0 else others
    return heights
