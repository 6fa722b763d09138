"""Sheets made from the trace of a document: the step table with cells to be filled in."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import Number, as_float
from nnsim.document.model import Document
from nnsim.document.optimisers import begins_anew
from nnsim.engine.record import Quantity
from nnsim.exercises.answers import Answer
from nnsim.exercises.carrying import Carrying, Kept, Place, left_by
from nnsim.exercises.question import TraceQuestion, fits
from nnsim.exercises.sheet import Block, Cell, Heading, Mistake, Own, Sheet, Working
from nnsim.exercises.slips import slips_of
from nnsim.explain.style import NumberStyle
from nnsim.session import Session
from nnsim.session.cells import Column, Group, row_count
from nnsim.session.frame import Frame
from nnsim.session.table import columns_for

#: More would be a sheet for nobody.
MAX_ITERATIONS = 200
MAX_CELLS = 2000
_COUNTS = frozenset({Group.ITERATION, Group.EPOCH, Group.SAMPLE})
_CHANGES = frozenset({"dw", "db"})
_LEGAL: dict[str, tuple[Number, ...]] = {"step": (0, 1)}
_BOUNDS = {
    "sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "relu": (0.0, float("inf")),
}


@dataclass(frozen=True)
class _Source:
    """Where the numbers of a cell stand in the run."""

    iteration: int
    quantities: tuple[Quantity, ...]
    column: Column


def _before(quantity: Quantity) -> Quantity:
    """A parameter as it was before the iteration that changed it."""
    return replace(quantity, kind=quantity.kind.rstrip("+"))


class TraceSheet(Sheet):
    """The cells of a trace.

    Raises NnsimError where the document cannot run, where its run does not end as ``until`` says
    within ``MAX_ITERATIONS``, or where nothing is asked or too much.
    """

    def __init__(self, document: Document, question: TraceQuestion) -> None:
        self.document = document
        self.session = Session(document)
        self.question = question
        self._sources: dict[str, _Source] = {}
        self._carrying: tuple[Own, Carrying] | None = None
        self._found_sources: dict[str, tuple[str, ...]] = {}
        self._kept = Kept()
        last = question.last or self._end()
        self.iterations = range(question.first, last + 1)
        # The trace is computed before the plan is asked for: only a document that runs has one.
        self.session.record(last)
        self._columns = columns_for(
            document, self.session.spec_at(question.first), question.shown, None, question.nodes
        )
        self._lay_out()
        if not self.asked:
            raise NnsimError.of("exercise.nothing_asked")
        if len(self.cells) > MAX_CELLS:
            raise NnsimError.of("exercise.too_large", found=len(self.cells), limit=MAX_CELLS)

    def _end(self) -> int:
        """The last iteration by ``until``."""
        session = self.session
        while session.computed < MAX_ITERATIONS:
            metrics = session.compute()
            if self.question.until == "epoch" and metrics.epoch_ended:
                return metrics.iteration
            if session.verdict is not None:
                return session.computed
        raise NnsimError.of("exercise.never_ends", limit=MAX_ITERATIONS)

    # -- layout ----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        found: list[tuple[Cell, _Source, int]] = []
        rows: list[Heading] = []
        for iteration in self.iterations:
            record = self.session.record(iteration)
            assert record.metrics is not None
            samples = row_count(record.metrics)
            for sample in range(samples):
                key = f"{iteration}" if samples == 1 else f"{iteration}:{sample + 1}"
                rows.append(Heading(key, self._row_of_table(iteration, sample, samples)))
                for number, column in enumerate(self._columns):
                    shown = column.cell(record, sample)
                    name = f"{key}.{column.key}"
                    if not shown.numbers or fits(name, self.question.without):
                        continue
                    source = _Source(iteration, shown.quantities, column)
                    made = self._cell(name, len(rows) - 1, number, source)
                    found.append((made, source, sample))
        self._sources = {cell.key: source for cell, source, _ in found}
        if self.question.layout == "table":
            self.rows = tuple(rows)
            self.names_rows = Group.ITERATION not in self.question.shown
            self.columns = tuple(Heading(c.key, c.heading, c.latex) for c in self._columns)
            self.cells = tuple(cell for cell, _, _ in found)
        else:
            self._as_list(found)

    def _as_list(self, found: list[tuple[Cell, _Source, int]]) -> None:
        """One number a row, in the order in which they come about."""
        session = self.session
        ordered: list[tuple[int, int, int, Cell, _Source, int]] = []
        for cell, source, sample in found:
            if source.column.group in _COUNTS:
                continue
            session.go_to(source.iteration)
            frame = session.frame
            moment = max((frame.shown_from(q) for q in source.quantities), default=0)
            ordered.append((source.iteration, moment, len(ordered), cell, source, sample))
        session.reset()
        ordered.sort(key=lambda item: item[:3])
        # What belongs to a sample is there once for each; what belongs to all of them, once.
        times = Counter((s.iteration, s.column.key) for *_, s, _ in ordered)

        def name(source: _Source, sample: int) -> Message:
            is_own = times[source.iteration, source.column.key] > 1
            return self._row_name(source, sample if is_own else None)

        self.columns = (Heading("value", Message("exercise.value")),)
        self.rows = tuple(
            Heading(cell.key, name(source, sample), source.column.latex)
            for *_, cell, source, sample in ordered
        )
        self.cells = tuple(
            replace(cell, row=number, column=0) for number, (*_, cell, _s, _n) in enumerate(ordered)
        )

    def _row_of_table(self, iteration: int, sample: int, samples: int) -> Message:
        if samples == 1:
            return Message("exercise.row", {"iteration": iteration})
        if len(self.iterations) == 1:
            return Message("forms.row.sample", {"row": sample + 1})
        return Message("exercise.row_of_sample", {"iteration": iteration, "row": sample + 1})

    def _row_name(self, source: _Source, sample: int | None) -> Message:
        named = source.column.heading
        if sample is not None:
            named = Message("exercise.row_in_sample", {"row": sample + 1, "what": named})
        if len(self.iterations) == 1:
            return named
        what = {"iteration": source.iteration, "what": named}
        return Message("exercise.row_of_list", what)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """A list of several iterations is a block for each."""
        if self.question.layout == "table" or len(self.iterations) == 1:
            return super().blocks
        of = [self._sources[row.key].iteration for row in self.rows]
        found = []
        for iteration, rows in itertools.groupby(range(len(of)), of.__getitem__):
            first, *others = rows
            title = Message("exercise.row", {"iteration": iteration})
            found.append(Block(range(first, first + len(others) + 1), range(1), title))
        return tuple(found)

    def _cell(self, key: str, row: int, column: int, source: _Source) -> Cell:
        group = source.column.group
        asked = group in self.question.asked and group not in _COUNTS
        if self.question.cells:
            asked = asked and key in self.question.cells
        asked = asked and not fits(key, self.question.given)
        legal, bounds = self._sensible(source)
        exact = (
            self.session.spec_at(source.iteration).arithmetic == "exact"
            or legal is not None
            or group in (_COUNTS | {Group.INPUTS, Group.TARGETS})
        )
        return Cell(
            key,
            row,
            column,
            asked,
            size=max(len(source.quantities), 1),
            decimals=None if exact else self.question.decimals,
            tolerance=None if exact else self.question.tolerance,
            dashes=source.column.dashes,
            legal=legal,
            bounds=bounds,
        )

    def _sensible(
        self, source: _Source
    ) -> tuple[tuple[Number, ...] | None, tuple[float, float] | None]:
        """Which values an activation can have at all."""
        if not source.quantities or source.quantities[0].kind not in ("a", "y"):
            return None, None
        owner = source.quantities[0].owner
        for layer in self.session.spec_at(source.iteration).layers:
            if layer.node == owner:
                name = layer.activation.name
                return _LEGAL.get(name), _BOUNDS.get(name)
        return None, None

    # -- numbers ---------------------------------------------------------------------------------

    def expected(self, key: str) -> Answer:
        source, cell = self._sources[key], self.by_key[key]
        record = self.session.record(source.iteration)
        if not source.quantities:
            sample = int(self.rows[cell.row].key.partition(":")[2] or 1) - 1
            return Answer(source.column.numbers(record, sample))
        numbers = tuple(record.value(quantity) for quantity in source.quantities)
        return Answer(numbers, cell.dashes and self._is_unchanged(source, numbers))

    def _is_unchanged(self, source: _Source, numbers: tuple[Number, ...]) -> bool:
        record = self.session.record(source.iteration)
        before = map(_before, source.quantities)
        return all(n == record.value(q) for n, q in zip(numbers, before, strict=True))

    def carried(self, key: str, own: Own) -> Answer:
        source, cell = self._sources[key], self.by_key[key]
        if not source.quantities:
            return self.expected(key)
        carrying = self.carrying(own)
        numbers = tuple(carrying.recomputed(source.iteration, q) for q in source.quantities)
        unchanged = cell.dashes and numbers == tuple(
            carrying.value(source.iteration, _before(q)) for q in source.quantities
        )
        return Answer(numbers, unchanged)

    def carrying(self, own: Own) -> Carrying:
        """The run as it goes on from a person's own answers; made once for the same answers."""
        if not own:
            return self._engine
        if self._carrying is None or self._carrying[0] != own:
            numbers = self._own_numbers(own)
            self._carrying = dict(own), Carrying(self.session, numbers, self._kept)
        return self._carrying[1]

    def _own_numbers(self, own: Own) -> dict[Place, Number | None]:
        found: dict[Place, Number | None] = {}
        for key, answer in own.items():
            source = self._sources[key]
            numbers: tuple[Number | None, ...] = answer.numbers
            if answer.unchanged:
                numbers = (None,) * len(source.quantities)
            for quantity, number in zip(source.quantities, numbers, strict=True):
                if number is not None and not self._is_exact(source.iteration):
                    number = as_float(number)
                found[source.iteration, quantity] = number
        return found

    def _is_exact(self, iteration: int) -> bool:
        return self.session.spec_at(iteration).arithmetic == "exact"

    # -- mistakes and workings -------------------------------------------------------------------

    def mistakes(self, key: str, own: Own) -> Iterator[Mistake]:
        source = self._sources[key]
        if not source.quantities:
            return
        carrying = self.carrying(own)
        for code in slips_of(source.quantities[0].kind):
            numbers = [
                slip
                for q in source.quantities
                if (slip := code.number(carrying, source.iteration, q)) is not None
            ]
            if len(numbers) == len(source.quantities):
                yield Mistake(code.name, Answer(tuple(numbers)))
        if len(source.quantities) > 1:
            right = self.carried(key, own).numbers
            yield Mistake("swapped", Answer(tuple(reversed(right))))

    def working(self, key: str, own: Own, style: NumberStyle) -> Working:
        source = self._sources[key]
        carrying = self.carrying(own)
        explained = [q for own_one in source.quantities for q in self._steps(source, own_one)]
        made = [carrying.explanation(source.iteration, q, style) for q in explained]
        if not made:
            return Working(source.column.heading, ())
        lines = tuple(line for e in made for line in e.lines)
        note = next((e.note for e in made if e.note is not None), None)
        title = made[-1].title if len(source.quantities) == 1 else source.column.heading
        return Working(title, lines, note)

    def _steps(self, source: _Source, quantity: Quantity) -> tuple[Quantity, ...]:
        """A number, and before it its change where that has no cell: nobody was told of it yet."""
        terms = self._engine.terms(source.iteration, quantity) or ()
        hidden = (
            t for t in terms if t.kind in _CHANGES and (source.iteration, t) not in self._keys
        )
        return (*hidden, quantity)

    def concept(self, key: str) -> Message:
        source = self._sources[key]
        kind = source.quantities[0].kind.replace("+", "_new") if source.quantities else "count"
        if "." in kind:
            kind = f"optimiser.{kind.partition('.')[0].replace('^', '_hat')}"
        if kind in ("w_new", "b_new", "e") and self._rule(source.iteration) == "course":
            kind = f"{kind}_course"
        return Message(f"hint.{kind}")

    def _rule(self, iteration: int) -> str:
        return self.document.settings_at(iteration - 1)[0].rule

    def sources(self, key: str) -> tuple[str, ...]:
        if key not in self._found_sources:
            self._found_sources[key] = self._sources_of(key)
        return self._found_sources[key]

    def _sources_of(self, key: str) -> tuple[str, ...]:
        source = self._sources[key]
        wanted = dict.fromkeys(self._keys[place] for place in self._ancestors(source))
        return tuple(other for other in wanted if other != key)

    @functools.cached_property
    def _keys(self) -> Mapping[Place, str]:
        return {
            (source.iteration, quantity): key
            for key, source in self._sources.items()
            for quantity in source.quantities
        }

    def _ancestors(self, source: _Source) -> Iterator[Place]:
        """The nearest places of the sheet that a cell is worked out from."""
        keys, seen = self._keys, set[Place]()
        waiting = [(source.iteration, q) for q in source.quantities]
        own = set(waiting)
        while waiting:
            place = waiting.pop(0)
            for term in self._terms(*place):
                if term in seen or term in own:
                    continue
                seen.add(term)
                if term in keys:
                    yield term
                else:
                    waiting.append(term)

    def _terms(self, iteration: int, quantity: Quantity) -> list[Place]:
        if quantity.kind in ("w", "b"):
            if iteration == 1:
                return []
            return [(iteration - 1, replace(quantity, kind=f"{quantity.kind}+"))]
        if "-." in quantity.kind:
            anew = begins_anew(self.document, iteration)
            return [] if anew else [(iteration - 1, left_by(quantity))]
        engine = self._engine
        terms = engine.terms(iteration, quantity) or ()
        return [(iteration, term) for term in (*engine.between(iteration, quantity), *terms)]

    @functools.cached_property
    def _engine(self) -> Carrying:
        """The run with nobody's own numbers."""
        return Carrying(self.session, {}, self._kept)

    def quantities(self, key: str) -> tuple[int, tuple[Quantity, ...]]:
        source = self._sources[key]
        return source.iteration, source.quantities

    def depends_on(self, key: str) -> tuple[Quantity, ...]:
        source = self._sources[key]
        found: dict[Quantity, None] = {}
        waiting = list(source.quantities)
        while waiting:
            for term in self._engine.terms(source.iteration, waiting.pop(0)) or ():
                # A change and what an optimiser makes it of stand nowhere by themselves: what they
                # are made of is what matters.
                if term.kind in _CHANGES or "." in term.kind:
                    waiting.append(term)
                else:
                    found[term] = None
        return tuple(found)

    def frame_before(self, key: str) -> Frame:
        """The run right before the numbers of a cell come about."""
        source = self._sources[key]
        self.session.go_to(source.iteration)
        frame = self.session.frame
        done = min((frame.shown_from(q) for q in source.quantities), default=1) - 1
        return replace(frame, done=max(done, 0))
