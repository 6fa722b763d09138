"""Attempts that are handed in, left, resumed and begun anew in the real window."""

import signal
import subprocess
import sys

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QTextBrowser,
    QToolButton,
)

from nnsim.document.edits import set_texts
from nnsim.exercises import attempts
from nnsim.exercises.marking import Verdict
from nnsim.session import Level
from nnsim.ui.shell.exercising import attempts_folder
from tests.support.solver import OR, Solver

KEY = Qt.Key


def test_at_the_end_nothing_is_marked_before_it_is_handed_in(solver, answer, press):
    solver.open(mode="at_end")
    solver.type("-1")
    assert solver.run.current == "1.outputs"
    assert solver.verdict("1.sums") is Verdict.BLANK
    assert solver.position == (1, 2)
    note = solver.room.stage.findChild(QLabel, "exercise_canvas_note")
    assert note.text().endswith("in this mode the diagram goes on when you finish.")
    answer("ask_to_finish", lambda dialog: press(dialog, "answer_finish"))
    solver.click("finish")
    assert solver.verdict("1.sums") is Verdict.WRONG
    cell = solver.run.sheet.by_key["1.sums"]
    assert solver.sheet.sheet.solution(cell) == "1"
    summary = solver.room.panel.findChild(QTextBrowser, "exercise_summary").toPlainText()
    assert "The number is right, but its sign is not. × 1" in summary


def test_going_on_shows_the_right_answer_beside_the_wrong_one(solver):
    solver.open(mode="go_on")
    solver.type("-1")
    cell = solver.run.sheet.by_key["1.sums"]
    model = solver.sheet.sheet
    assert (model.text(cell), model.solution(cell)) == ("-1", "1")
    solver.type("7", end=None)
    assert not solver.sheet.is_editing
    solver.key(KEY.Key_Return)
    solver.type("1")
    assert solver.verdict("1.outputs") is Verdict.RIGHT


