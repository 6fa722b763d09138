"""Formulas, typeset."""

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from nnsim.ui.bridge.glyphs import EM
from nnsim.ui.bridge.typesetting import typeset

pytestmark = pytest.mark.usefixtures("qapp")

# What the formulas of nnsim are made of, one of each.
FORMULAS = [
    r"\Sigma = x_{1}\,w_{1} + x_{2}\,w_{2} + b",
    r"\frac{\partial L}{\partial w_{11}^{\mathrm{C1}}} \approx 6{,}92493 \cdot 10^{-3}",
    r"S_{\mathrm{neu}} = \begin{cases} 1 & \Sigma \ge 0 \\ 0 & \Sigma < 0 \end{cases}",
    r"y = \frac{1}{1 + e^{-\left(-0.3775\right)}}",
    r"a = \max\left(0;\,-0{,}5\right)",
    r"L = \frac{1}{2} \sum_{j=1}^{n} \left(t_{j} - y_{j}\right)^{2}",
    r"w'_{1} - \sqrt{2} + \hat{y} + \left|x\right|",
    r"\mathrm{weight\ 50\%\ \lt\ 1} = \operatorname{softmax}(z)",
]


def ink(formula, em=40.0, margin=20):
    """The picture of a formula and how many of its pixels are dark."""
    width = round(formula.width / EM * em) + 2 * margin
    height = round(formula.height / EM * em) + 2 * margin
    image = QImage(width, height, QImage.Format.Format_Grayscale8)
    image.fill(255)
    painter = QPainter(image)
    formula.paint(painter, margin, margin + formula.ascent / EM * em, em, QColor("black"))
    painter.end()
    return image, sum(byte < 128 for byte in bytes(image.constBits()))


def dark_edge(image, margin=20):
    """Whether anything is painted in the outer half of the margin."""
    whole = [image.pixelColor(x, y).lightness() for x in range(image.width()) for y in (0, 9)]
    whole += [image.pixelColor(x, image.height() - 10).lightness() for x in range(image.width())]
    whole += [image.pixelColor(9, y).lightness() for y in range(image.height())]
    return min(whole) < 200


@pytest.mark.parametrize("latex", FORMULAS)
def test_every_kind_of_formula_is_read_and_painted_within_its_size(latex):
    formula = typeset(latex)

    image, dark = ink(formula)

    assert not formula.unread
    assert dark > 100
    assert not dark_edge(image)


def test_other_digits_take_the_same_room_so_that_nothing_moves_while_playing():
    assert typeset("z = 0.125").width == typeset("z = 9.847").width


def test_a_decimal_comma_is_no_list():
    assert typeset("0{,}5").width < typeset("0,5").width


@pytest.mark.parametrize("before", ["", "a =", "a +", r"0;\,", "("])
def test_the_sign_of_a_number_stands_close_to_it(before):
    with_sign, without = typeset(f"{before} -1").width, typeset(f"{before} 1").width
    assert with_sign - without == pytest.approx(typeset("-").width, abs=1)


def test_the_sign_of_a_subtraction_stands_apart():
    assert typeset("a - 1").width > typeset("a").width + typeset("-1").width + 0.3 * EM


def test_a_fraction_is_as_wide_as_its_wider_half():
    wide = typeset("1234").width
    assert wide < typeset(r"\frac{1}{1234}").width < wide + 0.3 * EM
    assert typeset(r"\frac{1}{1234}").height > 2 * typeset("1234").height


def test_brackets_grow_with_what_they_hold():
    small, high = typeset(r"\left(1\right)"), typeset(r"\left(\frac{1}{2}\right)")
    very_high = typeset(r"\left(\frac{\frac{1}{2}}{\frac{\frac{1}{2}}{3}}\right)")

    assert small.height < high.height < very_high.height
    assert very_high.height >= typeset(r"\frac{\frac{1}{2}}{\frac{\frac{1}{2}}{3}}").height


@pytest.mark.parametrize("marks", ["lfloor rfloor", "lceil rceil", "langle rangle", "lvert rvert"])
def test_brackets_with_a_name_grow_as_round_ones_do(marks):
    left, right = marks.split()
    named = typeset(rf"\left\{left}\frac{{1}}{{2}}\right\{right}")
    round_ones = typeset(r"\left(\frac{1}{2}\right)")

    # Spelt out instead of drawn they would be several times as wide.
    assert named.width <= 1.1 * round_ones.width
    assert named.height == pytest.approx(round_ones.height, rel=0.1)


def test_a_long_formula_goes_on_in_further_lines_none_wider_than_allowed():
    latex = r"\Sigma = " + " + ".join(rf"0.{k}5 \cdot 0.{k}" for k in range(1, 9))
    one_line, lines = typeset(latex), typeset(latex, width=12)

    assert one_line.width > 12 * EM
    assert lines.width <= 12 * EM
    assert lines.height > 2 * one_line.height


def test_a_formula_that_fits_stays_in_one_line():
    assert typeset("a = b + c", width=50).height == typeset("a = b + c").height


def test_brackets_are_not_torn_apart():
    latex = r"a = (b + c + d + e + f + g)"
    assert typeset(latex, width=4).width >= typeset("(b + c + d + e + f + g)").width


@pytest.mark.parametrize(
    "latex", ["{", "}", r"\left(1", r"\frac{1}", "x^", r"\sqrt{", r"\begin{x}"]
)
def test_what_cannot_be_read_is_shown_as_it_is_written(latex):
    formula = typeset(latex)

    assert formula.unread
    assert formula.width > 0


def test_names_in_any_script_are_painted():
    for name in ("capa ñ", "слой", "w_1 & 2", "β"):
        escaped = name.replace("&", r"\&").replace("_", r"\_").replace(" ", r"\ ")
        plain, below = typeset(rf"\mathrm{{{escaped}}}"), typeset(rf"w_{{\mathrm{{{escaped}}}}}")
        assert plain.width > 0.3 * EM
        assert below.width > typeset("w").width + 0.5 * plain.width


def test_the_same_outline_serves_any_size_and_colour():
    formula = typeset("x = 1")
    _, small = ink(formula, em=60)
    _, large = ink(formula, em=240)
    assert large == pytest.approx(16 * small, rel=0.25)

    image = QImage(200, 60, QImage.Format.Format_RGB32)
    image.fill(QColor("#14181f"))
    painter = QPainter(image)
    formula.paint_centred(painter, QRectF(0, 0, 200, 60), 30, QColor("#e8ecf2"))
    painter.end()
    lightest = max(image.pixelColor(x, 30).lightness() for x in range(200))
    assert lightest > 220


def test_a_formula_in_a_box_that_is_too_small_is_painted_smaller():
    image = QImage(30, 30, QImage.Format.Format_Grayscale8)
    image.fill(255)
    painter = QPainter(image)
    typeset("a + b + c + d").paint_centred(painter, QRectF(5, 5, 20, 20), 30, QColor("black"))
    painter.end()

    rim = [image.pixelColor(x, y).lightness() for x in range(30) for y in (2, 27)]
    assert min(rim) > 200
    assert min(image.pixelColor(x, 15).lightness() for x in range(30)) < 200
