"""The examples in their groups, each with a small picture; found by words, chosen by arrows."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars
from nnsim.ui.gallery.finding import groups, matches
from nnsim.ui.gallery.pictures import paint_samples
from nnsim.ui.gallery.solving import Solved

_Index = QModelIndex | QPersistentModelIndex
_ID = Qt.ItemDataRole.UserRole
# Sizes at 100 %.
_PICTURE, _MARGIN, _GAP = 56, 6, 12
# Pictures grow less than letters do.
_LARGEST_ZOOM = 1.4
_LEAST_LETTERS = 14
_HEADING_ROOM = 1.9
_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class ExampleList(QWidget):
    """Search and list.  ``chosen()``: another example is the current one; ``activated()``: Enter or
    a double click."""

    chosen = Signal()
    activated = Signal()

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._items: dict[str, QListWidgetItem] = {}
        self._headings: list[tuple[QListWidgetItem, tuple[str, ...]]] = []
        say = preferences.say
        self.search = _Search()
        self.search.setObjectName("gallery_search")
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText(say("gallery.search"))
        self.search.setAccessibleName(say("gallery.search"))
        self.list = QListWidget()
        self.list.setObjectName("gallery_list")
        self.list.setAccessibleName(say("gallery.title"))
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setWordWrap(True)
        self._painter = _Rows(preferences, self.list)
        self.list.setItemDelegate(self._painter)
        use_flat_bars(self.list, preferences)
        self._nothing = QLabel(say("gallery.nothing_found"))
        self._nothing.setObjectName("gallery_nothing")
        self._nothing.setWordWrap(True)
        self._nothing.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in (self.search, self.list, self._nothing):
            layout.addWidget(part)
        letters = _LEAST_LETTERS * self.fontMetrics().averageCharWidth()
        self.setMinimumWidth(round(_PICTURE * _LARGEST_ZOOM) + letters)
        self._fill(preferences)
        self.search.arrow.connect(self.list.event)
        self.search.textChanged.connect(self._find)
        self.list.currentItemChanged.connect(lambda *_: self.chosen.emit())
        self.list.itemActivated.connect(lambda *_: self._activate())
        self._find()

    def _fill(self, preferences: Preferences) -> None:
        for group, members in groups():
            heading = QListWidgetItem(preferences.say(f"gallery.group.{group}"))
            heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.list.addItem(heading)
            self._headings.append((heading, members))
            for example in members:
                title = preferences.say(f"example.{example}.title")
                item = QListWidgetItem(title)
                item.setToolTip(title)
                item.setData(_ID, example)
                self.list.addItem(item)
                self._items[example] = item

    # -- choosing --------------------------------------------------------------------------------

    @property
    def current(self) -> str | None:
        """Id of the example that is chosen."""
        item = self.list.currentItem()
        return None if item is None else item.data(_ID)

    def choose(self, example: str) -> None:
        """Make an example the current one, unless the search hides it."""
        item = self._items.get(example)
        if item is not None and not item.isHidden():
            self.list.setCurrentItem(item)
            self.list.scrollToItem(item)

    def shown(self) -> tuple[str, ...]:
        """Ids of the examples that the search finds, in order."""
        return tuple(name for name, item in self._items.items() if not item.isHidden())

    def _find(self) -> None:
        query = self.search.text()
        for name, item in self._items.items():
            item.setHidden(not matches(name, query))
        shown = self.shown()
        for heading, members in self._headings:
            heading.setHidden(not set(members) & set(shown))
        self._nothing.setVisible(not shown)
        if self.current not in shown:
            if shown:
                self.choose(shown[0])
            else:
                self.list.setCurrentIndex(QModelIndex())

    def _activate(self) -> None:
        if self.current is not None:
            self.activated.emit()

    # -- pictures --------------------------------------------------------------------------------

    def show_solved(self, solved: Solved) -> None:
        """Draw an example as far as it is solved."""
        self._painter.solved[solved.example] = solved
        self.list.update(self.list.indexFromItem(self._items[solved.example]))


class _Search(QLineEdit):
    """``arrow(event)``: a key that means the list, though the line has the focus."""

    arrow = Signal(object)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _LIST_KEYS:
            self.arrow.emit(event)
        else:
            super().keyPressEvent(event)


class _Rows(QStyledItemDelegate):
    """A picture with its title; a heading is only words."""

    def __init__(self, preferences: Preferences, parent: QWidget) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self.solved: dict[str, Solved] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        if not index.data(_ID):
            return QSize(0, round(_HEADING_ROOM * option.fontMetrics.height()))
        return QSize(0, round((_PICTURE + 2 * _MARGIN) * self._zoom))

    @property
    def _zoom(self) -> float:
        return min(self._preferences.zoom, _LARGEST_ZOOM)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        theme, zoom = self._preferences.theme, self._zoom
        room = QRectF(option.rect)
        example = index.data(_ID)
        painter.save()
        if not example:
            font = painter.font()
            font.setBold(True)
            painter.setFont(font)
            painter.setPen(theme.color("muted"))
            words = room.adjusted(_MARGIN * zoom, 0, 0, -0.3 * option.fontMetrics.height())
            painter.drawText(
                words, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, index.data()
            )
            painter.restore()
            return
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_chosen or option.state & QStyle.StateFlag.State_MouseOver:
            ground = "accent_soft" if is_chosen else "raised"
            painter.fillRect(room, theme.color(ground))
        side, margin = _PICTURE * zoom, _MARGIN * zoom
        place = QRectF(room.topLeft() + QPointF(margin, margin), QRectF(0, 0, side, side).size())
        if example in self.solved:
            paint_samples(painter, place, self.solved[example], theme)
        painter.setPen(QPen(theme.color("accent" if is_chosen else "border"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place)
        painter.setPen(theme.color("text"))
        words = QRectF(place.right() + _GAP * zoom, room.top(), 0, room.height())
        words.setRight(room.right() - margin)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(words, int(flags), index.data())
        painter.restore()
