"""Drafts: from any document to an exercise, to its file and back."""

from dataclasses import replace
from pathlib import Path

import pytest

from nnsim.core.messages import NnsimError
from nnsim.core.numbers import format_number
from nnsim.document.examples import GROUPS, load_example
from nnsim.document.templates import empty, perceptron
from nnsim.exercises import bank
from nnsim.exercises.drawing import Range
from nnsim.exercises.exercise import TraceTask, given_of
from nnsim.exercises.file import loads
from nnsim.exercises.file_writing import dumps
from nnsim.exercises.filling import unfilled
from nnsim.exercises.making import draft_again, draft_of, range_text, read_range, slug
from nnsim.exercises.marking import Verdict, mark
from nnsim.language import decimal_mark, message_text
from nnsim.session.cells import Group
from tests.support.sequences import recurrent


def draft(example="or-gate"):
    return replace(draft_of(load_example(example)), titles={"es": "Mi ejercicio"})


def asking(made, **changes):
    return replace(made, question=replace(made.question, **changes))


def problem(made):
    with pytest.raises(NnsimError) as caught:
        made.exercise()
    return caught.value.messages[0].code


@pytest.mark.parametrize("example", GROUPS["gates"])
def test_every_example_makes_an_exercise_that_can_be_solved(example):
    sheet = draft(example).exercise().variant().sheet
    entries = {cell.key: sheet.expected(cell.key).text(digits=12) for cell in sheet.asked}
    assert {m.verdict for m in mark(sheet, entries).values()} == {Verdict.RIGHT}


@pytest.mark.parametrize("example", GROUPS["gates"])
def test_what_is_made_is_read_back_and_changed_without_loss(example):
    content = dumps(draft(example).exercise())
    again = loads(content.encode(), Path("mine.toml"))
    assert dumps(again) == content
    assert dumps(draft_again(again).exercise()) == content


TRACES = [e.id for e in bank.exercises() if isinstance(e.task, TraceTask)]
FORMS = [e.id for e in bank.exercises() if not isinstance(e.task, TraceTask)]


@pytest.mark.parametrize("exercise", TRACES)
def test_a_shipped_exercise_opened_and_closed_is_the_same(exercise):
    shipped = bank.exercise_of(exercise)
    assert dumps(draft_again(shipped).exercise()) == dumps(shipped)


def test_a_form_is_changed_in_its_file():
    with pytest.raises(NnsimError) as caught:
        draft_again(bank.exercise_of(FORMS[0]))
    assert caught.value.messages[0].code == "making.only_traces"


def test_the_or_neuron_begins_as_the_table_of_the_course():
    sheet = draft().exercise().variant().sheet
    assert len(sheet.rows) == 7
    assert {cell.key.partition(".")[2] for cell in sheet.asked} == {"sums", "outputs", "w+", "b+"}


def test_nothing_given_says_what_is_asked_in_a_network():
    made = draft("backprop-2-2-2")
    assert Group.OUTPUTS not in made.question.shown | made.question.asked


@pytest.mark.parametrize("example", GROUPS["gates"])
@pytest.mark.parametrize("locale", ["es", "en"])
def test_the_first_statement_has_all_that_paper_needs(example, locale):
    document = load_example(example)
    made = replace(draft_of(document, locale), titles={locale: "Mine"})
    assert set(made.statements) == {locale}
    variant = made.exercise().variant()
    said = variant.statement(locale)
    assert not unfilled(said, given_of(variant.task))
    assert "{" not in said
    numbers = [abs(n) for c in document.connections for n in c.weights.flat]
    numbers += [abs(n) for node in document.nodes if not node.is_input for n in node.bias.flat]
    for number in numbers:
        assert format_number(number, decimal_mark(locale)) in said


def test_a_network_with_too_many_weights_is_not_written_out():
    made = draft_of(perceptron((64, 32, 10)))
    assert len(made.statements["es"]) < 400


