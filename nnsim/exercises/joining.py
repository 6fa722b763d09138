"""Sheets put together into one: a trace and questions on it, or a trace under two conventions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nnsim.core.messages import Message
from nnsim.engine.record import Quantity
from nnsim.exercises.answers import Answer
from nnsim.exercises.sheet import Block, Cell, Heading, Mistake, Own, Sheet, Working
from nnsim.explain.style import NumberStyle


@dataclass(frozen=True)
class Part:
    """A sheet within another: ``name`` stands before its keys, "" for the first.

    ``on_canvas``: its numbers are those of the run that is on the canvas.
    """

    name: str
    sheet: Sheet
    title: Message | None = None
    on_canvas: bool = True


class JoinedSheet(Sheet):
    """Several sheets, one below the other; nothing follows from one part to the next.

    Parts with the same columns share them; the others have their columns to the right.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = tuple(parts)
        rows: list[Heading] = []
        columns: list[Heading] = []
        cells: list[Cell] = []
        blocks: list[Block] = []
        self._parts: dict[str, tuple[Part, str]] = {}
        places: dict[tuple[str, ...], int] = {}
        for part in self.parts:
            sheet = part.sheet
            below = len(rows)
            beside = places.setdefault(tuple(c.key for c in sheet.columns), len(columns))
            if beside == len(columns):
                columns += sheet.columns
            rows += (replace(row, key=_joined(part, row.key)) for row in sheet.rows)
            for cell in sheet.cells:
                key = _joined(part, cell.key)
                self._parts[key] = part, cell.key
                cells.append(
                    replace(cell, key=key, row=cell.row + below, column=cell.column + beside)
                )
            blocks += (
                Block(
                    range(block.rows.start + below, block.rows.stop + below),
                    range(block.columns.start + beside, block.columns.stop + beside),
                    _title(part.title, block.title),
                    block.names_rows,
                )
                for block in sheet.blocks
            )
        self.rows, self.columns, self.cells = tuple(rows), tuple(columns), tuple(cells)
        self._blocks = tuple(blocks)

    @property
    def blocks(self) -> tuple[Block, ...]:
        return self._blocks

    def part_of(self, key: str) -> tuple[Part, str]:
        """The part that a cell is in, and its key there.  Raises KeyError."""
        return self._parts[key]

    def _within(self, part: Part, own: Own) -> dict[str, Answer]:
        """A person's answers in a part, by their keys there."""
        found = {}
        for key, answer in own.items():
            other, inner = self._parts[key]
            if other is part:
                found[inner] = answer
        return found

    def expected(self, key: str) -> Answer:
        part, inner = self._parts[key]
        return part.sheet.expected(inner)

    def carried(self, key: str, own: Own) -> Answer:
        part, inner = self._parts[key]
        return part.sheet.carried(inner, self._within(part, own))

    def mistakes(self, key: str, own: Own) -> Iterator[Mistake]:
        part, inner = self._parts[key]
        return part.sheet.mistakes(inner, self._within(part, own))

    def working(self, key: str, own: Own, style: NumberStyle) -> Working:
        part, inner = self._parts[key]
        return part.sheet.working(inner, self._within(part, own), style)

    def concept(self, key: str) -> Message:
        part, inner = self._parts[key]
        return part.sheet.concept(inner)

    def sources(self, key: str) -> tuple[str, ...]:
        part, inner = self._parts[key]
        return tuple(_joined(part, source) for source in part.sheet.sources(inner))

    def quantities(self, key: str) -> tuple[int, tuple[Quantity, ...]]:
        part, inner = self._parts[key]
        return part.sheet.quantities(inner) if part.on_canvas else (0, ())

    def depends_on(self, key: str) -> tuple[Quantity, ...]:
        part, inner = self._parts[key]
        return part.sheet.depends_on(inner) if part.on_canvas else ()


def _title(part: Message | None, block: Message | None) -> Message | None:
    if part is None or block is None:
        return part or block
    return Message("exercise.block", {"part": part, "block": block})


def _joined(part: Part, key: str) -> str:
    return f"{part.name}/{key}" if part.name else key
