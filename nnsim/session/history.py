"""What went on inside a run, over time: gradients, updates, dead units, how weights are spread.

A trace keeps few figures of an iteration; these are found again by replay, of so many iterations as
a curve can show.  The iterations are thinned evenly: of every two neighbours one goes when there
are too many, so those that stay never change, and which they are depends on the run alone.
"""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnsim.engine.histograms import Histogram, Magnitudes, histogram, magnitudes
from nnsim.engine.probes import (
    PlanLayer,
    dead_shares,
    delta_norms,
    gradient_norms,
    layers_of,
    norms_in_time,
    saturated_shares,
    update_ratios,
)
from nnsim.engine.record import Record
from nnsim.session.running import Runner
from nnsim.session.session import Session
from nnsim.session.sums import SampleSums
from nnsim.session.versions import valid_iterations

Floats = NDArray[np.float64]

#: Iterations whose figures are kept, at most.
MOST_POINTS = 200
# Powers of two: a trace keeps the state after every 16 iterations at first.
_FIRST_SNAPSHOTS = 4
# Iterations run on the way between two looks at the clock: they take a fraction of a recorded one.
_SKIPPED = 8
# Windows of so many doublings are longer than any run.
_LONGEST = 40
# Bits of its products with 0, 1, 2 … come in no order that a table could have.
_ODD = 0x9E3779B1


@dataclass(frozen=True, eq=False)
class Inside:
    """The inner figures of one iteration; every array has an entry a layer.

    ``gradients``: ‖∂L/∂W‖; ``deltas``: ‖∂L/∂z‖ over the batch; ``updates``: ‖ΔW‖ / ‖W‖; ``dead``
    and ``saturated``: shares of units over the training samples, as the iteration found them.  NaN
    where a layer has no such figure.  ``weights`` are those after the update, ``changes`` what it
    added and ``sizes`` how large these are; all without biases.  ``in_time``: ‖∂L/∂h_t‖ of every
    time step of the recurrent layers, shape (steps,), by node.
    """

    iteration: int
    gradients: Floats
    deltas: Floats
    updates: Floats
    dead: Floats
    saturated: Floats
    weights: tuple[Histogram, ...]
    changes: tuple[Histogram, ...]
    sizes: tuple[Magnitudes, ...]
    in_time: Mapping[str, Floats]


