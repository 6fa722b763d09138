"""The former runs by name: shown or hidden, renamed, removed."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QMenu, QWidget

from nnsim.document.comparing import differences, message_of
from nnsim.session.runs import Run
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.loss.curves import circled
from nnsim.ui.panels.loss.words import name_of
from nnsim.ui.panels.plotting.panel import quiet

_NUMBER = Qt.ItemDataRole.UserRole
_ROWS = 4


class RunsList(QListWidget):
    """One line a former run of the session, with the number of its curve.

    The box says whether its curve is drawn; F2 or a double click renames it, Delete removes it.
    ``edited()``: something of that was done.
    """

    edited = Signal()

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("former_runs")
        self._workspace = workspace
        self._preferences = preferences
        self._words: list[tuple[int, str, bool]] = []
        self.setEditTriggers(self.EditTrigger.DoubleClicked | self.EditTrigger.EditKeyPressed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        self.itemChanged.connect(self._take)

    def refresh(self) -> None:
        """Show the runs as they are kept now, and what makes each differ from the present one."""
        say = self._preferences.say
        self.setAccessibleName(say("loss_panel.runs"))
        self.setFixedHeight(_ROWS * round(self.fontMetrics().height() * 1.5))
        words = [
            (run.number, name_of(run, self._workspace.document, self._preferences), run.is_shown)
            for run in self._workspace.session.runs
        ]
        if words == self._words:
            return
        row, self._words = self.currentRow(), words
        with quiet(self):
            self.clear()
            for place, (number, name, is_shown) in enumerate(words, start=1):
                item = QListWidgetItem(f"{circled(place)} {name}", self)
                item.setData(_NUMBER, number)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
                state = Qt.CheckState.Checked if is_shown else Qt.CheckState.Unchecked
                item.setCheckState(state)
                item.setToolTip(self._tip(number))
            self.setCurrentRow(min(max(row, 0), len(words) - 1))

    def _run(self, number: int) -> Run:
        return next(run for run in self._workspace.session.runs if run.number == number)

    def _tip(self, number: int) -> str:
        run, tell = self._run(number), self._preferences.tell
        found = differences(run.document, self._workspace.document)
        lines = [self._preferences.say("loss_panel.run_tip", n=run.iterations)]
        return "\n".join([*lines, *(f"· {tell(message_of(each))}" for each in found)])

    def _take(self, item: QListWidgetItem) -> None:
        """A box was checked or a name typed."""
        runs, number = self._workspace.session.runs, int(item.data(_NUMBER))
        run = self._run(number)
        is_shown = item.checkState() == Qt.CheckState.Checked
        typed = item.text().strip()
        place = self.row(item) + 1
        typed = typed.removeprefix(circled(place)).strip()
        if is_shown != run.is_shown:
            runs.show(number, is_shown)
        if typed != name_of(run, self._workspace.document, self._preferences):
            runs.rename(number, typed)
        self._words = []
        self.edited.emit()

    def remove_current(self) -> None:
        """Forget the run of the current line."""
        item = self.currentItem()
        if item is not None:
            self._workspace.session.runs.remove(int(item.data(_NUMBER)))
            self.edited.emit()

    def remove_all(self) -> None:
        """Forget all former runs."""
        self._workspace.session.runs.clear()
        self.edited.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete removes the run of the current line."""
        if event.key() == Qt.Key.Key_Delete:
            self.remove_current()
        else:
            super().keyPressEvent(event)

    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, job in (
            ("rename", lambda: self.editItem(self.currentItem())),
            ("remove", self.remove_current),
            ("remove_all", self.remove_all),
        ):
            action = QAction(self._preferences.say(f"loss_panel.run_{name}"), menu)
            action.setObjectName(f"run_{name}")
            action.setEnabled(self.currentItem() is not None)
            action.triggered.connect(lambda _=False, job=job: job())
            menu.addAction(action)
        menu.popup(self.mapToGlobal(place))
