"""The sign of an alarm in the status line, and cures that train in the window."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QToolButton

from nnsim.document import failing

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def failing_window(window, qtbot):
    window.workspace.open(failing.dying_relu())
    sign = window.findChild(QToolButton, "status_alarm")
    qtbot.waitUntil(sign.isVisible, timeout=20_000)
    return window, sign


def test_all_is_calm_without_an_alarm(window):
    assert not window.findChild(QToolButton, "status_alarm").isVisible()


def test_the_sign_names_the_trouble_and_opens_the_panel(failing_window, qtbot):
    window, sign = failing_window
    assert sign.text() == "Dying ReLU"
    qtbot.mouseClick(sign, LEFT)
    qtbot.waitUntil(window.docks.panel("diagnosis").isVisible)


def test_it_goes_with_the_trouble(failing_window, qtbot):
    window, sign = failing_window
    window.workspace.open(failing.exploding_step(share=0.5))
    qtbot.waitUntil(lambda: not sign.isVisible())


def test_a_narrow_line_has_room_for_the_sign_alone(failing_window, qtbot):
    window, sign = failing_window
    style = Qt.ToolButtonStyle
    assert sign.toolButtonStyle() is style.ToolButtonTextBesideIcon
    window.resize(1000, 700)
    window.preferences.set_zoom(2.0)
    qtbot.waitUntil(lambda: sign.toolButtonStyle() is style.ToolButtonIconOnly)
    assert sign.accessibleName() == "Dying ReLU"


def test_a_cure_trains_the_network_again(failing_window, qtbot):
    window, sign = failing_window
    window.workspace.go_to(20)
    panel = window.docks.show_panel("diagnosis")

    def cure():
        return panel.findChild(QAbstractButton, "cure_leaky_adam")

    # Before there was anything to compare the button said less.
    qtbot.waitUntil(lambda: cure() is not None and cure().text() == "Apply and train again")
    cure().click()
    assert window.player.is_running
    qtbot.waitUntil(lambda: not window.player.is_running, timeout=60_000)
    assert window.workspace.session.computed == 430
    qtbot.waitUntil(lambda: not sign.isVisible())
