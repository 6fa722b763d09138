"""What learners without a plan share: parameters in one array, state by name, replay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnsim.core.randoms import restore_state, state_of
from nnsim.engine.layout import Array, Views, parameter_layout
from nnsim.engine.learners.base import Learner, Snapshot, frozen
from nnsim.engine.learners.feed import Feed
from nnsim.engine.record import Metrics, Recorder


class StandaloneLearner(Learner):
    """A learner whose parameters are its own, not those of a plan.

    ``params`` and ``change_views`` are views by name into the flat arrays ``parameters`` and
    ``change`` (float64).  The recorder is told a parameter "w" before the update as "w", its change
    as "dw" and what it has become as "w+" (for a name with an owner: "w:c", "dw:c", "w+:c").
    """

    def __init__(
        self,
        parameters: Mapping[str, Array],
        kept: Mapping[str, Array] | None = None,
        random: np.random.Generator | None = None,
        feed: Feed | None = None,
    ) -> None:
        """``kept``: what decides how it goes on beside the parameters; changed in place only.

        ``random`` is drawn from by this learner alone, or replay could not be bit-identical.
        """
        super().__init__()
        self.layout = parameter_layout({name: np.shape(v) for name, v in parameters.items()})
        flat = [np.ravel(np.asarray(values, np.float64)) for values in parameters.values()]
        self.parameters = np.concatenate(flat)
        self.change = np.zeros_like(self.parameters)
        self.change_views = Views(self.layout, self.change)
        self.random = random
        self.feed = feed
        self._views = Views(self.layout, self.parameters)
        self._kept = dict(kept or {})

    # -- phases ----------------------------------------------------------------------------------

    def put_parameters(self, recorder: Recorder) -> None:
        """Tell the recorder the parameters before the update."""
        recorder.put_all(self.layout, self.parameters)

    def apply_change(self) -> None:
        """Add the change to the parameters."""
        self.parameters += self.change

    def metrics(
        self,
        recorder: Recorder | None,
        loss: float,
        samples: tuple[int, ...],
        wrong: int,
        epoch: int = 1,
        epoch_ended: bool = False,
    ) -> Metrics:
        """Tell the recorder the change and what came of it; the figures of the iteration."""
        if recorder is not None:
            recorder.put("L", np.array(loss))
            recorder.put_all(self.layout, self.change, before="d")
            recorder.put_all(self.layout, self.parameters, after="+")
        changed = bool((self.change != 0).any())
        return Metrics(self.iteration, epoch, samples, loss, wrong, changed, epoch_ended)

    @property
    def is_done(self) -> bool:
        """Whether it has come to its end, so far as it has one: nothing of note will change."""
        return False

    # -- state -----------------------------------------------------------------------------------

    @property
    def params(self) -> Mapping[str, Array]:
        return self._views

    @property
    def state(self) -> Mapping[str, Any]:
        found: dict[str, Any] = dict(self._kept)
        if self.random is not None:
            found["random"] = state_of(self.random)
        return found

    def snapshot(self) -> Snapshot:
        state = {
            name: frozen(value) if isinstance(value, np.ndarray) else value
            for name, value in self.state.items()
        }
        feed = None if self.feed is None else self.feed.state()
        return Snapshot(self.iteration, frozen(self.parameters), feed, state)

    def restore(self, snapshot: Snapshot) -> None:
        self.iteration = snapshot.iteration
        self.parameters[...] = snapshot.parameters
        for name, values in self._kept.items():
            if name in snapshot.state:
                values[...] = snapshot.state[name]
        if self.random is not None and "random" in snapshot.state:
            restore_state(self.random, snapshot.state["random"])
        if self.feed is not None and snapshot.feed is not None:
            self.feed.restore(snapshot.feed)
