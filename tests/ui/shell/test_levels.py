"""Sizes of steps: those a project has, in the bar, in the menu and by keys."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from nnsim.document.templates import gate_neuron
from nnsim.session import Level
from tests.support.adversarial import small_gan

CONTROL = Qt.KeyboardModifier.ControlModifier


def offered(window):
    box = window.findChild(QComboBox, "transport_level")
    return [box.itemData(k) for k in range(box.count())]


def test_one_network_alone_learns_by_a_step_of_its_own_where_there_are_two(qtbot, open_window):
    window = open_window(small_gan())
    action = window.commands["level_update"]
    box = window.findChild(QComboBox, "transport_level")
    assert offered(window) == list(Level)
    assert action.isVisible()
    assert "discriminator" in box.toolTip()
    qtbot.keyClick(window, Qt.Key.Key_8, CONTROL)
    assert window.running.level is Level.UPDATE
    assert box.currentText() == "Update (D or G)"
    window.running.forward()
    window.running.forward()
    session = window.workspace.session
    assert (session.position.iteration, session.completed) == (1, 1)


def test_one_network_has_no_such_step_and_whole_iterations_take_its_place(qtbot, open_window):
    window = open_window(small_gan())
    window.running.set_level(Level.UPDATE)
    window.workspace.open(gate_neuron("or"))
    assert Level.UPDATE not in offered(window)
    assert not window.commands["level_update"].isVisible()
    assert window.running.level is Level.ITERATION
    box = window.findChild(QComboBox, "transport_level")
    assert box.currentText() == "Iteration"
    qtbot.keyClick(window, Qt.Key.Key_8, CONTROL)
    assert window.running.level is Level.ITERATION
    window.workspace.open(small_gan())
    assert offered(window) == list(Level)
