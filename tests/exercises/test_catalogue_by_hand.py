"""Exercises solved as a student does: from the statement alone, every number rounded as asked."""

import math
import re

import pytest

from nnsim.exercises.bank import exercise_of
from nnsim.exercises.marking import Verdict, mark

NUMBER = r"(-?\d+(?:\.\d+)?)"
FOUND = {Verdict.RIGHT, Verdict.CONSISTENT}


def rounded(number):
    return round(number, 4)


def sigmoid(z):
    return rounded(1 / (1 + math.exp(-z)))


def numbers_in(pattern, statement):
    found = re.search(pattern.replace("#", NUMBER), " ".join(statement.split()))
    assert found, pattern
    return [float(number) for number in found.groups()]


@pytest.mark.parametrize("seed", range(10))
def test_a_step_of_backpropagation_with_four_decimals_is_never_wrong(seed):
    variant = exercise_of("xor-thresholds").variant(seed)
    text = variant.statement("en")
    weights = numbers_in("w13 = #, w23 = #, w14 = #, w24 = #, w35 = #, w45 = #", text)
    w13, w23, w14, w24, w35, w45 = weights
    b3, b4, b5 = numbers_in("b3 = #, b4 = #, b5 = #", text)
    x1, x2, wanted = numbers_in("x1 = # and x2 = #; the wanted output is #", text)
    (rate,) = numbers_in("learning rate is α = #,", text)
    a3, a4 = sigmoid(x1 * w13 + x2 * w23 + b3), sigmoid(x1 * w14 + x2 * w24 + b4)
    a5 = sigmoid(a3 * w35 + a4 * w45 + b5)
    d5 = rounded((a5 - wanted) * a5 * (1 - a5))
    d3, d4 = rounded(d5 * w35 * a3 * (1 - a3)), rounded(d5 * w45 * a4 * (1 - a4))
    entries = {
        "1.a.N3": a3,
        "1.a.N4": a4,
        "1.a.N5": a5,
        "1.e.y": wanted - a5,
        "1.delta.N5": d5,
        "1.delta.N3": d3,
        "1.delta.N4": d4,
        "1.new.w.N3.x1": w13 - rate * d3 * x1,
        "1.new.w.N3.x2": w23 - rate * d3 * x2,
        "1.new.b.N3": b3 - rate * d3,
        "1.new.w.N4.x1": w14 - rate * d4 * x1,
        "1.new.w.N4.x2": w24 - rate * d4 * x2,
        "1.new.b.N4": b4 - rate * d4,
        "1.new.w.N5.N3": w35 - rate * d5 * a3,
        "1.new.w.N5.N4": w45 - rate * d5 * a4,
        "1.new.b.N5": b5 - rate * d5,
    }
    marks = mark(variant.sheet, {key: f"{number:.4f}" for key, number in entries.items()})
    assert {m.verdict for m in marks.values()} <= FOUND


@pytest.mark.parametrize("seed", range(10))
def test_softmax_and_cross_entropy_with_four_decimals_are_never_wrong(seed):
    variant = exercise_of("softmax-cross-entropy").variant(seed)
    text = variant.statement("es").replace(",", ".")
    scores = numbers_in(r"s = \(#; #; #\)", text)
    wanted = int(numbers_in("correcta es la #", text)[0])
    exponentials = [rounded(math.exp(score)) for score in scores]
    total = rounded(sum(exponentials))
    shares = [rounded(exponential / total) for exponential in exponentials]
    entries = {"sum": total, "loss": -math.log(shares[wanted - 1])}
    for k in (1, 2, 3):
        entries |= {f"exp.{k}": exponentials[k - 1], f"p.{k}": shares[k - 1]}
    typed = {key: f"{number:.4f}".replace(".", ",") for key, number in entries.items()}
    assert {m.verdict for m in mark(variant.sheet, typed).values()} <= FOUND
