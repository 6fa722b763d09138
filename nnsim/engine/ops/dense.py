"""A dense layer: z = W x + b and a = f(z); neurons side by side are one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from nnsim.engine.activations import Activation, ActivationSpec
from nnsim.engine.layout import Array, Shape
from nnsim.engine.ops.base import Call, NodeSpec, Operation, Port, Source
from nnsim.engine.ops.objective import Objective
from nnsim.engine.ops.settling import Dust, settled


@dataclass(frozen=True)
class LayerSpec(NodeSpec):
    """A dense layer (a single neuron is a layer of one unit).

    Layers that see the same are computed together, by one ``Dense``: see ``plan.grouping``.
    """

    node: str
    units: int
    activation: ActivationSpec
    sources: tuple[Source, ...]
    tied_to: str = ""

    @property
    def rows(self) -> int:
        """Rows of its weight matrices: units, times pieces for maxout."""
        return self.units * self.activation.rows_per_unit

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """(units,)."""
        return (self.units,)

    def parameters(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        """A matrix (rows, size of the source) a connection, and a bias a row."""
        shapes: dict[str, Shape] = {
            f"w:{source.connection}": (self.rows, int(np.prod(shape)))
            for source, shape in zip(self.sources, sources, strict=True)
        }
        return shapes | {f"b:{self.node}": (self.rows,)}


class Inlet:
    """What a dense layer sees: x, (inputs + 1, batch), the last row ones.

    Where one port is all of it, x are that port's own rows.  Else the stretches (port, first row,
    last row + 1) are copied together, and the gradient ``dx`` is handed back to them in parts.
    """

    def __init__(self, stretches: Sequence[tuple[Port, int, int]]) -> None:
        port = stretches[0][0]
        size = sum(stop - start for _, start, stop in stretches)
        is_whole = len(stretches) == 1 and size == len(port.rows) - 1
        self.x = port.rows if is_whole else np.ones((size + 1, port.rows.shape[1]), port.rows.dtype)
        if self.x.dtype == object:
            self.x[-1] = 1
        #: gradient w.r.t. x without the ones, (inputs, batch); None where nobody asks for it
        self.dx: Array | None = None
        self._copies: list[tuple[Array, Array]] = []
        self._returns: list[tuple[Array, Array, bool]] = []
        if is_whole and port.da is not None and not port.is_shared:
            self.dx = port.da.reshape(size, -1)
            return
        if any(source.da is not None for source, _, _ in stretches):
            self.dx = np.zeros_like(self.x[:-1])
        at = 0
        for source, start, stop in stretches:
            part = slice(at, at + stop - start)
            at = part.stop
            if not is_whole:
                self._copies.append((self.x[part], source.rows[start:stop]))
            if source.da is not None:
                assert self.dx is not None
                flat = source.da.reshape(len(source.rows) - 1, -1)
                self._returns.append((self.dx[part], flat[start:stop], source.is_shared))

    @property
    def needs_gathering(self) -> bool:
        """Whether x is a copy of what several ports hold."""
        return bool(self._copies)

    @property
    def returns_parts(self) -> bool:
        """Whether dx has to be handed back, or is the source's own gradient."""
        return bool(self._returns)

    def gather(self) -> None:
        """Bring x up to date."""
        for mine, theirs in self._copies:
            mine[...] = theirs

    def hand_back(self) -> None:
        """Give every source its part of dx."""
        for mine, theirs, is_shared in self._returns:
            if is_shared:
                np.add(theirs, mine, out=theirs)
            else:
                theirs[...] = mine


