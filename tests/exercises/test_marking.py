"""Marking of traces: right, consistent, wrong by name, unreadable."""

import pytest

from nnsim.document.examples import load_example
from nnsim.exercises.bank import exercise_of
from nnsim.exercises.marking import Verdict, mark, own_answers
from nnsim.exercises.question import TraceQuestion
from nnsim.exercises.tracing import TraceSheet
from nnsim.session.cells import Group
from nnsim.session.table import COURSE_GROUPS


@pytest.fixture(scope="module")
def or_sheet():
    asked = frozenset({Group.SUMS, Group.OUTPUTS, Group.AFTER})
    return TraceSheet(load_example("or-gate"), TraceQuestion(shown=COURSE_GROUPS, asked=asked))


@pytest.fixture(scope="module")
def net_sheet():
    """Everything of one iteration of the 2-2-2 net, a number a line."""
    hidden = {Group.ITERATION, Group.EPOCH, Group.SAMPLE, Group.INPUTS, Group.BEFORE, Group.TARGETS}
    hidden |= {Group.OUTPUTS, Group.CHANGE}
    groups = frozenset(set(Group) - hidden)
    question = TraceQuestion(last=1, shown=groups, asked=groups, layout="list", decimals=6)
    return TraceSheet(load_example("backprop-2-2-2"), question)


def answers(sheet, digits=12):
    return {c.key: sheet.expected(c.key).text(digits=digits) for c in sheet.asked}


def verdicts(sheet, entries, **changed):
    return mark(sheet, entries | changed)


def test_the_seven_rows_of_the_course_are_all_right(or_sheet):
    table = [
        ("1", "1", "-", "-1"),
        ("-1", "0", "-", "-"),
        ("-0.5", "0", "(0.5, 1)", "-"),
        ("0", "1", "-", "-"),
        ("-0.5", "0", "(1, 1)", "-"),
        ("0", "1", "-", "-"),
        ("1", "1", "-", "-"),
    ]
    columns = ("sums", "outputs", "w+", "b+")
    entries = {
        f"{row}.{column}": text
        for row, texts in enumerate(table, 1)
        for column, text in zip(columns, texts, strict=True)
    }
    marks = mark(or_sheet, entries)
    assert list(marks) == list(entries)
    assert {m.verdict for m in marks.values()} == {Verdict.RIGHT}


@pytest.mark.parametrize("sheet", ["or_sheet", "net_sheet"])
def test_the_engines_own_answers_are_all_right(sheet, request):
    sheet = request.getfixturevalue(sheet)
    marks = mark(sheet, answers(sheet))
    assert {(m.verdict, m.credit) for m in marks.values()} == {(Verdict.RIGHT, 1.0)}


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("3.sums", "-0,5"),
        ("3.sums", "-1/2"),
        ("3.sums", "−0.50"),
        ("3.w+", "0,5; 1"),
        ("3.w+", "(1/2; 1,0)"),
        ("3.w+", "0.5 1"),
        ("3.b+", "-1"),
        ("3.b+", "–"),
        ("2.w+", "(0.5, 0.5)"),
    ],
)
def test_numbers_may_be_written_in_any_way(or_sheet, key, text):
    assert mark(or_sheet, answers(or_sheet) | {key: text})[key].verdict is Verdict.RIGHT


def test_what_follows_from_an_earlier_slip_is_consistent_and_names_it(or_sheet):
    # b becomes 0 instead of -1: Σ of row 3 is 0.5, so it fires and nothing is to be changed.
    entries = answers(or_sheet) | {"1.b+": "0", "2.b+": "-", "3.sums": "0,5", "3.outputs": "1"}
    marks = mark(or_sheet, entries | {"2.sums": "0", "2.outputs": "1", "3.w+": "-"})
    assert marks["1.b+"].verdict is Verdict.WRONG
    for key in ("2.sums", "2.outputs", "3.sums", "3.outputs", "3.w+"):
        assert (key, marks[key].verdict) == (key, Verdict.CONSISTENT)
        assert marks[key].credit == 1.0
    (reason,) = marks["3.sums"].reasons
    assert reason.code == "mark.consistent"
    assert reason.params["row"].params["iteration"] == 1
    # Right answers stay right whatever came before.
    assert marks["3.b+"].verdict is Verdict.RIGHT


def test_in_a_list_the_row_alone_says_which_result_was_not_right():
    sheet = exercise_of("neuron-forward").variant(0).sheet
    keys = [cell.key for cell in sheet.asked]
    marks = mark(sheet, dict(zip(keys, ("0.35", "0.4", "0.65", "0.657"), strict=True)))
    (reason,) = marks[keys[2]].reasons
    assert reason.code == "mark.consistent_in_list"
    assert set(reason.params) == {"row"}


def test_a_wrong_choice_is_called_an_answer_and_no_value():
    sheet = exercise_of("output-layers").variant(0).sheet
    cell = next(cell for cell in sheet.asked if cell.kind == "choice")
    right = sheet.expected(cell.key).choice
    other = next(option.code for option in cell.options if option.code != right)
    (reason,) = mark(sheet, {cell.key: other})[cell.key].reasons
    assert reason.code == "mark.wrong_choice"


