"""How a weight looks: blue or orange, thin or wide, solid or dashed.

The scale is fixed, so that a line changes only when its own weight does.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPen, QPolygonF

from nnsim.document.model import Floats
from nnsim.ui.bridge.theme import THEMES, Theme

STEPS = 8
#: From so many lines a connection is drawn with thinner ones.
DENSE_LINES = 60
_SCALE = 1.5
_ARROW_SIZE = 9.0
# More cells than this in a row could not be told apart even when zoomed in.
_MAP_CELLS = 512


@functools.lru_cache(maxsize=64)
def _edges(fan_in: int) -> Floats:
    """Sizes at which the next pen begins, for strengths from 0 to 1 of 1 - e^(-|w| / scale).

    Weights of wide layers are smaller by nature, by 1/√(inputs): the scale goes with it.
    """
    scale = _SCALE * np.sqrt(2.0 / max(fan_in, 2))
    return -np.log1p(-np.arange(STEPS) / STEPS) * scale


def buckets(weights: Floats, fan_in: int) -> NDArray[np.int64]:
    """The pen of each weight: 0 for none, 1 … STEPS positive, -1 … -STEPS negative.

    What is no number (NaN) is 0 too: it has neither sign nor size.
    """
    steps = np.searchsorted(_edges(fan_in), np.abs(weights))
    steps[np.isnan(weights)] = 0
    return np.where(weights < 0, -steps, steps)


@functools.lru_cache(maxsize=512)
def pen(bucket: int, dense: bool, theme_name: str) -> QPen:
    """The pen of a bucket.  Negative weights are dashed: the sign is readable without colour."""
    theme = THEMES[theme_name]
    share = abs(bucket) / STEPS
    if bucket == 0:
        made = QPen(theme.mixed("neutral", 0.6, "background"), 1.0)
    else:
        role = "positive" if bucket > 0 else "negative"
        width = 0.9 + 1.3 * share if dense else 1.4 + 4.0 * share
        made = QPen(theme.mixed(role, 0.45 + 0.55 * share, "background"), width)
    if bucket < 0:
        # In units of the width: dashes of about 9 pixels whatever it is.
        made.setDashPattern([9 / made.widthF(), 5 / made.widthF()])
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    return made


def heat_color(theme: Theme, value: float, strength: float) -> QColor:
    """The colour of a cell of a heat map: the ground where nothing is, else let down by size."""
    if not strength > 0:
        return theme.color("raised")
    return theme.mixed("positive" if value > 0 else "negative", 0.15 + 0.85 * strength, "surface")


@functools.lru_cache(maxsize=8)
def heat_table(theme_name: str) -> NDArray[np.uint32]:
    """Colours by level, as 0xffRRGGBB; level 128 is zero, 0 the most negative, 256 the most."""
    theme = THEMES[theme_name]
    levels = (np.arange(257) - 128) / 128
    return np.array([heat_color(theme, v, abs(v)).rgb() for v in levels], dtype=np.uint32)


def strongest(values: Floats, most: int) -> Floats:
    """A matrix with at most so many rows and columns: of each block what is largest in size."""
    for axis in (0, 1):
        size = values.shape[axis]
        if size > most:
            starts = np.arange(most) * size // most
            high = np.maximum.reduceat(values, starts, axis=axis)
            low = np.minimum.reduceat(values, starts, axis=axis)
            values = np.where(high >= -low, high, low)
    return values


def heat_pixels(values: Floats, scale: float, theme: Theme) -> NDArray[np.uint32]:
    """Pixels of a heat map, same shape as ``values``; ±scale is the full colour."""
    with np.errstate(invalid="ignore"):
        levels = np.clip(np.nan_to_num(values / (scale or 1.0)), -1, 1)
    return heat_table(theme.name)[np.round(levels * 128).astype(np.int64) + 128]


def arrowheads(points: Floats) -> list[QPolygonF]:
    """A triangle at the end of each line."""
    tips = points[:, -1]
    along = tips - points[:, -2]
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, np.newaxis]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) * _ARROW_SIZE / 2.2
    feet = tips - along * _ARROW_SIZE
    corners = np.stack([tips, feet + across, feet - across], axis=1)
    return [QPolygonF([QPointF(x, y) for x, y in head]) for head in corners.tolist()]


def heat_image(weights: Floats, theme: Theme) -> QImage:
    """A matrix of weights as pixels, the largest of them at full strength."""
    shown = strongest(weights, _MAP_CELLS)
    largest = float(np.nanmax(np.abs(shown), initial=0.0))
    scale = largest if np.isfinite(largest) else 1.0
    pixels = np.ascontiguousarray(heat_pixels(shown, scale, theme))
    rows, columns = shown.shape
    return QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()
