"""The attempts that were made: gone on with, looked at, compared, taken home, thrown away."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFile, QItemSelectionModel, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from nnsim.core.files import reason_of
from nnsim.core.messages import Message, NnsimError
from nnsim.exercises.attempt import Attempt
from nnsim.exercises.attempts import Kept, Unreadable, listed, read
from nnsim.exercises.results import save_log
from nnsim.ui.bridge.file_dialogs import choose_to_save
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.slices import Slices
from nnsim.ui.exercise.browsing.attempts_model import COLUMNS, AttemptsModel, AttemptsOrder
from nnsim.ui.exercise.browsing.comparison import ComparisonDialog
from nnsim.ui.exercise.browsing.parts import button, dress_table, give_rest, label_of, size_dialog
from nnsim.ui.shell.message_bar import MessageBar

_ACTIONS = ("open_attempt", "compare", "export_log", "delete")


def to_bin(path: Path) -> bool:
    """Move a file to the wastebasket; False where there is none."""
    return QFile(str(path)).moveToTrash()


class AttemptsDialog(QDialog):
    """``choice`` is the file of the attempt to open, when the dialog was accepted.

    ``busy`` is the attempt that is open at the moment: it cannot be opened twice, nor thrown away.
    """

    def __init__(
        self,
        folder: Path,
        save_folder: Path,
        preferences: Preferences,
        busy: Attempt | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("attempts_dialog")
        self.setWindowTitle(preferences.say("exercise_browse.attempts"))
        self.choice: Path | None = None
        self._preferences = preferences
        self._save_folder = save_folder
        self._busy = busy
        self._model = AttemptsModel(preferences)
        self._order = AttemptsOrder(self._model)
        self._filter = QComboBox()
        self._filter.setObjectName("attempts_filter")
        self._filter.addItem(preferences.say("exercise_browse.all_exercises"), "")
        self.table = self._make_table()
        self._told = QLabel()
        self._told.setObjectName("attempts_told")
        self._told.setWordWrap(True)
        self._messages = MessageBar(preferences)
        self._buttons = {name: button(preferences, name) for name in _ACTIONS}
        self._buttons["open_attempt"].setDefault(True)
        self._close = button(preferences, "close")
        self._lay_out()
        self._listen()
        self._refresh()
        self.table.setFocus()
        size_dialog(self, preferences, QSize(1040, 560))
        self._reading = Slices(iter(listed(folder)), self)
        self._reading.came.connect(self._came)
        self._reading.ended.connect(self._refresh)
        self.finished.connect(self._reading.stop)

    # -- building --------------------------------------------------------------------------------

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setObjectName("attempts_table")
        table.setModel(self._order)
        table.setSortingEnabled(True)
        table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        dress_table(table, self._preferences)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setAccessibleName(self._preferences.say("exercise_browse.attempts"))
        return table

    def _lay_out(self) -> None:
        above = QHBoxLayout()
        above.addWidget(label_of(self._preferences, "only_exercise", self._filter))
        above.addWidget(self._filter, 1)
        below = QHBoxLayout()
        for name in ("delete", "export_log", "compare"):
            below.addWidget(self._buttons[name])
        below.addStretch(1)
        below.addWidget(self._close)
        below.addWidget(self._buttons["open_attempt"])
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(self._messages)
        layout.addLayout(above)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._told)
        layout.addLayout(below)

    def _listen(self) -> None:
        acts = {
            "open_attempt": self._open,
            "compare": self._compare,
            "export_log": self._export,
            "delete": self._delete,
        }
        for name, act in acts.items():
            self._buttons[name].clicked.connect(act)
        self._close.clicked.connect(self.reject)
        self.table.doubleClicked.connect(self._open)
        self.table.selectionModel().selectionChanged.connect(self._refresh)
        self._filter.currentIndexChanged.connect(self._filter_chosen)

    # -- what is shown ---------------------------------------------------------------------------

    def _came(self, entries: list[Kept | Unreadable]) -> None:
        is_first = not self._model.entries
        self._model.add(entries)
        locale = self._preferences.locale
        for entry in entries:
            if isinstance(entry, Kept) and self._filter.findData(entry.exercise) < 0:
                self._filter.addItem(entry.title(locale), entry.exercise)
        if is_first:
            self.table.resizeColumnsToContents()
            self._select_first()
        self._share_width()

    def _select_first(self) -> None:
        # Not selectRow, which asks the keyboard: the keys that opened the dialog may still be down.
        flags = QItemSelectionModel.SelectionFlag
        first = self._order.index(0, 0)
        how = flags.ClearAndSelect | flags.Rows
        self.table.selectionModel().setCurrentIndex(first, how)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        give_rest(self.table, COLUMNS.index("exercise"))

    def _filter_chosen(self) -> None:
        self._order.show_only(self._filter.currentData())
        if self._order.rowCount():
            self._select_first()
        self._refresh()

    @property
    def selected(self) -> list[Kept | Unreadable]:
        """The selected attempts, from top to bottom."""
        rows = sorted(self.table.selectionModel().selectedRows(), key=lambda index: index.row())
        return [self._order.entry(index) for index in rows]

    def _is_busy(self, entry: Kept | Unreadable) -> bool:
        busy = self._busy
        if busy is None or isinstance(entry, Unreadable):
            return False
        head = entry.log.head
        return (head.id, head.started) == (busy.variant.exercise.id, busy.started)

    def _refresh(self) -> None:
        say, selected = self._preferences.say, self.selected
        sound = [entry for entry in selected if isinstance(entry, Kept)]
        free = not any(map(self._is_busy, selected))
        one = sound[0] if len(selected) == len(sound) == 1 else None
        words = "look_at" if one is not None and one.finished else "open_attempt"
        self._buttons["open_attempt"].setText(say(f"exercise_browse.{words}"))
        self._buttons["open_attempt"].setEnabled(one is not None and free)
        pair = len(selected) == len(sound) == 2 and sound[0].exercise == sound[1].exercise
        self._buttons["compare"].setEnabled(pair)
        self._buttons["export_log"].setEnabled(bool(sound))
        self._buttons["delete"].setEnabled(bool(selected) and free)
        self._told.setText(self._words(selected, free))

    def _words(self, selected: list[Kept | Unreadable], free: bool) -> str:
        say = self._preferences.say
        if not self._model.entries:
            return say("exercise_browse.no_attempts")
        if len(selected) == 1 and isinstance(selected[0], Unreadable):
            return self._preferences.tell(selected[0].problem)
        if not free:
            return say("exercise_browse.is_open")
        if len(selected) == 1 and isinstance(selected[0], Kept) and selected[0].log.head.name:
            return say("exercise_browse.made_by", name=selected[0].log.head.name)
        return say("exercise_browse.select_two")

    # -- what is done ----------------------------------------------------------------------------

    def _open(self) -> None:
        if self._buttons["open_attempt"].isEnabled():
            self.choice = self.selected[0].path
            self.accept()

    def _read_selected(self) -> list[Attempt] | None:
        """The selected attempts, made and marked; None where one cannot be, and it is told."""
        try:
            return [read(entry.path) for entry in self.selected if isinstance(entry, Kept)]
        except NnsimError as error:
            self._messages.tell(error.messages)
            return None

    def _compare(self) -> None:
        made = self._read_selected()
        if made is None:
            return
        older, newer = sorted(made, key=lambda attempt: attempt.started)
        dialog = ComparisonDialog(older, newer, self._preferences, self)
        dialog.exec()
        dialog.deleteLater()

    def _export(self) -> None:
        made = self._read_selected()
        if made is None:
            return
        suggestion = self._save_folder / f"{made[0].variant.exercise.id}-log.csv"
        key = "exercise_browse.csv"
        path = choose_to_save(self, self._preferences, suggestion, key, (".csv",))
        if path is None:
            return
        self._save_folder = path.parent
        try:
            save_log(made, path, self._preferences.locale)
        except NnsimError as error:
            self._messages.tell(error.messages)
        else:
            self._messages.tell((Message("projects.saved", {"path": str(path)}),), "done")

    def _delete(self) -> None:
        selected = self.selected
        if not self._asked("delete", len(selected)):
            return
        stuck = [entry for entry in selected if not to_bin(entry.path)]
        # Some places have no bin: there only for good is left.
        if stuck and self._asked("for_good", len(stuck)):
            stuck = [entry for entry in stuck if not self._unlink(entry.path)]
        for entry in selected:
            if entry not in stuck:
                self._model.remove(entry)
        self._refresh()

    def _unlink(self, path: Path) -> bool:
        try:
            path.unlink()
        except OSError as error:
            reason = {"path": str(path), "reason": reason_of(error)}
            self._messages.tell((Message("exercise_browse.not_deleted", reason),))
            return False
        return True

    def _asked(self, question: str, n: int) -> bool:
        say = self._preferences.say
        box = QMessageBox(self)
        box.setObjectName(f"ask_{question}")
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(say("exercise_browse.attempts"))
        box.setText(say(f"exercise_browse.ask.{question}", n=n))
        box.setInformativeText(say(f"exercise_browse.ask.{question}_more", n=n))
        yes = box.addButton(
            say(f"exercise_browse.ask.{question}_yes"), QMessageBox.ButtonRole.DestructiveRole
        )
        yes.setObjectName("ask_yes")
        no = box.addButton(say("exercise_browse.ask.no"), QMessageBox.ButtonRole.RejectRole)
        no.setObjectName("ask_no")
        box.setDefaultButton(no)
        box.setEscapeButton(no)
        box.exec()
        is_chosen = box.clickedButton() is yes
        box.deleteLater()
        return is_chosen
