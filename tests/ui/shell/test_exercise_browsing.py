"""The catalogue, the attempts, hand-outs and class results, in the real window."""

import csv
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTableView,
    QTextBrowser,
    QTreeWidget,
)

from nnsim.exercises import attempts
from nnsim.exercises.bank import exercise_of, exercises
from nnsim.exercises.file_writing import save
from nnsim.ui.exercise.browsing import attempts as attempts_dialog
from nnsim.ui.shell.exercising import attempts_folder

KEY = Qt.Key
OR = "or-course-rule"
START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CATALOGUE = (KEY.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)


def begin(right=0, wrong=0, minutes=0, finish=False, exercise=OR, seed=0, folder=None, name=""):
    """An attempt in the folder of the person, with so many cells right and then wrong."""
    now = START + timedelta(minutes=minutes)
    variant = exercise_of(exercise).variant(seed)
    attempt = attempts.start(variant, folder or attempts_folder(), now, name=name)
    for number, cell in enumerate(attempt.sheet.asked[: right + wrong]):
        good = attempt.sheet.expected(cell.key).text()
        attempt.enter(cell.key, good if number < right else "77", now + timedelta(minutes=1))
    if finish:
        attempt.finish(now + timedelta(minutes=2))
    return attempt


def child(dialog, kind, name):
    found = dialog.findChild(kind, name)
    assert found is not None, name
    return found


def shown(dialog):
    """The exercises in the list of the catalogue, with their progress."""
    tree = child(dialog, QTreeWidget, "browse_list")
    found = {}
    for number in range(tree.topLevelItemCount()):
        group = tree.topLevelItem(number)
        for place in range(group.childCount()):
            item = group.child(place)
            if not item.isHidden():
                assert not group.isHidden()
                found[item.data(0, Qt.ItemDataRole.UserRole)] = item.text(1)
    return found


def choose(qtbot, combo, data):
    combo.setFocus()
    qtbot.keyClick(combo, KEY.Key_Home)
    for _ in range(combo.count()):
        if combo.currentData() == data:
            return
        qtbot.keyClick(combo, KEY.Key_Down)
    raise AssertionError(data)


@pytest.fixture
def exercising(window):
    return window.menu_commands.exercising


@pytest.fixture
def catalogue(qtbot, window, answer, wake):
    """``catalogue(act)``: open the catalogue by its key and do something in it."""

    def catalogue(act):
        wake(window)
        answer("catalogue_dialog", act)
        qtbot.keyClick(window, *CATALOGUE)

    return catalogue


@pytest.fixture
def looking(qtbot, window, answer):
    """``looking(act)``: open the list of attempts and do something when all are read."""

    def looking(act, expected):
        def when_read(dialog):
            table = child(dialog, QTableView, "attempts_table")
            qtbot.waitUntil(lambda: table.model().rowCount() == expected)
            act(dialog, table)

        answer("attempts_dialog", when_read)
        window.commands["exercise_attempts"].trigger()

    return looking


# -- catalogue -----------------------------------------------------------------------------------


def test_an_exercise_is_found_by_typing_and_begun_with_enter(qtbot, catalogue, exercising):
    def act(dialog):
        assert len(shown(dialog)) == len(exercises())
        line = child(dialog, QLineEdit, "browse_search")
        qtbot.waitUntil(line.hasFocus)
        qtbot.keyClicks(line, "puerta xor")
        assert "xor-course-rule" in shown(dialog)
        assert OR not in shown(dialog)
        qtbot.keyClick(line, KEY.Key_Return)

    catalogue(act)
    assert exercising.is_open
    assert exercising.room.run.attempt.variant.exercise.id == "xor-course-rule"


def test_what_the_words_name_best_becomes_the_current_one(qtbot, catalogue):
    def act(dialog):
        dialog.tree.choose("xor-course-rule")
        line = child(dialog, QLineEdit, "browse_search")
        qtbot.keyClicks(line, "puerta and")
        # Its statement holds the words too, but it is not what is looked for.
        assert "xor-course-rule" in shown(dialog)
        assert dialog.tree.current.id == "and-course-rule"
        line.clear()
        assert dialog.tree.current.id == "and-course-rule"
        dialog.reject()

    catalogue(act)


def test_arrows_move_in_the_list_while_the_line_has_the_focus(qtbot, catalogue, exercising):
    wanted = []

    def act(dialog):
        line = child(dialog, QLineEdit, "browse_search")
        qtbot.keyClicks(line, "puerta")
        names = list(shown(dialog))
        assert dialog.tree.current.id == names[0]
        qtbot.keyClick(line, KEY.Key_Down)
        wanted.append(names[1])
        assert dialog.tree.current.id == names[1]
        qtbot.keyClick(line, KEY.Key_Return)

    catalogue(act)
    assert [exercising.room.run.attempt.variant.exercise.id] == wanted


