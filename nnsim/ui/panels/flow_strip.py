"""The way of the data in a strip: every step with what it comes to, pressed to go where it is set.

It has the lines that the size of its panel gives it, whatever stands in them, so nothing below it
moves when a step comes to something else.  Where they are too short the longest words are cut,
which the tip says whole; where not even the names have room the lines are scrolled through.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from nnsim.document.model import Document
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.flow_words import FLOW, step_title

_ARROW, _MORE = "→", "…"
# Pixels beside the words of a step, and above and below them.
_BESIDE, _ABOVE = 5, 2
# Letters that the steps of most projects need, and lines of a panel's height for one of the strip.
_LETTERS, _LINES_FOR_ONE = 150, 6
_MOST_LINES = 3


class _Part(QPushButton):
    """One step: an arrow that leads to it, its name, and what it comes to."""

    def __init__(self, name: str, is_first: bool, preferences: Preferences) -> None:
        super().__init__()
        self.setObjectName(f"flow_{name}")
        self.name = name
        self._arrow = "" if is_first else f"{_ARROW} "
        self._preferences = preferences
        self.title = self.summary = ""
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_words(self, title: str, summary: str) -> None:
        """Say what the step is and what it comes to."""
        self.title, self.summary = title, summary
        self.setAccessibleName(f"{title}: {summary}")
        self.setToolTip(self._preferences.say("data_table.flow_tip", title=title, summary=summary))
        self.update()

    def _bold(self) -> QFont:
        font = self.font()
        font.setBold(True)
        return font

    def least(self) -> int:
        """The width of the name, and a sign that there is more, in pixels."""
        words = QFontMetrics(self._bold()).horizontalAdvance(f"{self._arrow}{self.title} ")
        more = self.fontMetrics().horizontalAdvance(_MORE if self.summary else "")
        return words + more + 2 * _BESIDE + 1

    def needed(self) -> int:
        """The width of all words, in pixels."""
        words = QFontMetrics(self._bold()).horizontalAdvance(f"{self._arrow}{self.title} ")
        return words + self.fontMetrics().horizontalAdvance(self.summary) + 2 * _BESIDE + 1

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._preferences.theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setBrush(theme.color("raised"))
            painter.setPen(QPen(theme.color("accent" if self.hasFocus() else "raised"), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        room = QRectF(self.rect()).adjusted(_BESIDE, 0, -_BESIDE, 0)
        for text, font, role in (
            (self._arrow, self.font(), "muted"),
            (f"{self.title} ", self._bold(), "text"),
            (self.summary, self.font(), "muted"),
        ):
            painter.setFont(font)
            painter.setPen(theme.color(role))
            left = math.ceil(room.width())
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, left)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
            room.setLeft(room.left() + painter.fontMetrics().horizontalAdvance(text))


class FlowStrip(QWidget):
    """``step_wanted(name)``: a person wants to go where a step is set."""

    step_wanted = Signal(str)

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("flow_strip")
        self._preferences = preferences
        self._lines = 1
        self._inside = QWidget()
        self._parts = [_Part(name, number == 0, preferences) for number, name in enumerate(FLOW)]
        for part in self._parts:
            part.setParent(self._inside)
            part.clicked.connect(lambda checked=False, name=part.name: self.step_wanted.emit(name))
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        for set_policy in (
            self._scroll.setHorizontalScrollBarPolicy,
            self._scroll.setVerticalScrollBarPolicy,
        ):
            set_policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # The keys go from step to step, and each comes into sight with them.
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._inside)
        self._ways = (self._way("back", "‹", -1), self._way("on", "›", 1))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._scroll, 1)
        for way in self._ways:
            layout.addWidget(way)
        self._scroll.horizontalScrollBar().valueChanged.connect(self._can_go)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def _way(self, name: str, sign: str, direction: int) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"flow_{name}")
        button.setText(sign)
        button.setAutoRaise(True)
        button.setAutoRepeat(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
        button.clicked.connect(lambda: self._go(direction))
        return button

    def _go(self, direction: int) -> None:
        bar = self._scroll.horizontalScrollBar()
        bar.setValue(bar.value() + direction * self._scroll.width() // 3)

    def _can_go(self) -> None:
        bar = self._scroll.horizontalScrollBar()
        for way, end in zip(self._ways, (bar.minimum(), bar.maximum()), strict=True):
            way.setEnabled(bar.value() != end)

    # -- showing ---------------------------------------------------------------------------------

    def show_document(self, document: Document) -> None:
        """Say what the steps of a document come to."""
        for part in self._parts:
            words = FLOW[part.name](self._preferences, document)
            part.set_words(step_title(self._preferences, part.name), words)
        for way, key in zip(self._ways, ("flow_back", "flow_on"), strict=True):
            way.setToolTip(self._preferences.say(f"data_table.{key}"))
            way.setAccessibleName(self._preferences.say(f"data_table.{key}"))
        self._arrange()

    def fit(self, panel: QSize) -> None:
        """Take the lines that a panel of this size has room for."""
        line = self._line_height()
        needed = _LETTERS * self.fontMetrics().averageCharWidth()
        wanted = -(-needed // max(panel.width(), 1))
        self._lines = max(1, min(wanted, panel.height() // (_LINES_FOR_ONE * line), _MOST_LINES))
        self.setFixedHeight(self._lines * line)
        self._arrange()

    def _line_height(self) -> int:
        return self.fontMetrics().height() + 2 * _ABOVE

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        parent = self.parentWidget()
        if event.type() == QEvent.Type.FontChange and parent is not None:
            self.fit(parent.size())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Side by side in the lines there are, which are longer than the strip where they must."""
        needed = self._widths()
        fits = _lines_of(needed, self.width()) <= self._lines
        for way in self._ways:
            way.setVisible(not fits)
        buttons = sum(way.sizeHint().width() for way in self._ways)
        room = self.width() if fits else _room_for(needed, self._lines, self.width() - buttons)
        self._inside.resize(room, self.height())
        lines: list[list[tuple[_Part, int]]] = [[]]
        for part, width in zip(self._parts, needed, strict=True):
            if lines[-1] and sum(each for _, each in lines[-1]) + width > room:
                lines.append([])
            lines[-1].append((part, width))
        height = self._line_height()
        for number, line in enumerate(lines):
            x, left = 0, room - sum(width for _, width in line)
            for part, width in line:
                # Words that are cut take what the line has left.
                more = min(max(part.needed() - width, 0), left)
                part.setGeometry(QRect(x, number * height, width + more, height))
                x, left = x + width + more, left - more
        self._can_go()

    def _widths(self) -> list[int]:
        """Of every step, whole where there is room for all; else the longest are cut alike."""
        needed = [part.needed() for part in self._parts]
        least = [part.least() for part in self._parts]

        def cut(most: int) -> list[int]:
            return [max(min(n, most), m) for n, m in zip(needed, least, strict=True)]

        # Words are cut only where that spares a person to scroll.
        if _lines_of(cut(0), self.width()) > self._lines:
            return needed
        low, high = 0, max(needed, default=0)
        while low < high:
            middle = (low + high + 1) // 2
            if _lines_of(cut(middle), self.width()) <= self._lines:
                low = middle
            else:
                high = middle - 1
        return cut(low)


def _room_for(widths: Sequence[int], lines: int, least: int) -> int:
    """The shortest lines, of at least so many pixels, that parts fit into."""
    low, high = max(least, 1), max(least, sum(widths), 1)
    while low < high:
        middle = (low + high) // 2
        if _lines_of(widths, middle) <= lines:
            high = middle
        else:
            low = middle + 1
    return low


def _lines_of(widths: Sequence[int], room: int) -> float:
    """How many lines parts take; none that is wider than the room fits into any."""
    if max(widths, default=0) > room:
        return float("inf")
    lines, x = 1, 0
    for width in widths:
        if x and x + width > room:
            lines, x = lines + 1, 0
        x += width
    return lines
