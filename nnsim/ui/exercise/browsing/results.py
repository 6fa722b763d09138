"""The attempts of a class in one table, with the mistakes that were made most."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QTabWidget, QVBoxLayout, QWidget

from nnsim.core.messages import Message, NnsimError
from nnsim.exercises.attempt import Attempt
from nnsim.exercises.results import (
    COLUMNS,
    COMMONEST_COLUMNS,
    Results,
    commonest_rows,
    files_in,
    gathered,
    read_or_told,
    save_results,
    table,
)
from nnsim.ui.bridge.file_dialogs import choose_folder, choose_to_save
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.slices import Slices
from nnsim.ui.exercise.browsing.parts import button, size_dialog
from nnsim.ui.exercise.browsing.simple_table import SimpleTable
from nnsim.ui.shell.message_bar import MessageBar

_FOLDER = "exercise/class_folder"
_MAIN_COLUMN = COLUMNS.index("commonest_mistake")


class ResultsDialog(QDialog):
    """Chooses a folder, reads what is below it, and saves the tables."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("results_dialog")
        say = preferences.say
        self.setWindowTitle(say("exercise_browse.results"))
        self._preferences = preferences
        self.results: Results | None = None
        self._reading: Slices | None = None
        self._folder: Path | None = None
        self._found: list[Attempt | Message] = []
        self._told = QLabel(say("exercise_browse.results_hint"))
        self._told.setObjectName("results_told")
        self._told.setWordWrap(True)
        self._messages = MessageBar(preferences)
        heads = [_capital(say(f"results.column.{name}")) for name in COLUMNS]
        self.attempts = SimpleTable("results_attempts", heads, _MAIN_COLUMN, preferences)
        heads = [_capital(say(f"results.column.{name}")) for name in COMMONEST_COLUMNS]
        self.mistakes = SimpleTable("results_mistakes", heads, 1, preferences)
        self.unread = SimpleTable(
            "results_unread", [say("exercise_browse.column.problem")], 0, preferences
        )
        self._tabs = QTabWidget()
        for page, key in (
            (self.attempts, "attempts"),
            (self.mistakes, "mistakes"),
            (self.unread, "unread"),
        ):
            self._tabs.addTab(page, say(f"exercise_browse.tab.{key}", n=0))
        self._choose = button(preferences, "choose_folder")
        self._choose.clicked.connect(self._ask)
        self._choose.setDefault(True)
        self._save = button(preferences, "save_tables")
        self._save.clicked.connect(self._write)
        self._close = button(preferences, "close")
        self._close.clicked.connect(self.reject)
        self._lay_out()
        self._refresh()
        self.finished.connect(self._stop)
        size_dialog(self, preferences, QSize(1040, 560))

    def _lay_out(self) -> None:
        above = QHBoxLayout()
        above.addWidget(self._told, 1)
        above.addWidget(self._choose)
        below = QHBoxLayout()
        below.addStretch(1)
        below.addWidget(self._close)
        below.addWidget(self._save)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addLayout(above)
        layout.addWidget(self._messages)
        layout.addWidget(self._tabs, 1)
        layout.addLayout(below)

    # -- reading ---------------------------------------------------------------------------------

    def _ask(self) -> None:
        last = Path(str(self._preferences.settings.value(_FOLDER, Path.home())))
        folder = choose_folder(self, self._preferences, last)
        if folder is not None:
            self._preferences.settings.setValue(_FOLDER, str(folder))
            self.read_folder(folder)

    def read_folder(self, folder: Path) -> None:
        """Read the attempts below a folder, while the dialog lives."""
        self._stop()
        self._messages.clear()
        self._folder, self.results, self._found = folder, None, []
        self._reading = Slices(_read_below(folder), self)
        self._reading.came.connect(self._came)
        self._reading.ended.connect(self._ended)
        self._refresh()

    def _stop(self) -> None:
        if self._reading is not None:
            self._reading.stop()
            self._reading.deleteLater()
            self._reading = None

    def _came(self, found: list[Attempt | Message]) -> None:
        self._found += found
        self._told.setText(self._preferences.say("exercise_browse.reading", n=len(self._found)))

    def _ended(self) -> None:
        self._stop()
        try:
            self.results = gathered(self._found)
        except NnsimError as error:
            self._messages.tell(error.messages)
        self._refresh()

    # -- what is shown ---------------------------------------------------------------------------

    def _refresh(self) -> None:
        say, locale, results = self._preferences.say, self._preferences.locale, self.results
        self._save.setEnabled(results is not None)
        if results is None:
            results = Results((), (), ())
        elif self._folder is not None:
            self._told.setText(str(self._folder))
        self.attempts.show_rows(list(table(results, locale, self._preferences.mark)))
        self.mistakes.show_rows(list(commonest_rows(results, locale)))
        self.unread.show_rows([[self._preferences.tell(each)] for each in results.unreadable])
        for number, page in enumerate((self.attempts, self.mistakes, self.unread)):
            key = ("attempts", "mistakes", "unread")[number]
            words = say(f"exercise_browse.tab.{key}", n=page.rowCount())
            self._tabs.setTabText(number, words)
        self._tabs.setTabVisible(2, bool(results.unreadable))

    def _write(self) -> None:
        if self.results is None or self._folder is None:
            return
        suggestion = self._folder.parent / f"{self._folder.name}.csv"
        key = "exercise_browse.csv"
        path = choose_to_save(self, self._preferences, suggestion, key, (".csv",))
        if path is None:
            return
        try:
            written = save_results(self.results, path, self._preferences.locale)
        except NnsimError as error:
            self._messages.tell(error.messages)
            return
        told = [Message("projects.saved", {"path": str(place)}) for place in written]
        self._messages.tell(told, "done")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _read_below(folder: Path) -> Iterator[Attempt | Message]:
    return map(read_or_told, files_in([folder]))
