"""Context menus: the sensible commands for what is under the pointer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from nnsim.document.clipboard import Edge
from nnsim.engine.activations import ACTIVATIONS, ActivationSpec
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.canvas.curves import curve_icon
from nnsim.ui.canvas.hits import Hit
from nnsim.ui.canvas.keys import ALIGN_KEYS
from nnsim.ui.canvas.stage import Stage

#: Edges in the order of the menu.
EDGES: tuple[Edge, ...] = (
    "left",
    "middle_x",
    "right",
    "top",
    "middle_y",
    "bottom",
    "spread_x",
    "spread_y",
)
#: Activations that have a number of their own to be set.
WITH_PARAMETERS = ("leaky_relu", "elu", "maxout")


class Target(Protocol):
    """What the menus call: the canvas."""

    def copy(self) -> None: ...
    def cut(self) -> None: ...
    def paste(self) -> None: ...
    def duplicate(self) -> None: ...
    def delete(self) -> None: ...
    def select_all(self) -> None: ...
    def align(self, edge: Edge) -> None: ...
    def connect_selection(self) -> None: ...
    def fit(self) -> None: ...
    def rename(self) -> None: ...
    def edit_units(self) -> None: ...
    def edit_value(self, hit: Hit) -> None: ...
    def set_activation(self, name: str) -> None: ...
    def ask_activation(self) -> None: ...
    def type_new(self, at: QPointF | None = None) -> None: ...
    def copy_picture(self) -> None: ...


class Menus:
    """Builds the menu for a place.  Each is made when it is asked for and says words of now."""

    def __init__(self, target: Target, stage: Stage) -> None:
        self._target = target
        self._stage = stage

    @property
    def _preferences(self) -> Preferences:
        return self._stage.preferences

    def menu_for(self, hit: Hit, at: QPointF, can_paste: bool, parent: QWidget) -> QMenu:
        """The menu for what was hit at a point of the scene."""
        menu = QMenu(parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if hit.node is not None:
            self._for_nodes(menu, hit)
        elif hit.connection is not None:
            self._for_connection(menu, hit)
        else:
            self._for_paper(menu, at, can_paste)
        return menu

    def _add(
        self, menu: QMenu, word: str, call: Callable[[], None], keys: str = "", enabled: bool = True
    ) -> QAction:
        action = menu.addAction(self._preferences.say(f"canvas.menu.{word}"))
        action.setObjectName(f"canvas_{word}")
        if keys:
            _show_keys(action, keys)
        action.setEnabled(enabled)
        action.triggered.connect(lambda checked=False: call())
        return action

    # -- what there is ---------------------------------------------------------------------------

    def _for_nodes(self, menu: QMenu, hit: Hit) -> None:
        target, stage = self._target, self._stage
        chosen = [stage.workspace.document.node(key) for key in stage.selected_nodes]
        dense = [node for node in chosen if not node.is_input]
        one = len(chosen) == 1
        if one and dense:
            self._add(menu, "edit_bias", lambda: target.edit_value(hit), "Return")
        if one:
            self._add(menu, "rename", target.rename, "F2")
            self._add(menu, "units", target.edit_units, "U")
        if dense:
            self._activations(menu, dense[0].activation)
        menu.addSeparator()
        self._add(menu, "connect", target.connect_selection, "C")
        menu.addSeparator()
        self._clipboard(menu)
        if len(chosen) > 1:
            menu.addSeparator()
            align = menu.addMenu(self._preferences.say("canvas.menu.align"))
            for number, edge in enumerate(EDGES):
                if number in (3, 6):
                    align.addSeparator()
                action = align.addAction(self._preferences.say(f"canvas.align.{edge}"))
                action.setObjectName(f"canvas_align_{edge}")
                _show_keys(action, ALIGN_KEYS[edge])
                action.triggered.connect(lambda checked=False, e=edge: target.align(e))

    def _clipboard(self, menu: QMenu) -> None:
        target = self._target
        self._add(menu, "cut", target.cut, "Ctrl+X")
        self._add(menu, "copy", target.copy, "Ctrl+C")
        self._add(menu, "duplicate", target.duplicate, "Ctrl+D")
        self._add(menu, "delete", target.delete, "Del")

    def _activations(self, menu: QMenu, now: ActivationSpec) -> None:
        submenu = menu.addMenu(self._preferences.say("canvas.menu.activation"))
        submenu.setObjectName("canvas_activations")
        group = QActionGroup(submenu)
        for name in ACTIVATIONS:
            action = submenu.addAction(self._preferences.say(f"activation.{name}"))
            action.setObjectName(f"canvas_activation_{name}")
            action.setIcon(curve_icon(ActivationSpec(name), self._preferences.theme))
            action.setCheckable(True)
            action.setChecked(name == now.name)
            group.addAction(action)
            action.triggered.connect(lambda checked=False, n=name: self._target.set_activation(n))
        if now.name in WITH_PARAMETERS:
            submenu.addSeparator()
            self._add(submenu, f"parameter_{now.name}", self._target.ask_activation)

    def _for_connection(self, menu: QMenu, hit: Hit) -> None:
        target = self._target
        self._add(menu, "edit_weight", lambda: target.edit_value(hit), "Return")
        menu.addSeparator()
        self._add(menu, "delete_connection", target.delete, "Del")

    def _for_paper(self, menu: QMenu, at: QPointF, can_paste: bool) -> None:
        target = self._target
        has_nodes = bool(self._stage.workspace.document.nodes)
        self._add(menu, "type_new", lambda: target.type_new(at), "Ins")
        menu.addSeparator()
        self._add(menu, "paste", target.paste, "Ctrl+V", can_paste)
        self._add(menu, "select_all", target.select_all, "Ctrl+A", has_nodes)
        menu.addSeparator()
        self._add(menu, "fit", target.fit, "F", has_nodes)
        self._add(menu, "copy_picture", target.copy_picture, enabled=has_nodes)


def _show_keys(action: QAction, keys: str) -> None:
    """Only shown: the canvas itself listens to its keys."""
    action.setShortcut(QKeySequence(keys))
    action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
