"""The transport bar: reset, back, play, forward, run; how far a step goes, how fast it plays."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QToolBar,
    QToolButton,
    QWidget,
)

from nnsim.session import Level
from nnsim.session.walk import Phase
from nnsim.ui.bridge.player import FULL_SPEED, MAX_SPEED, MIN_SPEED, Player
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.shell.actions import Actions
from nnsim.ui.shell.line import Line
from nnsim.ui.shell.running import RunCommands

# Steps of the speed slider for each doubling of the speed; one more is as fast as possible.
_PER_OCTAVE = 4
_FULL_VALUE = round(math.log2(MAX_SPEED / MIN_SPEED) * _PER_OCTAVE) + 1
_BUTTONS = ("reset", "back", "play", "forward", "run")


# From here on a part of a step a second is not worth saying.
_WHOLE_FROM = 10
# What is given up, one after another, where the bar is narrow.
_FULL, _NO_WORDS, _SHORT_COUNTER, _SHORT_SLIDER = range(4)


class _Controls(QWidget):
    """What stands right of the buttons; it may become as narrow as its shortest form.

    Qt puts whatever does not fit whole behind a small arrow, where nobody looks for it.
    """

    def __init__(self, fit: Callable[[int], None], narrowest: Callable[[], int]) -> None:
        super().__init__()
        self._fit = fit
        self._narrowest = narrowest

    def minimumSizeHint(self) -> QSize:
        return QSize(self._narrowest(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(self.width())


class TransportBar(QToolBar):
    """Large enough to be seen from the back of a classroom.

    Where there is little room it says less: first the words before step and speed go, then the
    position is said short, then the slider becomes shorter and the speed is only in its tip.
    """

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
        self._counter = Line(Qt.AlignmentFlag.AlignRight)
        self._counter_words = ("", "")
        self._counter_widest = ("", "")
        self._widest_of: dict[tuple[object, ...], tuple[str, str]] = {}
        self._form = _FULL
        self._build()
        commands.level_changed.connect(self._show_level)
        commands.levels_changed.connect(self._offer_levels)
        commands.speed_changed.connect(self._show_speed)
        workspace.position_changed.connect(self._count)
        preferences.language_changed.connect(self._say)
        preferences.zoom_changed.connect(self._size)
        self._say()
        self._size()
        self._show_speed()

    def _build(self) -> None:
        self._level.setObjectName("transport_level")
        self._fill_levels()
        self._level.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._level.activated.connect(
            lambda index: self._commands.set_level(self._level.itemData(index))
        )
        self._level_label.setBuddy(self._level)
        self._speed.setObjectName("transport_speed")
        self._speed.setRange(0, _FULL_VALUE)
        self._speed.setPageStep(_PER_OCTAVE)
        self._speed.valueChanged.connect(self._set_speed)
        self._speed_label.setBuddy(self._speed)
        self._counter.setObjectName("transport_counter")
        self._box = _Controls(self._fit, lambda: self._needed(_SHORT_SLIDER))
        layout = QHBoxLayout(self._box)
        layout.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        layout.setContentsMargins(14, 0, 14, 0)
        layout.setSpacing(8)
        layout.addWidget(self._level_label)
        layout.addWidget(self._level)
        layout.addSpacing(14)
        layout.addWidget(self._speed_label)
        layout.addWidget(self._speed)
        layout.addWidget(self._speed_value)
        layout.addWidget(self._counter, 1)
        self.addWidget(self._box)

    # -- level and speed -------------------------------------------------------------------------

    def _fill_levels(self) -> None:
        self._level.clear()
        for level in self._commands.levels:
            self._level.addItem("", level)

    def _offer_levels(self) -> None:
        """The project has come to have two networks, or has one now."""
        self._fill_levels()
        self._say()

    def _show_level(self) -> None:
        self._level.setCurrentIndex(self._level.findData(self._commands.level))
        self._show_speed()

    def _set_speed(self, value: int) -> None:
        is_full = value == _FULL_VALUE
        speed = FULL_SPEED if is_full else MIN_SPEED * 2 ** (value / _PER_OCTAVE)
        if self._slider_value(self._player.speed) != value:
            self._commands.set_speed(speed)

    def _slider_value(self, speed: float) -> int:
        if speed == FULL_SPEED:
            return _FULL_VALUE
        return round(math.log2(speed / MIN_SPEED) * _PER_OCTAVE)

    def _show_speed(self) -> None:
        self._speed.setValue(self._slider_value(self._player.speed))
        words = self._speed_words(self._player.speed)
        self._speed_value.setText(words)
        tip = [self._preferences.say("transport.speed_tip"), words, self._commands.speed_hint]
        self._speed.setToolTip("\n".join(line for line in tip if line))

    def _speed_words(self, speed: float) -> str:
        if speed == FULL_SPEED:
            return str(self._preferences.say("transport.full_speed"))
        if speed >= _WHOLE_FROM:
            speed = round(speed)
        shown = self._preferences.number(speed, 2)
        return self._preferences.say(
            "transport.per_second", n=1 if shown == "1" else 2, speed=shown
        )

    # -- words, numbers, sizes -------------------------------------------------------------------

    def _say(self) -> None:
        say = self._preferences.say
        self.setWindowTitle(say("transport.title"))
        self._level_label.setText(say("transport.level"))
        levels = self._commands.levels
        tip = "level_tip_of_two" if Level.UPDATE in levels else "level_tip"
        self._level.setToolTip(say(f"transport.{tip}"))
        self._level.setAccessibleName(say("transport.level"))
        self._speed_label.setText(say("transport.speed"))
        self._speed.setAccessibleName(say("transport.speed"))
        for index, level in enumerate(levels):
            self._level.setItemText(index, say(f"level.{level.name.lower()}"))
        self._show_level()
        self._size()
        self._count()

    def _count(self) -> None:
        """Where the run stands, whole and short, as there is room for."""
        frame, former = self._workspace.frame, self._counter_widest
        if frame is None:
            say = self._preferences.say
            self._counter_words = (say("transport.cannot_run"), say("transport.cannot_run_short"))
            self._counter_widest = self._counter_words
        else:
            metrics = frame.record.metrics
            assert metrics is not None
            params = {"iteration": metrics.iteration, "epoch": metrics.epoch}
            state = "complete" if frame.is_complete else "start"
            is_within = not frame.is_complete and frame.phase is not None
            self._counter_words = self._position(frame.phase if is_within else state, params)
            # The form is the same in each phase: nothing jumps from step to step.
            self._counter_widest = self._widest(params)
        if self._counter_widest != former:
            self._box.updateGeometry()
            self._fit(self._box.width())
        else:
            self._show_counter()

    def _widest(self, params: dict[str, int]) -> tuple[str, str]:
        """The widest words of an iteration, whole and short; every digit is as wide as another."""
        digits = {name: max(len(str(number)), 2) for name, number in params.items()}
        widest = {name: 10**count - 1 for name, count in digits.items()}
        key = (self._preferences.locale, *widest.values())
        if key not in self._widest_of:
            every = [self._position(which, widest) for which in ("start", "complete", *Phase)]
            measure = self._counter.fontMetrics().horizontalAdvance
            self._widest_of[key] = (
                max((whole for whole, _ in every), key=measure),
                max((short for _, short in every), key=measure),
            )
        return self._widest_of[key]

    def _position(self, state: Phase | str | None, params: dict[str, int]) -> tuple[str, str]:
        """A state of the iteration in words, whole and short."""
        say = self._preferences.say
        if isinstance(state, Phase):
            whole = say("transport.phase", phase=say(f"phase.{state.value}").lower())
            short = say(f"transport.short_phase.{state.value}")
        else:
            whole = short = say(f"transport.{state}")
        return (
            say("transport.counter", state=whole, **params),
            say("transport.counter_short", state=short, **params),
        )

    # -- room ------------------------------------------------------------------------------------

    def _needed(self, form: int) -> int:
        """Width in pixels of the controls in one of their forms."""
        slider = self._slider_width(form)
        parts = [self._level.sizeHint().width(), slider, self._counter_width(form)]
        if form < _NO_WORDS:
            parts += [self._level_label.sizeHint().width(), self._speed_label.sizeHint().width()]
        if form < _SHORT_SLIDER:
            parts.append(self._speed_value.minimumWidth())
        # Between the parts 8, 14 more after the level, 14 at either end.
        return sum(parts) + 8 * len(parts) + 14 + 28

    def _slider_width(self, form: int) -> int:
        return round((60 if form >= _SHORT_SLIDER else 110) * self._preferences.zoom)

    def _counter_width(self, form: int) -> int:
        words = self._counter_widest[form >= _SHORT_COUNTER]
        return self._counter.fontMetrics().horizontalAdvance(words) + 4

    def _fit(self, width: int) -> None:
        """Take the fullest form that fits into ``width`` pixels."""
        forms = (_FULL, _NO_WORDS, _SHORT_COUNTER)
        form = next((form for form in forms if self._needed(form) <= width), _SHORT_SLIDER)
        self._form = form
        self._show_counter()
        self._speed.setFixedWidth(self._slider_width(form))
        for label in (self._level_label, self._speed_label):
            label.setVisible(form < _NO_WORDS)
        self._speed_value.setVisible(form < _SHORT_SLIDER)

    def _show_counter(self) -> None:
        whole, short = self._counter_words
        self._counter.set_text(short if self._form >= _SHORT_COUNTER else whole, whole)

    def _size(self) -> None:
        zoom = self._preferences.zoom
        self.setIconSize(QSize(1, 1) * round(26 * zoom))
        # The program's: this bar's own follows it a moment later.
        font = QApplication.font()
        metrics = QFontMetrics(font)
        widest = max(
            metrics.horizontalAdvance(self._speed_words(speed))
            for speed in (0.25, 1.0, 8.88, 888, MAX_SPEED, FULL_SPEED)
        )
        # A label of fixed width: the bar stands still while the slider moves.
        self._speed_value.setFixedWidth(widest + 6)
        font.setPointSizeF(font.pointSizeF() * 1.15)
        font.setBold(True)
        self._counter.setFont(font)
        self._box.updateGeometry()
        self._fit(self._box.width())
