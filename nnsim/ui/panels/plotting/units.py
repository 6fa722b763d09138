"""Which neuron a plot is about: the one that is selected, or one chosen by name."""

from __future__ import annotations

from dataclasses import dataclass

from nnsim.document.model import Document
from nnsim.document.naming import unit_name
from nnsim.engine.plan import PlanSpec
from nnsim.engine.record import Quantity
from nnsim.session.frame import Frame
from nnsim.session.scales import output_column

# Kinds of quantities that belong to a connection, and those counted over all outputs.
_OF_OUTPUTS = ("y", "t", "e", "l")
# Kinds of which every sample of the batch has its own.
_OF_SAMPLES = ("p", "z", "a", "da", "dz", "s", "h", "ds", "dh", *_OF_OUTPUTS)


@dataclass(frozen=True)
class Subject:
    """What is drawn: one unit of a node, or with no node the winning output (a class)."""

    node: str = ""
    unit: int = 0

    @property
    def is_winner(self) -> bool:
        """Whether the regions of the winning outputs are meant."""
        return not self.node


def selected_unit(
    document: Document, frame: Frame, selection: Quantity | None, nodes: frozenset[str]
) -> Subject | None:
    """The neuron a selected number belongs to, else that of a selected node; None for neither.

    Weights and products belong to the neuron they lead into; inputs to none.
    """
    if selection is not None and (found := _owner(document, frame, selection)):
        return found
    for node in document.nodes:
        if node.id in nodes and not node.is_input:
            return Subject(node.id)
    return None


def _owner(document: Document, frame: Frame, quantity: Quantity) -> Subject | None:
    if not frame.has(quantity):
        return None
    quantity = frame.ordinary(quantity)
    if quantity.kind in _OF_OUTPUTS:
        output = frame.output(quantity)
        return Subject(output.owner, output.row)
    parameter = quantity.parameter
    if quantity.kind == "p" or (parameter is not None and parameter.kind == "w"):
        node = document.node(document.connection(quantity.owner).target)
    elif document.has_node(quantity.owner):
        node = document.node(quantity.owner)
    else:
        return None
    if node.is_input:
        return None
    counts_units = quantity.kind in ("a", "da")
    return Subject(
        node.id, quantity.row if counts_units else quantity.row * node.units // node.rows
    )


def sample_for(frame: Frame, selection: Quantity | None) -> int:
    """Place in the batch of the sample looked at: that of the selected number, if it has one."""
    if selection is not None and frame.ordinary(selection).kind in _OF_SAMPLES:
        return min(selection.sample, frame.walk.batch - 1)
    return frame.sample


def subject_name(subject: Subject, document: Document, spec: PlanSpec) -> str:
    """Name of a unit as text shows it; an output also says its target column: "N3 (y)"."""
    name = unit_name(document, subject.node, subject.unit)
    column = output_column(spec, subject.node, subject.unit)
    return name if column is None else f"{name} ({document.data.target_names[column]})"
