"""Teaching a restricted Boltzmann machine: contrastive divergence, also persistent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnsim.engine.layout import Array
from nnsim.engine.learners.boltzmann.restricted_machine import RestrictedMachine
from nnsim.engine.learners.feed import Feed
from nnsim.engine.learners.standalone import StandaloneLearner
from nnsim.engine.record import Metrics, Recorder

#: Standard deviation of the weights at the start (Hinton 2010, section 8).
_SPREAD = 0.01


@dataclass(frozen=True)
class DivergenceSettings:
    """How the gradient of the likelihood is estimated.

    ``gibbs_steps``: k of CD-k.  ``persistent``: the chains go on from where they were an iteration
    ago instead of starting at the data; ``chains`` is how many there are (None: the batch size).
    """

    learning_rate: float = 0.1
    gibbs_steps: int = 1
    persistent: bool = False
    chains: int | None = None

    def __post_init__(self) -> None:
        """Raises ValueError where a number is not positive."""
        if self.gibbs_steps < 1:
            raise ValueError("at least one Gibbs step is needed")
        if not self.learning_rate > 0:
            raise ValueError("the learning rate must be greater than 0")
        if self.chains is not None and self.chains < 1:
            raise ValueError("at least one chain is needed")


class RestrictedBoltzmannLearner(StandaloneLearner):
    """CD-k and persistent CD of a machine of binary units.

    predict: the hidden probabilities of the data, then k Gibbs steps of the chains; error: the
    statistics <h v> of the data minus those of the chains; adjust: W += α (<hv>data - <hv>chains),
    the biases likewise.  Parameters: "w:vh" (hidden, visible), "b:v", "b:h".  The likelihood it
    climbs cannot be computed for machines of any size, so the loss of an iteration is the
    reconstruction error: the mean of (v - v̂)² with v̂ = p(v | E[h | v]), before the update.
    ``machine.log_likelihood`` is exact for small machines.

    Recorded, each (batch or chains, units), step s = 0 … k of the chains as owner: "a:v" and "a:h"
    (data and its hidden probabilities), "r:v" (reconstruction), "prob_v:s", "v:s", "prob_h:s",
    "h:s" (probabilities and samples), "E:s" and "F:s" (energy of (v, h), free energy of v, one
    column), "positive:…" and "negative:…" of "vh", "v", "h" (the two means), "gw:vh" and "gb:…"
    (the estimated gradient of -ln p).  v:0 is the data in CD; a persistent chain begins at h:0.

    Sources: Hinton 2002 (CD); Tieleman 2008 (persistent); practice: Hinton 2010.
    """

    def __init__(
        self,
        data: Array,
        hidden: int,
        feed: Feed,
        batch: int,
        settings: DivergenceSettings,
        random: np.random.Generator,
        weights: Array | None = None,
    ) -> None:
        """``data``: 0 and 1, or probabilities, shape (samples, visible).

        Where no ``weights`` (hidden, visible) are given they are drawn from N(0, 0.01²).
        Raises ValueError for data outside 0 … 1.
        """
        data = np.asarray(data, np.float64)
        if not ((data >= 0) & (data <= 1)).all():
            raise ValueError("the visible units take values from 0 to 1")
        visible = data.shape[1]
        if weights is None:
            weights = random.normal(0.0, _SPREAD, (hidden, visible))
        chains = (settings.chains or min(batch, len(data))) if settings.persistent else 0
        self._chains = np.zeros((chains, hidden))
        super().__init__(
            {"w:vh": weights, "b:v": np.zeros(visible), "b:h": np.zeros(hidden)},
            kept={"chains": self._chains} if settings.persistent else {},
            random=random,
            feed=feed,
        )
        self.data = data
        self.batch = batch
        self.settings = settings
        self.machine = RestrictedMachine(
            self.params["w:vh"], self.params["b:v"], self.params["b:h"]
        )
        self._feed, self._random = feed, random
        self._rows = feed.peek(batch)
        self._v = self._h = self._v_model = self._h_model = np.zeros((0, 0))
        self._reconstruction = self._v

    # -- phases ----------------------------------------------------------------------------------

    def predict(self, recorder: Recorder | None) -> None:
        self._rows = self._feed.peek(self.batch)
        self._v = self.data[self._rows]
        self._h = self.machine.hidden_probabilities(self._v)
        self._reconstruction = self.machine.visible_probabilities(self._h)
        if recorder is not None:
            self.put_parameters(recorder)
            recorder.put("a:v", self._v)
            recorder.put("a:h", self._h)
            recorder.put("r:v", self._reconstruction)
        self._run_chains(recorder)

    def _run_chains(self, recorder: Recorder | None) -> None:
        """k Gibbs steps.  The last h is drawn only where the chain needs it to go on."""
        if self.settings.persistent:
            h = self._chains.copy()
            if recorder is not None:
                recorder.put("h:0", h)
        else:
            h = self._sample(self._h)
            if recorder is not None:
                self._put_step(recorder, 0, self._v, self._h, h)
        steps = self.settings.gibbs_steps
        for step in range(1, steps + 1):
            v_probabilities = self.machine.visible_probabilities(h)
            v = self._sample(v_probabilities)
            h_probabilities = self.machine.hidden_probabilities(v)
            goes_on = step < steps or self.settings.persistent
            if goes_on:
                h = self._sample(h_probabilities)
            if recorder is not None:
                recorder.put(f"prob_v:{step}", v_probabilities)
                self._put_step(recorder, step, v, h_probabilities, h if goes_on else None)
        self._v_model, self._h_model = v, h_probabilities
        if self.settings.persistent:
            self._chains[...] = h

    def _sample(self, probabilities: Array) -> Array:
        """1 with these probabilities, else 0."""
        return (self._random.random(probabilities.shape) < probabilities).astype(np.float64)

    def _put_step(
        self, recorder: Recorder, step: int, v: Array, h_probabilities: Array, h: Array | None
    ) -> None:
        recorder.put(f"v:{step}", v)
        recorder.put(f"prob_h:{step}", h_probabilities)
        recorder.put(f"F:{step}", self.machine.free_energy(v)[:, np.newaxis])
        if h is not None:
            recorder.put(f"h:{step}", h)
            recorder.put(f"E:{step}", self.machine.energy(v, h)[:, np.newaxis])

    def error(self, recorder: Recorder | None) -> float:
        samples, chains = len(self._v), len(self._v_model)
        rate = self.settings.learning_rate / samples
        # As many chains as samples is the usual case: sums are then compared as they are.
        scale = samples / chains
        statistics = {
            "w:vh": (self._h.T @ self._v, self._h_model.T @ self._v_model),
            "b:v": (self._v.sum(axis=0), self._v_model.sum(axis=0)),
            "b:h": (self._h.sum(axis=0), self._h_model.sum(axis=0)),
        }
        for name, (positive, negative) in statistics.items():
            difference = positive - scale * negative
            np.multiply(difference, rate, out=self.change_views[name])
            if recorder is not None:
                owner = name.partition(":")[2]
                recorder.put(f"positive:{owner}", positive / samples)
                recorder.put(f"negative:{owner}", negative / chains)
                recorder.put(f"g{name}", -difference / samples)
        return float(((self._v - self._reconstruction) ** 2).mean())

    def adjust(self, recorder: Recorder | None) -> None:
        self.apply_change()

    def finish(self, loss: float, recorder: Recorder | None) -> Metrics:
        wrong = int((np.abs(self._v - self._reconstruction) * 2 >= 1).sum())
        epoch, rows = self._feed.epoch, self._rows
        ended = self._feed.take(len(rows))
        return self.metrics(recorder, loss, tuple(rows.tolist()), wrong, epoch, ended)
