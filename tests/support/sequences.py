"""Documents with recurrent layers that tests share."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from nnsim.core.randoms import generator
from nnsim.data import Table
from nnsim.data.sets import make_data_set
from nnsim.document.edits import add_node, connect, set_activation
from nnsim.document.model import CLIPPINGS, OPTIMISERS, PENALTIES, Document, Training
from nnsim.document.sequences import set_steps
from nnsim.document.templates import arranged
from nnsim.engine.activations import ActivationSpec
from tests.support.documents import activation_specs


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


@st.composite
def sequence_documents(draw: st.DrawFn) -> Document:
    """A runnable document with recurrent layers, one on another or side by side, any settings."""
    steps = draw(st.integers(2, 4))
    layers = draw(st.lists(st.integers(1, 3), min_size=1, max_size=2))
    document = recurrent(
        layers,
        steps,
        count=5,
        rule=draw(st.sampled_from(("sgd", "gradient_descent"))),
        batch_size=draw(st.integers(1, 3)),
        loss=draw(st.sampled_from(("mse", "mae"))),
        optimiser=draw(st.sampled_from(OPTIMISERS)),
        penalty=draw(st.sampled_from(PENALTIES)),
        clipping=draw(st.sampled_from(CLIPPINGS)),
        clip_at=0.05,
        update_biases=draw(st.booleans()),
        order=draw(st.sampled_from(("given", "shuffled"))),
    )
    for node in document.nodes:
        if node.is_recurrent:
            spec = draw(activation_specs(("tanh", "relu", "leaky_relu", "elu", "sigmoid", "gelu")))
            document = set_activation(document, node.id, spec)
    first, last = "n1", document.outputs[0].id
    if draw(st.booleans()):
        document, beside = add_node(document, "recurrent", draw(st.integers(1, 2)))
        document, _ = connect(document, first, beside)
        document, _ = connect(document, beside, last)
    if draw(st.booleans()):
        document, other = add_node(document, "input", 1)
        document, _ = connect(document, other, last)
        table = document.data
        inputs = np.column_stack([table.inputs, table.inputs[:, 0] ** 2])
        names = (*table.input_names, "other")
        document = replace(document, data=Table(names, table.target_names, inputs, table.targets))
    return document
