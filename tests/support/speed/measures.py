"""What is measured, and the goals."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from nnsim.engine.learners.gradient import GradientLearner
from tests.support.speed import dense, others
from tests.support.speed.dense import Net
from tests.support.speed.timing import Measure, Runs

# As many samples as the playground has: 500.
_SMALL = Net((2, 4, 2, 1), "tanh", "tanh", 10, batches=50)
_DEEP = Net((2, *[8] * 6, 1), "tanh", "tanh", 10, batches=50)
_DIGITS = Net((784, 128, 10), "relu", "softmax", 32)
_MIDDLE = Net((64, 32, 32, 10), "relu", "softmax", 32)
_DRAWN = Net((2, 8, 8, 1), "tanh", "tanh", 10)


def _against_products(net: Net) -> tuple[Runs, Runs]:
    return dense.step(net), dense.products(net)


def _settling(net: Net) -> tuple[Runs, Runs]:
    return dense.settled_step(net), dense.step(net)


def _recording(learner: GradientLearner) -> tuple[Runs, Runs]:
    return dense.recorded(learner), dense.unrecorded(learner)


def _torch_against(net: Net) -> tuple[Runs, Runs]:
    return dense.torch_step(net), dense.step(net)


def _sklearn_against(net: Net) -> tuple[Runs, Runs]:
    return dense.sklearn_step(net), dense.steps_of_a_fit(net)


def _small_nets() -> list[Measure]:
    found = []
    for name, net, products, torch, sklearn in (
        ("2-4-2-1, batch 10", _SMALL, 3.5, 25.0, 12.0),
        ("2-8x6-1, batch 10", _DEEP, 2.8, 20.0, None),
    ):
        for dtype in ("float32", "float64"):
            typed = replace(net, dtype=dtype)
            found.append(
                Measure(
                    f"{name}, {dtype}: step / products",
                    products,
                    partial(_against_products, typed),
                )
            )
        in_float64 = replace(net, dtype="float64")
        found.append(
            Measure(
                f"{name}: as drawn / float64",
                1.25,
                partial(_settling, in_float64),
            )
        )
        found.append(
            Measure(f"{name}: PyTorch / step", torch, partial(_torch_against, net), True, "torch")
        )
        if sklearn is not None:
            sides = partial(_sklearn_against, net)
            found.append(Measure(f"{name}: scikit-learn / step", sklearn, sides, True, "sklearn"))
    return found


def _digit_nets() -> list[Measure]:
    found = []
    for batch, goals in ((128, {"SGD": 1.25, "Adam": 1.5}), (32, {"SGD": 1.4, "Adam": 2.1})):
        for optimiser, goal in goals.items():
            used = "adam" if optimiser == "Adam" else "gradient_descent"
            net = replace(_DIGITS, batch=batch, optimiser=used)
            name = f"784-128-10, batch {batch}, {optimiser}"
            found += [
                Measure(f"{name}: step / products", goal, partial(_against_products, net)),
                Measure(
                    f"{name}: PyTorch / step", 1.3, partial(_torch_against, net), True, "torch"
                ),
                Measure(
                    f"{name}: scikit-learn / step",
                    1.7,
                    partial(_sklearn_against, net),
                    True,
                    "sklearn",
                ),
            ]
    return found


def _others() -> list[Measure]:
    return [
        Measure(
            "CNN 28x28, batch 32: step / products",
            1.7,
            lambda: (others.convolutional(), others.convolutional_products()),
        ),
        Measure(
            "CNN 28x28, batch 32: PyTorch / step",
            1.0,
            lambda: (others.torch_convolutional(), others.convolutional()),
            True,
            "torch",
        ),
        Measure(
            "LSTM 64, T=32, batch 32: step / products",
            1.7,
            lambda: (others.lstm(), others.lstm_products()),
        ),
        Measure(
            "LSTM 64, T=32, batch 32: PyTorch / step",
            1.0,
            lambda: (others.torch_lstm(), others.lstm()),
            True,
            "torch",
        ),
        Measure(
            "64-32-32-10, batch 32: recorded / not",
            1.3,
            lambda: _recording(_MIDDLE.learner()),
        ),
        Measure(
            "LSTM 64, T=32, batch 32: recorded / not",
            1.3,
            lambda: _recording(others.lstm_learner()),
        ),
        Measure(
            "2-8-8-1 as neurons / as layers",
            3.0,
            lambda: (dense.neuron_by_neuron(_DRAWN), dense.step(_DRAWN)),
        ),
        Measure(
            "heat maps 100x100: point by point / at once",
            10.0,
            lambda: (others.heat_maps_point_by_point(), others.heat_maps()),
            True,
            "pandas",
        ),
        Measure(
            "compiling 1,000 neurons / half a second",
            1.0,
            lambda: (others.compiling(), others.half_a_second()),
        ),
    ]


MEASURES: tuple[Measure, ...] = (*_small_nets(), *_digit_nets(), *_others())
