"""Convolutions of feature maps: z = W * x + b and a = f(z), and their transpose.

Maps are (channels, rows, columns, batch).  Each direction of either is one matrix product over
what the windows see (see ``windows``).  As everywhere in this field the kernel is not flipped:
z[o, r, c] = b[o] + Σ_{i, k, l} w[o, i, k, l] · x[i, r·stride + k·dilation - padding, …].
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from nnsim.engine.activations import ActivationSpec, make_activation
from nnsim.engine.layout import Array, Shape
from nnsim.engine.ops.base import Bound, Call, Operation, OperationSpec, Source
from nnsim.engine.ops.dense import Inlet
from nnsim.engine.ops.settling import has_dust, settled
from nnsim.engine.ops.windows import (
    Pair,
    Windows,
    gathering,
    map_size,
    multiplied_spreading,
    spreading,
)

_IDENTITY = ActivationSpec("identity")
# Up to here the longer product of multiplied_spreading costs less than what it saves.
_LONGER = 2


@dataclass(frozen=True)
class _KernelSpec(OperationSpec):
    """What convolutions and transposed ones have in common.

    ``channels``: maps that come out; ``kernel``, ``stride``, ``padding`` and ``dilation`` are
    (rows, columns).  Several sources, of equal rows and columns, are seen through a kernel each
    and added up.
    """

    node: str
    channels: int
    kernel: Pair
    sources: tuple[Source, ...]
    activation: ActivationSpec = _IDENTITY
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    has_bias: bool = True
    tied_to: str = ""

    @property
    def rows(self) -> int:
        """Maps before the activation: channels, times pieces for maxout."""
        return self.channels * self.activation.rows_per_unit

    @property
    def windows(self) -> Windows:
        """The kernel's window and how it moves."""
        return Windows(self.kernel, self.stride, self.padding, self.dilation)

    def size_of(self, sources: Sequence[Shape]) -> Pair:
        """Rows and columns of the sources.  ValueError where they differ or there are none."""
        sizes = [map_size(self.node, shape)[1:] for shape in sources]
        if len(set(sizes)) != 1:
            raise ValueError(f"{self.node} needs sources of the same rows and columns, not {sizes}")
        if self.channels < 1:
            raise ValueError(f"{self.node} needs at least one channel, not {self.channels}")
        return sizes[0]

    def _with_bias(self, shapes: dict[str, Shape]) -> dict[str, Shape]:
        return shapes | ({f"b:{self.node}": (self.rows,)} if self.has_bias else {})


