"""Entries read as numbers: what has one meaning is read, what has two or none is refused."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnsim.core.messages import NnsimError
from nnsim.core.numbers import exact
from nnsim.exercises.answers import Answer, read_numbers
from nnsim.exercises.marking import Verdict, mark
from nnsim.language import LOCALES, message_text
from tests.support.exercise_sheets import sheet_with

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0,5", [HALF]),
        ("(0,1)", [Fraction(1, 10)]),
        ("1.000", [1]),
        ("50 890", [50890]),
        ("1e-3", [Fraction(1, 1000)]),
        ("1 / 3", [THIRD]),
        ("1/12345", [Fraction(1, 12345)]),
        ("٣", [3]),  # digits are digits in any script
        ("1;", [1]),
        ("1,", [1]),
    ],
)
def test_one_number(text, numbers):
    assert read_numbers(text, 1) == tuple(numbers)


@pytest.mark.parametrize(
    "text",
    [
        *("(0.5, 1)", "(0,5; 1)", "0,5, 1", "0,5 1", "0.5,1", "[0.5 1]", "0,5;1;", "1/2, 1"),
        *("1 / 2 1", "(0.5, 1, )", "0.5\t1", "{1/2; 1}"),
    ],
)
def test_two_numbers(text):
    assert read_numbers(text, 2) == (HALF, 1)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("0.5 -1", (HALF, -1)), ("0,5 −1", (HALF, -1)), ("- 1, 2", (-1, 2)), ("(0,1)", (0, 1))],
)
def test_two_numbers_with_signs_and_commas(text, numbers):
    assert read_numbers(text, 2) == numbers


@pytest.mark.parametrize(
    ("text", "count"),
    [("1, 2, 3", 3), ("1,2,3", 3), ("0.5,1.5", 2), ("1,5 2,5", 2), ("0,5", 1), ("1; 2", 2)],
)
def test_any_count_of_numbers(text, count):
    assert len(read_numbers(text, 0)) == count


@pytest.mark.parametrize(
    ("text", "size", "code"),
    [
        ("1 1/2", 1, "answer.unreadable"),  # neither 11/2 nor two numbers
        ("0.5 1", 1, "answer.unreadable"),
        ("½", 1, "answer.unreadable"),
        ("1.000.000", 1, "answer.unreadable"),
        ("nan", 1, "answer.unreadable"),
        ("1/0", 1, "answer.unreadable"),
        ("1e999", 1, "answer.unreadable"),
        ("0,5; 1", 1, "answer.count"),
        ("0.5", 2, "answer.count"),
        ("0.5 - 1", 2, "answer.unreadable"),  # a sum, or a pair?
        ("0,5,1", 2, "answer.ambiguous"),
        ("0,5,1,5", 2, "answer.ambiguous"),
        ("(1, 2", 2, "answer.unreadable"),
        ("0" * 500, 1, "answer.too_long"),
        ("1;" * 100, 0, "answer.too_many"),
    ],
)
def test_what_has_no_single_meaning_is_refused_with_a_reason(text, size, code):
    with pytest.raises(NnsimError) as caught:
        read_numbers(text, size)
    assert caught.value.messages[0].code == code
    assert all(message_text(caught.value.messages[0], locale) for locale in LOCALES)


FRACTIONS = st.fractions(max_denominator=10_000) | st.floats(-1e6, 1e6).map(exact)


@given(st.lists(FRACTIONS, min_size=1, max_size=5))
def test_what_is_written_reads_back_whatever_the_decimal_mark(numbers):
    answer = Answer(tuple(float(n) for n in numbers))
    read = [read_numbers(answer.exact(mark_), len(numbers)) for mark_ in ".,"]
    assert read[0] == read[1]
    assert [float(n) for n in read[0]] == list(answer.numbers)


def test_an_exact_number_may_be_written_as_its_fraction_or_with_all_its_decimals():
    sheet = sheet_with(Fraction(1, 12347))
    for text in ("1/12347", repr(1 / 12347)):
        assert mark(sheet, {"n": text})["n"].verdict is Verdict.RIGHT
    assert mark(sheet, {"n": "1/12346"})["n"].verdict is Verdict.WRONG
