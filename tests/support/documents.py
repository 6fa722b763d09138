"""Documents that tests share: the neuron of the course, nets by hand, random small ones."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from nnsim.core.numbers import Number
from nnsim.data import Table
from nnsim.document.edits import add_node, connect, set_feature
from nnsim.document.model import (
    CLIPPINGS,
    FEATURES,
    LAYER_RULES,
    LOSSES,
    OPTIMISERS,
    PENALTIES,
    RULES,
    SCALINGS,
    Conventions,
    Document,
    Feature,
    Rule,
    ScalingSettings,
    SplitSettings,
    Training,
    frozen_array,
    replaced,
)
from nnsim.document.preparation import plain_columns
from nnsim.document.templates import gate_neuron, perceptron, with_parameters
from nnsim.engine.activations import ACTIVATIONS, ActivationSpec
from nnsim.engine.layout import Array
from nnsim.engine.record import Quantity, Record


def examples(count: int) -> settings:
    """So many random documents; a failing one is shown as it is, for shrinking takes minutes."""
    return settings(
        max_examples=count,
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
        suppress_health_check=(HealthCheck.too_slow,),
    )


def gate(name: str = "or", **training: Any) -> Document:
    """The neuron of the course with the truth table of a gate; training settings by name."""
    document = gate_neuron(name)
    return replace(document, training=replace(document.training, **training))


def table(inputs: object, targets: object) -> Table:
    """Samples with the names x1, x2 … and y1, y2 …"""
    x, t = np.atleast_2d(np.array(inputs, float)), np.atleast_2d(np.array(targets, float))
    return Table(
        tuple(f"x{k + 1}" for k in range(x.shape[1])),
        tuple(f"y{k + 1}" for k in range(t.shape[1])),
        x,
        t,
    )


def net_2_2_2(timing: Any = "after", learning_rate: float = 0.5) -> Document:
    """The 2-2-2 sigmoid net of the well-known worked example (Mazur 2015), biases fixed."""
    document = perceptron((2, 2, 2), data=table([0.05, 0.10], [0.01, 0.99]))
    document = with_parameters(
        document,
        [[[0.15, 0.20], [0.25, 0.30]], [[0.40, 0.45], [0.50, 0.55]]],
        [[0.35, 0.35], [0.60, 0.60]],
    )
    return replace(
        document,
        training=Training(rule="sgd", learning_rate=learning_rate, update_biases=False),
        conventions=Conventions(loss_reduction="sum", loss_half=True, update_timing=timing),
    )


def quantities_of(record: Record) -> Iterator[Quantity]:
    """The address of every number of a record, products included."""
    products = (f"p:{owner}" for owner in record.sources)
    names = [*record.arrays, *(name for name in products if name in record)]
    for name in names:
        for index in np.ndindex(*record.array(name).shape):
            yield Quantity.at(name, index)


def same_bits(first: Record, second: Record) -> bool:
    """Whether two records hold the same names and bit for bit the same numbers."""
    if first.arrays.keys() != second.arrays.keys():
        return False
    return all(same_numbers(array, second.arrays[name]) for name, array in first.arrays.items())


def same_numbers(first: Array, second: Array) -> bool:
    """Whether two arrays are alike in kind and shape and bit for bit in their numbers."""
    if first.dtype != second.dtype or first.shape != second.shape:
        return False
    if first.dtype == object:
        return bool(first.tolist() == second.tolist())
    return first.tobytes() == second.tobytes()


def close(a: Number, b: Number, tolerance: float) -> bool:
    """Whether two numbers agree; NaN agrees with NaN, infinity with itself."""
    a, b = float(a), float(b)
    if math.isinf(tolerance):
        return True
    return a == b or (math.isnan(a) and math.isnan(b)) or abs(a - b) <= tolerance


_short = st.integers(-8, 8).map(lambda n: n / 4) | st.integers(-200, 200).map(lambda n: n / 100)


def _matrix(shape: tuple[int, ...]) -> st.SearchStrategy:
    count = math.prod(shape)
    return st.lists(_short, min_size=count, max_size=count).map(
        lambda values: np.array(values, float).reshape(shape)
    )


@st.composite
def activation_specs(draw: st.DrawFn, names: tuple[str, ...] = ACTIVATIONS) -> ActivationSpec:
    """Any activation with any of its parameters."""
    return ActivationSpec(
        draw(st.sampled_from(names)),
        slope=draw(st.sampled_from((0.1, 0.01, 1.5))),
        alpha=draw(st.sampled_from((1.0, 0.5))),
        pieces=draw(st.integers(1, 3)),
    )


def _with_features(draw: st.DrawFn, document: Document) -> tuple[Document, int]:
    """The document with a feature behind some inputs, and how many columns its data need."""
    chosen = [node for node in document.inputs if draw(st.integers(0, 3)) == 0]
    columns = plain_columns(document) - sum(node.units for node in chosen) or 2
    for node in chosen:
        function = draw(st.sampled_from([f for f in FEATURES if f != "noise"]))
        count = 2 if function == "product" else 1
        numbers = tuple(draw(st.integers(0, columns - 1)) for _ in range(count))
        document = set_feature(document, node.id, Feature(function, numbers))
    return document, columns


@st.composite
def small_documents(draw: st.DrawFn, rules: tuple[Rule, ...] = RULES) -> Document:
    """A runnable document: free wiring of up to three inputs and four layers, any settings."""
    rule = draw(st.sampled_from(rules))
    single = rule in LAYER_RULES
    document = Document()
    nodes: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        document, node = add_node(document, "input", draw(st.integers(1, 2)))
        nodes.append(node)
    inputs = list(nodes)
    names = tuple(n for n in ACTIVATIONS if not (single and n == "maxout"))
    for _ in range(draw(st.integers(1, 2 if single else 4))):
        spec = draw(activation_specs(names))
        document, node = add_node(document, "dense", draw(st.integers(1, 3)), activation=spec)
        sources = draw(
            st.lists(st.sampled_from(inputs if single else nodes), min_size=1, unique=True)
        )
        for source in sources:
            document, _ = connect(document, source, node)
        nodes.append(node)
    for node in inputs:
        if not document.outgoing(node):
            document, _ = connect(document, node, nodes[-1])
    document = replaced(
        document,
        nodes=[
            replace(n, bias=frozen_array(draw(_matrix((n.rows,)))))
            for n in document.nodes
            if not n.is_input
        ],
        connections=[
            replace(c, weights=frozen_array(draw(_matrix(c.weights.shape))))
            for c in document.connections
        ],
    )
    document, columns = _with_features(draw, document)
    rows = draw(st.integers(1, 6))
    timing: Literal["after", "during"] = draw(st.sampled_from(("after", "during")))
    # With weights that are updated already there is no whole gradient to limit.
    may_limit = timing == "after"
    outputs = sum(node.units for node in document.outputs)
    targets = draw(
        st.sampled_from((np.zeros, np.ones)).map(lambda made: made((rows, outputs)))
        | st.lists(
            st.sampled_from((0.0, 1.0, -1.0, 0.5)),
            min_size=rows * outputs,
            max_size=rows * outputs,
        ).map(lambda values: np.array(values).reshape(rows, outputs))
    )
    return replace(
        document,
        data=table(draw(_matrix((rows, columns))), targets),
        split=draw(
            st.sampled_from((SplitSettings(), SplitSettings(70, 15, 15), SplitSettings(1, 1, 0)))
        ),
        scaling=ScalingSettings(*(draw(st.sampled_from(SCALINGS)) for _ in range(2))),
        training=Training(
            rule=rule,
            learning_rate=draw(st.sampled_from((0.5, 0.1, 1.0))),
            weight_step=draw(st.sampled_from((0.5, 0.3))),
            batch_size=draw(st.integers(1, 4)),
            loss=draw(st.sampled_from(LOSSES)),
            optimiser=draw(st.sampled_from(OPTIMISERS)),
            momentum=draw(st.sampled_from((0.9, 0.0, 0.5))),
            decay=draw(st.sampled_from((0.9, 0.0, 0.99))),
            beta1=draw(st.sampled_from((0.9, 0.0, 0.5))),
            beta2=draw(st.sampled_from((0.999, 0.5))),
            epsilon=draw(st.sampled_from((1e-8, 0.01))),
            penalty=draw(st.sampled_from(PENALTIES)) if may_limit else "none",
            penalty_rate=draw(st.sampled_from((0.1, 0.0))),
            clipping=draw(st.sampled_from(CLIPPINGS)) if may_limit else "none",
            clip_at=draw(st.sampled_from((0.05, 1.0))),
            weight_decay=draw(st.sampled_from((0.01, 0.0, 0.5))),
            order=draw(st.sampled_from(("given", "shuffled"))),
            seed=draw(st.integers(0, 3)),
            update_biases=draw(st.booleans()),
        ),
        conventions=Conventions(
            threshold=draw(st.sampled_from((">=", ">"))),
            loss_reduction=draw(st.sampled_from(("mean", "sum"))),
            loss_half=draw(st.booleans()),
            update_timing=timing,
            arithmetic=draw(st.sampled_from(("auto", "float64"))),
        ),
    )
