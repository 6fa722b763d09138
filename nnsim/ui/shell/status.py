"""The status line: what the next step will do; what the run has come to; arithmetic and seed."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QStatusTipEvent
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.shell.line import Line
from nnsim.ui.shell.next_step import next_step
from nnsim.ui.shell.running import RunCommands

# Numbers that change more often cannot be read.
_READ_SECONDS = 0.25


class StatusLine(QStatusBar):
    """Follows the workspace.

    The tip of what the pointer is over takes the place of what comes next.  Qt would paint it over
    the labels it has hidden, which a change of font or size shows again; so the line takes the
    tips that reach its window, and says both in the one label.
    """

    def __init__(
        self,
        workspace: Workspace,
        commands: RunCommands,
        preferences: Preferences,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self._workspace = workspace
        self._commands = commands
        self._preferences = preferences
        self._tip = ""
        self._progress_at = 0.0
        self._next = Line()
        self._next.setObjectName("status_next")
        self._verdict = QLabel()
        self._verdict.setObjectName("status_verdict")
        self._settings = QLabel()
        self._settings.setObjectName("status_settings")
        self.addWidget(self._next, 1)
        self.addPermanentWidget(self._verdict)
        self.addPermanentWidget(self._settings)
        workspace.position_changed.connect(self._say)
        commands.level_changed.connect(self._say)
        commands.busy_changed.connect(self._show_next)
        preferences.language_changed.connect(self._say)
        preferences.theme_changed.connect(self._say)
        self._say()

    def _say(self) -> None:
        say, session = self._preferences.say, self._workspace.session
        self._show_next()
        self._show_verdict()
        frame = self._workspace.frame
        self._settings.setVisible(frame is not None)
        if frame is None:
            return
        training, _ = session.document.settings_at(session.position.iteration - 1)
        order = say(f"status.order.{training.order}", seed=training.seed)
        self._settings.setText(
            " · ".join((say(f"status.arithmetic.{frame.spec.arithmetic}"), order))
        )
        self._settings.setToolTip(say(f"status.arithmetic_tip.{frame.spec.arithmetic}"))

    def _show_next(self) -> None:
        words = self._tip or self._progress()
        if not words:
            words = next_step(self._workspace, self._commands.level, self._preferences)
        self._next.set_text(words)

    def _progress(self) -> str | None:
        """How far a training has come; the words stay long enough to be read."""
        words = self._commands.progress()
        if words is None:
            self._progress_at = 0.0
            return None
        now = time.perf_counter()
        if now - self._progress_at < _READ_SECONDS:
            return self._next.text()
        self._progress_at = now
        return words

    def _show_verdict(self) -> None:
        message = self._commands.verdict()
        self._verdict.setVisible(message is not None)
        if message is None:
            return
        found = self._workspace.session.verdict
        role = "right" if found is not None and found.converged else "warning"
        self._verdict.setText(self._preferences.say(f"status.{message.code}"))
        self._verdict.setToolTip(self._preferences.tell(message))
        palette, color = self.palette(), self._preferences.theme.color(role)
        if self._verdict.palette().color(self._verdict.foregroundRole()) != color:
            palette.setColor(self._verdict.foregroundRole(), color)
            self._verdict.setPalette(palette)

    # -- tips ------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        parent = self.parent()
        if parent is not None and event.type() == QEvent.Type.ParentAboutToChange:
            parent.removeEventFilter(self)
        elif parent is not None and event.type() == QEvent.Type.ParentChange:
            parent.installEventFilter(self)
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.StatusTip and isinstance(event, QStatusTipEvent):
            self._tip = event.tip()
            self._show_next()
            return True
        return super().eventFilter(watched, event)
