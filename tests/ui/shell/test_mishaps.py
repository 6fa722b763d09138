"""What nobody foresaw is logged and told calmly, and the work can be saved."""

import sys
import threading

import pytest
from PySide6.QtWidgets import QApplication

from nnsim.document.file import load
from nnsim.ui.shell.mishaps import Mishaps, log_path


@pytest.fixture
def mishaps(window):
    mishaps = Mishaps(window, window.preferences, window.projects.save_as, window.player.pause)
    before = sys.excepthook, threading.excepthook
    yield mishaps
    sys.excepthook, threading.excepthook = before


def fail(mishaps):
    try:
        raise RuntimeError("the unforeseen")
    except RuntimeError as error:
        mishaps.handle(type(error), error, error.__traceback__)


def test_it_is_told_without_a_traceback_and_logged_with_one(qtbot, mishaps, answer, press):
    shown = []

    def act(box):
        shown.append(box.text() + box.informativeText())
        press(box, "mishap_go_on")

    answer("mishap", act)
    fail(mishaps)
    qtbot.waitUntil(lambda: bool(shown))
    assert "RuntimeError" not in shown[0]
    assert "Your work is still here" in shown[0]
    assert str(log_path()) in shown[0]
    log = log_path().read_text(encoding="utf-8")
    assert "RuntimeError: the unforeseen" in log


def test_the_work_can_be_saved_from_there(
    qtbot, window, mishaps, answer, press, choose_file, tmp_path
):
    answer("mishap", lambda box: press(box, "mishap_save"))
    choose_file(tmp_path / "safe.nnsim")
    fail(mishaps)
    qtbot.waitUntil(lambda: (tmp_path / "safe.nnsim").exists())
    assert load(tmp_path / "safe.nnsim").title == "OR"


def test_what_repeats_stops_and_is_told_once(qtbot, window, mishaps, answer, press):
    window.player.play()
    seen = []

    def act(box):
        fail(mishaps)
        fail(mishaps)
        QApplication.processEvents()
        seen.append(QApplication.activeModalWidget() is box)
        press(box, "mishap_go_on")

    answer("mishap", act)
    fail(mishaps)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [True]
    assert not window.player.is_playing
    qtbot.wait(50)
    assert QApplication.activeModalWidget() is None


def test_exceptions_of_threads_are_told_too(qtbot, mishaps, answer, press):
    mishaps.install()
    seen = []

    def act(box):
        seen.append(box)
        press(box, "mishap_go_on")

    answer("mishap", act)
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(seen))
    assert "ZeroDivisionError" in log_path().read_text(encoding="utf-8")
