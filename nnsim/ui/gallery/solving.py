"""Examples solved while their gallery is looked at: what the pictures show has been computed.

Nothing here knows Qt.  An example is opened, then run as its own settings say; of one with two
input columns the outputs over the plane are asked now and then: a picture is seen to become.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnsim.data.classes import labels_of
from nnsim.document.adversarial import adversaries_of
from nnsim.document.examples import GROUPS, load_example
from nnsim.document.model import Document
from nnsim.document.preparation import prepared
from nnsim.session.probing import Probe, grid
from nnsim.session.running import Runner

Floats = NDArray[np.float64]

#: Cells a side of the grid that the outputs are asked over.
SIDE = 40
# Iterations between two looks at the clock, and between two pictures.
_STRETCH, _PICTURES = 10, 12
# Iterations whose loss is drawn of what goes wrong.
_FAILING = 600
# Iterations after which one sees whether a generator has found all there is; samples it then makes.
_PLAYED, _GENERATED = 1500, 200
# Room around the samples, as a share of their range.
_ROOM = 0.08


@dataclass(frozen=True, eq=False)
class Region:
    """A rectangle of the plane and the network's outputs in it.

    ``low`` and ``high`` are corners, (2,); ``outputs`` has shape (SIDE, SIDE, outputs), its first
    row the lowest, or None before the first look.  ``generated`` are samples that a generator has
    made, (samples, 2), None without one.
    """

    low: Floats
    high: Floats
    outputs: Floats | None = None
    generated: Floats | None = None


@dataclass(frozen=True, eq=False)
class Solved:
    """An example as far as it is solved.

    ``region`` is None unless it has two input columns; ``losses`` are those of the iterations of an
    example that goes wrong, None of the others.
    """

    example: str
    document: Document
    region: Region | None = None
    losses: tuple[float, ...] | None = None


def solving(examples: Iterable[str]) -> Iterator[Solved | None]:
    """First every example as it is in its file, then those in the plane, more and more solved.

    Several values at a point are no picture: such an example keeps its samples alone.  Of what
    goes wrong there is the loss to be seen.  None stands for work that has brought nothing to show
    yet: a good moment to do something else.
    """
    opened = {}
    for example in examples:
        document = opened[example] = load_example(example)
        yield Solved(example, document, _rectangle(document))
    for example, document in opened.items():
        if example in GROUPS["failures"] and adversaries_of(document) is None:
            yield from _failed(example, document)
            continue
        targets = document.data.targets
        is_picture = targets.shape[1] == 1 or labels_of(targets) is not None
        if is_picture and _rectangle(document) is not None:
            yield from _solved(example, document)


def _solved(example: str, document: Document) -> Iterator[Solved | None]:
    runner = Runner(document)
    runner.watch()
    sides = adversaries_of(document)
    limit = document.training.limit if sides is None else min(document.training.limit, _PLAYED)
    between = max(limit // _PICTURES, 1)
    while runner.verdict is None and runner.iteration < limit:
        runner.iterate()
        if runner.iteration % between == 0:
            yield Solved(example, document, _asked(document, runner))
        elif runner.iteration % _STRETCH == 0:
            yield None
    yield Solved(example, document, _asked(document, runner))


def _failed(example: str, document: Document) -> Iterator[Solved | None]:
    runner, losses = Runner(document), list[float]()
    runner.watch()
    limit = min(document.training.limit, _FAILING)
    while runner.verdict is None and runner.iteration < limit:
        losses.append(runner.iterate().loss)
        if runner.iteration % (limit // _PICTURES) == 0:
            yield Solved(example, document, losses=tuple(losses))
        elif runner.iteration % _STRETCH == 0:
            yield None
    yield Solved(example, document, losses=tuple(losses))


def _rectangle(document: Document) -> Region | None:
    inputs = document.data.inputs
    if inputs.shape[1] != 2 or not len(inputs):
        return None
    low, high = inputs.min(axis=0), inputs.max(axis=0)
    room = np.maximum(_ROOM * (high - low), 1e-9)
    # The corners of a truth table are its samples: they want more room.
    room = np.where(len(inputs) <= SIDE, 3 * room, room)
    return Region(low - room, high + room)


def _asked(document: Document, runner: Runner) -> Region:
    region = _rectangle(document)
    assert region is not None
    (left, below), (right, above) = region.low.tolist(), region.high.tolist()
    samples = prepared(document)
    points = samples.network_inputs(grid((left, below), (right, above), SIDE))
    plan = runner.learner.plan
    probe = Probe(plan.spec)
    probe.put({name: view.astype(np.float64) for name, view in plan.views.items()})
    answers = probe.respond(points, *plan.spec.outputs)
    outputs = np.hstack([answers[node].a for node in plan.spec.outputs])
    outputs = samples.target_scaling.invert(outputs)
    outputs = outputs.reshape(SIDE, SIDE, -1)
    sides = adversaries_of(document)
    if sides is None:
        return Region(region.low, region.high, outputs)
    made = samples.input_scaling.invert(probe.generate(sides.sample, _GENERATED))
    return Region(region.low, region.high, outputs, made)
