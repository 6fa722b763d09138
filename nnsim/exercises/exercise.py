"""An exercise, and a variant of it: the numbers of one seed, with the sheet they make."""

from __future__ import annotations

import functools
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from nnsim.core.messages import NnsimError
from nnsim.core.numbers import format_number, joined
from nnsim.core.randoms import generator
from nnsim.document.model import Document
from nnsim.exercises.drawing import Range, vary_document, vary_given
from nnsim.exercises.forms.base import FormSheet
from nnsim.exercises.sheet import Sheet
from nnsim.exercises.tracing import TraceQuestion, TraceSheet
from nnsim.language import decimal_mark

#: "try_again": marked at once, a wrong cell may be tried again; "go_on": marked at once, and a
#: wrong cell shows the right answer, so that the rest starts from it; "at_end": marked together.
Mode: TypeAlias = Literal["try_again", "go_on", "at_end"]
MODES: tuple[Mode, ...] = ("try_again", "go_on", "at_end")
#: Parts of the window that an exercise may leave open to a student.
CONTROLS = ("stepping", "canvas", "settings", "data", "formula", "plots")

#: What the hints cost, as a share of a cell: concept, formula, formula with numbers, value.
HINT_COSTS = (0.0, 0.25, 0.5, 1.0)
#: Draws until a variant is fit to be given.
_MOST_DRAWS = 500


@dataclass(frozen=True)
class TraceTask:
    """An exercise on the trace of a document; ``rows`` bounds the iterations of its variants."""

    document: Document
    question: TraceQuestion
    rows: tuple[int, int] | None = None


@dataclass(frozen=True)
class FormTask:
    """An exercise that is a form: its kind, what is given, and how exactly it is asked."""

    kind: str
    given: Mapping[str, Any]
    decimals: int = 4
    tolerance: float | None = None


@dataclass(frozen=True, eq=False)
class Exercise:
    """An exercise as its file says.

    ``title`` and ``statement`` are by locale; placeholders in a statement, ``{x}``, are filled with
    what is given.  ``vary`` says from which numbers variants are drawn.  ``open_controls`` are the
    parts of the window a student may use.  ``source`` names where the question comes from.
    """

    id: str
    title: Mapping[str, str]
    statement: Mapping[str, str]
    task: TraceTask | FormTask
    group: str = ""
    order: int = 0
    requires: tuple[str, ...] = ()
    mode: Mode = "try_again"
    hints: bool = True
    hint_costs: tuple[float, float, float, float] = HINT_COSTS
    open_controls: frozenset[str] = frozenset()
    vary: Mapping[str, Range] = field(default_factory=dict)
    source: str = ""

    @property
    def has_variants(self) -> bool:
        """Whether other seeds give other numbers."""
        return bool(self.vary)

    def variant(self, seed: int = 0) -> Variant:
        """The exercise with the numbers of a seed; those of the file itself for 0.

        The same seed gives the same variant on every machine.  Raises NnsimError where the file's
        own numbers make no sheet, or none of the numbers drawn do.
        """
        if seed == 0 or not self.vary:
            return Variant(self, 0, self.task)
        random = generator(seed)
        problem: NnsimError | None = None
        for _ in range(_MOST_DRAWS):
            if isinstance(self.task, FormTask):
                drawn = vary_given(self.task.given, self.vary, random)
                task: TraceTask | FormTask = replace(self.task, given=drawn)
            else:
                document = vary_document(self.task.document, self.vary, random)
                task = replace(self.task, document=document)
            variant = Variant(self, seed, task)
            try:
                if variant.is_fit:
                    return variant
            except NnsimError as error:
                problem = error
        raise problem or NnsimError.of("exercise.no_variant", exercise=self.id, seed=seed)


@dataclass(frozen=True, eq=False)
class Variant:
    """An exercise with the numbers of one seed."""

    exercise: Exercise
    seed: int
    task: TraceTask | FormTask

    @functools.cached_property
    def sheet(self) -> Sheet:
        """The sheet.  Raises NnsimError where these numbers make none."""
        if isinstance(self.task, TraceTask):
            return TraceSheet(self.task.document, self.task.question)
        from nnsim.exercises.forms import make_form

        form = make_form(self.task.kind, self.task.given)
        return FormSheet(form, self.task.decimals, self.task.tolerance)

    @property
    def document(self) -> Document | None:
        """The document that is on the canvas; None for a form."""
        return self.task.document if isinstance(self.task, TraceTask) else None

    @property
    def is_fit(self) -> bool:
        """Whether the sheet is as long as variants are to be."""
        sheet = self.sheet
        if isinstance(self.task, FormTask) or self.task.rows is None:
            return bool(sheet.asked)
        assert isinstance(sheet, TraceSheet)
        low, high = self.task.rows
        return low <= len(sheet.iterations) <= high

    def title(self, locale: str) -> str:
        """The title in a language, or in the one there is."""
        return _in_language(self.exercise.title, locale)

    def statement(self, locale: str) -> str:
        """The statement in a language, or in the one there is, with the numbers put in."""
        mark = decimal_mark(locale)
        given = self.task.given if isinstance(self.task, FormTask) else _given(self.task.document)
        values = {name: written(value, mark) for name, value in given.items()}
        return _Filler().vformat(_in_language(self.exercise.statement, locale), (), values)


class _Filler(string.Formatter):
    """Fills plain {name} placeholders only: an exercise file reaches no attribute of anything."""

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if field_name in kwargs:
            return kwargs[field_name], field_name
        return f"{{{field_name}}}", field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        return str(value)


def _in_language(texts: Mapping[str, str], locale: str) -> str:
    return texts.get(locale) or next(iter(texts.values()), "")


def written(value: Any, mark: str) -> str:
    """A given number, vector or matrix as text: "0.5", "(0.5, 1)", "((1, 2), (3, 4))"."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, Sequence):
        parts = [written(part, mark) for part in value]
        return joined(parts, mark) if len(parts) != 1 else f"({parts[0]})"
    return format_number(value, mark, digits=10)


def _given(document: Document) -> dict[str, Any]:
    """What a statement may name of a document."""
    training = document.training
    weights = [c.weights.tolist() for c in document.connections]
    biases = [node.bias.tolist() for node in document.nodes if not node.is_input]
    single = len(biases) == 1 and len(biases[0]) == 1
    flat = [value for matrix in weights for row in matrix for value in row]
    return {
        "weights": flat if single else weights,
        "bias": biases[0][0] if single else biases,
        "learning_rate": training.learning_rate,
        "weight_step": training.weight_step,
        "bias_step": training.bias_step,
        "inputs": document.data.inputs.tolist(),
        "targets": [row[0] if len(row) == 1 else row for row in document.data.targets.tolist()],
    }
