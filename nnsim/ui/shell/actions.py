"""Everything a person can do from the menus: named actions that say their words again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from nnsim.ui.bridge.icons import themed_icon
from nnsim.ui.bridge.preferences import Preferences

Keys = str | QKeySequence.StandardKey


class Actions(QObject):
    """The actions of the window by name.

    The words of the action "save" are ``action.save.text`` and ``action.save.tip`` in the
    catalogue.  An action whose text has placeholders gets them from ``set_params``.
    """

    def __init__(self, preferences: Preferences, window: QWidget) -> None:
        super().__init__(window)
        self._preferences = preferences
        self._window = window
        self._actions: dict[str, QAction] = {}
        self._icons: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._params: dict[str, dict[str, object]] = {}
        self._own_keys: dict[str, list[QKeySequence]] = {}
        preferences.language_changed.connect(self._say)
        for signal in (preferences.theme_changed, preferences.zoom_changed):
            signal.connect(self._paint)

    def add(
        self,
        name: str,
        slot: Callable[..., object] | None = None,
        keys: Sequence[Keys] = (),
        icon: str = "",
        checkable: bool = False,
        text: str = "",
        own_keys: Sequence[Keys] = (),
    ) -> QAction:
        """A new action.  ``keys`` work anywhere in the window; ``slot`` is called without words.

        ``text`` is another word of the catalogue than the action's own, for actions that name a
        value ("Neuron", "English").  ``own_keys`` are only shown: a widget listens to them itself
        while it has the focus.
        """
        action = QAction(self._window)
        action.setObjectName(f"action_{name}")
        action.setCheckable(checkable)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if slot is not None:
            if checkable:
                action.toggled.connect(slot)
            else:
                # QAction.triggered hands on "checked", which no command wants.
                action.triggered.connect(lambda checked=False: slot())
        self._actions[name] = action
        self._own_keys[name] = [QKeySequence(key) for key in own_keys]
        self._texts[name] = text
        if icon:
            self._icons[name] = icon
            self._paint_one(name)
        self._say_one(name)
        # Shortcuts of an action that is in no menu work only where a widget holds it.
        self._window.addAction(action)
        return action

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._actions)

    def keys(self, name: str) -> list[QKeySequence]:
        """All keys of an action, those that only one widget listens to as well."""
        return [*self._actions[name].shortcuts(), *self._own_keys[name]]

    def set_params(self, name: str, **params: object) -> None:
        """Placeholders of an action's text; without any, it is said with ``action.<name>.text``
        and else with ``action.<name>.with``."""
        self._params[name] = params
        self._say_one(name)

    def set_icon(self, name: str, icon: str) -> None:
        """Another icon, as play becomes pause."""
        self._icons[name] = icon
        self._paint_one(name)

    def set_text(self, name: str, text: str) -> None:
        """Other words, by the first part of their keys."""
        self._texts[name] = text
        self._say_one(name)

    def _say(self) -> None:
        for name in self._actions:
            self._say_one(name)

    def _say_one(self, name: str) -> None:
        action, say, params = self._actions[name], self._preferences.say, self._params.get(name)
        key = self._texts[name] or f"action.{name}"
        native = QKeySequence.SequenceFormat.NativeText
        own = self._own_keys[name]
        # What stands after a tab is shown where the keys of a menu stand.
        shown = f"\t{own[0].toString(native)}" if own else ""
        if not key.startswith("action."):
            action.setText(say(key) + shown)
            return
        text = say(f"{key}.with", **params) if params else say(f"{key}.text")
        tip = say(f"{key}.tip")
        action.setText(text + shown)
        action.setStatusTip(tip)
        keys = action.shortcut().toString(native)
        action.setToolTip(f"{tip} ({keys})" if keys else tip)

    def _paint(self) -> None:
        for name in self._icons:
            self._paint_one(name)

    def _paint_one(self, name: str) -> None:
        size = round(26 * self._preferences.zoom)
        self._actions[name].setIcon(themed_icon(self._icons[name], self._preferences.theme, size))
        # Icons belong to the transport bar; menus stay calm.
        self._actions[name].setIconVisibleInMenu(False)