def test_words_that_fit_nothing_are_told_and_nothing_can_be_begun(qtbot, catalogue, exercising):
    def act(dialog):
        line = child(dialog, QLineEdit, "browse_search")
        qtbot.keyClicks(line, "xyzzy")
        assert child(dialog, QLabel, "browse_nothing").isVisible()
        assert not child(dialog, QPushButton, "browse_start").isEnabled()
        qtbot.keyClick(line, KEY.Key_Return)
        assert dialog.isVisible()
        line.clear()
        assert child(dialog, QPushButton, "browse_start").isEnabled()
        qtbot.keyClick(dialog, KEY.Key_Escape)

    catalogue(act)
    assert not exercising.is_open


def test_progress_is_shown_and_filtered(qtbot, catalogue):
    begin(right=28, finish=True)
    begin(right=7, finish=True, minutes=5, exercise="nand-course-rule")
    begin(right=1, minutes=9, exercise="neuron-forward")

    def act(dialog):
        qtbot.waitUntil(lambda: shown(dialog)[OR] == "✓ 100 %")
        assert shown(dialog)["nand-course-rule"] == "25 %"
        assert shown(dialog)["neuron-forward"] == "begun"
        assert shown(dialog)["and-course-rule"] == ""
        filter = child(dialog, QComboBox, "browse_filter")
        choose(qtbot, filter, "to_improve")
        assert set(shown(dialog)) == {"nand-course-rule", "neuron-forward"}
        choose(qtbot, filter, "not_done")
        assert not {OR, "nand-course-rule"} & set(shown(dialog))
        assert "and-course-rule" in shown(dialog)
        dialog.reject()

    catalogue(act)


