"""Recurrent layers and the sequences they work through: facts about a diagram, and edits of it.

An input of several steps gives a sequence.  A recurrent layer that feeds recurrent layers alone
hands on its state of every step; one that feeds dense layers, or nothing, that of the last step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal, TypeAlias, get_args

import numpy as np

from nnsim.core.messages import NnsimError
from nnsim.core.randoms import generator
from nnsim.document.edits import set_feature, set_units, without_changes
from nnsim.document.model import MAX_STEPS, MAX_UNITS, Document, Floats, frozen_array, replaced
from nnsim.engine.activations import ACTIVATIONS, ActivationSpec, make_activation

#: How the weights U of a recurrent layer may start: the identity, so that a state without input
#: stays what it is (Le, Jaitly and Hinton 2015); a random rotation (Saxe et al. 2014); or drawn as
#: all other weights are (Glorot and Bengio 2010).
RecurrentStart: TypeAlias = Literal["identity", "orthogonal", "xavier_uniform"]
RECURRENT_STARTS: tuple[RecurrentStart, ...] = get_args(RecurrentStart)
#: Activations of each unit alone, as recurrent layers need them.
RECURRENT_ACTIVATIONS: tuple[str, ...] = tuple(
    name for name in ACTIVATIONS if make_activation(ActivationSpec(name)).elementwise
)


def gives_sequence(document: Document, node_id: str) -> bool:
    """Whether a node hands on a value of every time step, and not a single one."""
    node = document.node(node_id)
    if node.is_input:
        return node.steps > 1
    targets = document.outgoing(node_id)
    return (
        node.is_recurrent
        and len(targets) > 0
        and all(document.node(c.target).is_recurrent for c in targets)
    )


def steps_of(document: Document, node_id: str) -> int:
    """How many time steps a node goes through: 1 for one that sees no sequence.

    The diagram must have no cycle.
    """
    node = document.node(node_id)
    while node.is_recurrent:
        incoming = document.incoming(node.id)
        if not incoming:
            return 1
        node = document.node(incoming[0].source)
    return node.steps


def set_steps(document: Document, node_id: str, steps: int) -> Document:
    """An input that holds so many time steps; with several it takes columns as they are.

    Raises NnsimError ``edit.steps`` for an impossible number, or where the node is no input.
    """
    node = document.node(node_id)
    if not node.is_input or not 1 <= steps <= MAX_STEPS:
        raise NnsimError.of("edit.steps", node_id, steps=steps, n=MAX_STEPS)
    if steps == node.steps:
        return document
    if steps > 1:
        document = set_feature(document, node_id, None)
    node = replace(document.node(node_id), steps=steps)
    return without_changes(replaced(document, nodes=[node]))


def divided_into_steps(document: Document, node_id: str, steps: int) -> Document:
    """As ``set_steps``; the columns the input takes are divided anew where that comes out even."""
    columns = document.node(node_id).columns
    document = set_steps(document, node_id, steps)
    if columns % steps == 0 and columns // steps <= MAX_UNITS:
        document = set_units(document, node_id, columns // steps)
    return document


def draw_recurrent(
    document: Document, nodes: Iterable[str], start: RecurrentStart, seed: int
) -> Document:
    """New start values of the weights U of these recurrent layers; the others keep theirs."""
    random = generator(seed)
    drawn = []
    for node_id in nodes:
        node = document.node(node_id)
        if node.is_recurrent:
            drawn.append(replace(node, recurrent=_drawn(start, node.units, random)))
    return without_changes(replaced(document, nodes=drawn)) if drawn else document


def _drawn(start: RecurrentStart, units: int, random: np.random.Generator) -> Floats:
    if start == "identity":
        return frozen_array(np.eye(units))
    # Not sooner: a first window does not wait for it.
    from nnsim.engine.initialisers import InitialiserSpec, initial

    return frozen_array(initial(InitialiserSpec(start), (units, units), random))
