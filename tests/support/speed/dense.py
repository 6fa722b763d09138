"""Dense networks: a training step against its bare products, PyTorch and scikit-learn."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnsim.core.randoms import generator
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.initialisers import InitialiserSpec, start_values
from nnsim.engine.learners import Feed
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.learners.updates import Update
from nnsim.engine.losses import LossSpec
from nnsim.engine.optimisers import OptimiserSpec
from nnsim.engine.plan import LayerSpec, Plan, PlanSpec, Source
from nnsim.engine.record import Record
from tests.support.speed.timing import Runs

#: Steps in one call of scikit-learn's fit: enough for what it does before them not to count.
FIT_STEPS = 50
_RATE = 1e-3


@dataclass(frozen=True)
class Net:
    """A chain of dense layers and how it is trained; with a softmax by cross-entropy, else MSE."""

    sizes: tuple[int, ...]
    hidden: str
    output: str
    batch: int
    dtype: str = "float32"
    optimiser: str = "gradient_descent"

    #: in the data set, and so in an epoch
    batches: int = 10

    @property
    def samples(self) -> int:
        """Of its data set."""
        return self.batches * self.batch

    def data(self) -> tuple[Any, Any]:
        """Inputs and targets, one row a sample."""
        random = generator(0)
        x = random.normal(size=(self.samples, self.sizes[0]))
        if self.output == "softmax":
            t = np.eye(self.sizes[-1])[random.integers(0, self.sizes[-1], self.samples)]
        else:
            t = random.uniform(-1, 1, (self.samples, self.sizes[-1]))
        return x.astype(self.dtype), t.astype(self.dtype)

    def learner(self, arithmetic: str = "") -> GradientLearner:
        """It, ready to learn; ``arithmetic`` as below."""
        last = len(self.sizes) - 2
        layers = tuple(
            LayerSpec(
                f"n{k}",
                units,
                ActivationSpec(self.output if k == last else self.hidden),
                (Source(f"c{k}", f"n{k - 1}" if k else "x"),),
            )
            for k, units in enumerate(self.sizes[1:])
        )
        return self.learner_of(layers, arithmetic)

    def learner_of(self, layers: Sequence[LayerSpec], arithmetic: str = "") -> GradientLearner:
        """One that learns the same by these layers; those that feed no other are outputs.

        ``arithmetic`` is another than that of its numbers.
        """
        loss = LossSpec("cross_entropy" if self.output == "softmax" else "mse")
        fed = {source.node for layer in layers for source in layer.sources}
        outputs = tuple(layer.node for layer in layers if layer.node not in fed)
        spec = PlanSpec(
            (("x", self.sizes[0]),), tuple(layers), outputs, loss, arithmetic or self.dtype
        )
        plan = Plan(spec, start_values(spec, InitialiserSpec(), generator(1)))
        update = Update(OptimiserSpec(self.optimiser, _RATE))
        return GradientLearner(plan, *self.data(), Feed(self.samples, True, 2), update, self.batch)


def step(net: Net) -> Runs:
    """A training step of the engine, batch put in and parameters changed."""
    return net.learner().train


def settled_step(net: Net) -> Runs:
    """The same in the arithmetic of drawn networks, in which no sum is mere rounding error."""
    return net.learner("settled").train


def products(net: Net) -> Runs:
    """The bare matrix products of a training step, without biases, inputs and activations."""
    random = generator(3)

    def drawn(*shape: int) -> Any:
        return random.normal(size=shape).astype(net.dtype)

    pairs = list(zip(net.sizes, net.sizes[1:], strict=False))
    w = [drawn(units, inputs) for inputs, units in pairs]
    a = [drawn(size, net.batch) for size in net.sizes]
    z = [drawn(units, net.batch) for _, units in pairs]
    g = [drawn(units, inputs) for inputs, units in pairs]
    calls: list[tuple[Callable[..., object], Any, Any]] = [
        (w[k].dot, a[k], z[k]) for k in range(len(pairs))
    ]
    for k in reversed(range(len(pairs))):
        calls.append((z[k].dot, a[k].T, g[k]))
        if k:
            calls.append((w[k].T.dot, z[k], a[k]))

    def run(times: int) -> None:
        for _ in range(times):
            for multiply, other, out in calls:
                multiply(other, out)

    # What comes out goes in again: kept from growing without end.
    for array in (*w, *a, *z):
        array *= 1e-3
    return run


def torch_step(net: Net) -> Runs:
    """The same step by PyTorch, run eagerly, batches taken from tensors in memory."""
    import torch

    torch.set_num_threads(1)
    dtype = getattr(torch, net.dtype)
    modules: list[Any] = []
    kinds = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}
    for k, (inputs, units) in enumerate(zip(net.sizes, net.sizes[1:], strict=False)):
        modules.append(torch.nn.Linear(inputs, units, dtype=dtype))
        name = net.output if k == len(net.sizes) - 2 else net.hidden
        if name != "softmax":  # its loss has it inside
            modules.append(kinds[name]())
    model = torch.nn.Sequential(*modules)
    kind = torch.optim.Adam if net.optimiser == "adam" else torch.optim.SGD
    optimiser = kind(model.parameters(), lr=_RATE)
    loss = torch.nn.CrossEntropyLoss() if net.output == "softmax" else torch.nn.MSELoss()
    x, t = (torch.from_numpy(values) for values in net.data())
    if net.output == "softmax":
        t = t.argmax(1)
    batches = list(zip(x.split(net.batch), t.split(net.batch), strict=True))

    def run(times: int) -> None:
        for k in range(times):
            inputs, targets = batches[k % len(batches)]
            optimiser.zero_grad()
            loss(model(inputs), targets).backward()
            optimiser.step()

    return run


def sklearn_step(net: Net) -> Runs:
    """``FIT_STEPS`` of the same step by scikit-learn's fit, in whole epochs."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    kind = MLPClassifier if net.output == "softmax" else MLPRegressor
    model = kind(
        hidden_layer_sizes=net.sizes[1:-1],
        activation=net.hidden,
        solver="adam" if net.optimiser == "adam" else "sgd",
        alpha=0.0,
        batch_size=net.batch,
        learning_rate_init=_RATE,
        momentum=0.0,
        nesterovs_momentum=False,
        max_iter=FIT_STEPS // net.batches,
        tol=0.0,
        random_state=0,
        warm_start=True,
    )
    x, t = net.data()
    t = t.argmax(1) if net.output == "softmax" else t.ravel()

    def run(times: int) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for _ in range(times):
                model.fit(x, t)

    return run


def steps_of_a_fit(net: Net) -> Runs:
    """``FIT_STEPS`` steps of the engine."""
    train = net.learner().train

    def run(times: int) -> None:
        train(FIT_STEPS * times)

    return run


def recorded(learner: GradientLearner) -> Runs:
    """An iteration with everything recorded."""

    def run(times: int) -> None:
        for _ in range(times):
            learner.iterate(Record())

    return run


def unrecorded(learner: GradientLearner) -> Runs:
    """An iteration with its figures, and nothing recorded."""

    def run(times: int) -> None:
        for _ in range(times):
            learner.iterate()

    return run


def neuron_by_neuron(net: Net) -> Runs:
    """The same net drawn as single neurons, each wired to each of the layer before."""
    layers: list[LayerSpec] = []
    before = ["x"]
    for k, units in enumerate(net.sizes[1:]):
        name = net.output if k == len(net.sizes) - 2 else net.hidden
        here = [f"n{k}.{unit}" for unit in range(units)]
        layers += [
            LayerSpec(
                node,
                1,
                ActivationSpec(name),
                tuple(Source(f"{node}<{source}", source) for source in before),
            )
            for node in here
        ]
        before = here
    return net.learner_of(layers).train
