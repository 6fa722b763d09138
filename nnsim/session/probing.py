"""Asking a network what it makes of any point, apart from the run.

A probe has a plan and arrays of its own and takes only the values of the parameters from what is
shown: looking never changes the thing looked at.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnsim.core.randoms import generator
from nnsim.document.model import Document
from nnsim.document.preparation import prepared
from nnsim.engine.ops.recurrent_simple import SimpleRecurrentSpec
from nnsim.engine.plan import LayerSpec, Plan, PlanSpec, Workspace
from nnsim.engine.record import Record
from nnsim.session.frame import Frame
from nnsim.session.session import Session

Floats = NDArray[np.float64]

# Numbers a workspace holds at most; more points than fit into it are taken in turns.
_MAX_NUMBERS = 2_000_000
# What an activation costs, in multiplications of a matrix product.
_ACTIVATION_WORK = 100


@dataclass(frozen=True, eq=False)
class Response:
    """What a layer makes of some points: sums z (points, rows) and activations a (points, units).

    rows = units, except where a unit has several pieces (maxout).  Of a recurrent layer both are
    those of the last time step, and ``unrolled`` are the sums of all, (points, steps, units).
    """

    z: Floats
    a: Floats
    unrolled: Floats | None = None


@dataclass(frozen=True, eq=False)
class Affine:
    """A sum that is affine in the inputs: z = Σ_k weights[k] x_k + bias, one weight a column."""

    weights: Floats
    bias: float

    def __call__(self, points: ArrayLike) -> Floats:
        """z of each point; points have shape (points, input columns).  It may overflow."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(points, dtype=np.float64) @ self.weights + self.bias

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Affine)
            and self.bias == other.bias
            and np.array_equal(self.weights, other.weights)
        )

    __hash__ = None  # type: ignore[assignment]


