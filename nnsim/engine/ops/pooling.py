"""Pooling: of what a window sees of each channel, the largest value or the mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from nnsim.engine.layout import Array, Shape
from nnsim.engine.ops.base import Bound, Call, Operation, OperationSpec, Port, Source, only_source
from nnsim.engine.ops.settling import has_dust, settled
from nnsim.engine.ops.windows import Padded, Pair, Windows, map_size


@dataclass(frozen=True)
class _PoolingSpec(OperationSpec):
    """``stride`` None: that of the kernel, windows side by side.  Rows and columns that no window
    reaches are left out.
    """

    node: str
    kernel: Pair
    sources: tuple[Source, ...]
    stride: Pair | None = None
    padding: Pair = (0, 0)
    tied_to: str = ""

    @property
    def windows(self) -> Windows:
        """The window and how it moves."""
        return Windows(self.kernel, self.stride or self.kernel, self.padding)

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """(channels, rows, columns).  ValueError where no window fits, or one could see nothing."""
        channels, *size = map_size(self.node, only_source(self.node, sources))
        positions = self.windows.positions(self.node, (size[0], size[1]))
        if any(2 * pad > side for pad, side in zip(self.padding, self.kernel, strict=True)):
            raise ValueError(
                f"{self.node}: padding {self.padding} is more than half of the kernel {self.kernel}"
            )
        return (channels, *positions)


@dataclass(frozen=True)
class MaxPoolingSpec(_PoolingSpec):
    """a = the largest number in each window; the gradient goes to it, in a tie to the first.

    Padding never wins.  NaN wins over every number, of several the last (as in PyTorch).
    """

    def operation(self, bound: Bound) -> Operation:
        return MaxPooling(self, bound)


@dataclass(frozen=True)
class AveragePoolingSpec(_PoolingSpec):
    """a = the mean of each window.

    ``counts_padding``: what the padding adds are zeros like others, and the sum is divided by the
    size of the kernel; else by how many numbers of the map the window sees.
    """

    counts_padding: bool = True

    def operation(self, bound: Bound) -> Operation:
        return AveragePooling(self, bound)


class _Pooling(Operation):
    """The source with its padding, and the gradient that is handed back to it."""

    def __init__(self, spec: _PoolingSpec, bound: Bound, border: float) -> None:
        super().__init__(spec.node)
        (self._source,) = bound.sources
        self._own = bound.own
        self._windows = spec.windows
        self._positions: Pair = bound.own.a.shape[1:3]
        self._padded = Padded(spec.windows, self._source.a, border)
        self._seen = spec.windows.seen(self._padded.array, self._positions)
        self.hands_on = self._source.da is not None
        assert bound.own.da is not None
        self._da = bound.own.da
        self._dx = self._gradient_of(self._source)
        self._gives = self._dx is not self._source.da

    def _gradient_of(self, source: Port) -> Array | None:
        """Gradient w.r.t. the padded source: where it can, the source's own."""
        if source.da is None:
            return None
        is_direct = not source.is_shared and self._padded.array is source.a
        return source.da if is_direct else np.zeros_like(self._padded.array)

    def _hand_back(self) -> list[Call]:
        if not self._gives or self._dx is None:
            return []
        return [partial(self._source.give, self._windows.inner(self._dx))]


