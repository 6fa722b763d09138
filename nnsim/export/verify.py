"""Running an exported trace again from its head, and comparing every number."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nnsim.core.messages import Message
from nnsim.core.numbers import exact_text
from nnsim.document.compiling import plan_spec
from nnsim.engine.record import Record
from nnsim.export.machine import end_of
from nnsim.export.reader import TraceReader, open_trace
from nnsim.export.running import Extent, TraceRun
from nnsim.session.table import Column, columns_for

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?|nan|-?inf")
# Relative difference of what two processors may make of the same exponential function.
_LAST_DIGITS = 1e-12
_REPORT_EVERY = 256


@dataclass(frozen=True)
class Verification:
    """What came out: rows and numbers that agree, and the first difference, if there is one."""

    rows: int
    numbers: int
    difference: Message | None = None

    @property
    def ok(self) -> bool:
        """Whether the whole file is what the run gives."""
        return self.difference is None


def verify(path: Path, progress: Callable[[int], None] | None = None) -> Verification:
    """Run the trace in a CSV or JSON Lines file again and compare every number, bit for bit.

    ``progress`` is told now and then how many rows agree.
    Raises NnsimError for a file that is no trace, is damaged in its head, or cannot be read.
    """
    path = Path(path)
    with open_trace(path) as reader:
        return _Comparison(path, reader).result(progress or (lambda rows: None))


class _Comparison:
    def __init__(self, path: Path, reader: TraceReader) -> None:
        self._path = path
        self._reader = reader
        document = reader.document
        spec = plan_spec(document, document.training, document.conventions)
        self._mark = reader.head.decimal
        self._columns = columns_for(document, spec, reader.head.groups, "numbers")
        # As far as the file goes: records are computed when they are asked for.
        self._run = TraceRun(document, Extent(iterations=sys.maxsize))
        self.rows = 0
        self.numbers = 0

    def result(self, progress: Callable[[int], None]) -> Verification:
        """The first difference, or none."""
        difference = self._headings() or self._rows(progress) or self._end()
        return Verification(self.rows, self.numbers, difference)

    def _message(self, code: str, **params: object) -> Message:
        return Message(f"verify.{code}", {"path": str(self._path), **params})

    def _headings(self) -> Message | None:
        found = self._reader.keys()
        if found is None:
            return self._message("ends_early", row=0)
        for k, column in enumerate(self._columns):
            if k >= len(found) or found[k] != column.key:
                shown = found[k][:100] if k < len(found) else ""
                return self._message("headings", found=shown, expected=column.key)
        if len(found) > len(self._columns):
            return self._message("headings", found=found[len(self._columns)][:100], expected="")
        return None

    def _rows(self, progress: Callable[[int], None]) -> Message | None:
        computed = self._computed()
        for cells in self._reader.rows():
            record, sample = next(computed)
            difference = self._row(cells, record, sample)
            if difference is not None:
                return difference
            self.rows += 1
            if self.rows % _REPORT_EVERY == 0:
                progress(self.rows)
        return None

    def _computed(self) -> Iterator[tuple[Record, int]]:
        for record in self._run.records():
            assert record.metrics is not None
            for sample in range(len(record.metrics.samples)):
                yield record, sample

    def _row(self, cells: list[str], record: Record, sample: int) -> Message | None:
        assert record.metrics is not None
        place = {"row": self.rows + 1, "iteration": record.metrics.iteration}
        if len(cells) != len(self._columns):
            return self._message("cells", found=len(cells), expected=len(self._columns), **place)
        for column, cell in zip(self._columns, cells, strict=True):
            numbers = column.numbers(record, sample)
            if not numbers:
                if cell:
                    return self._differs(column, cell, "", place)
                continue
            expected = exact_text(numbers[0], self._mark)
            if cell != expected and not self._is_same(cell, expected):
                return self._differs(column, cell, expected, place)
            self.numbers += 1
        return None

    def _differs(self, column: Column, found: str, expected: str, place: dict[str, int]) -> Message:
        shown = {"found": found[:40] or "“”", "expected": expected or "“”"}
        code = "last_digits" if self._are_near(found, expected) else "value"
        return self._message(code, column=column.key, **shown, **place)

    def _end(self) -> Message | None:
        found = self._reader.end
        if found is None or self.rows == 0:
            return self._message("ends_early", row=self.rows)
        if self.rows != self._run.rows:
            iteration = self._run.iterations
            return self._message("middle_of_iteration", row=self.rows, iteration=iteration)
        expected = end_of(self._run)
        if found != expected:
            return self._message(
                "end_line", found=json.dumps(found)[:200], expected=json.dumps(expected)
            )
        return self._message("after_end") if self._reader.goes_on() else None

    def _number(self, text: str) -> float | None:
        wrong = "." if self._mark == "," else ","
        text = text.replace(self._mark, ".") if wrong not in text else ""
        return float(text) if _NUMBER.fullmatch(text) else None

    def _is_same(self, found: str, expected: str) -> bool:
        """Whether two texts read back as the very same float, written in two ways."""
        number = self._number(found)
        return number is not None and number == self._number(expected)

    def _are_near(self, found: str, expected: str) -> bool:
        a, b = self._number(found), self._number(expected)
        if a is None or b is None or not (math.isfinite(a) and math.isfinite(b)):
            return False
        return abs(a - b) <= _LAST_DIGITS * max(abs(a), abs(b))
