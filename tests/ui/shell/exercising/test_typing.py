"""Solving an exercise in the real window, by keyboard and mouse."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QTextBrowser,
)

from nnsim.exercises.marking import Verdict
from tests.support.solver import OR_ANSWERS

KEY = Qt.Key


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
