"""The sign of an alarm in the status line, and what the diagnosis panel asks of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QStatusBar, QToolButton

from nnsim.session.diagnosis import Severity
from nnsim.ui.bridge.icons import themed_icon
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.watcher import Watcher, watcher_of

if TYPE_CHECKING:
    from nnsim.ui.shell.window import MainWindow

_ICON = 16
# What a label of the status line has above and below its text, in pixels.
_AROUND_TEXT = 4
# A status line of fewer letters than this keeps its room for what comes next.
_LETTERS_FOR_NAME = 110


class AlarmSign(QToolButton):
    """There while something is wrong with the run: its name, and a click opens the diagnosis."""

    def __init__(self, line: QStatusBar, watcher: Watcher, preferences: Preferences) -> None:
        super().__init__(line)
        self._line = line
        self.setObjectName("status_alarm")
        self._watcher = watcher
        self._preferences = preferences
        self._shown: object = None
        self.setAutoRaise(True)
        self._take_room()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        watcher.reported.connect(self._say)
        line.installEventFilter(self)
        preferences.language_changed.connect(self._say)
        preferences.theme_changed.connect(self._say)
        preferences.zoom_changed.connect(self._say)
        self._say()

    def _say(self) -> None:
        report = self._watcher.report
        alarms = () if report is None else report.alarms
        self.setVisible(bool(alarms))
        if not alarms:
            return
        preferences, worst = self._preferences, alarms[0]
        looks = (preferences.locale, preferences.theme, preferences.zoom)
        if (worst.trouble, worst.severity, looks) == self._shown:
            return
        self._shown = (worst.trouble, worst.severity, looks)
        role = "wrong" if worst.severity is Severity.FAILURE else "warning"
        size = round(_ICON * preferences.zoom)
        self.setIconSize(QSize(size, size))
        self.setIcon(themed_icon("warning", preferences.theme, size, role))
        name = preferences.say(f"diagnosis.sign.{worst.trouble}")
        self.setText(name)
        self.setAccessibleName(name)
        whole = preferences.say(f"diagnosis.name.{worst.trouble}")
        self.setToolTip(preferences.say("diagnosis.status_tip", name=whole))
        self._take_room()
        palette, color = self.palette(), preferences.theme.color(role)
        palette.setColor(self.foregroundRole(), color)
        self.setPalette(palette)

    def _take_room(self) -> None:
        """In a narrow line the sign stands without its name; it never makes the line higher."""
        self.setMaximumHeight(self.fontMetrics().height() + _AROUND_TEXT)
        letters = self._line.width() / self.fontMetrics().averageCharWidth()
        style = Qt.ToolButtonStyle
        is_wide = letters >= _LETTERS_FOR_NAME
        self.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if is_wide else style.ToolButtonIconOnly
        )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._take_room()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._line:
            self._take_room()
        return super().eventFilter(watched, event)


class DiagnosisCommands(QObject):
    """Puts the sign into the status line and trains what was cured."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        line = window.statusBar()
        self.sign = AlarmSign(line, watcher_of(window.workspace), window.preferences)
        self.sign.clicked.connect(lambda: window.docks.show_panel("diagnosis"))
        # After what comes next, before what the run has come to.
        line.insertPermanentWidget(1, self.sign)
        self.sign.setVisible(False)
        window.docks.built.connect(self._listen)

    def _listen(self, name: str) -> None:
        if name == "diagnosis":
            from nnsim.ui.panels.diagnosis import DiagnosisPanel

            panel = self._window.docks.panels[name]
            assert isinstance(panel, DiagnosisPanel)
            panel.train_wanted.connect(self._train)

    def _train(self, iterations: int) -> None:
        """Train up to so many iterations, whatever plays now."""
        player, session = self._window.player, self._window.workspace.session
        player.pause()
        if iterations > session.computed:
            player.run(iterations - session.computed)
