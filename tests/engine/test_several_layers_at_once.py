"""What a plan does for several layers by one call is bit for bit what it does one by one."""

from dataclasses import replace

import numpy as np
import pytest

from nnsim.core.randoms import generator
from nnsim.engine.ops.chance import DropoutSpec
from nnsim.engine.ops.settling import Dust
from nnsim.engine.plan import Source
from tests.support.plans import random_plan, spec_of

UNITS = 4
NAMES = ("n1", "n2", "n3", "n4", "n5")


def deep(arithmetic="float64", activation="tanh"):
    """Two inputs, five equal layers, one output."""
    layers = [
        (name, UNITS, activation, [(f"c{k}", NAMES[k - 1] if k else "x")])
        for k, name in enumerate(NAMES)
    ]
    layers.append(("o", 1, "identity", [("c9", NAMES[-1])]))
    return replace(spec_of([("x", 2)], layers), arithmetic=arithmetic)


def loaded(plan, batch, inputs=None):
    random = generator(5)
    workspace = plan.workspace(batch)
    workspace.load(
        random.normal(size=(batch, 2)) if inputs is None else inputs, np.ones((batch, 1))
    )
    return workspace


def gradient(plan, batch, **how):
    workspace = loaded(plan, batch)
    workspace.forward()
    plan.gradient.fill(np.nan)
    workspace.backward(**how)
    return plan.gradient.copy()


@pytest.mark.parametrize("arithmetic", ["float64", "float32"])
@pytest.mark.parametrize("batch", [1, 2, 7])
def test_gradients_of_equal_layers(batch, arithmetic):
    plan = random_plan(deep(arithmetic), 3)
    at_once = gradient(plan, batch)
    one_by_one = gradient(plan, batch, after_layer=lambda names: None)
    assert np.array_equal(at_once, one_by_one)
    assert np.isfinite(at_once).all()


def test_equal_layers_take_one_call_for_their_gradients():
    """Of the four above the first; a layer that differs parts them."""
    calls = len(random_plan(deep(), 3).workspace(7).backward_calls())
    other = deep(activation="relu")
    layers = list(other.nodes)
    layers[2] = replace(layers[2], units=UNITS + 1)
    parted = random_plan(replace(other, nodes=tuple(layers)), 3)
    same = random_plan(other, 3)
    assert len(parted.workspace(7).backward_calls()) > len(same.workspace(7).backward_calls())
    assert calls == len(random_plan(deep(), 3).workspace(1).backward_calls()) - 3


def with_dust(arithmetic):
    """x1 = 1, x2 = 1 give the first unit 0.1 + 0.2 - 0.3, and layers above see what it becomes."""
    spec = deep(arithmetic)
    plan = random_plan(spec, 3)
    plan.views["w:c0"][0] = [0.1, 0.2]
    plan.views["b:n1"][0] = -0.3
    return plan


def test_dust_is_settled_in_every_layer_before_the_next_one_sees_it():
    plan = with_dust("settled")
    inputs = np.array([[1.0, 1.0], [0.5, -0.5]])
    workspace = loaded(plan, 2, inputs)
    workspace.forward()
    at_once = {name: workspace.z[name].copy() for name in (*NAMES, "o")}
    assert at_once["n1"][0, 0] == 0
    # Asked for the values of some nodes alone, the plan settles one layer after the other.
    workspace.forward_to(("o",))
    for name, z in at_once.items():
        assert np.array_equal(workspace.z[name], z)
    # Without dust in the first layer the others would see something else.
    bare = loaded(with_dust("float64"), 2, inputs)
    bare.forward()
    assert bare.z["n1"][0, 0] == 0.1 + 0.2 - 0.3 != 0


@pytest.mark.parametrize(
    ("sums", "is_there"),
    [
        ([0.5, 1e-17], True),
        ([0.5, -1e-17], True),
        ([0.0, 0.0], False),
        ([0.0, 1e-17], True),
        ([0.5, 1e-3], False),
        ([np.nan, np.inf], False),
    ],
)
def test_dust_is_what_is_small_and_not_0_already(sums, is_there):
    z = np.zeros(2)
    dust = Dust(z)
    z[:] = sums
    assert dust.is_there() == is_there


def both_sides(arithmetic):
    """A dropout between layers below and above it; both have dust in their first unit."""
    spec = deep(arithmetic, "identity")
    layers = list(spec.nodes)
    layers[2] = DropoutSpec("n3", 0.5, (Source("c2", "n2"),))
    plan = random_plan(replace(spec, nodes=tuple(layers)), 3)
    plan.views["w:c0"][0], plan.views["b:n1"][0] = [0.1, 0.2], -0.3
    plan.views["w:c1"][...], plan.views["b:n2"][...] = 0, 1
    plan.views["w:c3"][0], plan.views["b:n4"][0] = [0.1, 0.2, 0, 0], -0.3
    return plan


def test_layers_below_and_above_another_operation_are_settled():
    workspace = both_sides("settled").make_workspace(2, training=False)
    workspace.load(np.ones((2, 2)))
    workspace.forward()
    assert workspace.z["n1"][0, 0] == workspace.z["n4"][0, 0] == 0


def test_what_draws_is_not_run_again_for_dust_beside_it():
    drawn = []
    for arithmetic in ("settled", "float64"):
        plan = both_sides(arithmetic)
        loaded(plan, 2, np.ones((2, 2))).forward()
        drawn.append(plan.random.bit_generator.state["state"])
    assert drawn[0] == drawn[1]
