"""Output layers that fit the targets: units, activation and loss, and the targets told for them.

Two classes may be told by one output with a sign, by one probability, or by one output a class;
more classes by one output each; values are told as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nnsim.data import Table
from nnsim.data.classes import has_signs, labels_of
from nnsim.data.dataset import Labels, one_hot
from nnsim.document.edits import (
    connect_all,
    remove,
    set_activation,
    set_training,
    set_units,
)
from nnsim.document.model import LAYER_RULES, Document


@dataclass(frozen=True)
class OutputFit:
    """A way to tell the targets.

    ``name``: "values", "sign", "probability" or "classes"; titles are ``lab.fit.<name>``.
    ``low`` is the target of a sample that is not of the class, None for values.
    """

    name: str
    units: int
    activation: str
    loss: str
    low: float | None = None


def possible_fits(table: Table) -> tuple[OutputFit, ...]:
    """The ways to tell the targets of a table, the one they are told in now first."""
    columns = len(table.target_names)
    values = OutputFit("values", columns, "identity", "mse")
    labels = labels_of(table.targets)
    if labels is None:
        return (values,)
    count = max(columns, 2)
    classes = OutputFit("classes", count, "softmax", "cross_entropy", 0.0)
    if count > 2:
        return (classes, values)
    sign = OutputFit("sign", 1, "tanh", "mse", -1.0)
    probability = OutputFit("probability", 1, "sigmoid", "binary_cross_entropy", 0.0)
    now = classes if columns > 1 else sign if has_signs(table.targets) else probability
    # As values two classes are the numbers that their one target is.
    rest = [fit for fit in (probability, sign, classes) if fit != now]
    return (now, *rest, *([values] if columns == 1 else []))


def fit_in_force(document: Document) -> OutputFit | None:
    """The fit that the diagram, its targets and its loss have; None where they have none."""
    outputs, training = document.outputs, document.training
    if training.rule in LAYER_RULES:
        return None
    for fit in possible_fits(document.data):
        is_told = recoded(document.data, fit) is document.data
        units = sum(node.units for node in outputs)
        same = all(node.activation.name == fit.activation for node in outputs)
        if outputs and is_told and same and (units, training.loss) == (fit.units, fit.loss):
            return fit
    return None


def with_fit(document: Document, fit: OutputFit) -> Document:
    """The targets told in this way, an output layer and a loss for it.

    A rule that knows no loss gives way to SGD, with the samples shuffled in every epoch: sets are
    often sorted by class.  Several output nodes become one where their units
    are too few or too many.
    """
    document = replace(document, data=recoded(document.data, fit))
    document = _with_units(document, fit.units)
    for node in document.outputs:
        spec = replace(node.activation, name=fit.activation)
        document = set_activation(document, node.id, spec)
    training = replace(document.training, loss=fit.loss)
    if training.rule in LAYER_RULES:
        training = replace(training, rule="sgd", order="shuffled")
    return set_training(replace(document, changes=()), training)


def recoded(table: Table, fit: OutputFit) -> Table:
    """The table with its classes told as a fit wants them; the same table where they are."""
    labels = labels_of(table.targets)
    if fit.low is None or labels is None:
        return table
    columns = len(table.target_names)
    low = -1.0 if has_signs(table.targets) else 0.0
    if columns == fit.units and low == fit.low:
        return table
    targets = _told(labels, fit)
    return Table(table.input_names, _names(table, fit), table.inputs, targets)


def _told(labels: Labels, fit: OutputFit) -> np.ndarray:
    assert fit.low is not None
    member = one_hot(labels, fit.units) if fit.units > 1 else (labels == 1)[:, np.newaxis]
    return np.where(member == 1, 1.0, fit.low)


def _names(table: Table, fit: OutputFit) -> tuple[str, ...]:
    """One name a target: that of the second class speaks for both, and the other way round."""
    names = table.target_names
    if len(names) == fit.units:
        return names
    if fit.units == 1:
        return (names[1],)
    other = f"no {names[0]}"
    return (other if other not in table.input_names else f"{other} 2", names[0])


def _with_units(document: Document, units: int) -> Document:
    """So many output units: one node where the present ones have another number."""
    outputs = document.outputs
    if not outputs or sum(node.units for node in outputs) == units:
        return document
    kept, others = outputs[0], outputs[1:]
    if others:
        sources = [c.source for node in others for c in document.incoming(node.id)]
        document = remove(document, [node.id for node in others])
        document = connect_all(document, sources, [kept.id])
    return set_units(document, kept.id, units)
