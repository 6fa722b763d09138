"""The loss over some nodes of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from nnsim.engine.layout import Array
from nnsim.engine.losses import Loss
from nnsim.engine.ops.base import Call, Port


class Objective:
    """weight · L(y, t): y gathers the nodes one below the other, shape (outputs, batch).

    ``parts`` are the ports and the rows of them that belong to it.  ``t`` are the targets, same
    shape.  ``weights``, (batch,), multiply the addends of each sample; None: all count the same.
    """

    def __init__(
        self, loss: Loss, parts: Sequence[tuple[Port, int, int]], t: Array, weight: float = 1.0
    ) -> None:
        self.loss = loss
        self.t = t
        self.weight = weight
        self.weights: Array | None = None
        #: True where the layer below goes from the targets to its sums in one
        self.is_fused = False
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

    def gather(self) -> None:
        """Bring y up to date."""
        for mine, theirs in self._copies:
            mine[...] = theirs

    def terms(self) -> Array:
        """The addends before any factor but the samples' weights, shape (outputs, batch)."""
        terms = self.loss.terms(self.y, self.t)
        return terms if self.weights is None else terms * self.weights

    def forward(self) -> float:
        """weight · L, with the conventions of the loss."""
        return float(self.weight * self.loss.scale(self.y) * self.terms().sum())

    def backward(self) -> None:
        """Hands weight · dL/dy to the nodes, also where nothing but a record needs it."""
        for call in self._gradient_calls():
            call()

    def backward_calls(self) -> list[Call]:
        """What running backward calls: nothing where it is fused."""
        return [] if self.is_fused else self._gradient_calls()

    def sum_calls(self, dz: Array) -> list[Call]:
        """What writes dL/dz of the softmax layer it is fused with: y Σt - t, times the factors.

        By way of dL/dy = -t / y it would divide by probabilities that may be 0.
        """
        total = np.zeros_like(self.t[0])
        factor = np.array(self.weight * self.loss.scale(self.y), dz.dtype)
        calls: list[Call] = [
            partial(np.add.reduce, self.t, 0, None, total),
            partial(np.multiply, self.y, total, dz),
            partial(np.subtract, dz, self.t, dz),
            partial(np.multiply, dz, factor, dz),
        ]
        if self.weights is not None:
            calls.append(partial(np.multiply, dz, self.weights, dz))
        return calls

    def _gradient_calls(self) -> list[Call]:
        calls: list[Call] = [self.gather] if self._copies else []
        calls += self.loss.backward_calls(self.y, self.t, self._dy)
        if self.weight != 1.0:
            calls.append(partial(np.multiply, self._dy, self.weight, self._dy))
        if self.weights is not None:
            calls.append(partial(np.multiply, self._dy, self.weights, self._dy))
        return [*calls, self._hand_back] if self._returns else calls

    def _hand_back(self) -> None:
        for rows, da, is_shared in self._returns:
            if is_shared:
                np.add(da, self._dy[rows], out=da)
            else:
                da[...] = self._dy[rows]
