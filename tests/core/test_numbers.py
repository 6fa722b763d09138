"""Numbers as people write and read them."""

import contextlib
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnsim.core.messages import NnsimError
from nnsim.core.numbers import exact, exact_text, format_number, joined, parse_number


def code(text):
    with pytest.raises(NnsimError) as error:
        parse_number(text)
    return error.value.messages[0].code


class TestTyped:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("0.5", 0.5),
            ("0,5", 0.5),
            ("1/2", 0.5),
            (" -3 ", -3.0),
            ("−0,25", -0.25),  # the typographic minus
            ("+.5", 0.5),
            (",5", 0.5),
            ("5.", 5.0),
            ("1e-3", 0.001),
            ("1 / 3", 1 / 3),
            ("0.3/0.1", 3.0),
            ("-1/-4", 0.25),
            ("0,1/0,2", 0.5),
            ("50 890", 50890.0),
            ("-1\u202f234\u202f567,5", -1234567.5),  # thin spaces that do not break
        ],
    )
    def test_decimal_point_comma_and_fraction(self, text, value):
        assert parse_number(text) == value

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "-",
            "abc",
            "1,000.5",
            "1.000.000",
            "1/2/3",
            "nan",
            "NaN",
            "inf",
            "1_000",
            "0x10",
            "1e9999",
            "½",
            "1/",
            "1 1/2",
            "0.5 1",
            "3 5",
            "1 00",
            "1234 567",
        ],
    )
    def test_what_is_no_number_is_said_to_be_none(self, text):
        assert code(text) == "number.unreadable"

    def test_neither_is_what_is_too_long(self):
        assert code("1" * 65) == "number.unreadable"

    def test_division_by_zero_and_numbers_beyond_floats(self):
        assert code("1/0") == "number.zero_denominator"
        assert code("1e999") == "number.too_large"
        assert code("1e300/1e-300") == "number.too_large"

    @given(st.text(max_size=80))
    def test_any_text_gives_a_finite_number_or_a_message(self, text):
        # Any other exception would fail the test.
        with contextlib.suppress(NnsimError):
            assert math.isfinite(parse_number(text))

    @given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(".,"))
    def test_what_is_written_with_all_digits_is_read_back_bit_for_bit(self, value, mark):
        read = parse_number(exact_text(value, mark))
        assert read == value


class TestShown:
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (1.0, "1"),
            (-0.0, "0"),
            (0.5, "0.5"),
            (1 / 3, "0.333333"),
            (Fraction(-3, 2), "-1.5"),
            (1e-9, "1e-9"),
            (1234567.0, "1.23457e6"),
            (math.nan, "NaN"),
            (math.inf, "∞"),
            (-math.inf, "-∞"),
        ],
    )
    def test_six_digits_at_most_and_no_padding(self, value, shown):
        assert format_number(value) == shown

    def test_the_decimal_mark_is_that_of_the_reader(self):
        assert format_number(-0.5, ",") == "-0,5"

    def test_all_digits_in_the_shortest_text(self):
        assert exact_text(0.1) == "0.1"
        assert exact_text(-0.0) == "0"
        assert exact_text(2.0) == "2"
        assert exact_text(Fraction(1, 3)) == "0.3333333333333333"
        assert exact_text(math.nan) == "nan"


class TestJoined:
    def test_one_number_stands_alone(self):
        assert joined(["0.5"]) == "0.5"
        assert joined([]) == ""

    def test_several_stand_in_brackets(self):
        assert joined(["0.5", "1"]) == "(0.5, 1)"

    def test_a_decimal_comma_is_not_what_parts_them(self):
        assert joined(["0,5", "1"], ",") == "(0,5; 1)"


class TestExact:
    def test_a_typed_decimal_is_that_fraction(self):
        assert exact(0.1) + exact(0.2) - exact(0.3) == 0

    def test_a_typed_fraction_is_found_again(self):
        assert exact(1 / 3) == Fraction(1, 3)

    def test_whole_numbers_stay_exact_at_any_size(self):
        assert exact(10**30) == 10**30

    @pytest.mark.parametrize("value", [math.nan, math.inf])
    def test_what_is_no_number_is_no_fraction(self, value):
        with pytest.raises(ValueError):
            exact(value)

    @given(st.floats(allow_nan=False, allow_infinity=False))
    def test_the_fraction_is_always_the_same_float(self, value):
        assert float(exact(value)) == value


def test_an_exact_number_beyond_all_floats_is_infinite():
    assert format_number(10**400) == "∞"
    assert format_number(Fraction(-(10**400), 3)) == "-∞"
    assert exact_text(10**400) == "inf"
