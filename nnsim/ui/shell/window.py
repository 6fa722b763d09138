"""The main window: puts canvas, panels, transport and menus around one workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from nnsim.core.messages import Message
from nnsim.document.model import Document
from nnsim.ui.bridge.player import Player
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.canvas.canvas import Canvas
from nnsim.ui.canvas.palette import Palette
from nnsim.ui.shell.actions import Actions
from nnsim.ui.shell.docks import Docks
from nnsim.ui.shell.looks import window_style
from nnsim.ui.shell.menus import Menus
from nnsim.ui.shell.message_bar import MessageBar
from nnsim.ui.shell.one_paint import OnePaint
from nnsim.ui.shell.overlay import Overlay
from nnsim.ui.shell.projects import Projects
from nnsim.ui.shell.running import RunCommands
from nnsim.ui.shell.status import StatusLine
from nnsim.ui.shell.timeline import TimeLine
from nnsim.ui.shell.transport import TransportBar

if TYPE_CHECKING:
    from nnsim.ui.shell.menu_commands import MenuCommands

_PREFERRED = QSize(1600, 1000)
_SHARE_OF_SCREEN = 0.94
_ALL = 1000


class Centre(QWidget):
    """Around the canvas: keys that the canvas has no use for run the diagram.

    Page Up and Page Down are what the remote controls of presentations send.
    """

    play_wanted = Signal()
    step_wanted = Signal()
    back_wanted = Signal()

    def hold(self, *own: QWidget) -> None:
        """These are palette, canvas and time line."""
        self._own = own

    def show_instead(self, widget: QWidget) -> None:
        """Show another widget in place of what is held, which stay as they are."""
        for own in self._own:
            own.hide()
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addWidget(widget)
        # All the room: the row of canvas and palette keeps its stretch while both are hidden.
        layout.setStretchFactor(widget, _ALL)
        widget.show()

    def show_own(self) -> None:
        """Show what is held again."""
        for own in self._own:
            own.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        signals = {
            Qt.Key.Key_Space: self.play_wanted,
            Qt.Key.Key_PageDown: self.step_wanted,
            Qt.Key.Key_PageUp: self.back_wanted,
        }
        signal = signals.get(Qt.Key(event.key()))
        if signal is None or event.modifiers():
            super().keyPressEvent(event)
        else:
            signal.emit()


class _Column(QScrollArea):
    """As wide as what it holds; on a low screen it scrolls."""

    def __init__(self, widget: QWidget, preferences: Preferences) -> None:
        super().__init__()
        use_flat_bars(self, preferences)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._held = widget
        self.setWidget(widget)

    def sizeHint(self) -> QSize:
        bar = self.verticalScrollBar()
        room = bar.sizeHint().width() if bar.maximum() > 0 else 0
        return QSize(self._held.sizeHint().width() + room, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.sizeHint().width(), 80)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()


class MainWindow(QMainWindow):
    """The window.

    ``painted()``: it is on screen for the first time.  Only then the panels are built, whose
    plots and mathematical type are slow to import.
    """

    painted = Signal()

    def __init__(self, document: Document, preferences: Preferences) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.preferences = preferences
        # Before there is any child that would have to be dressed again.
        self._dress()
        self.workspace = Workspace(document, self)
        self.player = Player(self.workspace, self)
        self.messages = MessageBar(preferences)
        self.canvas = Canvas(self.workspace, preferences)
        self.palette_ = Palette(self.workspace, preferences)
        self.canvas.use_palette(self.palette_)
        self._build_centre()
        self._set_size()
        self.docks = Docks(self, self.workspace, preferences)
        self.commands = Actions(preferences, self)
        self.menus = Menus(self, preferences)
        self.projects = Projects(self.workspace, preferences, self)
        self._build_commands()
        self._listen()
        self._has_painted = False
        self.menu_commands: MenuCommands | None = None
        # One turn of the event loop later: first of all the paint comes to the screen.
        self.painted.connect(lambda: QTimer.singleShot(0, self._complete))
        self._is_restored = self.docks.restore(preferences.settings)
        self._name()

    # -- building --------------------------------------------------------------------------------

    def _build_centre(self) -> None:
        self.centre = centre = Centre()
        centre.play_wanted.connect(lambda: self.running.toggle_play())
        centre.step_wanted.connect(lambda: self.running.forward())
        centre.back_wanted.connect(lambda: self.running.back())
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(6, 2, 6, 2)
        layout.setSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(6)
        column = _Column(self.palette_, self.preferences)
        row.addWidget(column)
        row.addWidget(self.canvas, 1)
        layout.addLayout(row, 1)
        self.timeline = TimeLine(self.workspace, self.player, self.preferences)
        layout.addWidget(self.timeline)
        centre.hold(column, self.canvas, self.timeline)
        self._overlay = Overlay(self.canvas, centre)
        self._overlay.add(self.messages)
        self.setCentralWidget(centre)

    def _build_commands(self) -> None:
        commands, preferences = self.commands, self.preferences
        self.running = RunCommands(self.workspace, self.player, preferences, commands, self)
        self.transport = TransportBar(
            self.workspace, self.player, self.running, commands, preferences
        )
        self.addToolBar(self.transport)
        self.setStatusBar(StatusLine(self.workspace, self.running, preferences))

    def _complete(self) -> None:
        """What a person does not see at first sight, and what takes its time to import."""
        from nnsim.ui.bridge.icons import application_icon
        from nnsim.ui.shell.menu_commands import MenuCommands

        self.menu_commands = MenuCommands(self, self._tell_done)
        self._overlay.add(self.menu_commands.export_bar)
        for signal in (self.menu_commands.exercising.opened, self.menu_commands.exercising.left):
            signal.connect(self._name)
        self.setWindowIcon(application_icon())
        self.docks.build()

    def _set_size(self) -> None:
        room = self.screen().availableGeometry().size() * _SHARE_OF_SCREEN
        self.resize(_PREFERRED.boundedTo(room))

    def _listen(self) -> None:
        workspace = self.workspace
        OnePaint(self, workspace)
        workspace.refused.connect(self.messages.tell)
        workspace.told.connect(self._tell_done)
        # What was told is of no more use once the next thing is done.
        workspace.document_changed.connect(self.messages.clear)
        workspace.position_changed.connect(self.messages.clear)
        workspace.project_changed.connect(self._name)
        workspace.document_changed.connect(self._name)
        workspace.undo_stack.cleanChanged.connect(self._name)
        self.messages.node_chosen.connect(self._go_to_node)
        self.canvas.enlarged.connect(lambda: self.docks.show_panel("plane"))
        self.canvas.stage.shows_enlarged = self._is_plane_in_sight
        self.running.ended.connect(self._tell_end)
        self.projects.told.connect(self._tell_done)
        self.preferences.language_changed.connect(self._name)
        self.preferences.theme_changed.connect(self._dress)
        self.preferences.zoom_changed.connect(self._dress)

    # -- what is told ----------------------------------------------------------------------------

    def _tell_done(self, message: Message) -> None:
        self.messages.tell((message,), "done")

    def _tell_end(self, message: Message | None) -> None:
        verdict = self.workspace.session.verdict
        converged = verdict is not None and verdict.converged
        table = self.docks.panels.get("step_table")
        # Under the step table stands the same sentence, with links to the rows it speaks of.
        is_said = table is not None and table.isVisible()
        if message is not None and not is_said:
            self.messages.tell((message,), "done" if converged else "info")

    def _is_plane_in_sight(self) -> bool:
        plane = self.docks.panels.get("plane")
        return plane is not None and plane.isVisible()

    def _go_to_node(self, node: str) -> None:
        if self.workspace.document.has_node(node):
            self.workspace.select_nodes((node,))

    def _name(self) -> None:
        name = self.projects.name()
        if self.menu_commands is not None and self.menu_commands.exercising.is_open:
            name = self.menu_commands.exercising.title
        self.setWindowTitle(self.preferences.say("projects.window_title", name=name))
        self.setWindowModified(not self.workspace.undo_stack.isClean())

    def _dress(self) -> None:
        self.setStyleSheet(window_style(self.preferences.theme, self.preferences.zoom))

    # -- events ----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._has_painted:
            self._has_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._is_restored and not self._has_painted:
            self.docks.share()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.player.pause()
        if not self.projects.may_leave():
            event.ignore()
            return
        if self.menu_commands is not None:
            self.menu_commands.exporting.abandon()
            self.menu_commands.experimenting.close()
            # What is remembered of the layout is that of the project.
            self.menu_commands.exercising.leave()
        self.docks.save(self.preferences.settings)
        self.preferences.settings.sync()
        event.accept()
