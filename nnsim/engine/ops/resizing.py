"""Upsampling of feature maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnsim.engine.layout import Shape
from nnsim.engine.ops.base import Bound, Operation, OperationSpec, Source, only_source
from nnsim.engine.ops.windows import Pair, map_size


@dataclass(frozen=True)
class UpsamplingSpec(OperationSpec):
    """Nearest neighbour: every number becomes ``factors`` (rows, columns) equal ones."""

    node: str
    factors: Pair
    sources: tuple[Source, ...]
    tied_to: str = ""

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """(channels, rows, columns).  ValueError where the source is no map or a factor < 1."""
        channels, rows, columns = map_size(self.node, only_source(self.node, sources))
        if len(self.factors) != 2 or min(self.factors) < 1:
            raise ValueError(f"{self.node}: factors are {self.factors}, and need two numbers >= 1")
        return channels, rows * self.factors[0], columns * self.factors[1]

    def operation(self, bound: Bound) -> Operation:
        return Upsampling(self, bound)


class Upsampling(Operation):
    """a[c, r, k] = x[c, r // factor, k // factor]."""

    def __init__(self, spec: UpsamplingSpec, bound: Bound) -> None:
        super().__init__(spec.node)
        (self._source,) = bound.sources
        channels, rows, columns, batch = self._source.a.shape
        down, right = spec.factors
        blocks = (channels, rows, down, columns, right, batch)
        self._blocks = bound.own.a.reshape(blocks)
        self._values = self._source.a[:, :, np.newaxis, :, np.newaxis]
        assert bound.own.da is not None
        self._dblocks = bound.own.da.reshape(blocks)
        self.hands_on = self._source.da is not None

    def forward(self) -> None:
        """Writes a."""
        self._blocks[...] = self._values

    def propagate(self) -> None:
        """Every number gets the sum of the gradients of those it became."""
        # Rows first: these additions run over long stretches.
        self._source.give(self._dblocks.sum(axis=2).sum(axis=3))
