"""The commands of the View menu: layout, zoom, digits, language, theme, full screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow

from nnsim.language import LOCALES
from nnsim.ui.bridge.preferences import MAPS, Preferences
from nnsim.ui.bridge.theme import THEMES
from nnsim.ui.shell.actions import Actions
from nnsim.ui.shell.docks import Docks
from nnsim.ui.shell.layouts import LAYOUTS
from nnsim.ui.shell.looks import ZOOM_STEP
from nnsim.ui.shell.menus import Menus

T = TypeVar("T")

_DIGITS = (3, 4, 6, 9, 12)


class ViewCommands(QObject):
    """Adds its actions, and fills the submenus of choices."""

    def __init__(
        self, window: QMainWindow, actions: Actions, docks: Docks, preferences: Preferences
    ) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        self._docks = docks
        self._preferences = preferences
        docks.built.connect(self._panel_built)
        self._layouts = []
        for number, name in enumerate(LAYOUTS, start=1):
            keys = (f"Ctrl+Shift+{number}",)
            arrange = partial(docks.arrange, name)
            self._layouts.append(actions.add(f"layout_{name}", arrange, keys))
        zoom = preferences
        actions.add(
            "larger", lambda: zoom.set_zoom(zoom.zoom * ZOOM_STEP), ("Ctrl+Alt++", "Ctrl+Alt+=")
        )
        actions.add("smaller", lambda: zoom.set_zoom(zoom.zoom / ZOOM_STEP), ("Ctrl+Alt+-",))
        actions.add("normal_size", lambda: zoom.set_zoom(1.0), ("Ctrl+Alt+0",))
        actions.add("full_screen", self._toggle_full_screen, ("F11",))
        self._languages = self._choices(
            "language", LOCALES, preferences.set_locale, lambda: preferences.locale
        )
        self._themes = self._choices(
            "theme", tuple(THEMES), preferences.set_theme, lambda: preferences.theme.name
        )
        self._digits = self._choices(
            "digits", _DIGITS, preferences.set_digits, lambda: preferences.digits
        )
        self._maps = self._choices("maps", MAPS, preferences.set_maps, lambda: preferences.maps)

    def fill(self, menus: Menus) -> None:
        """Put the choices in their submenus."""
        menus.fill("panels", self._docks.toggles)
        menus.fill("layout", self._layouts)
        menus.fill("zoom", [self._actions[name] for name in ("larger", "smaller", "normal_size")])
        menus.fill("language", self._languages)
        menus.fill("theme", self._themes)
        menus.fill("digits", self._digits)
        menus.fill("maps", self._maps)

    def _choices(
        self, kind: str, values: Sequence[T], choose: Callable[[T], None], chosen: Callable[[], T]
    ) -> list[QAction]:
        group = QActionGroup(self)
        actions = []
        for value in values:
            action = self._actions.add(f"{kind}_{value}", checkable=True, text=f"{kind}.{value}")
            action.setChecked(value == chosen())
            action.setData(value)
            group.addAction(action)
            actions.append(action)
        group.triggered.connect(lambda action: choose(action.data()))
        return actions

    # -- from the data to the step of the lab that it is set in ------------------------------------

    def _panel_built(self, name: str) -> None:
        if name == "data":
            from nnsim.ui.panels.data_table import DataPanel

            panel = self._docks.panels[name]
            assert isinstance(panel, DataPanel)
            panel.offer_steps(self._go_to_step)

    def _go_to_step(self, step: str) -> None:
        from nnsim.ui.panels.lab import LabPanel

        lab = self._docks.show_panel("lab")
        assert isinstance(lab, LabPanel)
        lab.show_step(step)

    def _toggle_full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()
