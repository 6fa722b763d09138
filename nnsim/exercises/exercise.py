"""An exercise, and a variant of it: the numbers of one seed, with the sheet they make."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from nnsim.core.messages import Message, NnsimError
from nnsim.core.randoms import generator
from nnsim.document.model import Document, replaced
from nnsim.engine.activations import ActivationSpec
from nnsim.exercises.closing import closing_form
from nnsim.exercises.drawing import Range, vary_document, vary_given
from nnsim.exercises.filling import filled
from nnsim.exercises.forms.base import FormSheet
from nnsim.exercises.joining import JoinedSheet, Part
from nnsim.exercises.question import TraceQuestion
from nnsim.exercises.sheet import Sheet
from nnsim.exercises.tracing import TraceSheet
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
class Compared:
    """What is different where a trace is asked a second time: conventions, or the activation."""

    update_timing: Literal["after", "during"] | None = None
    activation: ActivationSpec | None = None

    def applied(self, document: Document) -> Document:
        """The document with it."""
        if self.update_timing is not None:
            conventions = replace(document.conventions, update_timing=self.update_timing)
            document = replace(document, conventions=conventions)
        if self.activation is not None:
            others = [n for n in document.nodes if not n.is_input]
            document = replaced(
                document, nodes=[replace(n, activation=self.activation) for n in others]
            )
        return document

    def title(self, document: Document) -> Message:
        """What tells a document from the one it is compared with."""
        if self.update_timing is not None:
            return Message(f"exercise.timing.{document.conventions.update_timing}")
        node = next(n for n in document.nodes if not n.is_input)
        return Message(f"activation.{node.activation.name}")


@dataclass(frozen=True)
class TraceTask:
    """An exercise on the trace of a document; ``rows`` bounds the iterations of its variants.

    With ``compared`` the same is asked again below, under what that says; ``questions`` are those
    of ``nnsim.exercises.closing`` that follow at the end.
    """

    document: Document
    question: TraceQuestion
    rows: tuple[int, int] | None = None
    compared: Compared | None = None
    questions: tuple[str, ...] = ()


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
            parts = self._parts(self.task)
            return parts[0].sheet if len(parts) == 1 else JoinedSheet(parts)
        from nnsim.exercises.forms import make_form

        form = make_form(self.task.kind, self.task.given)
        return FormSheet(form, self.task.decimals, self.task.tolerance)

    @functools.cached_property
    def trace(self) -> TraceSheet | None:
        """The sheet of the document's own trace; None for a form."""
        if isinstance(self.task, FormTask):
            return None
        return TraceSheet(self.task.document, self.task.question)

    def _parts(self, task: TraceTask) -> list[Part]:
        assert self.trace is not None
        document, other = task.document, task.compared
        parts = [Part("", self.trace, None if other is None else other.title(document))]
        if other is not None:
            changed = other.applied(document)
            sheet = TraceSheet(changed, task.question)
            parts.append(Part("compared", sheet, other.title(changed), on_canvas=False))
        for name in task.questions:
            form = closing_form(name, self.trace.session)
            parts.append(Part(name, FormSheet(form), Message(f"exercise.closing.{name}")))
        return parts

    @property
    def document(self) -> Document | None:
        """The document that is on the canvas; None for a form."""
        return self.task.document if isinstance(self.task, TraceTask) else None

    @property
    def is_fit(self) -> bool:
        """Whether the sheet is as long as variants are to be, and not all of it is 0."""
        sheet = self.sheet
        if isinstance(self.task, FormTask) or self.task.rows is None:
            answers = (sheet.expected(cell.key) for cell in sheet.asked)
            return any(answer.choice or any(answer.numbers) for answer in answers)
        assert self.trace is not None
        low, high = self.task.rows
        return low <= len(self.trace.iterations) <= high

    def title(self, locale: str) -> str:
        """The title in a language, or in the one there is."""
        return in_language(self.exercise.title, locale)

    def statement(self, locale: str) -> str:
        """The statement in a language, or in the one there is, with the numbers put in."""
        said = in_language(self.exercise.statement, locale)
        return filled(said, given_of(self.task), decimal_mark(locale))


def in_language(texts: Mapping[str, str], locale: str) -> str:
    """A text in a language, or in the one there is."""
    return texts.get(locale) or next(iter(texts.values()), "")


def given_of(task: TraceTask | FormTask) -> Mapping[str, Any]:
    """What a statement may name; of a document settings, samples, and {c4} or {n3} by id."""
    if isinstance(task, FormTask):
        return task.given
    document = task.document
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
        **{c.id: matrix for c, matrix in zip(document.connections, weights, strict=True)},
        **{node.id: node.bias.tolist() for node in document.nodes if not node.is_input},
    }
