"""Other samples in one edit: a data set by name, or a table of one's own, and a network for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from nnsim.core.randoms import generator
from nnsim.data import Table, bundled
from nnsim.data.dataset import Dataset
from nnsim.data.options import OptionValue, SetSpec, Task
from nnsim.data.sets import DATA_SETS, make_data_set
from nnsim.document.adversarial import meetings
from nnsim.document.edits import add_node, connect_all, remove, set_data, set_split, set_units
from nnsim.document.lab.features import first_layer, node_name, renamed_features
from nnsim.document.lab.outputs import fit_in_force, possible_fits, with_fit
from nnsim.document.model import MAX_STEPS, Document, Feature, Origin
from nnsim.document.preparation import plain_columns
from nnsim.document.sequences import set_steps
from nnsim.document.templates import arranged

# Sequences of one length, whose steps lie side by side in a table.
_EVEN_SEQUENCES = ("running-parity", "adding-problem", "sines")
# Samples without targets, in a plane.
_REAL = ("ring-of-gaussians",)
#: Name of the one target of samples that have none of their own.
REAL = "real"
#: Sets that a table holds, in the order they are shown in: samples of one length.
TABLE_SETS: Mapping[str, SetSpec] = MappingProxyType(
    {
        name: spec
        for name, spec in DATA_SETS.items()
        if spec.task in (Task.CLASSIFICATION, Task.REGRESSION) or name in (*_EVEN_SEQUENCES, *_REAL)
    }
)
_PUBLISHED = frozenset(spec.name for spec in bundled.SETS)
# Up to so many columns are drawn as an input node each.
_MOST_SINGLE = 4


def chosen_options(document: Document, name: str) -> dict[str, OptionValue]:
    """The options a set is made with: those in force where it is the present one, else defaults."""
    spec, origin = TABLE_SETS[name], document.origin
    given = dict(origin.options) if origin is not None and origin.name == name else {}
    return {option.name: given.get(option.name, option.default) for option in spec.options}


def is_drawn(name: str) -> bool:
    """Whether another seed makes other samples: the published sets are always the same."""
    return name not in _PUBLISHED


def with_set(
    document: Document, name: str, options: Mapping[str, OptionValue], seed: int
) -> Document:
    """The samples of a data set, and inputs and outputs that fit them.

    Raises NnsimError as ``make_data_set`` and ``Dataset.as_table``.
    """
    spec = TABLE_SETS[name]
    made = make_data_set(name, generator(seed), **options)
    table = with_real(made).as_table() if spec.task is Task.SAMPLES else made.as_table()
    origin = Origin(name, seed, tuple(spec.chosen(options).items()))
    return with_table(document, table, origin)


def with_real(dataset: Dataset) -> Dataset:
    """Samples without targets with the one that they all have: they are real, and that is 1."""
    ones = np.ones((len(dataset), 1))
    return replace(dataset, targets=ones, target_names=(REAL,), labels=None, classes=())


def with_table(document: Document, table: Table, origin: Origin | None) -> Document:
    """These samples, and inputs and outputs that fit them.

    The way the targets are told now is kept where it is possible for the new ones.  A stratified
    split of samples without classes becomes a shuffled one.
    """
    if meetings(document):
        return _with_real_samples(document, table, origin)
    before, former = fit_in_force(document), document.data
    document = set_data(document, table, origin)
    document = renamed_features(former, fit_inputs(document))
    fits = possible_fits(table)
    alike = (fit for fit in fits if before is not None and fit.name == before.name)
    if document.outputs:
        document = with_fit(document, next(alike, fits[0]))
    has_no_classes = fits[0].name == "values"
    if has_no_classes and document.split.order == "stratified":
        document = set_split(document, replace(document.split, order="shuffled"))
    return document


def _with_real_samples(document: Document, table: Table, origin: Origin | None) -> Document:
    """For two networks that play against each other: the columns of the inputs, all of them real.

    The node where samples meet and the layer that makes some get as many units as there are
    columns.
    """
    names, values = table.input_names, table.inputs
    if not (table.target_names == (REAL,) and (table.targets == 1).all()):
        table = Table(names, (REAL,), values, np.ones((len(table), 1)))
    document = set_data(document, table, origin)
    for meeting in meetings(document):
        document = set_units(document, meeting.id, len(names))
        for connection in document.incoming(meeting.id):
            document = set_units(document, connection.source, len(names))
    if document.split.order == "stratified":
        document = set_split(document, replace(document.split, order="shuffled"))
    return document


def fit_inputs(document: Document) -> Document:
    """Inputs for the columns of the table: features of columns that are gone go too.

    Plain inputs become as many as there are columns: a layer a larger or smaller layer, single
    inputs more or fewer of them, or one layer where they would be many.
    """
    columns = len(document.data.input_names)
    gone = [
        node.id
        for node in document.inputs
        if node.feature is not None and max(node.feature.columns, default=-1) >= columns
    ]
    targets = first_layer(document)
    document = remove(document, gone)
    plain = [node for node in document.inputs if node.feature is None]
    has_inputs = bool(document.inputs)
    if plain_columns(document) == columns or (has_inputs and not plain):
        return arranged(document) if gone else document
    if len(plain) == 1 and plain[0].steps > 1 and columns % plain[0].units == 0:
        # Sequences of another length.
        steps = columns // plain[0].units
        return set_steps(document, plain[0].id, steps) if steps <= MAX_STEPS else document
    if len(plain) == 1 and plain[0].units > 1 and columns > 1:
        return set_units(document, plain[0].id, columns)
    document = remove(document, [node.id for node in plain[columns:]])
    plain = plain[:columns]
    if columns > _MOST_SINGLE or any(node.units > 1 for node in plain):
        document = remove(document, [node.id for node in plain])
        return _with_layer(document, columns, targets)
    for number in range(len(plain), columns):
        name = node_name(document.data, Feature("column", (number,)))
        taken = {node.name for node in document.nodes}
        document, added = add_node(document, "input", name="" if name in taken else name)
        document = _after_plain(document, added)
        document = connect_all(document, [added], targets)
    return arranged(document)


def _with_layer(document: Document, columns: int, targets: tuple[str, ...]) -> Document:
    document, layer = add_node(document, "input", columns)
    document = _after_plain(document, layer)
    known = [target for target in targets if document.has_node(target)]
    return arranged(connect_all(document, [layer], known))


def _after_plain(document: Document, added: str) -> Document:
    """The new input behind the plain ones and before those with features."""
    nodes = [node for node in document.nodes if node.id != added]
    plain = [k for k, node in enumerate(nodes) if node.is_input and node.feature is None]
    nodes.insert(plain[-1] + 1 if plain else 0, document.node(added))
    return replace(document, nodes=tuple(nodes))
