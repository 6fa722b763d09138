"""The numbers beside the rows of a table, and the corner above them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.step_table.sections import rectangles, sections_in

_BARS = {"current": "accent", "near": "accent", "found": "warning"}


class RowHeader(QHeaderView):
    """Numbers of the rows, with an accent bar beside the current one.

    ``look(row)`` says how a row stands out: "current", "near" (paler bar), "found" (a row that the
    sentence below the table speaks of), "later" (muted) or "".
    """

    def __init__(
        self, view: QTableView, preferences: Preferences, look: Callable[[int], str]
    ) -> None:
        super().__init__(Qt.Orientation.Vertical, view)
        self._preferences = preferences
        self._look = look
        self._digits = 0
        # A bold font is made once, and not for every row that is painted.
        self._bold_of: tuple[QFont, QFont] | None = None
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def fit(self, largest: int) -> None:
        """Be wide enough for numbers up to this one; never narrower than before in one project."""
        digits = max(len(str(largest)), 2)
        metrics = QFontMetricsF(self._bold())
        zoom = self._preferences.zoom
        self.setFixedWidth(round(metrics.horizontalAdvance("0" * digits) + 22 * zoom))
        self.setDefaultSectionSize(row_height(self.font()))

    def keep_painted(self) -> None:
        """Rows are about to be added: to Qt that is a reason to paint all numbers again."""
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled, True)

    def paint_from(self, row: int) -> None:
        """Rows have been added from this one on: paint their numbers, and no others."""
        viewport = self.viewport()
        viewport.setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled, False)
        top = max(self.sectionViewportPosition(row), 0)
        viewport.update(0, top, viewport.width(), viewport.height() - top)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        region, width = event.region(), self.viewport().width()
        for area in rectangles(region):
            painter.fillRect(area, self._preferences.theme.color("raised"))
            for span in sections_in(self, area):
                self.paintSection(painter, QRect(0, span.start, width, span.size), span.number)
        painter.end()

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        theme, look = self._preferences.theme, self._look(logicalIndex)
        x, y, width, height = rect.x(), rect.y(), rect.width(), rect.height()
        if look == "current":
            painter.fillRect(rect, theme.color("accent_soft"))
        if bar := _BARS.get(look):
            color = theme.mixed("accent", 0.45) if look == "near" else theme.color(bar)
            painter.fillRect(x, y, max(round(4 * self._preferences.zoom), 3), height, color)
        painter.setPen(theme.color("muted" if look == "later" else "text"))
        painter.setFont(self._bold() if look == "current" else self.font())
        text = str(self.model().headerData(logicalIndex, self.orientation()) or "")
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        border = theme.color("border")
        painter.fillRect(x + width - 1, y, 1, height, border)
        painter.fillRect(x, y + height - 1, width, 1, border)

    def _bold(self) -> QFont:
        font = self.font()
        if self._bold_of is None or self._bold_of[0] != font:
            bold = QFont(font)
            bold.setBold(True)
            self._bold_of = font, bold
        return self._bold_of[1]


class Corner(QWidget):
    """The corner between the headings: what the numbers beside the rows count."""

    def __init__(self, view: QTableView, preferences: Preferences) -> None:
        super().__init__(view)
        self._preferences = preferences
        self._text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def say(self, text: str) -> None:
        """Say this, in the colours of now."""
        self._text = text
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, area = self._preferences.theme, self.rect()
        font = self.font()
        font.setBold(True)
        painter = QPainter(self)
        painter.fillRect(area, theme.color("raised"))
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._text)
        painter.fillRect(area.right(), 0, 1, area.height(), theme.color("border"))
        painter.fillRect(0, area.bottom(), area.width(), 1, theme.color("border"))
        painter.end()


def paint_corner(view: QTableView, preferences: Preferences) -> None:
    """Give an empty corner between the headings their colour."""
    theme = preferences.theme
    view.setStyleSheet(
        f"QTableCornerButton::section {{ background: {theme.raised}; border: 0px;"
        f" border-bottom: 1px solid {theme.border}; border-right: 1px solid {theme.border}; }}"
    )


def row_height(font: QFont) -> int:
    """Height of a row of numbers in this font."""
    return round(QFontMetricsF(font).height() * 1.5)
