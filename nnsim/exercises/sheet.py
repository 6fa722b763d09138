"""A sheet: the cells of an exercise, what stands in each, and how each follows from the others.

Marking, hints, hand-outs and the window know sheets only through this interface; where the numbers
come from, the trace of a document or a form, is the business of its two kinds.
"""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import Number
from nnsim.engine.record import Quantity
from nnsim.exercises.answers import Answer, Option, is_dash, read_choice, read_numbers
from nnsim.explain.explanation import Line
from nnsim.explain.style import NumberStyle
from nnsim.language import LOCALES, message_text

CellKind: TypeAlias = Literal["numbers", "choice"]
Own: TypeAlias = Mapping[str, Answer]


@dataclass(frozen=True)
class Heading:
    """What a row or column is called: words, and a formula where it has a symbol."""

    key: str
    words: Message
    latex: str | None = None


@dataclass(frozen=True)
class Cell:
    """One cell of a sheet, at ``row`` and ``column`` (both from 0).

    ``key`` names it in files and logs.  A given cell (``asked`` False) shows its answer.  ``size``
    is how many numbers it holds (0: any count).  ``decimals`` is how many are asked for, None:
    the exact number.  ``tolerance`` replaces half a unit of the last decimal.  ``dashes``: "-" may
    be written for unchanged.  ``legal`` lists the only values that make sense (0 and 1 of a step);
    ``bounds`` the range in which they do, both None where anything may stand.
    """

    key: str
    row: int
    column: int
    asked: bool = True
    kind: CellKind = "numbers"
    size: int = 1
    decimals: int | None = None
    tolerance: float | None = None
    dashes: bool = False
    options: tuple[Option, ...] = ()
    legal: tuple[Number, ...] | None = None
    bounds: tuple[float, float] | None = None

    @property
    def half_width(self) -> float:
        """How far from the number an answer may be: half a unit of the last decimal; 0: exact."""
        if self.tolerance is not None:
            return self.tolerance
        return 0.0 if self.decimals is None else 0.5 * 10.0**-self.decimals

    def read(self, text: str) -> Answer | None:
        """What an entry says; None where nothing was entered.

        Raises NnsimError ``answer.…`` where it cannot be read.
        """
        if not text.strip():
            return None
        if self.kind == "choice":
            labels = [[message_text(o.label, locale) for locale in LOCALES] for o in self.options]
            return Answer(choice=read_choice(text, self.options, labels))
        if is_dash(text):
            if not self.dashes:
                raise NnsimError.of("answer.dash")
            return Answer(unchanged=True)
        return Answer(read_numbers(text, self.size))


@dataclass(frozen=True)
class Mistake:
    """A known mistake: its code (``mistake.<code>`` in the catalogue) and what it leads to."""

    code: str
    answer: Answer


@dataclass(frozen=True)
class Working:
    """How a cell is worked out, for hints: formula in symbols, with numbers, and the answer."""

    title: Message
    lines: tuple[Line, ...]
    note: Message | None = None


@dataclass(frozen=True)
class Block:
    """Rows and columns of a sheet that are a table of their own, with what stands above it.

    ``names_rows``: the headings of the rows say something that no column does.
    """

    rows: range
    columns: range
    title: Message | None = None
    names_rows: bool = True


class Sheet(ABC):
    """Cells in reading order, with the headings of their rows and columns."""

    rows: tuple[Heading, ...]
    columns: tuple[Heading, ...]
    cells: tuple[Cell, ...]
    #: Whether the headings of the rows say something that no column does.
    names_rows: bool = True

    @functools.cached_property
    def by_key(self) -> Mapping[str, Cell]:
        """Every cell by its key."""
        return {cell.key: cell for cell in self.cells}

    @functools.cached_property
    def asked(self) -> tuple[Cell, ...]:
        """The cells to be filled in, in the order in which they are worked out."""
        return tuple(cell for cell in self.cells if cell.asked)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The tables that the sheet is made of, from top to bottom; every cell is in one."""
        size = range(len(self.rows)), range(len(self.columns))
        return (Block(*size, names_rows=self.names_rows),)

    def is_in_list(self, cell: Cell) -> bool:
        """Whether a cell stands in a table of one column: its row alone says where it is."""
        block = next(block for block in self.blocks if cell.row in block.rows)
        return len(block.columns) == 1

    def at(self, row: int, column: int) -> Cell | None:
        """The cell at a place; None where there is none."""
        return self._places.get((row, column))

    @functools.cached_property
    def _places(self) -> Mapping[tuple[int, int], Cell]:
        return {(cell.row, cell.column): cell for cell in self.cells}

    @abstractmethod
    def expected(self, key: str) -> Answer:
        """What the engine has for a cell.  ``unchanged`` is set where "-" stands for it; the
        numbers are there all the same."""

    @abstractmethod
    def carried(self, key: str, own: Own) -> Answer:
        """What a cell is where a person's own other answers are taken for right.

        ``own`` holds the answers that count, by key; what the cell itself holds has no part in it.
        """

    @abstractmethod
    def mistakes(self, key: str, own: Own) -> Iterator[Mistake]:
        """Known mistakes and what each would give in this cell, from a person's own answers."""

    @abstractmethod
    def working(self, key: str, own: Own, style: NumberStyle) -> Working:
        """How the cell is worked out from a person's own answers."""

    @abstractmethod
    def concept(self, key: str) -> Message:
        """What the number of a cell is, in a sentence or two and without its formula."""

    @abstractmethod
    def sources(self, key: str) -> tuple[str, ...]:
        """Keys of the cells that this one is worked out from, in reading order."""

    def quantities(self, key: str) -> tuple[int, tuple[Quantity, ...]]:
        """Iteration (0: none) and recorded numbers behind a cell, to be shown on the canvas."""
        return 0, ()

    def depends_on(self, key: str) -> tuple[Quantity, ...]:
        """The recorded numbers, of the same iteration, that the cell is worked out from."""
        return ()
