"""The support vector machine from its other side: hinge loss and L2 penalty, by subgradients."""

import numpy as np
import pytest

from nnsim.engine.learners import Feed
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.learners.svm import KernelSpec, SmoLearner, SmoSettings
from nnsim.engine.learners.updates import Update
from nnsim.engine.optimisers import OptimiserSpec
from nnsim.engine.regularisers import PenaltySpec
from nnsim.engine.schedules import ScheduleSpec
from tests.support.plans import random_plan, spec_of


@pytest.mark.parametrize("strength", [0.1, 0.01])
def test_primal_and_dual_meet(strength):
    """λ/2 ‖w‖² + mean hinge = λ (½ ‖w‖² + C Σ hinge) with C = 1/(λ n); its least value is -λ W."""
    from sklearn.datasets import make_moons

    inputs, classes = make_moons(200, noise=0.2, random_state=0)
    labels = 2.0 * classes - 1
    dual = SmoLearner(inputs, labels, SmoSettings(1 / (strength * 200), KernelSpec("linear"), 1e-6))
    while not dual.is_done:
        dual.iterate()
        assert dual.iteration < 20_000
    least = -strength * dual.objective

    spec = spec_of(
        [("x", 2)], [("n", 1, "identity", [("c", "x")])], loss="hinge", arithmetic="float64"
    )
    plan = random_plan(spec)
    update = Update(
        OptimiserSpec(learning_rate=1.0),
        ScheduleSpec("cosine", every=1500),
        PenaltySpec(l2=strength, half=True),
    )
    primal = GradientLearner(plan, inputs, labels[:, np.newaxis], Feed(200), update, 200)
    for _ in range(1500):
        primal.iterate()
    weights, bias = plan.views["w:c"][0], plan.views["b:n"][0]
    hinge = np.maximum(0, 1 - labels * (inputs @ weights + bias)).mean()
    found = strength / 2 * weights @ weights + hinge
    # Weak duality up to the gap of the one; a subgradient method comes close from above.
    assert least - 1e-7 <= found <= least * (1 + 1e-5)
    np.testing.assert_allclose(inputs @ weights + bias, dual.decision(inputs), rtol=1e-2, atol=1e-2)
