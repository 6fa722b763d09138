"""What learners of a plan share: samples in, prediction, changes of the parameters, replay."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnsim.core.randoms import restore_state, state_of
from nnsim.engine.layout import Array
from nnsim.engine.learners.base import Learner, Snapshot, frozen
from nnsim.engine.learners.feed import Feed
from nnsim.engine.losses import loss_class
from nnsim.engine.plan import Plan, Workspace
from nnsim.engine.record import Metrics, Recorder


class NetworkLearner(Learner):
    """Teaches a plan from samples, batch by batch.

    ``inputs`` has shape (samples, input values), ``targets`` (samples, outputs), ``weights``, for
    losses with ``sample_weights``, (samples,); without them all samples count 1.
    """

    def __init__(
        self,
        plan: Plan,
        inputs: Array,
        targets: Array,
        feed: Feed,
        batch: int = 1,
        update_biases: bool = True,
        weights: Array | None = None,
    ) -> None:
        """Raises ValueError for weights that no loss of the plan asks for."""
        super().__init__()
        is_weighted = any(each.loss.sample_weights for each in plan.spec.named_objectives)
        if weights is not None and not is_weighted:
            raise ValueError("samples have weights, and no loss of the plan uses them")
        if weights is None and is_weighted:
            weights = np.ones(len(inputs))
        self.plan = plan
        self.weights = None if weights is None else plan.numbers(weights)
        self.inputs = plan.numbers(inputs)
        self.targets = plan.numbers(targets)
        self.feed = feed
        self.batch = batch
        self.change = np.zeros_like(plan.parameters)
        self.change_views = plan.views_of(self.change)
        self.workspace = plan.workspace(min(batch, feed.count))
        self._rows = feed.peek(batch)
        self._fixed = [] if update_biases else [n for n in plan.views if n.startswith("b:")]

    # -- phases ----------------------------------------------------------------------------------

    def predict(self, recorder: Recorder | None) -> None:
        self.load_next()
        if recorder is not None:
            self.plan.put_parameters(recorder)
        self.workspace.forward(recorder)

    def load_next(self) -> Workspace:
        """Put the next batch into the arrays for its size."""
        rows = self._rows = self.feed.peek(self.batch)
        workspace = self.workspace
        if workspace.batch != len(rows):
            workspace = self.workspace = self.plan.workspace(len(rows))
        weights = None if self.weights is None else self.weights[rows]
        workspace.load(self.inputs[rows], self.targets[rows], weights)
        return workspace

    def finish(self, loss: float, recorder: Recorder | None) -> Metrics:
        if recorder is not None:
            recorder.put_all(self.plan.layout, self.change, before="d")
            self.put_updated(recorder)
        wrong = count_wrong(self.workspace)
        rows, epoch = self._rows, self.feed.epoch
        ended = self.advance(len(rows), wrong)
        if ended:
            self.plan.begin_epoch()
        return Metrics(
            iteration=self.iteration,
            epoch=epoch,
            samples=tuple(rows.tolist()),
            loss=loss,
            wrong=wrong,
            changed=bool((self.change != 0).any()),
            epoch_ended=ended,
        )

    def put_updated(self, recorder: Recorder) -> None:
        """Tell the parameters after the update, and the state."""
        self.plan.put_parameters(recorder, suffix="+")

    def advance(self, taken: int, wrong: int) -> bool:
        """Go to the next samples; True where the epoch ended."""
        return self.feed.take(taken)

    def train(self, iterations: int) -> None:
        """So many iterations that leave nothing but what they learnt.

        Parameters, state and feed are then bit for bit as after as many calls of ``iterate``.
        """
        for _ in range(iterations):
            self.iterate()

    def apply_change(self, names: list[str] | None = None) -> None:
        """Add the change to the parameters (all, or those named); fixed ones keep their value."""
        for name in self._fixed:
            self.change_views[name][...] = 0
        if names is None:
            self.plan.parameters += self.change
            return
        for name in names:
            np.add(self.plan.views[name], self.change_views[name], out=self.plan.views[name])

    # -- state -----------------------------------------------------------------------------------

    @property
    def params(self) -> Mapping[str, Array]:
        return self.plan.views

    @property
    def state(self) -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        if self.plan.spec.draws:
            found["random"] = state_of(self.plan.random)
        if len(self.plan.state):
            found["plan"] = self.plan.state
        return found

    def snapshot(self) -> Snapshot:
        state = {
            name: frozen(value) if isinstance(value, np.ndarray) else value
            for name, value in self.state.items()
        }
        return Snapshot(self.iteration, frozen(self.plan.parameters), self.feed.state(), state)

    def restore(self, snapshot: Snapshot) -> None:
        self.iteration = snapshot.iteration
        # The snapshot may be of a learner that computed with floats where this one is exact.
        same = self.plan.dtype == snapshot.parameters.dtype
        parameters = snapshot.parameters
        self.plan.parameters[...] = parameters if same else self.plan.numbers(parameters)
        if "random" in snapshot.state:
            restore_state(self.plan.random, snapshot.state["random"])
        if "plan" in snapshot.state:
            self.plan.state[...] = snapshot.state["plan"]
        if snapshot.feed is not None:
            self.feed.restore(snapshot.feed)

    def state_key(self) -> Hashable | None:
        if self.feed.is_shuffled or self.plan.spec.draws:
            return None
        if self.plan.is_exact:
            return self.feed.place, tuple(self.plan.parameters.tolist())
        return self.feed.place, self.plan.parameters.tobytes() + self.plan.state.tobytes()


def count_wrong(workspace: Workspace) -> int:
    """Outputs that miss their target."""
    # Several objectives may look at the same outputs, and some at none.
    judges = {
        spec.outputs: objective
        for spec, objective in reversed(workspace.objectives)
        if objective.loss.has_targets and spec.target is None
    }
    return sum(int(missed(o.y.T, o.t.T, o.loss.name).sum()) for o in judges.values())


def missed(y: Array, t: Array, loss: str) -> NDArray[np.bool_]:
    """Which outputs miss their target, shape (batch, outputs); see ``Loss.decides``.

    With the hinge loss a wrong sign; with cross-entropy the largest output of a sample where it is
    that of another class; else an output at least 1/2 away from its target.
    """
    decides = loss_class(loss).decides
    if decides == "sign":
        # What went astray is counted, not warned of: infinity times 0 is no sign either way.
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(y * t <= 0, dtype=np.bool_)
    if decides == "logit":
        return np.asarray((y >= 0) != (t >= 0.5), dtype=np.bool_)
    if decides == "largest" and y.shape[1] > 1:
        largest = y.argmax(axis=1)
        wrong = largest != t.argmax(axis=1)
        return (np.arange(y.shape[1]) == largest[:, np.newaxis]) & wrong[:, np.newaxis]
    return np.asarray(np.abs(y - t) >= 0.5, dtype=np.bool_)
