"""Solving an exercise in the real window, by keyboard and mouse."""

import signal
import subprocess
import sys
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QPushButton,
    QTextBrowser,
    QToolButton,
)

from nnsim.document.edits import set_texts
from nnsim.exercises import attempts
from nnsim.exercises.bank import exercise_of
from nnsim.exercises.marking import Verdict
from nnsim.session import Level
from nnsim.ui.exercise.row_headings import says_the_same
from nnsim.ui.shell.exercising import attempts_folder

KEY = Qt.Key
OR = "or-course-rule"
#: The seven rows of the course's table, as a person in Spain types them.
OR_ANSWERS = (
    *("1", "1", "-", "-1"),
    *("-1", "0", "-", "-"),
    *("-0,5", "0", "(0,5; 1)", "-"),
    *("0", "1", "-", "-"),
    *("-0,5", "0", "(1; 1)", "-"),
    *("0", "1", "-", "-"),
    *("1", "1", "-", "-"),
)


class Solver:
    """A person at the keyboard."""

    def __init__(self, window, qtbot):
        self.window, self.qtbot = window, qtbot
        self.commands = window.menu_commands.exercising

    def open(self, exercise=OR, seed=0, mode=None):
        variant = exercise_of(exercise).variant(seed) if isinstance(exercise, str) else exercise
        assert self.commands.open_exercise(variant, mode)
        self.qtbot.waitUntil(self.sheet.hasFocus)
        return self

    @property
    def room(self):
        return self.commands.room

    @property
    def run(self):
        return self.room.run

    @property
    def sheet(self):
        return self.room.panel.sheet.current

    @property
    def said(self):
        return self.room.panel.findChild(object, "exercise_verdict").accessibleName()

    @property
    def position(self):
        position = self.room.stage.workspace.session.position
        return position.iteration, position.done

    def button(self, name):
        return self.room.panel.findChild(QPushButton, f"exercise_{name}_button")

    def click(self, name):
        self.qtbot.mouseClick(self.button(name), Qt.MouseButton.LeftButton)
        QTest.qWait(1)

    def key(self, key, modifiers=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(QApplication.focusWidget(), key, modifiers)

    def type(self, text, end=KEY.Key_Return):
        for letter in text:
            QTest.keyClicks(QApplication.focusWidget(), letter)
        if end is not None:
            self.key(end)

    def verdict(self, key):
        return self.run.mark_of(key).verdict


@pytest.fixture
def solver(window, qtbot):
    return Solver(window, qtbot)


@pytest.fixture
def spanish(preferences):
    preferences.set_locale("es")


# -- typing ----------------------------------------------------------------------------------------


def test_the_whole_of_or_is_solved_by_typing_with_decimal_commas(spanish, solver):
    solver.open()
    for answer in OR_ANSWERS:
        solver.type(answer)
    assert {mark.verdict for mark in solver.run.attempt.marks.values()} == {Verdict.RIGHT}
    assert QApplication.focusWidget() is solver.button("finish")
    solver.key(KEY.Key_Space)
    QTest.qWait(1)
    assert solver.run.is_finished
    summary = solver.room.panel.findChild(QTextBrowser, "exercise_summary")
    assert summary.isVisible()
    assert "28 de 28 puntos" in summary.toPlainText()
    assert "Todo bien." in summary.toPlainText()


def test_return_marks_at_once_and_goes_on_to_the_next_blank_cell(solver):
    solver.open().type("1")
    assert solver.verdict("1.sums") is Verdict.RIGHT
    assert solver.run.current == "1.outputs"
    assert solver.said.startswith("Right")


def test_a_wrong_cell_stays_current_with_its_reason_and_return_goes_on(solver):
    solver.open().type("-1")
    assert solver.verdict("1.sums") is Verdict.WRONG
    assert solver.run.current == "1.sums"
    assert "its sign is not" in solver.said
    solver.key(KEY.Key_Return)
    assert solver.run.current == "1.outputs"


def test_return_leads_from_a_mended_slip_to_what_was_built_on_it(solver):
    solver.open()
    for answer in ("1", "1", "-", "0"):
        solver.type(answer)
    solver.key(KEY.Key_Return)
    for answer in ("0", "1", "-"):
        solver.type(answer)
    solver.run.go_to("1.b+")
    solver.type("-1")
    assert solver.verdict("2.sums") is Verdict.WRONG
    assert solver.run.current == "2.sums"
    solver.type("-1")
    assert solver.run.current == "2.outputs"


def test_return_after_the_last_cell_goes_back_to_wrong_ones_until_they_are_left(solver):
    solver.open()
    wrong = ("9", *OR_ANSWERS[1:5], "9", *OR_ANSWERS[6:])
    for key, answer in zip((c.key for c in solver.run.sheet.asked), wrong, strict=True):
        solver.run.enter(key, answer)
    solver.run.go_to("7.b+")
    solver.key(KEY.Key_Return)
    assert solver.run.current == "1.sums"
    solver.key(KEY.Key_Return)
    assert solver.run.current == "2.outputs"
    solver.key(KEY.Key_Return)
    assert QApplication.focusWidget() is solver.button("finish")


def test_known_mistakes_are_named_in_the_language_of_the_window(spanish, solver):
    solver.open().type("0")
    assert solver.said == "Incorrecto · It 1, Σ. Falta sumar el sesgo b."


def test_what_follows_from_an_earlier_slip_is_consistent_and_says_from_which(solver):
    solver.open().type("-1")
    solver.key(KEY.Key_Return)
    solver.type("0")
    assert solver.verdict("1.outputs") is Verdict.CONSISTENT
    solver.run.go_to("1.outputs")
    assert solver.said.startswith("Consistent")
    assert "earlier result" in solver.said

    # The sum is still to be found: the diagram does not go past it.
    assert solver.position == (1, 2)
    note = solver.room.stage.findChild(QLabel, "exercise_canvas_note")
    assert note.text().startswith("Waiting at iteration 1")


def test_what_cannot_be_read_says_what_and_voids_only_its_cell(solver):
    solver.open().type("x")
    assert solver.verdict("1.sums") is Verdict.UNREADABLE
    # What is wrong with it is said once.
    assert solver.said.startswith("Cannot be read · It 1, Σ. “x” is not a number.")
    solver.type("1")
    assert solver.verdict("1.sums") is Verdict.RIGHT


def test_arrows_and_tab_move_as_in_a_spreadsheet(solver):
    solver.open()
    solver.key(KEY.Key_Down)
    assert solver.run.current == "2.sums"
    solver.key(KEY.Key_Left)
    assert solver.run.current == "2.x"
    solver.key(KEY.Key_Tab)
    assert solver.run.current == "2.sums"
    solver.key(KEY.Key_Tab)
    solver.key(KEY.Key_Tab)
    assert solver.run.current == "2.w+"
    solver.key(KEY.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert solver.run.current == "2.outputs"
    solver.type("0", end=KEY.Key_Right)
    assert solver.run.entry("2.outputs") == "0"
    assert solver.run.current == "2.targets"


def test_f2_edits_what_stands_there_escape_gives_up_and_delete_clears(solver):
    solver.open().type("12")
    solver.key(KEY.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor.text() == "12"
    QTest.keyClicks(editor, "7")
    solver.key(KEY.Key_Escape)
    assert solver.run.entry("1.sums") == "12"
    solver.key(KEY.Key_F2)
    solver.key(KEY.Key_End)
    solver.key(KEY.Key_Left)
    assert solver.sheet.is_editing
    solver.key(KEY.Key_Escape)
    solver.key(KEY.Key_Delete)
    assert solver.run.entry("1.sums") == ""
    assert solver.verdict("1.sums") is Verdict.BLANK


def test_a_given_cell_takes_nothing(solver):
    solver.open()
    solver.run.go_to("1.x")
    solver.type("5", end=None)
    assert not solver.sheet.is_editing
    assert solver.said == "It 1, (x1, x2): given."


# -- the diagram gives nothing away ----------------------------------------------------------------


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


# -- hints -----------------------------------------------------------------------------------------


def test_four_hints_with_their_cost_said_before(solver):
    solver.open()
    texts = []
    for _ in range(4):
        texts.append(solver.button("hint").text())
        QTest.keyClick(solver.sheet, KEY.Key_H, Qt.KeyboardModifier.ControlModifier)
    assert texts == ["Hint 1/4 · free", "Hint 2/4 · −25 %", "Hint 3/4 · −25 %", "Hint 4/4 · −50 %"]
    assert not solver.button("hint").isEnabled()
    hint = solver.room.panel.findChild(object, "exercise_hint")
    assert hint.isVisible()
    assert [block.role for block in hint.content.blocks] == ["symbols", "numbers", "result"]
    assert "Value: 1." in hint.content.note
    solver.type("1")
    assert solver.run.attempt.score.points == 0
    # The hints belong to their cell.
    assert not hint.isVisible()


def test_show_me_walks_through_the_cell_and_costs_what_its_value_does(solver, qtbot):
    solver.open()
    button, stage = solver.button("show_me"), solver.room.stage
    assert button.text() == "Show me · −100 %"
    seen = []
    stage.workspace.position_changed.connect(lambda: seen.append(solver.position))
    solver.click("show_me")
    stage.player.set_speed(60)
    qtbot.waitUntil(lambda: not stage.show_me.is_playing, timeout=5000)
    assert seen[:1] == [(1, 0)]
    assert solver.position == (1, 3)
    assert solver.run.attempt.levels == {"1.sums": 4}
    solver.type("1")
    assert solver.run.attempt.score.points == 0


def test_asking_for_a_hint_does_not_enter_what_is_being_typed(solver):
    solver.open().type("-", end=None)
    solver.click("hint")
    assert solver.sheet.is_editing
    assert solver.run.attempt.entries == {}
    solver.type("1")
    assert solver.run.entry("1.sums") == "-1"


# -- choices, tables, forms ------------------------------------------------------------------------


def test_a_choice_is_made_from_a_list_by_keyboard(solver):
    solver.open("output-layers")
    assert solver.room.stage is None
    assert solver.room.panel.width() > 700
    cell = next(c for c in solver.run.sheet.asked if c.kind == "choice")
    solver.run.go_to(cell.key)
    right = solver.run.sheet.expected(cell.key).choice
    number = [option.code for option in cell.options].index(right)
    solver.key(KEY.Key_Return)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    for _ in range(number + 1):
        QTest.keyClick(popup.focusWidget() or popup, KEY.Key_Down)
    QTest.keyClick(popup.focusWidget() or popup, KEY.Key_Return)
    QTest.qWait(1)
    assert solver.verdict(cell.key) is Verdict.RIGHT
    assert not solver.sheet.is_editing


def test_a_question_that_is_answered_wrongly_ends_with_its_own_mark(spanish, solver):
    solver.open("xor-course-rule")
    cell = solver.run.sheet.asked[-1]
    right = solver.run.sheet.expected(cell.key).choice
    solver.run.go_to(cell.key)
    solver.run.enter(cell.key, next(o.code for o in cell.options if o.code != right))
    assert solver.said == "Incorrecto · ¿Por qué no termina nunca? No es la respuesta correcta."


def test_as_many_numbers_are_shown_as_have_to_be_typed(spanish, solver):
    solver.open("convnet-shapes")
    assert "escriba 3 valores, como (1; 2; 3), y" in solver.said


def test_a_choice_is_made_by_its_first_letter(solver):
    solver.open("output-layers")
    cell = next(c for c in solver.run.sheet.asked if c.kind == "choice")
    solver.run.go_to(cell.key)
    label = solver.sheet.sheet.widest(cell)
    solver.type(label[0])
    assert solver.run.entry(cell.key)


def test_tables_of_one_sheet_stand_below_each_other_and_the_arrows_go_on(solver):
    solver.open("xor-course-rule")
    first, second = solver.room.panel.sheet.views
    assert first.hasFocus()
    last = max((c for c in solver.run.sheet.asked if first.sheet.holds(c.key)), key=lambda c: c.row)
    solver.run.go_to(last.key)
    solver.key(KEY.Key_Down)
    assert second.hasFocus()
    assert second.sheet.holds(solver.run.current)
    solver.key(KEY.Key_Up)
    assert first.hasFocus()
    # A question on the run is of no moment of it: the diagram stays where it is.
    assert solver.position == (1, 2)


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


# -- modes -----------------------------------------------------------------------------------------


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


# -- attempts --------------------------------------------------------------------------------------


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


# -- coming and going ------------------------------------------------------------------------------


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
