"""What recurrent layers share: the unrolled sequence and one product a step for all gates.

Inside a plan a sequence is (steps, features, batch).  Step t sees the column

    v_t = [h_{t-1}; x_t; 1],    s_t = M v_t,    M = [U W b],

so input, recurrence and bias of all gates are one matrix product.  M is put together anew in every
forward run, its rows in an order in which gates that are treated alike are neighbours, and with
the sign that the gate's function wants (σ(s) = 1 / (1 + e^-s) takes -s).  The gradient of M is one
product over all steps.

Backpropagation through time: Werbos 1990.  Within what is unrolled the gradient goes back to the
first step; a state carried over from the window before is a constant (truncated backpropagation
through time, Williams and Peng 1990).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from nnsim.engine.layout import Array, Shape
from nnsim.engine.ops.base import Bound, Call, Operation, OperationSpec, Source


@dataclass(frozen=True)
class RecurrentSpec(OperationSpec):
    """A recurrent layer over sequences (steps, features); several sources are put side by side.

    ``returns``: "sequence" gives h of every step, (steps, units), "last" that of the last one,
    (units,).  ``carried``: how many sequences run in parallel whose last state the next window
    starts from; 0: every sequence starts from zeros.  The state is carried on in training, by
    batches of just that size, and is zeros again when an epoch begins; all else starts from zeros.
    """

    node: str
    units: int
    sources: tuple[Source, ...]
    returns: str = "sequence"
    carried: int = 0
    tied_to: str = ""

    #: what is carried from step to step
    states: ClassVar[tuple[str, ...]] = ("h",)

    @property
    def rows(self) -> int:
        """Rows of its matrices: its units, of every gate."""
        return self.gates * self.units

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """(steps, units) or (units,).  Raises ValueError for sources that are no sequences."""
        steps = {shape[0] for shape in sources}
        if any(len(shape) != 2 for shape in sources) or len(steps) != 1:
            raise ValueError(f"{self.node} needs sequences (steps, features) of equal length")
        if self.returns not in ("sequence", "last"):
            raise ValueError(f"{self.node} returns a sequence or the last step")
        return (steps.pop(), self.units) if self.returns == "sequence" else (self.units,)

    def parameters(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        """W a connection, (gates·units, features), U (gates·units, units), b (gates·units,)."""
        rows = self.gates * self.units
        shapes: dict[str, Shape] = {
            f"w:{source.connection}": (rows, shape[1])
            for source, shape in zip(self.sources, sources, strict=True)
        }
        return shapes | {f"u:{self.node}": (rows, self.units), f"b:{self.node}": (rows,)}

    def state(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        """The states a window starts from, "h0:node", (carried, units), where they are carried."""
        if not self.carried:
            return {}
        return {f"{kind}0:{self.node}": (self.carried, self.units) for kind in self.states}

    def summed_biases(self) -> dict[str, slice]:
        """All of b: bias_ih + bias_hh."""
        return {f"b:{self.node}": slice(0, self.rows)}

    def restarting(self) -> tuple[str, ...]:
        """All of it: an epoch is a new pass over the sequences."""
        return tuple(f"{kind}0:{self.node}" for kind in self.states) if self.carried else ()


@dataclass(frozen=True)
class Block:
    """A gate's rows: ``own`` in M, ``rows`` in the parameters, both counted in units.

    ``negated``: M holds them with the other sign.  ``sees`` names what the gate is computed from,
    "w" (the inputs) and "u" (the state); ``bias`` is the parameter its bias is in.
    """

    own: int
    rows: int
    count: int = 1
    negated: bool = False
    sees: str = "wu"
    bias: str = "b"


class Recurrent(Operation):
    """Unrolls a sequence; subclasses say what happens in a step.

    ``v`` (steps + 1, units + features + 1, batch) are the columns above, ``h`` views of them: the
    states after each step.  ``s`` are the sums M v, ``ds`` the gradients w.r.t. them, (steps, rows
    of M, batch); ``dh`` the gradients w.r.t. the states, all ways together, (steps, units, batch).
    """

    makes = ("s", "ds")

    def __init__(self, spec: RecurrentSpec, bound: Bound, blocks: Sequence[Block]) -> None:
        super().__init__(spec.node)
        self.spec, self.bound, self.blocks = spec, bound, blocks
        self.units = n = spec.units
        self.steps = bound.sources[0].a.shape[0]
        self.gives_sequence = spec.returns == "sequence"
        self.hands_on = any(port.da is not None for port in bound.sources)
        features = sum(port.a.shape[1] for port in bound.sources)
        self.columns = n + features + 1
        rows = n * max(block.own + block.count for block in blocks)
        #: rows of M through which the state is seen; they come first
        self.recurrent_rows = n * max(b.own + b.count for b in blocks if "u" in b.sees)
        self.v = self.zeros(self.columns, steps=self.steps + 1)
        self.v[:, -1] = 1
        self.h, self.h_before = self.v[1:, :n], self.v[:-1, :n]
        self.m = np.zeros((rows, self.columns), self.v.dtype)
        self.s, self.ds, self.dh = self.zeros(rows), self.zeros(rows), self.zeros(n)
        self._dm = np.zeros_like(self.m)
        self._u = np.zeros((self.recurrent_rows, n), self.v.dtype)
        self._into = np.zeros_like(self.dh[0])
        self._flat_ds, self._flat_v = self.flat_room(rows), self.flat_room(self.columns)
        self.u_transposed = self._u.T
        self._fills: list[Call] = []
        self._collects: list[Call] = []
        for block in blocks:
            self._bind_block(block)
        self._inputs, self._returns = self._bind_sources()

    def zeros(self, rows: int, steps: int | None = None) -> Array:
        """Room for ``rows`` numbers a step, (steps, rows, batch)."""
        count = self.steps if steps is None else steps
        return np.zeros((count, rows, self.bound.batch), self.bound.own.a.dtype)

    def flat_room(self, rows: int) -> Array:
        """Room for ``rows`` numbers a step, (rows, steps, batch): see ``side_by_side``."""
        return np.zeros((rows, self.steps, self.bound.batch), self.bound.own.a.dtype)

    def _bind_block(self, block: Block) -> None:
        n, spec = self.units, self.spec
        own = slice(block.own * n, (block.own + block.count) * n)
        rows = slice(block.rows * n, (block.rows + block.count) * n)
        parts: list[tuple[str, slice | int]] = []
        if "u" in block.sees:
            parts.append((f"u:{spec.node}", slice(0, n)))
        if "w" in block.sees:
            start = n
            for source, port in zip(spec.sources, self.bound.sources, strict=True):
                stop = start + port.a.shape[1]
                parts.append((f"w:{source.connection}", slice(start, stop)))
                start = stop
        put: Callable[..., Array] = np.negative if block.negated else np.positive
        add: Callable[..., Array] = np.subtract if block.negated else np.add
        for name, columns in parts:
            self._bind(name, rows, (own, columns), put, add)
        if block.bias == "b":
            self._bind(f"b:{spec.node}", rows, (own, -1), put, add)
        else:
            # A second bias, of this gate alone.
            self._bind(f"{block.bias}:{spec.node}", slice(None), (own, -1), put, add)

    def _bind(
        self,
        name: str,
        rows: slice,
        part: tuple[slice, slice | int],
        put: Callable[..., Array],
        add: Callable[..., Array],
    ) -> None:
        w, g = self.bound.w[name][rows], self.bound.g[name][rows]
        self._fills.append(partial(put, w, out=self.m[part]))
        if self.bound.adds:
            self._collects.append(partial(add, g, self._dm[part], out=g))
        else:
            self._collects.append(partial(put, self._dm[part], out=g))

    def _bind_sources(self) -> tuple[list[tuple[Array, Array]], list[tuple[int, slice]]]:
        inputs: list[tuple[Array, Array]] = []
        returns: list[tuple[int, slice]] = []
        start = self.units
        for k, port in enumerate(self.bound.sources):
            stop = start + port.a.shape[1]
            inputs.append((self.v[:-1, start:stop], port.a))
            if port.da is not None:
                returns.append((k, slice(start, stop)))
            start = stop
        return inputs, returns

    # -- forward ---------------------------------------------------------------------------------

    def forward(self) -> None:
        """Writes h of every step, or of the last."""
        for mine, theirs in self._inputs:
            mine[...] = theirs
        for fill in self._fills:
            fill()
        carries = self._carries()
        for kind, first in self.first_states().items():
            first[...] = self.bound.state[f"{kind}0:{self.spec.node}"].T if carries else 0
        # Where e^-s overflows to infinity, 1/inf is 0 as it should be.
        with np.errstate(over="ignore"):
            self.unroll()
        own = self.bound.own.a
        own[...] = self.h if self.gives_sequence else self.h[-1]
        if carries:
            for kind, last in self.last_states().items():
                self.bound.state[f"{kind}0:{self.spec.node}"][...] = last.T

    def _carries(self) -> bool:
        return self.bound.mode.training and self.bound.batch == self.spec.carried

    def first_states(self) -> dict[str, Array]:
        """What the first step starts from, (units, batch), by the letter of the state."""
        return {"h": self.v[0, : self.units]}

    def last_states(self) -> dict[str, Array]:
        """What the last step ends with, (units, batch)."""
        return {"h": self.h[-1]}

    @abstractmethod
    def unroll(self) -> None:
        """Every step from the first to the last: s, the gates, h."""

    # -- backward --------------------------------------------------------------------------------

    def backward(self) -> None:
        """Writes ds and dh of every step and the gradient of the parameters."""
        da = self.bound.own.da
        assert da is not None
        if self.gives_sequence:
            self.dh[...] = da
        else:
            self.dh[-1] = da
        self._u[...] = self.m[: self.recurrent_rows, : self.units]
        self.slopes()
        self.unroll_back()
        # dM = Σ_t ds_t v_tᵀ: as one product, steps and samples side by side.
        ds = side_by_side(self.ds, self._flat_ds)
        ds.dot(side_by_side(self.v[:-1], self._flat_v).T, self._dm)
        for collect in self._collects:
            collect()

    @abstractmethod
    def slopes(self) -> None:
        """Writes into ds what dh (or the gradient of another state) is multiplied by."""

    @abstractmethod
    def unroll_back(self) -> None:
        """Every step from the last to the first: ds, and dh of the step before."""

    def return_to_state(self, ds: Array, before: Array) -> None:
        """The way back through U comes first: it adds Uᵀ ds to dh of the step before.

        ``ds`` are the rows through which the state is seen, ``before`` is (units, batch).  Where
        only the last step has a reader nothing is there yet.
        """
        if self.gives_sequence:
            self.u_transposed.dot(ds, self._into)
            np.add(before, self._into, before)
        else:
            self.u_transposed.dot(ds, before)

    def propagate(self) -> None:
        """Hands Wᵀ ds on to the sources."""
        for k, columns in self._returns:
            w_transposed = np.ascontiguousarray(self.m[:, columns].T)
            self.bound.sources[k].give(np.matmul(w_transposed, self.ds))

    # -- what the recorder is told ---------------------------------------------------------------

    def quantities(self) -> Mapping[str, Array]:
        """States "h:node" and sums "s:node", the rows in the order of the parameters."""
        return {f"h:{self.spec.node}": self.h, f"s:{self.spec.node}": self.in_order(self.s)}

    def gradients(self) -> Mapping[str, Array]:
        """dL/dh "dh:node" of every step, and dL/ds "ds:node"."""
        return {f"dh:{self.spec.node}": self.dh, f"ds:{self.spec.node}": self.in_order(self.ds)}

    def in_order(self, sums: Array) -> Array:
        """Rows of M as rows of the parameters, with the sign they have there: a new array."""
        n = self.units
        ordered = self.zeros(self.spec.gates * n)
        for block in self.blocks:
            if "w" in block.sees:
                own = sums[:, block.own * n : (block.own + block.count) * n]
                rows = slice(block.rows * n, (block.rows + block.count) * n)
                put = np.negative if block.negated else np.positive
                put(own, out=ordered[:, rows])
        return ordered


def side_by_side(values: Array, room: Array) -> Array:
    """(steps, rows, batch) copied to (rows, steps, batch) and seen as (rows, steps·batch)."""
    # The numbers of a batch lie in one piece, and as one piece NumPy copies them faster.
    piece = np.dtype((np.void, values.shape[-1] * values.itemsize))
    np.copyto(room.view(piece)[..., 0], values.view(piece)[..., 0].T)
    return room.reshape(len(room), -1)
