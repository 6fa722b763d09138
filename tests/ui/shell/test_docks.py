"""The docks around the canvas."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QApplication

from nnsim.app import first_document
from nnsim.ui.shell.docks import PANELS
from nnsim.ui.shell.window import MainWindow


def test_a_window_may_be_destroyed_without_being_closed(qtbot, preferences, dressed):
    # An exception in a slot fails the test.
    window = MainWindow(first_document(), preferences)
    window.resize(1600, 1000)
    with qtbot.waitExposed(window):
        window.show()
    docks = window.docks
    expected = {s.name for s in PANELS if not docks.dock(s.name).isHidden()}
    qtbot.waitUntil(lambda: set(docks.panels) >= expected, timeout=20_000)
    shiboken6.delete(window)
    QApplication.processEvents()
    assert not shiboken6.isValid(window)
