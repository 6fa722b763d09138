"""The catalogue, the attempts, hand-outs and class results, in the real window."""

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTextBrowser,
)

from nnsim.exercises import attempts
from nnsim.exercises.bank import exercise_of, exercises
from nnsim.exercises.file_writing import save
from nnsim.ui.shell.exercising import attempts_folder
from tests.support.browsing import OR, begin, child, choose, shown

KEY = Qt.Key


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
