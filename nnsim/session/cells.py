"""One column of the table of a trace and one of its cells; ``nnsim.session.table`` makes them."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from nnsim.core.messages import Message
from nnsim.core.numbers import Number, exact_text, format_number, joined
from nnsim.engine.record import Metrics, Quantity, Record


class Group(enum.StrEnum):
    """Kinds of columns, chosen together; in this order they stand in the table."""

    ITERATION = "iteration"
    EPOCH = "epoch"
    SAMPLE = "sample"
    INPUTS = "inputs"
    BEFORE = "before"
    PRODUCTS = "products"
    SUMS = "sums"
    ACTIVATIONS = "activations"
    OUTPUTS = "outputs"
    TARGETS = "targets"
    ERRORS = "errors"
    LOSS_TERMS = "loss_terms"
    LOSS = "loss"
    ACTIVATION_GRADIENTS = "activation_gradients"
    DELTAS = "deltas"
    GRADIENTS = "gradients"
    OPTIMISER = "optimiser"
    CHANGE = "change"
    AFTER = "after"


Place: TypeAlias = Literal["each", "first", "last"]
_PLACES: dict[Group, Place] = {
    Group.BEFORE: "first",
    Group.LOSS: "last",
    Group.GRADIENTS: "last",
    Group.OPTIMISER: "last",
    Group.CHANGE: "last",
    Group.AFTER: "last",
}
#: Columns that count and show no recorded quantity: their number in the row of a sample.
COUNTS: dict[Group, Callable[[Metrics, int], int]] = {
    Group.ITERATION: lambda metrics, sample: metrics.iteration,
    Group.EPOCH: lambda metrics, sample: metrics.epoch,
    Group.SAMPLE: lambda metrics, sample: metrics.samples[sample] + 1,
}


@dataclass(frozen=True)
class Cell:
    """What stands in one cell.

    ``numbers`` are its values (none: the cell is empty), ``quantities`` where each comes from, in
    the same order (none for counts such as the iteration).  With ``unchanged`` they are the same
    as before the iteration, in a column that shows "-" for it.
    """

    numbers: tuple[Number, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    unchanged: bool = False

    def text(self, mark: str = ".", digits: int = 6) -> str:
        """The cell as people read it: "", "-", "0.5" or "(0.5, 1)"; "(0,5; 1)" with a comma."""
        if self.unchanged:
            return "-"
        return joined([format_number(number, mark, digits) for number in self.numbers], mark)

    def exact(self, mark: str = ".") -> str:
        """The cell with all its digits, unchanged values too."""
        return joined([exact_text(number, mark) for number in self.numbers], mark)


@dataclass(frozen=True)
class Column:
    """One column of the table.

    ``key`` names it in files, the same in every language and unique in its table; ``heading`` is
    for people; ``latex`` its heading as a formula, None where it is a word.  ``quantities`` are
    those of the first sample.  ``dashes``: unchanged values are shown as "-".
    """

    key: str
    group: Group
    heading: Message
    latex: str | None = None
    quantities: tuple[Quantity, ...] = ()
    dashes: bool = False
    #: In which rows of an iteration the column has a value.
    place: Place = field(init=False, repr=False, compare=False)
    _count: Callable[[Metrics, int], int] | None = field(init=False, repr=False, compare=False)
    _paths: tuple[tuple[str, int], ...] = field(init=False, repr=False, compare=False)
    _has_steps: bool = field(init=False, repr=False, compare=False)
    _indices: list[tuple[int, ...]] = field(
        init=False, repr=False, compare=False, default_factory=list
    )

    def __post_init__(self) -> None:
        # Looked up once: a table of a long trace asks for millions of cells.
        object.__setattr__(self, "place", _PLACES.get(self.group, "each"))
        object.__setattr__(self, "_count", COUNTS.get(self.group))
        object.__setattr__(self, "_paths", tuple((q.name, q.row) for q in self.quantities))
        has_steps = any(q.step is not None for q in self.quantities)
        object.__setattr__(self, "_has_steps", has_steps)

    def numbers(self, record: Record, sample: int = 0) -> tuple[Number, ...]:
        """The values in the row of the ``sample``-th sample of the batch; () where there are none.

        A rule that has no such quantity (a loss, a gradient) leaves the cell empty.
        """
        metrics = record.metrics
        assert metrics is not None
        if self._count is not None:
            return (self._count(metrics, sample),)
        if self.place == "each":
            return self._of_sample(record, sample)
        if sample != (0 if self.place == "first" else len(metrics.samples) - 1):
            return ()
        if self._paths[0][0] not in record.arrays:
            return ()
        return self._values(record, [name for name, _ in self._paths])

    def _values(self, record: Record, names: Iterable[str]) -> tuple[Number, ...]:
        """The numbers at the places of the column, in the arrays of these names."""
        arrays = [record.arrays[name] for name in names]
        if not self._indices:
            pairs = zip(arrays, self.quantities, strict=True)
            self._indices.extend(quantity.index(values.ndim) for values, quantity in pairs)
        return tuple([values[i] for values, i in zip(arrays, self._indices, strict=True)])

    def _of_sample(self, record: Record, sample: int) -> tuple[Number, ...]:
        if self.group is Group.PRODUCTS:
            return tuple(record.value(replace(q, sample=sample)) for q in self.quantities)
        arrays = record.arrays
        if self._paths[0][0] not in arrays:
            return ()
        if self._has_steps:
            places = [replace(quantity, sample=sample) for quantity in self.quantities]
            return tuple([record.value(place) for place in places])
        return tuple([arrays[name][sample, row] for name, row in self._paths])

    def cell(self, record: Record, sample: int = 0) -> Cell:
        """The cell in the row of the ``sample``-th sample of the batch."""
        numbers = self.numbers(record, sample)
        if not numbers:
            return Cell()
        quantities = self.quantities
        if sample and self.place == "each":
            quantities = tuple(replace(q, sample=sample) for q in quantities)
        return Cell(numbers, quantities, self.dashes and self._is_unchanged(record, numbers))

    def _is_unchanged(self, record: Record, numbers: tuple[Number, ...]) -> bool:
        before = (name.replace("+", "", 1) for name, _ in self._paths)
        return numbers == self._values(record, before)


def row_count(metrics: Metrics) -> int:
    """Rows of an iteration: one for each sample of its batch."""
    return len(metrics.samples)