class Dense(Operation):
    """z = M x with the biases as the last column of M, (rows, inputs + 1); a = f(z).

    M and its gradient g lie column by column.

    z and dz have shape (rows, batch), a and da (units, batch).  With ``settles`` a sum that is
    nothing but rounding error becomes 0, as on paper (0.1 + 0.2 - 0.3): no threshold or kink at 0
    is decided by float dust.  ``slope``, where given, is f'(z), written for several layers at once.
    """

    def __init__(
        self,
        nodes: Sequence[str],
        inlet: Inlet,
        own: Port,
        m: Array,
        g: Array,
        z: Array,
        dz: Array,
        activation: Activation,
        slope: Array | None = None,
        settles: bool = False,
        adds: bool = False,
    ) -> None:
        super().__init__(*nodes)
        self.hands_on = inlet.dx is not None
        self.m, self.g, self.z, self.dz, self.a = m, g, z, dz, own.a
        self.activation = activation
        self._inlet = inlet
        self._x = inlet.x
        assert own.da is not None
        self._da = own.da
        self._slope = slope
        self._objective: Objective | None = None
        self._dust = Dust(z) if settles else None
        self._into = np.zeros_like(g) if adds else g
        self._adds = adds
        self._w_transposed = m[:, :-1].T

    def fuse(self, objective: Objective) -> None:
        """Take dz from the objective, which is the only one to read this layer."""
        self._objective = objective
        objective.sums = self.z

    def forward(self) -> None:
        """Writes z and a."""
        for call in self.forward_calls():
            call()

    def forward_calls(self) -> list[Call]:
        """Gather, multiply, settle, activate: as far as this layer needs them."""
        settling: list[Call] = [self._settle_dust] if self._dust is not None else []
        return self._multiplying_calls() + settling + self._activating_calls()

    def forward_calls_without_settling(self) -> list[Call]:
        """Likewise, for who looks at the sums of several layers at once."""
        return self._multiplying_calls() + self._activating_calls()

    def _multiplying_calls(self) -> list[Call]:
        calls: list[Call] = [self._inlet.gather] if self._inlet.needs_gathering else []
        return [*calls, partial(self.m.dot, self._x, self.z)]

    def _activating_calls(self) -> list[Call]:
        return self.activation.forward_calls(self.z, self.a)

    def _settle_dust(self) -> None:
        assert self._dust is not None
        if not self._dust.is_there():
            return
        size = np.abs(self.m) @ np.abs(self._x)
        self.z[...] = settled(self.z, size, self.m.shape[1])

    def backward(self) -> None:
        """Writes dz = dL/dz (the δ of the course) and dL/dM = dz xᵀ."""
        for call in [*self._sum_calls(), *self._gradient_calls()]:
            call()

    def propagate(self) -> None:
        """Hands Wᵀ dz on to the sources."""
        for call in self._propagate_calls():
            call()

    def backward_calls(self) -> list[Call]:
        """Both, one call after the other."""
        return self._sum_calls() + self._gradient_calls() + self._handing_calls()

    def backward_calls_without_gradient(self) -> list[Call]:
        """Likewise; dL/dM is left to who computes those of several layers at once."""
        return self._sum_calls() + self._handing_calls()

    def _sum_calls(self) -> list[Call]:
        if self._objective is not None:
            return self._objective.sum_calls(self.dz)
        if self._slope is None:
            return self.activation.backward_calls(self.z, self.a, self._da, self.dz)
        return [partial(np.multiply, self._da, self._slope, self.dz)]

    def _gradient_calls(self) -> list[Call]:
        # dL/dMᵀ = x dzᵀ: transposed, as M is, so that what is written lies in one piece.
        calls: list[Call] = [partial(self._x.dot, self.dz.T, self._into.T)]
        if self._adds:
            calls.append(partial(np.add, self.g, self._into, self.g))
        return calls

    def _handing_calls(self) -> list[Call]:
        return self._propagate_calls() if self.hands_on else []

    def _propagate_calls(self) -> list[Call]:
        calls: list[Call] = [partial(self._w_transposed.dot, self.dz, self._inlet.dx)]
        return [*calls, self._inlet.hand_back] if self._inlet.returns_parts else calls