def test_a_hidden_prerequisite_is_led_to_by_a_click(qtbot, catalogue):
    def act(dialog):
        qtbot.keyClicks(child(dialog, QLineEdit, "browse_search"), OR)
        page = child(dialog, QTextBrowser, "browse_page")
        qtbot.waitUntil(lambda: "OR gate" in page.toPlainText())
        assert "28 cells" in page.toPlainText()
        page.ensureCursorVisible()
        place = next(
            QPoint(x, y)
            for y in range(0, page.viewport().height(), 4)
            for x in range(0, page.viewport().width(), 6)
            if page.anchorAt(QPoint(x, y)) == "neuron-forward"
        )
        qtbot.mouseClick(page.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert dialog.tree.current.id == "neuron-forward"
        assert dialog.tree.list.hasFocus()
        assert "neuron-forward" in shown(dialog)
        dialog.reject()

    catalogue(act)


def test_a_link_to_nowhere_does_nothing(catalogue):
    def act(dialog):
        before = dialog.tree.current
        dialog.page.anchorClicked.emit(QUrl("https://example.org/"))
        assert dialog.tree.current is before
        dialog.reject()

    catalogue(act)


def test_mode_seed_and_name_go_into_the_attempt(qtbot, catalogue, exercising, press):
    def act(dialog):
        dialog.tree.choose(OR)
        choose(qtbot, child(dialog, QComboBox, "browse_mode"), "at_end")
        seed = child(dialog, QLineEdit, "browse_seed")
        press(dialog, "browse_new_variant")
        assert int(seed.text()) > 0
        seed.selectAll()
        qtbot.keyClicks(seed, "5")
        qtbot.keyClicks(child(dialog, QLineEdit, "browse_name"), "  A. Alumna ")
        press(dialog, "browse_start")

    catalogue(act)
    attempt = exercising.room.run.attempt
    assert (attempt.variant.seed, attempt.mode, attempt.name) == (5, "at_end", "A. Alumna")
    (kept,) = attempts.listed(attempts_folder())
    assert kept.log.head.name == "A. Alumna"

    def again(dialog):
        assert child(dialog, QLineEdit, "browse_name").text() == "A. Alumna"
        assert dialog.tree.current.id == OR
        # While an exercise is solved its solution is not to be had.
        assert child(dialog, QPushButton, "browse_hand_out").isHidden()
        dialog.reject()

    catalogue(again)


def test_an_unfinished_attempt_is_gone_on_with(qtbot, catalogue, exercising, press):
    begin(right=2)
    newest = begin(right=3, minutes=5)
    begin(right=4, minutes=9, finish=True)

    def act(dialog):
        dialog.tree.choose("and-course-rule")
        assert not child(dialog, QPushButton, "browse_go_on").isEnabled()
        dialog.tree.choose(OR)
        button = child(dialog, QPushButton, "browse_go_on")
        qtbot.waitUntil(lambda: shown(dialog)[OR] != "" and button.isEnabled())
        page = child(dialog, QTextBrowser, "browse_page")
        qtbot.waitUntil(lambda: "one unfinished" in page.toPlainText())
        press(dialog, "browse_go_on")

    catalogue(act)
    assert exercising.room.run.attempt.entries == newest.entries


# -- attempts ------------------------------------------------------------------------------------


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


# -- handing out ---------------------------------------------------------------------------------


def test_sheets_are_written_with_their_solution(
    qtbot, window, answer, press, choose_file, tmp_path
):
    def act(dialog):
        choose(qtbot, child(dialog, QComboBox, "handout_format"), "html")
        choose(qtbot, child(dialog, QComboBox, "handout_locale"), "es")
        which = child(dialog, QComboBox, "handout_exercise")
        which.setCurrentText("OR gate with the course rule")
        box = child(dialog, QSpinBox, "handout_count")
        box.setFocus()
        box.selectAll()
        qtbot.keyClicks(box, "3")
        seed = child(dialog, QLineEdit, "handout_seed")
        seed.selectAll()
        qtbot.keyClicks(seed, "4")
        preview = child(dialog, QLabel, "handout_preview").text()
        assert "or-course-rule-solucion.html" in preview
        assert "seeds 4 to 6" in preview
        choose_file(tmp_path / "or")
        press(dialog, "browse_save")
        assert "or-solucion.html" in child(dialog, QLabel, "message_text").text()
        dialog.reject()

    answer("handout_dialog", act)
    window.commands["hand_out"].trigger()
    assert {path.name for path in tmp_path.glob("or*")} == {"or.html", "or-solucion.html"}
    assert (tmp_path / "or.html").read_text(encoding="utf-8").count("semilla") >= 3


def test_an_older_solution_is_not_replaced_unasked(
    qtbot, window, answer, press, choose_file, tmp_path
):
    (tmp_path / "or-solution.html").write_text("mine", encoding="utf-8")

    def act(dialog):
        choose(qtbot, child(dialog, QComboBox, "handout_format"), "html")
        choose_file(tmp_path / "or.html")
        answer("ask_to_replace", lambda box: press(box, "replace_no"))
        press(dialog, "browse_save")
        dialog.reject()

    answer("handout_dialog", act)
    window.commands["hand_out"].trigger()
    assert not (tmp_path / "or.html").exists()
    assert (tmp_path / "or-solution.html").read_text(encoding="utf-8") == "mine"


def test_an_exercise_of_ones_own_is_handed_out(window, answer, press, choose_file, tmp_path):
    own = exercise_of("convnet-shapes")
    path = tmp_path / "mine.toml"
    save(own, path)

    def act(dialog):
        choose_file(path)
        press(dialog, "browse_from_file")
        assert dialog.findChild(QComboBox, "handout_exercise").count() == len(exercises()) + 1
        has_variants = own.has_variants
        assert child(dialog, QSpinBox, "handout_count").isEnabled() == has_variants
        dialog.reject()

    answer("handout_dialog", act)
    window.commands["hand_out"].trigger()


# -- results of a class --------------------------------------------------------------------------


@pytest.fixture
def class_folder(tmp_path):
    folder = tmp_path / "class"
    for number, name in enumerate(("Ana", "Benito")):
        begin(right=3, wrong=number, minutes=number, folder=folder / name, name=name, finish=True)
    (folder / f"broken{attempts.SUFFIX}").write_text("no\n", encoding="utf-8")
    return folder


def test_a_class_is_brought_together(qtbot, window, answer, press, choose_file, class_folder):
    table = class_folder.parent / "table.csv"

    def act(dialog):
        choose_file(class_folder)
        press(dialog, "browse_choose_folder")
        qtbot.waitUntil(lambda: dialog.results is not None)
        rows = dialog.attempts.rows()
        assert [row[0] for row in rows] == ["Ana", "Benito"]
        assert rows[0][3:5] != ["try_again", ""]
        assert len(dialog.unread.rows()) == 1
        choose_file(table)
        press(dialog, "browse_save_tables")
        assert "table-mistakes.csv" in child(dialog, QLabel, "message_text").text()
        dialog.reject()

    answer("results_dialog", act)
    window.commands["class_results"].trigger()
    names = {path.name for path in class_folder.parent.glob("table*.csv")}
    assert names == {"table.csv", "table-mistakes.csv", "table-log.csv"}


def test_a_folder_without_attempts_is_told(qtbot, window, answer, tmp_path):
    def act(dialog):
        dialog.read_folder(tmp_path)
        qtbot.waitUntil(lambda: child(dialog, QLabel, "message_text").isVisible())
        assert not child(dialog, QPushButton, "browse_save_tables").isEnabled()
        dialog.reject()

    answer("results_dialog", act)
    window.commands["class_results"].trigger()
