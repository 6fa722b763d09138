"""Heat maps: values as colours by look-up in a table, blue above the middle and orange below."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from nnsim.session.scales import Scale
from nnsim.ui.bridge.theme import Theme

Floats = NDArray[np.float64]

#: Colours of a table of ``shades``, without that of what is not a number.
SHADES = 255


def shades(theme: Theme) -> NDArray[np.uint32]:
    """Colours of the shares from -1 to 1 and, last, of what is not a number; shape (256,)."""
    shares = np.linspace(-1, 1, SHADES).tolist()
    colors = [QColor(share_color(theme, share)).rgb() for share in shares]
    return np.array([*colors, theme.color("border").rgb()], dtype=np.uint32)


def heat_image(values: Floats, scale: Scale, table: NDArray[np.uint32]) -> QImage:
    """A grid of values, shape (rows, columns), as colours by look-up in a table of ``shades``."""
    with np.errstate(invalid="ignore", over="ignore"):
        places = (values - scale.low) * ((SHADES - 1) / (2 * scale.reach))
        shade = np.where(np.isnan(places), SHADES, np.clip(places, 0, SHADES - 1))
    return image_of(table[shade.astype(np.intp)])


def image_of(pixels: NDArray[np.uint32]) -> QImage:
    """An image of these pixels (0xffRRGGBB), shape (rows, columns); its first row is the first."""
    rows, columns = pixels.shape
    pixels = np.ascontiguousarray(pixels)
    # A copy, for an image does not keep alive the array it looks at.
    return QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()


def share_color(theme: Theme, share: float) -> str:
    """The colour of a share from -1 to 1 of a heat map, "#rrggbb"."""
    role_of = "positive" if share > 0 else "negative"
    return theme.mixed(role_of, 0.62 * abs(share)).name()
