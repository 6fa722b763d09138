"""What a person switches on and off on the plane."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLayout, QMenu, QToolButton, QWidget

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.plane.regions import Wishes

if TYPE_CHECKING:
    from nnsim.ui.panels.plane.cloud import Cloud

_WISHES = ("discrete", "levels", "lines")
_PARTS = ("validation", "test")


class Switches(QObject):
    """A button with a menu of what to show: one line of controls in a narrow panel.

    ``changed()``: something is switched.  Parts of the samples are offered while they have any.
    """

    changed = Signal()

    def __init__(self, preferences: Preferences, controls: QLayout, parent: QWidget) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._button = QToolButton(parent)
        self._button.setObjectName("show")
        self._button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        menu = QMenu(self._button)
        menu.setToolTipsVisible(True)
        self._actions: dict[str, QAction] = {}
        for name in (*_WISHES, *_PARTS):
            if name == _PARTS[0]:
                self._separator = menu.addSeparator()
            action = self._actions[name] = menu.addAction("")
            action.setObjectName(name)
            action.setCheckable(True)
            action.setVisible(name in _WISHES)
            action.toggled.connect(self.changed)
        self._separator.setVisible(False)
        self._button.setMenu(menu)
        controls.addWidget(self._button)

    def __getitem__(self, name: str) -> QAction:
        """A switch by name."""
        return self._actions[name]

    @property
    def wishes(self) -> Wishes:
        """What is wished for of what is possible."""
        return Wishes(*(self._is_on(name) for name in _WISHES))

    @property
    def parts(self) -> tuple[str, ...]:
        """Parts of the samples to show: those for training always."""
        return ("training", *(part for part in _PARTS if self._actions[part].isChecked()))

    def _is_on(self, name: str) -> bool:
        return self._actions[name].isEnabled() and self._actions[name].isChecked()

    def offer(self, cloud: Cloud, possible: Collection[str]) -> None:
        """Offer the parts that have samples, and of the wishes those that can be fulfilled."""
        for part in _PARTS:
            self._actions[part].setVisible(part in cloud.present)
        self._separator.setVisible(len(cloud.present) > 1)
        for name in _WISHES:
            self._actions[name].setEnabled(name in possible)

    def say(self) -> None:
        """Words of the button and its menu."""
        say = self._preferences.say
        self._button.setText(say("plane.show"))
        self._button.setToolTip(say("plane.show_tip"))
        for name, action in self._actions.items():
            action.setText(say(f"plane.{name}"))
            action.setToolTip(say(f"plane.{name}_tip"))
