"""Learning by the gradient of a loss."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from nnsim.engine.layout import Array
from nnsim.engine.learners.feed import Feed
from nnsim.engine.learners.network import NetworkLearner
from nnsim.engine.optimisers import GradientDescent
from nnsim.engine.plan import Plan
from nnsim.engine.record import Recorder


class GradientLearner(NetworkLearner):
    """Predict, loss, backpropagation, w_new = w - α ∇L.

    With ``batch`` = all samples this is gradient descent, with fewer SGD.  By default every
    gradient is computed with the old weights; with ``updated_weights_first`` each layer is updated
    before the error goes on to the layer below, the slip (or the convention) that some worked
    examples have.
    """

    def __init__(
        self,
        plan: Plan,
        inputs: Array,
        targets: Array,
        feed: Feed,
        learning_rate: float,
        batch: int,
        update_biases: bool = True,
        updated_weights_first: bool = False,
    ) -> None:
        super().__init__(plan, inputs, targets, feed, batch, update_biases)
        self.optimiser = GradientDescent(learning_rate)
        self._updated_weights_first = updated_weights_first

    def error(self, recorder: Recorder | None) -> float:
        if recorder is not None:
            recorder.put("e", self.workspace.t - self.workspace.y)
        return self.workspace.loss(recorder)

    def adjust(self, recorder: Recorder | None) -> None:
        if self._updated_weights_first:
            self.workspace.backward(recorder, after_layer=self._change_layer)
            return
        self.workspace.backward(recorder)
        self.optimiser.change(self.plan.gradient, self.change)
        self.apply_change()

    def _change_layer(self, names: Iterable[str]) -> None:
        layer = list(names)
        for name in layer:
            view = self.plan.gradient_views[name]
            self.optimiser.change(np.asarray(view), self.change_views[name])
        self.apply_change(layer)