def test_picked_cells_are_named_by_whichever_are_fewer():
    made = draft()
    every = frozenset(cell.key for cell in made.exercise().variant().sheet.asked)
    most = made.with_blank(every - {"3.sums"}, every)
    assert (most.question.given, most.question.cells) == (("3.sums",), frozenset())
    few = made.with_blank(frozenset({"3.sums"}), every)
    assert (few.question.given, few.question.cells) == ((), {"3.sums"})
    assert most.picks_cells
    assert few.picks_cells
    assert few.with_all_blank().question == made.question


def test_in_a_longer_variant_the_further_rows_are_blank_like_most():
    made = replace(draft("and-gate"), vary={"weights": Range((-1.0, 0.5)), "biases": Range((1.0,))})
    every = frozenset(cell.key for cell in made.exercise().variant().sheet.asked)
    exercise = made.with_blank(every - {"1.sums"}, every).exercise()
    sheets = [exercise.variant(seed).sheet for seed in range(1, 12)]
    longer = [sheet for sheet in sheets if len(sheet.rows) > len(exercise.variant().sheet.rows)]
    assert longer
    for sheet in sheets:
        assert len(sheet.asked) == 4 * len(sheet.rows) - 1


def test_a_list_of_a_whole_batch_says_of_which_sample_each_number_is():
    document = perceptron((2, 2, 1))
    training = replace(document.training, rule="gradient_descent")
    made = replace(draft_of(replace(document, training=training)), titles={"es": "Lote"})
    rows = [message_text(row.words, "es") for row in made.exercise().variant().sheet.rows]
    assert len(set(rows)) == len(rows)
    assert "muestra 3: Σ N1" in rows
    assert "Pérdida" in rows


def test_what_a_file_gives_by_a_pattern_is_no_pick():
    made = asking(draft(), given=("*.b+",))
    assert not made.picks_cells
    assert made.with_all_blank().question.given == ("*.b+",)


def test_single_cells_can_be_blank():
    sheet = asking(draft(), cells=frozenset({"3.sums", "5.w+"})).exercise().variant().sheet
    assert [cell.key for cell in sheet.asked] == ["3.sums", "5.w+"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"titles": {"es": " "}}, "making.no_title"),
        ({"statements": {}}, "making.no_statement"),
    ],
)
def test_what_is_missing_is_told(changes, code):
    assert problem(replace(draft(), **changes)) == code


@pytest.mark.parametrize("changes", [{"asked": frozenset()}, {"cells": frozenset({"99.sums"})}])
def test_a_sheet_without_a_blank_cell_is_told(changes):
    assert problem(asking(draft(), **changes)) == "exercise.nothing_asked"


def test_a_document_that_cannot_run_makes_none():
    with pytest.raises(NnsimError):
        draft_of(empty())


def test_a_network_that_never_ends_an_epoch_within_reason_is_told():
    document = perceptron((64, 32, 10))
    made = draft_of(document)
    everything = asking(made, shown=frozenset(Group), asked=frozenset({Group.AFTER}))
    everything = replace(everything, titles={"en": "Large"})
    assert problem(everything) == "exercise.too_large"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", None),
        ("-1; 0; 0,5", Range((-1.0, 0.0, 0.5))),
        ("1/2", Range((0.5,))),
        ("-1 … 1 / 0.5", Range(low=-1, high=1, step=0.5)),
        ("0 .. 2 / 0,25", Range(low=0, high=2, step=0.25)),
        ("0...2/0,25", Range(low=0, high=2, step=0.25)),
    ],
)
def test_ranges_are_read_as_they_are_typed(typed, found):
    assert read_range(typed) == found
    assert read_range(range_text(found, ",")) == found


@pytest.mark.parametrize("typed", ["1 … 2", "2 … 1 / 0.5", "1 … 2 / 0", "a; b", "1 … 2 / x"])
def test_a_range_that_is_none_is_told(typed):
    with pytest.raises(NnsimError):
        read_range(typed)


def test_names_of_files_are_plain():
    assert slug("¿Puerta OR? (2ª versión)") == "puerta-or-2a-version"
    assert slug("…") == "exercise"


def test_of_a_recurrent_layer_no_exercise_is_made_and_it_is_said():
    with pytest.raises(NnsimError) as raised:
        draft_of(recurrent())
    assert [message.code for message in raised.value.messages] == ["making.no_recurrent"]