class MaxPooling(_Pooling):
    """a = max over the window.

    ``winner``: where in its window the largest number stands, row · kernel columns + column, shape
    (channels, rows, columns, batch), whole numbers.
    """

    def __init__(self, spec: MaxPoolingSpec, bound: Bound) -> None:
        super().__init__(spec, bound, border=-np.inf)
        a = bound.own.a
        count = spec.kernel[0] * spec.kernel[1]
        kind = np.min_scalar_type(count - 1)
        self.winner = np.zeros(a.shape, kind)
        self._first = self._first_inside(kind)
        self._wins = np.zeros(a.shape, bool)
        #: what stands at each place of the windows, (kernel rows · columns, *shape of a)
        self._values = np.zeros((count, *a.shape), a.dtype)
        self._forward = self._forward_calls()
        self._propagate = self._propagate_calls()

    def _first_inside(self, kind: np.dtype[Any]) -> Array:
        """The first place of each window that is not padding, (rows, columns, 1)."""
        starts = [
            np.maximum(pad - step * np.arange(count), 0)
            for pad, step, count in zip(
                self._windows.padding, self._windows.stride, self._positions, strict=True
            )
        ]
        first = starts[0][:, np.newaxis] * self._windows.kernel[1] + starts[1]
        return first[..., np.newaxis].astype(kind)

    def forward(self) -> None:
        """Writes a and the winners."""
        for call in self._forward:
            call()
        a = self._own.a
        if a.dtype != object and np.isnan(a, out=self._wins).any():
            for k, value in enumerate(self._values):
                self.winner[np.isnan(value)] = k

    def propagate(self) -> None:
        """The gradient of each window goes to its winner."""
        for call in self._propagate:
            call()

    def _forward_calls(self) -> list[Call]:
        a, winner, wins = self._own.a, self.winner, self._wins
        candidate = np.zeros_like(winner)
        # One copy that puts side by side what is compared: comparing is much faster then.
        seen = np.moveaxis(self._seen, 0, 2)
        calls: list[Call] = [
            *self._padded.calls,
            partial(np.copyto, self._values.reshape(seen.shape), seen),
            partial(np.copyto, a, self._values[0]),
            partial(np.copyto, winner, self._first),
        ]
        for k, value in enumerate(self._values[1:], start=1):
            calls += [
                partial(np.greater, value, a, wins),
                partial(np.maximum, a, value, out=a),
                # Places come in order: the later winner has the larger number.
                partial(np.multiply, wins.view(np.uint8), winner.dtype.type(k), candidate),
                partial(np.maximum, winner, candidate, out=winner),
            ]
        return calls

    def _propagate_calls(self) -> list[Call]:
        if self._dx is None:
            return []
        stride, kernel = self._windows.stride, self._windows.kernel
        rows, columns = self._padded.array.shape[1:3]
        # Side by side, windows share no number, and each number's gradient is written, not added.
        is_apart = stride[0] >= kernel[0] and stride[1] >= kernel[1]
        reached = (self._positions[0] * stride[0], self._positions[1] * stride[1])
        calls: list[Call] = []
        if not (stride == kernel and reached == (rows, columns)):
            calls.append(partial(self._dx.fill, 0))
        targets = np.moveaxis(self._windows.seen(self._dx, self._positions), 0, 2)
        places = np.arange(len(self._values), dtype=self.winner.dtype)
        wins = np.zeros(self._values.shape, bool)
        # Nobody needs what the windows saw any more.
        shares = self._values
        calls += [
            partial(np.equal, self.winner, places.reshape(-1, 1, 1, 1, 1), wins),
            partial(np.multiply, self._da, wins, shares),
        ]
        if is_apart:
            calls.append(partial(np.copyto, targets, shares.reshape(targets.shape)))
        else:
            for k, share in enumerate(shares):
                target = targets[k // kernel[1], k % kernel[1]]
                calls.append(partial(np.add, target, share, target))
        return calls + self._hand_back()

    def quantities(self) -> Mapping[str, Array]:
        """ "winner:node"."""
        return {f"winner:{self.nodes[0]}": self.winner}


class AveragePooling(_Pooling):
    """a = the sum over the window / how many count.

    Rows are added first and columns then: kernel rows + kernel columns additions.
    """

    def __init__(self, spec: AveragePoolingSpec, bound: Bound) -> None:
        super().__init__(spec, bound, border=0)
        self._settles = bound.settles
        x, a = self._padded.array, bound.own.a
        down, right = spec.kernel
        below, beside = self._positions
        self._share = self._shares(spec.counts_padding)
        self._bands = np.zeros((x.shape[0], below, *x.shape[2:]), x.dtype)
        self._forward: list[Call] = [*self._padded.calls, partial(self._bands.fill, 0)]
        for k in range(down):
            rows = x[:, spec.windows.rows_at(k, below)]
            self._forward.append(partial(np.add, self._bands, rows, out=self._bands))
        self._forward.append(partial(a.fill, 0))
        for k in range(right):
            strip = self._bands[:, :, spec.windows.columns_at(k, beside)]
            self._forward.append(partial(np.add, a, strip, out=a))
        self._forward.append(partial(np.multiply, a, self._share, out=a))

    def _shares(self, counts_padding: bool) -> Array:
        """1 / how many count in each window, (rows, columns, 1), or (1, 1, 1)."""
        down, right = self._windows.kernel
        counts = np.full((1, 1, 1), down * right)
        if not counts_padding and self._windows.padding != (0, 0):
            is_inside = np.zeros((1, *self._padded.array.shape[1:3], 1), int)
            self._windows.inner(is_inside)[...] = 1
            counts = self._windows.seen(is_inside, self._positions)[0].sum(axis=(0, 1))
        if self._own.a.dtype == object:
            return np.array([Fraction(1, n) for n in counts.flat], object).reshape(counts.shape)
        return (1.0 / counts).astype(self._own.a.dtype)

    def forward(self) -> None:
        """Writes a."""
        for call in self._forward:
            call()
        if self._settles and has_dust(self._own.a):
            size = np.abs(self._seen).sum(axis=(1, 2)) * self._share
            down, right = self._windows.kernel
            self._own.a[...] = settled(self._own.a, size, down * right)

    def propagate(self) -> None:
        """Each number gets its share of the gradients of the windows that see it."""
        assert self._dx is not None
        (down, right), (below, beside) = self._windows.kernel, self._positions
        share = self._da * self._share
        self._bands.fill(0)
        for k in range(right):
            strip = self._bands[:, :, self._windows.columns_at(k, beside)]
            np.add(strip, share, out=strip)
        self._dx.fill(0)
        for k in range(down):
            rows = self._dx[:, self._windows.rows_at(k, below)]
            np.add(rows, self._bands, out=rows)
        for call in self._hand_back():
            call()
