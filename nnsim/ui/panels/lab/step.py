"""One step of the way: a heading with its numbers, which opens what can be set."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from nnsim.document.lab import said
from nnsim.document.model import Document
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Edit, Workspace
from nnsim.ui.panels.elided_combo import ElidedComboBox
from nnsim.ui.panels.flow_words import step_title
from nnsim.ui.panels.lab.row import Row
from nnsim.ui.panels.lab.slider import ValueSlider
from nnsim.ui.panels.settings_fields import Field

# At 100 %: the strip with the number, the circle around it, and the heading's room above and below.
_RAIL, _CIRCLE, _AIR = 30, 20, 5
# Letters grow more than what only guides the eye.
_LARGEST_RAIL_ZOOM = 1.4
# The arrow of an open and of a closed step, around its middle.
_DOWNWARDS = ((-1, -0.5), (0, 0.5), (1, -0.5))
_TO_THE_RIGHT = ((-0.5, -1), (0.5, 0), (-0.5, 1))


class Heading(QPushButton):
    """The title of a step and below it what it comes to; pressed it opens or closes the step."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        self.title = self.summary = ""
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_words(self, title: str, summary: str) -> None:
        """Say what the step is and what it comes to."""
        if (title, summary) != (self.title, self.summary):
            self.title, self.summary = title, summary
            self.setAccessibleName(f"{title}: {summary}")
            self.setToolTip(summary)
            self.update()

    def fit(self) -> None:
        """Take the height of two lines of the letters of now."""
        lines = 2 * self.fontMetrics().height()
        self.setFixedHeight(round(lines + 2 * _AIR * self._preferences.zoom))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._preferences.theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setBrush(theme.color("raised"))
            edge = theme.color("accent") if self.hasFocus() else theme.color("raised")
            painter.setPen(QPen(edge, 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        air, line = _AIR * self._preferences.zoom, self.fontMetrics().height()
        arrow = 0.35 * line
        room = QRectF(self.rect()).adjusted(6, air, -3 * arrow - 6, -air)
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        elide = Qt.TextElideMode.ElideRight
        title = painter.fontMetrics().elidedText(self.title, elide, round(room.width()))
        painter.drawText(QRectF(room.left(), room.top(), room.width(), line), title)
        painter.setFont(self.font())
        painter.setPen(theme.color("muted"))
        summary = self.fontMetrics().elidedText(self.summary, elide, round(room.width()))
        painter.drawText(QRectF(room.left(), room.top() + line, room.width(), line), summary)
        painter.setPen(QPen(theme.color("muted"), 1.6))
        middle = QPointF(self.width() - 2 * arrow - 2, self.height() / 2)
        ends = _DOWNWARDS if self.isChecked() else _TO_THE_RIGHT
        points = [middle + QPointF(x * arrow, y * arrow) for x, y in ends]
        painter.drawPolyline(points)


def _places(document: Document) -> dict[str, tuple[float, float, int]]:
    """Where each node stands and how many units it has."""
    return {node.id: (node.x, node.y, node.units) for node in document.nodes}


class Step(QWidget):
    """``toggled(is_open)``: a person opened or closed the step.

    ``told(messages)``: what an edit has changed beside what was asked for, a tuple of Message.

    Subclasses build ``body`` in ``build``, and show a document in ``show_document``, which is
    called whenever another one is to be seen, and returns what the heading says.
    """

    toggled = Signal(bool)
    told = Signal(object)
    name = ""

    def __init__(self, number: int, workspace: Workspace, preferences: Preferences) -> None:
        super().__init__()
        self.setObjectName(f"lab_step_{self.name}")
        self._number = number
        self.workspace = workspace
        self.preferences = preferences
        self._rows: list[tuple[Row, str]] = []
        self._is_last = False
        self._fields: list[Field] = []
        self.heading = Heading(preferences)
        self.heading.setObjectName(f"lab_heading_{self.name}")
        self.heading.toggled.connect(self._toggle)
        self.body = QWidget()
        self.column = QVBoxLayout(self.body)
        self.column.setContentsMargins(6, 0, 2, 4)
        self.column.setSpacing(6)
        self._layout = QVBoxLayout(self)
        self._layout.setSpacing(2)
        for part in (self.heading, self.body):
            self._layout.addWidget(part)
        self.body.hide()
        self.build()

    # -- what subclasses say ---------------------------------------------------------------------

    @abstractmethod
    def build(self) -> None:
        """Put what can be set into ``column``."""

    @abstractmethod
    def show_document(self, document: Document) -> str:
        """Show a document; returns what the heading says of it."""

    def say(self) -> None:
        """Say words that do not depend on the document, in the language of now."""
        for row, key in self._rows:
            row.set_words(self.preferences.say(key))

    # -- parts -----------------------------------------------------------------------------------

    def add_row(self, key: str, widget: QWidget, wide: bool = False) -> Row:
        """A labelled row; a ``wide`` widget stands below its label and takes the whole width."""
        row = Row(widget, always_below=wide)
        self._rows.append((row, key))
        self.column.addWidget(row)
        return row

    def add_wide(self, widget: QWidget) -> None:
        """A row of a single widget."""
        self.column.addWidget(widget)

    def field(
        self, name: str, read: Callable[[str], Any], write: Callable[[Any, str], str]
    ) -> Field:
        """A field for a number, narrow enough to stand beside its label."""
        field = Field(self.preferences, read, write)
        field.setObjectName(f"lab_{name}")
        self._fields.append(field)
        return field

    def slider(self, row: Row, name: str, low: float, high: float, steps: int = 100) -> ValueSlider:
        """A slider below the field of a row, called as the row is."""
        slider = ValueSlider(low, high, steps)
        slider.setObjectName(f"lab_{name}_slider")
        row.put_below(slider)
        return slider

    def forget_fields(self, fields: Iterable[Field]) -> None:
        """These fields are no longer part of the step."""
        gone = set(map(id, fields))
        self._fields = [field for field in self._fields if id(field) not in gone]

    def combo(self, name: str, values: Sequence[str] = ()) -> ElidedComboBox:
        """A box to choose from; its words are said in ``say``."""
        combo = ElidedComboBox()
        combo.setObjectName(f"lab_{name}")
        for value in values:
            combo.addItem("", value)
        return combo

    def say_choices(self, combo: QComboBox, key: str) -> None:
        """The words of a box: ``<key>.<value>``."""
        for index in range(combo.count()):
            combo.setItemText(index, self.preferences.say(f"{key}.{combo.itemData(index)}"))

    # -- doing -----------------------------------------------------------------------------------

    def edit(self, edit: Edit, undo: str, merge: str = "", **params: object) -> bool:
        """Edit the document; what has changed beside what was asked for is told."""
        before = self.workspace.document
        is_done = self.workspace.edit(
            edit, self.preferences.say(f"lab.undo.{undo}", **params), merge
        )
        after = self.workspace.document
        self.told.emit(said(before, after) if is_done else ())
        if _places(before) != _places(after):
            self.workspace.arranged.emit()
        return is_done

    def refresh(self) -> None:
        """Show the document of now."""
        summary = self.show_document(self.workspace.document)
        self.heading.set_words(step_title(self.preferences, self.name), summary)

    # -- opening ---------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether what can be set is seen."""
        return self.heading.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Open or close the step."""
        self.heading.setChecked(is_open)

    def _toggle(self, is_open: bool) -> None:
        self.body.setVisible(is_open)
        if is_open:
            self.refresh()
        self.toggled.emit(is_open)

    # -- looks -----------------------------------------------------------------------------------

    def set_last(self) -> None:
        """No further step follows: the line ends here."""
        self._is_last = True

    def dress(self) -> None:
        """Take colours and sizes again."""
        zoom = min(self.preferences.zoom, _LARGEST_RAIL_ZOOM)
        self._layout.setContentsMargins(round(_RAIL * zoom), 0, 4, 4)
        width = self.fontMetrics().horizontalAdvance("-0,123456")
        for field in self._fields:
            field.fix_line_width(width)
        self.heading.fit()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The number, and the line that leads from the step before to the one after."""
        theme, painter = self.preferences.theme, QPainter(self)
        zoom = min(self.preferences.zoom, _LARGEST_RAIL_ZOOM)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(_RAIL * zoom / 2, self.heading.geometry().center().y())
        radius = _CIRCLE * zoom / 2
        painter.setPen(QPen(theme.color("border"), 2))
        if self._number > 1:
            painter.drawLine(QPointF(middle.x(), 0), middle)
        if not self._is_last:
            painter.drawLine(middle, QPointF(middle.x(), self.height()))
        painter.setBrush(theme.color("accent" if self.is_open else "raised"))
        painter.setPen(QPen(theme.color("accent"), 1.4))
        painter.drawEllipse(middle, radius, radius)
        font = self.font()
        font.setPixelSize(round(0.62 * 2 * radius))
        painter.setFont(font)
        painter.setPen(theme.color("on_accent" if self.is_open else "text"))
        place = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(self._number))
