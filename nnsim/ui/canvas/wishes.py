"""What a person wants to draw: nodes that are not there yet, from the palette or typed."""

from __future__ import annotations

from typing import Literal, NamedTuple

from nnsim.document.edits import add_node, connect, set_feature
from nnsim.document.model import LAYER_RULES, Document, Feature, NodeKind
from nnsim.document.preparation import plain_columns
from nnsim.document.templates import COLUMN_GAP
from nnsim.engine.activations import ActivationSpec

#: "columns": as many units as the data has columns that no node takes yet.
Units = int | Literal["columns"]


class Wish(NamedTuple):
    """A node to be made.  ``activation`` "": what suits the rule of the document.

    With ``is_noise`` an input is drawn and takes nothing of the data.
    """

    kind: NodeKind
    units: Units = 1
    activation: str = ""
    name: str = ""
    is_noise: bool = False


#: Several wishes at once make a chain: each feeds the next.
Wishes = tuple[Wish, ...]


def make(
    document: Document, wishes: Wishes, x: float, y: float
) -> tuple[Document, tuple[str, ...]]:
    """The nodes put in, the first with its middle at (x, y), each connected to the next; their ids.

    Raises NnsimError ``edit.units`` for an impossible number of units.
    """
    ids: list[str] = []
    for number, wish in enumerate(wishes):
        is_hidden = len(wishes) > 2 and number < len(wishes) - 1
        units = units_of(document, wish)
        usual = usual_activation(document, is_hidden, wish.kind)
        activation = ActivationSpec(wish.activation or usual)
        document, node = add_node(
            document, wish.kind, units, x + number * COLUMN_GAP, y, activation, wish.name
        )
        if wish.is_noise:
            document = set_feature(document, node, Feature("noise", ()))
        if ids:
            document, _ = connect(document, ids[-1], node)
        ids.append(node)
    return document, tuple(ids)


def units_of(document: Document, wish: Wish) -> int:
    """Units of the node a wish makes."""
    if wish.units != "columns":
        return wish.units
    if wish.kind == "input":
        taken = plain_columns(document)
        return max(len(document.data.input_names) - taken, 1)
    # Hidden neurons that are not connected yet look like outputs too, so what they would take of
    # the targets is not counted.
    return len(document.data.target_names)


def usual_activation(document: Document, is_hidden: bool = False, kind: NodeKind = "dense") -> str:
    """The activation that suits how the document learns: rules of one layer need the step.

    A recurrent layer, which none of these rules teaches, has tanh.
    """
    if kind == "recurrent":
        return "tanh"
    rule = document.training.rule
    return "step" if rule in LAYER_RULES and not is_hidden else "sigmoid"
