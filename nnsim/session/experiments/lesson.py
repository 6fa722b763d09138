"""A lesson: one training with the parts it is judged on, as a task for any worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from nnsim.data.dataset import Labels
from nnsim.data.splitting import Split
from nnsim.engine.learners import NetworkLearner
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.session.experiments.samples import Figures, Part, Samples, judged

# With some rules an epoch may never end, for they stay at a sample until it is right.
_LONGEST_EPOCH = 5_000
NO_ROWS: Labels = np.zeros(0, dtype=np.int64)
#: How long each training is, as reports tell it.
LENGTH = "all epochs; a project's own ends (patience, target loss, tolerance, limit) are not used"


class Begun(NamedTuple):
    """A training at its start, and the parts it is judged on."""

    learner: NetworkLearner
    parts: tuple[Part, ...]


class Network(Protocol):
    """What an experiment trains: a perceptron given by its layers, or a diagram as it is drawn."""

    @property
    def epochs(self) -> int:
        """How long it is trained."""

    def begin(self, samples: Samples, rows: Sequence[Labels], seed: int) -> Begun:
        """A training on the first of the parts that ``rows`` give by row numbers.

        Whatever is fitted to samples, such as a scaling, is fitted to those of the first part.
        """


@dataclass(frozen=True, eq=False)
class Lesson:
    """One training.

    ``rows``: row numbers of the parts, the first of which is learnt from.  ``at``: the epochs
    after which the network is judged, ascending; 0 is the start.
    """

    network: Network
    samples: Samples
    rows: tuple[Labels, ...]
    seed: int
    at: tuple[int, ...]


#: How a network does on each part, once for every time it was judged.
Course = tuple[tuple[Figures, ...], ...]


def take(lesson: Lesson) -> Course:
    """Train, and judge after each of the epochs.

    Nothing ends it sooner: networks can be compared only after as many epochs.
    """
    learner, parts = lesson.network.begin(lesson.samples, lesson.rows, lesson.seed)
    found, done = [], 0
    for epoch in lesson.at:
        train_epochs(learner, epoch - done)
        done = epoch
        found.append(tuple(judged(learner.plan, part) for part in parts))
    return tuple(found)


def train_epochs(learner: NetworkLearner, epochs: int) -> None:
    """So many epochs on; one that does not come to an end is given up after some thousand steps."""
    if isinstance(learner, GradientLearner):
        learner.train(epochs * -(-learner.feed.count // learner.batch))
        return
    for _ in range(epochs):
        for _ in range(longest_epoch(learner)):
            if learner.iterate().epoch_ended:
                break


def longest_epoch(learner: NetworkLearner) -> int:
    """After how many iterations an epoch is given up."""
    return _LONGEST_EPOCH + learner.feed.count


def every_epoch(network: Network) -> tuple[int, ...]:
    """The start and the end of every epoch."""
    return tuple(range(network.epochs + 1))


def rows_of(split: Split) -> tuple[Labels, Labels, Labels]:
    """Training, validation and test part."""
    return split.training, split.validation, split.test
