"""Updates: what is learnt from which objectives, by which optimiser and within what limits."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from nnsim.engine.layout import Array
from nnsim.engine.ops.base import Call
from nnsim.engine.optimisers import OptimiserSpec, make_optimiser
from nnsim.engine.plan import Plan
from nnsim.engine.record import Recorder
from nnsim.engine.regularisers import Clipping, ClippingSpec, Penalty, PenaltySpec
from nnsim.engine.schedules import ScheduleSpec

# Numbers of a stretch of parameters that are changed in one go.
_STRETCH = 2**16

#: From which forward run an update takes its gradient.
FORWARDS = ("shared", "same", "new")


@dataclass(frozen=True)
class Update:
    """How some parameters learn from some objectives of a plan.

    ``objectives``: their names; none: all.  What is learnt are the parameters that these objectives
    name; those of several updates must be disjoint.  ``forward``: "shared" takes the gradient from
    the forward run before it, with the parameters of that time, however many updates use it;
    "same" runs forward anew with the parameters updated so far and the same masks and noise, "new"
    with fresh ones.  ``name`` marks what is recorded where there are several.

    A generative adversarial network as its authors train it is Update(("real", "fake"), name="D"),
    then Update(("fool",), name="G", forward="new").  Source: Goodfellow et al. 2014, algorithm 1.
    """

    optimiser: OptimiserSpec = OptimiserSpec()  # noqa: RUF009 (frozen)
    schedule: ScheduleSpec = ScheduleSpec()  # noqa: RUF009
    penalty: PenaltySpec = PenaltySpec()  # noqa: RUF009
    clipping: ClippingSpec = ClippingSpec()  # noqa: RUF009
    objectives: tuple[str, ...] = ()
    forward: str = "shared"
    name: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError for an unknown kind of forward run."""
        if self.forward not in FORWARDS:
            raise ValueError(f"{self.forward!r} is none of {', '.join(FORWARDS)}")


def learnt_by(update: Update, plan: Plan) -> frozenset[str]:
    """Names of the parameters that an update changes.

    Raises ValueError for an objective that the plan does not have.
    """
    by_name = {spec.name: spec for spec in plan.spec.named_objectives}
    unknown = set(update.objectives) - set(by_name)
    if unknown:
        raise ValueError(f"the plan has no objective {', '.join(sorted(unknown))}")
    found: set[str] = set()
    for name in update.objectives or by_name:
        parameters = by_name[name].parameters
        found |= set(plan.layout) if parameters is None else parameters
    return frozenset(found)


