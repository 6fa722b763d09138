"""A multilayer perceptron given by a few names and numbers, and its training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from nnsim.core.randoms import generator
from nnsim.data.dataset import Labels
from nnsim.data.scaling import Method
from nnsim.engine.activations import ACTIVATIONS, ActivationSpec
from nnsim.engine.initialisers import InitialiserSpec, start_values
from nnsim.engine.layout import Array
from nnsim.engine.learners import Feed
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.learners.updates import Update
from nnsim.engine.losses import LossSpec
from nnsim.engine.optimisers import OPTIMISERS, OptimiserSpec
from nnsim.engine.plan import LayerSpec, Plan, PlanSpec, Source
from nnsim.session.experiments.lesson import Begun
from nnsim.session.experiments.samples import Samples, parts_of

#: Hidden activations that a gradient goes through.
HIDDEN_ACTIVATIONS = tuple(name for name in ACTIVATIONS if name not in ("step", "softmax"))
#: Optimisers as people call them: over batches, gradient descent is SGD.
OPTIMISER_NAMES = ("sgd", *(name for name in OPTIMISERS if name != "gradient_descent"))
_RECTIFIERS = ("relu", "leaky_relu", "elu", "silu", "gelu", "softplus")


@dataclass(frozen=True)
class Setup:
    """A dense network and how it is taught.

    ``layers``: units from the inputs to the outputs.  ``rate``: the optimiser's learning rate.
    ``scaling``: what is done to inputs (and to targets that are values).  Losses are means; samples
    are shuffled anew each epoch, the last batch of which may be short.
    """

    layers: tuple[int, ...]
    activation: str
    output: str
    loss: str
    optimiser: str = "adam"
    rate: float = 0.01
    initialiser: str = "he_normal"
    batch: int = 16
    epochs: int = 40
    scaling: Method = Method.STANDARD

    @property
    def update(self) -> Update:
        """The optimiser, with PyTorch's defaults but for the learning rate."""
        name = "gradient_descent" if self.optimiser == "sgd" else self.optimiser
        return Update(OptimiserSpec(name, self.rate))

    def plan(self, seed: int) -> Plan:
        """The network with the start values of this seed."""
        spec = layered(self.layers, self.activation, self.output, self.loss)
        return drawn(spec, self.initialiser, seed)

    def learner(self, plan: Plan, inputs: Array, targets: Array, seed: int) -> GradientLearner:
        """What teaches the plan these samples, in an order that comes from the seed."""
        feed = Feed(len(inputs), shuffled=self.batch < len(inputs), seed=seed)
        return GradientLearner(plan, inputs, targets, feed, self.update, self.batch)

    def begin(self, samples: Samples, rows: Sequence[Labels], seed: int) -> Begun:
        """A training on the first of the parts, see ``Network``.  Raises NnsimError as
        ``parts_of``."""
        parts = parts_of(samples, self.loss, self.scaling, *rows)
        training = parts[0]
        return Begun(self.learner(self.plan(seed), training.inputs, training.targets, seed), parts)

    def with_value(self, samples: Samples, varied: str, value: str | float) -> Setup:
        """Another value of one setting; another loss comes with the output that goes with it.

        Raises NnsimError ``experiment.loss``.
        """
        if varied == "loss":
            return replace(self, loss=str(value), output=samples.output_for(str(value)))
        changed: dict[str, Any] = {varied: value}
        return replace(self, **changed)


def usual_initialiser(activation: str) -> str:
    """He's for ReLU and its relatives, Glorot's for all else."""
    return "he_normal" if activation in _RECTIFIERS else "xavier_uniform"


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
