"""Whatever is drawn, an edit of the lab gives a sound document or a message, and nothing else."""

import random

import pytest

from nnsim.core.messages import NnsimError
from nnsim.document.edits import add_node, connect, refusal
from nnsim.document.lab import (
    TABLE_SETS,
    add_hidden,
    add_neuron,
    features_offered,
    fit_in_force,
    hidden_layers,
    layer_sizes,
    possible_fits,
    remove_hidden,
    remove_neuron,
    said,
    set_hidden_activation,
    with_feature,
    with_fit,
    with_set,
    without_feature,
)
from nnsim.document.templates import empty


def drawn(chance):
    """Some nodes, wired anyhow: in circles, apart, without inputs or without outputs."""
    document = empty()
    for _ in range(chance.randint(0, 6)):
        kind = chance.choice(["input", "dense", "dense"])
        document, _ = add_node(document, kind, chance.choice([1, 1, 2, 5]))
    ids = [node.id for node in document.nodes]
    for _ in range(chance.randint(0, 10) if len(ids) > 1 else 0):
        source, target = chance.sample(ids, 2)
        if refusal(document, source, target) is None:
            document, _ = connect(document, source, target)
    return document


def edited(chance, document):
    """The document after one edit, of any kind."""
    layers = len(hidden_layers(document))
    last = len(document.data.input_names) - 1
    feature = chance.choice(features_offered((0, min(1, last))))
    edits = [
        lambda: add_hidden(document),
        lambda: set_hidden_activation(document, chance.choice(["relu", "tanh", "step", "maxout"])),
        lambda: with_feature(document, feature),
        lambda: without_feature(document, feature),
        lambda: with_set(document, chance.choice(list(TABLE_SETS)), {}, chance.randrange(3)),
        lambda: with_fit(document, chance.choice(possible_fits(document.data))),
    ]
    for change in (remove_hidden, add_neuron, remove_neuron) if layers else ():
        edits.append(lambda change=change: change(document, chance.randrange(layers)))
    return chance.choice(edits)()


@pytest.mark.parametrize("seed", range(8))
def test_edit_upon_edit(seed):
    chance = random.Random(seed)
    done = 0
    for _ in range(15):
        document = drawn(chance)
        for _ in range(8):
            try:
                after = edited(chance, document)
            except NnsimError:
                continue
            for wire in after.connections:
                shape = (after.node(wire.target).rows, after.node(wire.source).units)
                assert wire.weights.shape == shape
            said(document, after)
            layer_sizes(after)
            fit_in_force(after)
            document = after
            done += 1
    assert done > 30
