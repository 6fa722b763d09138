"""Images, sequences, heat maps and compiling."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from nnsim.core.randoms import generator
from nnsim.data import Table
from nnsim.document.compiling import make_learner
from nnsim.document.model import Connection, Document, Node, Training, frozen_array
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.initialisers import InitialiserSpec, start_values
from nnsim.engine.learners import Feed
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.learners.updates import Update
from nnsim.engine.losses import LossSpec
from nnsim.engine.ops.convolution import ConvolutionSpec
from nnsim.engine.ops.pooling import MaxPoolingSpec
from nnsim.engine.ops.recurrent_lstm import LSTMSpec
from nnsim.engine.ops.reshaping import FlattenSpec
from nnsim.engine.optimisers import OptimiserSpec
from nnsim.engine.plan import LayerSpec, Plan, PlanSpec, Source
from tests.support.speed.timing import Runs

_BATCH, _BATCHES = 32, 4
_STEPS, _UNITS = 32, 64


def _learner(spec: PlanSpec, x: Any, t: Any) -> GradientLearner:
    plan = Plan(spec, start_values(spec, InitialiserSpec(), generator(1)))
    update = Update(OptimiserSpec(learning_rate=1e-3))
    return GradientLearner(plan, x, t, Feed(len(x), True, 2), update, _BATCH)


def _from(node: str, source: str) -> tuple[Source, ...]:
    return (Source(f"c:{node}", source),)


def _images() -> tuple[Any, Any]:
    random = generator(0)
    x = random.normal(size=(_BATCH * _BATCHES, 784)).astype(np.float32)
    return x, np.eye(10, dtype=np.float32)[random.integers(0, 10, len(x))]


def convolutional() -> Runs:
    """28x28, 8 maps 5x5, pool 2, 16 maps 5x5, pool 3, 10 classes; batches of 32, float32."""
    relu = ActivationSpec("relu")
    nodes = (
        ConvolutionSpec("c1", 8, (5, 5), _from("c1", "x"), relu),
        MaxPoolingSpec("p1", (2, 2), _from("p1", "c1")),
        ConvolutionSpec("c2", 16, (5, 5), _from("c2", "p1"), relu),
        MaxPoolingSpec("p2", (3, 3), _from("p2", "c2")),
        FlattenSpec("f", _from("f", "p2")),
        LayerSpec("o", 10, ActivationSpec("softmax"), _from("o", "f")),
    )
    loss = LossSpec("cross_entropy")
    return _learner(
        PlanSpec((("x", (1, 28, 28)),), nodes, ("o",), loss, "float32"), *_images()
    ).train


def _products(shapes: list[tuple[int, int, int, int]]) -> Runs:
    """Products (rows, inner) · (inner, columns), each so many times; made in float32."""
    random = generator(3)
    calls = []
    for rows, inner, columns, times in shapes:
        one = random.normal(size=(rows, inner)).astype(np.float32)
        other = random.normal(size=(inner, columns)).astype(np.float32)
        calls += [(one.dot, other, np.empty((rows, columns), np.float32))] * times

    def run(times: int) -> None:
        for _ in range(times):
            for multiply, other, out in calls:
                multiply(other, out)

    return run


def convolutional_products() -> Runs:
    """Of the network above, as im2col makes them: forward, gradient of weights, of inputs."""
    first, second = 24 * 24 * _BATCH, 8 * 8 * _BATCH
    return _products(
        [
            (8, 25, first, 1),
            (8, first, 25, 1),
            (16, 200, second, 1),
            (16, second, 200, 1),
            (200, 16, second, 1),
            (10, 64, _BATCH, 1),
            (10, _BATCH, 64, 1),
            (64, 10, _BATCH, 1),
        ]
    )


def torch_convolutional() -> Runs:
    """The same by PyTorch."""
    import torch

    model = torch.nn.Sequential(
        torch.nn.Conv2d(1, 8, 5),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(8, 16, 5),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(3),
        torch.nn.Flatten(),
        torch.nn.Linear(64, 10),
    )
    x, t = _images()
    inputs = torch.from_numpy(x.reshape(-1, 1, 28, 28))
    return _torch_steps(model, torch.nn.CrossEntropyLoss(), inputs, torch.from_numpy(t.argmax(1)))


def _torch_steps(model: Any, loss: Any, inputs: Any, targets: Any) -> Runs:
    import torch

    torch.set_num_threads(1)
    optimiser = torch.optim.SGD(model.parameters(), lr=1e-3)
    batches = list(zip(inputs.split(_BATCH), targets.split(_BATCH), strict=True))

    def run(times: int) -> None:
        for k in range(times):
            x, t = batches[k % len(batches)]
            optimiser.zero_grad()
            loss(model(x), t).backward()
            optimiser.step()

    return run


def _sequences() -> tuple[Any, Any]:
    random = generator(0)
    x = random.normal(size=(_BATCH * _BATCHES, _STEPS * 2)).astype(np.float32)
    return x, random.normal(size=(len(x), 1)).astype(np.float32)


def lstm() -> Runs:
    """A step of the network below."""
    return lstm_learner().train


def lstm_learner() -> GradientLearner:
    """64 units over 32 steps of two numbers, one output; batches of 32, float32."""
    nodes = (
        LSTMSpec("r", _UNITS, _from("r", "x"), returns="last"),
        LayerSpec("o", 1, ActivationSpec("identity"), _from("o", "r")),
    )
    spec = PlanSpec((("x", (_STEPS, 2)),), nodes, ("o",), arithmetic="float32")
    return _learner(spec, *_sequences())


def lstm_products() -> Runs:
    """Of the network above: with the inputs below the state a step is one product each way."""
    gates, below = 4 * _UNITS, _UNITS + 3
    return _products(
        [
            (gates, below, _BATCH, _STEPS),
            (_UNITS, gates, _BATCH, _STEPS - 1),
            (gates, _STEPS * _BATCH, below, 1),
        ]
    )


def torch_lstm() -> Runs:
    """The same by PyTorch."""
    import torch

    class Last(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = torch.nn.LSTM(2, _UNITS, batch_first=True)
            self.out = torch.nn.Linear(_UNITS, 1)

        def forward(self, x: Any) -> Any:
            return self.out(self.lstm(x)[0][:, -1])

    x, t = _sequences()
    inputs = torch.from_numpy(x.reshape(-1, _STEPS, 2))
    return _torch_steps(Last(), torch.nn.MSELoss(), inputs, torch.from_numpy(t))


# -- heat maps and compiling ---------------------------------------------------------------------


def _tanh_spec() -> PlanSpec:
    nodes = tuple(
        LayerSpec(f"n{k}", units, ActivationSpec("tanh"), _from(f"n{k}", f"n{k - 1}" if k else "x"))
        for k, units in enumerate((8, 8, 8, 1))
    )
    return PlanSpec((("x", 2),), nodes, ("n3",), arithmetic="float64")


def heat_maps() -> Runs:
    """Every neuron of 2-8-8-8-1 at 100x100 points, as the boundary panel asks for them."""
    from nnsim.session.probing import Probe, grid

    spec = _tanh_spec()
    probe = Probe(spec)
    probe.put(start_values(spec, InitialiserSpec(), generator(1)))
    points = grid((-1, -1), (1, 1), 100)
    nodes = [layer.node for layer in spec.layers]

    def run(times: int) -> None:
        for _ in range(times):
            probe.respond(points, *nodes)

    return run


def heat_maps_point_by_point() -> Runs:
    """The same one point after the other."""
    from nnsim.session.probing import grid

    spec = _tanh_spec()
    plan = Plan(spec, start_values(spec, InitialiserSpec(), generator(1)))
    workspace = plan.workspace(1, training=False)
    points = grid((-1, -1), (1, 1), 100)

    def run(times: int) -> None:
        for _ in range(times):
            for point in points:
                workspace.load(point[np.newaxis])
                workspace.forward()

    return run


def compiling() -> Runs:
    """A document of 1,000 neurons in layers of 50, 47,602 connections, to a learner: checks too."""
    nodes = [Node(f"x{k}", "input", f"x{k}", 1) for k in range(2)]
    connections: list[Connection] = []
    zero, before, tanh = frozen_array([[0.0]]), nodes, ActivationSpec("tanh")
    for k in range(20):
        here = [
            Node(f"n{k}.{unit}", "dense", "n", 1, activation=tanh, bias=frozen_array([0.0]))
            for unit in range(50)
        ]
        connections += [
            Connection(f"{node.id}<{source.id}", source.id, node.id, zero)
            for node in here
            for source in before
        ]
        nodes = [*nodes, *here]
        before = here
    names = tuple(node.id for node in before)
    data = Table(("x0", "x1"), names, np.zeros((4, 2)), np.zeros((4, len(names))))
    training = Training("sgd", batch_size=4)

    def run(times: int) -> None:
        for _ in range(times):
            # A new document each time: one that was looked up in keeps what it found.
            make_learner(Document("", tuple(nodes), tuple(connections), data, training=training))

    return run


def half_a_second() -> Runs:
    """The limit for compiling: half a second of the processor."""

    def run(times: int) -> None:
        end = time.process_time() + 0.5 * times
        while time.process_time() < end:
            pass

    return run
