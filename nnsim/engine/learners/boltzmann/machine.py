"""The general Boltzmann machine itself: energies, exact distribution, annealing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nnsim.engine.activations import Sigmoid
from nnsim.engine.layout import Array
from nnsim.engine.learners.boltzmann.enumeration import MOST_UNITS, all_states, log_sum_exp
from nnsim.engine.record import Recorder

_SIGMOID = Sigmoid()


@dataclass(frozen=True, eq=False)
class Machine:
    """Binary units s with symmetric links: E(s) = -½ sᵀWs - bᵀs, p(s) = e^(-E(s)/T) / Z.

    ``weights`` W, shape (units, units), symmetric with a diagonal of 0; ``biases`` b, (units,).
    They are looked at, not copied.  States have shape (chains, units).  The first ``visible``
    units are the visible ones.  Source: Ackley, Hinton and Sejnowski 1985.
    """

    weights: Array
    biases: Array
    visible: int

    @property
    def units(self) -> int:
        """How many units there are, visible and hidden."""
        return len(self.biases)

    @property
    def hidden(self) -> int:
        """How many of them are hidden."""
        return self.units - self.visible

    def energy(self, states: Array) -> Array:
        """E(s), shape (chains,)."""
        return -0.5 * ((states @ self.weights) * states).sum(axis=1) - states @ self.biases

    def log_partition(self, temperature: float = 1.0) -> float:
        """ln Z over all states.  Raises ValueError for more than 20 units."""
        return log_sum_exp(-self.energy(all_states(self.units)) / temperature)

    def log_likelihood(self, v: Array, temperature: float = 1.0) -> Array:
        """ln p(v) of visible states, shape (samples,), the hidden units summed out.

        Raises ValueError for more than 20 units.
        """
        hidden = all_states(self.hidden)
        clamped = [-self.energy(self._joined(row, hidden)) / temperature for row in v]
        log_partition = self.log_partition(temperature)
        return np.array([log_sum_exp(values) - log_partition for values in clamped])

    def likeliest_hidden(self, v: Array) -> Array:
        """The hidden state of least energy beside each v: its code; shape (samples, hidden).

        Raises ValueError for more than 20 hidden units.
        """
        if self.hidden > MOST_UNITS:
            raise ValueError(f"codes are found by enumeration, of {MOST_UNITS} units at most")
        hidden = all_states(self.hidden)
        return np.array([hidden[self.energy(self._joined(row, hidden)).argmin()] for row in v])

    def completed(self, states: Array, given: Sequence[int]) -> Array:
        """Each state with the units that are not ``given`` set as the energy is least.

        Shape (chains, units).  Raises ValueError where more than 20 units are to be found.
        """
        others = np.setdiff1d(np.arange(self.units), np.asarray(given, dtype=np.int64))
        tried = all_states(len(others))
        found = np.array(states, np.float64)
        for row in found:
            candidates = np.tile(row, (len(tried), 1))
            candidates[:, others] = tried
            row[others] = tried[self.energy(candidates).argmin()]
        return found

    def _joined(self, v: Array, hidden: Array) -> Array:
        return np.hstack([np.tile(v, (len(hidden), 1)), hidden])


@dataclass(frozen=True)
class AnnealingSchedule:
    """How long at which temperature: ``cooling`` = ((time units, temperature), …), then ``gather``.

    For ``gather`` more time units the machine stays at the last temperature, and statistics are
    taken after every chance.  In one time unit every free unit is given one chance on average.
    The defaults are those of Ackley, Hinton and Sejnowski 1985, section 4.1.
    """

    cooling: tuple[tuple[int, float], ...] = ((2, 20.0), (2, 15.0), (2, 12.0), (4, 10.0))
    gather: int = 10

    def __post_init__(self) -> None:
        """Raises ValueError where it has no time or a temperature is not above 0."""
        if not self.cooling or self.gather < 1 or any(time < 1 for time, _ in self.cooling):
            raise ValueError("a schedule needs at least one time unit at each temperature")
        if not all(temperature > 0 for _, temperature in self.cooling):
            raise ValueError("temperatures are greater than 0")

    @property
    def temperatures(self) -> tuple[float, ...]:
        """The temperature of each time unit."""
        cooling = [temperature for time, temperature in self.cooling for _ in range(time)]
        return (*cooling, *[self.last] * self.gather)

    @property
    def last(self) -> float:
        """The temperature at which statistics are taken."""
        return self.cooling[-1][1]


@dataclass(eq=False)
class Annealing:
    """Chains of a machine that cool down together, each with its own chances.

    A chance: unit i is picked at random and becomes 1 with probability σ((W_i s + b_i) / T).
    ``states``, (chains, units), are changed in place; units that are not ``free`` keep their value.
    ``together`` is, after ``run``, the mean of s_i s_j over the chances in which statistics are
    taken, shape (units, units), with the means of s_i on its diagonal.

    Recorded with ``phase`` as part of the name, for time unit t = 1, 2, …: "unit_phase:t" (which
    unit got a chance), "sum_phase:t" (its W_i s + b_i), "prob_phase:t" (its probability),
    "draw_phase:t" (the number drawn from 0 … 1: the unit becomes 1 where it is less), each
    (chains, chances); "s_phase:t" (chains, units) and "E_phase:t" (chains, 1), where t = 0 is the
    start; "T:phase" (1, time units).
    """

    machine: Machine
    schedule: AnnealingSchedule
    states: Array
    free: NDArray[np.int64]
    random: np.random.Generator
    together: Array = field(init=False)

    def run(self, recorder: Recorder | None = None, phase: str = "free") -> None:
        """Cool down and take the statistics."""
        temperatures = self.schedule.temperatures
        if recorder is not None:
            recorder.put(f"T:{phase}", np.array([temperatures]))
            self._put_states(recorder, phase, 0)
        if not len(self.free):
            # All units are clamped: nothing will move.
            self.together = self.states.T @ self.states / len(self.states)
            return
        units = self.machine.units
        gathers_from = len(temperatures) - self.schedule.gather
        seen = np.zeros((len(self.free), *self.states.shape))
        together = np.zeros((units, units))
        for time, temperature in enumerate(temperatures):
            self._pass_time(temperature, seen, recorder, phase, time + 1)
            if time >= gathers_from:
                flat = seen.reshape(-1, units)
                together += flat.T @ flat
        self.together = together / (len(flat) * self.schedule.gather)

    def _pass_time(
        self,
        temperature: float,
        seen: Array,
        recorder: Recorder | None,
        phase: str,
        time: int,
    ) -> None:
        """One time unit; ``seen`` takes the states after every chance."""
        states, weights = self.states, self.machine.weights
        chances = (len(self.free), len(states))
        units = self.free[self.random.integers(len(self.free), size=chances)]
        draws = self.random.random(chances)
        biases = self.machine.biases[units]
        # u < σ(z/T) is z > T ln(u / (1 - u)): the right side is made for all chances at once.
        limits = temperature * np.log(draws / (1.0 - draws)) - biases
        places = units + np.arange(len(states)) * self.machine.units
        sums = np.empty(chances)
        for chance, unit in enumerate(units):
            total = np.vecdot(weights.take(unit, axis=0), states, out=sums[chance])
            states.put(places[chance], total > limits[chance])
            seen[chance] = states
        if recorder is not None:
            sums += biases
            recorder.put(f"unit_{phase}:{time}", units.T)
            recorder.put(f"sum_{phase}:{time}", sums.T)
            recorder.put(f"prob_{phase}:{time}", _SIGMOID.forward(sums / temperature).T)
            recorder.put(f"draw_{phase}:{time}", draws.T)
            self._put_states(recorder, phase, time)

    def _put_states(self, recorder: Recorder, phase: str, time: int) -> None:
        recorder.put(f"s_{phase}:{time}", self.states)
        recorder.put(f"E_{phase}:{time}", self.machine.energy(self.states)[:, np.newaxis])
