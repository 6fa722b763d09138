"""Making an exercise from a document: what a teacher chooses, as a value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from nnsim.core.messages import NnsimError
from nnsim.core.numbers import parse_number
from nnsim.document.model import Document
from nnsim.document.naming import is_single_neuron
from nnsim.exercises.drawing import Range
from nnsim.exercises.exercise import HINT_COSTS, Exercise, Mode, TraceTask
from nnsim.exercises.question import TraceQuestion
from nnsim.exercises.stating import statement_for
from nnsim.session import Session
from nnsim.session.cells import Group
from nnsim.session.table import COURSE_GROUPS, available_groups

#: What is blank in a new exercise, where the sheet has it.
_USUALLY_ASKED = frozenset(
    {Group.SUMS, Group.OUTPUTS, Group.ACTIVATIONS, Group.LOSS, Group.DELTAS, Group.AFTER}
)
#: What is never blank: it says which row it is.
COUNTED = frozenset({Group.ITERATION, Group.EPOCH, Group.SAMPLE})
_DOTS = re.compile(r"\.{2,3}")
_GIVEN = frozenset({Group.ITERATION, Group.INPUTS, Group.TARGETS})


@dataclass(frozen=True)
class Draft:
    """Everything that is chosen about an exercise on the trace of a document.

    ``vary`` holds what variants are drawn from; ``base`` is the exercise that is changed, of which
    stays what a draft cannot choose.
    """

    document: Document
    titles: Mapping[str, str]
    statements: Mapping[str, str]
    question: TraceQuestion
    mode: Mode = "try_again"
    hints: bool = True
    hint_costs: tuple[float, float, float, float] = HINT_COSTS
    open_controls: frozenset[str] = frozenset()
    vary: Mapping[str, Range] = field(default_factory=dict)
    rows: tuple[int, int] | None = None
    base: Exercise | None = None

    def exercise(self) -> Exercise:
        """The exercise, with nothing that cannot be made.

        Raises NnsimError ``making.no_title``, ``making.no_statement``, or what keeps the sheet
        from being made.
        """
        titles, statements = _said(self.titles), _said(self.statements)
        if not titles:
            raise NnsimError.of("making.no_title")
        if not statements:
            raise NnsimError.of("making.no_statement")
        question = replace(self.question, shown=self.question.shown | self.question.asked)
        task = TraceTask(self.document, question, self.rows)
        if self.base is not None and isinstance(self.base.task, TraceTask):
            task = replace(
                self.base.task, document=self.document, question=question, rows=self.rows
            )
        made = Exercise(
            slug(next(iter(titles.values()))),
            titles,
            statements,
            task,
            mode=self.mode,
            hints=self.hints,
            hint_costs=self.hint_costs,
            open_controls=self.open_controls,
            vary=self.vary,
        )
        if self.base is not None:
            kept = self.base
            made = replace(
                made,
                id=kept.id,
                group=kept.group,
                order=kept.order,
                requires=kept.requires,
                source=kept.source,
            )
        sheet = made.variant().sheet
        if not sheet.asked:
            raise NnsimError.of("exercise.nothing_asked")
        return made

    # -- single cells ----------------------------------------------------------------------------

    @property
    def picks_cells(self) -> bool:
        """Whether cells of the asked columns were picked one by one."""
        return bool(self.question.cells) or self.question.given != self._patterns

    @property
    def _patterns(self) -> tuple[str, ...]:
        """What is given by a pattern was written into the file, and not picked."""
        return tuple(given for given in self.question.given if "*" in given)

    def with_all_blank(self) -> Draft:
        """Every cell of the asked columns is blank."""
        question = replace(self.question, cells=frozenset(), given=self._patterns)
        return replace(self, question=question)

    def with_blank(self, blank: frozenset[str], may_be_blank: frozenset[str]) -> Draft:
        """Of the cells that may be blank these are.

        Whichever are fewer are named, the blank ones or the others, so that in a variant with more
        rows the further ones are like most.
        """
        whole, filled = self.with_all_blank(), sorted(may_be_blank - blank)
        if len(filled) <= len(blank):
            question = replace(whole.question, given=(*self._patterns, *filled))
        else:
            question = replace(whole.question, cells=blank)
        return replace(self, question=question)


def draft_of(document: Document, locale: str = "es") -> Draft:
    """A draft to begin with: the course's table of one epoch for a neuron, one iteration of a
    network as a list, and a statement in the language of whoever makes it.

    Raises NnsimError where the document cannot run, and ``making.no_recurrent``: recurrent layers
    have exercises of their own.
    """
    for node in document.nodes:
        if node.is_recurrent:
            raise NnsimError.of("making.no_recurrent", node.id, name=node.name)
    session = Session(document)
    session.record(1)
    spec = session.spec_at(1)
    is_neuron = is_single_neuron(spec)
    # The changes made in the middle of a run belong to the run and not to the exercise.
    document = replace(document, changes=())
    available = frozenset(available_groups(document))
    # In a network the outputs stand among the activations: shown twice they would be given away.
    of_network = ((_GIVEN | _USUALLY_ASKED) - {Group.OUTPUTS}) & available
    shown = COURSE_GROUPS if is_neuron else of_network
    exact = spec.arithmetic == "exact"
    return Draft(
        document,
        {locale: document.title} if document.title else {},
        {locale: statement_for(document, is_neuron, locale)},
        TraceQuestion(
            last=None if is_neuron and exact else 1,
            shown=shown,
            asked=shown & _USUALLY_ASKED,
            layout="table" if is_neuron else "list",
        ),
    )


def draft_again(exercise: Exercise) -> Draft:
    """The draft of an exercise that was made before, to be changed.

    Raises NnsimError ``making.only_traces`` for a form.
    """
    task = exercise.task
    if not isinstance(task, TraceTask):
        raise NnsimError.of("making.only_traces")
    return Draft(
        task.document,
        exercise.title,
        exercise.statement,
        task.question,
        exercise.mode,
        exercise.hints,
        exercise.hint_costs,
        exercise.open_controls,
        exercise.vary,
        task.rows,
        exercise,
    )


def read_range(typed: str) -> Range | None:
    """What a number is drawn from, as typed: "-1; 0; 0.5", or "-1 … 1 / 0.5" (from, to, step).

    None where nothing was typed.  Raises NnsimError ``making.range``, or ``number.…``.
    """
    cleaned = _DOTS.sub("…", typed).strip()
    if not cleaned:
        return None
    if "…" in cleaned:
        low, _, rest = cleaned.partition("…")
        high, slash, step = rest.partition("/")
        if not slash:
            raise NnsimError.of("making.range", text=typed[:60])
        numbers = [parse_number(part.strip()) for part in (low, high, step)]
        if numbers[0] > numbers[1] or numbers[2] <= 0:
            raise NnsimError.of("making.range", text=typed[:60])
        return Range(low=numbers[0], high=numbers[1], step=numbers[2])
    return Range(tuple(parse_number(part.strip()) for part in cleaned.split(";") if part.strip()))


def range_text(numbers: Range | None, mark: str = ".") -> str:
    """A range as ``read_range`` reads it."""
    if numbers is None:
        return ""

    def number(value: float) -> str:
        return f"{value:g}".replace(".", mark)

    if numbers.choices:
        return "; ".join(map(number, numbers.choices))
    return f"{number(numbers.low)} … {number(numbers.high)} / {number(numbers.step)}"


def slug(title: str) -> str:
    """A name for files and links: "Puerta OR (2)" is "puerta-or-2"."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "exercise"


def _said(texts: Mapping[str, str]) -> dict[str, str]:
    return {locale: said.strip() for locale, said in texts.items() if said.strip()}
