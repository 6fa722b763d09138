"""The way of the data into the network: table -> parts -> scaling -> features -> inputs.

Every step is a setting of the document; its numbers can be read here, and nothing else happens to
the data.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nnsim.core.randoms import generator
from nnsim.data.classes import labels_of
from nnsim.data.dataset import Labels
from nnsim.data.scaling import Method, Scaling, fit_scaling
from nnsim.data.splitting import Order, Shares, Split, split
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

_FUNCTIONS: Mapping[FeatureName, Callable[..., Floats]] = {
    "column": lambda x: x,
    "square": np.square,
    "product": np.multiply,
    "sine": np.sin,
}


def feature_fits(node: Node) -> bool:
    """Whether the feature of a node, if it has one, has its number of columns and inputs it."""
    feature = node.feature
    if feature is None:
        return True
    return node.is_input and len(feature.columns) == (2 if feature.function == "product" else 1)


def feature_value(feature: Feature, values: Sequence[float]) -> float:
    """The feature of (scaled) values of its columns."""
    return float(_FUNCTIONS[feature.function](*(np.float64(value) for value in values)))


@dataclass(frozen=True, eq=False)
class Prepared:
    """The samples as the network gets them, row by row those of the table.

    ``inputs`` has shape (rows, input units), ``targets`` (rows, targets), both read-only.
    ``input_scaling`` and ``target_scaling`` have a step for each column of the table.
    """

    split: Split
    input_scaling: Scaling
    target_scaling: Scaling
    features: tuple[Feature, ...]
    inputs: Floats
    targets: Floats

    def network_inputs(self, points: ArrayLike) -> Floats:
        """What the network gets for points (points, columns of the table): (points, input units).

        It may overflow.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            return _featured(self.input_scaling.apply(np.asarray(points)), self.features)

    def rows_of(self, part: str) -> Labels:
        """Row numbers of "training", "validation" or "test", or of "all" samples."""
        if part == "all":
            return np.arange(len(self.inputs))
        rows: Labels = getattr(self.split, part)
        return rows


def input_features(document: Document) -> tuple[Feature, ...]:
    """The feature behind each input unit of the diagram, in order."""
    found: list[Feature] = []
    plain = 0
    for node in document.inputs:
        if node.feature is not None:
            found.append(node.feature)
            continue
        found += [Feature("column", (plain + unit,)) for unit in range(node.units)]
        plain += node.units
    return tuple(found)


def plain_units(document: Document) -> int:
    """Units of the input nodes that take columns as they are."""
    return sum(node.units for node in document.inputs if node.feature is None)


def feature_of(document: Document, node: Node, unit: int = 0) -> Feature:
    """The feature behind a unit of an input node.  Raises KeyError for a node of another kind."""
    before = 0
    for each in document.inputs:
        if each.id == node.id:
            return input_features(document)[before + unit]
        before += each.units
    raise KeyError(node.id)


def prepared(document: Document) -> Prepared:
    """The samples of a document, prepared; made once for documents that share what decides it.

    Raises NnsimError as ``split`` and ``fit_scaling``, and ``split.no_classes`` where a stratified
    split finds no classes in the targets.
    """
    return _prepared(document.data, document.split, document.scaling, input_features(document))


@functools.lru_cache(maxsize=8)
def _prepared(
    data: Table, parts: SplitSettings, scaling: ScalingSettings, features: tuple[Feature, ...]
) -> Prepared:
    divided = _divided(data, parts)
    inputs = fit_scaling(data.inputs[divided.training], Method(scaling.inputs))
    targets = fit_scaling(data.targets[divided.training], Method(scaling.targets))
    with np.errstate(over="ignore", invalid="ignore"):
        return Prepared(
            divided,
            inputs,
            targets,
            features,
            frozen_array(_featured(inputs.apply(data.inputs), features)),
            frozen_array(targets.apply(data.targets)),
        )


def _divided(data: Table, settings: SplitSettings) -> Split:
    """The parts, each in the order of the table: what is shuffled for training is another thing."""
    shares = Shares(settings.training, settings.validation, settings.test)
    labels = labels_of(data.targets) if settings.order == "stratified" else None
    found = split(len(data), generator(settings.seed), shares, Order(settings.order), labels)
    return Split(np.sort(found.training), np.sort(found.validation), np.sort(found.test))


def _featured(scaled: Floats, features: tuple[Feature, ...]) -> Floats:
    columns = [
        _FUNCTIONS[feature.function](*(scaled[:, column] for column in feature.columns))
        for feature in features
    ]
    return np.column_stack(columns) if columns else np.zeros((len(scaled), 0))
