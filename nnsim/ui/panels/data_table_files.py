"""Samples from a CSV file and into one."""

from __future__ import annotations

import re
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QStandardPaths, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSpinBox,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from nnsim.core.messages import Message, NnsimError
from nnsim.data import Table, read_csv, write_csv
from nnsim.document.model import Document
from nnsim.ui.bridge.file_dialogs import ask_no_question, may_replace, with_ending
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.data_table_cells import DataDelegate
from nnsim.ui.panels.data_table_model import DataModel
from nnsim.ui.panels.step_table import GroupedHeader, RowHeader, paint_corner

# A table may be called .txt: it is text, and is read again under that name.
_WRITTEN = (".csv", ".txt")
_ENDINGS = "*.csv *.tsv *.txt"
_PREVIEW_ROWS = 100
_POLL_MS = 30
_FOLDER_KEY = "data_table/folder"
_MARKS = {".": "point", ",": "comma"}


def ask_import(
    parent: QWidget, preferences: Preferences, path: Path | None, units: tuple[int, int]
) -> Table | None:
    """The samples of a file that the person chooses and looks at; None where they think better.

    ``units`` are the input and output units of the diagram.
    """
    if path is None:
        path = _ask_to_open(parent, preferences)
    if path is None:
        return None
    dialog = ImportDialog(path, units, preferences, parent)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    table = dialog.table() if accepted else None
    dialog.deleteLater()
    return table


def ask_export(parent: QWidget, preferences: Preferences, document: Document) -> Path | None:
    """Write the samples to a file that the person chooses, with the decimal mark they choose.

    Returns the file; None where they think better of it.  Raises NnsimError as ``write_csv``.
    """
    stem = re.sub(r'[\\/:*?"<>|]+', " ", document.title).strip()
    name = f"{stem or preferences.say('data_table.file_name')}.csv"
    while True:
        path, mark = _ask_to_save(parent, preferences, name)
        if path is None:
            return None
        if not path.exists() or may_replace(parent, preferences, path):
            write_csv(document.data, path, mark)
            return path
        name = path.name


def _ask_to_save(parent: QWidget, preferences: Preferences, name: str) -> tuple[Path | None, str]:
    """The file, with its ending, and the decimal mark of the chosen type."""
    say = preferences.say
    dialog = QFileDialog(parent, say("data_table.export_title"), _folder(preferences))
    dialog.setObjectName("data_export_dialog")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("csv")
    filters = {f"{say(f'data_table.csv_{word}')} (*.csv)": mark for mark, word in _MARKS.items()}
    dialog.setNameFilters(list(filters))
    chosen = next(name for name, mark in filters.items() if mark == preferences.mark)
    dialog.selectNameFilter(chosen)
    ask_no_question(dialog)
    dialog.selectFile(name)
    path = _chosen(dialog, preferences)
    mark = filters.get(dialog.selectedNameFilter(), preferences.mark)
    return None if path is None else with_ending(path, _WRITTEN, _WRITTEN[0]), mark


def _ask_to_open(parent: QWidget, preferences: Preferences) -> Path | None:
    say = preferences.say
    dialog = QFileDialog(parent, say("data_table.import_title"), _folder(preferences))
    dialog.setObjectName("data_import_file_dialog")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters(
        [f"{say('data_table.csv_files')} ({_ENDINGS})", f"{say('data_table.all_files')} (*)"]
    )
    return _chosen(dialog, preferences)


def _folder(preferences: Preferences) -> str:
    home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return str(preferences.settings.value(_FOLDER_KEY, home))


def _chosen(dialog: QFileDialog, preferences: Preferences) -> Path | None:
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    names = dialog.selectedFiles()
    dialog.deleteLater()
    if not accepted or not names:
        return None
    path = Path(names[0])
    preferences.settings.setValue(_FOLDER_KEY, str(path.parent))
    return path


