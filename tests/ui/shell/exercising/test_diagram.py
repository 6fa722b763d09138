"""The diagram of an exercise that is solved: where it stands, what is lit, what may be changed."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
)

from nnsim.exercises.bank import exercise_of
from nnsim.exercises.marking import Verdict
from nnsim.ui.exercise.row_headings import says_the_same

KEY = Qt.Key


def test_the_diagram_stands_before_the_first_number_that_is_still_to_be_found(solver):
    solver.open()
    assert solver.position == (1, 2)
    solver.type("1")
    assert solver.position == (1, 3)
    # Further on nothing is shown that would tell what the cells in between hold.
    solver.run.go_to("5.sums")
    assert solver.position == (1, 3)
    note = solver.room.stage.findChild(QLabel, "exercise_canvas_note")
    assert note.text().startswith("Waiting at iteration 1")
    assert not solver.button("show_me").isEnabled()


def test_what_the_cell_depends_on_is_lit_and_the_cell_itself_asked_for(solver):
    solver.open()
    stage = solver.room.stage
    assert len(stage.spotlight.above.boxes) == 5  # x1, x2, w1, w2, b
    assert stage.spotlight.above.asked == ("?",)
    solver.type("1")
    assert len(stage.spotlight.above.boxes) == 1  # Σ


def test_a_new_weight_depends_on_the_old_one_the_error_and_the_input(solver):
    solver.open()
    for answer in ("1", "1"):
        solver.type(answer)
    assert solver.run.current == "1.w+"
    assert solver.room.stage.spotlight.above.asked == ("w′ = ?", "w′ = ?")
    kinds = {quantity.kind for quantity in solver.run.sheet.depends_on("1.w+")}
    assert kinds == {"w", "e", "a"}


def test_a_click_on_the_diagram_leaves_the_keyboard_with_the_sheet(solver, qtbot):
    solver.open()
    canvas = solver.room.stage.canvas
    qtbot.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton)
    solver.type("1")
    assert solver.verdict("1.sums") is Verdict.RIGHT


def test_names_of_rows_are_not_said_twice():
    assert says_the_same("δ h1", r"\delta_{\mathrm{h1}}")
    assert says_the_same("Σ", r"\Sigma")
    assert says_the_same("(x1, x2)", "(x_{1}, x_{2})")
    assert not says_the_same("a o1", r"y_{\mathrm{o1}}")
    assert not says_the_same("w′ h1 ← x1", r"w_{\mathrm{h1},\mathrm{x1}}^{\prime}")


def test_nothing_on_the_diagram_can_be_changed(solver, qtbot):
    solver.open()
    canvas, before = solver.room.stage.canvas, solver.room.stage.workspace.document
    node = canvas.mapFromScene(canvas.diagram.nodes["n3"].pos())
    qtbot.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=node)
    qtbot.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=node)
    qtbot.mouseDClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=node)
    for key in (KEY.Key_Delete, KEY.Key_A, KEY.Key_Return, KEY.Key_F2, KEY.Key_W):
        QTest.keyClick(canvas, key)
    QTest.keyClick(canvas, KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert solver.room.stage.workspace.document is before
    assert not canvas.findChildren(QLineEdit)


def test_panels_and_menus_that_show_answers_are_away_while_an_exercise_is_open(solver, window):
    solver.open()
    assert not [name for name in window.docks.panels if window.docks.dock(name).isVisible()]
    assert not window.transport.isVisible()
    shown = [a.text() for a in window.menuBar().actions() if a.isVisible()]
    assert shown == ["&File", "E&xercises", "&View", "&Help"]
    for name in ("forward", "play", "run", "export_trace", "undo", "save", "open", "new"):
        assert not window.commands[name].isVisible()
        assert not window.commands[name].isEnabled()
    QTest.keyClick(solver.sheet, KEY.Key_F8)
    QTest.keyClick(solver.sheet, KEY.Key_PageDown)
    assert window.workspace.session.position.done == 0


@pytest.mark.parametrize("control", ["stepping", "formula"])
def test_what_an_exercise_leaves_open_is_there_for_its_own_diagram(solver, window, control):
    exercise = replace(exercise_of("net-2-2-2-forward"), open_controls=frozenset({control}))
    solver.open(exercise.variant())
    stage, own = solver.room.stage, window.workspace.session.position
    if control == "formula":
        panel = stage.findChild(object, "formula_panel")
        assert panel.isVisible()
    else:
        QTest.keyClick(solver.sheet, KEY.Key_F8)
        assert stage.workspace.session.position.done > 0
        assert stage.findChild(object, "transport").isVisible()
    assert window.workspace.session.position == own


def test_what_is_changed_on_an_open_diagram_changes_no_answer(solver, qtbot):
    controls = frozenset({"canvas", "settings", "data", "plots"})
    exercise = replace(exercise_of("net-2-2-2-forward"), open_controls=controls)
    solver.open(exercise.variant())
    cell = solver.run.cell
    expected = solver.run.sheet.expected(cell.key)
    canvas = solver.room.stage.canvas
    canvas.select_all()
    canvas.delete()
    assert not solver.room.stage.workspace.document.nodes
    solver.key(KEY.Key_Down)
    solver.key(KEY.Key_Up)
    solver.type(expected.exact())
    assert solver.verdict(cell.key) is Verdict.RIGHT
