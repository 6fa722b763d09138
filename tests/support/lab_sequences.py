"""Recurrent networks of the lessons, and how far they get.

Input weights start with He's variance, recurrent ones orthogonal, the output's with LeCun's, forget
biases at 1; every iteration sees a batch of new samples.
"""

from __future__ import annotations

import numpy as np

from nnsim.core.randoms import generator
from nnsim.data.sequences import adding_problem, running_parity
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.initialisers import InitialiserSpec
from nnsim.engine.learners import Feed
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.learners.updates import Update
from nnsim.engine.losses import LossSpec
from nnsim.engine.ops.recurrent import RecurrentSpec
from nnsim.engine.ops.recurrent_simple import SimpleRecurrentSpec
from nnsim.engine.ops.stepwise import StepwiseDenseSpec
from nnsim.engine.optimisers import OptimiserSpec
from nnsim.engine.plan import LayerSpec, Plan, PlanSpec, Source
from nnsim.engine.regularisers import ClippingSpec
from nnsim.session.experiments.training import drawn

BATCH = 64
#: of running parity: more iterations from as many samples make it last longer
PARITY_BATCH = 16
STEPS = 50
#: Adam 0.01, the gradient clipped to a norm of 1
UPDATE = Update(OptimiserSpec("adam", 0.01), clipping=ClippingSpec(norm=1.0))


def parity_accuracies(iterations: int, seed: int) -> tuple[float, float]:
    """Share of steps told right by a tanh layer of 16 units, of 12, as it learnt, and of 200."""
    plan = _drawn(_parity_spec(12), seed)
    samples = running_parity(generator(1000 + seed), PARITY_BATCH * iterations, 12)
    targets = samples.targets.reshape(-1, 12)
    feed = Feed(len(targets))
    GradientLearner(plan, samples.flat_inputs, targets, feed, UPDATE, PARITY_BATCH).train(
        iterations
    )
    shares = []
    for steps in (12, 200):
        new = running_parity(generator(7), 500, steps)
        answers = Plan(_parity_spec(steps), dict(plan.views)).predict(new.flat_inputs) >= 0.5
        shares.append(float((answers == new.targets.reshape(-1, steps)).mean()))
    return shares[0], shares[1]


def _parity_spec(steps: int) -> PlanSpec:
    nodes = (
        SimpleRecurrentSpec("r", 16, (Source("c1", "x"),)),
        StepwiseDenseSpec("o", 1, ActivationSpec("sigmoid"), (Source("c2", "r"),)),
    )
    loss = LossSpec("binary_cross_entropy")
    return PlanSpec((("x", (steps, 1)),), nodes, ("o",), loss, "float64")


def adding_iterations(kind: type[RecurrentSpec], most: int, seed: int) -> int | None:
    """After how many iterations, in tens, 1000 new samples have an error of less than 0.002.

    32 units, of which the last state is read; the output's bias starts at 1, the mean of two
    numbers' sum, so that learning need not begin with it.  None: not within ``most`` iterations.
    """
    nodes = (
        kind("r", 32, (Source("c1", "x"),), returns="last"),
        LayerSpec("o", 1, ActivationSpec("identity"), (Source("c2", "r"),)),
    )
    spec = PlanSpec((("x", (STEPS, 2)),), nodes, ("o",), arithmetic="float64")
    plan = _drawn(spec, seed, output_bias=1.0)
    samples = adding_problem(generator(1000 + seed), BATCH * most, STEPS)
    feed = Feed(len(samples.targets))
    learner = GradientLearner(plan, samples.flat_inputs, samples.targets, feed, UPDATE, BATCH)
    new = adding_problem(generator(7), 1000, STEPS)
    for iteration in range(10, most + 1, 10):
        learner.train(10)
        if np.mean((plan.predict(new.flat_inputs) - new.targets) ** 2) < 0.002:
            return iteration
    return None


def _drawn(spec: PlanSpec, seed: int, output_bias: float = 0.0) -> Plan:
    recurrent = InitialiserSpec("he_normal", forget_bias=1.0, recurrent="orthogonal")
    output = InitialiserSpec("lecun_normal", bias=output_bias)
    return drawn(spec, recurrent, seed, outputs=output)
