"""The loss over some nodes of a plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial

import numpy as np

from nnsim.engine.layout import Array
from nnsim.engine.losses import Loss, LossSpec
from nnsim.engine.ops.base import Call, Port


class Weighing:
    """How much the samples of a batch count: weights of their classes times weights of their own.

    ``t`` are the targets, (outputs, batch), ``samples`` the samples' own weights, (batch,).
    """

    def __init__(self, spec: LossSpec, t: Array, samples: Array | None) -> None:
        """Raises ValueError for class weights that are not one for each class."""
        self._spec = spec
        self._t = t
        self._samples = samples
        self._classes = np.array(spec.class_weights, t.dtype)
        classes = max(len(t), 2)
        if spec.class_weights and len(spec.class_weights) != classes:
            raise ValueError(f"{classes} classes need as many weights, not {spec.class_weights}")

    def weights(self) -> Array:
        """The weight of each sample for the targets that are there, (batch,)."""
        found = np.ones_like(self._t[0]) if self._samples is None else self._samples
        if len(self._classes):
            # One output says yes or no: 1 against 0 or -1.
            t = self._t
            rows = t.argmax(axis=0) if len(t) > 1 else (t[0] > 0).astype(np.int64)
            found = found * self._classes[rows]
        return found

    def calls(self, gradient: Array) -> list[Call]:
        """What multiplies the gradient, (outputs, batch), by the weights as the loss wants them."""
        is_mean = self._spec.reduction == "weighted_mean"
        if not is_mean and not self._spec.is_weighted:
            return []
        if not is_mean and self._samples is not None and not len(self._classes):
            return [partial(np.multiply, gradient, self._samples, gradient)]
        return [partial(self._weigh, gradient, is_mean)]

    def _weigh(self, gradient: Array, is_mean: bool) -> None:
        weights = self.weights()
        np.multiply(gradient, weights / weights.sum() if is_mean else weights, out=gradient)


class Objective:
    """weight · L(y, t): y gathers the nodes one below the other, shape (outputs, batch).

    ``parts`` are the ports and the rows of them that belong to it.  ``t`` are the targets, same
    shape.  ``samples``, (batch,), are the weights of the samples where they have such.
    """

    def __init__(
        self,
        loss: Loss,
        parts: Sequence[tuple[Port, int, int]],
        t: Array,
        weight: float = 1.0,
        samples: Array | None = None,
    ) -> None:
        """Raises ValueError for class weights that are not one for each class."""
        self.loss = loss
        self.t = t
        self.weight = weight
        self.weighing = Weighing(loss.spec, t, samples)
        #: sums of the layer below, (outputs, batch), where it goes from the targets to them in one
        self.sums: Array | None = None
        port, start, stop = parts[0]
        is_one = len(parts) == 1
        self.y = port.rows[start:stop] if is_one else np.zeros_like(t)
        self._direct: Array | None = None
        self._copies: list[tuple[Array, Array]] = []
        self._returns: list[tuple[slice, Array, bool]] = []
        if is_one and not port.is_shared and port.da is not None:
            self._direct = port.da.reshape(len(port.rows) - 1, -1)[start:stop]
        at = 0
        for port, start, stop in parts:
            rows = slice(at, at + stop - start)
            at = rows.stop
            if not is_one:
                self._copies.append((self.y[rows], port.rows[start:stop]))
            if self._direct is None and port.da is not None:
                da = port.da.reshape(len(port.rows) - 1, -1)[start:stop]
                self._returns.append((rows, da, port.is_shared))
        self._dy = np.zeros_like(self.y) if self._direct is None else self._direct

    @property
    def is_fused(self) -> bool:
        """Whether the layer below goes from the targets to its sums in one."""
        return self.sums is not None

    def gather(self) -> None:
        """Bring y up to date."""
        for mine, theirs in self._copies:
            mine[...] = theirs

    def terms(self) -> Array:
        """The addends before any factor but the samples' weights, shape (outputs, batch).

        Where a probability has rounded to 0 or 1 and its logarithm would be infinite, an objective
        that is fused takes the addend from the sums, as its gradient.
        """
        terms = self.loss.terms(self.y, self.t)
        if self.sums is not None and np.isinf(terms).any():
            # Infinite sums make infinite or undefined addends: those are results.
            with np.errstate(over="ignore", invalid="ignore"):
                terms = np.where(np.isinf(terms), self.loss.sum_terms(self.sums, self.t), terms)
        if not self.loss.spec.is_weighted:
            return terms
        return np.asarray(terms * self.weighing.weights())

    def forward(self, terms: Array | None = None) -> float:
        """weight · L, with the conventions of the loss; its addends are given where known."""
        addends = self.terms() if terms is None else terms
        total = self.weight * self.loss.scale(self.y) * addends.sum()
        if self.loss.spec.reduction == "weighted_mean":
            total = total / self.weighing.weights().sum()
        return float(total)

    def backward(self) -> None:
        """Hands weight · dL/dy to the nodes, also where nothing but a record needs it."""
        for call in self._gradient_calls:
            call()

    def backward_calls(self) -> list[Call]:
        """What running backward calls: nothing where it is fused."""
        return [] if self.is_fused else self._gradient_calls

    def gradient_of_outputs(self) -> Callable[[Array, Array], Array] | None:
        """What makes dL/dy from y and t alone, all three (batch, outputs), as ``backward`` does.

        None where samples have weights.
        """
        spec = self.loss.spec
        if spec.is_weighted or spec.reduction == "weighted_mean":
            return None
        return partial(_gradient, self.loss, self.weight)

    def sum_calls(self, dz: Array) -> list[Call]:
        """What writes weight · dL/dz of the layer it is fused with; see ``Loss.sum_calls``."""
        factor = np.array(self.weight * self.loss.scale(self.y), dz.dtype)
        calls: list[Call] = list(self.loss.sum_calls(self.y, self.t, dz))
        calls.append(partial(np.multiply, dz, factor, dz))
        return calls + self.weighing.calls(dz)

    @cached_property
    def _gradient_calls(self) -> list[Call]:
        calls: list[Call] = [self.gather] if self._copies else []
        calls += self.loss.backward_calls(self.y, self.t, self._dy)
        if self.weight != 1.0:
            calls.append(partial(np.multiply, self._dy, self.weight, self._dy))
        calls += self.weighing.calls(self._dy)
        return [*calls, self._hand_back] if self._returns else calls

    def _hand_back(self) -> None:
        for rows, da, is_shared in self._returns:
            if is_shared:
                np.add(da, self._dy[rows], out=da)
            else:
                da[...] = self._dy[rows]


def _gradient(loss: Loss, weight: float, y: Array, t: Array) -> Array:
    gradient = loss.backward(y.T, t.T)
    return (gradient if weight == 1.0 else gradient * weight).T
