"""A dense layer applied to every time step: z_t = W x_t + b, a_t = f(z_t)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnsim.engine.activations import ActivationSpec, make_activation
from nnsim.engine.layout import Array, Shape
from nnsim.engine.ops.base import Bound, Operation, OperationSpec, Source


@dataclass(frozen=True)
class StepwiseDenseSpec(OperationSpec):
    """A dense layer over sequences (steps, features): all steps share W and b.

    W, "w:connection", has shape (rows, features) and b, "b:node", (rows,), like those of a dense
    layer; rows = units, times pieces for maxout.  Softmax is taken over the units of each step.
    """

    node: str
    units: int
    activation: ActivationSpec
    sources: tuple[Source, ...]
    tied_to: str = ""

    @property
    def rows(self) -> int:
        """Rows of its weight matrices."""
        return self.units * self.activation.rows_per_unit

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """(steps, units).  Raises ValueError for sources that are no sequences of equal length."""
        steps = {shape[0] for shape in sources}
        if any(len(shape) != 2 for shape in sources) or len(steps) != 1:
            raise ValueError(f"{self.node} needs sequences (steps, features) of equal length")
        return (steps.pop(), self.units)

    def parameters(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        """A matrix a connection and the bias."""
        shapes: dict[str, Shape] = {
            f"w:{source.connection}": (self.rows, shape[1])
            for source, shape in zip(self.sources, sources, strict=True)
        }
        return shapes | {f"b:{self.node}": (self.rows,)}

    def operation(self, bound: Bound) -> Operation:
        """The layer over all steps."""
        return StepwiseDense(self, bound)


class StepwiseDense(Operation):
    """z and dz have shape (steps, rows, batch), a and da (steps, units, batch)."""

    def __init__(self, spec: StepwiseDenseSpec, bound: Bound) -> None:
        super().__init__(spec.node)
        self._spec, self._bound = spec, bound
        self._activation = make_activation(spec.activation)
        steps, _, batch = bound.own.a.shape
        self._z = np.zeros((steps, spec.rows, batch), bound.own.a.dtype)
        self._dz, self._addend = np.zeros_like(self._z), np.zeros_like(self._z)
        self._names = [f"w:{source.connection}" for source in spec.sources]
        self.hands_on = any(port.da is not None for port in bound.sources)

    def forward(self) -> None:
        """Writes z and a of every step."""
        bound = self._bound
        b = bound.w[f"b:{self._spec.node}"][:, np.newaxis]
        for k, (name, port) in enumerate(zip(self._names, bound.sources, strict=True)):
            np.matmul(bound.w[name], port.a, out=self._addend if k else self._z)
            np.add(self._z, self._addend if k else b, out=self._z)
        self._activation.forward(_units_first(self._z), _units_first(bound.own.a))

    def backward(self) -> None:
        """Writes dz and the gradient of the parameters, summed over the steps."""
        bound = self._bound
        assert bound.own.da is not None
        z, a, da, dz = map(_units_first, (self._z, bound.own.a, bound.own.da, self._dz))
        self._activation.backward(z, a, da, dz)
        flat = dz.reshape(len(dz), -1)
        for name, port in zip(self._names, bound.sources, strict=True):
            x = _units_first(port.a)
            bound.collect(name, flat @ x.reshape(len(x), -1).T)
        bound.collect(f"b:{self._spec.node}", flat.sum(axis=1))

    def propagate(self) -> None:
        """Hands Wᵀ dz_t on to the sources."""
        for name, port in zip(self._names, self._bound.sources, strict=True):
            if port.da is not None:
                port.give(np.matmul(self._bound.w[name].T, self._dz))

    def quantities(self) -> Mapping[str, Array]:
        """The sums "z:node"."""
        return {f"z:{self._spec.node}": self._z}

    def gradients(self) -> Mapping[str, Array]:
        """dL/dz "dz:node"."""
        return {f"dz:{self._spec.node}": self._dz}


def _units_first(values: Array) -> Array:
    """(steps, units, batch) seen as (units, steps, batch)."""
    return values.transpose(1, 0, 2)
