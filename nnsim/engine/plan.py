"""The compiled plan: a flat list of operations over preallocated arrays.

A ``PlanSpec`` says what to compute; a ``Plan`` owns the parameters (one flat vector with named
views, its gradient likewise) and runs the operations at full speed, for any batch size.  With a
recorder attached the same run also leaves a record of every quantity.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnsim.core.numbers import Number, exact
from nnsim.engine.activations import ActivationSpec, Array, make_activation
from nnsim.engine.losses import LossSpec, make_loss
from nnsim.engine.ops import Activate, Incoming, Linear, Objective
from nnsim.engine.record import Recorder


@dataclass(frozen=True)
class Source:
    """A connection into a layer: its id and the id of the node it comes from."""

    connection: str
    node: str


@dataclass(frozen=True)
class LayerSpec:
    """A dense layer (a single neuron is a layer of one unit)."""

    node: str
    units: int
    activation: ActivationSpec
    sources: tuple[Source, ...]

    @property
    def rows(self) -> int:
        """Rows of its weight matrices: units, times pieces for maxout."""
        return self.units * (self.activation.pieces if self.activation.name == "maxout" else 1)


@dataclass(frozen=True)
class PlanSpec:
    """What a plan computes.

    ``inputs``: ids and units of the input nodes, in the order of the data's columns; ``layers`` in
    an order in which every source comes first; ``outputs``: ids of the output layers, in the order
    of the target columns.  ``arithmetic``: "exact" computes with fractions, "settled" with float64
    in which a sum that is only rounding error is 0, "float64" with bare float64.
    """

    inputs: tuple[tuple[str, int], ...]
    layers: tuple[LayerSpec, ...]
    outputs: tuple[str, ...]
    loss: LossSpec = LossSpec()  # noqa: RUF009 (frozen)
    arithmetic: str = "settled"

    @property
    def units(self) -> dict[str, int]:
        """Units of every node."""
        return dict(self.inputs) | {layer.node: layer.units for layer in self.layers}

    @property
    def output_count(self) -> int:
        """Columns of y."""
        return sum(self.units[node] for node in self.outputs)

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of the parameters, in the order of the flat vector."""
        units = self.units
        shapes: dict[str, tuple[int, ...]] = {}
        for layer in self.layers:
            for source in layer.sources:
                shapes[f"w:{source.connection}"] = (layer.rows, units[source.node])
            shapes[f"b:{layer.node}"] = (layer.rows,)
        return shapes


class Plan:
    """Parameters, their gradient, and the operations of a spec.

    ``parameters`` and ``gradient`` are flat vectors; ``views`` and ``gradient_views`` give each
    parameter by name ("w:c1", "b:n3") as a view into them.
    """

    def __init__(self, spec: PlanSpec, start: Mapping[str, Array]) -> None:
        """``start`` holds the start value of every parameter by name.

        Raises KeyError for a missing parameter and ValueError for one of another shape.
        """
        self.spec = spec
        self.is_exact = spec.arithmetic == "exact"
        self.dtype: np.dtype[Any] = np.dtype(object if self.is_exact else np.float64)
        size = sum(int(np.prod(shape)) for shape in spec.parameter_shapes().values())
        self.parameters: Array = np.zeros(size, dtype=self.dtype)
        self.gradient: Array = np.zeros(size, dtype=self.dtype)
        self.views = self.views_of(self.parameters)
        self.gradient_views = self.views_of(self.gradient)
        for name, view in self.views.items():
            values = np.asarray(start[name])
            if values.shape != view.shape:
                raise ValueError(f"{name} has shape {values.shape}, the plan needs {view.shape}")
            view[...] = self.numbers(values)
        self._workspaces: dict[int, Workspace] = {}

    def numbers(self, values: ArrayLike) -> Array:
        """The values in the arithmetic of this plan: fractions where it is exact.

        NaN and infinities are no fractions and stay floats, as a run gone astray left them.
        """
        if not self.is_exact:
            return np.asarray(values, dtype=np.float64)
        numbers = np.empty(np.size(values), dtype=object)
        numbers[:] = [_exact_or_astray(value) for value in np.ravel(values).tolist()]
        return numbers.reshape(np.shape(values))

    def workspace(self, batch: int) -> Workspace:
        """The arrays and bound operations for a batch of this size; made once a size."""
        if batch not in self._workspaces:
            self._workspaces[batch] = Workspace(self, batch)
        return self._workspaces[batch]

    def views_of(self, flat: Array) -> dict[str, Array]:
        """Named views into a vector laid out as ``parameters``."""
        return _named_views(flat, self.spec.parameter_shapes())

    def put_parameters(self, recorder: Recorder, suffix: str = "") -> None:
        """Tell the recorder every parameter; "w:c1" becomes "w+:c1" with the suffix "+"."""
        for name, view in self.views.items():
            kind, _, owner = name.partition(":")
            recorder.put(f"{kind}{suffix}:{owner}", view)


