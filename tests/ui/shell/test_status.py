"""The status line: one text at a time, whatever happens to the window meanwhile."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QStatusTipEvent
from PySide6.QtWidgets import QApplication

from nnsim.engine.learners import VerdictKind
from nnsim.language.catalogue import text
from nnsim.ui.shell.line import Line

CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


@pytest.fixture
def line(window):
    return window.findChild(Line, "status_next")


def hover(qtbot, widget):
    """What Qt sends when the pointer comes to rest on a widget.

    The event itself and not a pointer: which window is under an offscreen pointer depends on what
    other tests have left open.
    """
    QApplication.sendEvent(widget, QStatusTipEvent(widget.statusTip()))


def is_painted_by_qt(window):
    """Whether Qt paints a message of its own over the line."""
    return bool(window.statusBar().currentMessage())


def test_a_tip_takes_the_place_of_what_comes_next(qtbot, window, line):
    entry = window.palette_.entries["neuron"]
    before = line.text()
    hover(qtbot, entry)
    assert line.text() == entry.statusTip() != before
    assert line.accessibleName() == line.text()
    assert not is_painted_by_qt(window)
    hover(qtbot, window.statusBar())
    assert line.text() == before


def test_the_tip_stays_alone_while_the_window_changes(qtbot, window, line):
    entry = window.palette_.entries["neuron"]
    hover(qtbot, entry)
    qtbot.keyClick(window, Qt.Key.Key_Plus, CTRL_ALT)
    window.resize(1400, 900)
    QApplication.processEvents()
    assert line.isVisible()
    assert line.text() == entry.statusTip()
    assert not is_painted_by_qt(window)


def test_a_step_under_a_tip_shows_when_the_tip_goes(qtbot, window, line):
    before = line.text()
    hover(qtbot, window.palette_.entries["neuron"])
    window.commands["forward"].trigger()
    assert line.text() == window.palette_.entries["neuron"].statusTip()
    hover(qtbot, window.statusBar())
    assert line.text() not in ("", before)


def test_the_tip_of_a_menu_entry_is_said_there(window, line):
    before = line.text()
    menu, action = window.menus["help"], window.commands["about"]
    action.setStatusTip("About this program")
    menu.popup(window.mapToGlobal(QPoint(100, 100)))
    menu.setActiveAction(action)
    assert line.text() == "About this program"
    assert not is_painted_by_qt(window)
    menu.close()
    assert line.text() == before


@pytest.mark.parametrize("kind", [*(kind.value for kind in VerdictKind), "limit", "limit_loss"])
@pytest.mark.parametrize("locale", ["es", "en"])
def test_every_end_of_a_run_has_words_for_the_line(locale, kind):
    assert text(f"status.verdict.{kind}", locale)
