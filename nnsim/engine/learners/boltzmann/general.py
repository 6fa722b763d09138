"""Teaching a general Boltzmann machine: a clamped and a free phase, both by annealing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnsim.engine.layout import Array
from nnsim.engine.learners.boltzmann.machine import Annealing, AnnealingSchedule, Machine
from nnsim.engine.learners.feed import Feed
from nnsim.engine.learners.standalone import StandaloneLearner
from nnsim.engine.record import Metrics, Recorder


@dataclass(frozen=True)
class BoltzmannSettings:
    """How a machine learns; the defaults are those of the encoders of 1985.

    ``update``: "sign" changes every link by ±``step``, by the sign of <s_i s_j>clamped - <s_i
    s_j>free, "gradient" by ``step`` times that difference.  ``repeats``: annealings of each pattern
    in the clamped phase; the free phase has as many as all patterns together.  Noisy clamping: a
    1 of a pattern is clamped as 0 with probability ``off_noise``, a 0 as 1 with ``on_noise``, so
    that no weight has to grow without end.
    """

    update: str = "sign"
    step: float = 2.0
    schedule: AnnealingSchedule = AnnealingSchedule()  # noqa: RUF009 (frozen)
    repeats: int = 2
    off_noise: float = 0.15
    on_noise: float = 0.05

    def __post_init__(self) -> None:
        """Raises ValueError for an unknown update, no repeats, or noise that is no probability."""
        if self.update not in ("sign", "gradient"):
            raise ValueError(f"{self.update!r} is neither sign nor gradient")
        if self.repeats < 1:
            raise ValueError("each pattern is annealed at least once")
        if not (0 <= self.off_noise <= 1 and 0 <= self.on_noise <= 1):
            raise ValueError("noise is a probability, from 0 to 1")


class BoltzmannLearner(StandaloneLearner):
    """Ackley, Hinton and Sejnowski's learning algorithm.

    predict: patterns are clamped (with noise) on the visible units and the hidden units annealed,
    then all units annealed freely; error: p_ij - p'_ij, how often two linked units are on together
    in the first and in the second; adjust: weights and biases go by its sign or its size.
    Parameters: "w:s" (units, units), symmetric, and "b:s" (units,); they begin at 0.  The loss of
    an iteration is the mean of |p_ij - p'_ij| over the links, which learning drives towards 0;
    ``wrong`` counts links where it is at least 1/2.  ``machine.log_likelihood(…, temperature)`` is
    exact for small machines.

    Recorded: "a:v" (patterns), "clamped:v" (with noise), what ``Annealing`` tells in the phases
    "clamped" and "free", "positive:s" and "negative:s" (p and p', the diagonal the means of each
    unit), "gw:s" and "gb:s" (p' - p on the links and for the biases).

    Source: Ackley, Hinton and Sejnowski 1985, sections 3 and 4.1.
    """

    def __init__(
        self,
        patterns: Array,
        links: NDArray[np.bool_],
        feed: Feed,
        batch: int,
        settings: BoltzmannSettings,
        random: np.random.Generator,
    ) -> None:
        """``patterns`` of 0 and 1, (samples, visible); ``links`` (units, units): who is linked.

        Raises ValueError where links are not symmetric or link a unit to itself, or there are fewer
        units than columns of the patterns.
        """
        patterns = np.asarray(patterns, np.float64)
        units, visible = len(links), patterns.shape[1]
        if not np.array_equal(links, links.T) or links.diagonal().any():
            raise ValueError("links are symmetric and lead from one unit to another")
        if units < visible:
            raise ValueError("every column of the patterns needs a visible unit")
        if not np.isin(patterns, (0.0, 1.0)).all():
            raise ValueError("patterns consist of 0 and 1")
        super().__init__(
            {"w:s": np.zeros((units, units)), "b:s": np.zeros(units)}, random=random, feed=feed
        )
        self.patterns = patterns
        self.links = links
        self.batch = batch
        self.settings = settings
        self.machine = Machine(self.params["w:s"], self.params["b:s"], visible)
        self._feed, self._random = feed, random
        self._rows = feed.peek(batch)
        self._clamped = self._free = np.zeros((units, units))
        self._wrong = 0

    def codes(self) -> Array:
        """The likeliest hidden state beside each pattern, shape (samples, hidden)."""
        return self.machine.likeliest_hidden(self.patterns)

    # -- phases ----------------------------------------------------------------------------------

    def predict(self, recorder: Recorder | None) -> None:
        self._rows = self._feed.peek(self.batch)
        patterns = np.repeat(self.patterns[self._rows], self.settings.repeats, axis=0)
        noise = np.where(patterns == 1, self.settings.off_noise, self.settings.on_noise)
        clamped = np.where(self._random.random(patterns.shape) < noise, 1 - patterns, patterns)
        if recorder is not None:
            self.put_parameters(recorder)
            recorder.put("a:v", patterns)
            recorder.put("clamped:v", clamped)
        visible, units = self.machine.visible, self.machine.units
        start = np.hstack([clamped, self._coins((len(clamped), units - visible))])
        self._clamped = self._annealed(start, visible, recorder, "clamped")
        start = self._coins((len(clamped), units))
        self._free = self._annealed(start, 0, recorder, "free")

    def _coins(self, shape: tuple[int, int]) -> Array:
        return self._random.integers(2, size=shape).astype(np.float64)

    def _annealed(
        self, start: Array, first_free: int, recorder: Recorder | None, phase: str
    ) -> Array:
        free = np.arange(first_free, self.machine.units)
        annealing = Annealing(self.machine, self.settings.schedule, start, free, self._random)
        annealing.run(recorder, phase)
        return annealing.together

    def error(self, recorder: Recorder | None) -> float:
        difference = self._clamped - self._free
        linked = difference * self.links
        if recorder is not None:
            recorder.put("positive:s", self._clamped)
            recorder.put("negative:s", self._free)
            recorder.put("gw:s", -linked)
            recorder.put("gb:s", -difference.diagonal())
        if self.settings.update == "sign":
            change = self.settings.step * np.sign(difference)
        else:
            change = self.settings.step * difference
        np.multiply(change, self.links, out=self.change_views["w:s"])
        self.change_views["b:s"][...] = change.diagonal()
        # Each link stands twice in the symmetric matrix.
        count = max(int(self.links.sum()), 1)
        self._wrong = int((np.abs(linked) * 2 >= 1).sum()) // 2
        return float(np.abs(linked).sum() / count)

    def adjust(self, recorder: Recorder | None) -> None:
        self.apply_change()

    def finish(self, loss: float, recorder: Recorder | None) -> Metrics:
        epoch, rows = self._feed.epoch, self._rows
        ended = self._feed.take(len(rows))
        return self.metrics(recorder, loss, tuple(rows.tolist()), self._wrong, epoch, ended)


def encoder_links(visible: int, hidden: int, lateral: bool = True) -> NDArray[np.bool_]:
    """Links of an encoder: two groups of ``visible`` units, then ``hidden`` units between them.

    The two groups are not linked to each other, every hidden unit is linked to all of both.
    ``lateral`` links the units within each group, hidden ones included.
    """
    group = np.repeat([0, 1, 2], [visible, visible, hidden])
    same = group[:, np.newaxis] == group
    to_hidden = (group[:, np.newaxis] == 2) | (group == 2)
    links = (same | to_hidden) if lateral else (to_hidden & ~same)
    np.fill_diagonal(links, False)
    return links


def encoder_patterns(visible: int) -> Array:
    """What an encoder learns: one unit on in the first group and the same one in the second."""
    one = np.eye(visible)
    return np.hstack([one, one])
