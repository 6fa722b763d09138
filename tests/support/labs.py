"""Data and networks of the lessons: what tests of whole trainings share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from nnsim.core.randoms import generator
from nnsim.data.bundled import digits
from nnsim.engine.layout import Array
from nnsim.engine.learners import Feed
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.learners.updates import Update
from nnsim.engine.metrics import accuracy
from nnsim.engine.optimisers import OptimiserSpec
from nnsim.engine.plan import Plan, Workspace


class Digits:
    """The 8x8 digits, flat: 1347 for training and 450 for testing, stratified.

    From 0 to 1, or ``standardised``: less the mean of all training pixels, over their deviation.
    ``background`` is what a pixel without ink then is.
    """

    def __init__(self, standardised: bool = False) -> None:
        found = digits(generator(0))
        assert found.labels is not None
        labels = np.array(found.labels)
        training, test = train_test_split(
            np.arange(len(labels)), test_size=0.25, random_state=0, stratify=labels
        )
        inputs = found.flat_inputs / 16
        seen = inputs[training]
        mean, deviation = (float(seen.mean()), float(seen.std())) if standardised else (0.0, 1.0)
        inputs = (inputs - mean) / deviation
        self.background = -mean / deviation
        self.inputs, self.targets = inputs[training], found.targets[training]
        self.test_inputs, self.test_labels = inputs[test], labels[test]

    def accuracy(self, plan: Plan) -> float:
        """Share of the test samples that are told right."""
        return accuracy(plan.predict(self.test_inputs).argmax(axis=1), self.test_labels)


def taught(
    plan: Plan,
    inputs: Array,
    targets: Array,
    update: Update,
    batch: int,
    epochs: int,
    seed: int = 0,
) -> GradientLearner:
    """So many epochs at full speed; in the given order where a batch is all there is."""
    feed = Feed(len(inputs), shuffled=batch < len(inputs), seed=seed)
    learner = GradientLearner(plan, inputs, targets, feed, update, batch)
    learner.train(epochs * -(-len(inputs) // batch))
    return learner


def adam(rate: float) -> Update:
    """Adam as its authors have it, but for the learning rate."""
    return Update(OptimiserSpec("adam", rate))


def propagated(plan: Plan, inputs: Array, targets: Array) -> Workspace:
    """All of these, forward and backward."""
    workspace = plan.make_workspace(len(inputs))
    workspace.load(inputs, targets)
    workspace.forward()
    workspace.backward()
    return workspace


def dead(workspace: Workspace, node: str) -> NDArray[np.bool_]:
    """Which units have z <= 0 for every sample, (units,)."""
    return np.asarray((workspace.z[node] <= 0).all(axis=0), dtype=np.bool_)