KILLED = """
import os, signal
from nnsim import app as program
from nnsim.exercises.bank import exercise_of
app = program.make_application()
window = program.make_window(app, program.Preferences())
window.show()
while window.menu_commands is None:
    app.processEvents()
window.menu_commands.exercising.open_exercise(exercise_of("or-course-rule").variant(7))
view = window.menu_commands.exercising.room.panel.sheet.current
for text in ("1", "5"):
    view.sheet.setData(view.currentIndex(), text)
    view.go_on()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_an_attempt_of_a_killed_program_is_resumed_where_it_was(solver):
    result = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, timeout=60)
    assert result.returncode == -signal.SIGKILL, result.stderr
    assert solver.commands.resume_last()
    assert solver.run.attempt.variant.seed == 7
    assert len(solver.run.attempt.events) == 2
    assert list(solver.run.attempt.entries.values()) == ["1", "5"]
    assert solver.sheet.hasFocus()


def test_an_attempt_is_resumed_in_another_window_with_score_and_hints(solver, open_window, qtbot):
    solver.open()
    solver.click("hint")
    for entry in ("1", "1", "-", "-1", "-0"):
        solver.type(entry)
    other = Solver(open_window(), qtbot)
    assert other.commands.resume_last()
    assert other.run.attempt.entries == solver.run.attempt.entries
    assert other.run.attempt.score == solver.run.attempt.score
    assert other.run.attempt.levels == {"1.sums": 1}
    # -0 is wrong: that is where the work goes on.
    assert other.run.current == "2.sums"


def test_without_an_unfinished_attempt_there_is_nothing_to_resume(solver, window):
    assert not solver.commands.resume_last()
    assert [m.code for m in window.messages.messages] == ["exercise_room.nothing_to_resume"]


def test_a_new_variant_shows_its_seed_and_a_typed_one_gives_the_same_again(solver):
    solver.open()
    solver.click("variant")
    seed = solver.run.attempt.variant.seed
    assert seed > 0
    field = solver.room.panel.findChild(QLineEdit, "exercise_seed")
    assert field.text() == str(seed)
    expected = [solver.run.sheet.expected(c.key) for c in solver.run.sheet.asked]
    field.selectAll()
    QTest.keyClicks(field, "0")
    QTest.keyClick(field, KEY.Key_Return)
    QTest.qWait(1)
    assert solver.run.attempt.variant.seed == 0
    field = solver.room.panel.findChild(QLineEdit, "exercise_seed")
    field.setText(str(seed))
    QTest.keyClick(field, KEY.Key_Return)
    QTest.qWait(1)
    assert [solver.run.sheet.expected(c.key) for c in solver.run.sheet.asked] == expected
    assert len(list(attempts.listed(attempts_folder()))) == 4


def test_no_seed_is_told(solver):
    solver.open()
    field = solver.room.panel.findChild(QLineEdit, "exercise_seed")
    field.setText("abc")
    QTest.keyClick(field, KEY.Key_Return)
    QTest.qWait(1)
    assert [m.code for m in solver.room.messages.messages] == ["exercise_room.no_seed"]


def test_leaving_gives_back_document_position_undo_and_layout(solver, window):
    window.docks.dock("loss").hide()
    window.workspace.edit(lambda document: set_texts(document, title="mine"), "title")
    window.workspace.step(Level.NEURON)
    document, session = window.workspace.document, window.workspace.session
    position, selection = session.position, window.workspace.selection
    transform, widths = window.canvas.transform(), window.docks.dock("formula").size()
    open_docks = {n for n in window.docks.panels if not window.docks.dock(n).isHidden()}
    solver.open().type("1")
    assert "OR gate with the course rule" in window.windowTitle()
    assert window.isWindowModified()
    solver.click("leave")
    assert not solver.commands.is_open
    QTest.qWait(20)
    assert window.workspace.document is document
    assert window.workspace.session is session
    assert (session.position, window.workspace.selection) == (position, selection)
    assert window.workspace.undo_stack.canUndo()
    assert not window.workspace.undo_stack.isClean()
    assert {n for n in window.docks.panels if not window.docks.dock(n).isHidden()} == open_docks
    assert window.docks.dock("formula").size() == widths
    assert window.canvas.isVisible()
    assert window.canvas.transform() == transform
    assert window.transport.isVisible()
    assert window.statusBar().isVisible()
    assert window.commands["undo"].isVisible()
    assert window.commands["undo"].isEnabled()
    assert "mine" in window.windowTitle()


def test_a_change_of_language_locks_nothing_open(solver, window, preferences):
    solver.open()
    preferences.set_locale("es")
    assert not window.commands["undo"].isVisible()
    assert solver.button("leave").text() == "Salir"
    assert solver.said == "It 1, Σ: escriba el valor y pulse Intro."


def test_closing_the_window_in_an_exercise_asks_about_the_project_and_keeps_its_layout(
    solver, window, answer, press, settings
):
    window.workspace.edit(lambda document: set_texts(document, title="mine"), "title")
    solver.open()
    answer("ask_to_save", lambda dialog: press(dialog, "answer_cancel"))
    window.close()
    assert window.isVisible()
    assert solver.commands.is_open
    window.workspace.undo_stack.setClean()
    window.close()
    assert not window.isVisible()
    assert not solver.commands.is_open
    assert not window.docks.dock("step_table").isHidden()


def test_the_menu_lists_the_shipped_exercises_by_group(solver, window):
    window.menus["exercises"].aboutToShow.emit()
    groups = window.menus["shipped"].actions()
    rules = next(action for action in groups if action.text() == "Learning with one neuron")
    action = next(a for a in rules.menu().actions() if a.objectName() == f"exercise_{OR}")
    action.trigger()
    assert solver.run.attempt.variant.exercise.id == OR


def test_a_file_that_is_no_exercise_is_told_and_nothing_opens(
    solver, window, tmp_path, choose_file
):
    path = tmp_path / "no.toml"
    path.write_text("format = 1", encoding="utf-8")
    choose_file(path)
    assert not solver.commands.open_file()
    assert window.messages.messages
    assert not solver.commands.is_open


def test_the_statement_is_folded_by_a_button(solver, qtbot):
    solver.open()
    text = solver.room.panel.findChild(QTextBrowser, "exercise_text")
    assert text.isVisible()
    assert "S" in text.toPlainText()
    button = solver.room.panel.findChild(QToolButton, "exercise_fold")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not text.isVisible()


MENUS_BUILT = """
import sys
from nnsim import app as program
app = program.make_application()
window = program.make_window(app, program.Preferences())
window.show()
while window.menu_commands is None:
    app.processEvents()
print(*(name for name in sys.modules if name.startswith(("nnsim.exercises", "nnsim.ui.exercise"))))
"""


def test_the_window_needs_nothing_of_exercises_before_one_is_wanted():
    result = subprocess.run(
        [sys.executable, "-c", MENUS_BUILT], capture_output=True, text=True, timeout=60
    )
    assert result.stdout == "\n", result.stdout + result.stderr
