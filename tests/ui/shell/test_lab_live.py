"""The lab is used while the network trains: nothing stops or is lost, everything is undone."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QComboBox

from nnsim.document.examples import load_example
from nnsim.document.lab import layer_sizes

LEFT = Qt.MouseButton.LeftButton


def test_every_kind_of_edit_goes_into_a_running_training(qtbot, open_window):
    window = open_window(load_example("circle"))
    lab = window.docks.show_panel("lab")
    workspace = window.workspace

    def runs_on():
        """Iterations of the new network come, and the run was not stopped."""
        qtbot.waitUntil(lambda: workspace.session.computed > 20, timeout=20_000)
        assert window.player.is_running

    def press(name):
        qtbot.mouseClick(lab.findChild(QAbstractButton, f"lab_{name}"), LEFT)

    window.running.toggle_run()
    runs_on()
    press("more_1")
    runs_on()
    press("layer_add")
    runs_on()
    press("draw_again")
    runs_on()
    switch = lab.findChild(QCheckBox, "lab_feature_product_1_2")
    qtbot.mouseClick(switch, LEFT, pos=QPoint(8, switch.height() // 2))
    runs_on()
    assert layer_sizes(workspace.document) == "3-7-4-1"
    box = lab.findChild(QComboBox, "lab_set")
    box.setCurrentIndex(box.findData("wine"))
    box.activated.emit(box.currentIndex())
    runs_on()
    assert layer_sizes(workspace.document) == "14-7-4-3"
    window.player.pause()
    assert workspace.undo_stack.count() == 5
    while workspace.undo_stack.canUndo():
        workspace.undo_stack.undo()
    assert layer_sizes(workspace.document) == "2-6-1"
    assert workspace.document.origin == load_example("circle").origin
