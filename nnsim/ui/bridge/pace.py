"""How often views are shown where a run stands, and how fast that goes."""

from __future__ import annotations

import math
import time
from collections import deque

from PySide6.QtCore import QObject, QTimer, Signal

from nnsim.ui.bridge.turns import Turns

# Nobody sees more than so many pictures a second.
SHOW_SECONDS = 1 / 30
# A training that waits while views are shown something needs more than half of the time for itself
# to keep half of its speed: the break is so many times as long as the showing.
_BREAK, _BREAK_OF_TRAINING = 1.0, 2.0
# After what took unusually long nobody waits for as long again.
_LONGEST_BREAK = 0.5
# Views draw in the turns of the event loop after the one they are told in, and paint after that.
_TURNS = 4
_RATE_SECONDS = 2.0


class Pace(QObject):
    """Lets views be shown something at most 30 times a second, and for half of the time at most.

    The rest belongs to whoever uses the window, and to what computes beside it.

    ``shown()``: all of it is painted.
    """

    shown = Signal()

    def __init__(self, parent: QObject, turns: Turns) -> None:
        super().__init__(parent)
        self._views = turns
        self._awaited = math.inf
        self._began = self._due = 0.0
        self._turns = 0
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._turn)

    @property
    def is_due(self) -> bool:
        """Whether views may be shown something now."""
        return not self._turns and time.perf_counter() >= self._due

    def reset(self) -> None:
        """They may at once."""
        self._due = 0.0

    def begin(self) -> None:
        """They are being shown something: when all of it is painted, the break begins."""
        self._began = time.perf_counter()
        self._awaited = math.inf
        if not self._turns:
            self._turns = _TURNS
            self._next.start()

    def _turn(self) -> None:
        self._turns -= 1
        # Who asks later than in the turn after the first has other reasons to.
        self._awaited = min(self._awaited, self._views.asked)
        if self._views.served < self._awaited:
            # Those that draw one after another paint after the last of them.
            self._turns = _TURNS
        if self._turns:
            self._next.start()
            return
        now = time.perf_counter()
        taken = now - self._began
        rest = _BREAK_OF_TRAINING if self._views.one_by_one else _BREAK
        self._due = max(self._began + SHOW_SECONDS, now + min(rest * taken, _LONGEST_BREAK))
        self.shown.emit()


class Rate:
    """Iterations a second, over the last two seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def clear(self) -> None:
        """Begin anew."""
        self._seen.clear()

    def see(self, iterations: int) -> None:
        """So many are done now; fewer than before where an edit took some back."""
        now = time.perf_counter()
        if self._seen and iterations < self._seen[-1][1]:
            self.clear()
        self._seen.append((now, iterations))
        while len(self._seen) > 2 and now - self._seen[0][0] > _RATE_SECONDS:
            self._seen.popleft()

    @property
    def per_second(self) -> float | None:
        """None as long as nothing is known."""
        if len(self._seen) < 2:
            return None
        (first, before), (last, after) = self._seen[0], self._seen[-1]
        return (after - before) / (last - first) if after > before else None
