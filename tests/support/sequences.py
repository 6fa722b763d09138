"""Documents with recurrent layers that tests share."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from nnsim.core.randoms import generator
from nnsim.data.sets import make_data_set
from nnsim.document.edits import add_node, connect
from nnsim.document.model import Document, Training
from nnsim.document.sequences import set_steps
from nnsim.document.templates import arranged
from nnsim.engine.activations import ActivationSpec


def recurrent(
    layers: Sequence[int] = (3,),
    steps: int = 4,
    count: int = 8,
    activation: str = "tanh",
    **training: Any,
) -> Document:
    """The adding problem: inputs n1, recurrent layers n2, n3 …, then one linear output, by SGD."""
    made = make_data_set("adding-problem", generator(0), count=count, steps=steps)
    chosen = {"rule": "sgd", "learning_rate": 0.1, "batch_size": 3, **training}
    document = Document(data=made.as_table(), training=Training(**chosen))
    document, first = add_node(document, "input", 2)
    document = set_steps(document, first, steps)
    chain = [first]
    for units in layers:
        spec = ActivationSpec(activation)
        document, layer = add_node(document, "recurrent", units, activation=spec)
        chain.append(layer)
    document, output = add_node(document, "dense", 1, activation=ActivationSpec("identity"))
    for source, target in itertools.pairwise([*chain, output]):
        document, _ = connect(document, source, target)
    return arranged(document)


def unrolled(document: Document, inputs: np.ndarray) -> np.ndarray:
    """States of its first recurrent layer, (samples, steps, units), by the formula alone.

    ``inputs`` are rows of the table; the layer has one source, of several steps, and tanh.
    """
    layer = next(node for node in document.nodes if node.is_recurrent)
    (incoming,) = document.incoming(layer.id)
    source = document.node(incoming.source)
    x = inputs.reshape(len(inputs), source.steps, source.units)
    states = []
    h = np.zeros((len(inputs), layer.units))
    for step in range(source.steps):
        h = np.tanh(x[:, step] @ incoming.weights.T + h @ layer.recurrent.T + layer.bias)
        states.append(h)
    return np.stack(states, axis=1)