@dataclass(frozen=True)
class ConvolutionSpec(_KernelSpec):
    """A convolution.  Weights "w:connection" (channels, source channels, kernel rows, columns)."""

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """(channels, rows, columns); see ``Windows.positions``."""
        return (self.channels, *self.windows.positions(self.node, self.size_of(sources)))

    def parameters(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        """A kernel for each pair of channels, and a bias for each that comes out."""
        shapes: dict[str, Shape] = {
            f"w:{source.connection}": (self.rows, shape[0], *self.kernel)
            for source, shape in zip(self.sources, sources, strict=True)
        }
        return self._with_bias(shapes)

    def operation(self, bound: Bound) -> Operation:
        return Convolution(self, bound)


@dataclass(frozen=True)
class TransposedConvolutionSpec(_KernelSpec):
    """The transpose of a convolution: every number of the source stamps its kernel on the output.

    Weights "w:connection" have the shape (source channels, channels, kernel rows, columns).
    ``output_padding``: rows and columns more at the bottom and right, less than stride or dilation,
    for of several sizes that a convolution takes to one this says which comes back.
    """

    output_padding: Pair = (0, 0)

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """(channels, rows, columns); see ``Windows.spread_size``.

        Raises ValueError where nothing would come out, or the output padding is too large.
        """
        size = self.size_of(sources)
        self.windows.check(self.node)
        limits = zip(self.output_padding, self.stride, self.dilation, strict=True)
        if not all(0 <= extra < max(stride, dilation) for extra, stride, dilation in limits):
            raise ValueError(
                f"{self.node}: output padding {self.output_padding} must be less than the stride"
                f" {self.stride} or the dilation {self.dilation}"
            )
        rows, columns = self.windows.spread_size(size, self.output_padding)
        if min(rows, columns) < 1:
            raise ValueError(
                f"{self.node}: padding {self.padding} leaves nothing of a map of {size[0]} x"
                f" {size[1]}: {rows} x {columns} would come out"
            )
        return (self.channels, rows, columns)

    def parameters(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        """A kernel for each pair of channels, and a bias for each that comes out."""
        shapes: dict[str, Shape] = {
            f"w:{source.connection}": (shape[0], self.rows, *self.kernel)
            for source, shape in zip(self.sources, sources, strict=True)
        }
        return self._with_bias(shapes)

    def operation(self, bound: Bound) -> Operation:
        return TransposedConvolution(self, bound)


@dataclass(frozen=True, eq=False)
class _Part:
    """A parameter and its stretch of the matrix that is multiplied with: same shape."""

    name: str
    matrix: Array
    gradient: Array
    weights: Array


class _KernelOperation(Operation):
    """Sources side by side, one matrix of all weights, activation, what the recorder is told.

    z and dz have shape (rows, rows of the map, columns, batch), and so do a and da but for maxout.
    """

    def __init__(self, spec: _KernelSpec, bound: Bound) -> None:
        super().__init__(spec.node)
        self._bound = bound
        self._inlet = Inlet([(port, 0, len(port.rows) - 1) for port in bound.sources])
        self.hands_on = self._inlet.dx is not None
        channels = sum(port.a.shape[0] for port in bound.sources)
        shape = (channels, *bound.sources[0].a.shape[1:])
        self._x = self._inlet.x[:-1].reshape(shape)
        dx = self._inlet.dx
        self._dx = None if dx is None else dx.reshape(shape)
        own = bound.own
        assert own.da is not None
        self._a, self._da = own.a, own.da
        self._activation = make_activation(spec.activation)
        # The identity computes nothing: z is a, and dz is da.
        is_plain = spec.activation.name == "identity"
        sums = (spec.rows, *own.a.shape[1:])
        self.z = own.a if is_plain else np.zeros(sums, own.a.dtype)
        self.dz = own.da if is_plain else np.zeros(sums, own.a.dtype)
        self._is_plain = is_plain
        self._parts: list[_Part] = []

    # -- parameters ------------------------------------------------------------------------------

    def _bring_weights(self) -> None:
        for part in self._parts:
            part.matrix[...] = part.weights

    def _collect(self) -> None:
        for part in self._parts:
            self._bound.collect(part.name, part.gradient)

    # -- running ---------------------------------------------------------------------------------

    def forward(self) -> None:
        """Writes z and a."""
        _run(self._forward)

    def backward(self) -> None:
        """Writes dz = dL/dz and the gradient of the kernels and biases."""
        _run(self._backward)

    def propagate(self) -> None:
        """Hands the gradient on to the sources."""
        # The weights may have been updated since they were multiplied with.
        self._bring_weights()
        _run(self._propagate)

    def forward_calls(self) -> list[Call]:
        """Gather, multiply, settle, activate: as far as this node needs them."""
        return self._forward

    def backward_calls(self) -> list[Call]:
        """Both, one call after the other."""
        return self._backward + (self._propagate if self.hands_on else [])

    @cached_property
    def _forward(self) -> list[Call]:
        calls: list[Call] = [self._inlet.gather] if self._inlet.needs_gathering else []
        calls += [self._bring_weights, *self._sum_calls()]
        if self._bound.settles:
            calls.append(self._settle_dust)
        if not self._is_plain:
            calls += self._activation.forward_calls(self.z, self._a)
        return calls

    @cached_property
    def _backward(self) -> list[Call]:
        calls = self._gradient_calls()
        if self._is_plain:
            return calls
        return [*self._activation.backward_calls(self.z, self._a, self._da, self.dz), *calls]

    @cached_property
    def _propagate(self) -> list[Call]:
        calls = self._source_calls()
        return [*calls, self._inlet.hand_back] if self._inlet.returns_parts else calls

    def _settle_dust(self) -> None:
        if has_dust(self.z):
            size, terms = self._size_of_addends()
            self.z[...] = settled(self.z, size, terms)

    @abstractmethod
    def _sum_calls(self) -> list[Call]:
        """What writes z."""

    @abstractmethod
    def _gradient_calls(self) -> list[Call]:
        """What writes the gradient of the parameters from dz."""

    @abstractmethod
    def _source_calls(self) -> list[Call]:
        """What writes the gradient of the sources from dz."""

    @abstractmethod
    def _size_of_addends(self) -> tuple[Array, int]:
        """The sums of the sizes of the addends of z, and at most how many they are."""

    # -- recording -------------------------------------------------------------------------------

    def quantities(self) -> Mapping[str, Array]:
        """ "z:node", the maps before the activation."""
        return {f"z:{self.nodes[0]}": self.z}

    def gradients(self) -> Mapping[str, Array]:
        """ "dz:node", their gradient."""
        return {f"dz:{self.nodes[0]}": self.dz}


def _run(calls: Iterable[Call]) -> None:
    for call in calls:
        call()


class Convolution(_KernelOperation):
    """z = M X: M = [W | b], (rows, K + 1), and X, (K + 1, positions · batch), the last row ones.

    K = source channels · kernel rows · kernel columns.  Backwards dL/dM = dz Xᵀ, and dL/dX = Wᵀ dz
    is added up where the windows lie.
    """

    def __init__(self, spec: ConvolutionSpec, bound: Bound) -> None:
        super().__init__(spec, bound)
        channels, _, _, batch = self._x.shape
        self._windows = spec.windows
        self._positions: Pair = bound.own.a.shape[1:3]
        self._k = k = channels * spec.kernel[0] * spec.kernel[1]
        width = self._positions[0] * self._positions[1] * batch
        dtype = self._x.dtype
        bias = 1 if spec.has_bias else 0
        self._seen = np.ones((k + bias, width), dtype)
        self._m = np.zeros((spec.rows, k + bias), dtype)
        self._dm = np.zeros_like(self._m)
        self._z = self.z.reshape(spec.rows, width)
        self._dz = self.dz.reshape(spec.rows, width)
        at = 0
        for source, port in zip(spec.sources, bound.sources, strict=True):
            stop = at + port.a.shape[0] * spec.kernel[0] * spec.kernel[1]
            self._add_part(f"w:{source.connection}", slice(at, stop))
            at = stop
        if bias:
            self._add_part(f"b:{spec.node}", k)

    def _add_part(self, name: str, columns: slice | int) -> None:
        weights = self._bound.w[name]
        gradient = self._dm[:, columns].reshape(weights.shape)
        matrix = self._m[:, columns]
        # The weights of a channel are contiguous, so this is a view, and follows every update.
        self._parts.append(_Part(name, matrix, gradient, weights.reshape(matrix.shape)))

    def _sum_calls(self) -> list[Call]:
        gathered = gathering(self._windows, self._x, self._seen[: self._k], self._positions)
        return [*gathered, partial(self._m.dot, self._seen, self._z)]

    def _gradient_calls(self) -> list[Call]:
        return [partial(self._dz.dot, self._seen.T, self._dm), self._collect]

    def _source_calls(self) -> list[Call]:
        assert self._dx is not None
        weights = self._m[:, : self._k]
        width, beside = self._dx.shape[2], self._positions[1]
        if self._windows.stride[1] == 1 and width <= _LONGER * beside:
            kernels = weights.reshape(len(weights), -1, *self._windows.kernel)
            return multiplied_spreading(self._windows, kernels, self.dz, self._dx)
        gradient = np.zeros((self._k, self._seen.shape[1]), self._seen.dtype)
        return [
            partial(weights.T.dot, self._dz, gradient),
            *spreading(self._windows, gradient, self._dx, self._positions),
        ]

    def _size_of_addends(self) -> tuple[Array, int]:
        size = np.abs(self._m) @ np.abs(self._seen)
        return size.reshape(self.z.shape), self._m.shape[1]


class TransposedConvolution(_KernelOperation):
    """X = Wᵀ x, (rows · kernel, positions · batch), stamped where the windows lie on z; W
    (source channels, rows · kernel).  Backwards dL/dX is what the windows see of dz, dL/dW =
    x dL/dXᵀ and dL/dx = W dL/dX.
    """

    def __init__(self, spec: TransposedConvolutionSpec, bound: Bound) -> None:
        super().__init__(spec, bound)
        channels, *positions, batch = self._x.shape
        self._windows = spec.windows
        self._positions: Pair = (positions[0], positions[1])
        width = positions[0] * positions[1] * batch
        k = spec.rows * spec.kernel[0] * spec.kernel[1]
        dtype = self._x.dtype
        self._flat = self._x.reshape(channels, width)
        self._m = np.zeros((channels, k), dtype)
        self._dm = np.zeros_like(self._m)
        self._stamps = np.zeros((k, width), dtype)
        self._dstamps = np.zeros((k, width), dtype)
        self._bias: Array | None = None
        at = 0
        for source, port in zip(spec.sources, bound.sources, strict=True):
            name = f"w:{source.connection}"
            rows = slice(at, at + port.a.shape[0])
            weights = bound.w[name]
            matrix, gradient = self._m[rows], self._dm[rows].reshape(weights.shape)
            self._parts.append(_Part(name, matrix, gradient, weights.reshape(matrix.shape)))
            at = rows.stop
        if spec.has_bias:
            self._bias = bound.w[f"b:{spec.node}"].reshape(-1, 1, 1, 1)

    def _sum_calls(self) -> list[Call]:
        return [
            partial(self._m.T.dot, self._flat, self._stamps),
            *self._spread(self._stamps, self.z, 0 if self._bias is None else self._bias),
        ]

    def _spread(self, stamps: Array, target: Array, start: Array | int) -> list[Call]:
        return spreading(self._windows, stamps, target, self._positions, start)

    def _gradient_calls(self) -> list[Call]:
        calls = gathering(self._windows, self.dz, self._dstamps, self._positions)
        calls += [partial(self._flat.dot, self._dstamps.T, self._dm), self._collect]
        if self._bias is not None:
            calls.append(self._collect_bias)
        return calls

    def _collect_bias(self) -> None:
        self._bound.collect(f"b:{self.nodes[0]}", self.dz.reshape(len(self.dz), -1).sum(axis=1))

    def _source_calls(self) -> list[Call]:
        assert self._dx is not None
        return [partial(self._m.dot, self._dstamps, self._dx.reshape(self._flat.shape))]

    def _size_of_addends(self) -> tuple[Array, int]:
        stamps = np.abs(self._m).T @ np.abs(self._flat)
        size = np.zeros_like(self.z)
        _run(self._spread(stamps, size, 0 if self._bias is None else np.abs(self._bias)))
        down, right = self._windows.kernel
        return size, len(self._m) * down * right + 1
