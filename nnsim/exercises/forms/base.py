"""Sheets that are no trace: fields, each with the formula that computes it from the others.

A form is for what has no run: counts of parameters, splits, shapes, a single step of an LSTM.  Its
formulas are the expressions of ``nnsim.explain``, so the number, the hint and the number carried on
from a person's own answers come from one tree.  Where the engine (or ``nnsim.data``) computes the
same thing, the field holds its number as ``value``, and the tests hold the formula to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from nnsim.core.messages import Message
from nnsim.core.numbers import Number, as_float, exact
from nnsim.engine.record import Quantity
from nnsim.exercises.answers import Answer, Option
from nnsim.exercises.sheet import Cell, Heading, Mistake, Own, Sheet, Working
from nnsim.explain.drafts import Draft, lines_of
from nnsim.explain.explanation import Line
from nnsim.explain.expression import Expression, Known, Leaf
from nnsim.explain.style import NumberStyle

_NO_NUMBER = np.float64("nan")

#: The numbers of a field by its key.
LookUp: TypeAlias = Callable[[str], tuple[Number, ...]]


class Values:
    """The numbers a formula is written with: those of the other fields, by key."""

    def __init__(self, look_up: LookUp, symbols: Mapping[str, str]) -> None:
        self._look_up, self._symbols = look_up, symbols

    def __getitem__(self, key: str) -> Number:
        """The (first) number of a field."""
        return self._look_up(key)[0]

    def all(self, key: str) -> tuple[Number, ...]:
        """All numbers of a field that holds several."""
        return self._look_up(key)

    def known(self, key: str, index: int = 0, symbol: str | None = None) -> Known:
        """A number of another field as a part of a formula, written with its symbol."""
        numbers = self._look_up(key)
        number = numbers[index] if index < len(numbers) else _NO_NUMBER
        written = self._symbols[key] if symbol is None else symbol
        return Known(Quantity("form", key, index), number, lambda: written)


#: From the values of other fields to a formula, or to one for each number of the field.
Formula: TypeAlias = Callable[[Values], "Expression | Sequence[Expression]"]
Slip: TypeAlias = Callable[[Values], "Number | Sequence[Number]"]


def given(number: Number, symbol: str | None = None) -> Leaf:
    """A number of the statement as a part of a formula, with its symbol if it has one."""
    return Leaf(number, symbol)


@dataclass(frozen=True)
class Field:
    """One field of a form.

    ``symbol`` is LaTeX; ``words`` names the field.  ``formula`` computes it from earlier fields;
    ``value`` is the engine's number or numbers, None where the formula is all there is.  A field
    with a ``choice`` has ``options`` and no number.  One that is not ``asked`` is shown filled.
    ``is_exact``: a count or the like, which is not rounded; else ``decimals`` are asked for, or as
    many as the exercise says; ``tolerance`` replaces half a unit of the last one.  ``size`` 0: any
    count of numbers.  ``concept`` says what it is, as the first hint; None: the sentence that the
    code of ``words`` has under ``concept``.  ``because`` adds a reason to the last hint.
    ``row`` and ``column`` name its place in a table; both "" in a list, a field a line.
    ``slips`` gives known mistakes by code (``mistake.<code>``): what each would lead to.
    """

    key: str
    words: Message
    symbol: str = ""
    formula: Formula | None = None
    value: Number | Sequence[Number] | None = None
    size: int = 1
    is_exact: bool = False
    decimals: int | None = None
    tolerance: float | None = None
    bounds: tuple[float, float] | None = None
    legal: tuple[Number, ...] | None = None
    options: tuple[Option, ...] = ()
    choice: str = ""
    concept: Message | None = None
    because: Message | None = None
    row: str = ""
    column: str = ""
    asked: bool = True
    slips: Mapping[str, Slip] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """Fields in the order of the work; ``rows`` and ``columns`` where they make a table."""

    fields: tuple[Field, ...]
    rows: tuple[Heading, ...] = ()
    columns: tuple[Heading, ...] = ()


class FormSheet(Sheet):
    """The cells of a form."""

    def __init__(self, form: Form, decimals: int = 4, tolerance: float | None = None) -> None:
        self._decimals, self._tolerance = decimals, tolerance
        self._fields = {field.key: field for field in form.fields}
        self._symbols = {f.key: f.symbol or rf"\mathrm{{{f.key}}}" for f in form.fields}
        self._expected: dict[str, Answer] = {}
        self._sources: dict[str, tuple[str, ...]] = {}
        self._carried_on: tuple[Own, LookUp] | None = None
        self.columns = form.columns or (Heading("value", Message("exercise.value")),)
        self.rows = form.rows or tuple(
            Heading(f.key, f.words, f.symbol or None) for f in form.fields
        )
        row_at = {heading.key: number for number, heading in enumerate(self.rows)}
        column_at = {heading.key: number for number, heading in enumerate(self.columns)}
        self.cells = tuple(
            self._cell(f, row_at[f.row or f.key], column_at[f.column or "value"])
            for f in form.fields
        )

    def _cell(self, field: Field, row: int, column: int) -> Cell:
        is_exact = field.is_exact or bool(field.options) or field.legal is not None
        decimals = self._decimals if field.decimals is None else field.decimals
        tolerance = self._tolerance if field.tolerance is None else field.tolerance
        return Cell(
            field.key,
            row,
            column,
            field.asked,
            kind="choice" if field.options else "numbers",
            size=field.size,
            decimals=None if is_exact else decimals,
            tolerance=None if is_exact else tolerance,
            options=field.options,
            legal=field.legal,
            bounds=field.bounds,
        )

    # -- numbers ---------------------------------------------------------------------------------

    def expected(self, key: str) -> Answer:
        if key not in self._expected:
            self._expected[key] = self._answer(key)
        return self._expected[key]

    def _answer(self, key: str) -> Answer:
        field = self._fields[key]
        if field.options:
            return Answer(choice=field.choice)
        if field.value is not None:
            return Answer(_several(field.value))
        return Answer(self._numbers(field, self._engine))

    def _engine(self, key: str) -> tuple[Number, ...]:
        return self.expected(key).numbers

    def _numbers(self, field: Field, look_up: LookUp) -> tuple[Number, ...]:
        with np.errstate(all="ignore"):
            return tuple(_number(part) for part in self._formulas(field, look_up))

    def _formulas(self, field: Field, look_up: LookUp) -> tuple[Expression, ...]:
        if field.formula is None:
            return tuple(Leaf(number) for number in self._engine(field.key))
        made = field.formula(Values(look_up, self._symbols))
        return (made,) if isinstance(made, Expression) else tuple(made)

    def carried(self, key: str, own: Own) -> Answer:
        field = self._fields[key]
        if field.options or field.formula is None or not self._is_touched(key, own):
            return self.expected(key)
        try:
            return Answer(self._numbers(field, self._carrying(own)))
        except (ArithmeticError, IndexError, ValueError):
            # Nothing follows from numbers that the formula cannot be computed with.
            return Answer((_NO_NUMBER,) * max(field.size, 1))

    def _is_touched(self, key: str, own: Own) -> bool:
        """Whether a person's own answer has a part in a field."""
        waiting, seen = list(self.sources(key)), {key}
        while waiting:
            source = waiting.pop()
            if source in own:
                return True
            if source not in seen:
                seen.add(source)
                waiting += self.sources(source)
        return False

    def _carrying(self, own: Own) -> LookUp:
        """The numbers that follow from a person's own answers; found once for the same answers."""
        if self._carried_on is None or self._carried_on[0] != own:
            self._carried_on = dict(own), self._looking_up(dict(own))
        return self._carried_on[1]

    def _looking_up(self, own: Own) -> LookUp:
        found: dict[str, tuple[Number, ...]] = {}

        def look_up(key: str) -> tuple[Number, ...]:
            if key not in found:
                answer = own.get(key)
                numbers = () if answer is None else answer.numbers
                engine = self.expected(key).numbers
                if numbers:
                    found[key] = tuple(_like(n, engine) for n in numbers)
                elif self._fields[key].formula is None or not self._is_touched(key, own):
                    found[key] = engine
                else:
                    found[key] = self._numbers(self._fields[key], look_up)
            return found[key]

        return look_up

    # -- mistakes and workings -------------------------------------------------------------------

    def mistakes(self, key: str, own: Own) -> Iterator[Mistake]:
        field = self._fields[key]
        values = Values(self._carrying(own), self._symbols)
        for code, slip in field.slips.items():
            try:
                with np.errstate(all="ignore"):
                    yield Mistake(code, Answer(_several(slip(values))))
            except (ArithmeticError, IndexError, ValueError):
                continue
        right = self.carried(key, own).numbers
        if right:
            yield Mistake("sign", Answer(tuple(-number for number in right)))
        if len(right) > 1:
            yield Mistake("swapped", Answer(tuple(reversed(right))))

    def working(self, key: str, own: Own, style: NumberStyle) -> Working:
        field = self._fields[key]
        if field.options:
            return Working(field.words, (), field.because)
        look_up = self._carrying(own)
        formulas = self._formulas(field, look_up)
        numbers = self.carried(key, own).numbers
        lines: list[Line] = []
        for place, (formula, number) in enumerate(zip(formulas, numbers, strict=False)):
            symbol = self._symbols[key]
            if len(formulas) > 1:
                symbol = rf"{symbol}\,[{place + 1}]"
            lines += lines_of(symbol, number, Draft(field.words, formula), style)
        return Working(field.words, tuple(lines), field.because)

    def concept(self, key: str) -> Message:
        field = self._fields[key]
        return field.concept or Message(f"concept.{field.words.code}")

    def sources(self, key: str) -> tuple[str, ...]:
        if key not in self._sources:
            self._sources[key] = self._sources_of(key)
        return self._sources[key]

    def _sources_of(self, key: str) -> tuple[str, ...]:
        field = self._fields[key]
        if field.formula is None:
            return ()
        found: dict[str, None] = {}
        for formula in self._formulas(field, self._engine):
            found.update(dict.fromkeys(quantity.owner for quantity in formula.quantities()))
        return tuple(found)


def _several(numbers: Number | Sequence[Number]) -> tuple[Number, ...]:
    return tuple(numbers) if isinstance(numbers, Sequence | np.ndarray) else (numbers,)


def _number(formula: Expression) -> Number:
    number: Number = formula.value()
    return number


def _like(number: Number, engine: tuple[Number, ...]) -> Number:
    """A typed number in the arithmetic of the field: a fraction only among fractions."""
    if any(isinstance(other, float) for other in engine):
        return np.float64(as_float(number))
    return exact(number)
