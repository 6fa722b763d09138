"""What marking promises, over random documents and over every exercise that travels along."""

import hashlib
import math
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nnsim.core.messages import NnsimError
from nnsim.core.numbers import as_float
from nnsim.document.edits import set_parameter
from nnsim.exercises.bank import exercise_of, exercises, folder
from nnsim.exercises.marking import Verdict, is_plausible, mark, own_answers
from nnsim.exercises.question import TraceQuestion
from nnsim.exercises.tracing import TraceSheet
from nnsim.language import LOCALES, message_text
from nnsim.session.cells import Group
from tests.support.documents import close, examples, small_documents

#: Working out a sheet entry by entry looks at all entries before each.
MOST_CELLS = 80
GOOD = {Verdict.RIGHT, Verdict.CONSISTENT}
ASKED = frozenset(set(Group) - {Group.ITERATION, Group.EPOCH, Group.SAMPLE, Group.INPUTS})


@st.composite
def trace_sheets(draw):
    """A sheet on a random document: some iterations, some columns, both layouts."""
    document = draw(small_documents())
    asked = draw(st.sets(st.sampled_from(sorted(ASKED)), min_size=1).map(frozenset))
    shown = asked | draw(st.sets(st.sampled_from(sorted(ASKED))).map(frozenset))
    question = TraceQuestion(
        last=draw(st.integers(1, 3)),
        shown=shown,
        asked=asked,
        layout=draw(st.sampled_from(("table", "list"))),
        decimals=draw(st.sampled_from((2, 4, 6))),
    )
    try:
        sheet = TraceSheet(document, question)
    except NnsimError:
        assume(False)
    assume(len(sheet.asked) <= MOST_CELLS)
    return sheet


IDS = sorted(path.stem for path in folder().glob("*.toml"))
SHIPPED = st.tuples(st.sampled_from(IDS), st.integers(0, 10_000))
SHEETS = pytest.mark.parametrize("sheets", [trace_sheets(), SHIPPED], ids=["random", "shipped"])


def sheet_from(data, sheets):
    """A random sheet, or that of an exercise with a seed."""
    made = data.draw(sheets)
    return exercise_of(made[0]).variant(made[1]).sheet if isinstance(made, tuple) else made


def finite(sheet):
    """Whether every number of a sheet is one that a person can write down."""
    numbers = [as_float(n) for cell in sheet.cells for n in sheet.expected(cell.key).numbers]
    return all(math.isfinite(n) and abs(n) < 1e9 for n in numbers)


def written(answer, draw=None):
    """An answer as a person writes it: in full, with either decimal mark."""
    mark_ = "." if draw is None else draw(st.sampled_from(".,"))
    return answer.text(mark_) if answer.choice else answer.exact(mark_)


def full(sheet):
    return {cell.key: written(sheet.expected(cell.key)) for cell in sheet.asked}


def drawn(data, sheets):
    sheet = sheet_from(data, sheets)
    assume(finite(sheet))
    return sheet


def wrong_entry(data, cell, sheet):
    """A plausible answer that is neither right nor what follows; None where there is none."""
    expected = sheet.expected(cell.key)
    if cell.kind == "choice":
        others = [option.code for option in cell.options if option.code != expected.choice]
        return data.draw(st.sampled_from(others)) if others else None
    numbers = []
    for number in expected.numbers:
        if cell.legal is not None:
            numbers.append(data.draw(st.sampled_from(cell.legal)))
            continue
        off = data.draw(st.sampled_from((0.5, -0.3, 0.25, 1.0, -0.125)))
        numbers.append(round(as_float(number) + off * max(abs(as_float(number)), 1.0), 3))
    text = "; ".join(repr(float(number)) for number in numbers)
    return text if is_plausible(cell, cell.read(text), expected) else None


def in_order_of_work(sheet):
    """The asked cells, each after all it is worked out from: a table's columns go by kind."""
    done = {}

    def visit(key):
        if key not in done:
            done[key] = None
            found = [source for source in sheet.sources(key) if source not in done]
            for source in found:
                visit(source)
            ordered.append(sheet.by_key[key])

    ordered = []
    for cell in sheet.asked:
        visit(cell.key)
    return [cell for cell in ordered if cell.asked]


