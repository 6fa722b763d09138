"""Words that change at every step: they wrap, and never make what is below them jump."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextDocument,
)
from PySide6.QtWidgets import QSizePolicy, QWidget


class CalmLabel(QWidget):
    """Words that wrap (HTML), and never give back the height they once took.

    Otherwise a plot below would jump whenever a number makes its caption a line shorter; and
    unlike a QLabel it does not have everything around it laid out again for each new number.
    There is room for so many ``lines`` from the start.
    """

    def __init__(self, parent: QWidget | None = None, lines: int = 1) -> None:
        super().__init__(parent)
        self._lines = lines
        self._words = QTextDocument(self)
        self._words.setDocumentMargin(0)
        self._text = ""
        self._role = QPalette.ColorRole.WindowText
        # Opaque: other words paint none of what lies below anew.
        self.setAutoFillBackground(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._take_font()

    def text(self) -> str:
        """The words, as they were given."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show other words; nothing is done where they are the same."""
        if text != self._text:
            self._text = text
            self._words.setHtml(text)
            self.setAccessibleName(self._words.toPlainText())
            self._keep_height()
            self.update()

    def set_role(self, role: QPalette.ColorRole) -> None:
        """The palette's colour for words that have none of their own."""
        self._role = role
        self.update()

    def document(self, width: float) -> QTextDocument:
        """The words laid out for a width, to be painted elsewhere."""
        words = self._words.clone(self)
        words.setTextWidth(width)
        return words

    def paint_on(self, painter: QPainter, words: QTextDocument) -> None:
        """Paint words in the colours of this label."""
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette = self.palette()
        color = self.palette().color(self._role)
        context.palette.setColor(QPalette.ColorRole.Text, color)
        words.documentLayout().draw(painter, context)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The words, from the top left."""
        self.paint_on(QPainter(self), self._words)

    def sizeHint(self) -> QSize:
        """As wide as there is room, as high as was ever needed at this width."""
        return QSize(0, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """At another width the words wrap anew."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._words.setTextWidth(event.size().width())
            self._start_again()

    def changeEvent(self, event: QEvent) -> None:
        """Another font needs another height."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._take_font()

    def _take_font(self) -> None:
        self._words.setDefaultFont(self.font())
        self._start_again()

    def _start_again(self) -> None:
        self.setMinimumHeight(self._lines * self.fontMetrics().lineSpacing())
        self._keep_height()

    def _keep_height(self) -> None:
        needed = math.ceil(self._words.size().height()) if self._text else 0
        if needed > self.minimumHeight():
            self.setMinimumHeight(needed)
            self.updateGeometry()
