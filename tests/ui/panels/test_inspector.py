"""The inspector: what is chosen in the diagram, or the document where nothing is."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QTableView,
)

from nnsim.document.edits import add_node
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.record import Quantity
from nnsim.session import Level
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.inspector import InspectorPanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def make(qtbot, preferences):
    def make(document):
        panel = InspectorPanel(Workspace(document), preferences)
        qtbot.addWidget(panel)
        panel.resize(300, 700)
        with qtbot.waitExposed(panel):
            panel.show()
        return panel

    return make


@pytest.fixture
def neuron(make):
    """The OR neuron, chosen."""
    panel = make(gate_neuron("or"))
    panel._workspace.select_nodes(["n3"])
    return panel


def text(panel, name):
    return panel.findChild(QLabel, name).text()


def line(panel, name):
    return panel.findChild(QLineEdit, f"inspector_{name}_line")


def retype(qtbot, field, typed):
    qtbot.mouseClick(field, LEFT)
    field.selectAll()
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def table(panel):
    return panel.findChild(QTableView, "inspector_table")


def cells(panel):
    model = table(panel).model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def type_in(qtbot, panel, row, column, typed):
    """Click a cell, type over it, press Enter; returns the editor if it stays open."""
    view = table(panel)
    qtbot.mouseClick(
        view.viewport(), LEFT, pos=view.visualRect(view.model().index(row, column)).center()
    )
    qtbot.keyClick(view, Qt.Key.Key_F2)
    editor = view.viewport().findChild(QLineEdit, "inspector_cell_editor")
    editor.selectAll()
    qtbot.keyClicks(editor, typed)
    enter(qtbot, editor)
    return editor


def enter(qtbot, editor):
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    # Qt commits what was typed into a cell when it comes back to its event loop.
    QApplication.processEvents()


# -- the document ----------------------------------------------------------------------------------


def test_nothing_chosen_shows_the_document(make):
    panel = make(gate_neuron("or"))
    counts = text(panel, "inspector_counts")
    assert "2 inputs · 1 neuron" in counts
    assert "2 weights + 1 bias = 3 parameters" in counts
    assert "4 samples" in counts
    problems = panel.findChild(QListWidget, "inspector_problems")
    assert [problems.item(k).text() for k in range(problems.count())] == [
        "None: the diagram can run."
    ]


def test_a_click_on_a_problem_chooses_the_node_at_fault(qtbot, make):
    document, lonely = add_node(gate_neuron("or"), "dense", x=500)
    panel = make(document)
    problems = panel.findChild(QListWidget, "inspector_problems")
    assert "N2" in problems.item(0).text()
    qtbot.mouseClick(
        problems.viewport(), LEFT, pos=problems.visualItemRect(problems.item(0)).center()
    )
    assert panel._workspace.nodes == {lonely}
    # The problem is told again beside what can be set about the node.
    assert text(panel, "inspector_heading") == "N2"
    assert "Connect" in text(panel, "inspector_about")


def test_title_and_notes_are_edits(qtbot, make):
    panel = make(gate_neuron("or"))
    retype(qtbot, line(panel, "title"), "  My   OR ")
    notes = panel.findChild(QPlainTextEdit, "inspector_notes")
    qtbot.mouseClick(notes.viewport(), LEFT)
    qtbot.keyClicks(notes, "for Tuesday")
    qtbot.mouseClick(line(panel, "title"), LEFT)
    document = panel._workspace.document
    assert (document.title, document.notes) == ("My OR", "for Tuesday")
    stack = panel._workspace.undo_stack
    stack.undo()
    stack.undo()
    assert (panel._workspace.document.title, panel._workspace.document.notes) == ("", "")


# -- one node --------------------------------------------------------------------------------------


def test_a_neuron_shows_its_start_and_present_values(neuron):
    assert text(neuron, "inspector_heading") == "N1"
    neuron._workspace.step(Level.ITERATION)
    assert cells(neuron) == [
        ["w N1 ← x1", "0.5", "0.5"],
        ["w N1 ← x2", "0.5", "0.5"],
        ["b N1", "1", "-1"],
    ]


def test_present_values_change_at_the_moment_of_their_update_and_not_before(neuron):
    workspace = neuron._workspace
    while workspace.frame.upcoming.quantity.kind != "b+":
        workspace.step(Level.PRODUCT)
    assert cells(neuron)[2][2] == "1"
    workspace.step(Level.PRODUCT)
    assert cells(neuron)[2][2] == "-1"


def test_only_rows_whose_number_changed_are_painted_again(neuron):
    model, changed = table(neuron).model(), []
    model.dataChanged.connect(lambda first, last: changed.append((first.row(), last.row())))
    workspace = neuron._workspace
    workspace.step(Level.NEURON)
    before = cells(neuron)
    changed.clear()
    for level in (Level.NEURON, Level.NEURON, Level.ITERATION, Level.ITERATION):
        workspace.step(level)
        after = cells(neuron)
        different = {k for k, (a, b) in enumerate(zip(before, after, strict=True)) if a != b}
        painted = {row for first, last in changed for row in range(first, last + 1)}
        assert different <= painted
        before = after
        changed.clear()
    workspace.go_to(1, 0)
    workspace.select(None)
    changed.clear()
    workspace.step(Level.PHASE)
    assert workspace.frame.last.quantity.kind == "a"
    assert changed == [], "a prediction changes no weight"


def test_a_start_value_is_typed_and_the_run_starts_again(qtbot, neuron):
    neuron._workspace.step(Level.ITERATION)
    type_in(qtbot, neuron, 2, 1, "-1/4")
    assert neuron._workspace.document.node("n3").bias[0] == -0.25
    assert neuron._workspace.session.position.iteration == 1
    assert cells(neuron)[2] == ["b N1", "-0.25", "-0.25"]


def test_a_present_value_is_changed_from_here_on(qtbot, neuron):
    workspace = neuron._workspace
    workspace.step(Level.ITERATION)
    type_in(qtbot, neuron, 0, 2, "2")
    (change,) = workspace.document.changes
    assert change.iteration == 1
    assert workspace.document.connection("c4").weights[0, 0] == 0.5
    assert cells(neuron)[0] == ["w N1 ← x1", "0.5", "2"]
    workspace.undo_stack.undo()
    assert cells(neuron)[0] == ["w N1 ← x1", "0.5", "0.5"]


def test_a_bad_number_keeps_the_cell_open_and_says_why(qtbot, neuron):
    editor = type_in(qtbot, neuron, 0, 1, "abc")
    assert editor.isVisible()
    assert "not a number" in editor.toolTip()
    assert neuron._workspace.undo_stack.count() == 0
    editor.selectAll()
    qtbot.keyClicks(editor, "0,1")
    enter(qtbot, editor)
    assert neuron._workspace.document.connection("c4").weights[0, 0] == 0.1


def test_several_chosen_values_are_typed_at_once_and_undone_at_once(qtbot, neuron):
    view = table(neuron)
    first, last = (view.visualRect(view.model().index(row, 1)).center() for row in (0, 2))
    qtbot.mouseClick(view.viewport(), LEFT, pos=first)
    qtbot.mouseClick(view.viewport(), LEFT, Qt.KeyboardModifier.ShiftModifier, pos=last)
    qtbot.keyClick(view, Qt.Key.Key_F2)
    editor = view.viewport().findChild(QLineEdit, "inspector_cell_editor")
    editor.selectAll()
    qtbot.keyClicks(editor, "0")
    enter(qtbot, editor)
    assert [row[1] for row in cells(neuron)] == ["0", "0", "0"]
    neuron._workspace.undo_stack.undo()
    assert [row[1] for row in cells(neuron)] == ["0.5", "0.5", "1"]


def test_a_click_on_a_value_selects_it_everywhere(qtbot, neuron):
    view = table(neuron)
    qtbot.mouseClick(view.viewport(), LEFT, pos=view.visualRect(view.model().index(1, 2)).center())
    assert neuron._workspace.selection == Quantity("w", "c5", 0, 0)
    neuron._workspace.step(Level.ITERATION)
    qtbot.mouseClick(view.viewport(), LEFT, pos=view.visualRect(view.model().index(2, 2)).center())
    assert neuron._workspace.selection == Quantity("b+", "n3")


def test_name_units_and_activation_are_edited(qtbot, neuron):
    workspace = neuron._workspace
    retype(qtbot, line(neuron, "name"), "salida")
    retype(qtbot, line(neuron, "units"), "3")
    combo = neuron.findChild(QComboBox, "inspector_activation")
    combo.setFocus()
    while combo.currentData() != "elu":
        qtbot.keyClick(combo, Qt.Key.Key_Down)
    retype(qtbot, line(neuron, "alpha"), "0,5")
    node = workspace.document.node("n3")
    assert (node.name, node.units) == ("salida", 3)
    assert (node.activation.name, node.activation.alpha) == ("elu", 0.5)
    assert len(cells(neuron)) == 9


def test_an_impossible_number_of_units_is_told_at_the_field(qtbot, neuron):
    field = line(neuron, "units")
    retype(qtbot, field, "0")
    told = field.parent().findChild(QLabel, "field_mistake")
    assert "from 1 to 4096" in told.text()
    assert neuron._workspace.document.node("n3").units == 1


def test_an_input_has_no_activation_and_no_parameters(neuron):
    neuron._workspace.select_nodes(["n1"])
    assert not neuron.findChild(QComboBox, "inspector_activation").isVisible()
    assert not table(neuron).isVisible()
    assert not neuron.findChild(QPushButton, "inspector_draw").isVisible()


# -- connections and several nodes -----------------------------------------------------------------


def test_a_connection_shows_its_weights(neuron):
    neuron._workspace.select_nodes(["c5"])
    assert text(neuron, "inspector_heading") == "x2 → N1"
    assert "1 × 1" in text(neuron, "inspector_about")
    assert cells(neuron) == [["w N1 ← x2", "0.5", "0.5"]]


def test_several_layers_are_changed_together_in_one_edit(qtbot, make):
    panel = make(perceptron((2, 3, 2, 1)))
    workspace = panel._workspace
    hidden = [node.id for node in workspace.document.nodes[1:3]]
    workspace.select_nodes(hidden)
    assert text(panel, "inspector_heading") == "2 nodes"
    assert line(panel, "units").text() == ""
    assert not line(panel, "name").isVisible()
    retype(qtbot, line(panel, "units"), "4")
    combo = panel.findChild(QComboBox, "inspector_activation")
    combo.setFocus()
    while combo.currentData() != "relu":
        qtbot.keyClick(combo, Qt.Key.Key_Down)
    nodes = [workspace.document.node(node) for node in hidden]
    assert [(n.units, n.activation.name) for n in nodes] == [(4, "relu"), (4, "relu")]
    for _ in range(workspace.undo_stack.count()):
        workspace.undo_stack.undo()
    assert [workspace.document.node(node).units for node in hidden] == [3, 2]


def test_start_weights_are_drawn_from_a_seed_for_what_is_chosen(qtbot, make):
    panel = make(perceptron((2, 3, 1)))
    workspace = panel._workspace
    first, second = workspace.document.connections
    workspace.select_nodes([second.target])
    retype(qtbot, line(panel, "seed"), "7")
    qtbot.mouseClick(panel.findChild(QPushButton, "inspector_draw"), LEFT)
    drawn = workspace.document.connection(second.id).weights
    assert (drawn != second.weights).any()
    assert workspace.document.connection(first.id) is first
    # The same seed draws the same again; the next press draws with the next seed.
    assert line(panel, "seed").text() == "8"
    qtbot.mouseClick(panel.findChild(QPushButton, "inspector_draw"), LEFT)
    retype(qtbot, line(panel, "seed"), "7")
    qtbot.mouseClick(panel.findChild(QPushButton, "inspector_draw"), LEFT)
    assert np.array_equal(workspace.document.connection(second.id).weights, drawn)


def test_a_large_layer_is_listed_whole(make):
    panel = make(perceptron((784, 64, 10)))
    panel._workspace.select_nodes([panel._workspace.document.nodes[1].id])
    assert table(panel).model().rowCount() == 784 * 64 + 64
    assert table(panel).model().index(784 * 64, 0).data() == "b C1[1]"


def test_numbers_and_words_follow_the_language(neuron, preferences):
    preferences.set_locale("es")
    assert cells(neuron)[0] == ["w N1 ← x1", "0,5", "0,5"]
    assert text(neuron, "inspector_about") == "Neurona"
