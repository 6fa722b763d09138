"""What every explanation is made from: the record, the settings in force, the names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from nnsim.core.messages import Message
from nnsim.core.numbers import Number, exact
from nnsim.document.model import LAYER_RULES, Conventions, Document, Training
from nnsim.engine.plan import PlanSpec
from nnsim.engine.record import Quantity, Record
from nnsim.explain.expression import Expression, Known, Leaf, Sum, Writer
from nnsim.explain.names import names_of
from nnsim.explain.style import NumberStyle
from nnsim.explain.wiring import Layer

#: Sums over samples show fewer addends than sums over inputs: each addend is longer.
_SAMPLES_SHOWN = 4

SampleAddend: TypeAlias = Callable[[int, str], Expression]


class Context:
    """One iteration, ready to be explained."""

    def __init__(
        self,
        document: Document,
        spec: PlanSpec,
        record: Record,
        style: NumberStyle,
        training: Training,
        conventions: Conventions,
        place: Callable[[Quantity], Quantity] = lambda quantity: quantity,
    ) -> None:
        self.document, self.spec, self.record = document, spec, record
        self.training, self.conventions = training, conventions
        self.wiring, self.names = names_of(document, spec)
        self.style = style
        self.symbols = Writer(style)
        self.numbers = Writer(style, numbers=True)
        self.batch = len(record.arrays["y"])
        self.is_exact = spec.arithmetic == "exact"
        #: where the record has a quantity, if not under its own address
        self.placed: Callable[[Quantity], Quantity] = place

    @property
    def has_chain_rule(self) -> bool:
        """Whether the iteration learnt by a gradient."""
        return self.training.rule not in LAYER_RULES

    def constant(self, number: float, symbol: str | None = None) -> Leaf:
        """A number that is not recorded: a setting, or part of a formula."""
        return Leaf(exact(number) if self.is_exact else float(number), symbol)

    def known(self, quantity: Quantity, symbol: str | None = None, mark: str = "") -> Known:
        """A recorded number, by its usual symbol unless another is given."""

        def named() -> str:
            return self.names.symbol(quantity, mark) if symbol is None else symbol

        return Known(self.placed(quantity), self.record.value(quantity), named)

    def activation(self, node: str, unit: int, sample: int, mark: str = "") -> Known:
        """What a unit hands on for a sample."""
        return self.known(Quantity("a", node, unit, sample=sample), mark=mark)

    def row_of(self, sample: int) -> int:
        """The row of the data a sample of the batch is, from 0."""
        metrics = self.record.metrics
        return sample if metrics is None else metrics.samples[sample]

    def mark(self, sample: int) -> str:
        """What tells samples apart in a sum over them: the number of the row, from 1."""
        return f"({self.row_of(sample) + 1})" if self.batch > 1 else ""

    def over_samples(self, addend: SampleAddend, compact: str | None = None) -> Expression:
        """The sum of ``addend(sample, mark)`` over the batch; no sum where that is one sample."""
        if self.batch == 1:
            return addend(0, "")
        return Sum(
            self.batch,
            lambda sample: addend(sample, self.mark(sample)),
            most=_SAMPLES_SHOWN,
            head=2,
            compact=compact,
        )

    def of_sample(self, sample: int) -> Message | str:
        """What a title adds where a batch has several samples."""
        if self.batch == 1:
            return ""
        return Message("explain.of_sample", {"row": self.row_of(sample) + 1})

    def layer(self, node: str) -> Layer:
        """The layer of a node.  Raises KeyError for an input."""
        return self.wiring.layers[node]

    def value(self, kind: str, owner: str = "", row: int = 0, sample: int = 0) -> Number:
        """A recorded number."""
        return self.record.value(Quantity(kind, owner, row, sample=sample))
