"""Items whose picture is kept until something on it changes."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPixmapCache
from PySide6.QtWidgets import QGraphicsItem

# Kilobytes for the pictures of all items: a screen full of layers at 200 % takes about a third.
_ROOM = 96 * 1024


class KeptItem(QGraphicsItem):
    """An item that paints again only after ``update``: a step changes few of them.

    Qt keeps the picture in the pixels of the screen, at the zoom of now.
    """

    def __init__(self) -> None:
        super().__init__()
        self._is_fine = True
        if QPixmapCache.cacheLimit() < _ROOM:
            QPixmapCache.setCacheLimit(_ROOM)
        self.keep(True)

    def keep(self, keeps: bool) -> None:
        """Keep the picture, or paint each time: into a file goes what is drawn, not its pixels."""
        mode = QGraphicsItem.CacheMode
        wanted = mode.DeviceCoordinateCache if keeps else mode.NoCache
        if wanted is not self.cacheMode():
            self.setCacheMode(wanted)

    @property
    def weight(self) -> int:
        """How much there is to paint, in units of a layer."""
        return 1

    def note_quality(self, painter: QPainter) -> None:
        """Called as it paints: remembers whether that was as finely as possible."""
        self._is_fine = painter.testRenderHint(QPainter.RenderHint.Antialiasing)

    def refine(self) -> None:
        """Paint again what was painted in haste."""
        if not self._is_fine:
            self.update()