class Updater:
    """One update, bound to the vectors of a plan.

    ``where`` are the places of what it learns in the flat vectors: a slice where they lie side by
    side, else their numbers, and then it works on copies.
    """

    def __init__(self, update: Update, plan: Plan, change: Array) -> None:
        self.update = update
        self.names = learnt_by(update, plan)
        self._layout = plan.layout
        self.where = _places(plan, self.names)
        is_part = isinstance(self.where, slice)
        weights = _weights(plan)[self.where]
        size = len(weights)
        whole = (plan.parameters, plan.gradient, change)
        self._vectors = [
            vector[self.where] if is_part else np.empty(size, vector.dtype) for vector in whole
        ]
        parameters = self._vectors[0]
        self.optimiser = make_optimiser(update.optimiser, size, plan.dtype, weights)
        self.penalty = Penalty(update.penalty, parameters, weights) if update.penalty else None
        self.clipping = Clipping(update.clipping) if update.clipping else None
        self._sources, self._change = whole, change
        self._calls: list[Call] | None = None
        #: whether a step is made of more than the gradient: then that is recorded
        self.tells = not self.is_steady or bool(
            self.optimiser.keeps or update.penalty or update.clipping
        )
        #: of the step begun last
        self._rate = math.nan

    @property
    def is_steady(self) -> bool:
        """Whether every step is made with the same numbers."""
        return self.update.schedule.is_constant and not self.optimiser.counts

    def rate(self, iteration: int, epoch: int) -> float:
        """The learning rate of this iteration of this epoch, both from 1."""
        return self.update.optimiser.learning_rate * self.update.schedule.share(iteration, epoch)

    def begin(self, iteration: int, epoch: int) -> None:
        """Get ready for this iteration's step."""
        self._rate = self.rate(iteration, epoch)
        self.optimiser.begin(self._rate)

    def calls(self) -> list[Call]:
        """What writes the change, from the gradient that the plan holds."""
        if self._calls is None:
            self._calls = self._made_calls()
        return self._calls

    def _made_calls(self) -> list[Call]:
        _, gradient, change = self._vectors
        calls = self._limiting(gradient)
        for part in self._parts():
            calls += self._step(part, change)
        if isinstance(self.where, slice):
            return calls
        fetched: list[Call] = [
            partial(np.take, whole, self.where, out=part, mode="clip")
            for whole, part in zip(self._sources[:2], self._vectors[:2], strict=True)
        ]
        return [*fetched, *calls, partial(self._change.__setitem__, self.where, change)]

    def _parts(self) -> list[slice]:
        """Stretches that stay in the processor's cache while all that is done to one is done."""
        size = len(self._vectors[0])
        count = max(round(size / _STRETCH), 1)
        edges = [size * k // count for k in range(count + 1)]
        return [slice(start, stop) for start, stop in itertools.pairwise(edges)]

    def _step(self, part: slice, change: Array) -> list[Call]:
        parameters, gradient = self._vectors[0][part], self._vectors[1][part]
        return self.optimiser.calls(parameters, gradient, change[part], part)

    def calls_to_the_end(self, fixed: Sequence[Array]) -> list[Call]:
        """What writes the change and adds it to the parameters; it must learn all there is.

        ``fixed`` are views of the change that stay 0.  Where the optimiser can do without, neither
        gradient nor change are kept: less memory to go through.
        """
        parameters, gradient, change = self._vectors
        change = gradient if self.optimiser.spares_gradient and not fixed else change
        calls = self._limiting(gradient)
        for part in self._parts():
            calls += self._step(part, change)
            if not fixed:
                calls.append(partial(np.add, parameters[part], change[part], parameters[part]))
        if fixed:
            calls += [partial(view.fill, 0) for view in fixed]
            calls.append(partial(np.add, parameters, change, parameters))
        return calls

    def _limiting(self, gradient: Array) -> list[Call]:
        calls: list[Call] = []
        if self.penalty is not None:
            calls += self.penalty.calls(gradient)
        if self.clipping is not None:
            calls += self.clipping.calls(gradient)
        return calls

    def change_part(self, start: int, stop: int) -> None:
        """Write the change of a stretch of the vectors alone; it must learn all there is."""
        parameters, gradient, change = (vector[start:stop] for vector in self._vectors)
        for call in self.optimiser.calls(parameters, gradient, change, slice(start, stop)):
            call()

    def penalties(self) -> float:
        """What the penalty adds to the loss."""
        return sum(self.penalty.values()) if self.penalty is not None else 0.0

    # -- recording, snapshots --------------------------------------------------------------------

    def put_kept(self, recorder: Recorder, size: int) -> None:
        """Tell, before a step, what is kept of the ones before; ``size`` as for ``put``."""
        for prefix, vector in self.optimiser.kept().items():
            self._put_all(recorder, vector, size, prefix, own=True)

    def put(self, recorder: Recorder, size: int) -> None:
        """Tell what the step was made of; ``size`` is that of the whole vectors."""
        if self.optimiser.counts:
            recorder.put("step", np.array(float(self.optimiser.step)))
        if not self.update.schedule.is_constant:
            recorder.put("lr", np.array(self._rate))
        if self.penalty is not None:
            self._put_all(recorder, self.penalty.gradient, size, "penalty.g")
        if self.clipping is not None and self.update.clipping.norm is not None:
            recorder.put("norm", np.array(self.clipping.norm))
        if self.penalty is not None or self.clipping is not None:
            self._put_all(recorder, self._vectors[1], size, "used.g")
        for prefix, vector in self.optimiser.internals().items():
            self._put_all(recorder, vector, size, prefix, own=True)

    def _put_all(
        self, recorder: Recorder, vector: Array, size: int, before: str, own: bool = False
    ) -> None:
        if len(vector) == size:
            recorder.put_all(self._layout, vector, before=before, own=own)
            return
        whole = np.zeros(size, vector.dtype)
        whole[self.where] = vector
        places = {name: self._layout[name] for name in self._layout if name in self.names}
        recorder.put_all(places, whole, before=before, own=True)

    def state(self) -> Mapping[str, Any]:
        """The optimiser's."""
        return self.optimiser.state()


def _weights(plan: Plan) -> Array:
    """1 at weights, 0 at vectors: biases, gains, offsets; flat as the parameters."""
    weights = np.ones(len(plan.parameters), plan.dtype)
    for place in plan.layout.values():
        if place.is_vector:
            place.view(weights)[...] = 0
    return weights


def _places(plan: Plan, names: frozenset[str]) -> slice | Array:
    if len(names) == len(plan.layout):
        return slice(0, len(plan.parameters))
    taken = np.zeros(len(plan.parameters), dtype=np.bool_)
    views = plan.views_of(taken)
    for name in names:
        views[name][...] = True
    places = np.flatnonzero(taken)
    if len(places) and places[-1] - places[0] + 1 == len(places):
        return slice(int(places[0]), int(places[-1]) + 1)
    return places


def disjoint(updaters: Sequence[Updater]) -> None:
    """Raises ValueError where two updates change the same parameter."""
    seen: set[str] = set()
    for updater in updaters:
        twice = seen & updater.names
        if twice:
            raise ValueError(f"two updates change {', '.join(sorted(twice))}")
        seen |= updater.names
