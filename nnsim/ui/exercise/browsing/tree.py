"""The exercises in the groups of the course, found by words and filtered by progress."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnsim.exercises.browsing import FILTERS, Progress, fitness, group_title, in_groups, matches
from nnsim.exercises.exercise import Exercise, in_language
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars
from nnsim.ui.exercise.browsing.parts import label_of

_Index: TypeAlias = QModelIndex | QPersistentModelIndex
_ROW_HEIGHT = 1.4
_TITLE, _PROGRESS = 0, 1
_ID = Qt.ItemDataRole.UserRole
# Keys that mean the list, though the line has the focus.
_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def progress_words(preferences: Preferences, progress: Progress) -> str:
    """Progress as it stands in the list; a sign, and not a colour, tells what is mastered.

    Nothing stands where nothing was begun.
    """
    if progress.state == "new":
        return ""
    best = 0 if progress.best is None else round(100 * progress.best)
    return preferences.say(f"exercise_browse.progress.{progress.state}", best=best)


class _Airy(QStyledItemDelegate):
    """Rows with some air between them."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        hint = super().sizeHint(option, index)
        return QSize(hint.width(), round(_ROW_HEIGHT * option.fontMetrics.height()))


class ExerciseTree(QWidget):
    """Search, filter and list.

    ``chosen()``: another exercise is the current one; ``activated()``: Enter or a double click.
    """

    chosen = Signal()
    activated = Signal()

    def __init__(self, exercises: Sequence[Exercise], preferences: Preferences) -> None:
        super().__init__()
        self._exercises = {exercise.id: exercise for exercise in exercises}
        self._preferences = preferences
        self._progress: dict[str, Progress] = {}
        self._items: dict[str, QTreeWidgetItem] = {}
        self._groups: list[QTreeWidgetItem] = []
        self.search = QLineEdit()
        self.search.setObjectName("browse_search")
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText(preferences.say("exercise_browse.search_hint"))
        self.search.installEventFilter(self)
        self._filter = QComboBox()
        self._filter.setObjectName("browse_filter")
        for name in FILTERS:
            self._filter.addItem(preferences.say(f"exercise_browse.filter.{name}"), name)
        self._nothing = QLabel(preferences.say("exercise_browse.nothing_found"))
        self._nothing.setObjectName("browse_nothing")
        self._nothing.setWordWrap(True)
        self._nothing.hide()
        self.list = self._make_list()
        self._lay_out()
        self._fill()
        self.search.textChanged.connect(self._find)
        self._filter.currentIndexChanged.connect(self._apply)
        self.list.currentItemChanged.connect(lambda *_: self.chosen.emit())
        self.list.itemActivated.connect(self._activate)
        self._apply()

    def _make_list(self) -> QTreeWidget:
        made = QTreeWidget()
        made.setObjectName("browse_list")
        made.setColumnCount(2)
        made.setItemDelegate(_Airy(made))
        say = self._preferences.say
        made.setHeaderLabels([say("exercise_browse.exercise"), say("exercise_browse.state")])
        made.setUniformRowHeights(True)
        made.setAllColumnsShowFocus(True)
        made.setAccessibleName(say("exercise_browse.exercise"))
        header = made.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(_TITLE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_PROGRESS, QHeaderView.ResizeMode.ResizeToContents)
        use_flat_bars(made, self._preferences)
        return made

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(label_of(self._preferences, "show", self._filter))
        row.addWidget(self._filter, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.search)
        self.search.setAccessibleName(self._preferences.say("exercise_browse.search_hint"))
        layout.addLayout(row)
        layout.addWidget(self.list, 1)
        layout.addWidget(self._nothing)

    def _fill(self) -> None:
        locale = self._preferences.locale
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for group, members in in_groups(self._exercises.values()).items():
            above = QTreeWidgetItem(self.list, [group_title(group, locale)])
            above.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = above.font(_TITLE)
            font.setBold(True)
            above.setFont(_TITLE, font)
            above.setExpanded(True)
            self._groups.append(above)
            for exercise in members:
                title = in_language(exercise.title, locale)
                item = QTreeWidgetItem(above, [title])
                item.setToolTip(_TITLE, title)
                item.setData(_TITLE, _ID, exercise.id)
                item.setTextAlignment(_PROGRESS, side)
                self._items[exercise.id] = item
                self._show_progress(exercise.id)

    def _show_progress(self, exercise: str) -> None:
        words = progress_words(self._preferences, self.progress(exercise))
        self._items[exercise].setText(_PROGRESS, words)

    # -- progress --------------------------------------------------------------------------------

    def progress(self, exercise: str) -> Progress:
        """How far the person has come with an exercise, as far as it is known."""
        return self._progress.get(exercise, Progress())

    def set_progress(self, exercise: str, progress: Progress) -> None:
        """Tell of more progress; the filter follows when ``apply_filter`` is called."""
        self._progress[exercise] = progress
        if exercise in self._items:
            self._show_progress(exercise)

    def apply_filter(self) -> None:
        """Show what is to be shown by the progress of now."""
        self._apply()

    # -- choosing --------------------------------------------------------------------------------

    @property
    def current(self) -> Exercise | None:
        """The exercise that is chosen."""
        item = self.list.currentItem()
        return None if item is None else self._exercises.get(item.data(_TITLE, _ID))

    def choose(self, exercise: str) -> None:
        """Make an exercise the current one; whatever hides it is taken away."""
        item = self._items.get(exercise)
        if item is None:
            return
        if item.isHidden():
            self.search.clear()
            self._filter.setCurrentIndex(0)
        if (group := item.parent()) is not None:
            group.setExpanded(True)
        self.list.setCurrentItem(item)
        self.list.scrollToItem(item)

    def _apply(self) -> None:
        query, filter = self.search.text(), self._filter.currentData()
        for name, item in self._items.items():
            shown = matches(self._exercises[name], query) and self.progress(name).is_in(filter)
            item.setHidden(not shown)
        above = {item.parent() for item in self._items.values() if not item.isHidden()}
        for group in self._groups:
            group.setHidden(group not in above)
        self._keep_current()

    def _find(self) -> None:
        """Show what the words occur in; what they name best becomes the current one."""
        self._apply()
        query = self.search.text()
        fits = {name: fitness(self._exercises[name], query) for name in self._shown()}
        best = [name for name, fit in fits.items() if fit == max(fits.values())]
        if best and (self.current is None or self.current.id not in best):
            self.list.setCurrentItem(self._items[best[0]])

    def _shown(self) -> list[str]:
        return [name for name, item in self._items.items() if not item.isHidden()]

    def _keep_current(self) -> None:
        """The current exercise is one that is shown: it stays, or else the first one is."""
        shown = self._shown()
        self._nothing.setVisible(not shown)
        if self.current is not None and self.current.id in shown:
            return
        if shown:
            self.list.setCurrentItem(self._items[shown[0]])
        else:
            self.list.setCurrentIndex(QModelIndex())

    def _activate(self, item: QTreeWidgetItem) -> None:
        if item.data(_TITLE, _ID):
            self.activated.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.search
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in _LIST_KEYS
        ):
            self.list.event(event)
            return True
        return super().eventFilter(watched, event)