def test_a_silly_value_makes_nothing_free(or_sheet):
    entries = answers(or_sheet) | {"1.b+": "100000", "2.sums": "100000", "2.outputs": "1"}
    marks = mark(or_sheet, entries)
    assert marks["2.sums"].verdict is Verdict.WRONG
    assert marks["2.outputs"].verdict is Verdict.WRONG


def test_an_unreadable_entry_voids_its_own_cell_only(or_sheet):
    marks = mark(or_sheet, answers(or_sheet) | {"1.b+": "menos uno", "4.sums": "-"})
    assert marks["1.b+"].verdict is Verdict.UNREADABLE
    assert marks["1.b+"].reasons[0].code == "answer.unreadable"
    assert marks["4.sums"].reasons[0].code == "answer.dash"
    rest = {key: m for key, m in marks.items() if key not in ("1.b+", "4.sums")}
    assert {m.verdict for m in rest.values()} == {Verdict.RIGHT}


def test_a_wrong_choice_of_the_threshold_has_its_name(or_sheet):
    found = mark(or_sheet, answers(or_sheet) | {"4.outputs": "0"})["4.outputs"]
    assert (found.verdict, found.mistake) == (Verdict.WRONG, "threshold")


@pytest.mark.parametrize(
    ("key", "text", "mistake"),
    [
        ("1.sums", "0", "bias_forgotten"),
        ("2.sums", "1", "sign"),
        ("1.b+", "3", "uphill"),
        ("1.b+", "0", "rate_forgotten"),
        ("1.b+", "-", "should_change"),
        ("3.b+", "1", "bias_too"),
        ("3.w+", "(1, 0.5)", "swapped"),
        ("3.w+", "(0.5, 0)", "uphill"),
        ("6.w+", "(1.5, 1)", "should_not_change"),
    ],
)
def test_known_mistakes_of_the_or_exercise_are_named(or_sheet, key, text, mistake):
    found = mark(or_sheet, answers(or_sheet) | {key: text})[key]
    assert (found.verdict, found.mistake) == (Verdict.WRONG, mistake)


@pytest.mark.parametrize(
    ("key", "change", "mistake"),
    [
        ("1.loss", lambda v: 2 * v, "half"),
        ("1.loss", lambda v: v / 2, "mean_or_sum"),
        ("1.z.C1[1]", lambda v: v - 0.35, "bias_forgotten"),
        ("1.a.C1[1]", lambda v: 0.3775, "activation_forgotten"),
        ("1.e.y1", lambda v: -v, "error_sign"),
        ("1.delta.C2[1]", lambda v: 0.741365, "slope_forgotten"),
        ("1.new.w.C2[1].C1[1]", lambda v: 0.4 + (0.4 - v), "uphill"),
        ("1.new.w.C2[1].C1[1]", lambda v: 0.4 - 2 * (0.4 - v), "rate_forgotten"),
        ("1.a.C2[1]", lambda v: 0.75136, "rounding"),
    ],
)
def test_known_mistakes_of_backpropagation_are_named(net_sheet, key, change, mistake):
    right = float(answers(net_sheet)[key])
    found = mark(net_sheet, answers(net_sheet) | {key: f"{change(right):.9f}"})[key]
    assert (found.verdict, found.mistake) == (Verdict.WRONG, mistake)
    assert found.credit == (0.5 if mistake == "rounding" else 0.0)


def test_deltas_through_updated_weights_have_their_name(net_sheet):
    from dataclasses import replace

    document = load_example("backprop-2-2-2")
    during = replace(document.conventions, update_timing="during")
    other = TraceSheet(replace(document, conventions=during), net_sheet.question)
    key = "1.dL/da.C1[1]"
    found = mark(net_sheet, answers(net_sheet) | {key: answers(other)[key]})[key]
    assert (found.verdict, found.mistake) == (Verdict.WRONG, "updated_weights")


def test_a_slip_in_the_first_product_is_carried_through_the_whole_iteration(net_sheet):
    entries = answers(net_sheet)
    first = net_sheet.asked[0].key
    entries[first] = "0.3075"
    for number, cell in enumerate(net_sheet.asked[1:], 1):
        before = {c.key: entries[c.key] for c in net_sheet.asked[:number]}
        carried = net_sheet.carried(cell.key, own_answers(net_sheet, before))
        entries[cell.key] = carried.text(digits=12)
    marks = mark(net_sheet, entries)
    assert marks[first].verdict is Verdict.WRONG
    others = [m for key, m in marks.items() if key != first]
    assert {m.verdict for m in others} == {Verdict.RIGHT, Verdict.CONSISTENT}
    assert marks["1.new.w.C1[1].x1"].verdict is Verdict.CONSISTENT
    assert entries["1.loss"] != answers(net_sheet)["1.loss"]
