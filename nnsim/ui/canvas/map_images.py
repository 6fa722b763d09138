"""Heat maps as small images for the nodes: a disc for a neuron, a rounded square for what is not.

The corners are transparent pixels and not a clip, which files of lines (SVG) know nothing of.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from nnsim.document.model import Floats
from nnsim.ui.bridge.shading import SHADES

Pixels = NDArray[np.uint32]

#: Pixels a side of an image: about as many as a neuron has on screen at 100 %.
SIDE = 84
#: Most pixels a side where many images stand in a block.
TILE_SIDE = 42
# Corners of what is no disc, as a share of the side.
_CORNER = 0.17


def tile_images(shares: Floats, table: Pixels) -> tuple[QImage, ...]:
    """As ``map_images``, with no more pixels than a small tile has use for."""
    step = -(-shares.shape[2] // TILE_SIDE)
    shares = shares[:, ::step, ::step]
    return map_images(shares, table, is_disc=False, size=shares.shape[2])


def map_images(
    shares: Floats, table: Pixels, is_disc: bool, size: int = SIDE
) -> tuple[QImage, ...]:
    """An image for each unit of ``shares``, shape (units, rows, side), the first row lowest.

    ``size``: pixels a side, a multiple of ``side``.  ``table`` has the colours, as ``shades`` makes
    them.  A single row is a function of one input: it is drawn as the area between it and the
    middle.
    """
    with np.errstate(invalid="ignore"):
        levels = np.where(np.isnan(shares), SHADES, np.rint((shares + 1) * ((SHADES - 1) / 2)))
    pixels = table[levels.astype(np.intp)]
    if shares.shape[1] == 1:
        large = _areas(shares, pixels, table, size)
    else:
        each = size // shares.shape[2]
        large = pixels[:, ::-1].repeat(each, axis=1).repeat(each, axis=2)
    shaped = (large & np.uint32(0x00FFFFFF)) | _alpha(is_disc, size)
    return tuple(_image(unit) for unit in shaped)


def _areas(shares: Floats, pixels: Pixels, table: Pixels, size: int) -> Pixels:
    """Between the middle of the scale and the value in the colour of the value, else bare."""
    each = size // shares.shape[2]
    heights = np.linspace(1.0, -1.0, size)[np.newaxis, :, np.newaxis]
    values = shares.repeat(each, axis=2)
    with np.errstate(invalid="ignore"):
        inside = (np.abs(heights) <= np.abs(values)) & (heights * values >= 0)
    colors = pixels.repeat(each, axis=2)
    return np.where(inside | np.isnan(values), colors, table[SHADES // 2])


@functools.cache
def _alpha(is_disc: bool, size: int) -> Pixels:
    """How much of each pixel is inside the shape, as the highest byte; shape (size, size)."""
    middles = np.abs(np.arange(size) + 0.5 - size / 2)
    radius = size / 2 if is_disc else _CORNER * size
    beyond = np.maximum(middles - (size / 2 - radius), 0.0)
    away = np.hypot(beyond[:, np.newaxis], beyond[np.newaxis, :])
    inside = np.clip(radius - away + 0.5, 0.0, 1.0)
    return np.rint(inside * 255).astype(np.uint32) << np.uint32(24)


def _image(pixels: Pixels) -> QImage:
    pixels = np.ascontiguousarray(pixels)
    size = len(pixels)
    looked_at = QImage(pixels.data, size, size, 4 * size, QImage.Format.Format_ARGB32)
    # A copy, for an image does not keep alive the array it looks at; and as painting wants it.
    return looked_at.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
