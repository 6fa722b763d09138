"""A real window for each test, with all its panels, and answers to the dialogs it opens."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from nnsim.app import first_document
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.shell.docks import PANELS
from nnsim.ui.shell.looks import Looks
from nnsim.ui.shell.qt_words import QtWords
from nnsim.ui.shell.window import MainWindow

LEFT = Qt.MouseButton.LeftButton
LONGEST_ANSWER_MS = 20_000


@pytest.fixture
def settings(tmp_path):
    return QSettings(str(tmp_path / "settings" / "nnsim.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def preferences(qapp, settings):
    preferences = Preferences(settings)
    preferences.set_locale("en")
    return preferences


@pytest.fixture
def dressed(qapp, preferences):
    """Theme, font and Qt's words as the program sets them; put back after the test."""
    palette, font = qapp.palette(), qapp.font()
    looks, words = Looks(qapp, preferences), QtWords(qapp, preferences)
    yield
    # What is left on the clipboard of the offscreen screen outlives Qt, and crashes.
    qapp.clipboard().clear()
    preferences.set_locale("en")
    words.deleteLater()
    looks.deleteLater()
    qapp.setPalette(palette)
    qapp.setFont(font)


@pytest.fixture
def open_window(qtbot, preferences, dressed, wake):
    """Opens a window and waits until all its panels are there."""

    def open_window(document=None, size=(1600, 1000)):
        # The pointer rests where the test before left it; what lies under it would give its tip.
        QCursor.setPos(QPoint(10_000, 10_000))
        window = MainWindow(document or first_document(), preferences)
        # Closing at the end of a test asks no question.
        qtbot.addWidget(
            window, before_close_func=lambda window: window.workspace.undo_stack.setClean()
        )
        window.resize(*size)
        with qtbot.waitExposed(window):
            window.show()
        expected = [s.name for s in PANELS if not window.docks.dock(s.name).isHidden()]
        qtbot.waitUntil(lambda: set(window.docks.panels) >= set(expected), timeout=20_000)
        wake(window)
        window.canvas.setFocus()
        return window

    return open_window


@pytest.fixture
def wake(qtbot):
    """``wake(window)``: keys go to this window again, as after a dialog on a real screen."""

    def wake(window):
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)

    return wake


@pytest.fixture
def window(open_window):
    return open_window()


@pytest.fixture
def answer(qtbot):
    """``answer(name, act)``: when the dialog of this name is open, ``act(dialog)`` is called.

    Every announced dialog has to come, or the test fails.
    """
    waiting = []
    left_open = []

    def answer(name, act):
        entry = [name, act, 0]
        waiting.append(entry)
        QTimer.singleShot(0, lambda: look(entry))

    def look(entry):
        name, act, tries = entry
        dialog = QApplication.activeModalWidget()
        if dialog is not None and dialog.objectName() == name and dialog.isVisible():
            waiting.remove(entry)
            try:
                act(dialog)
            except BaseException:
                # A dialog that stays open would hold the test up for ever.
                dialog.reject()
                raise
            # So would one that was answered and did not close.
            QTimer.singleShot(LONGEST_ANSWER_MS, dialog, lambda: give_up(name, dialog))
        elif tries < 200:
            entry[2] += 1
            QTimer.singleShot(20, lambda: look(entry))
        elif dialog is not None:
            dialog.reject()

    def give_up(name, dialog):
        if dialog.isVisible():
            left_open.append(name)
            dialog.reject()

    yield answer
    assert not left_open, "a dialog did not close"
    assert not [entry[0] for entry in waiting], "a dialog never came"


@pytest.fixture
def press(qtbot):
    """``press(parent, name)``: click the button of this name."""

    def press(parent: QWidget, name: str) -> None:
        button = parent.findChild(QAbstractButton, name)
        assert button is not None, name
        qtbot.mouseClick(button, LEFT)

    return press


@pytest.fixture
def choose_file(qtbot, answer):
    """``choose_file(path)``: type this path into the next file dialog and press Enter."""

    def choose_file(path):
        def act(dialog):
            line = dialog.findChild(QLineEdit, "fileNameEdit")
            # Until it has read its folder the dialog does not take what is typed.
            for _ in range(20):
                qtbot.wait(100)
                line.selectAll()
                qtbot.keyClicks(line, str(path))
                qtbot.keyClick(line, Qt.Key.Key_Return)
                if not dialog.isVisible():
                    return
            raise AssertionError(f"the dialog does not take {path}")

        answer("file_dialog", act)

    return choose_file
