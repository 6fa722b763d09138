"""The way of the data into the network: table -> parts -> scaling -> features -> inputs.

Every step is a setting of the document; its numbers can be read here, and nothing else happens to
the data.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnsim.data.table import Table
from nnsim.document.model import (
    Document,
    Feature,
    FeatureName,
    Floats,
    Node,
    ScalingSettings,
    SplitSettings,
    frozen_array,
)

if TYPE_CHECKING:
    from nnsim.data.scaling import Scaling
    from nnsim.data.splitting import Split

Rows: TypeAlias = NDArray[np.int64]
_FUNCTIONS: Mapping[FeatureName, Callable[..., Floats]] = {
    "column": lambda x: x,
    "square": np.square,
    "product": np.multiply,
    "sine": np.sin,
}
# Columns of those that do not have one.
_COLUMNS: Mapping[FeatureName, int] = {"product": 2, "noise": 0}


def feature_fits(node: Node) -> bool:
    """Whether the feature of a node, if it has one, has its number of columns and inputs it."""
    feature = node.feature
    if feature is None:
        return True
    count = _COLUMNS.get(feature.function, 1)
    return node.is_input and node.steps == 1 and len(feature.columns) == count


class Prepared:
    """The samples as the network gets them, row by row those of the table.

    What is asked for is made then and kept.  Where nothing is done to the samples, as in the
    lessons on gates, a first window does not wait for what could do it.
    """

    def __init__(
        self,
        data: Table,
        parts: SplitSettings,
        scaling: ScalingSettings,
        features: tuple[Feature, ...],
    ) -> None:
        self._data, self._parts, self._scaling = data, parts, scaling
        #: behind each input unit
        self.features = features

    @functools.cached_property
    def split(self) -> Split:
        """Rows of each part, in the order of the table: what is shuffled for training is another
        thing.  Raises NnsimError as ``nnsim.data.splitting.split``."""
        from nnsim.core.randoms import generator
        from nnsim.data.classes import labels_of
        from nnsim.data.splitting import Order, Shares, Split, split

        data, parts = self._data, self._parts
        shares = Shares(parts.training, parts.validation, parts.test)
        labels = labels_of(data.targets) if parts.order == "stratified" else None
        found = split(len(data), generator(parts.seed), shares, Order(parts.order), labels)
        return Split(np.sort(found.training), np.sort(found.validation), np.sort(found.test))

    @functools.cached_property
    def training_rows(self) -> Rows:
        """Rows that are learnt from."""
        if self._parts == SplitSettings():
            return np.arange(len(self._data))
        return self.split.training

    @functools.cached_property
    def input_scaling(self) -> Scaling:
        """A step for each input column.  Raises NnsimError as ``fit_scaling``."""
        return _fitted(self._data.inputs[self.training_rows], self._scaling.inputs)

    @functools.cached_property
    def target_scaling(self) -> Scaling:
        """A step for each target column.  Raises NnsimError as ``fit_scaling``."""
        return _fitted(self._data.targets[self.training_rows], self._scaling.targets)

    @functools.cached_property
    def has_plain_inputs(self) -> bool:
        """Whether the network gets the input columns of the table as they are."""
        columns = range(len(self._data.input_names))
        as_they_are = tuple(Feature("column", (column,)) for column in columns)
        return self._scaling.inputs == "none" and self.features == as_they_are

    @functools.cached_property
    def inputs(self) -> Floats:
        """What the network gets, (rows, input units), read-only."""
        if self.has_plain_inputs:
            return self._data.inputs
        return frozen_array(self.network_inputs(self._data.inputs))

    @functools.cached_property
    def targets(self) -> Floats:
        """What it should say, (rows, targets), read-only."""
        if self._scaling.targets == "none":
            return self._data.targets
        with np.errstate(over="ignore", invalid="ignore"):
            return frozen_array(self.target_scaling.apply(self._data.targets))

    def network_inputs(self, points: ArrayLike) -> Floats:
        """What the network gets for points (points, columns of the table): (points, input units).

        It may overflow.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            return _featured(self.input_scaling.apply(np.asarray(points)), self.features)

    def rows_of(self, part: str) -> Rows:
        """Row numbers of "training", "validation" or "test", or of "all" samples."""
        if part == "all":
            return np.arange(len(self._data))
        if part == "training":
            return self.training_rows
        rows: Rows = getattr(self.split, part)
        return rows


def input_features(document: Document) -> tuple[Feature, ...]:
    """The feature behind each value the inputs take of the data, in order: of sequences, step
    after step."""
    found: list[Feature] = []
    plain = 0
    for node in input_nodes(document):
        found.append(node.feature or Feature("column", (plain,)))
        plain += node.feature is None
    return tuple(found)


def input_nodes(document: Document) -> tuple[Node, ...]:
    """The input node of each value the inputs take of the data, in order."""
    found: list[Node] = []
    for node in document.inputs:
        if node.feature is None:
            found += [node] * node.columns
        elif node.feature.function != "noise":
            found.append(node)
    return tuple(found)


def plain_columns(document: Document) -> int:
    """How many columns the input nodes take that take columns as they are."""
    return sum(node.columns for node in document.inputs if node.feature is None)


def prepared(document: Document) -> Prepared:
    """The samples of a document, prepared; the same for documents that share what decides it."""
    return _prepared(document.data, document.split, document.scaling, input_features(document))


@functools.lru_cache(maxsize=8)
def _prepared(
    data: Table, parts: SplitSettings, scaling: ScalingSettings, features: tuple[Feature, ...]
) -> Prepared:
    return Prepared(data, parts, scaling, features)


def _fitted(training: Floats, method: str) -> Scaling:
    from nnsim.data.scaling import Method, fit_scaling

    return fit_scaling(training, Method(method))


def _featured(scaled: Floats, features: tuple[Feature, ...]) -> Floats:
    columns = [
        _FUNCTIONS[feature.function](*(scaled[:, column] for column in feature.columns))
        for feature in features
    ]
    return np.column_stack(columns) if columns else np.zeros((len(scaled), 0))
