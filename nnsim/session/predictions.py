"""What the network that is displayed makes of every sample of a part, and how good that is.

It is asked in evaluation, through a probe: the run and its record are left as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nnsim.data.classes import has_signs, labels_of
from nnsim.document.model import Document
from nnsim.document.preparation import input_features, prepared
from nnsim.engine.classes import NO_CLASS, found_classes
from nnsim.engine.metrics import (
    Classes,
    ClassFigures,
    class_figures,
    confusion_matrix,
    mean_absolute_error,
    mean_squared_error,
    r_squared,
)
from nnsim.session.evaluation import class_threshold
from nnsim.session.frame import Frame
from nnsim.session.probing import Probe, parameters_at

Floats = NDArray[np.float64]
#: The parts of the samples that a network can be judged by.
PARTS = ("training", "validation", "test", "all")


@dataclass(frozen=True, eq=False)
class Predictions:
    """Samples with what is wanted of them and what the network makes of them.

    ``rows`` are row numbers of the table from 0, (samples,); ``wanted`` and ``predicted`` have
    shape (samples, outputs) and the units of the table.  ``classes`` are the names of the classes,
    empty for values; then ``wanted_classes`` and ``found_classes``, (samples,), count into them,
    NO_CLASS where an output is not finite, and are empty for values.
    """

    rows: NDArray[np.int64]
    wanted: Floats
    predicted: Floats
    classes: tuple[str, ...]
    wanted_classes: Classes
    found_classes: Classes

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, places: NDArray[np.int64]) -> Predictions:
        """The predictions at these places, in this order."""
        wanted, found = self.wanted_classes, self.found_classes
        return replace(
            self,
            rows=self.rows[places],
            wanted=self.wanted[places],
            predicted=self.predicted[places],
            wanted_classes=wanted[places] if self.has_classes else wanted,
            found_classes=found[places] if self.has_classes else found,
        )

    def place_of(self, row: int) -> int | None:
        """Where the sample with a row number stands among these; None where it does not."""
        found = np.flatnonzero(self.rows == row)
        return int(found[0]) if len(found) else None

    def of_output(self, number: int) -> Predictions:
        """What is wanted and predicted of a single output."""
        column = slice(number, number + 1)
        return replace(self, wanted=self.wanted[:, column], predicted=self.predicted[:, column])

    @property
    def has_classes(self) -> bool:
        """Whether classes are told, and not values."""
        return bool(self.classes)

    @cached_property
    def errors(self) -> Floats:
        """|t - y| of each sample, the mean over its outputs, (samples,)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(np.abs(self.wanted - self.predicted).mean(axis=1))

    @cached_property
    def is_wrong(self) -> NDArray[np.bool_]:
        """Which samples are taken for another class than theirs, (samples,); none of values."""
        if not self.has_classes:
            return np.zeros(len(self), dtype=np.bool_)
        return self.wanted_classes != self.found_classes


class Examiner:
    """Puts every sample of a part to the network as it is displayed.

    ``take`` says whether anything is another than before; ``predictions`` are those of last time.
    """

    def __init__(self) -> None:
        self._probe: Probe | None = None
        self._key: tuple[object, ...] = ()
        self.predictions: Predictions | None = None

    def take(self, document: Document, frame: Frame, part: str) -> bool:
        """Examine the network of a frame; True where the predictions are other ones now."""
        if self._probe is None or self._probe.spec != frame.spec:
            self._probe = Probe(frame.spec)
            self._key = ()
        is_moved = self._probe.put(parameters_at(frame))
        key = (document.data, document.split, document.scaling, input_features(document), part)
        if not is_moved and key == self._key:
            return False
        self._key = key
        self.predictions = _predictions(document, self._probe, part)
        return True


def rows_of(document: Document, part: str) -> NDArray[np.int64]:
    """Row numbers of the samples of a part.  Raises NnsimError as ``prepared``."""
    return prepared(document).rows_of(part)


def _predictions(document: Document, probe: Probe, part: str) -> Predictions:
    samples = prepared(document)
    rows = samples.rows_of(part)
    wanted = document.data.targets[rows]
    outputs = _outputs(probe, samples.inputs[rows])
    with np.errstate(over="ignore", invalid="ignore"):
        predicted = samples.target_scaling.invert(outputs)
    classes = class_names(document)
    none = np.zeros(0, dtype=np.int64)
    if not classes:
        return Predictions(rows, wanted, predicted, (), none, none)
    labels = labels_of(document.data.targets)
    assert labels is not None
    found = found_classes(outputs, class_threshold(document, probe.spec.loss.name))
    return Predictions(rows, wanted, predicted, classes, labels[rows], found)


def _outputs(probe: Probe, inputs: Floats) -> Floats:
    spec = probe.spec
    found = probe.respond(inputs, *spec.outputs)
    return np.hstack([found[node].a for node in spec.outputs])


def class_names(document: Document) -> tuple[str, ...]:
    """Names of the classes that the targets say, in order; empty where they are values.

    Of several targets it is their names, of one its two values.
    """
    targets = document.data.targets
    if labels_of(targets) is None:
        return ()
    if targets.shape[1] > 1:
        return document.data.target_names
    return ("-1" if has_signs(targets) else "0", "1")


# -- how good that is ----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class ClassScores:
    """How well classes are told: ``matrix`` counts samples of class i (row) taken for j (column).

    ``undecided`` samples, of which an output is not finite, stand in no cell and are none of the
    ``right`` ones that ``accuracy`` counts.
    """

    matrix: Classes
    figures: ClassFigures
    undecided: int
    accuracy: float


@dataclass(frozen=True)
class ValueScores:
    """How well values are met, in units of the table; NaN of no samples, or where one is NaN."""

    r2: float
    mse: float
    mae: float


def class_scores(predictions: Predictions) -> ClassScores:
    """The confusion matrix of some predictions, and what follows from it."""
    is_decided = predictions.found_classes != NO_CLASS
    found, wanted = predictions.found_classes[is_decided], predictions.wanted_classes[is_decided]
    matrix = confusion_matrix(found, wanted, len(predictions.classes))
    right = 1.0 - float(predictions.is_wrong.mean()) if len(predictions) else float("nan")
    return ClassScores(matrix, class_figures(matrix), int((~is_decided).sum()), right)


def value_scores(predictions: Predictions) -> ValueScores:
    """R², mean squared and mean absolute error of some predictions."""
    y, t = predictions.predicted, predictions.wanted
    if not len(predictions):
        return ValueScores(float("nan"), float("nan"), float("nan"))
    with np.errstate(over="ignore", invalid="ignore"):
        return ValueScores(r_squared(y, t), mean_squared_error(y, t), mean_absolute_error(y, t))
