"""The time line: every iteration computed so far, to be walked by dragging and with keys."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QSlider, QWidget

from nnsim.ui.bridge.pace import Pace
from nnsim.ui.bridge.player import Player
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.shell.line import Line
from nnsim.ui.shell.progress import grouped

_WAIT_MILLISECONDS = 5
_MARK_HEIGHT = 5
# The slider is no narrower for the sake of words, in pixels at 100 %.
_LEAST_SLIDER = 150


class _Slider(QSlider):
    """Its values are iterations done; Page Up and Page Down go by epochs.

    Below the groove stands a mark for every change made in the middle of the run.
    """

    def __init__(self, workspace: Workspace, preferences: Preferences) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName("timeline_slider")
        self._workspace = workspace
        self._preferences = preferences
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # Opaque: when it moves, nothing below is painted again.
        self.setAutoFillBackground(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.setValue(self._end_of_epoch(step))

    def _end_of_epoch(self, step: int) -> int:
        """The nearest end of an epoch before or after the value, or the end of the line."""
        ended = self._workspace.session.trace.column("epoch_ended")
        ends = np.flatnonzero(ended) + 1
        if step < 0:
            before = ends[ends < self.value()]
            return int(before[-1]) if len(before) else 0
        after = ends[ends > self.value()]
        return int(after[0]) if len(after) else self.maximum()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        changes = self._workspace.document.changes
        if not changes or not self.maximum():
            return
        # Not sooner: a few hundred names of QStyle, which a start has no use for.
        from PySide6.QtWidgets import QStyle, QStyleOptionSlider

        option = QStyleOptionSlider()
        self.initStyleOption(option)
        control, part = QStyle.ComplexControl.CC_Slider, QStyle.SubControl.SC_SliderHandle
        handle = self.style().subControlRect(control, option, part, self)
        room = self.width() - handle.width()
        painter = QPainter(self)
        painter.setPen(self._preferences.theme.color("accent"))
        for change in changes:
            x = self.style().sliderPositionFromValue(0, self.maximum(), change.iteration, room)
            x += handle.width() // 2
            painter.drawLine(x, self.height() - _MARK_HEIGHT, x, self.height())


class TimeLine(QWidget):
    """Below the diagram: where the position is in the run computed so far.

    Moving it moves the position, and with it every view; computing is none of its business.  What
    plays stops when the handle is taken.
    """

    def __init__(self, workspace: Workspace, player: Player, preferences: Preferences) -> None:
        super().__init__()
        self.setObjectName("timeline")
        self._workspace = workspace
        self._player = player
        self._preferences = preferences
        self._pace = Pace(self, workspace.turns)
        self._wait = QTimer(self, singleShot=True)
        self._wait.timeout.connect(self._go)
        self.slider = _Slider(workspace, preferences)
        self._words = Line(Qt.AlignmentFlag.AlignRight)
        self._words.setObjectName("timeline_words")
        self._words.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.setSpacing(10)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self._words)
        self.slider.sliderPressed.connect(player.pause)
        self.slider.sliderReleased.connect(self._follow)
        self.slider.valueChanged.connect(self._moved)
        workspace.position_changed.connect(self._follow)
        workspace.document_changed.connect(lambda *_: self.slider.update())
        preferences.language_changed.connect(self._say)
        preferences.zoom_changed.connect(self._say)
        preferences.theme_changed.connect(self.slider.update)
        self._say()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, super().minimumSizeHint().height())

    # -- moving ----------------------------------------------------------------------------------

    def _moved(self) -> None:
        """However fast the handle is dragged, views are shown no more than they can paint."""
        self._show_words()
        if not self._wait.isActive():
            self._wait.start(0)

    def _go(self) -> None:
        if not self._pace.is_due:
            self._wait.start(_WAIT_MILLISECONDS)
            return
        if not self._workspace.session.is_ready:
            return
        self._pace.begin()
        value = self.slider.value()
        if value:
            self._workspace.go_to(value)
        else:
            self._workspace.go_to(1, 0)

    def _follow(self) -> None:
        session = self._workspace.session
        self.slider.blockSignals(True)
        # While a run goes on the line ends where it is seen to stand: the thread is ahead of that.
        end = session.completed if self._player.is_training else session.computed
        self.slider.setMaximum(end)
        # Under the hand it stays where the hand has it.
        if not (self._wait.isActive() or self.slider.isSliderDown()):
            self.slider.setValue(session.completed)
        self.slider.blockSignals(False)
        self.slider.setEnabled(session.is_ready and session.computed > 0)
        self._show_words()

    # -- words -----------------------------------------------------------------------------------

    def _say(self) -> None:
        say = self._preferences.say
        self.slider.setAccessibleName(str(say("timeline.name")))
        self.slider.setToolTip(str(say("timeline.tip")))
        self._follow()

    def _show_words(self) -> None:
        session, value = self._workspace.session, self.slider.value()
        computed = self.slider.maximum()
        if not session.is_ready:
            self._words.set_text("")
            return
        epochs = session.trace.column("epoch")
        epoch = int(epochs[min(max(value, 1), len(epochs)) - 1]) if len(epochs) else 1
        # As wide as the widest of the run: the slider stands still while it is walked.
        most = 10 ** max(len(str(computed)), 3) - 1
        last = int(epochs[-1]) if len(epochs) else 1
        widest = self._at(most, most, 10 ** len(str(last)) - 1)
        now = self._at(value, computed, epoch)
        # The program's: the line's own follows it a moment later, when nothing measures again.
        metrics = QFontMetrics(QApplication.font())
        for form, text in enumerate(widest):
            width = metrics.horizontalAdvance(text) + 4
            if width + _LEAST_SLIDER * self._preferences.zoom <= self.width():
                self._words.setFixedWidth(width)
                self._words.setVisible(True)
                self._words.set_text(now[form], now[0])
                return
        self._words.setVisible(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_words()

    def _at(self, value: int, computed: int, epoch: int) -> tuple[str, str]:
        """Where it stands, whole and short."""
        say = self._preferences.say
        params = {"iteration": grouped(value), "computed": grouped(computed), "epoch": epoch}
        return str(say("timeline.at", **params)), str(say("timeline.at_short", **params))
