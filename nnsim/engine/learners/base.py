"""What all learners share: the three phases, snapshots and replay."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnsim.engine.activations import Array
from nnsim.engine.learners.feed import Feed, FeedState
from nnsim.engine.plan import Plan, Workspace
from nnsim.engine.record import Metrics, Recorder


@dataclass(frozen=True)
class Snapshot:
    """A learner's whole state between two iterations; never modified."""

    iteration: int
    parameters: Array
    feed: FeedState


class Learner(ABC):
    """Runs iterations: predict, error, adjust.

    ``inputs`` has shape (samples, input units), ``targets`` (samples, outputs).  Restoring a
    snapshot and running again gives bit-identical numbers.
    """

    def __init__(
        self,
        plan: Plan,
        inputs: Array,
        targets: Array,
        feed: Feed,
        batch: int = 1,
        update_biases: bool = True,
    ) -> None:
        self.plan = plan
        self.inputs = plan.numbers(inputs)
        self.targets = plan.numbers(targets)
        self.feed = feed
        self.batch = batch
        self.iteration = 0
        self.change = np.zeros_like(plan.parameters)
        self.change_views = plan.views_of(self.change)
        self._fixed = [] if update_biases else [n for n in plan.views if n.startswith("b:")]

    def iterate(self, recorder: Recorder | None = None) -> Metrics:
        """One iteration; the recorder, if there is one, is told every quantity."""
        rows = self.feed.peek(self.batch)
        workspace = self.plan.workspace(len(rows))
        epoch = self.feed.epoch
        # NaN and infinity are results here: recorded, shown, and a reason to stop.
        with np.errstate(over="ignore", invalid="ignore"):
            workspace.load(self.inputs[rows], self.targets[rows])
            if recorder is not None:
                self.plan.put_parameters(recorder)
            workspace.forward(recorder)
            loss = self.error(workspace, recorder)
            wrong = count_wrong(workspace)
            self.adjust(workspace, recorder)
        if recorder is not None:
            for name, change in self.change_views.items():
                recorder.put(f"d{name}", change)
            self.plan.put_parameters(recorder, suffix="+")
        self.iteration += 1
        return Metrics(
            iteration=self.iteration,
            epoch=epoch,
            samples=tuple(int(row) for row in rows),
            loss=loss,
            wrong=wrong,
            changed=bool((self.change != 0).any()),
            epoch_ended=self.advance(len(rows), wrong),
        )

    @abstractmethod
    def error(self, workspace: Workspace, recorder: Recorder | None) -> float:
        """Compare the prediction with the targets; returns the loss (NaN for rules without)."""

    @abstractmethod
    def adjust(self, workspace: Workspace, recorder: Recorder | None) -> None:
        """Write ``change`` and add it to the parameters."""

    def advance(self, taken: int, wrong: int) -> bool:
        """Go to the next samples; True where the epoch ended."""
        return self.feed.take(taken)

    def apply_change(self, names: list[str] | None = None) -> None:
        """Add the change to the parameters (all, or those named); fixed ones keep their value."""
        for name in self._fixed:
            self.change_views[name][...] = 0
        if names is None:
            self.plan.parameters += self.change
            return
        for name in names:
            self.plan.views[name] += self.change_views[name]

    def snapshot(self) -> Snapshot:
        """The state, to come back to."""
        parameters = self.plan.parameters.copy()
        parameters.flags.writeable = False
        return Snapshot(self.iteration, parameters, self.feed.state())

    def restore(self, snapshot: Snapshot) -> None:
        """Go back (or forward) to a snapshot of this learner, or of one with other settings."""
        self.iteration = snapshot.iteration
        # The snapshot may be of a learner that computed with floats where this one is exact.
        same = self.plan.dtype == snapshot.parameters.dtype
        parameters = snapshot.parameters
        self.plan.parameters[...] = parameters if same else self.plan.numbers(parameters)
        self.feed.restore(snapshot.feed)

    def state_key(self) -> Hashable | None:
        """What alone decides all that follows, or None where that can never repeat (shuffling)."""
        if self.feed.is_shuffled:
            return None
        if self.plan.is_exact:
            return self.feed.place, tuple(self.plan.parameters.tolist())
        return self.feed.place, self.plan.parameters.tobytes()


def count_wrong(workspace: Workspace) -> int:
    """Outputs that miss their target."""
    return int(missed(workspace.y, workspace.t, workspace.objective.loss.name).sum())


def missed(y: Array, t: Array, loss: str) -> NDArray[np.bool_]:
    """Which outputs miss their target, shape (batch, outputs).

    With the hinge loss a wrong sign; with cross-entropy the largest output of a sample where it is
    that of another class; else an output at least 1/2 away from its target.
    """
    if loss == "hinge":
        return np.asarray(y * t <= 0, dtype=np.bool_)
    if loss == "cross_entropy" and y.shape[1] > 1:
        largest = y.argmax(axis=1)
        wrong = largest != t.argmax(axis=1)
        return (np.arange(y.shape[1]) == largest[:, np.newaxis]) & wrong[:, np.newaxis]
    return np.asarray(np.abs(y - t) * 2 >= 1, dtype=np.bool_)