def worked_out(data, sheet, at):
    """The entries of somebody who is wrong in the cells ``at`` and right from there on."""
    entries, wrong = {}, set()
    for number, cell in enumerate(in_order_of_work(sheet)):
        if number in at:
            text = wrong_entry(data, cell, sheet)
            if text is not None:
                entries[cell.key] = text
                wrong.add(cell.key)
                continue
        carried = sheet.carried(cell.key, own_answers(sheet, entries))
        if all(math.isfinite(as_float(n)) for n in carried.numbers):
            entries[cell.key] = written(carried)
    return entries, wrong


@SHEETS
@examples(40)
@given(data=st.data())
def test_the_engines_own_answers_score_full(sheets, data):
    sheet = drawn(data, sheets)
    for mark_ in ".,":
        entries = {c.key: sheet.expected(c.key).text(mark_, digits=17) for c in sheet.asked}
        found = mark(sheet, entries)
        assert {(m.verdict, m.credit) for m in found.values()} == {(Verdict.RIGHT, 1.0)}


@SHEETS
@pytest.mark.parametrize("slips", [1, 3])
@examples(40)
@given(data=st.data())
def test_what_is_carried_on_correctly_is_never_wrong(sheets, slips, data):
    sheet = drawn(data, sheets)
    places = st.integers(0, len(sheet.asked) - 1)
    at = data.draw(st.sets(places, min_size=1, max_size=slips))
    entries, wrong = worked_out(data, sheet, at)
    for key, found in mark(sheet, entries).items():
        if key not in wrong and key in entries:
            assert found.verdict in GOOD, (key, entries[key], found)
            assert found.credit == 1.0


@SHEETS
@examples(25)
@given(data=st.data())
def test_right_answers_are_right_whatever_came_before(sheets, data):
    sheet = drawn(data, sheets)
    entries = full(sheet)
    at = data.draw(st.sets(st.integers(0, len(sheet.asked) - 1)))
    for number in at:
        cell = sheet.asked[number]
        entries[cell.key] = wrong_entry(data, cell, sheet) or "?"
    found = mark(sheet, entries)
    for number, cell in enumerate(sheet.asked):
        if number not in at:
            assert found[cell.key].verdict is Verdict.RIGHT


@SHEETS
@examples(25)
@given(data=st.data())
def test_no_wrong_cell_turns_right_with_another_decimal_mark(sheets, data):
    sheet = drawn(data, sheets)
    entries = full(sheet)
    cell = data.draw(st.sampled_from(sheet.asked))
    text = wrong_entry(data, cell, sheet)
    assume(text is not None and cell.kind == "numbers")
    found = mark(sheet, entries | {cell.key: text})[cell.key]
    other = mark(sheet, entries | {cell.key: text.replace(".", ",")})[cell.key]
    assert (found.verdict, found.credit, found.mistake) == (
        other.verdict,
        other.credit,
        other.mistake,
    )


ODD = (
    st.text(max_size=30)
    | st.text(alphabet="0123456789.,;/-+eE ()[]½∞٣１", max_size=25)
    | st.sampled_from(
        ("nan", "inf", "-inf", "1/0", "0/0", "1e999", "-1e999", "1e308", "1e-308", ",,,,,,", ";;;")
    )
    | st.sampled_from(("9" * 500, "1/" * 100, "(" * 300, "-", "—", "\x00", "\ud800", "1e5/1e-300"))
)


@SHEETS
@examples(60)
@given(data=st.data())
def test_nothing_that_is_typed_raises(sheets, data):
    sheet = sheet_from(data, sheets)
    cells = data.draw(st.lists(st.sampled_from(sheet.asked), max_size=6))
    entries = {cell.key: data.draw(ODD) for cell in cells}
    base = full(sheet) if finite(sheet) and data.draw(st.booleans()) else {}
    for found in mark(sheet, base | entries).values():
        assert 0.0 <= found.credit <= 1.0
        for locale in LOCALES:
            assert all(message_text(reason, locale) for reason in found.reasons)


