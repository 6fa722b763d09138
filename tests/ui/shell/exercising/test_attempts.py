"""The attempts in a table: opened, compared, exported and thrown away."""

import csv

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QPushButton,
)

from nnsim.exercises import attempts
from nnsim.exercises.bank import exercise_of
from nnsim.ui.exercise.browsing import attempts as attempts_dialog
from nnsim.ui.shell.exercising import attempts_folder
from tests.support.browsing import OR, begin, child, choose

KEY = Qt.Key


def cells(table, row):
    model = table.model()
    return [model.index(row, column).data() for column in range(model.columnCount())]


def test_attempts_are_listed_sorted_and_filtered(qtbot, looking):
    begin(right=7, wrong=1, finish=True, name="Ana")
    begin(right=14, minutes=10)
    begin(right=1, minutes=20, exercise="neuron-forward", finish=True)

    def act(dialog, table):
        assert cells(table, 0)[1] == "One neuron: products, sum and output"
        assert cells(table, 2)[3:] == [
            "try again",
            "finished",
            "7 of 28",
            "25\u00a0%",
            "7",
            "0",
            "2",
        ]
        header = table.horizontalHeader()
        place = QPoint(header.sectionViewportPosition(6) + 8, header.height() // 2)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        shares = [cells(table, row)[6] for row in range(3)]
        numbers = [int(words.removesuffix("\u00a0%")) for words in shares]
        assert numbers in (sorted(numbers), sorted(numbers, reverse=True))
        choose(qtbot, child(dialog, QComboBox, "attempts_filter"), OR)
        assert {cells(table, row)[1] for row in range(table.model().rowCount())} == {
            "OR gate with the course rule"
        }
        dialog.reject()

    looking(act, 3)


@pytest.mark.parametrize(("finish", "words"), [(False, "&Resume"), (True, "&View")])
def test_an_attempt_is_opened_with_enter(qtbot, looking, exercising, finish, words):
    begin(right=3, finish=finish)

    def act(dialog, table):
        # What can be done is said a moment after the rows are there.
        button = child(dialog, QPushButton, "browse_open_attempt")
        qtbot.waitUntil(lambda: button.text() == words and button.isEnabled())
        qtbot.keyClick(table, KEY.Key_Return)

    looking(act, 1)
    attempt = exercising.room.run.attempt
    assert len(attempt.entries) == 3
    assert (attempt.finished is not None) == finish
    # What was handed in can only be looked at.
    assert attempt.is_locked(attempt.sheet.asked[9].key) == finish


def test_two_attempts_are_compared(qtbot, looking, answer, press):
    begin(right=3)
    begin(right=2, wrong=1, minutes=5, seed=0)
    begin(right=1, minutes=9, exercise="neuron-forward")
    seen = []

    def compared(dialog):
        told = child(dialog, QLabel, "comparison_told").text()
        assert "One of 28 cells differs." in told
        assert len(dialog.table.rows()) == 28
        box = child(dialog, QCheckBox, "comparison_only")
        qtbot.keyClick(box, KEY.Key_Space)
        seen.extend(dialog.table.rows())
        dialog.reject()

    def act(dialog, table):
        button = child(dialog, QPushButton, "browse_compare")
        assert not button.isEnabled()
        qtbot.keyClick(table, KEY.Key_Down)
        qtbot.keyClick(table, KEY.Key_Down, Qt.KeyboardModifier.ShiftModifier)
        assert button.isEnabled()
        answer("comparison_dialog", compared)
        press(dialog, "browse_compare")
        table.selectAll()
        assert not button.isEnabled()
        dialog.reject()

    looking(act, 3)
    ((where, first, verdict, second, other),) = seen
    assert where == "It 1, new w"
    assert (first, verdict, second, other) == ("-", "✓ right", "77", "? unreadable")


def test_the_log_is_exported(qtbot, looking, choose_file, press, tmp_path):
    begin(right=3, finish=True)
    path = tmp_path / "log.csv"

    def act(dialog, table):
        qtbot.waitUntil(child(dialog, QPushButton, "browse_export_log").isEnabled)
        choose_file(path)
        press(dialog, "browse_export_log")
        assert str(path) in child(dialog, QLabel, "message_text").text()
        dialog.reject()

    looking(act, 1)
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == 1 + 3 + 1


def test_deleting_asks_and_goes_to_the_bin(qtbot, looking, answer, press):
    begin(right=1)
    begin(right=2, minutes=5)

    def decline(box):
        assert box.informativeText().startswith("It goes to the wastebasket")
        press(box, "ask_no")

    def act(dialog, table):
        answer("ask_delete", decline)
        press(dialog, "browse_delete")
        assert table.model().rowCount() == 2
        answer("ask_delete", lambda box: press(box, "ask_yes"))
        press(dialog, "browse_delete")
        assert table.model().rowCount() == 1
        dialog.reject()

    looking(act, 2)
    (left,) = attempts.listed(attempts_folder())
    assert left.tally.answered == 1


def test_where_there_is_no_bin_it_is_asked_again(looking, answer, press, monkeypatch):
    begin(right=1)
    monkeypatch.setattr(attempts_dialog, "to_bin", lambda path: False)

    def act(dialog, table):
        answer("ask_delete", lambda box: press(box, "ask_yes"))
        answer("ask_for_good", lambda box: press(box, "ask_no"))
        press(dialog, "browse_delete")
        assert table.model().rowCount() == 1
        answer("ask_delete", lambda box: press(box, "ask_yes"))
        answer("ask_for_good", lambda box: press(box, "ask_yes"))
        press(dialog, "browse_delete")
        assert table.model().rowCount() == 0
        dialog.reject()

    looking(act, 1)
    assert list(attempts.listed(attempts_folder())) == []


def test_a_damaged_attempt_says_what_is_wrong_and_can_only_be_deleted(looking):
    begin(right=2)
    (path,) = attempts.paths_in(attempts_folder())
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join((lines[0], "{}", *lines[1:], "")), encoding="utf-8")

    def act(dialog, table):
        assert "damaged" in cells(table, 0)
        told = child(dialog, QLabel, "attempts_told").text()
        assert "line 2" in told
        enabled = {
            name: child(dialog, QPushButton, f"browse_{name}").isEnabled()
            for name in ("open_attempt", "compare", "export_log", "delete")
        }
        assert [name for name, is_on in enabled.items() if is_on] == ["delete"]
        dialog.reject()

    looking(act, 1)


def test_the_attempt_that_is_open_is_left_alone(looking, exercising):
    exercising.open_exercise(exercise_of(OR).variant())

    def act(dialog, table):
        assert "open now" in child(dialog, QLabel, "attempts_told").text()
        for name in ("open_attempt", "delete"):
            assert not child(dialog, QPushButton, f"browse_{name}").isEnabled()
        dialog.reject()

    looking(act, 1)


def test_hundreds_of_attempts_do_not_hold_the_dialog_up(qtbot, looking):
    begin(right=5, finish=True)
    (path,) = attempts.paths_in(attempts_folder())
    for number in range(300):
        (path.parent / f"2026{number:04}-{path.name}").write_bytes(path.read_bytes())

    def act(dialog, table):
        assert table.model().rowCount() == 301
        dialog.reject()

    looking(act, 301)
