"""The palette: what can be drawn, to be dragged onto the canvas, clicked, or taken by key."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from nnsim.document.model import MAX_UNITS
from nnsim.document.sequences import RECURRENT_ACTIVATIONS
from nnsim.engine.activations import ACTIVATIONS, ActivationSpec
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.canvas.curves import curve_icon
from nnsim.ui.canvas.palette_icons import paint_entry
from nnsim.ui.canvas.wishes import Wish, units_of

_ENTRIES = ("input", "inputs", "neuron", "layer", "recurrent", "output")
_ICON = QSize(46, 40)


class PaletteEntry(QWidget):
    """One thing that can be drawn.

    ``picked()``: a click, so that it is put down with another one on the canvas; ``taken()``: Enter
    or a double click, so that it goes to the middle of the canvas.  ``dragged(place)``,
    ``dropped(place)``, ``drag_ended()``: dragging with the button held, places on the screen.
    """

    picked = Signal()
    taken = Signal()
    dragged = Signal(object)
    dropped = Signal(object)
    drag_ended = Signal()

    def __init__(self, kind: str, preferences: Preferences, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(f"palette_{kind}")
        self.kind = kind
        self.wish = Wish("input" if kind.startswith("input") else "dense")
        self._preferences = preferences
        self._pressed_at: QPoint | None = None
        self._dragging = False
        self._hovered = False
        self._name = QLabel(self)
        self._name.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._name.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.say()

    def say(self) -> None:
        """Say its words and take its sizes again."""
        say = self._preferences.say
        self._name.setText(say(f"canvas.palette.{self.kind}"))
        self.setAccessibleName(self._name.text())
        self.updateGeometry()
        self._place_name()
        self.update()

    def say_tip(self, units: int) -> None:
        """Say what it makes, with how many units."""
        tip = self._preferences.say(f"canvas.palette.{self.kind}_tip", n=units)
        self.setToolTip(tip)
        self.setStatusTip(tip)
        self.setAccessibleDescription(tip)

    def sizeHint(self) -> QSize:
        zoom = self._preferences.zoom
        words = self._name.sizeHint()
        width = max(words.width() + 10, round((_ICON.width() + 20) * zoom))
        return QSize(width, round((_ICON.height() + 12) * zoom) + words.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _place_name(self) -> None:
        height = self._name.sizeHint().height()
        self._name.setGeometry(0, self.height() - height - 3, self.width(), height)

    def resizeEvent(self, event: object) -> None:
        self._place_name()

    def _icon_rect(self) -> QRectF:
        zoom = self._preferences.zoom
        size = _ICON.toSizeF() * zoom
        return QRectF((self.width() - size.width()) / 2, 5 * zoom, size.width(), size.height())

    # -- painting --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._preferences.theme
        if self.hasFocus() or self._hovered:
            painter.setPen(theme.color("accent") if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft" if self.hasFocus() else "raised"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        paint_entry(painter, self._icon_rect(), self.kind, theme)

    def enterEvent(self, event: object) -> None:
        self._hovered = True
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._hovered = False
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    # -- mouse and keys --------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape and self._dragging:
            self._end()
            self.drag_ended.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.taken.emit()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.focusNextPrevChild(key == Qt.Key.Key_Down)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None:
            return
        away = event.position().toPoint() - self._pressed_at
        if not self._dragging and away.manhattanLength() < QApplication.startDragDistance():
            return
        self._dragging = True
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.dragged.emit(event.globalPosition())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._pressed_at is None:
            return
        dragging = self._dragging
        self._end()
        if dragging:
            self.dropped.emit(event.globalPosition())
        else:
            self.picked.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._end()
        self.taken.emit()

    def _end(self) -> None:
        self._pressed_at = None
        self._dragging = False
        self.setCursor(Qt.CursorShape.OpenHandCursor)


class _Activations(QComboBox):
    """A narrow box with a list as wide as its words need."""

    def __init__(self, preferences: Preferences, parent: QWidget) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self.currentIndexChanged.connect(self._draw)

    def name(self) -> None:
        """Name the activations in the language, and draw them in the colours, of now."""
        say, chosen = self._preferences.say, max(self.currentIndex(), 0)
        self.blockSignals(True)
        self.clear()
        self.addItem(say("canvas.palette.usual"), "")
        for name in ACTIVATIONS:
            self.addItem(say(f"activation.{name}"), name)
        self.setCurrentIndex(chosen)
        self.blockSignals(False)
        self._draw(chosen)

    def _draw(self, index: int) -> None:
        """The curve of one of them, where that is not drawn yet."""
        name = self.itemData(index)
        if name and self.itemIcon(index).isNull():
            self.setItemIcon(index, curve_icon(ActivationSpec(name), self._preferences.theme))

    def showPopup(self) -> None:
        # Not sooner: a start would wait until all curves are drawn, and until Python knows all
        # kinds of lists.
        for index in range(self.count()):
            self._draw(index)
        self.view().setMinimumWidth(round(190 * self._preferences.zoom))
        super().showPopup()


class Palette(QWidget):
    """The entries, and the units and activation of what is drawn next.

    ``picked(wishes)``: to follow the pointer on the canvas until a click; ``taken(wishes)``: to go
    to the middle of the canvas; ``dragged(wishes, place)``, ``dropped(wishes, place)`` and
    ``drag_ended()``: a drag from an entry, places on the screen.
    """

    picked = Signal(object)
    taken = Signal(object)
    dragged = Signal(object, object)
    dropped = Signal(object, object)
    drag_ended = Signal()
    title_key = "canvas.palette.title"

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self._workspace = workspace
        self._preferences = preferences
        self.entries = {kind: PaletteEntry(kind, preferences, self) for kind in _ENTRIES}
        self.units = QSpinBox(self)
        self.units.setObjectName("palette_units")
        self.units.setRange(1, MAX_UNITS)
        self.units.setValue(4)
        self.activation = _Activations(preferences, self)
        self.activation.setObjectName("palette_activation")
        self._units_label = QLabel(self)
        self._units_label.setBuddy(self.units)
        self._activation_label = QLabel(self)
        self._activation_label.setBuddy(self.activation)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 6, 4, 6)
        layout.setSpacing(2)
        for entry in self.entries.values():
            layout.addWidget(entry)
            entry.picked.connect(lambda e=entry: self.picked.emit((e.wish,)))
            entry.taken.connect(lambda e=entry: self.taken.emit((e.wish,)))
            entry.dragged.connect(lambda place, e=entry: self.dragged.emit((e.wish,), place))
            entry.dropped.connect(lambda place, e=entry: self.dropped.emit((e.wish,), place))
            entry.drag_ended.connect(self.drag_ended)
        layout.addSpacing(8)
        for part in (self._units_label, self.units, self._activation_label, self.activation):
            layout.addWidget(part)
        layout.addStretch(1)
        self.units.valueChanged.connect(self._wish)
        self.activation.currentIndexChanged.connect(self._wish)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        for signal in (
            preferences.language_changed,
            preferences.theme_changed,
            preferences.zoom_changed,
        ):
            signal.connect(self._say)
        workspace.document_changed.connect(self._say_tips)
        self._say()

    def _say(self) -> None:
        say = self._preferences.say
        self.setAccessibleName(say("canvas.palette.title"))
        for entry in self.entries.values():
            entry.say()
        self._units_label.setText(say("canvas.palette.units"))
        self.units.setToolTip(say("canvas.palette.units_tip"))
        self.units.setAccessibleName(say("canvas.palette.units_tip"))
        self._activation_label.setText(say("canvas.palette.activation"))
        self.activation.setToolTip(say("canvas.palette.activation_tip"))
        self.activation.setAccessibleName(say("canvas.palette.activation_tip"))
        self.activation.name()
        self.activation.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.activation.setMinimumContentsLength(6)
        self._wish()

    def _wish(self) -> None:
        """What each entry makes, with the units and the activation chosen below."""
        activation = self.activation.currentData() or ""
        self.entries["inputs"].wish = Wish("input", "columns")
        self.entries["neuron"].wish = Wish("dense", 1, activation)
        self.entries["layer"].wish = Wish("dense", self.units.value(), activation)
        # One that is not of each unit alone means other layers.
        own = activation if activation in RECURRENT_ACTIVATIONS else ""
        self.entries["recurrent"].wish = Wish("recurrent", self.units.value(), own)
        self.entries["output"].wish = Wish("dense", "columns", activation)
        self._say_tips()

    def _say_tips(self) -> None:
        """How many units each entry makes depends on the data."""
        for entry in self.entries.values():
            entry.say_tip(units_of(self._workspace.document, entry.wish))