@SHEETS
@examples(25)
@given(data=st.data())
def test_marking_is_pure(sheets, data):
    """The same entries have the same marks, in any order, after any others."""
    sheet = drawn(data, sheets)
    before = [sheet.expected(cell.key) for cell in sheet.cells]
    at = data.draw(st.sets(st.integers(0, len(sheet.asked) - 1), max_size=4))
    entries, _ = worked_out(data, sheet, at)
    kept = dict(entries)
    first = mark(sheet, entries)
    others = {c.key: data.draw(ODD) for c in data.draw(st.lists(st.sampled_from(sheet.asked)))}
    mark(sheet, entries | others)
    order = data.draw(st.permutations(list(entries)))
    again = mark(sheet, {key: entries[key] for key in order})
    assert again == first
    assert list(again) == [cell.key for cell in sheet.asked]
    assert entries == kept
    assert [sheet.expected(cell.key) for cell in sheet.cells] == before


def digest():
    """A fingerprint of all exercises with a few seeds."""
    found = hashlib.sha256()
    for exercise in exercises():
        for seed in (0, 1, 77):
            variant = exercise.variant(seed)
            found.update(variant.statement("es").encode())
            for cell in variant.sheet.cells:
                found.update(f"{cell.key}={variant.sheet.expected(cell.key).exact()}".encode())
    return found.hexdigest()


def test_a_seed_gives_the_same_variant_in_another_process():
    code = "from tests.exercises.test_properties import digest; print(digest())"
    environment = os.environ | {"PYTHONHASHSEED": "12345", "LC_ALL": "C", "LANG": "es_ES"}
    made = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert made.stdout.strip() == digest()


def test_options_say_different_things_in_every_language():
    """Or a choice, read in any language, could be taken for another one."""
    for exercise in exercises():
        for cell in exercise.variant().sheet.cells:
            words = [
                {message_text(option.label, locale).casefold() for locale in LOCALES}
                | {option.code.casefold()}
                for option in cell.options
            ]
            for number, one in enumerate(words):
                assert all(one.isdisjoint(other) for other in words[:number]), cell.key


@examples(60)
@given(data=st.data(), document=small_documents())
def test_a_wrong_parameter_goes_on_as_if_it_had_been_set(data, document):
    """What follows from a wrong new weight is what the engine computes with that weight."""
    # With the timing "during" it would have a part in the deltas of its own iteration, too.
    conventions = replace(document.conventions, update_timing="after")
    document = replace(document, conventions=conventions)
    groups = frozenset(ASKED)
    question = TraceQuestion(last=2, shown=groups, asked=groups, layout="list")
    try:
        sheet = TraceSheet(document, question)
    except NnsimError:
        assume(False)
    assume(finite(sheet))
    news = [c for c in sheet.asked if sheet.quantities(c.key)[1][0].kind in ("w+", "b+")]
    firsts = [c for c in news if sheet.quantities(c.key)[0] == 1 and c.size == 1]
    assume(firsts)
    cell = data.draw(st.sampled_from(firsts))
    text = wrong_entry(data, cell, sheet)
    assume(text is not None)
    (quantity,) = sheet.quantities(cell.key)[1]
    name = f"{quantity.kind[0]}:{quantity.owner}"
    index = (quantity.row, quantity.column) if quantity.kind == "w+" else (quantity.row,)
    other = set_parameter(document, name, index, float(text), iteration=1)
    record = TraceSheet(other, question).session.record(2)
    assume(record.metrics.samples == sheet.session.record(2).metrics.samples)
    own = own_answers(sheet, {cell.key: text})
    assume(own)
    for later in sheet.asked:
        iteration, quantities = sheet.quantities(later.key)
        if iteration == 2:
            carried = sheet.carried(later.key, own).numbers
            engine = [record.value(q) for q in quantities]
            for mine, theirs in zip(carried, engine, strict=True):
                assert close(mine, theirs, 1e-9 * max(1.0, abs(float(theirs)))), later.key
