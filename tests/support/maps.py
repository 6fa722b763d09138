"""Plans over feature maps, with numbers that PyTorch was given as well."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from nnsim.core.randoms import generator
from nnsim.engine.gradcheck import check_gradient
from nnsim.engine.layout import Array, Shape
from nnsim.engine.losses import LossSpec
from nnsim.engine.ops.base import OperationSpec, Source
from nnsim.engine.plan import Plan, PlanSpec, Workspace
from tests.support.plans import random_plan

TORCH: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "engine" / "ops" / "map_torch_values.json").read_text("utf-8")
)
_FILLINGS = {
    "x": (37, 11, 101, 16),
    "w": (29, 5, 47, 16),
    "b": (13, 3, 17, 8),
    "pool": (5, 2, 7, 4),
}


def filled(kind: str, shape: Sequence[int]) -> Array:
    """The numbers that "x", "w", "b" or the x of pooling have in the values from PyTorch."""
    mul, add, mod, div = _FILLINGS[kind]
    k = np.arange(np.prod(shape))
    return np.asarray((((k * mul + add) % mod - mod // 2) / div).reshape(shape))


def source(node: str, connection: str = "") -> tuple[Source, ...]:
    """The only source of a node."""
    return (Source(connection or f"from-{node}", node),)


def maps_spec(
    sizes: Mapping[str, Shape], *nodes: OperationSpec, arithmetic: str = "float64"
) -> PlanSpec:
    """Nodes that feed no other are outputs; L = ½ Σ (t - y)², so that ∂L/∂y = y for t = 0."""
    fed = {each.node for node in nodes for each in node.sources}
    return PlanSpec(
        sizes=tuple(sizes.items()),
        nodes=nodes,
        outputs=tuple(node.node for node in nodes if node.node not in fed),
        loss=LossSpec("mse", "sum", half=True),
        arithmetic=arithmetic,
    )


def filled_plan(spec: PlanSpec) -> Plan:
    """A plan whose weights and biases are those that PyTorch was given."""
    shapes = spec.parameter_shapes()
    return Plan(spec, {name: filled(name[0], shape) for name, shape in shapes.items()})


def propagated(plan: Plan, *inputs: Array, input_gradients: bool = True) -> Workspace:
    """Forward and backward for inputs (batch, channels, rows, columns), targets 0."""
    batch = len(inputs[0])
    workspace = plan.make_workspace(batch, input_gradients=input_gradients)
    flat = np.concatenate([each.reshape(batch, -1) for each in inputs], axis=1)
    workspace.load(plan.numbers(flat), plan.numbers(np.zeros((batch, plan.spec.output_count))))
    workspace.forward()
    workspace.backward()
    return workspace


def agree(found: Any, expected: Any) -> None:
    """Equal to PyTorch's, up to the order in which the same numbers are added."""
    np.testing.assert_allclose(found, np.array(expected), rtol=1e-12, atol=1e-13)


def gradient_error(spec: PlanSpec, batch: int = 3, seed: int = 3) -> float:
    """The largest relative error of the gradient of a random plan; its inputs differ by 0.01.

    The loss is a mean: the rounding error of a difference grows with the loss.
    """
    plan = random_plan(replace(spec, loss=LossSpec("mse")), seed)
    random = generator(seed)
    count = sum(size for _, size in spec.inputs)
    inputs = random.permutation(np.arange(batch * count) - batch * count / 2) * 0.01
    targets = random.uniform(-1, 1, (batch, spec.output_count))
    check = check_gradient(plan, inputs.reshape(batch, count), targets)
    assert np.abs(check.analytic).max() > 1e-4  # there was something to check
    return check.largest
