"""Learning by the gradient of a loss, or of several."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from nnsim.core.randoms import restore_state, state_of
from nnsim.engine.layout import Array
from nnsim.engine.learners.base import Snapshot
from nnsim.engine.learners.feed import Feed
from nnsim.engine.learners.network import NetworkLearner
from nnsim.engine.learners.stage import Stage
from nnsim.engine.learners.updates import Update, Updater, disjoint
from nnsim.engine.ops.base import Call
from nnsim.engine.plan import Plan, Workspace
from nnsim.engine.record import Marked, Metrics, Recorder


class GradientLearner(NetworkLearner):
    """Predict, loss, backpropagation, w_new = w + Δ, where the optimiser of each update says Δ.

    With ``batch`` = all samples and plain steps this is gradient descent, with fewer SGD.  By
    default every gradient is computed with the old weights; with ``updated_weights_first`` each
    layer is updated before the error goes on to the layer below, the slip (or the convention) that
    some worked examples have.
    """

    def __init__(
        self,
        plan: Plan,
        inputs: Array,
        targets: Array,
        feed: Feed,
        updates: Update | Sequence[Update],
        batch: int,
        update_biases: bool = True,
        updated_weights_first: bool = False,
        weights: Array | None = None,
    ) -> None:
        """Raises ValueError for updates that change the same parameters.

        So do updates that the other convention makes no sense for: several, or with penalties or
        clipping, which need the whole gradient.
        """
        super().__init__(plan, inputs, targets, feed, batch, update_biases, weights)
        chosen = [updates] if isinstance(updates, Update) else list(updates)
        self.updaters = [Updater(update, plan, self.change) for update in chosen]
        disjoint(self.updaters)
        if updated_weights_first and (len(chosen) > 1 or chosen[0].penalty or chosen[0].clipping):
            raise ValueError("weights can be updated early only by one update without limits")
        self._updated_weights_first = updated_weights_first
        self._is_simple = len(chosen) == 1 and not chosen[0].objectives
        # The gradient every parameter was changed by: with several updates each has its own part.
        self._gradient = plan.gradient if self._is_simple else np.zeros_like(plan.gradient)
        self._drawn_from: Mapping[str, Any] = {}
        # Of the second update, by its own forward run where it has one.
        self._second_loss = math.nan
        self._keeps_noise = any(update.forward == "same" for update in chosen)
        self._stage = Stage(self.inputs, self.targets, feed, batch, self.weights)
        self._programs: dict[int, list[Call]] = {}

    # -- phases ----------------------------------------------------------------------------------

    def predict(self, recorder: Recorder | None) -> None:
        self._remember_noise()
        super().predict(recorder)

    def error(self, recorder: Recorder | None) -> float:
        if recorder is not None:
            recorder.put_made("e", np.subtract, ("t", "y"))
        # What several updates learn from are losses of their own; "L" is that of the first.
        loss = self.workspace.loss(recorder, self.updaters[0].update.objectives)
        penalty = sum(updater.penalties() for updater in self.updaters)
        if any(updater.penalty is not None for updater in self.updaters):
            if recorder is not None:
                recorder.put("L:data", np.array(loss), own=True)
                recorder.put("L:penalty", np.array(penalty), own=True)
                recorder.put("L", np.array(loss + penalty), own=True)
            loss += penalty
        return loss

    def adjust(self, recorder: Recorder | None) -> None:
        for updater in self.updaters:
            updater.begin(self.iteration + 1, self.feed.epoch)
            if recorder is not None and updater.tells:
                updater.put_kept(self._listener(recorder, updater), len(self.change))
        if self._updated_weights_first:
            self.workspace.backward(recorder, after_layer=self._change_layer)
            self._put_update(self.updaters[0], recorder)
        elif self._is_simple:
            self.workspace.backward(recorder)
            self._change_by(self.updaters[0], recorder)
            self.apply_change()
        else:
            self._adjust_in_rounds(recorder)

    def _listener(self, recorder: Recorder, updater: Updater) -> Recorder:
        """Who is told what belongs to an update: with its name where there are several."""
        return recorder if self._is_simple else Marked(recorder, f"@{updater.update.name}")

    def _change_by(self, updater: Updater, recorder: Recorder | None) -> None:
        for call in updater.calls():
            call()
        self._put_update(updater, recorder)

    def _put_update(self, updater: Updater, recorder: Recorder | None) -> None:
        if recorder is not None and updater.tells:
            updater.put(recorder, len(self.change))

    def put_updated(self, recorder: Recorder) -> None:
        if not self._is_simple:
            super().put_updated(recorder)
            return
        # The change has been added to all of them at once, so no copy is needed.
        recorder.put_updated(self.plan.layout)
        self.plan.put_state(recorder, suffix="+")

    def _change_layer(self, names: Iterable[str]) -> None:
        layer = list(names)
        places = [self.plan.layout[name] for name in layer]
        for start, stop in sorted({(place.start, place.stop) for place in places}):
            self.updaters[0].change_part(start, stop)
        self.apply_change(layer)

    # -- several updates -------------------------------------------------------------------------

    def _rounds(self) -> list[list[Updater]]:
        """Updates that use the same forward run, in order."""
        rounds: list[list[Updater]] = []
        for updater in self.updaters:
            if not rounds or updater.update.forward != "shared":
                rounds.append([])
            rounds[-1].append(updater)
        return rounds

    def _adjust_in_rounds(self, recorder: Recorder | None) -> None:
        for number, updaters in enumerate(self._rounds()):
            if number:
                marked = _marked(recorder, updaters[0].update.name)
                self._draw_again(updaters[0].update.forward)
                self.workspace.forward(marked)
            for updater in updaters:
                marked = _marked(recorder, updater.update.name)
                self._measure(updater, marked)
                self.workspace.backward(marked, objectives=updater.update.objectives)
                if recorder is not None:
                    self._gradient[updater.where] = self.plan.gradient[updater.where]
                self._change_by(updater, marked)
            for updater in updaters:
                self._apply(updater)
        if recorder is not None:
            recorder.put_all(self.plan.layout, self._gradient, before="g")

    def _measure(self, updater: Updater, recorder: Recorder | None) -> None:
        """Its loss in the forward run that it learns from; that of the first is known already."""
        if updater is self.updaters[0]:
            return
        loss = self.workspace.loss(recorder, updater.update.objectives)
        if updater is self.updaters[1]:
            self._second_loss = loss

    def finish(self, loss: float, recorder: Recorder | None) -> Metrics:
        found = super().finish(loss, recorder)
        return found._replace(second_loss=self._second_loss)

    def _apply(self, updater: Updater) -> None:
        for name in self._fixed:
            self.change_views[name][...] = 0
        self.plan.parameters[updater.where] += self.change[updater.where]

    def _remember_noise(self) -> None:
        if self._keeps_noise:
            self._drawn_from = state_of(self.plan.random)

    def _draw_again(self, forward: str) -> None:
        """Before another forward run: go back to where this iteration's noise was drawn from."""
        if forward == "same":
            restore_state(self.plan.random, self._drawn_from)

    # -- at full speed ---------------------------------------------------------------------------

    def train(self, iterations: int) -> None:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            while iterations > 0:
                iterations -= self._train_stretch(iterations)

    def _train_stretch(self, most: int) -> int:
        """Full batches that lie ready, or the short last one; how many were run."""
        count = min((self.feed.count - self.feed.place) // self.batch, most)
        if count == 0:
            workspace = self.load_next()
            for call in self._program(workspace):
                call()
            self.iteration += 1
            self._take(workspace.batch)
            return 1
        workspace = self.workspace = self.plan.workspace(self.batch)
        program = self._program(workspace)
        loads = self._stage.loads(workspace, count)
        for load in loads:
            load()
            for call in program:
                call()
            self.iteration += 1
        self._take(len(loads) * self.batch)
        return len(loads)

    def _take(self, samples: int) -> None:
        if self.feed.take(samples):
            self.plan.begin_epoch()

    def _program(self, workspace: Workspace) -> list[Call]:
        """Everything between loading and the next batch; made once a batch size."""
        found = self._programs.get(workspace.batch)
        if found is None:
            found = self._programs[workspace.batch] = self._made_program(workspace)
        for updater in self.updaters:
            if updater.is_steady:
                updater.begin(self.iteration + 1, self.feed.epoch)
        return found

    def _made_program(self, workspace: Workspace) -> list[Call]:
        calls: list[Call] = [self._remember_noise] if self._keeps_noise else []
        calls += workspace.forward_calls()
        if not self._is_simple or self._updated_weights_first:
            return [*calls, partial(self.adjust, None)]
        (updater,) = self.updaters
        calls += workspace.backward_calls()
        if not updater.is_steady:
            calls.append(self._begin)
        return calls + updater.calls_to_the_end([self.change_views[name] for name in self._fixed])

    def _begin(self) -> None:
        self.updaters[0].begin(self.iteration + 1, self.feed.epoch)

    # -- state -----------------------------------------------------------------------------------

    @property
    def state(self) -> Mapping[str, Any]:
        found = dict(super().state)
        for number, updater in enumerate(self.updaters):
            kept = updater.optimiser.state()
            found |= {f"{_place(number, updater)}{name}": value for name, value in kept.items()}
        return found

    def restore(self, snapshot: Snapshot) -> None:
        super().restore(snapshot)
        for number, updater in enumerate(self.updaters):
            place = _place(number, updater)
            updater.optimiser.restore(
                {
                    name.removeprefix(place): value
                    for name, value in snapshot.state.items()
                    if name.startswith(place)
                }
            )


def _place(number: int, updater: Updater) -> str:
    """What the names of an optimiser's state begin with; another kind finds nothing there."""
    return f"{updater.update.optimiser.name}.{number}."


def _marked(recorder: Recorder | None, name: str) -> Recorder | None:
    return None if recorder is None else Marked(recorder, f"@{name}")
