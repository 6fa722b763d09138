"""Colours: a light and a dark theme, calm, with one accent.

Blue is positive and orange negative, everywhere; the pair stays apart for colour-blind eyes.  The
accent marks what is being computed or selected, and nothing else.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication


class Theme(NamedTuple):
    """Named colours as "#rrggbb"."""

    name: str
    background: str
    surface: str
    raised: str
    text: str
    muted: str
    border: str
    accent: str
    on_accent: str
    accent_soft: str
    positive: str
    negative: str
    neutral: str
    right: str
    wrong: str
    warning: str

    def color(self, role: str) -> QColor:
        """A colour by its role, the name of a field; shared: copy it to change it."""
        return _mixed(getattr(self, role), 1.0, "")

    def signed(self, value: float) -> QColor:
        """The colour of a signed number."""
        role = "positive" if value > 0 else "negative" if value < 0 else "neutral"
        return self.color(role)

    def mixed(self, role: str, share: float, ground: str = "surface") -> QColor:
        """A colour let down with the ground: opaque, for translucent lines cost ten times more."""
        return _mixed(getattr(self, role), share, getattr(self, ground))


@functools.lru_cache(maxsize=1024)
def _mixed(color: str, share: float, ground: str) -> QColor:
    """A colour over a ground.  Kept, for a step asks for hundreds: nobody may change it."""
    a = QColor(color)
    if not ground:
        return a
    b = QColor(ground)
    return QColor(
        round(a.red() * share + b.red() * (1 - share)),
        round(a.green() * share + b.green() * (1 - share)),
        round(a.blue() * share + b.blue() * (1 - share)),
    )


LIGHT = Theme(
    name="light",
    background="#f3f5f8",
    surface="#ffffff",
    raised="#e9edf3",
    text="#1b2430",
    muted="#5a6676",
    border="#cfd6df",
    accent="#6a45c9",
    on_accent="#ffffff",
    accent_soft="#ece6fb",
    positive="#1a67c4",
    negative="#c75c00",
    neutral="#8a94a3",
    right="#217a4b",
    wrong="#bf2a38",
    warning="#9a6700",
)

DARK = Theme(
    name="dark",
    background="#14181f",
    surface="#1c222b",
    raised="#29313d",
    text="#e8ecf2",
    muted="#9ba7b6",
    border="#3a4452",
    accent="#b79cff",
    on_accent="#1a1329",
    accent_soft="#352c52",
    positive="#6cb0ff",
    negative="#ffa552",
    neutral="#7d8896",
    right="#5fd091",
    wrong="#ff7b86",
    warning="#f0c24b",
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Our own palette: setColorScheme does nothing without a desktop theme.

    It is made for the style Fusion, which an application is started with.
    """
    app.setPalette(_palette(theme))


def _palette(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    colors = {
        role.Window: "background",
        role.WindowText: "text",
        role.Base: "surface",
        role.AlternateBase: "background",
        role.ToolTipBase: "raised",
        role.ToolTipText: "text",
        role.PlaceholderText: "muted",
        role.Text: "text",
        role.Button: "raised",
        role.ButtonText: "text",
        role.BrightText: "wrong",
        role.Highlight: "accent",
        role.HighlightedText: "on_accent",
        role.Link: "accent",
        role.LinkVisited: "accent",
        role.Accent: "accent",
        role.Light: "surface",
        role.Midlight: "raised",
        role.Mid: "border",
        role.Dark: "border",
        role.Shadow: "border",
    }
    for where, name in colors.items():
        palette.setColor(where, theme.color(name))
    faded = (role.WindowText, role.Text, role.ButtonText, role.HighlightedText)
    for where in (*faded, role.PlaceholderText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, theme.mixed("muted", 0.6))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, theme.color("border"))
    return palette
