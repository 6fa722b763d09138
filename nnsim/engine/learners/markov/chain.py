"""What can be said of a finite Markov chain from its transition matrix."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnsim.engine.layout import Array

#: How far the sum of a row may be from 1.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class ChainClass:
    """A communicating class: states that can all be reached from one another.

    ``closed``: it is never left (its states are recurrent, else transient).  ``period``: the chain
    can come back to a state only after multiples of it; 0 where it can never come back.
    """

    states: tuple[int, ...]
    closed: bool
    period: int

    @property
    def is_absorbing(self) -> bool:
        """Whether it is a single state that is never left."""
        return self.closed and len(self.states) == 1


class MarkovChain:
    """A finite chain with transition matrix A: A_ij is the probability of going from i to j.

    Source for all that follows: Kemeny and Snell 1960; Norris 1997, chapter 1.
    """

    def __init__(self, matrix: Array) -> None:
        """``matrix``: shape (states, states), rows that sum to 1 (copied).

        Raises ValueError for anything else.
        """
        self.matrix = np.array(matrix, np.float64)
        if self.matrix.ndim != 2 or self.matrix.shape[0] != self.matrix.shape[1]:
            raise ValueError("a transition matrix is square")
        sums = self.matrix.sum(axis=1)
        if not ((self.matrix >= 0).all() and (np.abs(sums - 1) <= _ROUNDING).all()):
            raise ValueError("every row of a transition matrix is a distribution")
        self.matrix.flags.writeable = False

    @property
    def states(self) -> int:
        """How many there are."""
        return len(self.matrix)

    def power(self, steps: int) -> Array:
        """A^n: entry (i, j) is the probability of being in j, n steps after i.

        Raises ValueError for a negative number of steps.
        """
        if steps < 0:
            raise ValueError("a chain takes 0 steps or more")
        return np.linalg.matrix_power(self.matrix, steps)

    # -- classes ---------------------------------------------------------------------------------

    @functools.cached_property
    def reachable(self) -> NDArray[np.bool_]:
        """(i, j): whether j can be reached from i, in 0 steps or more."""
        reached: NDArray[np.bool_] = (self.matrix > 0) | np.eye(self.states, dtype=np.bool_)
        # Warshall 1962: paths through state k are added one k after the other.
        for k in range(self.states):
            reached |= reached[:, k : k + 1] & reached[k]
        return reached

    @functools.cached_property
    def classes(self) -> tuple[ChainClass, ...]:
        """The communicating classes, in the order of their first states."""
        mutual = self.reachable & self.reachable.T
        found = []
        for state in range(self.states):
            members = np.flatnonzero(mutual[state])
            if members[0] != state:
                continue
            closed = not (self.reachable[state] & ~mutual[state]).any()
            found.append(ChainClass(tuple(members.tolist()), closed, self._period(members)))
        return tuple(found)

    def _period(self, members: NDArray[np.int64]) -> int:
        """Greatest common divisor of the lengths of all ways round.

        With d(s) the distance from the first state, it is that of d(i) + 1 - d(j) over all
        transitions i -> j within the class (Denardo 1977).
        """
        inside = {int(state) for state in members}
        distance = {int(members[0]): 0}
        queue = [int(members[0])]
        period = 0
        for i in queue:
            for j in np.flatnonzero(self.matrix[i] > 0).tolist():
                if j not in inside:
                    continue
                if j not in distance:
                    distance[j] = distance[i] + 1
                    queue.append(j)
                period = math.gcd(period, distance[i] + 1 - distance[j])
        return period

    @property
    def is_irreducible(self) -> bool:
        """Whether every state can be reached from every other."""
        return len(self.classes) == 1

    @property
    def closed_classes(self) -> tuple[ChainClass, ...]:
        """Those that are never left; there is at least one."""
        return tuple(found for found in self.classes if found.closed)

    @property
    def transient_states(self) -> tuple[int, ...]:
        """States that the chain leaves for good sooner or later."""
        return tuple(
            sorted(state for found in self.classes if not found.closed for state in found.states)
        )

    @property
    def converges(self) -> bool:
        """Whether πA^n comes to the same distribution from every start."""
        return len(self.closed_classes) == 1 and self.closed_classes[0].period == 1

    # -- in the long run -------------------------------------------------------------------------

    @functools.cached_property
    def stationary(self) -> Array:
        """π with πA = π and sum 1, one row for each closed class, shape (closed classes, states).

        Every stationary distribution is a mixture of these rows.
        """
        rows = np.zeros((len(self.closed_classes), self.states))
        for row, found in zip(rows, self.closed_classes, strict=True):
            inside = np.ix_(found.states, found.states)
            equations = self.matrix[inside].T - np.eye(len(found.states))
            # One equation follows from the others; that of the sum takes its place.
            equations[-1] = 1.0
            wanted = np.zeros(len(found.states))
            wanted[-1] = 1.0
            row[list(found.states)] = np.linalg.solve(equations, wanted)
        return rows

    @functools.cached_property
    def fundamental(self) -> Array:
        """N = (1 - Q)⁻¹ over the transient states: expected visits of j when started in i."""
        transient = list(self.transient_states)
        inside = self.matrix[np.ix_(transient, transient)]
        return np.linalg.inv(np.eye(len(transient)) - inside)

    def absorption(self) -> Array:
        """Probability of ending in each closed class, shape (states, closed classes)."""
        found = np.zeros((self.states, len(self.closed_classes)))
        transient = list(self.transient_states)
        for column, closed in enumerate(self.closed_classes):
            members = list(closed.states)
            found[members, column] = 1.0
            entering = self.matrix[np.ix_(transient, members)].sum(axis=1)
            found[transient, column] = self.fundamental @ entering
        return found

    def steps_to_absorption(self) -> Array:
        """Expected number of steps until a closed class is entered, shape (states,)."""
        steps = np.zeros(self.states)
        steps[list(self.transient_states)] = self.fundamental.sum(axis=1)
        return steps

    def limit(self) -> Array:
        """Where the averages of A, A², …, A^n go, shape (states, states).

        Where no closed class has a period above 1 that is also where A^n goes.
        """
        return self.absorption() @ self.stationary

    def sample(self, start: int, steps: int, random: np.random.Generator) -> NDArray[np.int64]:
        """A walk of ``steps`` steps from ``start``, shape (steps + 1,)."""
        walk = np.empty(steps + 1, dtype=np.int64)
        walk[0] = start
        totals = self.matrix.cumsum(axis=1)
        # Rounding may leave a sum just below 1: the last state that has any chance takes the rest.
        for row, probabilities in zip(totals, self.matrix, strict=True):
            row[np.flatnonzero(probabilities)[-1] :] = 1.0
        for step, draw in enumerate(random.random(steps)):
            walk[step + 1] = int(np.searchsorted(totals[walk[step]], draw, side="right"))
        return walk
