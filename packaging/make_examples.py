"""Writes the shipped examples, resources/examples/*.nnsim, anew:  python packaging/make_examples.py

They are made from the templates, so that no number in them was typed into a file by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from nnsim.core.resources import resource_path
from nnsim.data import Table
from nnsim.document.edits import set_texts
from nnsim.document.examples import example_path
from nnsim.document.file import save
from nnsim.document.model import Conventions, Document, Training
from nnsim.document.templates import gate_neuron, perceptron, with_parameters


def documents() -> Iterator[tuple[str, Document]]:
    """Id and document of every example."""
    for gate in ("or", "and", "nand", "nor"):
        yield f"{gate}-gate", set_texts(gate_neuron(gate), title=gate.upper())
    yield "xor-single-neuron", set_texts(gate_neuron("xor"), title="XOR")
    yield "xor-2-2-1", set_texts(xor_net(), title="XOR 2-2-1")
    yield "backprop-2-2-2", set_texts(backpropagation_net(), title="Backpropagation 2-2-2")


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
