"""Samples that come and go by the clipboard, files and drag and drop."""

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLineEdit,
    QPushButton,
)

from nnsim.data import Table, write_csv
from nnsim.ui.panels.importing.dialog import ImportDialog
from tests.support.data import read_table
from tests.support.data_panel import (
    cell,
    click,
    message,
    press,
    type_in,
    values,
)

LEFT = Qt.MouseButton.LeftButton
OR = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 1]]


class TestClipboard:
    def test_cells_go_to_a_spreadsheet_and_back(self, qtbot, panel, workspace, preferences):
        preferences.set_locale("es")
        type_in(qtbot, panel, 0, 0, "0,5")
        click(qtbot, panel, 0, 0)
        shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
        qtbot.mouseClick(panel.view.viewport(), LEFT, shift, cell(panel, 1, 1))
        qtbot.keyClick(panel.view, Qt.Key.Key_C, control)
        assert QGuiApplication.clipboard().text() == "0,5\t0\n0\t1\n"

        click(qtbot, panel, 3, 1)
        qtbot.keyClick(panel.view, Qt.Key.Key_V, control)
        assert values(workspace)[3:] == [[1, 0.5, 0], [0, 0, 1]]

    def test_what_cannot_be_pasted_is_told_by_row_and_column(self, qtbot, panel, workspace):
        QGuiApplication.clipboard().setText("1\t2\n3\tmuch\n")
        click(qtbot, panel, 0, 0)
        qtbot.keyClick(panel.view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        assert message(panel).startswith("Row 2, column x2: “much” is not a number.")
        assert values(workspace) == OR


def with_dialog(kind, act):
    """Do something with the dialog of this class as soon as it is there."""

    def look():
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, kind) or not dialog.isVisible():
            QTimer.singleShot(10, look)
            return
        try:
            act(dialog)
        except BaseException:
            # A dialog that stays open would hold the test up for ever.
            dialog.reject()
            raise

    QTimer.singleShot(0, look)


def choose_file(path):
    def act(dialog):
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        field.setText(str(path))
        dialog.accept()

    with_dialog(QFileDialog, act)


class TestFiles:
    @pytest.fixture
    def file(self, tmp_path):
        path = tmp_path / "trees.csv"
        path.write_text("height;age;oak\n1,5;10;0\n2,25;30;1\n3;45;1\n", encoding="utf-8")
        return path

    def drop(self, panel, path):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        how = (Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(panel, QDragEnterEvent(QPoint(50, 50), *how))
        QApplication.sendEvent(panel, QDropEvent(QPointF(50, 50), *how))

    def accept(self, qtbot):
        def act(dialog):
            ok = dialog.findChild(QPushButton, "import_ok")
            # A large table takes its time on a busy machine.
            qtbot.waitUntil(ok.isEnabled, timeout=60_000)
            qtbot.mouseClick(ok, LEFT)

        with_dialog(ImportDialog, act)

    def test_a_table_that_is_dropped_is_imported_after_a_look(self, qtbot, panel, workspace, file):
        self.accept(qtbot)
        self.drop(panel, file)
        assert values(workspace) == [[1.5, 10, 0], [2.25, 30, 1], [3, 45, 1]]
        assert workspace.document.data.target_names == ("oak",)
        workspace.undo_stack.undo()
        assert values(workspace) == OR

    def test_it_is_chosen_in_a_file_dialog(self, qtbot, panel, workspace, file):
        choose_file(file)
        QTimer.singleShot(50, lambda: self.accept(qtbot))
        press(qtbot, panel, "import")
        assert len(workspace.document.data) == 3

    @pytest.mark.parametrize(("locale", "mark"), [("en", "."), ("es", ",")])
    def test_the_mark_of_an_export_is_that_of_the_language(
        self, qtbot, panel, workspace, preferences, tmp_path, locale, mark
    ):
        type_in(qtbot, panel, 0, 0, "0.5")
        preferences.set_locale(locale)
        path = tmp_path / "out.csv"
        choose_file(path)
        press(qtbot, panel, "export")
        assert f"0{mark}5" in path.read_text(encoding="utf-8")
        assert read_table(path, 1).values.tolist() == values(workspace)
        assert str(path) in message(panel)

    def test_the_other_mark_can_be_chosen(self, qtbot, panel, tmp_path):
        path = tmp_path / "out.csv"

        def act(dialog):
            dialog.selectNameFilter(dialog.nameFilters()[1])
            dialog.findChild(QLineEdit, "fileNameEdit").setText(str(path))
            dialog.accept()

        with_dialog(QFileDialog, act)
        press(qtbot, panel, "export")
        assert path.read_text(encoding="utf-8").splitlines()[0] == "x1;x2;y"

    def test_an_export_never_has_the_ending_of_something_else(self, qtbot, panel, tmp_path):
        choose_file(tmp_path / "out.xlsx")
        press(qtbot, panel, "export")
        assert [path.name for path in tmp_path.glob("out.*")] == ["out.csv"]
        assert "out.csv" in message(panel)

    def test_a_large_table_is_read_shown_and_edited(self, qtbot, panel, workspace, tmp_path):
        path = tmp_path / "large.csv"
        many = Table(("x1", "x2"), ("y",), np.ones((50_000, 2)), np.zeros((50_000, 1)))
        write_csv(many, path)
        self.accept(qtbot)
        self.drop(panel, path)
        assert len(workspace.document.data) == 50_000
        panel.view.scrollToBottom()
        type_in(qtbot, panel, 49_999, 2, "1")
        assert values(workspace)[-1] == [1, 1, 1]