class Probe:
    """Evaluates the network of a plan at points of its own, with parameters it is given.

    Where the run computes with exact fractions the probe computes in float64, in which a
    sum of pure rounding error is 0: the same thresholds, fast enough for a heat map.  ``prepare``
    makes what the network gets of points, as scaling and features do; None: it gets the points.
    ``rough`` computes in float32: quick, for what is only looked at.
    """

    def __init__(
        self,
        spec: PlanSpec,
        prepare: Callable[[Floats], Floats] | None = None,
        rough: bool = False,
    ) -> None:
        self.spec = spec
        self._prepare = prepare
        arithmetic = "settled" if spec.arithmetic == "exact" else spec.arithmetic
        if rough:
            arithmetic = "float32"
        shapes = spec.parameter_shapes()
        start = {name: np.zeros(shape) for name, shape in shapes.items()}
        self._plan = Plan(replace(spec, arithmetic=arithmetic), start)
        self._layers = {layer.node: layer for layer in spec.learning}
        self._single = self._plan.make_workspace(1)
        self._workspace: Workspace | None = None

    def put(self, parameters: Mapping[str, Floats]) -> bool:
        """Use these parameters from now on; True where one of them is another than before.

        Raises KeyError for a missing one, ValueError for one of another shape.
        """
        before = self._plan.parameters.copy()
        for name, view in self._plan.views.items():
            if view.shape != parameters[name].shape:
                raise ValueError(f"{name} has shape {parameters[name].shape}, not {view.shape}")
            with np.errstate(over="ignore"):
                view[...] = parameters[name]
        return not np.array_equal(before, self._plan.parameters, equal_nan=True)

    def respond(self, points: ArrayLike, *nodes: str) -> dict[str, Response]:
        """What these nodes make of the points, shape (points, input columns).

        Of an input node z and a are both what the network gets.  The arrays are the caller's own.
        Numbers that overflow come out as infinities and NaN.
        """
        inputs = np.atleast_2d(np.asarray(points, dtype=np.float64))
        if self._prepare is not None:
            inputs = self._prepare(inputs)
        found = self._inputs(inputs)
        return found | self._outputs(inputs, [node for node in nodes if node not in found])

    def _inputs(self, inputs: Floats) -> dict[str, Response]:
        found, first = {}, 0
        for node, units in self.spec.inputs:
            of_node = inputs[:, first : first + units].copy()
            found[node] = Response(of_node, of_node)
            first += units
        return found

    def _outputs(self, inputs: Floats, nodes: Sequence[str]) -> dict[str, Response]:
        count = len(inputs)
        found = {
            node: Response(
                np.empty((count, self._layers[node].rows)),
                np.empty((count, self._layers[node].units)),
                self._unrolled(node, count),
            )
            for node in nodes
        }
        if not count:
            return found
        workspace = self._workspace_for(count)
        for start in range(0, count, workspace.batch):
            # The last stretch reaches back over the one before: all are of one size.
            first = min(start, count - workspace.batch)
            stretch = slice(first, first + workspace.batch)
            self._run(workspace, inputs[stretch], found, stretch)
        return found

    def generate(self, node: str, count: int, seed: int = 0) -> Floats:
        """So many samples that a generator makes of noise: values of its last layer, as the
        network gets them, (count, units)."""
        workspace = self._plan.workspace(count, training=False)
        with (
            np.errstate(over="ignore", invalid="ignore"),
            self._plan.drawing_from(generator(seed)),
        ):
            workspace.forward_to([node])
        return np.array(workspace.a[node], dtype=np.float64)

    def affine(self, node: str, row: int) -> Affine | None:
        """The sum of one row of a layer as a function of the points, where only inputs feed it.

        None behind other layers, and where the network gets something else than the points.
        """
        if self._prepare is not None:
            return None
        return affine(self.spec, self._plan.views, node, row)

    def _run(
        self, workspace: Workspace, inputs: Floats, into: Mapping[str, Response], where: slice
    ) -> None:
        # The same noise each time it is asked, where a node is made of noise.
        with np.errstate(over="ignore", invalid="ignore"), self._plan.drawing_from(generator(0)):
            workspace.load(inputs)
            workspace.forward_to(into)
        for node, response in into.items():
            a = workspace.a[node]
            if response.unrolled is None:
                response.z[where] = workspace.z[node]
                response.a[where] = a
                continue
            response.unrolled[where] = workspace.told(f"s:{node}")
            response.z[where] = response.unrolled[where][:, -1]
            response.a[where] = a if a.ndim == 2 else a[:, -1]

    def _unrolled(self, node: str, count: int) -> Floats | None:
        layer = self.spec.recurrent.get(node)
        return None if layer is None else np.empty((count, self.spec.steps(node), layer.units))

    def _workspace_for(self, points: int) -> Workspace:
        """A workspace for so many points, or for an even part of them that fits."""
        turns = math.ceil(points / max(_MAX_NUMBERS // self.spec.held_for_a_sample, 1))
        batch = math.ceil(points / turns)
        if batch == 1:
            return self._single
        # One is kept: a panel asks for the same number of points again and again.
        if self._workspace is None or self._workspace.batch != batch:
            self._workspace = self._plan.make_workspace(batch)
        return self._workspace


def probe_for(document: Document, spec: PlanSpec, rough: bool = False) -> Probe:
    """A probe that is asked with points of the table's columns, for a document that can run."""
    samples = prepared(document)
    return Probe(spec, None if samples.has_plain_inputs else samples.network_inputs, rough)


def parameters_at(frame: Frame) -> dict[str, Floats]:
    """Every parameter by name, as it stands at the moment shown."""
    return {name: frame.parameter(name) for name in frame.spec.parameter_shapes()}


def parameters_before(spec: PlanSpec, record: Record) -> dict[str, Floats]:
    """Every parameter by name, as it was before the update of the recorded iteration."""
    return {name: record.arrays[name].astype(np.float64) for name in spec.parameter_shapes()}


def last_update(session: Session) -> int | None:
    """The iteration whose update of the parameters was shown last; None before the first one.

    It is the present one as soon as one of its new values has come about and differs.
    """
    frame, iteration = session.frame, session.position.iteration
    for name, before in parameters_before(frame.spec, frame.record).items():
        if not np.array_equal(before, frame.parameter(name), equal_nan=True):
            return iteration
    changed = session.trace.column("changed")[: iteration - 1]
    back = int(np.argmax(changed[::-1])) if len(changed) else 0
    return len(changed) - back if len(changed) and changed[-1 - back] else None


def affine(spec: PlanSpec, parameters: Mapping[str, Floats], node: str, row: int) -> Affine | None:
    """The sum of one row of a layer as a function of the inputs, where only inputs feed it.

    None where another layer stands between; an input column that does not feed it has weight 0.
    """
    starts: dict[str, int] = {}
    width = 0
    for name, units in spec.inputs:
        starts[name] = width
        width += units
    layer = layer_of(spec, node)
    if node in spec.recurrent:
        return None
    weights = np.zeros(width)
    for source in layer.sources:
        if source.node not in starts:
            return None
        matrix = parameters[f"w:{source.connection}"]
        start = starts[source.node]
        weights[start : start + matrix.shape[1]] += matrix[row]
    return Affine(weights, float(parameters[f"b:{node}"][row]))


def layer_of(spec: PlanSpec, node: str) -> LayerSpec | SimpleRecurrentSpec:
    """The layer of a node.  Raises KeyError for an input node or an unknown one."""
    for layer in spec.learning:
        if layer.node == node:
            return layer
    raise KeyError(node)


def grid(low: tuple[float, float], high: tuple[float, float], side: int) -> Floats:
    """Middles of side × side equal cells of a rectangle, shape (side², 2).

    x1 runs fastest, x2 from low to high: reshaped to (side, side) row 0 is the lowest.
    """
    middles = (np.arange(side) + 0.5) / side
    x1 = low[0] + (high[0] - low[0]) * middles
    x2 = low[1] + (high[1] - low[1]) * middles
    return np.column_stack([np.tile(x1, side), np.repeat(x2, side)])


def grid_side(spec: PlanSpec, work: float, most: int = 100, least: int = 20) -> int:
    """How fine a grid this network can be asked for: cells a side.

    ``work`` is what the whole grid may cost, in multiplications; 10 million take about 2 ms.
    """
    units = spec.units
    cost = sum(
        layer.rows
        * spec.steps(layer.node)
        * (_ACTIVATION_WORK + sum(units[source.node] for source in layer.sources))
        for layer in spec.learning
    )
    return int(min(max((work / cost) ** 0.5, least), most))
