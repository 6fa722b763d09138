"""The transport bar: reset, back, play, forward, run; how far a step goes, how fast it plays."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QToolBar,
    QToolButton,
    QWidget,
)

from nnsim.session import Level
from nnsim.ui.bridge.player import MAX_SPEED, MIN_SPEED, Player
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.shell.actions import Actions
from nnsim.ui.shell.running import RunCommands

# Steps of the speed slider for each doubling of the speed.
_PER_OCTAVE = 4
_BUTTONS = ("reset", "back", "play", "forward", "run")


class TransportBar(QToolBar):
    """Large enough to be seen from the back of a classroom."""

    def __init__(
        self,
        workspace: Workspace,
        player: Player,
        commands: RunCommands,
        actions: Actions,
        preferences: Preferences,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self.setMovable(False)
        self.setFloatable(False)
        # Nothing but the window's own menu decides what is shown.
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._workspace = workspace
        self._player = player
        self._commands = commands
        self._preferences = preferences
        for name in _BUTTONS:
            self.addAction(actions[name])
            button = self.widgetForAction(actions[name])
            button.setObjectName(f"transport_{name}")
            if isinstance(button, QToolButton):
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._level_label, self._level = QLabel(), QComboBox()
        self._speed_label, self._speed = QLabel(), QSlider(Qt.Orientation.Horizontal)
        self._speed_value = QLabel()
        self._counter = QLabel()
        self._build()
        commands.level_changed.connect(self._show_level)
        commands.speed_changed.connect(self._show_speed)
        workspace.position_changed.connect(self._count)
        preferences.language_changed.connect(self._say)
        preferences.zoom_changed.connect(self._size)
        self._say()
        self._size()
        self._show_speed()

    def _build(self) -> None:
        self._level.setObjectName("transport_level")
        for level in Level:
            self._level.addItem("", level)
        self._level.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._level.activated.connect(
            lambda index: self._commands.set_level(self._level.itemData(index))
        )
        self._level_label.setBuddy(self._level)
        self._speed.setObjectName("transport_speed")
        octaves = math.log2(MAX_SPEED / MIN_SPEED)
        self._speed.setRange(0, math.ceil(octaves * _PER_OCTAVE))
        self._speed.setPageStep(_PER_OCTAVE)
        self._speed.valueChanged.connect(self._set_speed)
        self._speed_label.setBuddy(self._speed)
        self._counter.setObjectName("transport_counter")
        self._counter.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._counter.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        box = QWidget()
        layout = QHBoxLayout(box)
        layout.setContentsMargins(14, 0, 14, 0)
        layout.setSpacing(8)
        layout.addWidget(self._level_label)
        layout.addWidget(self._level)
        layout.addSpacing(14)
        layout.addWidget(self._speed_label)
        layout.addWidget(self._speed)
        layout.addWidget(self._speed_value)
        layout.addWidget(self._counter, 1)
        self.addWidget(box)

    # -- level and speed -------------------------------------------------------------------------

    def _show_level(self) -> None:
        self._level.setCurrentIndex(self._level.findData(self._commands.level))

    def _set_speed(self, value: int) -> None:
        speed = min(MIN_SPEED * 2 ** (value / _PER_OCTAVE), MAX_SPEED)
        if self._slider_value(self._player.speed) != value:
            self._commands.set_speed(speed)

    def _slider_value(self, speed: float) -> int:
        return round(math.log2(speed / MIN_SPEED) * _PER_OCTAVE)

    def _show_speed(self) -> None:
        self._speed.setValue(self._slider_value(self._player.speed))
        self._speed_value.setText(self._speed_words(self._player.speed))

    def _speed_words(self, speed: float) -> str:
        shown = self._preferences.number(speed, 2)
        return self._preferences.say(
            "transport.per_second", n=1 if shown == "1" else 2, speed=shown
        )

    # -- words, numbers, sizes -------------------------------------------------------------------

    def _say(self) -> None:
        say = self._preferences.say
        self.setWindowTitle(say("transport.title"))
        self._level_label.setText(say("transport.level"))
        self._level.setToolTip(say("transport.level_tip"))
        self._level.setAccessibleName(say("transport.level"))
        self._speed_label.setText(say("transport.speed"))
        self._speed.setToolTip(say("transport.speed_tip"))
        self._speed.setAccessibleName(say("transport.speed"))
        for index, level in enumerate(Level):
            self._level.setItemText(index, say(f"level.{level.name.lower()}"))
        self._show_level()
        self._show_speed()
        self._size()
        self._count()

    def _count(self) -> None:
        say = self._preferences.say
        frame = self._workspace.frame
        if frame is None:
            self._counter.setText(say("transport.cannot_run"))
            return
        metrics = frame.record.metrics
        assert metrics is not None
        params = {"iteration": metrics.iteration, "epoch": metrics.epoch}
        if frame.is_complete:
            state = say("transport.complete")
        elif frame.phase is None:
            state = say("transport.start")
        else:
            state = say("transport.phase", phase=say(f"phase.{frame.phase.value}").lower())
        self._counter.setText(say("transport.counter", state=state, **params))

    def _size(self) -> None:
        zoom = self._preferences.zoom
        self.setIconSize(QSize(1, 1) * round(26 * zoom))
        self._speed.setFixedWidth(round(110 * zoom))
        metrics = self._speed_value.fontMetrics()
        widest = max(
            metrics.horizontalAdvance(self._speed_words(speed)) for speed in (0.25, 1.0, 8.88, 60)
        )
        # A label of fixed width: the bar stands still while the slider moves.
        self._speed_value.setFixedWidth(widest + 6)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 1.15)
        font.setBold(True)
        self._counter.setFont(font)
