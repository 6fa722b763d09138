"""Training beside the window: how late events come, how often it shows, how much it slows down.

A timer that should fire every few milliseconds is asked how late it comes: that is how long a
click would have waited.  Of each delay, what others on the machine take is none of the window's
making: it counts at most as long as this program itself computed meanwhile, on whatever thread.
Pictures are compared with painting the whole window, iterations a second with those of the same
run without a window, all within one run, so that a busy machine slows both sides.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication

from nnsim.app import make_window
from nnsim.document.templates import perceptron
from nnsim.session import Goal, Session
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.shell.docks import PANELS
from tests.support.lateness import Delay, Lateness, paint_milliseconds

SECONDS = 4.0
#: What a person may wait for an answer, in 99 of 100 cases.
GOAL_MS = 10.0
LEAST_SHARE = 0.5
#: Pictures may take up to so many times what painting the whole window once does, breaks included.
MOST_PAINTS = 12.0
MOST_PICTURES = 31
TRIES = 3


def restless(sizes: tuple[int, ...], rows: int):
    """A network that goes on learning from points of two classes."""
    document = perceptron(sizes, "tanh")
    random = np.random.default_rng(0)
    inputs = random.normal(size=(rows, sizes[0]))
    targets = (inputs[:, :1] * inputs[:, 1:2] > 0).astype(float)
    data = replace(document.data, inputs=inputs, targets=targets)
    training = replace(
        document.training,
        batch_size=10,
        learning_rate=0.01,
        limit=10**8,
        target_loss=0.0,
        tolerance=0.0,
    )
    return replace(document, data=data, training=training)


NETWORKS = {
    "2-4-2-1, batch 10": restless((2, 4, 2, 1), 200),
    "2-8-8-8-1, batch 10": restless((2, 8, 8, 8, 1), 200),
}


@pytest.fixture(params=list(NETWORKS.values()), ids=list(NETWORKS))
def document(request):
    return request.param


@pytest.fixture
def window(qtbot, tmp_path, document):
    """A window with every panel in sight, none behind a tab."""
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    window = make_window(QApplication.instance(), Preferences(settings))
    window.resize(1920, 1200)
    qtbot.addWidget(window)
    window.show()
    docks = [window.docks.dock(spec.name) for spec in PANELS]
    for dock in docks:
        window.removeDockWidget(dock)
    areas = Qt.DockWidgetArea
    for place, (spec, dock) in enumerate(zip(PANELS, docks, strict=True)):
        left_or_right = (areas.LeftDockWidgetArea, areas.RightDockWidgetArea)[place % 2]
        window.addDockWidget(left_or_right, dock, Qt.Orientation.Vertical)
        window.docks.show_panel(spec.name)
    window.workspace.open(document)
    qtbot.wait(500)
    assert all(panel.isVisible() for panel in window.docks.panels.values())
    yield window
    window.player.pause()
    window.workspace.undo_stack.setClean()


def headless_rate(document, seconds: float) -> float:
    """Iterations a second on a thread with no window beside it."""
    session = Session(document)
    session.train(Goal(10**8))
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        time.sleep(0.02)
        session.keep_up()
    session.halt()
    return session.computed / (time.perf_counter() - start)


class Measured(NamedTuple):
    """What was found while a run went on with every panel in sight."""

    at_rest: Delay
    late: Delay
    pictures: float
    share: float
    paint: float


def measured(window, qtbot, document) -> Measured:
    session, lateness = window.workspace.session, Lateness()
    # What views do at rest, finer pictures, is over.
    qtbot.wait(1500)
    at_rest = lateness.over(qtbot, 1.0)
    before, paint = headless_rate(document, 1.5), paint_milliseconds(window)
    shown: list[float] = []

    def note():
        shown.append(time.perf_counter())

    window.workspace.position_changed.connect(note)
    window.player.run()
    qtbot.wait(500)
    shown.clear()
    start, done = time.perf_counter(), session.computed
    late = lateness.over(qtbot, SECONDS)
    seconds = time.perf_counter() - start
    rate = (session.computed - done) / seconds
    window.workspace.position_changed.disconnect(note)
    pictures = len(shown) / seconds
    window.player.pause()
    headless = (before + headless_rate(document, 1.5)) / 2
    print(f"\nevents late at rest: {at_rest}")
    print(f"training with every panel: {late}; painting all at once {paint:.1f} ms")
    print(f"{pictures:.1f} pictures a second; {rate:,.0f} iterations a second, ", end="")
    print(f"{rate / headless:.2f} of {headless:,.0f} headless")
    return Measured(at_rest, late, pictures, rate / headless, paint)


def test_the_window_answers_shows_and_lets_the_run_go_on(window, qtbot, document):
    # What else the machine does can spoil a try, and cannot make one better than it is.
    tries = [measured(window, qtbot, document)]
    while len(tries) < TRIES and not is_good(tries[-1]):
        tries.append(measured(window, qtbot, document))
    assert is_good(tries[-1])


def is_good(found: Measured) -> bool:
    """Nobody waits for the window, it shows what it can, and half of the speed is left."""
    least_pictures = 1000 / (MOST_PAINTS * found.paint)
    return (
        found.late.own_p99 <= GOAL_MS + found.at_rest.p99
        and least_pictures <= found.pictures <= MOST_PICTURES
        and found.share >= LEAST_SHARE
    )
