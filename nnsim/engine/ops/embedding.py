"""An embedding: whole numbers become vectors that are learnt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnsim.engine.layout import Array, Shape
from nnsim.engine.ops.base import Bound, Operation, OperationSpec, Source


@dataclass(frozen=True)
class EmbeddingSpec(OperationSpec):
    """Looks rows of a table up: (steps,) whole numbers from 0 -> (steps, features).

    The table, "w:connection", has shape (entries, features).  It is what a dense layer without a
    bias makes of indices written as one-hot vectors.
    """

    node: str
    entries: int
    features: int
    sources: tuple[Source, ...]
    tied_to: str = ""

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """(steps, features).  Raises ValueError unless there is one source of shape (steps,)."""
        if len(sources) != 1 or len(sources[0]) != 1:
            raise ValueError(f"{self.node} needs one source of indices, (steps,)")
        return (sources[0][0], self.features)

    def parameters(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        """The table."""
        return {f"w:{self.sources[0].connection}": (self.entries, self.features)}

    def operation(self, bound: Bound) -> Operation:
        """The look-up."""
        return Embedding(self, bound)


class Embedding(Operation):
    """Indices have no gradient: where a source asks for one it is given zeros."""

    def __init__(self, spec: EmbeddingSpec, bound: Bound) -> None:
        super().__init__(spec.node)
        self._spec, self._bound = spec, bound
        self._name = f"w:{spec.sources[0].connection}"
        (self._source,) = bound.sources
        self._rows = np.zeros(self._source.a.shape, np.int64)
        self.hands_on = self._source.da is not None

    def forward(self) -> None:
        """Writes the rows looked up.

        Raises ValueError for a value that is not a whole number from 0 to entries - 1.
        """
        indices = self._source.a
        # Written so that NaN fails, too.
        if not ((indices >= 0) & (indices < self._spec.entries) & (indices % 1 == 0)).all():
            raise ValueError(
                f"{self._spec.node} looks up whole numbers from 0 to {self._spec.entries - 1}"
            )
        self._rows[...] = indices
        # (steps, batch, features), and the plan has the batch last.
        self._bound.own.a[...] = self._bound.w[self._name][self._rows].transpose(0, 2, 1)

    def backward(self) -> None:
        """The gradient of each row of the table: the sum over the places where it was looked up."""
        da = self._bound.own.da
        assert da is not None
        order = np.argsort(self._rows, axis=None, kind="stable")
        found, starts = np.unique(self._rows.ravel()[order], return_index=True)
        gradients = da.transpose(0, 2, 1).reshape(-1, self._spec.features)[order]
        gradient = np.zeros_like(self._bound.w[self._name])
        gradient[found] = np.add.reduceat(gradients, starts, axis=0)
        self._bound.collect(self._name, gradient)

    def propagate(self) -> None:
        """Nothing comes through an index."""
        self._source.give(np.zeros_like(self._source.a))

    def quantities(self) -> Mapping[str, Array]:
        """The rows looked up, "index:node", (steps, batch)."""
        return {f"index:{self._spec.node}": self._rows}
