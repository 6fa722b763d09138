"""Data and networks of the lessons: what tests of whole trainings share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from nnsim.core.randoms import generator
from nnsim.data.bundled import digits
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.initialisers import InitialiserSpec, start_values
from nnsim.engine.layout import Array
from nnsim.engine.learners import Feed
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.learners.updates import Update
from nnsim.engine.losses import LossSpec
from nnsim.engine.metrics import accuracy
from nnsim.engine.optimisers import OptimiserSpec
from nnsim.engine.plan import LayerSpec, Plan, PlanSpec, Source, Workspace


class Digits:
    """The 8x8 digits from 0 to 1, flat: 1347 for training and 450 for testing, stratified."""

    def __init__(self) -> None:
        found = digits(generator(0))
        assert found.labels is not None
        labels = np.array(found.labels)
        training, test = train_test_split(
            np.arange(len(labels)), test_size=0.25, random_state=0, stratify=labels
        )
        inputs = found.flat_inputs / 16
        self.inputs, self.targets = inputs[training], found.targets[training]
        self.test_inputs, self.test_labels = inputs[test], labels[test]

    def accuracy(self, plan: Plan) -> float:
        """Share of the test samples that are told right."""
        return accuracy(plan.predict(self.test_inputs).argmax(axis=1), self.test_labels)


def layered(
    units: Sequence[int],
    hidden: str | ActivationSpec,
    output: str,
    loss: str | LossSpec,
) -> PlanSpec:
    """Inputs "x", dense layers "n1", "n2", … with weights "w:c1", "w:c2", …"""
    inner = ActivationSpec(hidden) if isinstance(hidden, str) else hidden
    last = len(units) - 1
    nodes = tuple(
        LayerSpec(
            f"n{k}",
            units[k],
            inner if k < last else ActivationSpec(output),
            (Source(f"c{k}", f"n{k - 1}" if k > 1 else "x"),),
        )
        for k in range(1, last + 1)
    )
    losses = LossSpec(loss) if isinstance(loss, str) else loss
    return PlanSpec((("x", units[0]),), nodes, (f"n{last}",), losses, "float64")


def drawn(
    spec: PlanSpec,
    initialiser: InitialiserSpec | str,
    seed: int,
    outputs: InitialiserSpec | str | None = None,
) -> Plan:
    """A plan with the start values of an initialiser; its output nodes may have another."""
    first, last = (
        InitialiserSpec(each) if isinstance(each, str) else each
        for each in (initialiser, outputs or initialiser)
    )
    own = {node.node: last if node.node in spec.outputs else first for node in spec.nodes}
    random = generator(seed)
    return Plan(spec, start_values(spec, own, random), random)


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
