"""The rules of a single layer of neurons: course rule, perceptron, delta rule.

All three learn from one sample at a time.  e is the error, shape (1, outputs); x the inputs of a
connection, shape (1, inputs).
"""

from __future__ import annotations

import math
from collections.abc import Hashable

import numpy as np

from nnsim.core.numbers import Number
from nnsim.engine.layout import Array
from nnsim.engine.learners.base import Snapshot
from nnsim.engine.learners.feed import Feed
from nnsim.engine.learners.network import NetworkLearner
from nnsim.engine.plan import Plan
from nnsim.engine.record import Recorder


class _Rule(NetworkLearner):
    """A rule: Δw_ji = e_j x_i times a step size, on every layer (each is an output layer)."""

    def __init__(
        self, plan: Plan, inputs: Array, targets: Array, feed: Feed, update_biases: bool = True
    ) -> None:
        """Raises ValueError where a layer is fed by another: rules have no chain rule."""
        if any(layer.node not in plan.spec.outputs for layer in plan.spec.layers):
            raise ValueError("a rule teaches a single layer of neurons")
        super().__init__(plan, inputs, targets, feed, 1, update_biases)
        self._error = np.zeros((1, plan.spec.output_count), plan.dtype)

    def _number(self, value: float) -> Number:
        return self.plan.numbers(np.array([value]))[0]

    def error(self, recorder: Recorder | None) -> float:
        """e = t - y; these rules minimise no loss, so it is NaN."""
        np.subtract(self.workspace.t, self.workspace.y, out=self._error)
        if recorder is not None:
            recorder.put("e", self._error)
        return math.nan

    def adjust(self, recorder: Recorder | None) -> None:
        if not self._error.any():
            self.change[...] = 0
            return
        start = 0
        by_node = {layer.node: layer for layer in self.plan.spec.layers}
        for node in self.plan.spec.outputs:
            layer = by_node[node]
            e = self._error[0, start : start + layer.units]
            start += layer.units
            x = {s.connection: self.workspace.a[s.node][0] for s in layer.sources}
            self._change_layer(node, e, x)
        self.apply_change()

    def _change_layer(self, node: str, e: Array, x: dict[str, Array]) -> None:
        raise NotImplementedError


class CourseRule(_Rule):
    """The rule of the course (section 3): each pattern is repeated until it is right.

    Where some input is active, Δw_ji = weight_step e_j x_i and b stays; where no input is active,
    Δb_j = bias_step e_j and w stays.  An epoch is a pass in which every pattern was got right once.
    """

    def __init__(
        self,
        plan: Plan,
        inputs: Array,
        targets: Array,
        feed: Feed,
        weight_step: float = 0.5,
        bias_step: float = 2.0,
        update_biases: bool = True,
    ) -> None:
        super().__init__(plan, inputs, targets, feed, update_biases)
        self.weight_step = self._number(weight_step)
        self.bias_step = self._number(bias_step)
        self._pattern_begins, self._begun = True, 0

    def _change_layer(self, node: str, e: Array, x: dict[str, Array]) -> None:
        active = any((inputs != 0).any() for inputs in x.values())
        for connection, inputs in x.items():
            self.change_views[f"w:{connection}"][...] = self.weight_step * np.outer(e, inputs)
        self.change_views[f"b:{node}"][...] = e * 0 if active else self.bias_step * e

    def advance(self, taken: int, wrong: int) -> bool:
        self._pattern_begins = wrong == 0
        if self._pattern_begins:
            self._begun = self.iteration
        return self.feed.take(taken) if self._pattern_begins else False

    def restore(self, snapshot: Snapshot) -> None:
        super().restore(snapshot)
        self._pattern_begins, self._begun = True, snapshot.iteration

    def state_key(self) -> Hashable | None:
        """States are compared where a pattern begins, as on paper, and within one pattern.

        Two runs that begin the same pattern with the same weights go on alike; so does one that
        comes back to the same weights while it is still at one pattern.
        """
        key = super().state_key()
        return key if key is None or self._pattern_begins else (self._begun, key)


class PerceptronRule(_Rule):
    """Rosenblatt's rule: Δw_ji = α e_j x_i, Δb_j = α e_j, with e = t - y.

    Source: Rosenblatt 1958; in this form Minsky and Papert 1969, section 11.1.
    """

    def __init__(
        self,
        plan: Plan,
        inputs: Array,
        targets: Array,
        feed: Feed,
        learning_rate: float,
        update_biases: bool = True,
    ) -> None:
        super().__init__(plan, inputs, targets, feed, update_biases)
        self.learning_rate = self._number(learning_rate)

    def _change_layer(self, node: str, e: Array, x: dict[str, Array]) -> None:
        step = self.learning_rate * e
        for connection, inputs in x.items():
            self.change_views[f"w:{connection}"][...] = np.outer(step, inputs)
        self.change_views[f"b:{node}"][...] = step


class DeltaRule(PerceptronRule):
    """Adaline's rule: as the perceptron's, but the error is taken at the sum, e = t - Σ.

    Its loss is the mean of e² over the outputs, whatever the network's loss is set to.
    Source: Widrow and Hoff 1960.
    """

    def error(self, recorder: Recorder | None) -> float:
        sums = np.concatenate([self.workspace.z[node] for node in self.plan.spec.outputs], axis=1)
        np.subtract(self.workspace.t, sums, out=self._error)
        squared = self._error * self._error
        loss = float(squared.mean())
        if recorder is not None:
            recorder.put("e", self._error)
            recorder.put("l", squared)
            recorder.put("L", np.array(loss))
        return loss