class History:
    """The inner figures of a session at evenly spaced iterations, found bit by bit.

    It has a runner of its own: looking never changes the trace.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._document = session.document
        self._found: dict[int, Inside] = {}
        self._present: Inside | None = None
        self._runner: Runner | None = None
        self._layers: tuple[PlanLayer, ...] = ()
        self._sums: SampleSums | None = None
        #: the length that points were found for last
        self.sought = 0

    @property
    def layers(self) -> tuple[PlanLayer, ...]:
        """The layers the figures are about, the one nearest to the inputs first."""
        self._take_document()
        if not self._layers:
            self._layers = layers_of(self._session.spec_at(1))
        return self._layers

    @property
    def samples(self) -> tuple[int, int]:
        """With how many samples units are looked at, and of how many training samples."""
        return (0, 0) if self._sums is None else (self._sums.samples, self._sums.total)

    @property
    def points(self) -> tuple[Inside, ...]:
        """What is found by now, in the order of the iterations."""
        return tuple(self._found[iteration] for iteration in sorted(self._found))

    def find(self, seconds: float, length: int | None = None) -> bool:
        """Find points of the first ``length`` iterations (default: all that are computed).

        Of a long run those come first that will stay the longest: few points over all of it, then
        more between them.  Stops after so many ``seconds``, or a few iterations more; True where no
        point is missing.
        """
        self._take_document()
        computed = self._session.computed
        self.sought = computed if length is None else min(length, computed)
        wanted = self._wanted(self.sought)
        self._found = {i: self._found[i] for i in wanted if i in self._found}
        end = time.perf_counter() + seconds
        for iteration in wanted:
            while iteration not in self._found:
                self._come_nearer(iteration)
                if time.perf_counter() >= end:
                    return len(self._found) == len(wanted)
        return True

    def at(self, iteration: int) -> Inside:
        """The figures of any one iteration, computed up to it if need be."""
        self._take_document()
        found = self._found.get(iteration)
        if found is not None:
            return found
        if self._present is None or self._present.iteration != iteration:
            self._present = self._inside(iteration, self._session.record(iteration))
        return self._present

    def _wanted(self, length: int) -> list[int]:
        """The iterations whose figures are shown where there are ``length``, first ones first."""
        if not length:
            return []
        trace = self._session.trace
        level = max(math.ceil(math.log2(length / MOST_POINTS)), 0)
        if level >= _FIRST_SNAPSHOTS:
            level = max(level, trace.stride.bit_length() - 1)
        # Where every iteration sees all samples there is nothing to choose between.
        varied = not trace.column("epoch_ended")[0]
        windows = range(-(-length // 2**level))
        found = [1 + _kept(level, window, varied) for window in windows]
        found = [iteration for iteration in found if iteration <= length]
        # A short run is walked through from its start, which is cheaper than to and fro.
        return sorted(found, key=lambda i: -_stays(level, i - 1, varied)) if level else found

    def _take_document(self) -> None:
        """Forget what an edit has made untrue."""
        document = self._session.document
        if document is self._document:
            return
        valid = valid_iterations(self._document, document)
        self._document = document
        self._runner = None
        self._sums = None
        self._layers = ()
        if valid is not None:
            self._found = {i: point for i, point in self._found.items() if i <= valid}
            if self._present is not None and self._present.iteration > valid:
                self._present = None

    def _come_nearer(self, iteration: int) -> None:
        """Run some iterations on the way to this one, or this one itself, recorded."""
        if self._runner is None:
            self._runner = Runner(self._document)
        runner = self._runner
        snapshot = self._session.trace.nearest(iteration - 1)
        if not snapshot.iteration <= runner.iteration < iteration:
            runner.jump(snapshot)
        if runner.iteration < iteration - 1:
            runner.skip_to(min(runner.iteration + _SKIPPED, iteration - 1))
            return
        record = Record()
        runner.iterate(record)
        self._found[iteration] = self._inside(iteration, record)

    def _inside(self, iteration: int, record: Record) -> Inside:
        spec = self._session.spec_at(iteration)
        if self._sums is None or self._sums.spec != spec:
            self._sums = SampleSums(self._document, spec)
        # Settings that change in the middle of a run leave the diagram as it is.
        layers = self.layers
        z = self._sums.of(record, *(node for layer in layers for node in layer.nodes))
        changes = [_weights(record, layer, "d{}") for layer in layers]
        return Inside(
            iteration,
            gradient_norms(record, layers),
            delta_norms(record, layers, spec),
            update_ratios(record, layers),
            dead_shares(spec, layers, z),
            saturated_shares(spec, layers, z),
            tuple(histogram(_weights(record, layer, "{}+")) for layer in layers),
            tuple(map(histogram, changes)),
            tuple(map(magnitudes, changes)),
            {
                node: norms_in_time(record.array(f"dh:{node}"))
                for node in spec.recurrent
                if f"dh:{node}" in record
            },
        )


@functools.lru_cache(maxsize=4096)
def _kept(level: int, window: int, varied: bool) -> int:
    """Which iteration (from 0) stands for a window of 2^level of them; windows count from 0.

    It is the one that stands for one of its halves.  Where iterations are ``varied`` this is now
    the first and now the second, in no regular order, for else it would always be the same
    sample's where samples come in the order of the table.  Windows longer than from one snapshot
    to the next take their first half.
    """
    while level > 0:
        level -= 1
        chooses = varied and level < _FIRST_SNAPSHOTS and window > 0
        window = 2 * window + int(chooses and bool((window * _ODD >> 20 + level) & 1))
    return window


@functools.lru_cache(maxsize=4096)
def _stays(level: int, iteration: int, varied: bool) -> int:
    """The longest windows, as their level, for which an iteration (from 0) stands."""
    while level < _LONGEST and _kept(level + 1, iteration >> (level + 1), varied) == iteration:
        level += 1
    return level


def _weights(record: Record, layer: PlanLayer, form: str) -> list[Floats]:
    """The weights of a layer in one of their forms: "{}+" after the update, "d{}" the change."""
    found = []
    for name in layer.weights:
        kind, _, owner = name.partition(":")
        found.append(record.array(f"{form.format(kind)}:{owner}"))
    return found
