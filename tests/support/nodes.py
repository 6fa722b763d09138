"""Plans of one node that is not dense, between inputs and a loss of which ∂L/∂y is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from nnsim.core.randoms import generator
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.layout import Array, Shape
from nnsim.engine.losses import LossSpec
from nnsim.engine.ops.base import OperationSpec, Source
from nnsim.engine.plan import LayerSpec, Plan, PlanSpec, Workspace


def sources(*nodes: str) -> tuple[Source, ...]:
    """Connections from these nodes."""
    return tuple(Source(f"c{number}", node) for number, node in enumerate(nodes, 1))


def node_plan(
    node: OperationSpec,
    sizes: Mapping[str, int | Shape],
    start: Mapping[str, Array] | None = None,
    arithmetic: str = "float64",
    seed: int = 0,
) -> Plan:
    """Inputs, this node, and L = ½ Σ (y - t)², so that ∂L/∂y = y - t."""
    spec = PlanSpec(
        sizes=tuple(sizes.items()),
        nodes=(node,),
        outputs=(node.node,),
        loss=LossSpec("mse", "sum", half=True),
        arithmetic=arithmetic,
    )
    return Plan(spec, start or {}, generator(seed))


def run(plan: Plan, inputs: Sequence[Array], da: Array, training: bool = True) -> Workspace:
    """Forward and backward, to the inputs too, with this ∂L/∂y, (batch, *shape)."""
    batch = len(inputs[0])
    workspace = plan.make_workspace(batch, training, input_gradients=True)
    flat = np.concatenate([each.reshape(batch, -1) for each in inputs], axis=1)
    workspace.load(plan.numbers(flat))
    # What is drawn here is drawn again below.
    before = plan.random.bit_generator.state
    state = plan.state.copy()
    y = np.array(workspace.forward())
    plan.random.bit_generator.state = before
    plan.state[...] = state
    workspace.load(plan.numbers(flat), plan.numbers(y - da.reshape(batch, -1)))
    workspace.forward()
    workspace.backward()
    return workspace


def between_layers(
    node: OperationSpec, units: int, inputs: int = 3, outputs: int = 2, activation: str = "tanh"
) -> PlanSpec:
    """x -> h (dense, ``units``) -> node -> o (dense): the node's source is "h"."""
    hidden = LayerSpec("h", units, ActivationSpec(activation), (Source("ch", "x"),))
    output = LayerSpec("o", outputs, ActivationSpec("identity"), (Source("co", node.node),))
    return PlanSpec(
        sizes=(("x", inputs),),
        nodes=(hidden, node, output),
        outputs=("o",),
        arithmetic="float64",
    )


def random_samples(spec: PlanSpec, rows: int = 4, seed: int = 1) -> tuple[Array, Array]:
    """Inputs and targets, uniform in -1 … 1."""
    random = generator(seed)
    count = sum(size for _, size in spec.inputs)
    return random.uniform(-1, 1, (rows, count)), random.uniform(-1, 1, (rows, spec.output_count))
