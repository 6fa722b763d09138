"""A figure: a plot with its caption above and its legend below, as it is saved and copied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import QMarginsF, QPoint, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QPainter, QPicture, QResizeEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from nnsim.core.messages import Message, NnsimError
from nnsim.data import Table, write_csv
from nnsim.ui.bridge.calm_label import CalmLabel
from nnsim.ui.bridge.file_dialogs import choose_to_save
from nnsim.ui.bridge.pictures import PICTURE_SUFFIXES, Picture, copy_picture, save_picture
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.plotting.items import FlatPainter, keep_as_pixels
from nnsim.ui.panels.plotting.plot import Plot

_MARGIN, _SPACING = 6, 4
# A figure lower than so many lines of text shows no legend.
_LINES_FOR_LEGEND = 14


class Figure(QWidget):
    """Caption, plot and legend, with the menu that saves and copies them.

    ``refused(messages)``: a file that could not be written, tuple of Message.  ``saved(message)``:
    where a file was written, a Message.
    ``table`` gives the plotted numbers for the CSV file; ``suggest`` where to save to, a path
    without ending.
    """

    refused = Signal(object)
    saved = Signal(object)

    def __init__(
        self,
        preferences: Preferences,
        suggest: Callable[[], Path],
        table: Callable[[], Table | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._suggest = suggest
        self._table = table
        self.plot = Plot(preferences, self)
        self.caption = CalmLabel(self)
        self.legend = CalmLabel(self)
        self.caption.setObjectName("caption")
        self.legend.setObjectName("legend")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_SPACING)
        for widget, stretch in ((self.caption, 0), (self.plot, 1), (self.legend, 0)):
            layout.addWidget(widget, stretch)
        self._actions = self._make_actions()
        self.plot.customContextMenuRequested.connect(self._open_menu)
        self.plot.freed_changed.connect(self._enable)
        preferences.language_changed.connect(self._say)
        self._say()
        self._enable()

    # -- the menu --------------------------------------------------------------------------------

    def _make_actions(self) -> dict[str, QAction]:
        jobs: dict[str, Callable[[], object]] = {
            "reset": self.plot.reset_view,
            "copy": self.copy_picture,
            "save": self.save_picture,
            "csv": self.save_table,
        }
        actions = {}
        for name, job in jobs.items():
            action = QAction(self)
            action.setObjectName(f"plot_{name}")
            action.triggered.connect(lambda _=False, job=job: job())
            actions[name] = action
        actions["copy"].setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        actions["copy"].setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.addActions(list(actions.values()))
        return actions

    def action(self, name: str) -> QAction:
        """An action of the menu: "reset", "copy", "save" or "csv"."""
        return self._actions[name]

    def _say(self) -> None:
        for name, action in self._actions.items():
            action.setText(self._preferences.say(f"plotting.{name}"))
            action.setToolTip(self._preferences.say(f"plotting.{name}_tip"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the plot gets it, and the legend waits."""
        super().resizeEvent(event)
        needed = _LINES_FOR_LEGEND * self.fontMetrics().lineSpacing()
        self.legend.setVisible(event.size().height() >= needed)

    def _enable(self) -> None:
        self._actions["reset"].setEnabled(self.plot.is_free)

    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self._actions["reset"])
        menu.addSeparator()
        menu.addActions([self._actions[name] for name in ("copy", "save", "csv")])
        self._actions["csv"].setEnabled(self._table() is not None)
        menu.popup(self.plot.mapToGlobal(place))

    # -- pictures and numbers --------------------------------------------------------------------

    def picture(self) -> Picture:
        """The figure as it looks now; the legend too where there is no room for it on screen."""
        view = QRectF(self.plot.viewport().rect())
        texts = [label.document(view.width()) for label in (self.caption, self.legend)]
        heights = [text.size().height() for text in texts]
        size = QSizeF(view.width(), sum(heights) + view.height() + 2 * _SPACING)

        def paint(painter: QPainter) -> None:
            painter.fillRect(
                QRectF(0, 0, size.width() + 2 * _MARGIN, size.height() + 2 * _MARGIN),
                self._preferences.theme.color("surface"),
            )
            painter.translate(_MARGIN, _MARGIN)
            self.caption.paint_on(painter, texts[0])
            painter.translate(0, heights[0] + _SPACING)
            painter.drawPicture(0, 0, self._drawn(view))
            painter.translate(0, view.height() + _SPACING)
            self.legend.paint_on(painter, texts[1])

        return Picture(size.grownBy(QMarginsF(*4 * [_MARGIN])), paint, self._suggest().name)

    def _drawn(self, view: QRectF) -> QPicture:
        """The plot, recorded: pyqtgraph sizes markers for the screen, a recording can be scaled."""
        items = self.plot.scene().items()
        # A picture has lines and letters in it, not the pixels that are kept for the screen.
        kept = [item for item in items if item.cacheMode() != item.CacheMode.NoCache]
        spots = [i for i in items if isinstance(i, pg.ScatterPlotItem) and i.opts["useCache"]]
        drawn = QPicture()
        painter = FlatPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        try:
            for item in kept:
                item.setCacheMode(item.CacheMode.NoCache)
            for item in spots:
                item.opts["useCache"] = False
            self.plot.render(painter, view, view.toRect())
        finally:
            for item in kept:
                keep_as_pixels(item)
            for item in spots:
                item.opts["useCache"] = True
            painter.end()
        return drawn

    def copy_picture(self) -> None:
        """The figure on the clipboard."""
        copy_picture(self.picture())

    def save_picture(self) -> None:
        """Ask for a file and save the figure as SVG, PDF or PNG, by its ending."""
        if path := self._ask("files.picture", PICTURE_SUFFIXES):
            self._try(lambda: save_picture(self.picture(), path), path)

    def save_table(self) -> None:
        """Ask for a file and save the plotted numbers as CSV."""
        table = self._table()
        if table is not None and (path := self._ask("plotting.csv_table", (".csv",))):
            self._try(lambda: write_csv(table, path, self._preferences.mark), path)

    def _ask(self, filter_key: str, endings: Sequence[str]) -> Path | None:
        suggestion = self._suggest()
        suggestion = suggestion.with_name(suggestion.name + endings[0])
        return choose_to_save(self, self._preferences, suggestion, filter_key, endings)

    def _try(self, save: Callable[[], None], path: Path) -> None:
        try:
            save()
        except NnsimError as error:
            self.refused.emit(error.messages)
        else:
            self.saved.emit(Message("projects.saved", {"path": str(path)}))
