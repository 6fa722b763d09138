"""What the plane says in words: equations with their numbers, names, legends (HTML)."""

from __future__ import annotations

from nnsim.session.probing import Affine
from nnsim.session.scales import Scale
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.shading import share_color
from nnsim.ui.panels.plane.model import Group
from nnsim.ui.panels.plotting.words import name_html, swatch

# Shapes of the classes, as pyqtgraph names them and as text shows them, filled and hollow.
SHAPES = (
    ("o", "●", "○"),
    ("s", "■", "□"),
    ("t1", "▲", "△"),
    ("d", "◆", "◇"),
    ("star", "★", "☆"),
    ("t", "▼", "▽"),
    ("p", "⬟", "⬠"),
    ("h", "⬢", "⬡"),
)
_ROLES = ("positive", "negative", "right", "warning", "wrong", "neutral", "muted", "text")
_SWATCHES = (-1.0, -0.5, 0.0, 0.5, 1.0)


def equation(line: Affine, names: tuple[str, ...], equals: float, preferences: Preferences) -> str:
    """The line with its numbers: 0.5·x₁ − x₂ − 1 = 0; factors of 1 and a bias of 0 are left out."""
    terms = []
    for weight, name in zip(line.weights.tolist(), names, strict=True):
        number = preferences.number(abs(weight))
        factor = "" if number == "1" else f"{number}·"
        terms.append((weight, f"{factor}{name_html(name)}"))
    if line.bias != 0:
        terms.append((line.bias, preferences.number(abs(line.bias))))
    first, *others = terms
    written = f"{'−' if first[0] < 0 else ''}{first[1]}"
    for value, term in others:
        written += f" {'−' if value < 0 else '+'} {term}"
    return f"{written} = {preferences.number(equals)}".replace("= -", "= −")


def symbol(group: Group) -> str:
    """The shape of a class, as pyqtgraph names it."""
    return SHAPES[_shape(group)][0]


def glyph(group: Group) -> str:
    """The shape of a class as text shows it."""
    return SHAPES[_shape(group)][2 if is_hollow(group) else 1]


def is_hollow(group: Group) -> bool:
    """Whether the shape is drawn hollow: the lower of two classes, and any beyond the shapes."""
    return group.kind == "low" or group.number >= len(SHAPES)


def role(group: Group) -> str:
    """The colour of a class."""
    if group.kind != "class":
        return "positive" if group.kind == "high" else "negative"
    return class_role(group.number)


def class_role(number: int) -> str:
    """The colour of a class among several."""
    return _ROLES[number % len(_ROLES)]


def _shape(group: Group) -> int:
    return {"high": 0, "low": 1}.get(group.kind, group.number % len(SHAPES))


def group_legend(group: Group, names: tuple[str, ...], preferences: Preferences) -> str:
    """The marker of a class and its target."""
    shape = glyph(group)
    color = getattr(preferences.theme, role(group))
    name = name_html(names[group.column])
    if group.value is None:
        return swatch(shape, color, name)
    return swatch(shape, color, f"{name} = {preferences.number(group.value)}")


def scale_legend(scale: Scale, preferences: Preferences) -> str:
    """Five colours of a heat map with their values."""
    theme = preferences.theme
    entries = []
    for share in _SWATCHES:
        # The middle has the colour of the ground: an outline is what can be seen of it.
        glyph, color = ("■", share_color(theme, share)) if share else ("□", theme.muted)
        value = preferences.number(scale.middle + share * scale.reach, digits=4)
        entries.append(swatch(glyph, color, value))
    return " ".join(entries)
