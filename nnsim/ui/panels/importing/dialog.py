"""A look at a table file before it is taken over: what each column is, and what comes of it."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from nnsim.core.messages import Message, NnsimError
from nnsim.data import Table
from nnsim.data.dataset import Dataset
from nnsim.data.roles import Role, dataset_of
from nnsim.data.sheets import Sheet, read_sheet, worksheets
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.importing.columns import ColumnList
from nnsim.ui.panels.wrapped_check import WrappedCheckBox

_POLL_MS = 30
_SIZE = QSize(760, 520)
_SHARE_OF_SCREEN = 0.94
_SPREADSHEETS = (".xlsx", ".xlsm")
_MOST_CLASSES_NAMED = 8


class ImportDialog(QDialog):
    """``table()`` is what comes of the file, once the dialog was accepted, and ``fits_network``
    whether inputs and outputs are to become those of the samples.

    ``units`` are the input and output units there are now.

    Reading and checking are pure Python and happen beside the window, which stays alive.
    """

    def __init__(
        self, path: Path, units: tuple[int, int], preferences: Preferences, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("data_import_dialog")
        self._path = path
        self._units = units
        self._preferences = preferences
        self._sheet: Sheet | None = None
        self._found: Dataset | None = None
        self._table: Table | None = None
        self.setWindowTitle(preferences.say("importing.title"))
        self._build()
        self._lay_out()
        self._pool = ThreadPoolExecutor(1)
        self._reading: Future[tuple[tuple[str, ...], Sheet]] | None = None
        self._checking: Future[tuple[Dataset, Table]] | None = None
        self._poll = QTimer(self)
        self._poll.timeout.connect(self._look)
        self.finished.connect(lambda: self._pool.shutdown(wait=False, cancel_futures=True))
        self._read()

    def _build(self) -> None:
        say = self._preferences.say
        self._file = QLabel(self._path.name)
        font = self._file.font()
        font.setBold(True)
        self._file.setFont(font)
        self._worksheet = QComboBox()
        self._worksheet.setObjectName("import_worksheet")
        self._worksheet.setAccessibleName(say("importing.worksheet"))
        self._worksheet.activated.connect(lambda: self._read(self._worksheet.currentText()))
        self._worksheet.hide()
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._info = QLabel()
        self._info.setObjectName("data_import_info")
        self._info.setWordWrap(True)
        self.columns = ColumnList(self._preferences)
        self.columns.changed.connect(self._check)
        self._fit = WrappedCheckBox()
        self._fit.setObjectName("import_fit")
        self._fit.setText(say("importing.fit"))
        self._fit.setToolTip(say("importing.fit_tip"))
        self._ok = QPushButton(say("importing.take_over"))
        self._ok.setObjectName("import_ok")
        self._ok.setDefault(True)
        self._ok.clicked.connect(self.accept)
        self._cancel = QPushButton(say("importing.cancel"))
        self._cancel.setObjectName("import_cancel")
        self._cancel.setAutoDefault(False)
        self._cancel.clicked.connect(self.reject)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._file)
        top.addWidget(self._worksheet)
        top.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._ok)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self._busy)
        layout.addWidget(self.columns, 1)
        layout.addWidget(self._info)
        layout.addWidget(self._fit)
        layout.addLayout(buttons)
        room = self.screen().availableGeometry().size() * _SHARE_OF_SCREEN
        self.resize((_SIZE * self._preferences.zoom).boundedTo(room))

    def table(self) -> Table:
        """The samples, with the roles that were chosen."""
        assert self._table is not None
        return self._table

    @property
    def fits_network(self) -> bool:
        """Whether the network is to be fitted to the samples."""
        return self._fit.isChecked()

    # -- reading and checking --------------------------------------------------------------------

    def _read(self, worksheet: str | None = None) -> None:
        self._wait()
        self._say(self._preferences.say("importing.reading"))
        self._reading = self._pool.submit(_read, self._path, worksheet)

    def _check(self) -> None:
        if self._sheet is not None:
            self._wait()
            self._checking = self._pool.submit(_made, self._sheet, self.columns.roles)

    def _wait(self) -> None:
        self._table = None
        self._ok.setEnabled(False)
        self._busy.show()
        self._poll.start(_POLL_MS)

    def _look(self) -> None:
        if self._reading is not None:
            if self._reading.done():
                reading, self._reading = self._reading, None
                self._take_sheet(reading)
        elif self._checking is not None and self._checking.done():
            checking, self._checking = self._checking, None
            self._poll.stop()
            self._busy.hide()
            try:
                self._found, self._table = checking.result()
            except NnsimError as error:
                self._refuse(error.messages)
            else:
                self._ok.setEnabled(True)
                found = (len(self._table.input_names), len(self._table.target_names))
                self._fit.setChecked(found != self._units)
                self._say(self._comes_of_it(self._found))

    def _take_sheet(self, reading: Future[tuple[tuple[str, ...], Sheet]]) -> None:
        try:
            titles, self._sheet = reading.result()
        except NnsimError as error:
            self._poll.stop()
            self._busy.hide()
            self._refuse(error.messages)
            return
        if not self._worksheet.count():
            self._worksheet.addItems(list(titles))
            self._worksheet.setVisible(len(titles) > 1)
        self.columns.show_sheet(self._sheet)
        self._check()

    # -- saying ----------------------------------------------------------------------------------

    def _comes_of_it(self, found: Dataset) -> str:
        say = self._preferences.say
        samples = say("gallery.samples", n=len(found))
        inputs = say("gallery.inputs", n=found.input_shape[0])
        ignored = sum(role is Role.IGNORE for role in self.columns.roles)
        if found.classes:
            named = ", ".join(found.classes[:_MOST_CLASSES_NAMED])
            more = ", …" if len(found.classes) > _MOST_CLASSES_NAMED else ""
            told = say("importing.classes", n=len(found.classes), names=named + more)
        else:
            told = say("importing.values", names=", ".join(found.target_names))
        parts = [f"{samples}, {inputs}. {told}"]
        if ignored:
            parts.append(say("importing.ignored", n=ignored))
        return " ".join(parts)

    def _refuse(self, messages: tuple[Message, ...]) -> None:
        tell = self._preferences.tell
        self._say("\n".join(tell(message) for message in messages), "wrong")

    def _say(self, words: str, role: str = "text") -> None:
        self._info.setText(words)
        palette = self._info.palette()
        palette.setColor(self._info.foregroundRole(), self._preferences.theme.color(role))
        self._info.setPalette(palette)


def _read(path: Path, worksheet: str | None) -> tuple[tuple[str, ...], Sheet]:
    """Titles of the worksheets of a spreadsheet, and one of them; a text file has none."""
    titles = worksheets(path) if path.suffix.lower() in _SPREADSHEETS else ()
    return titles, read_sheet(path, worksheet)


def _made(sheet: Sheet, roles: tuple[Role, ...]) -> tuple[Dataset, Table]:
    found = dataset_of(sheet, roles)
    return found, found.as_table()
