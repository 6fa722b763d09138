"""Windows that slide over feature maps: where they lie, gathering them and adding them back.

Maps are (channels, rows, columns, batch).  What all windows see is a matrix with a row for every
(channel, row, column) of the window and a column for every (position, sample): then a convolution
is one matrix product.  Source: Chellapilla et al. 2006, section 3 (im2col, col2im).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nnsim.engine.layout import Array, Shape
from nnsim.engine.ops.base import Call

#: (rows, columns)
Pair: TypeAlias = tuple[int, int]


def map_size(node: str, shape: Shape) -> tuple[int, int, int]:
    """(channels, rows, columns) of what comes into a node.  ValueError where it is no map."""
    if len(shape) != 3:
        raise ValueError(f"{node} needs a map (channels, rows, columns), and gets {shape}")
    channels, rows, columns = shape
    return channels, rows, columns


@dataclass(frozen=True)
class Windows:
    """The size of a window, and how it moves; every field is (rows, columns).

    ``stride``: steps from one window to the next; ``padding``: rows and columns put around the
    map on each side; ``dilation``: distance between neighbours within the window.
    """

    kernel: Pair
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)

    def check(self, node: str) -> None:
        """ValueError where a size makes no sense."""
        for name, least in (("kernel", 1), ("stride", 1), ("padding", 0), ("dilation", 1)):
            pair: Pair = getattr(self, name)
            if len(pair) != 2 or min(pair) < least:
                raise ValueError(f"{node}: {name} is {pair}, and needs two numbers >= {least}")

    @property
    def span(self) -> Pair:
        """Rows and columns from the first to the last that a window sees."""
        (rows, columns), (down, right) = self.kernel, self.dilation
        return down * (rows - 1) + 1, right * (columns - 1) + 1

    def padded(self, size: Pair) -> Pair:
        """Rows and columns of a map with its padding."""
        return size[0] + 2 * self.padding[0], size[1] + 2 * self.padding[1]

    def positions(self, node: str, size: Pair) -> Pair:
        """How many windows lie below and beside each other on a map of this size.

        floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1.  ValueError where not
        even one does.
        """
        self.check(node)
        (rows, columns), span = self.padded(size), self.span
        if rows < span[0] or columns < span[1]:
            raise ValueError(
                f"{node}: a window over {span[0]} x {span[1]} does not fit into a map of"
                f" {size[0]} x {size[1]} with padding {self.padding[0]}, {self.padding[1]}"
            )
        return (rows - span[0]) // self.stride[0] + 1, (columns - span[1]) // self.stride[1] + 1

    def spread_size(self, size: Pair, output_padding: Pair) -> Pair:
        """Rows and columns of the map over which windows at ``size`` positions are laid.

        (size - 1) stride - 2 padding + dilation (kernel - 1) + 1 + output_padding.
        """
        span, stride, padding = self.span, self.stride, self.padding
        return (
            (size[0] - 1) * stride[0] - 2 * padding[0] + span[0] + output_padding[0],
            (size[1] - 1) * stride[1] - 2 * padding[1] + span[1] + output_padding[1],
        )

    def inner(self, padded: Array) -> Array:
        """The map within its padding."""
        (down, right), (_, rows, columns, _) = self.padding, padded.shape
        return padded[:, down : rows - down, right : columns - right]

    def seen(self, padded: Array, positions: Pair) -> Array:
        """What the windows see, as a view (channels, *kernel, *positions, batch).

        Windows overlap: one number of the map may stand at several places of the view.
        """
        channel, row, column, sample = padded.strides
        (down, right), (below, beside) = self.dilation, self.stride
        return as_strided(
            padded,
            (padded.shape[0], *self.kernel, *positions, padded.shape[3]),
            (channel, row * down, column * right, row * below, column * beside, sample),
        )

    def rows_at(self, k: int, positions: int) -> slice:
        """The rows of the padded map that row k of all windows sees."""
        return _stretch(k, positions, self.dilation[0], self.stride[0])

    def columns_at(self, k: int, positions: int) -> slice:
        """The columns of the padded map that column k of all windows sees."""
        return _stretch(k, positions, self.dilation[1], self.stride[1])


def _stretch(k: int, positions: int, dilation: int, stride: int) -> slice:
    start = k * dilation
    return slice(start, start + (positions - 1) * stride + 1, stride)


class Padded:
    """A map with its padding: the map itself where there is none, else a copy inside a border."""

    def __init__(self, windows: Windows, source: Array, border: float = 0) -> None:
        self.calls: list[Call] = []
        self.array = source
        if windows.padding != (0, 0):
            channels, rows, columns, batch = source.shape
            shape = (channels, *windows.padded((rows, columns)), batch)
            self.array = np.full(shape, border, source.dtype)
            self.calls.append(partial(np.copyto, windows.inner(self.array), source))


def gathering(windows: Windows, source: Array, columns: Array, positions: Pair) -> list[Call]:
    """Writes what the windows see of a map into ``columns`` (im2col).

    ``columns``: (channels · kernel rows · kernel columns, positions · batch).
    """
    padded = Padded(windows, source)
    seen = windows.seen(padded.array, positions)
    return [*padded.calls, partial(np.copyto, columns.reshape(seen.shape), seen)]


def spreading(
    windows: Windows,
    columns: Array,
    target: Array,
    positions: Pair,
    start: Array | int = 0,
) -> list[Call]:
    """Adds the windows in ``columns`` up where they lie on ``target`` (col2im).

    ``target`` begins as ``start``, (channels, 1, 1, 1).  The rows of the windows are added first
    and the columns then: kernel rows + kernel columns additions, most of them over long stretches.
    """
    channels, rows, width, batch = target.shape
    (down, right), (below, beside) = windows.kernel, positions
    high, wide = windows.padded((rows, width))
    parts = columns.reshape(channels, down, right, below, beside, batch)
    bands = np.zeros((channels, right, high, beside, batch), target.dtype)
    has_border = windows.padding != (0, 0)
    whole = np.zeros((channels, high, wide, batch), target.dtype) if has_border else target
    calls = _adding_rows(windows, parts, bands)
    calls.append(partial(np.copyto, whole, start))
    for k in range(right):
        strip = whole[:, :, windows.columns_at(k, beside)]
        calls.append(partial(np.add, strip, bands[:, k], out=strip))
    if has_border:
        calls.append(partial(np.copyto, target, windows.inner(whole)))
    return calls


def _adding_rows(windows: Windows, parts: Array, bands: Array) -> list[Call]:
    """Adds rows of windows up where they lie.

    ``parts``: (channels, kernel rows, …, positions, columns, batch); ``bands``: (channels, …, rows
    with padding, columns, batch), overwritten.
    """
    below = parts.shape[-3]
    if windows.stride[0] == 1:
        # The first row of the windows is brought, not added to zeros: one pass less over memory.
        calls: list[Call] = [partial(np.copyto, bands[..., :below, :, :], parts[:, 0])]
        calls += [partial(bands[..., below:, :, :].fill, 0)]
    else:
        calls = [partial(bands.fill, 0)]
    for k in range(1 if windows.stride[0] == 1 else 0, windows.kernel[0]):
        band = bands[..., windows.rows_at(k, below), :, :]
        calls.append(partial(np.add, band, parts[:, k], out=band))
    return calls


def multiplied_spreading(
    windows: Windows, weights: Array, values: Array, target: Array
) -> list[Call]:
    """As ``spreading`` of weightsᵀ values, for windows that move by one column at a time.

    ``weights``: (rows, channels, *kernel); ``values``: (rows, *positions, batch).  What reaches a
    column of the map through the columns of the windows is gathered first, and the product adds
    it up: (channels · kernel rows, rows · kernel columns) times (rows · kernel columns, positions
    below · columns of the map · batch).  It is longer than that of ``spreading`` where windows lie
    only partly on the map, but there is far less to add behind it.
    """
    count, channels, down, right = weights.shape
    _, below, beside, batch = values.shape
    _, rows, width, _ = target.shape
    padding, dilation = windows.padding[1], windows.dilation[1]
    # Column q of the map is seen at position q + padding - k · dilation by column k of a window.
    margin = dilation * (right - 1)
    length = max(width + padding, beside) + margin
    bordered = np.zeros((count, below, length, batch), values.dtype)
    row, high, column, sample = bordered.strides
    facing = as_strided(
        bordered[:, :, padding + margin :],
        (count, right, below, width, batch),
        (row, -dilation * column, high, column, sample),
    )
    gathered = np.zeros(facing.shape, values.dtype)
    turned = np.zeros((channels, down, count, right), values.dtype)
    products = np.zeros((channels, down, below, width, batch), values.dtype)
    has_border = windows.padding[0] > 0
    top = windows.padding[0]
    bands = target
    if has_border:
        bands = np.zeros((channels, rows + 2 * top, width, batch), values.dtype)
    calls: list[Call] = [
        partial(np.copyto, bordered[:, :, margin : margin + beside], values),
        partial(np.copyto, gathered, facing),
        partial(np.copyto, turned, weights.transpose(1, 2, 0, 3)),
        partial(
            turned.reshape(channels * down, -1).dot,
            gathered.reshape(count * right, -1),
            products.reshape(channels * down, -1),
        ),
        *_adding_rows(windows, products, bands),
    ]
    if has_border:
        calls.append(partial(np.copyto, target, bands[:, top : top + rows]))
    return calls
