"""What all panels with a plot share: controls above, words instead of an empty plot, a readout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, QSignalBlocker, QSize, QStandardPaths, Qt
from PySide6.QtGui import QPaintEvent, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from superqt import QFlowLayout

from nnsim.core.messages import Message
from nnsim.data import Table
from nnsim.ui.bridge.calm_label import CalmLabel
from nnsim.ui.bridge.drawing import Drawing
from nnsim.ui.bridge.icons import themed_icon
from nnsim.ui.bridge.pictures import Picture
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.plotting.figure import Figure

_MARGIN, _SPACING = 8, 6
_ICON = 16
_SMALLEST_PICTURE = (520, 440)
# A panel lower than so many lines of text has no room for the readout.
_LINES_FOR_READOUT = 15
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]+')


class PlotPanel(QWidget):
    """A figure with its controls, drawn anew when something changed and only while it is seen.

    A panel overrides ``redraw`` (draw the present state), ``say_words`` (words of its controls),
    ``readout_at`` (what stands at a place of the plot) and ``table`` (the numbers for CSV).
    """

    title_key = ""

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.preferences = preferences
        self._drawing = Drawing(self, workspace.turns, self._draw_anew)
        self._place: QPointF | None = None
        self._session = workspace.session
        self.figure = Figure(preferences, self._suggested, self.table, self)
        self.plot = self.figure.plot
        self.controls = QFlowLayout()
        self.controls.setHorizontalSpacing(_SPACING)
        self.controls.setVerticalSpacing(_SPACING)
        self._message = QLabel(self)
        self._message.setObjectName("message")
        self._message.setWordWrap(True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setMargin(_MARGIN)
        self._readout = CalmLabel(self)
        self._readout.setObjectName("readout")
        self._readout.set_role(QPalette.ColorRole.PlaceholderText)
        self._reset = QToolButton(self)
        self._reset.setObjectName("reset_view")
        self._reset.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._reset.setAutoRaise(True)
        self._reset.setDefaultAction(self.figure.action("reset"))
        self._stack = QStackedLayout()
        self._stack.addWidget(self._message)
        self._stack.addWidget(self.figure)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(_SPACING)
        layout.addLayout(self.controls)
        layout.addLayout(self._stack, 1)
        layout.addWidget(self._readout)
        self.figure.refused.connect(lambda messages: workspace.refuse(*messages))
        self.figure.saved.connect(workspace.told)
        self.plot.hovered.connect(self._hover)
        self.plot.scene().sigPrepareForPaint.connect(self.draw_if_stale)
        workspace.position_changed.connect(self.refresh)
        workspace.document_changed.connect(self._document_changed)
        preferences.language_changed.connect(self.say)
        preferences.theme_changed.connect(self.refresh_all)

    # -- what a panel fills in -------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw what there is to see now, or say with ``show_message`` why there is nothing."""
        raise NotImplementedError

    def say_words(self) -> None:
        """Put the words of the controls in the person's language."""
        raise NotImplementedError

    def readout_at(self, x: float, y: float) -> str:
        """What stands at a place of the plot, in words (HTML)."""
        raise NotImplementedError

    def table(self) -> Table | None:
        """The plotted numbers, None where nothing is plotted."""
        raise NotImplementedError

    def forget(self) -> None:
        """Another document or other colours: nothing that was kept for drawing holds any more."""

    # -- drawing when needed ---------------------------------------------------------------------

    def refresh(self) -> None:
        """Draw before the next paint where the panel is seen, else when it comes into sight.

        However much changes in one turn of the event loop, it is drawn once.
        """
        self._drawing.ask()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Who grabs the panel without waiting for its turn sees the present too."""
        self.draw_if_stale()
        super().paintEvent(event)

    def refresh_all(self) -> None:
        """As ``refresh``, with nothing kept from before."""
        self._dress()
        self.forget()
        self.refresh()

    def draw_if_stale(self) -> None:
        """Bring the drawing up to date."""
        self._drawing.catch_up()

    def _draw_anew(self) -> None:
        self.redraw()
        if self._place is not None:
            # The mouse rests, but what it points at has changed.
            self._hover(self._place)

    def showEvent(self, event: QShowEvent) -> None:
        """What was missed while hidden is made up for."""
        super().showEvent(event)
        self.draw_if_stale()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the plot gets it, and the readout waits."""
        super().resizeEvent(event)
        needed = _LINES_FOR_READOUT * self.fontMetrics().lineSpacing()
        self._readout.setVisible(event.size().height() >= needed)

    def changeEvent(self, event: QEvent) -> None:
        """Sizes follow the application's font, which the presentation zoom changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.refresh_all()

    def _document_changed(self, *_: object) -> None:
        if self.workspace.session is not self._session:
            # Another project: what was zoomed to meant something in the former one.
            self._session = self.workspace.session
            self.plot.reset_view()
        self.refresh_all()

    # -- words -----------------------------------------------------------------------------------

    def say(self) -> None:
        """Say everything again in the person's language."""
        say = self.preferences.say
        self.plot.setAccessibleName(say(self.title_key))
        self.plot.setAccessibleDescription(say("plotting.keys"))
        self.plot.setToolTip("")
        self.say_words()
        self._hover(None)
        self.refresh_all()
        # At once: a window in which half the words are of another language is never seen.
        if self.isVisible():
            self.draw_if_stale()

    def words(self, key: str, **params: object) -> str:
        """A sentence of the catalogue."""
        return self.preferences.say(key, **params)

    def show_message(self, words: str) -> None:
        """Say why there is nothing to see and what to do."""
        self._message.setText(words)
        self._stack.setCurrentWidget(self._message)
        self._readout.set_text("")

    def show_figure(self) -> None:
        """Show the plot."""
        if self._stack.currentWidget() is not self.figure:
            self._stack.setCurrentWidget(self.figure)
            self._hover(None)

    @property
    def has_figure(self) -> bool:
        """Whether the plot is shown, and not a message."""
        return self._stack.currentWidget() is self.figure

    @property
    def hint(self) -> str:
        """What the readout says while the mouse points at nothing."""
        return self.words("plotting.hint")

    def point_at_nothing(self) -> None:
        """Say the hint until the mouse moves again."""
        self._hover(None)

    def _hover(self, place: QPointF | None) -> None:
        self._place = place
        if place is None or not self.has_figure:
            words = self.hint if self.has_figure else ""
        else:
            words = self.readout_at(place.x(), place.y())
        self._readout.set_text(words)

    def show_readout(self, words: str) -> None:
        """Say (HTML) what stands at a place of the strip."""
        self._readout.set_text(words)

    # -- controls --------------------------------------------------------------------------------

    def add_chooser(self, name: str) -> QComboBox:
        """A combo box among the controls; narrow panels cut its text and not the plot."""
        chooser = QComboBox(self)
        chooser.setObjectName(name)
        chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        chooser.setMinimumContentsLength(8)
        self.controls.addWidget(chooser)
        return chooser

    def add_reset(self) -> None:
        """The button that goes back to the home view, after the other controls."""
        self.controls.addWidget(self._reset)

    def _dress(self) -> None:
        theme, size = self.preferences.theme, round(_ICON * self.preferences.zoom)
        self.figure.action("reset").setIcon(themed_icon("reset_view", theme, size))
        self._reset.setIconSize(QSize(size, size))

    # -- taking it home --------------------------------------------------------------------------

    def picture(self) -> Picture | None:
        """The figure as it stands, also where the panel is hidden.

        None, with a word why, where there is nothing to see.
        """
        if not self.isVisible():
            self.resize(self.size().expandedTo(QSize(*_SMALLEST_PICTURE)))
        self.draw_if_stale()
        if not self.isVisible():
            # Lays out what has never been shown: Qt puts that off until it is painted.
            self.grab()
        if not self.has_figure:
            self.workspace.refuse(Message("plotting.no_picture", {"reason": self._message.text()}))
            return None
        return self.figure.picture()

    def _suggested(self) -> Path:
        return suggested_path(self.workspace, self.words(self.title_key))


def suggested_path(workspace: Workspace, title: str, ending: str = "") -> Path:
    """Where to save what a panel shows: beside the project, under its title and the panel's."""
    name = _NOT_IN_NAMES.sub(" ", f"{workspace.document.title} {title}").strip()
    path = workspace.path
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    folder = path.parent if path else Path(QStandardPaths.writableLocation(documents))
    return folder / f"{name}{ending}"


def fill_chooser(
    chooser: QComboBox, entries: Sequence[tuple[str, object]], current: object
) -> None:
    """Put entries (words, value) into a combo box and choose one, without telling anyone."""
    present = [(chooser.itemText(k), chooser.itemData(k)) for k in range(chooser.count())]
    with quiet(chooser):
        if present != list(entries):
            chooser.clear()
            for words, value in entries:
                chooser.addItem(words, value)
        values = [value for _, value in entries]
        chooser.setCurrentIndex(values.index(current) if current in values else 0)


@contextmanager
def quiet(widget: QWidget) -> Iterator[None]:
    """Within it the widget's changes are told to nobody."""
    blocker = QSignalBlocker(widget)
    try:
        yield
    finally:
        blocker.unblock()
