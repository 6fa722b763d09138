"""Where panels stand: one layout to walk through numbers, one to watch a training."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

_HORIZONTAL, _VERTICAL = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
#: Names of panels that stand in one place, behind tabs; the first is in front.
Tabs: TypeAlias = tuple[str, ...]


class Layout(NamedTuple):
    """Groups of panels around the canvas, and how much of the window they take.

    ``left``, ``right`` and ``below`` hold groups, from top to bottom or from left to right.
    ``narrow``, ``wide`` and ``low`` are shares of the window: width of the left side, width of the
    right side, height of what is below.  ``top`` is the share of the upper group on the right,
    ``first`` that of the first group below.  Panels that are not named are closed.
    """

    left: tuple[Tabs, ...]
    right: tuple[Tabs, ...]
    below: tuple[Tabs, ...]
    narrow: float
    wide: float
    low: float
    top: float
    first: float


LAYOUTS: Mapping[str, Layout] = {
    "lesson": Layout(
        left=(("training", "lab", "inspector"),),
        right=(("formula",), ("plane", "activation", "loss", "diagnosis", "confusion")),
        below=(("step_table",), ("data", "predictions")),
        narrow=0.19,
        wide=0.28,
        low=0.3,
        top=0.46,
        first=0.68,
    ),
    "training": Layout(
        left=(("lab", "training", "inspector"),),
        right=(
            ("plane", "diagnosis", "confusion", "activation"),
            ("loss", "gradients", "weights", "formula"),
        ),
        below=(("predictions", "data", "step_table"),),
        narrow=0.19,
        wide=0.34,
        low=0.22,
        top=0.54,
        first=1.0,
    ),
}
# No side is narrower and nothing below lower, in pixels.
_NARROWEST, _SLIMMEST, _LOWEST, _SHORTEST = 215, 270, 200, 300
# Menus, tool bar and status line, in pixels.
_AROUND = 110


def arrange(window: QMainWindow, docks: Mapping[str, QDockWidget], layout: Layout) -> None:
    """Put every dock in its place."""
    for dock in docks.values():
        dock.setFloating(False)
        window.removeDockWidget(dock)
    area = Qt.DockWidgetArea
    for side, groups, way in (
        (area.LeftDockWidgetArea, layout.left, _VERTICAL),
        (area.RightDockWidgetArea, layout.right, _VERTICAL),
        (area.BottomDockWidgetArea, layout.below, _HORIZONTAL),
    ):
        heads = [docks[group[0]] for group in groups]
        window.addDockWidget(side, heads[0])
        for above, head in pairwise(heads):
            window.splitDockWidget(above, head, way)
        for group in groups:
            for before, behind in pairwise(group):
                window.tabifyDockWidget(docks[before], docks[behind])
    named = [group for groups in (layout.left, layout.right, layout.below) for group in groups]
    for name, dock in docks.items():
        if not any(name in group for group in named):
            # Closed, and with a place that it is opened in.
            window.tabifyDockWidget(docks[layout.right[-1][-1]], dock)
            dock.hide()
    for group in named:
        for name in group:
            docks[name].show()
        docks[group[0]].raise_()


def share(window: QMainWindow, docks: Mapping[str, QDockWidget], layout: Layout) -> None:
    """Sizes in proportion to the window."""
    width, height = window.width(), window.height()
    heads = {
        side: [docks[group[0]] for group in getattr(layout, side)]
        for side in ("left", "right", "below")
    }
    left = max(_NARROWEST, round(width * layout.narrow))
    right = max(_SLIMMEST, round(width * layout.wide))
    window.resizeDocks([heads["left"][0], heads["right"][0]], [left, right], _HORIZONTAL)
    window.resizeDocks(heads["below"][:1], [max(_LOWEST, round(height * layout.low))], _VERTICAL)
    rest = max(height - _AROUND, _SHORTEST)
    tops = [round(rest * layout.top), round(rest * (1 - layout.top))]
    window.resizeDocks(heads["right"], tops[: len(heads["right"])], _VERTICAL)
    rows = width - right
    firsts = [round(rows * layout.first), round(rows * (1 - layout.first))]
    window.resizeDocks(heads["below"], firsts[: len(heads["below"])], _HORIZONTAL)
