"""A data set: samples of any shape with their targets, their names and where they come from.

A document holds a ``Table``; what has images, sequences or classes is a ``Dataset``.  Either
becomes the other where the samples are flat: ``Dataset.from_table``, ``Dataset.as_table``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnsim.core.messages import Message, NnsimError
from nnsim.data.limits import MAX_COLUMNS, MAX_ROWS
from nnsim.data.table import Floats, Table

#: Numbers as they came: pixels stay bytes (MNIST: 47 MB and not 376), all else is float64.
Values = NDArray[Any]
Labels = NDArray[np.int64]

_KEPT_TYPES = (np.float64, np.float32, np.uint8)

#: The licence notes there are; their sentences are in the catalogue.
GENERATED = Message("licence.generated")
OWN_FILE = Message("licence.own_file")
PUBLIC_DOMAIN = Message("licence.public_domain")


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples as a value; all arrays are read-only, sample first.

    ``inputs`` has shape (samples, *input shape), ``targets`` (samples, *target shape): (units,) for
    values, (channels, rows, columns) for images, (steps, features) for sequences; (0,) where there
    is nothing to learn from but the samples themselves.  ``labels`` (samples,) counts into
    ``classes``; both are empty outside classification.  ``lengths`` (samples,) says how many steps
    of a sequence count: the steps after them are zeros in inputs and targets.  ``source`` is a
    citation or the name of a file, ``licence`` a message.
    """

    name: str
    inputs: Values
    targets: Values
    input_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    labels: Labels | None = None
    lengths: Labels | None = None
    source: str = ""
    licence: Message = field(default=GENERATED)

    def __post_init__(self) -> None:
        for name in ("inputs", "targets"):
            object.__setattr__(self, name, _kept(getattr(self, name)))
        for name in ("labels", "lengths"):
            given = getattr(self, name)
            if given is not None:
                array = np.array(given, dtype=np.int64)
                array.flags.writeable = False
                object.__setattr__(self, name, array)
                if array.shape != (len(self),):
                    raise ValueError(f"{name} must be one number for each sample")
        if len(self.inputs) != len(self.targets):
            raise ValueError("inputs and targets have different numbers of samples")
        if (self.labels is None) != (not self.classes):
            raise ValueError("labels and classes come together")
        if self.labels is not None and len(self) and not self._labels_fit(self.labels):
            raise ValueError("a label is outside the classes")
        for name, shape in (("input", self.input_shape), ("target", self.target_shape)):
            names = getattr(self, f"{name}_names")
            if names and len(names) != int(np.prod(shape)):
                raise ValueError(f"there must be one {name} name for each value of a sample")

    def _labels_fit(self, labels: Labels) -> bool:
        return bool(labels.min() >= 0 and labels.max() < len(self.classes))

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one sample's inputs."""
        return self.inputs.shape[1:]

    @property
    def target_shape(self) -> tuple[int, ...]:
        """Shape of one sample's targets."""
        return self.targets.shape[1:]

    @property
    def flat_inputs(self) -> Values:
        """Inputs as (samples, values), the layout learners take; the last axis runs fastest."""
        return self.inputs.reshape(len(self), int(np.prod(self.input_shape)))

    @property
    def flat_targets(self) -> Values:
        """Targets as (samples, values)."""
        return self.targets.reshape(len(self), int(np.prod(self.target_shape)))

    def take(self, rows: Sequence[int] | Labels) -> Dataset:
        """The samples with these row numbers, in this order."""
        places = np.asarray(rows, dtype=np.int64)
        labels = None if self.labels is None else self.labels[places]
        lengths = None if self.lengths is None else self.lengths[places]
        return replace(
            self,
            inputs=self.inputs[places],
            targets=self.targets[places],
            labels=labels,
            lengths=lengths,
        )

    def with_inputs(self, inputs: Values) -> Dataset:
        """The same samples with other input values of the same shape, for instance scaled ones."""
        return replace(self, inputs=np.reshape(inputs, self.inputs.shape))

    def with_targets(self, targets: Values) -> Dataset:
        """The same samples with other target values of the same shape."""
        return replace(self, targets=np.reshape(targets, self.targets.shape))

    def class_counts(self) -> tuple[int, ...]:
        """How many samples each class has; empty outside classification."""
        if self.labels is None:
            return ()
        return tuple(np.bincount(self.labels, minlength=len(self.classes)).tolist())

    @classmethod
    def from_table(cls, table: Table, name: str) -> Dataset:
        """The samples of a table, one value a column."""
        return cls(
            name,
            table.inputs,
            table.targets,
            table.input_names,
            table.target_names,
            licence=OWN_FILE,
        )

    def as_table(self) -> Table:
        """The samples as a table that a document can hold, one column a value.

        Names that are missing are x1, x2, … and y1, y2, …; a name that is taken gets a number.
        Raises NnsimError ``data_set.too_large_for_table`` or ``data_set.no_targets_for_table``.
        """
        inputs, targets = self.flat_inputs, self.flat_targets
        columns = inputs.shape[1] + targets.shape[1]
        if len(self) > MAX_ROWS or columns > MAX_COLUMNS:
            raise NnsimError.of("data_set.too_large_for_table", rows=MAX_ROWS, columns=MAX_COLUMNS)
        if not targets.shape[1]:
            raise NnsimError.of("data_set.no_targets_for_table")
        names = list(
            _distinct(
                [
                    *(self.input_names or _numbered("x", inputs.shape[1])),
                    *(self.target_names or _numbered("y", targets.shape[1])),
                ]
            )
        )
        split = inputs.shape[1]
        return Table(
            tuple(names[:split]),
            tuple(names[split:]),
            inputs.astype(np.float64),
            targets.astype(np.float64),
        )


def one_hot(labels: Labels, count: int) -> Floats:
    """Labels (samples,) as rows (samples, count) with a one in the column of the class."""
    return np.eye(count)[labels]


def _kept(values: Values) -> Values:
    array = np.asarray(values)
    kind = array.dtype.type
    copy = np.array(array, dtype=kind if kind in _KEPT_TYPES else np.float64)
    if copy.ndim < 2:
        raise ValueError("samples need an axis of samples and one of values")
    copy.flags.writeable = False
    return copy


def _numbered(letter: str, count: int) -> list[str]:
    return [f"{letter}{number}" for number in range(1, count + 1)]


def _distinct(names: Sequence[str]) -> Iterator[str]:
    taken: set[str] = set()
    for name in names:
        free, number = name, 1
        while free in taken:
            number += 1
            free = f"{name} {number}"
        taken.add(free)
        yield free