class Workspace:
    """Arrays and operations of a plan for one batch size."""

    def __init__(self, plan: Plan, batch: int) -> None:
        spec = plan.spec
        self.plan = plan
        self.batch = batch
        dtype = plan.dtype
        self.a = {node: np.zeros((batch, units), dtype) for node, units in spec.units.items()}
        self.da = {layer.node: np.zeros_like(self.a[layer.node]) for layer in spec.layers}
        self.z = {layer.node: np.zeros((batch, layer.rows), dtype) for layer in spec.layers}
        self.dz = {node: np.zeros_like(z) for node, z in self.z.items()}
        self.y = np.zeros((batch, spec.output_count), dtype)
        self.t = np.zeros_like(self.y)
        self.layers = [
            (layer.node, self._linear(layer), self._activate(layer)) for layer in spec.layers
        ]
        self.objective = Objective(
            make_loss(spec.loss),
            tuple((self.a[node], self.da[node]) for node in spec.outputs),
            self.y,
            self.t,
        )

    def _linear(self, layer: LayerSpec) -> Linear:
        plan = self.plan
        incoming = tuple(
            Incoming(
                a=self.a[source.node],
                da=self.da.get(source.node),
                w=plan.views[f"w:{source.connection}"],
                gw=plan.gradient_views[f"w:{source.connection}"],
            )
            for source in layer.sources
        )
        settle = plan.spec.arithmetic == "settled"
        bias = f"b:{layer.node}"
        return Linear(
            incoming,
            plan.views[bias],
            plan.gradient_views[bias],
            self.z[layer.node],
            self.dz[layer.node],
            settle,
        )

    def _activate(self, layer: LayerSpec) -> Activate:
        node = layer.node
        activation = make_activation(layer.activation)
        return Activate(activation, self.z[node], self.dz[node], self.a[node], self.da[node])

    def load(self, inputs: Array, targets: Array | None = None) -> None:
        """Put a batch in: inputs (batch, all input units), targets (batch, outputs)."""
        start = 0
        for node, units in self.plan.spec.inputs:
            self.a[node][...] = inputs[:, start : start + units]
            start += units
        if targets is not None:
            self.t[...] = targets

    def forward(self, recorder: Recorder | None = None) -> Array:
        """Propagate: every z and a, then y (returned; overwritten by the next run)."""
        if recorder is not None:
            for node, _ in self.plan.spec.inputs:
                recorder.put(f"a:{node}", self.a[node])
        for node, linear, activate in self.layers:
            linear.forward()
            activate.forward()
            if recorder is not None:
                recorder.put(f"z:{node}", linear.z)
                recorder.put(f"a:{node}", activate.a)
        self.objective.gather()
        if recorder is not None:
            recorder.put("y", self.y)
            recorder.put("t", self.t)
        return self.y

    def loss(self, recorder: Recorder | None = None) -> float:
        """The loss of the batch that was propagated last."""
        value = self.objective.forward()
        if recorder is not None:
            recorder.put("l", self.objective.loss.terms(self.y, self.t))
            recorder.put("L", np.array(value))
        return value

    def backward(
        self,
        recorder: Recorder | None = None,
        after_layer: Callable[[Iterable[str]], None] | None = None,
    ) -> None:
        """Gradient of the loss w.r.t. every parameter, into the plan's ``gradient``.

        ``after_layer`` is called with the names of a layer's parameters as soon as their gradient
        is known and before the gradient goes on to the layer below: the convention in which
        updated weights are used too early lives there.
        """
        for da in self.da.values():
            da[...] = 0
        self.objective.backward()
        specs = {layer.node: layer for layer in self.plan.spec.layers}
        for node, linear, activate in reversed(self.layers):
            activate.backward()
            linear.backward_parameters()
            if recorder is not None:
                recorder.put(f"da:{node}", activate.da)
                recorder.put(f"dz:{node}", linear.dz)
            if after_layer is not None:
                names = [f"w:{source.connection}" for source in specs[node].sources]
                after_layer([*names, f"b:{node}"])
            linear.backward_inputs()
        if recorder is not None:
            for name, gradient in self.plan.gradient_views.items():
                recorder.put(f"g{name}", gradient)


def _exact_or_astray(value: Number) -> Number:
    """The fraction meant, a whole number as an int: as exact, and many times faster."""
    if isinstance(value, float) and not math.isfinite(value):
        return value
    fraction = exact(value)
    return fraction.numerator if fraction.denominator == 1 else fraction


def _named_views(flat: Array, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Array]:
    views: dict[str, Array] = {}
    start = 0
    for name, shape in shapes.items():
        size = int(np.prod(shape))
        views[name] = flat[start : start + size].reshape(shape)
        start += size
    return views
