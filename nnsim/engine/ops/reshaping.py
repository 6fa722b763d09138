"""The same numbers in another shape."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from nnsim.engine.layout import Array, Shape
from nnsim.engine.ops.base import Bound, Call, Operation, OperationSpec, Source, only_source


@dataclass(frozen=True)
class FlattenSpec(OperationSpec):
    """All numbers of a sample one after the other: channel by channel, row by row."""

    node: str
    sources: tuple[Source, ...]
    tied_to: str = ""

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """(units,).  ValueError for other than one source."""
        return (math.prod(only_source(self.node, sources)),)

    def operation(self, bound: Bound) -> Operation:
        return Reshaping(self.node, bound)


@dataclass(frozen=True)
class ReshapeSpec(OperationSpec):
    """A sample's numbers, in their order, as ``sizes``."""

    node: str
    sizes: Shape
    sources: tuple[Source, ...]
    tied_to: str = ""

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """``sizes``.  ValueError where they hold another count, or for other than one source."""
        source = only_source(self.node, sources)
        if min(self.sizes, default=1) < 1 or math.prod(self.sizes) != math.prod(source):
            raise ValueError(
                f"{self.node}: {math.prod(source)} numbers {source} do not fit into {self.sizes}"
            )
        return self.sizes

    def operation(self, bound: Bound) -> Operation:
        return Reshaping(self.node, bound)


class Reshaping(Operation):
    """One copy either way: the order of the numbers stays."""

    def __init__(self, node: str, bound: Bound) -> None:
        super().__init__(node)
        (self._source,) = bound.sources
        self._a = bound.own.a
        self._values = self._source.a.reshape(self._a.shape)
        assert bound.own.da is not None
        self._gradient: Array = bound.own.da.reshape(self._source.a.shape)
        self.hands_on = self._source.da is not None

    def forward(self) -> None:
        """Writes a."""
        self._a[...] = self._values

    def propagate(self) -> None:
        """Hands da on in the shape of the source."""
        self._source.give(self._gradient)

    def backward_calls(self) -> list[Call]:
        """There are no parameters."""
        return [partial(self._source.give, self._gradient)] if self.hands_on else []
