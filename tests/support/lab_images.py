"""Networks of the lessons that see or make images of digits."""

from __future__ import annotations

import numpy as np

from nnsim.engine.activations import ActivationSpec
from nnsim.engine.layout import Array
from nnsim.engine.learners.updates import Update
from nnsim.engine.losses import LossSpec
from nnsim.engine.metrics import accuracy
from nnsim.engine.ops.chance import DropoutSpec
from nnsim.engine.ops.convolution import ConvolutionSpec, TransposedConvolutionSpec
from nnsim.engine.ops.pooling import MaxPoolingSpec
from nnsim.engine.ops.reshaping import ReshapeSpec
from nnsim.engine.optimisers import OptimiserSpec
from nnsim.engine.plan import LayerSpec, Plan, PlanSpec, Source
from nnsim.engine.schedules import ScheduleSpec
from nnsim.session.experiments.training import drawn, layered
from tests.support.labs import Digits, adam, taught

_RELU = ActivationSpec("relu")


def taught_convolution(data: Digits, seed: int) -> Plan:
    """Two 3x3 convolutions of 8 and 16 maps with full padding, max pooling, dropout, softmax.

    ReLU from He's start values, the last layer from Glorot's; 20 epochs in batches of 8 of Adam,
    whose rate falls from 0.003 along half a cosine.  For standardised digits.
    """
    nodes = (
        ConvolutionSpec("k1", 8, (3, 3), _from("c1", "x"), _RELU, padding=(2, 2)),
        ConvolutionSpec("k2", 16, (3, 3), _from("c2", "k1"), _RELU, padding=(2, 2)),
        MaxPoolingSpec("p", (2, 2), _from("c3", "k2")),
        DropoutSpec("d", 0.25, _from("c4", "p")),
        LayerSpec("o", 10, ActivationSpec("softmax"), _from("c5", "d")),
    )
    spec = PlanSpec((("x", (1, 8, 8)),), nodes, ("o",), LossSpec("cross_entropy"), "float64")
    plan = drawn(spec, "he_normal", seed, outputs="xavier_uniform")
    falling = Update(OptimiserSpec("adam", 0.003), ScheduleSpec("cosine", every=20))
    taught(plan, data.inputs, data.targets, falling, batch=8, epochs=20, seed=seed)
    return plan


def taught_layers(data: Digits, seed: int) -> Plan:
    """64-32-10, ReLU from He's start values; 30 epochs of Adam 0.01 in batches of 32."""
    plan = drawn(layered((64, 32, 10), "relu", "softmax", "cross_entropy"), "he_normal", seed)
    taught(plan, data.inputs, data.targets, adam(0.01), batch=32, epochs=30, seed=seed)
    return plan


def taught_deconvolution(data: Digits, seed: int) -> Plan:
    """From a class to its image: 16 maps of 2x2, doubled to 8 of 4x4 and to one of 8x8.

    Kernels of 4x4, stride 2; ReLU, and a sigmoid at the end; 40 epochs of Adam 0.003 in batches
    of 32.
    """
    nodes = (
        LayerSpec("f", 64, _RELU, _from("c1", "x")),
        ReshapeSpec("r", (16, 2, 2), _from("c2", "f")),
        _doubling("t", 8, _RELU, _from("c3", "r")),
        _doubling("o", 1, ActivationSpec("sigmoid"), _from("c4", "t")),
    )
    plan = drawn(PlanSpec((("x", 10),), nodes, ("o",), arithmetic="float64"), "he_normal", seed)
    taught(plan, data.targets, data.inputs, adam(0.003), batch=32, epochs=40, seed=seed)
    return plan


def moved_accuracy(plan: Plan, data: Digits) -> float:
    """Share told right of test digits moved by a pixel up, down, left and right."""
    around, new = ((0, 0), (1, 1), (1, 1)), data.background
    images = np.pad(data.test_inputs.reshape(-1, 8, 8), around, constant_values=new)
    windows = [(0, 1), (2, 1), (1, 0), (1, 2)]
    moved: list[Array] = [
        images[:, row : row + 8, column : column + 8].reshape(-1, 64) for row, column in windows
    ]
    answers = [plan.predict(each).argmax(axis=1) for each in moved]
    return float(np.mean([accuracy(each, data.test_labels) for each in answers]))


def _from(connection: str, node: str) -> tuple[Source, ...]:
    return (Source(connection, node),)


def _doubling(
    node: str, channels: int, activation: ActivationSpec, sources: tuple[Source, ...]
) -> TransposedConvolutionSpec:
    return TransposedConvolutionSpec(
        node, channels, (4, 4), sources, activation, stride=(2, 2), padding=(1, 1)
    )
