"""Writes the shipped examples, resources/examples/*.nnsim, anew:  python packaging/make_examples.py

They are made from the templates and from data sets by name, so that no number in them was typed
into a file by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from nnsim.core.randoms import generator
from nnsim.core.resources import resource_path
from nnsim.data import Table
from nnsim.data.options import OptionValue
from nnsim.data.sets import make_data_set
from nnsim.document.edits import (
    add_node,
    connect_all,
    set_scaling,
    set_split,
    set_texts,
    set_training,
)
from nnsim.document.examples import example_path
from nnsim.document.failing import FAILING, adversaries
from nnsim.document.file import save
from nnsim.document.lab import (
    features_offered,
    possible_fits,
    with_feature,
    with_fit,
    with_set,
    without_feature,
)
from nnsim.document.model import (
    Conventions,
    Document,
    Feature,
    ScalingSettings,
    SplitSettings,
    Training,
)
from nnsim.document.starting import draw_parameters
from nnsim.document.templates import arranged, empty, gate_neuron, perceptron, with_parameters
from nnsim.engine.activations import ActivationSpec

#: The course's division; the samples of classification keep the shares of the classes.
SPLIT = SplitSettings(0.7, 0.15, 0.15, "stratified", seed=0)
ALL_FEATURES = features_offered((0, 1))
COLUMNS, SQUARES = ALL_FEATURES[:2], ALL_FEATURES[2:4]
AS_THEY_ARE, STANDARD = ScalingSettings(), ScalingSettings(inputs="standard")


@dataclass(frozen=True)
class Recipe:
    """An example that is a data set by name and a network that learns it.

    ``fit`` names how the targets are told, "" as the set comes; ``limit`` counts iterations.
    ``features`` are what the inputs take; none: the columns, a node each, or one layer for all.
    """

    data_set: str
    hidden: tuple[int, ...]
    training: Training
    activation: str = "tanh"
    initialiser: str = "xavier_uniform"
    fit: str = ""
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    features: tuple[Feature, ...] = ()
    scaling: ScalingSettings = AS_THEY_ARE
    is_layered: bool = False

    def document(self, seed: int = 0) -> Document:
        """The example; other seeds draw other samples, parts, start weights and orders."""
        document = self._network()
        document = with_set(document, self.data_set, self.options, seed)
        for feature in self.features:
            document = with_feature(document, feature)
        for feature in COLUMNS if self.features else ():
            if feature not in self.features:
                document = without_feature(document, feature)
        fits = possible_fits(document.data)
        document = with_fit(document, next((f for f in fits if f.name == self.fit), fits[0]))
        # Values have no classes to divide by.
        order = "shuffled" if fits[0].name == "values" else SPLIT.order
        document = set_split(document, replace(SPLIT, order=order, seed=seed))
        document = set_scaling(document, self.scaling)
        training = replace(self.training, loss=document.training.loss, seed=seed)
        document = set_training(document, training)
        return arranged(draw_parameters(document, self.initialiser, seed))

    def _network(self) -> Document:
        if self.is_layered:
            return perceptron((2, *self.hidden, 1), hidden=self.activation)
        document, previous = empty(), []
        for _ in range(2):
            document, node = add_node(document, "input")
            previous.append(node)
        for units in (*self.hidden, 1):
            activation = ActivationSpec(self.activation)
            document, node = add_node(document, "dense", units, activation=activation)
            document = connect_all(document, previous, [node])
            previous = [node]
        return document


def learning(rate: float, batch: int, limit: int, **settings: object) -> Training:
    """Mini-batches in an order that is shuffled anew each epoch, until the limit."""
    given = {"optimiser": "adam", "order": "shuffled", "target_loss": 0.0, **settings}
    return Training("sgd", rate, batch_size=batch, limit=limit, **given)  # type: ignore[arg-type]


#: Examples by id; an epoch of 500 samples, 350 of them for training, has 35 batches of 10.
RECIPES: Mapping[str, Recipe] = {
    "circle": Recipe("circle", (6,), learning(0.01, 10, 2100)),
    "circle-squares": Recipe(
        "circle", (), learning(0.03, 10, 1050, optimiser="plain"), features=SQUARES
    ),
    "xor": Recipe("xor", (8,), learning(0.01, 10, 2100)),
    "gauss": Recipe("gauss", (), learning(0.03, 10, 700, optimiser="plain")),
    "spiral": Recipe("spiral", (16, 8), learning(0.02, 32, 3300)),
    "spiral-features": Recipe("spiral", (8, 8), learning(0.01, 32, 2200), features=ALL_FEATURES),
    "plane": Recipe(
        "plane", (), learning(0.01, 10, 700, optimiser="plain"), options={"count": 500}
    ),
    "multi-gauss": Recipe("multi-gauss", (16, 16), learning(0.01, 20, 5040), scaling=STANDARD),
    "iris": Recipe("iris", (8,), learning(0.01, 16, 420), scaling=STANDARD, is_layered=True),
    "wine": Recipe("wine", (8,), learning(0.01, 16, 320), scaling=STANDARD, is_layered=True),
    "breast-cancer": Recipe(
        "breast-cancer",
        (8,),
        learning(0.01, 16, 500),
        fit="probability",
        scaling=STANDARD,
        is_layered=True,
    ),
    "diabetes": Recipe(
        "diabetes",
        (8,),
        learning(0.003, 16, 2000, patience=10),
        scaling=ScalingSettings("standard", "standard"),
        is_layered=True,
    ),
    "digits": Recipe(
        "digits",
        (32,),
        learning(0.01, 32, 1200),
        activation="relu",
        initialiser="he_normal",
        scaling=ScalingSettings(inputs="min_max"),
        is_layered=True,
    ),
}


#: The data sets of the failing trainings that are not of digits.
_FAILING_ON = {
    "exploding-step": "diabetes",
    "exploding-time": "adding-problem",
    "generator-collapse": "ring-of-gaussians",
}


def documents() -> Iterator[tuple[str, Document]]:
    """Id and document of every example."""
    for gate in ("or", "and", "nand", "nor"):
        yield f"{gate}-gate", set_texts(gate_neuron(gate), title=gate.upper())
    yield "xor-single-neuron", set_texts(gate_neuron("xor"), title="XOR")
    yield "xor-2-2-1", set_texts(xor_net(), title="XOR 2-2-1")
    yield "backprop-2-2-2", set_texts(backpropagation_net(), title="Backpropagation 2-2-2")
    for example, recipe in RECIPES.items():
        source = make_data_set(recipe.data_set, generator(0), **recipe.options).source
        yield example, set_texts(recipe.document(), title=example, notes=source)
    for example, make in FAILING.items():
        data_set = _FAILING_ON.get(example, "digits")
        source = make_data_set(data_set, generator(0)).source
        yield example, set_texts(make(), title=example, notes=source)
    source = make_data_set("ring-of-gaussians", generator(0)).source
    yield "gan-ring", set_texts(adversaries(1e-3, 1e-3), title="gan-ring", notes=source)


def xor_net() -> Document:
    """A 2-2-1 net (tanh, sigmoid) that learns XOR sample by sample: 121 epochs."""
    document = with_parameters(
        perceptron((2, 2, 1), hidden="tanh", output="sigmoid"),
        weights=[[[0.8, -0.6], [-0.4, 0.7]], [[0.5, 0.3]]],
        biases=[[0.1, -0.1], [0.0]],
    )
    return replace(document, training=Training(rule="sgd", learning_rate=0.5, batch_size=1))


def backpropagation_net() -> Document:
    """Exercises 2 and 13: 2-2-2, sigmoid, one sample, fixed biases, 1/2 Σ (t - y)², α = 0.5."""
    sample = Table(("x1", "x2"), ("y1", "y2"), np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]]))
    document = with_parameters(
        perceptron((2, 2, 2), data=sample),
        weights=[[[0.15, 0.20], [0.25, 0.30]], [[0.40, 0.45], [0.50, 0.55]]],
        biases=[[0.35, 0.35], [0.60, 0.60]],
    )
    return replace(
        document,
        training=Training(rule="gradient_descent", learning_rate=0.5, update_biases=False),
        conventions=Conventions(loss_reduction="sum", loss_half=True),
    )


def write(folder: Path) -> None:
    """Every example into a folder."""
    for name, document in documents():
        save(document, folder / example_path(name).name)


if __name__ == "__main__":
    write(resource_path("examples"))
