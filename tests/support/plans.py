"""Plans that engine tests share: built from layers by hand, without a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnsim.core.randoms import generator
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.layout import Array
from nnsim.engine.learners import Learner
from nnsim.engine.learners.updates import Update
from nnsim.engine.losses import LossSpec
from nnsim.engine.optimisers import OptimiserSpec
from nnsim.engine.plan import LayerSpec, Plan, PlanSpec, Source
from nnsim.engine.record import Record

#: (node, units, activation, ((connection, source), …))
Layer = tuple[str, int, str | ActivationSpec, Sequence[Sequence[str]]]


def spec_of(
    inputs: Sequence[Sequence[Any]],
    layers: Sequence[Layer],
    loss: LossSpec | str = "mse",
    arithmetic: str = "settled",
) -> PlanSpec:
    """A plan spec; nodes that feed no other are outputs."""
    made = tuple(
        LayerSpec(
            node,
            units,
            ActivationSpec(activation) if isinstance(activation, str) else activation,
            tuple(Source(*source) for source in sources),
        )
        for node, units, activation, sources in layers
    )
    fed = {source.node for layer in made for source in layer.sources}
    return PlanSpec(
        sizes=tuple((node, units) for node, units in inputs),
        nodes=made,
        outputs=tuple(layer.node for layer in made if layer.node not in fed),
        loss=LossSpec(loss) if isinstance(loss, str) else loss,
        arithmetic=arithmetic,
    )


def random_plan(spec: PlanSpec, seed: int = 0) -> Plan:
    """A plan whose parameters are drawn uniformly from -1 … 1."""
    random = generator(seed)
    shapes = spec.parameter_shapes()
    return Plan(spec, {name: random.uniform(-1, 1, shape) for name, shape in shapes.items()})


def drawn(spec: PlanSpec, seed: int, batch: int = 3) -> tuple[Plan, Array, Array]:
    """A plan with parameters between -1 and 1, and a batch of samples and of targets."""
    random = generator(seed)
    start = {name: random.uniform(-1, 1, s) for name, s in spec.parameter_shapes().items()}
    inputs = random.uniform(-1, 1, (batch, sum(units for _, units in spec.inputs)))
    return Plan(spec, start), inputs, random.uniform(-1, 1, (batch, spec.output_count))


def bits_of(learner: Learner) -> dict[str, bytes]:
    """All that one iteration records, bit for bit."""
    record = Record()
    learner.iterate(record)
    return {name: values.tobytes() for name, values in record.arrays.items()}


def neuron(
    weights: Sequence[float], bias: float, activation: str = "step", arithmetic: str = "settled"
) -> Plan:
    """One neuron "n" on an input "x" with these weights ("c") and this bias."""
    spec = spec_of(
        [("x", len(weights))], [("n", 1, activation, [("c", "x")])], arithmetic=arithmetic
    )
    return Plan(spec, {"w:c": np.array([weights], float), "b:n": np.array([bias], float)})


def descent(learning_rate: float) -> Update:
    """Plain gradient descent, or SGD."""
    return Update(OptimiserSpec("gradient_descent", learning_rate))
