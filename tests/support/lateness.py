"""How late events of the window come, and how much of that is of this program's making."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QElapsedTimer, Qt, QTimer

TICK_MS = 2


@dataclass
class Delay:
    """Milliseconds by which events came late, and how much of that is of this program's making."""

    median: float
    p99: float
    worst: float
    own_p99: float
    own_worst: float

    def __str__(self) -> str:
        late = f"median {self.median:.1f}, p99 {self.p99:.1f}, worst {self.worst:.1f} ms"
        return f"{late} (of its own making: p99 {self.own_p99:.1f}, worst {self.own_worst:.1f})"


class Lateness(QTimer):
    """Collects by how many milliseconds its ticks come late: so long a click would have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.setTimerType(Qt.TimerType.PreciseTimer)
        self._late: list[float] = []
        self._own: list[float] = []
        self._computed_until = 0.0
        self._clock = QElapsedTimer()
        self.timeout.connect(self._tick)

    def begin(self) -> None:
        """Collect anew."""
        self._late.clear()
        self._own.clear()
        self._computed_until = time.process_time()
        self._clock.start()
        self.start(TICK_MS)

    def end(self) -> Delay:
        """What was found since the beginning."""
        self.stop()
        return Delay(
            *np.percentile(self._late, [50, 99, 100]).tolist(),
            *np.percentile(self._own, [99, 100]).tolist(),
        )

    def over(self, qtbot, seconds: float) -> Delay:
        """What is found in so many seconds."""
        self.begin()
        qtbot.wait(round(1000 * seconds))
        return self.end()

    def _tick(self) -> None:
        late = max(0.0, self._clock.nsecsElapsed() / 1e6 - TICK_MS)
        self._clock.restart()
        computed = time.process_time()
        self._late.append(late)
        self._own.append(min(late, 1000 * (computed - self._computed_until)))
        self._computed_until = computed


def paint_milliseconds(window) -> float:
    """What it takes to paint the whole window once, on a machine as busy as now."""
    taken = []
    for _ in range(9):
        start = time.perf_counter()
        window.grab()
        taken.append(1000 * (time.perf_counter() - start))
    return float(np.median(taken))