class ImportDialog(QDialog):
    """A look at a table before it is taken over: which columns are inputs, which targets."""

    def __init__(
        self, path: Path, units: tuple[int, int], preferences: Preferences, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("data_import_dialog")
        self._preferences = preferences
        self._units = units
        self._whole: Table | None = None
        say = preferences.say
        self.setWindowTitle(say("data_table.import_title"))
        self._file = QLabel(path.name)
        font = self._file.font()
        font.setBold(True)
        self._file.setFont(font)
        self._info = QLabel(say("data_table.reading"))
        self._info.setObjectName("data_import_info")
        self._info.setWordWrap(True)
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._targets = QSpinBox()
        self._targets.setObjectName("data_import_targets")
        self._targets.setEnabled(False)
        self._targets.valueChanged.connect(self._split)
        label = QLabel(say("data_table.target_count"))
        label.setBuddy(self._targets)
        self._model = DataModel(preferences, self)
        self._view = self._make_view()
        box = QDialogButtonBox.StandardButton
        self._buttons = QDialogButtonBox(box.Ok | box.Cancel)
        self._ok = self._buttons.button(box.Ok)
        self._ok.setText(say("data_table.take_over"))
        self._ok.setEnabled(False)
        self._buttons.button(box.Cancel).setText(say("data_table.cancel"))
        for button in self._buttons.buttons():
            # The icons of Fusion belong to another set of drawings.
            button.setIcon(QIcon())
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        choice = QHBoxLayout()
        choice.addWidget(label)
        choice.addWidget(self._targets)
        choice.addStretch(1)
        layout = QVBoxLayout(self)
        for part in (self._file, self._busy, self._info):
            layout.addWidget(part)
        layout.addLayout(choice)
        layout.addWidget(self._view, 1)
        layout.addWidget(self._buttons)
        em = self.fontMetrics().height()
        self.resize(34 * em, 26 * em)
        # Pure Python, no Qt: the window stays alive while a large file is read.
        self._pool = ThreadPoolExecutor(1)
        self._reading: Future[Table] = self._pool.submit(read_csv, path, 1)
        self._poll = QTimer(self)
        self._poll.timeout.connect(self._look)
        self._poll.start(_POLL_MS)
        self.finished.connect(lambda: self._pool.shutdown(wait=False, cancel_futures=True))

    def _make_view(self) -> QTableView:
        view = QTableView()
        view.setObjectName("data_import_preview")
        view.setAccessibleName(self._preferences.say("data_table.preview"))
        view.setModel(self._model)
        view.setItemDelegate(DataDelegate(self._preferences, self._model, view))
        view.setHorizontalHeader(GroupedHeader(view, self._preferences))
        rows = RowHeader(view, self._preferences, lambda row: "")
        view.setVerticalHeader(rows)
        rows.fit(_PREVIEW_ROWS)
        paint_corner(view, self._preferences)
        view.setShowGrid(False)
        view.setCornerButtonEnabled(False)
        view.setEditTriggers(view.EditTrigger.NoEditTriggers)
        return view

    def table(self) -> Table:
        """The samples, split as chosen; to be asked once the dialog was accepted."""
        assert self._whole is not None
        return _split(self._whole, self._targets.value())

    def _look(self) -> None:
        if not self._reading.done():
            return
        self._poll.stop()
        self._busy.hide()
        try:
            self._whole = self._reading.result()
        except NnsimError as error:
            self._refuse(error.messages)
            return
        columns = len(self._whole.names)
        self._targets.setRange(1, columns - 1)
        self._targets.setValue(min(max(self._units[1], 1), columns - 1))
        self._targets.setEnabled(columns > 2)
        self._ok.setEnabled(True)
        self._ok.setDefault(True)
        self._split()

    def _refuse(self, messages: tuple[Message, ...]) -> None:
        theme = self._preferences.theme
        self._info.setText("\n".join(self._preferences.tell(message) for message in messages))
        self._info.setStyleSheet(f"color: {theme.wrong};")
        self._view.hide()
        self.adjustSize()

    def _split(self) -> None:
        if self._whole is None:
            return
        whole, count = self._whole, self._targets.value()
        start = Table(
            whole.input_names,
            whole.target_names,
            whole.inputs[:_PREVIEW_ROWS],
            whole.targets[:_PREVIEW_ROWS],
        )
        self._model.show(_split(start, count))
        self._view.setRowHidden(self._model.rowCount() - 1, True)
        self._view.resizeColumnsToContents()
        inputs = len(whole.names) - count
        say = self._preferences.say
        said = [say("data_table.found", n=len(whole), inputs=inputs, targets=count)]
        if self._units != (inputs, count):
            said.append(
                say("data_table.will_not_fit", inputs=self._units[0], targets=self._units[1])
            )
        self._info.setText(" ".join(said))


def _split(table: Table, targets: int) -> Table:
    """The same columns, of which the last ``targets`` are targets."""
    values, split = table.values, len(table.names) - targets
    names = table.names
    return Table(names[:split], names[split:], values[:, :split], values[:, split:])
