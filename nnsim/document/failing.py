"""Trainings that fail as the course says they do, as documents: one for each kind of failure.

The numbers are those at which networks of the lessons are known to fail whatever the seed, and the
healthy ones beside them not to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from nnsim.core.randoms import generator
from nnsim.data.sets import DATA_SETS, make_data_set
from nnsim.data.table import Table
from nnsim.document.edits import add_node, connect
from nnsim.document.lab import with_real
from nnsim.document.least_squares import largest_rate
from nnsim.document.model import (
    Document,
    Origin,
    ScalingSettings,
    SplitSettings,
    Training,
    frozen_array,
    replaced,
)
from nnsim.document.preparation import prepared
from nnsim.document.sequences import draw_recurrent, set_steps
from nnsim.document.starting import draw_parameters
from nnsim.document.templates import adversarial, arranged, perceptron
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.initialisers import InitialiserSpec

#: Epochs after which a run of digits has shown what it comes to.
EPOCHS = 40
_BATCH = 32
_TEST_SHARE = 0.25
# Sequences of the adding problem, and iterations that a cured run needs for them.
_SEQUENCES, _STEPS, _TIME_LIMIT = 1000, 50, 1200
_RING = "ring-of-gaussians"


def dying_relu(seed: int = 0) -> Document:
    """64-64-64-10, ReLU; hidden biases of -1 switch whole layers off."""
    document = digits((64, 64, 64), "relu", InitialiserSpec("he_normal", bias=-1.0), 0.1, seed)
    (output,) = document.outputs
    silent = replace(output, bias=frozen_array(np.zeros(output.rows)))
    return replaced(document, nodes=[silent])


def dying_by_step(seed: int = 0) -> Document:
    """64-64-10, ReLU, He: healthy, were it not for a learning rate of 1."""
    return digits((64, 64), "relu", InitialiserSpec("he_normal"), 1.0, seed)


def vanishing(seed: int = 0) -> Document:
    """Ten layers of 32 sigmoids, Glorot's start values, which are those for sigmoids."""
    return digits((32,) * 10, "sigmoid", InitialiserSpec("xavier_uniform"), 0.1, seed)


def exploding_start(seed: int = 0) -> Document:
    """Five layers of 32 ReLU with start values from N(0, 1)."""
    return digits((32,) * 5, "relu", InitialiserSpec("normal", deviation=1.0), 0.1, seed)


def exploding_step(seed: int = 0, share: float = 1.01) -> Document:
    """Linear regression on diabetes by gradient descent, at ``share`` of the largest rate.

    All 442 samples, inputs and target standardised; weights start from N(0, 1).
    """
    data = _table("diabetes")
    document = replace(
        perceptron((len(data.input_names), 1), output="identity", data=data),
        scaling=ScalingSettings("standard", "standard"),
        training=Training(rule="gradient_descent", loss="mse", limit=500),
    )
    largest = largest_rate(document)
    assert largest is not None
    training = replace(document.training, learning_rate=share * largest)
    return draw_parameters(
        replace(document, training=training), InitialiserSpec("normal", deviation=1.0), seed
    )


def exploding_time(seed: int = 0) -> Document:
    """The adding problem, 50 time steps: 32 ReLU that see themselves through the identity.

    At U = I nothing grows; the first large step makes of it a matrix whose 50th power is huge.
    Source of the set-up: Le, Jaitly and Hinton 2015; W starts as Glorot's, not as theirs.
    """
    options = {"count": _SEQUENCES, "steps": _STEPS}
    data = make_data_set("adding-problem", generator(seed), **options).as_table()
    document = Document(
        data=data,
        origin=Origin("adding-problem", seed, tuple(options.items())),
        split=SplitSettings(1 - _TEST_SHARE, 0.0, _TEST_SHARE),
        training=Training(
            rule="sgd",
            learning_rate=0.01,
            batch_size=_BATCH,
            loss="mse",
            order="shuffled",
            seed=seed,
            target_loss=0.0,
            limit=_TIME_LIMIT,
        ),
    )
    document, inputs = add_node(document, "input", 2)
    document = set_steps(document, inputs, _STEPS)
    relu, identity = ActivationSpec("relu"), ActivationSpec("identity")
    document, layer = add_node(document, "recurrent", 32, activation=relu)
    document, output = add_node(document, "dense", 1, activation=identity)
    for source, target in ((inputs, layer), (layer, output)):
        document, _ = connect(document, source, target)
    document = draw_parameters(arranged(document), "xavier_uniform", seed)
    return draw_recurrent(document, [layer], "identity", seed)


def collapse(seed: int = 0) -> Document:
    """A generator that learns thirty times as fast as its discriminator."""
    return adversaries(1e-4, 3e-3, seed)


def adversaries(rate: float, generator_rate: float, seed: int = 0) -> Document:
    """Generator and discriminator of 64 and 64 leaky ReLU for a ring of eight gaussians.

    Noise of two values, Adam with β₁ = 0.5, batches of 128; He's start values.
    """
    data = with_real(make_data_set(_RING, generator(seed))).as_table()
    leaky = ActivationSpec("leaky_relu", slope=0.2)
    document = adversarial((2, 64, 64), (64, 64), leaky, data)
    training = replace(
        document.training,
        learning_rate=rate,
        generator_rate=generator_rate,
        optimiser="adam",
        beta1=0.5,
        batch_size=128,
        seed=seed,
        limit=4000,
        target_loss=0.0,
    )
    options = tuple((option.name, option.default) for option in DATA_SETS[_RING].options)
    document = replace(document, training=training, origin=Origin(_RING, seed, options))
    return draw_parameters(document, InitialiserSpec("he_normal"), seed)


def digits(
    hidden: Sequence[int],
    activation: str,
    initialiser: InitialiserSpec,
    rate: float,
    seed: int = 0,
) -> Document:
    """A network for the 8 × 8 digits as vectors, three quarters of them to learn from, by SGD."""
    data = _table("digits")
    sizes = (len(data.input_names), *hidden, len(data.target_names))
    document = replace(
        perceptron(sizes, activation, "softmax", data),
        split=SplitSettings(1 - _TEST_SHARE, 0.0, _TEST_SHARE, "stratified"),
        scaling=ScalingSettings(inputs="min_max"),
    )
    batches = -(-len(prepared(document).training_rows) // _BATCH)
    training = Training(
        rule="sgd",
        learning_rate=rate,
        batch_size=_BATCH,
        loss="cross_entropy",
        order="shuffled",
        seed=seed,
        limit=EPOCHS * batches,
    )
    return draw_parameters(replace(document, training=training), initialiser, seed)


def _table(name: str) -> Table:
    """A data set that comes as it is: nothing in it is drawn."""
    return make_data_set(name, generator(0)).as_table()


#: Every failing training by its id, which is also that of the example that shows it.
FAILING: Mapping[str, Callable[[], Document]] = MappingProxyType(
    {
        "dying-relu": dying_relu,
        "dying-by-step": dying_by_step,
        "vanishing-gradient": vanishing,
        "exploding-start": exploding_start,
        "exploding-time": exploding_time,
        "exploding-step": exploding_step,
        "generator-collapse": collapse,
    }
)
