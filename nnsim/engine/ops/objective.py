"""The loss over all output layers of a plan."""

from __future__ import annotations

import numpy as np

from nnsim.engine.activations import Array
from nnsim.engine.losses import Loss


class Objective:
    """L(y, t): y gathers the output layers side by side, shape (batch, outputs), t the targets."""

    def __init__(
        self, loss: Loss, parts: tuple[tuple[Array, Array], ...], y: Array, t: Array
    ) -> None:
        self.loss = loss
        self.y, self.t = y, t
        self._parts = parts
        ends = np.cumsum([a.shape[1] for a, _ in parts])
        self._columns = [
            slice(end - a.shape[1], end) for end, (a, _) in zip(ends, parts, strict=True)
        ]

    def gather(self) -> None:
        """Writes y from the activations of the output layers."""
        for columns, (a, _) in zip(self._columns, self._parts, strict=True):
            self.y[:, columns] = a

    def forward(self) -> float:
        """L, with the conventions of the loss."""
        return self.loss.value(self.y, self.t)

    def backward(self) -> None:
        """Adds dL/dy to the gradient of each output layer."""
        dy = self.loss.backward(self.y, self.t)
        for columns, (_, da) in zip(self._columns, self._parts, strict=True):
            da += dy[:, columns]
