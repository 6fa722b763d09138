"""Making an exercise in the real window, by mouse and keyboard."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QTabWidget,
    QTreeWidget,
)

from nnsim.document.model import Change
from nnsim.exercises.file import load
from nnsim.ui.exercise.making.preview import Preview
from nnsim.ui.panels.step_table.header import LATEX_ROLE
from nnsim.ui.shell.dialogs.questions import Answer

LEFT = Qt.MouseButton.LeftButton


class Maker:
    """A teacher in front of the dialog."""

    def __init__(self, window, qtbot):
        self.window, self.qtbot = window, qtbot
        window.commands["make_exercise"].trigger()
        self.dialog = window.menu_commands.making.dialog
        qtbot.waitExposed(self.dialog)

    def find(self, kind, name):
        return self.dialog.findChild(kind, f"making_{name}")

    def tab(self, number):
        self.find(QTabWidget, "tabs").setCurrentIndex(number)

    def press(self, name):
        self.qtbot.mouseClick(self.find(QPushButton, name), LEFT)

    def write(self, name, text, kind=QLineEdit):
        field = self.find(kind, name)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        self.dialog.refresh()

    def click_box(self, row, column):
        tree = self.find(QTreeWidget, "columns")
        rect = tree.visualItemRect(tree.topLevelItem(row))
        x = tree.header().sectionViewportPosition(column) + 10
        self.qtbot.mouseClick(
            tree.viewport(), LEFT, pos=rect.center().__class__(x, rect.center().y())
        )
        self.dialog.refresh()

    def click_cell(self, key):
        preview = self.find(Preview, "preview")
        self.qtbot.mouseClick(preview.viewport(), LEFT, pos=preview.rect_of(key).center())

    @property
    def told(self):
        return self.find(QLabel, "told").text()

    @property
    def asked(self):
        return [cell.key for cell in self.dialog.exercise.variant().sheet.asked]


@pytest.fixture
def maker(window, qtbot):
    maker = Maker(window, qtbot)
    yield maker
    if window.menu_commands.exercising.is_open:
        window.menu_commands.exercising.leave()
    if window.menu_commands.making.dialog is not None:
        window.menu_commands.making.dialog.done(0)


def test_the_open_project_is_a_sheet_at_once(maker):
    assert len(maker.asked) == 28
    assert "28" in maker.told


def test_columns_are_made_blank_by_a_click(maker):
    maker.tab(1)
    groups = [
        maker.find(QTreeWidget, "columns").topLevelItem(k).data(0, Qt.ItemDataRole.UserRole)
        for k in range(maker.find(QTreeWidget, "columns").topLevelItemCount())
    ]
    maker.click_box(groups.index("sums"), 2)
    assert not any(key.endswith(".sums") for key in maker.asked)
    # What is blank is shown.
    maker.click_box(groups.index("errors"), 2)
    assert sum(".e" in key for key in maker.asked) == 7


def test_cells_are_made_blank_one_by_one_and_all_again(maker):
    maker.click_cell("3.sums")
    assert "3.sums" not in maker.asked
    assert len(maker.asked) == 27
    maker.click_cell("3.sums")
    assert len(maker.asked) == 28
    maker.click_cell("1.w+")
    maker.press("all_blank")
    assert len(maker.asked) == 28


def test_cells_are_picked_while_something_else_cannot_be_read(maker):
    maker.tab(2)
    maker.write("vary_weights", "a; b")
    maker.click_cell("3.sums")
    assert maker.find(Preview, "preview").item(2, 2).text() != "____"
    maker.find(QLineEdit, "vary_weights").clear()
    maker.dialog.refresh()
    assert "3.sums" not in maker.asked


def test_what_cannot_be_read_is_said_with_its_field(maker):
    say = maker.window.preferences.say
    maker.tab(2)
    maker.write("vary_biases", "1; x")
    assert maker.told.startswith(say("making_dialog.vary.biases"))
    assert "x" in maker.told
    maker.find(QLineEdit, "vary_biases").clear()
    maker.write("tolerance", "-1")
    assert maker.told.startswith(say("making_dialog.tolerance"))


def test_numbers_are_put_into_the_statement_by_a_click(maker):
    field = maker.find(QPlainTextEdit, "statement_es")
    field.setPlainText("Empieza con ")
    field.moveCursor(QTextCursor.MoveOperation.End)
    names = maker.dialog.findChildren(QLabel, "making_names")[0]
    assert "{bias_step}" in names.text()
    names.linkActivated.emit("weights")
    maker.dialog.refresh()
    assert field.toPlainText() == "Empieza con {weights}"
    assert maker.dialog.exercise.variant().statement("es") == "Empieza con (0,5; 0,5)"


def test_a_name_that_is_none_is_said_and_can_be_saved(maker):
    maker.find(QPlainTextEdit, "statement_en").setPlainText("w = {weigths}, {0, 1}, {")
    maker.dialog.refresh()
    assert "{weigths}" in maker.told
    assert maker.find(QPushButton, "save").isEnabled()


def test_other_variants_are_seen_before_they_are_given(maker):
    seed = maker.find(QSpinBox, "seed")
    assert not seed.isEnabled()
    maker.tab(2)
    maker.write("vary_weights", "-1; 1")
    preview = maker.find(Preview, "preview")
    own = preview.rowCount()
    seen = set()
    for number in range(1, 8):
        seed.setValue(number)
        maker.dialog.refresh()
        seen.add(preview.rowCount())
        sheet = maker.dialog.exercise.variant(number).sheet
        assert preview.rowCount() == len(sheet.rows)
    assert seen != {own}


@pytest.mark.parametrize("answer", Answer)
def test_what_is_in_no_file_is_not_lost_unasked(maker, tmp_path, monkeypatch, answer):
    from nnsim.ui.exercise.making import dialog

    asked = []
    monkeypatch.setattr(dialog, "ask_to_save", lambda *a: asked.append(a) or answer)
    monkeypatch.setattr(dialog, "choose_to_save", lambda *_: tmp_path / "mine.toml")
    maker.tab(0)
    maker.find(QTabWidget, "texts").setCurrentIndex(0)
    maker.write("title_es", "Mi puerta")
    QTest.keyClick(maker.dialog, Qt.Key.Key_Escape)
    assert len(asked) == 1
    assert (tmp_path / "mine.toml").exists() is (answer is Answer.SAVE)
    assert (maker.window.menu_commands.making.dialog is not None) is (answer is Answer.CANCEL)


def test_a_dialog_in_which_nothing_was_changed_closes_at_once(maker, monkeypatch):
    from nnsim.ui.exercise.making import dialog

    monkeypatch.setattr(dialog, "ask_to_save", lambda *_: pytest.fail("asked"))
    maker.press("close")
    assert maker.window.menu_commands.making.dialog is None


def test_changes_in_the_middle_of_a_run_are_left_out_and_that_is_said(window, qtbot):
    workspace = window.workspace
    change = Change(2, training=replace(workspace.document.training, weight_step=3.0))
    window.workspace.replace_document(replace(workspace.document, changes=(change,)))
    maker = Maker(window, qtbot)
    assert window.preferences.say("making_dialog.without_changes") in maker.told
    assert maker.dialog.exercise.task.document.changes == ()
    maker.dialog.done(0)


def test_with_large_letters_it_stays_within_the_screen(window, qtbot):
    window.preferences.set_zoom(2.0)
    maker = Maker(window, qtbot)
    room = maker.dialog.screen().availableGeometry().size()
    # Where even its parts need more, it is as small as it can be.
    least = maker.dialog.minimumSizeHint()
    assert maker.dialog.width() <= max(room.width(), least.width())
    assert maker.dialog.height() <= max(room.height(), least.height())
    maker.dialog.done(0)


def test_headings_are_formulas_as_a_student_sees_them(maker):
    preview = maker.find(Preview, "preview")
    model = preview.model()
    found = [
        model.headerData(k, Qt.Orientation.Horizontal, LATEX_ROLE)
        for k in range(model.columnCount())
    ]
    assert r"\Sigma" in found


def test_what_is_missing_is_said_and_cannot_be_saved(maker):
    maker.tab(0)
    for locale in ("es", "en"):
        maker.find(QTabWidget, "texts").setCurrentIndex(("es", "en").index(locale))
        maker.write(f"title_{locale}", " ")
    assert not maker.find(QPushButton, "save").isEnabled()
    assert maker.told == maker.window.preferences.say("making.no_title")


def test_a_range_that_cannot_be_read_is_said(maker):
    maker.tab(2)
    maker.write("vary_weights", "1 ... 2")
    assert maker.dialog.exercise is None
    assert "1 ... 2" in maker.told
    maker.write("vary_weights", "-1; 0,5; 1")
    assert maker.dialog.exercise.vary["weights"].choices == (-1.0, 0.5, 1.0)


def test_a_saved_exercise_is_the_one_that_was_seen(maker, tmp_path, monkeypatch):
    from nnsim.ui.exercise.making import dialog

    path = tmp_path / "mine.toml"
    monkeypatch.setattr(dialog, "choose_to_save", lambda *_: path)
    maker.tab(0)
    maker.find(QTabWidget, "texts").setCurrentIndex(0)
    maker.write("title_es", "Mi puerta")
    maker.write("statement_es", "Empieza con w = {weights}.", QPlainTextEdit)
    maker.tab(2)
    maker.find(QSpinBox, "decimals").setValue(2)
    maker.dialog.refresh()
    maker.press("save")
    exercise = load(path)
    assert exercise.title["es"] == "Mi puerta"
    assert exercise.variant().statement("es") == "Empieza con w = (0,5; 0,5)."
    assert exercise.task.question.decimals == 2
    assert [c.key for c in exercise.variant().sheet.asked] == maker.asked


def test_it_is_tried_out_as_a_student_and_comes_back(maker, qtbot):
    commands = maker.window.menu_commands.exercising
    maker.press("try")
    assert commands.is_open
    assert not maker.dialog.isVisible()
    commands.leave()
    assert maker.dialog.isVisible()
    assert len(maker.asked) == 28


def test_it_is_put_away_while_an_exercise_is_solved(maker):
    maker.press("try")
    assert not maker.window.commands["make_exercise"].isVisible()
