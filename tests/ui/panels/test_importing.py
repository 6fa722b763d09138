"""A table file is looked at, its columns get their roles, and it is taken over or refused."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QWidget

from nnsim.data.roles import Role
from nnsim.document.checks import check
from nnsim.document.lab import fit_in_force
from nnsim.document.model import Origin
from nnsim.document.templates import gate_neuron
from nnsim.ui.panels.importing import asking
from nnsim.ui.panels.importing.dialog import ImportDialog

LEFT = Qt.MouseButton.LeftButton
FLOWERS = "length;width;place;species\n1,5;0,2;north;a\n4,7;1,4;south;b\n6;2,5;north;c\n"


@pytest.fixture
def open_file(qtbot, preferences, tmp_path):
    parent = QWidget()
    qtbot.addWidget(parent)

    def open_file(content, name="flowers.csv", units=(2, 1)):
        path = tmp_path / name
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        else:
            content.save(path)
        dialog = ImportDialog(path, units, preferences, parent)
        qtbot.addWidget(dialog)
        with qtbot.waitExposed(dialog):
            dialog.show()
        qtbot.waitUntil(lambda: not dialog._poll.isActive(), timeout=60_000)
        return dialog

    return open_file


def info(dialog):
    return dialog.findChild(QLabel, "data_import_info").text()


def ok(dialog):
    return dialog.findChild(QPushButton, "import_ok")


def choose(qtbot, dialog, column, role):
    """Choose the role of a column (from 1) with the keyboard."""
    box = dialog.findChild(QComboBox, f"import_role_{column}")
    box.setFocus()
    while box.currentData() != role:
        down = list(Role).index(role) > box.currentIndex()
        qtbot.keyClick(box, Qt.Key.Key_Down if down else Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: not dialog._poll.isActive(), timeout=60_000)


def test_numbers_are_inputs_the_last_column_of_words_the_class_other_words_ignored(open_file):
    dialog = open_file(FLOWERS)
    expected = (Role.INPUT, Role.INPUT, Role.IGNORE, Role.CLASS)
    assert dialog.columns.roles == expected
    assert info(dialog) == (
        "3 samples, 2 inputs. The class becomes 3 targets, one a class: a, b, c."
        " 1 column is ignored."
    )
    table = dialog.table()
    assert (table.input_names, table.target_names) == (("length", "width"), ("a", "b", "c"))
    assert table.targets.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_what_a_column_holds_can_be_read(open_file):
    dialog = open_file(FLOWERS)
    texts = [[dialog.columns.table.item(row, k).text() for k in (0, 2, 3)] for row in (0, 3)]
    assert texts == [
        ["length", "numbers, 3 different values", "1,5 · 4,7 · 6"],
        ["species", "words, 3 different values", "a · b · c"],
    ]


def test_marks_of_missing_numbers_count_as_missing_and_their_places_are_named(open_file):
    dialog = open_file("a;b\n1,5;2\nNA;3\n-2;4\n")
    held = dialog.columns.table.item(0, 2).text()
    assert held == "numbers, 2 different values, 1 missing"
    assert "Row 3, column a" in info(dialog)
    assert not ok(dialog).isEnabled()


def test_another_role_is_checked_at_once(qtbot, open_file):
    dialog = open_file(FLOWERS)
    choose(qtbot, dialog, 4, Role.IGNORE)
    assert info(dialog).startswith("No column is a target or a class.")
    assert not ok(dialog).isEnabled()
    choose(qtbot, dialog, 2, Role.TARGET)
    assert info(dialog) == "3 samples, 1 input. Targets: width. 2 columns are ignored."
    assert ok(dialog).isEnabled()
    assert dialog.table().targets.tolist() == [[0.2], [1.4], [2.5]]


def test_several_columns_get_a_role_together(qtbot, open_file):
    dialog = open_file("a,b,c,d\n1,2,3,4\n5,6,7,8\n")
    dialog.columns.table.selectAll()
    qtbot.mouseClick(dialog.findChild(QPushButton, "import_make_target"), LEFT)
    assert dialog.columns.roles == (Role.TARGET,) * 4
    qtbot.waitUntil(lambda: not dialog._poll.isActive())
    assert info(dialog).startswith("No column is an input.")


def test_words_and_gaps_are_refused_by_row_and_column(qtbot, open_file):
    dialog = open_file("a,b,y\n1,2,3\n4,,6\n7,eight,9\n")
    # Words in a column make it ignored; who wants it as an input is told what is wrong with it.
    assert dialog.columns.roles == (Role.INPUT, Role.IGNORE, Role.TARGET)
    choose(qtbot, dialog, 2, Role.INPUT)
    assert info(dialog).splitlines() == [
        "Row 3, column b: the number is missing. Fill it in or delete the row.",
        "Row 4, column b: “eight” is not a number. Type a number there.",
    ]
    assert not ok(dialog).isEnabled()


def test_a_missing_class_is_refused_too(open_file):
    dialog = open_file("a,species\n1,x\n2,\n3,y\n")
    expected = "Row 3, column species: the class is missing. Fill it in or delete the row."
    assert info(dialog) == expected


def test_a_damaged_file_is_told_and_cannot_be_taken_over(open_file):
    dialog = open_file("no spreadsheet", name="broken.xlsx")
    assert "is not an XLSX spreadsheet, or it is damaged" in info(dialog)
    assert not ok(dialog).isEnabled()


def test_the_worksheet_of_a_spreadsheet_is_chosen(qtbot, open_file):
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "first"
    for row in (("x", "y"), (1, 2), (3, 4)):
        book.active.append(row)
    second = book.create_sheet("second")
    for row in (("u", "v", "w"), (1, 2, 0.5), (3, 4, 1.5), (5, 6, 2.5)):
        second.append(row)
    dialog = open_file(book, name="book.xlsx")
    assert info(dialog) == "2 samples, 1 input. Targets: y."
    box = dialog.findChild(QComboBox, "import_worksheet")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: info(dialog) == "3 samples, 2 inputs. Targets: w.", timeout=10_000)


@pytest.mark.parametrize(("units", "fits"), [((2, 1), False), ((2, 3), False), ((5, 3), True)])
def test_fitting_the_network_is_offered_where_the_numbers_differ(open_file, units, fits):
    content = FLOWERS if units[1] == 3 else "a,b,y\n1,2,3\n4,5,6\n"
    assert open_file(content, units=units).fits_network is fits


def test_the_edit_takes_over_samples_and_fits_the_network_in_one(qtbot, preferences, tmp_path):
    path = tmp_path / "flowers.csv"
    path.write_text(FLOWERS, encoding="utf-8")
    parent = QWidget()
    qtbot.addWidget(parent)
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    def act():
        dialog = QApplication.activeModalWidget()
        if dialog is None or not ok(dialog).isEnabled():
            QTimer.singleShot(30, act)
        else:
            qtbot.mouseClick(ok(dialog), LEFT)

    QTimer.singleShot(0, act)
    before = gate_neuron()
    take_over = asking.ask_import(parent, preferences, before, path)
    after = take_over(before)
    assert after.origin == Origin("flowers.csv")
    assert fit_in_force(after).name == "classes"
    assert [p for p in check(after) if p.severity == "error"] == []
