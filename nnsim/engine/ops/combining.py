"""Nodes without parameters that put values together, take parts of them, or pass them on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnsim.engine.activations import ActivationSpec, make_activation
from nnsim.engine.layout import Array, Shape
from nnsim.engine.ops.base import Bound, Operation, OperationSpec, Source, only_source


def _same(node: str, sources: Sequence[Shape]) -> Shape:
    if not sources or any(shape != sources[0] for shape in sources):
        raise ValueError(f"{node} needs sources of the same shape, not {list(sources)}")
    return sources[0]


@dataclass(frozen=True)
class AddSpec(OperationSpec):
    """a = the sum of the sources, element by element."""

    node: str
    sources: tuple[Source, ...]
    tied_to: str = ""

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """That of the sources.  Raises ValueError where they differ."""
        return _same(self.node, sources)

    def operation(self, bound: Bound) -> Operation:
        return Add(self.node, bound)


@dataclass(frozen=True)
class MultiplySpec(OperationSpec):
    """a = the product of the sources, element by element (Hadamard)."""

    node: str
    sources: tuple[Source, ...]
    tied_to: str = ""

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """That of the sources.  Raises ValueError where they differ."""
        return _same(self.node, sources)

    def operation(self, bound: Bound) -> Operation:
        return Multiply(self.node, bound)


@dataclass(frozen=True)
class ConcatenateSpec(OperationSpec):
    """The sources one after the other along an axis of a sample: units or channels are axis 0."""

    node: str
    sources: tuple[Source, ...]
    axis: int = 0
    tied_to: str = ""

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """Sizes add up along the axis.  Raises ValueError where the others differ."""
        axis = self.axis
        if not sources or not all(0 <= axis < len(shape) for shape in sources):
            raise ValueError(f"{self.node}: not all of {list(sources)} have an axis {axis}")
        before, after = sources[0][:axis], sources[0][axis + 1 :]
        if any((shape[:axis], shape[axis + 1 :]) != (before, after) for shape in sources):
            raise ValueError(
                f"{self.node}: {list(sources)} differ in more than the axis {axis} they join along"
            )
        return (*before, sum(shape[axis] for shape in sources), *after)

    def operation(self, bound: Bound) -> Operation:
        return Concatenate(self, bound)


@dataclass(frozen=True)
class SliceSpec(OperationSpec):
    """``start`` … ``stop`` (the latter not included) of the source along an axis of a sample."""

    node: str
    start: int
    stop: int
    sources: tuple[Source, ...]
    axis: int = 0
    tied_to: str = ""

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """That of the part.  Raises ValueError where the source has no such part."""
        shape = only_source(self.node, sources)
        if not 0 <= self.axis < len(shape) or not 0 <= self.start < self.stop <= shape[self.axis]:
            raise ValueError(
                f"{self.node}: {shape} has no part {self.start} … {self.stop} along {self.axis}"
            )
        return (*shape[: self.axis], self.stop - self.start, *shape[self.axis + 1 :])

    def operation(self, bound: Bound) -> Operation:
        return Slice(self, bound)


@dataclass(frozen=True)
class StopGradientSpec(OperationSpec):
    """a = the source, through which no gradient goes back."""

    node: str
    sources: tuple[Source, ...]
    tied_to: str = ""
    passes_gradient = False

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """That of the source."""
        return only_source(self.node, sources)

    def operation(self, bound: Bound) -> Operation:
        return StopGradient(self.node, bound)


@dataclass(frozen=True)
class ActivationNodeSpec(OperationSpec):
    """a = f(source); units or channels are the first axis, which matters for softmax and maxout."""

    node: str
    activation: ActivationSpec
    sources: tuple[Source, ...]
    tied_to: str = ""

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """That of the source; its first axis divided by the pieces for maxout, or ValueError."""
        first, *rest = only_source(self.node, sources)
        pieces = self.activation.rows_per_unit
        if first % pieces:
            raise ValueError(f"{self.node}: {first} units are not divisible by {pieces} pieces")
        return (first // pieces, *rest)

    def operation(self, bound: Bound) -> Operation:
        return ActivationNode(self, bound)


class _Unlearning(Operation):
    """What the operations here share: sources, and values and gradient of the own port."""

    def __init__(self, node: str, bound: Bound) -> None:
        super().__init__(node)
        self._sources = bound.sources
        self._a = bound.own.a
        assert bound.own.da is not None
        self._da = bound.own.da
        self.hands_on = any(source.da is not None for source in bound.sources)


class Add(_Unlearning):
    """See ``AddSpec``: every source gets the gradient as it is."""

    def forward(self) -> None:
        self._a[...] = self._sources[0].a
        for source in self._sources[1:]:
            np.add(self._a, source.a, out=self._a)

    def propagate(self) -> None:
        for source in self._sources:
            source.give(self._da)


class Multiply(_Unlearning):
    """See ``MultiplySpec``: every source gets the gradient times all the others."""

    def forward(self) -> None:
        self._a[...] = self._sources[0].a
        for source in self._sources[1:]:
            np.multiply(self._a, source.a, out=self._a)

    def propagate(self) -> None:
        for number, source in enumerate(self._sources):
            if source.da is None:
                continue
            # Not a / x, which has no answer at x = 0.
            gradient = self._da.copy()
            for other, factor in enumerate(self._sources):
                if other != number:
                    np.multiply(gradient, factor.a, out=gradient)
            source.give(gradient)


class Concatenate(_Unlearning):
    """See ``ConcatenateSpec``: every source gets its part of the gradient."""

    def __init__(self, spec: ConcatenateSpec, bound: Bound) -> None:
        super().__init__(spec.node, bound)
        ends = np.cumsum([source.a.shape[spec.axis] for source in bound.sources])[:-1]
        self._parts: list[Array] = np.split(self._a, ends, spec.axis)
        self._gradients: list[Array] = np.split(self._da, ends, spec.axis)

    def forward(self) -> None:
        for part, source in zip(self._parts, self._sources, strict=True):
            part[...] = source.a

    def propagate(self) -> None:
        for gradient, source in zip(self._gradients, self._sources, strict=True):
            source.give(gradient)


class Slice(_Unlearning):
    """See ``SliceSpec``: the rest of the source gets the gradient 0."""

    def __init__(self, spec: SliceSpec, bound: Bound) -> None:
        super().__init__(spec.node, bound)
        (source,) = bound.sources
        part = (*(slice(None) for _ in range(spec.axis)), slice(spec.start, spec.stop))
        self._x = source.a[part]
        self._dx = None if source.da is None else source.da[part]
        self._whole = None if source.is_shared else source.da

    def forward(self) -> None:
        self._a[...] = self._x

    def propagate(self) -> None:
        assert self._dx is not None
        if self._whole is not None:
            # Nobody else writes there.
            self._whole[...] = 0
        np.add(self._dx, self._da, out=self._dx)


class StopGradient(_Unlearning):
    """See ``StopGradientSpec``: the source gets the gradient 0."""

    def forward(self) -> None:
        self._a[...] = self._sources[0].a

    def propagate(self) -> None:
        (source,) = self._sources
        if source.da is not None and not source.is_shared:
            source.da[...] = 0


class ActivationNode(_Unlearning):
    """See ``ActivationNodeSpec``."""

    def __init__(self, spec: ActivationNodeSpec, bound: Bound) -> None:
        super().__init__(spec.node, bound)
        self.activation = make_activation(spec.activation)
        (self._source,) = bound.sources

    def forward(self) -> None:
        self.activation.forward(self._source.a, self._a)

    def propagate(self) -> None:
        source = self._source
        if source.da is not None and not source.is_shared:
            self.activation.backward(source.a, self._a, self._da, source.da)
        else:
            source.give(self.activation.backward(source.a, self._a, self._da))
