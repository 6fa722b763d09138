"""The arrays of a plan for one batch size, and running its operations over them.

The values of all nodes lie in one array, below each group of nodes a row of ones; so do their
gradients.  Running is calling a flat list of bound operations.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial

import numpy as np

from nnsim.engine.layout import Array, Layout, Place, Views
from nnsim.engine.ops.base import Call, Mode, Operation
from nnsim.engine.ops.dense import Dense
from nnsim.engine.ops.objective import Objective
from nnsim.engine.ops.settling import settling
from nnsim.engine.plan.arrays import First, Parts
from nnsim.engine.plan.binding import bind
from nnsim.engine.plan.paths import leading_to
from nnsim.engine.plan.spec import ObjectiveSpec
from nnsim.engine.record import Recorder


class Workspace:
    """Runs a plan for one batch size.

    ``a``, ``da``, ``z``, ``dz`` are views by node with the batch first, (batch, units) or (batch,
    *shape); ``y`` and ``t`` are (batch, outputs).  All are overwritten by the next run.
    """

    def __init__(
        self, parts: Parts, batch: int, training: bool = True, input_gradients: bool = False
    ) -> None:
        """With ``input_gradients`` the backward run reaches the inputs, too."""
        self.batch = batch
        self._parts = parts
        self._spec = parts.spec
        self.mode = Mode(training, parts.random)
        bound = bind(parts, batch, self.mode, input_gradients)
        self._arrays = bound.arrays
        self.operations = bound.operations
        # All that dense layers leave lies in the arrays of the plan.
        self._telling = [each for each in self.operations if not isinstance(each, Dense)]
        self.objectives: list[tuple[ObjectiveSpec, Objective]] = bound.objectives
        self._slopes, self._stacks, self._summed = bound.slopes, bound.stacks, bound.summed
        places, sums = parts.values.places, parts.values.sum_places
        first = bound.arrays.first
        inputs = [f"a:{node}" for node, _ in self._spec.sizes]
        self._inner = {name: place for name, place in places.items() if name not in inputs}
        self._given = {name: places[name] for name in inputs} if first is not None else {}
        self._valued = self._inner if self._given else places
        self.a = Views(self._valued, bound.arrays.a, "a:".__add__)
        self.da = Views(self._valued, bound.arrays.da, "a:".__add__)
        if first is not None:
            self.a.add(self._given, first.a)
            self.da.add(self._given, first.da)
        self.z = Views(sums, bound.arrays.values, "z:".__add__)
        self.dz = Views(sums, bound.arrays.gradients, "z:".__add__)
        self._told, self._told_gradients = self._valued | sums, self._inner | sums
        self._told |= self._place_of_predictions()
        self._told_first: Layout = self._given
        outputs = parts.spec.output_count
        if first is not None and first.whole is not None:
            places = {name: place.moved(outputs) for name, place in self._given.items()}
            self._told_first = {"t": Place(0, outputs, (outputs,)), **places}
        elif outputs:
            end = len(bound.arrays.values)
            self._told["t"] = Place(end - outputs, end, (outputs,))
        self._loads = [(self._spec.units[node], self._rows(node)) for node, _ in self._spec.sizes]
        self._outputs = [self._rows(node) for node in self._spec.outputs]
        self._y = self._gathered()
        self.y, self.t = self._y.T, bound.arrays.t.T
        # Bound once: in small networks looking methods up costs as much as the arithmetic.
        self._forward = self._made_forward_calls()
        every = frozenset(spec.name for spec, _ in self.objectives)
        self._backward = self._made_backward_calls(every, reversed(self.operations))
        self._backward_from: dict[frozenset[str], list[Call]] = {}
        self._forward_to: dict[frozenset[str], list[Call]] = {}

    def _place_of_predictions(self) -> dict[str, Place]:
        """Of y, where it is the values of one node."""
        outputs = self._spec.outputs
        if len(outputs) != 1 or f"a:{outputs[0]}" in self._given:
            return {}
        place = self._parts.values.places[f"a:{outputs[0]}"]
        return {"y": Place(place.start, place.stop, (place.stop - place.start,))}

    def _rows(self, node: str) -> Array:
        place = self._parts.values.places[f"a:{node}"]
        first = self._arrays.first
        apart = first is not None and self._parts.values.is_in_first(node)
        whole = first.a if first is not None and apart else self._arrays.a
        return whole[place.start : place.stop]

    def _gathered(self) -> Array:
        """y, (outputs, batch): the output node's own values, or a copy of several nodes'."""
        if len(self._outputs) == 1:
            return self._outputs[0]
        return np.zeros((self._spec.output_count, self.batch), self._parts.dtype)

    def _made_forward_calls(self) -> list[Call]:
        calls: list[Call] = []
        row = 0
        for _, found in itertools.groupby(
            self.operations, key=lambda each: isinstance(each, Dense)
        ):
            run = list(found)
            one_by_one = [call for each in run for call in each.forward_calls()]
            layers = [each for each in run if isinstance(each, Dense)]
            rows = sum(len(layer.z) for layer in layers)
            if self._spec.arithmetic == "settled" and layers:
                calls += [call for each in layers for call in each.forward_calls_without_settling()]
                calls.append(settling(self._arrays.z[row : row + rows], one_by_one))
            else:
                calls += one_by_one
            row += rows
        return calls

    def _made_backward_calls(
        self, objectives: frozenset[str], operations: Iterable[Operation]
    ) -> list[Call]:
        """The gradient of these objectives, through these operations, last one first."""
        calls: list[Call] = [partial(summed.fill, 0) for summed in self._summed]
        for spec, objective in self.objectives:
            if spec.name in objectives:
                calls += objective.backward_calls()
        calls += self._slopes
        chosen = list(operations)
        stacks = [stack for stack in self._stacks if set(stack.layers) <= set(chosen)]
        stacked = {layer for stack in stacks for layer in stack.layers}
        for operation in chosen:
            if isinstance(operation, Dense) and operation in stacked:
                calls += operation.backward_calls_without_gradient()
            else:
                calls += operation.backward_calls()
        return calls + [stack.call for stack in stacks]

    # -- running ---------------------------------------------------------------------------------

    def load(
        self, inputs: Array, targets: Array | None = None, weights: Array | None = None
    ) -> None:
        """Put a batch in: inputs (batch, all input values), targets (batch, outputs).

        ``weights``, (batch,), are those of the samples, for losses with ``sample_weights``; all
        count 1 where there are none.
        """
        self._arrays.weights[...] = 1 if weights is None else weights
        self.load_columns(inputs.T, None if targets is None else targets.T)

    def load_columns(self, inputs: Array, targets: Array | None = None) -> None:
        """Put a batch in that lies unit by unit: inputs (all input values, batch)."""
        start = 0
        for units, rows in self._loads:
            rows[...] = inputs[start : start + units]
            start += units
        if targets is not None:
            self._arrays.t[...] = targets

    @property
    def first(self) -> First | None:
        """Where targets and inputs lie, for what puts batches in at full speed.

        None where inputs lie among the other values.
        """
        return self._arrays.first

    def forward_calls(self) -> list[Call]:
        """What the forward run consists of, for what learns at full speed; y is not gathered."""
        return list(self._forward)

    def backward_calls(self) -> list[Call]:
        """What the backward run from all objectives consists of."""
        return list(self._backward)

    def forward(self, recorder: Recorder | None = None) -> Array:
        """Propagate: every z and a, then y (returned; overwritten by the next run)."""
        for call in self._forward:
            call()
        if len(self._outputs) > 1:
            np.concatenate(self._outputs, out=self._y)
        if recorder is not None:
            self._record_values(recorder)
        return self.y

    def forward_to(self, nodes: Iterable[str]) -> None:
        """Propagate no further than these nodes need."""
        wanted = frozenset(nodes)
        calls = self._forward_to.get(wanted)
        if calls is None:
            needed = self._spec.below(wanted)
            calls = self._forward_to[wanted] = [
                call
                for each in self.operations
                if not needed.isdisjoint(each.nodes)
                for call in each.forward_calls()
            ]
        for call in calls:
            call()

    def loss(self, recorder: Recorder | None = None, objectives: Collection[str] = ()) -> float:
        """The loss of the batch that was propagated last: all objectives together, or those named.

        The recorder is told each of them.
        """
        value = 0.0
        for spec, objective in self.objectives:
            if objectives and spec.name not in objectives:
                continue
            objective.gather()
            terms = objective.terms()
            part = objective.forward(terms)
            value = value + part if len(self.objectives) > 1 else part
            if recorder is not None:
                name = f"l:{spec.name}" if len(self.objectives) > 1 else "l"
                recorder.put(name, terms.T, own=True)
                if len(self.objectives) > 1:
                    recorder.put(f"L:{spec.name}", np.array(part), own=True)
        if recorder is not None:
            recorder.put("L", np.array(value), own=True)
        return value

    def backward(
        self,
        recorder: Recorder | None = None,
        after_layer: Callable[[Iterable[str]], None] | None = None,
        objectives: Iterable[str] = (),
    ) -> None:
        """Gradient of the loss w.r.t. every parameter, into the plan's ``gradient``.

        ``after_layer`` is called with the names of parameters as soon as their gradient is known
        and before the gradient goes on to the layers below: the convention in which updated
        weights are used too early lives there.  ``objectives`` names the only ones that count: then
        the gradient is right for the parameters learnt from them, and for no others.
        """
        if after_layer is not None:
            self._backward_in_parts(after_layer)
        else:
            names = frozenset(objectives)
            if names and recorder is not None:
                # What these objectives have no part in is 0, and not what another run has left.
                self._arrays.gradients.fill(0)
                self._parts.gradient.fill(0)
            for call in self._calls_from(names) if names else self._backward:
                call()
        if recorder is not None:
            self._record_gradients(recorder)

    def _backward_in_parts(self, after_layer: Callable[[Iterable[str]], None]) -> None:
        for summed in self._summed:
            summed.fill(0)
        for _, part in self.objectives:
            for call in part.backward_calls():
                call()
        for compute in self._slopes:
            compute()
        for operation in reversed(self.operations):
            operation.backward()
            names = self._names(operation)
            if names:
                after_layer(names)
            if operation.hands_on:
                operation.propagate()

    def _names(self, operation: Operation) -> list[str]:
        """The parameters of an operation, node by node."""
        shapes = self._spec.shapes
        found: list[str] = []
        for layer in self._spec.nodes:
            if layer.node in operation.nodes and not layer.tied_to:
                found += layer.parameters([shapes[source.node] for source in layer.sources])
        return found

    def _calls_from(self, names: frozenset[str]) -> list[Call]:
        """What the backward run from these objectives consists of; made once."""
        found = self._backward_from.get(names)
        if found is None:
            operations = leading_to(self._spec, names, self.operations)
            found = self._backward_from[names] = self._made_backward_calls(names, operations)
        return found

    def told(self, name: str) -> Array:
        """What an operation left of the last run beside values and sums: "s:n2", "dh:n2".

        The batch first; overwritten by the next run, and by the next thing asked for.  Raises
        KeyError.
        """
        owner = name.partition(":")[2]
        for operation in self._telling:
            if owner in operation.nodes:
                for found in (operation.quantities, operation.gradients):
                    left = found()
                    if name in left:
                        return np.moveaxis(left[name], -1, 0)
        raise KeyError(name)

    # -- recording -------------------------------------------------------------------------------

    def _record_values(self, recorder: Recorder) -> None:
        recorder.put_all(self._told, self._arrays.values)
        first = self._arrays.first
        if first is not None:
            recorder.put_all(self._told_first, first.a if first.whole is None else first.whole)
        for operation in self._telling:
            _tell(recorder, operation, operation.quantities())
        for name, values in (("y", self.y), ("t", self.t)):
            if name not in self._told and name not in self._told_first:
                recorder.put(name, values)

    def _record_gradients(self, recorder: Recorder) -> None:
        for spec, objective in self.objectives:
            if objective.is_fused:
                self._tell_gradient(recorder, spec, objective)
        recorder.put_all(self._told_gradients, self._arrays.gradients, before="d")
        for operation in self._telling:
            _tell(recorder, operation, operation.gradients())
        recorder.put_all(self._parts.places.places, self._parts.gradient, before="g")

    def _tell_gradient(self, recorder: Recorder, spec: ObjectiveSpec, objective: Objective) -> None:
        """dL/dy of a fused objective, which nothing but a record needs."""
        make = objective.gradient_of_outputs()
        is_only = len(self.objectives) == len(spec.outputs) == 1
        if make is not None and is_only and spec.outputs == self._spec.outputs:
            recorder.put_made(f"da:{spec.outputs[0]}", make, ("y", "t"))
        else:
            objective.backward()


def _tell(recorder: Recorder, operation: Operation, found: Mapping[str, Array]) -> None:
    for name, values in found.items():
        own = name.partition(":")[0] in operation.makes
        recorder.put(name, np.moveaxis(values, -1, 0), own)
