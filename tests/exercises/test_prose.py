"""Running text: names below the line, powers above it, lines that stay lines."""

import pytest

from nnsim.exercises import bank
from nnsim.exercises.prose import in_html, in_latex, in_markdown, paragraphs


@pytest.mark.parametrize(
    ("text", "html", "latex"),
    [
        ("S_real", "<i>S</i><sub>real</sub>", r"$S_{\text{real}}$"),
        ("w_{12} y", "<i>w</i><sub>12</sub> y", "$w_{12}$ y"),
        ("x1", "<i>x</i><sub>1</sub>", "$x_{1}$"),
        ("e^(−x)", "<i>e</i><sup>−x</sup>", "$e^{-x}$"),
        ("a < b & c", "a\u00a0&lt;\u00a0b &amp; c", r"a \textless{} b \& c"),
        ("(1, 2)\n(3, 4)", "(1, 2)<br>(3, 4)", "(1, 2)\\\\\n(3, 4)"),
        ("10 % de 137", "10 % de 137", r"10 \% de 137"),
        ("datos_mios.csv", "datos_mios.csv", r"datos\_mios.csv"),
    ],
)
def test_names_powers_and_lines(text, html, latex):
    assert in_html(text) == html
    assert in_latex(text) == latex


def test_markup_in_a_text_is_only_shown():
    assert in_html("<script>x</script>") == "&lt;script&gt;x&lt;/script&gt;"
    assert "\\" not in in_latex(r"\input{x}").replace(r"\textbackslash{}", "").replace(
        r"\{", ""
    ).replace(r"\}", "")


def test_blank_lines_part_paragraphs_and_other_lines_stay():
    assert paragraphs("one\n(1, 2)\n\n  two  three\n") == ["one\n(1, 2)", "two three"]
    assert in_markdown("a_b\nc") == "a_b\\\nc"


def test_no_statement_is_left_with_a_placeholder():
    for exercise in bank.exercises():
        for locale in ("es", "en"):
            assert "{" not in in_html(exercise.variant().statement(locale)), exercise.id


def test_the_catalogue_stands_in_the_order_of_the_course():
    groups = [exercise.group for exercise in bank.exercises()]
    assert list(dict.fromkeys(groups)) == [group for group in bank.GROUPS if group in groups]
    assert groups == sorted(groups, key=bank.GROUPS.index)
