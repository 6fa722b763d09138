"""Numbers and names in formulas."""

from fractions import Fraction

import pytest

from nnsim.explain.style import NumberStyle, name_latex

POINT, COMMA = NumberStyle("."), NumberStyle(",")


@pytest.mark.parametrize(
    ("value", "point", "comma"),
    [
        (0.5, "0.5", "0{,}5"),
        (-0.5, "{-}0.5", "{-}0{,}5"),
        (1.0, "1", "1"),
        (-0.0, "0", "0"),
        (2, "2", "2"),
        (1.5e-9, r"1.5 \cdot 10^{-9}", r"1{,}5 \cdot 10^{-9}"),
        (-2e12, r"{-}2 \cdot 10^{12}", r"{-}2 \cdot 10^{12}"),
        (float("inf"), r"\infty", r"\infty"),
        (float("-inf"), r"{-}\infty", r"{-}\infty"),
        (float("nan"), r"\mathrm{NaN}", r"\mathrm{NaN}"),
    ],
)
def test_numbers_take_the_decimal_mark(value, point, comma):
    assert POINT.latex(value) == point
    assert COMMA.latex(value) == comma


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Fraction(1, 3), r"\frac{1}{3}"),
        (Fraction(-5, 6), r"{-}\frac{5}{6}"),
        (Fraction(1, 4), "0.25"),  # its decimals end
        (Fraction(3, 1), "3"),
        (Fraction(1, 7919), "0.000126279"),  # no fraction anyone would write
    ],
)
def test_exact_numbers_whose_decimals_never_end_are_fractions(value, written):
    assert POINT.latex(value) == written


def test_as_many_significant_digits_as_asked_for():
    assert NumberStyle(".", 3).latex(0.298371109) == "0.298"
    assert NumberStyle(",", 9).latex(0.298371109) == "0{,}298371109"


@pytest.mark.parametrize(
    ("value", "sign"),
    [
        (0.5, "="),
        (2.0 / 3.0, r"\approx"),
        (Fraction(2, 3), "="),
        (0.1 + 0.2, "="),  # dust of a float sum is not a rounding that is shown
        (float("inf"), "="),
        (float("nan"), "="),
        (0.0, "="),
    ],
)
def test_a_rounded_number_is_only_about_equal(value, sign):
    assert POINT.relation(value) == sign


def test_no_comma_between_arguments_beside_decimal_commas():
    assert "," in POINT.separator.replace(r"\,", "")
    assert ";" in COMMA.separator


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("N1", r"\mathrm{N1}"),
        ("capa oculta", r"\mathrm{capa\ oculta}"),
        ("50 %", r"\mathrm{50\ \%}"),
        ("a_b^c{d}$", r"\mathrm{a\ bc(d)}"),
        ("una neurona con un nombre largo", r"\mathrm{una\ neurona\ c…}"),
    ],
)
def test_names_are_upright_text_whatever_is_in_them(name, written):
    assert name_latex(name) == written
