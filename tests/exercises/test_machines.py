"""Recurrent steps, the autoencoder, Boltzmann machines, the Markov chain and the SVM by hand."""

import math
import re

import pytest

from nnsim.core.messages import NnsimError
from nnsim.core.numbers import as_float
from nnsim.exercises.bank import GROUPS, exercise_of
from nnsim.exercises.forms import make_form
from nnsim.exercises.forms.base import FormSheet
from nnsim.exercises.marking import Verdict, mark, own_answers
from nnsim.explain.style import NumberStyle
from nnsim.language import LOCALES, has_text, message_text

FORMS = (
    "rnn-three-steps",
    "lstm-step",
    "gru-step",
    "boltzmann-four-units",
    "rbm-cd1",
    "markov-three-states",
    "svm-three-points",
)
ALL = (*FORMS, "autoencoder-2-1-2")
SEEDS = range(20)


def sheet_of(exercise, seed=0):
    return exercise_of(exercise).variant(seed).sheet


def answers(sheet):
    return {cell.key: sheet.expected(cell.key).exact() for cell in sheet.asked}


def number(sheet, key):
    return as_float(sheet.expected(key).numbers[0])


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


@pytest.mark.parametrize("exercise", ALL)
class TestEveryVariant:
    def test_the_engines_answers_are_right_and_follow_from_each_other(self, exercise):
        for seed in SEEDS:
            sheet = sheet_of(exercise, seed)
            entries = answers(sheet)
            assert {m.verdict for m in mark(sheet, entries).values()} == {Verdict.RIGHT}
            own = own_answers(sheet, entries)
            for cell in sheet.asked:
                expected = number(sheet, cell.key)
                assert math.isfinite(expected)
                (carried,) = sheet.carried(cell.key, own).numbers
                assert as_float(carried) == pytest.approx(expected, abs=1e-9), (seed, cell.key)

    def test_it_is_said_in_both_languages(self, exercise):
        loaded = exercise_of(exercise)
        assert loaded.group in GROUPS
        assert loaded.source
        variant = loaded.variant(1)
        for locale in LOCALES:
            assert variant.title(locale)
            # Every placeholder is filled; what is left in braces stands above or below a letter.
            assert not re.search(r"(?<![_^])\{", variant.statement(locale))
        assert variant.statement("es") != variant.statement("en")

    def test_every_cell_can_be_explained(self, exercise):
        sheet = sheet_of(exercise, 2)
        for cell in sheet.asked:
            working = sheet.working(cell.key, {}, NumberStyle())
            assert working.lines
            for locale in LOCALES:
                assert message_text(working.title, locale)
                if working.note is not None:
                    assert message_text(working.note, locale)


@pytest.mark.parametrize("exercise", FORMS)
class TestForms:
    def test_every_formula_gives_the_number_of_the_engine(self, exercise):
        """So a hint shows what is marked."""
        for seed in SEEDS:
            sheet = sheet_of(exercise, seed)
            for key, field in sheet._fields.items():
                if field.formula is None:
                    assert not field.asked
                    continue
                (formula,) = sheet._numbers(field, sheet._engine)
                assert as_float(formula) == pytest.approx(number(sheet, key), abs=1e-12), key

    def test_every_slip_has_its_words_and_some_variant_tells_it_apart(self, exercise):
        told = {}
        for seed in SEEDS:
            sheet = sheet_of(exercise, seed)
            for cell in sheet.asked:
                for mistake in sheet.mistakes(cell.key, {}):
                    assert has_text(f"mistake.{mistake.code}")
                    found = mark(sheet, {cell.key: mistake.answer.exact()})[cell.key]
                    told.setdefault(mistake.code, set()).add(found.mistake)
        never = [code for code, names in told.items() if code not in names]
        assert not never


def test_the_rnn_reads_1_2_3():
    """By hand: h_t = tanh(0.5 x + 0.8 h - 0.2)."""
    sheet, h = sheet_of("rnn-three-steps"), 0.0
    for step, x in enumerate((1, 2, 3), 1):
        h = math.tanh(0.5 * x + 0.8 * h - 0.2)
        assert number(sheet, f"h{step}") == pytest.approx(h, abs=1e-15)
    assert [sheet.expected(f"h{k}").text(digits=4) for k in (1, 2, 3)] == [
        "0.2913",
        "0.7751",
        "0.9579",
    ]


def test_the_rnn_starts_from_the_state_that_is_given():
    given = {"inputs": [1.0], "w": 0.5, "u": 0.8, "b": 0.0, "state": 0.5, "activation": "sigmoid"}
    sheet = FormSheet(make_form("rnn_steps", given))
    assert number(sheet, "h1") == pytest.approx(sigmoid(0.9), abs=1e-15)


def test_every_gate_of_the_lstm():
    sheet = sheet_of("lstm-step")
    f, i = sigmoid(0.5 + 0.2 + 1), sigmoid(0.7 - 0.1 + 0.1)
    g, o = math.tanh(0.9 + 0.3 - 0.3), sigmoid(0.3 + 0.4 + 0.2)
    c = f * 0.8 + i * g
    wanted = {"f": f, "i": i, "g": g, "o": o, "c": c, "h": o * math.tanh(c)}
    for key, value in wanted.items():
        assert number(sheet, key) == pytest.approx(value, abs=1e-15), key


def test_every_gate_of_the_gru():
    sheet = sheet_of("gru-step")
    r, z = sigmoid(0.6 - 0.2 + 0.1), sigmoid(0.4 + 0.4 - 0.5)
    n = math.tanh(0.9 + 1.2 * r * 0.5 - 0.2)
    for key, value in {"r": r, "z": z, "n": n, "h": (1 - z) * n + z * 0.5}.items():
        assert number(sheet, key) == pytest.approx(value, abs=1e-15), key


def test_the_autoencoder_comes_to_its_code_its_reconstruction_and_its_mse():
    sheet = sheet_of("autoencoder-2-1-2")
    code = sigmoid(0.8 * 0.9 + 0.6 * 0.2 - 0.2)
    first, second = sigmoid(1.2 * code + 0.1), sigmoid(0.5 * code - 0.1)
    mse = ((0.9 - first) ** 2 + (0.2 - second) ** 2) / 2
    wanted = {"1.a.c": code, "1.a.r[1]": first, "1.a.r[2]": second, "1.loss": mse}
    for key, value in wanted.items():
        assert number(sheet, key) == pytest.approx(value, abs=1e-15), key


def test_energies_z_and_p_of_the_boltzmann_machine():
    sheet = sheet_of("boltzmann-four-units")
    links = {(0, 1): 1, (0, 2): -0.5, (0, 3): 0.5, (1, 2): 0.5, (1, 3): -1, (2, 3): 1}
    biases = (0.5, -0.5, 0, -1)
    factors = {}
    for bits in range(16):
        s = [int(bit) for bit in f"{bits:04b}"]
        energy = -sum(w * s[i] * s[j] for (i, j), w in links.items())
        energy -= sum(b * on for b, on in zip(biases, s, strict=True))
        assert number(sheet, f"E{bits:04b}") == pytest.approx(energy, abs=1e-15)
        factors[f"{bits:04b}"] = math.exp(-energy)
    z = sum(factors.values())
    assert number(sheet, "Z") == pytest.approx(z, rel=1e-14)
    total = 0.0
    for v in ("00", "01", "10", "11"):
        p = sum(factor for s, factor in factors.items() if s.startswith(v)) / z
        assert number(sheet, f"p{v}") == pytest.approx(p, rel=1e-13)
        total += number(sheet, f"p{v}")
    assert total == pytest.approx(1.0, abs=1e-14)


def test_one_step_of_contrastive_divergence():
    """With u = (0.35, 0.72): h = (1, 0); with (0.28, 0.55, 0.81): v' = (1, 0, 0)."""
    sheet = sheet_of("rbm-cd1")
    p = [sigmoid(0.5 + 0.8 - 0.1), sigmoid(-0.6 + 0.2 + 0.3)]
    q = [sigmoid(0.5 + 0.1), sigmoid(-0.3 - 0.2), sigmoid(0.8)]
    r = [sigmoid(0.5 - 0.1), sigmoid(-0.6 + 0.3)]
    wanted = {f"p{j + 1}": p[j] for j in range(2)} | {f"q{i + 1}": q[i] for i in range(3)}
    wanted |= {"h1": 1, "h2": 0, "v1": 1, "v2": 0, "v3": 0, "r1": r[0], "r2": r[1]}
    for j in range(2):
        wanted |= {f"dw{j + 1}1": 0.5 * (p[j] - r[j]), f"dw{j + 1}2": 0, f"dw{j + 1}3": 0.5 * p[j]}
    for key, value in wanted.items():
        assert number(sheet, key) == pytest.approx(value, abs=1e-15), key


def test_three_steps_of_the_market_and_where_it_ends():
    sheet = sheet_of("markov-three-states")
    assert [number(sheet, f"a1{j}") for j in (1, 2, 3)] == [0.9, 0.075, 0.025]
    steps = {
        1: (0.15, 0.8, 0.05),
        2: (0.2675, 0.66375, 0.06875),
        3: (0.3575, 0.56825, 0.07425),
        "end": (0.625, 0.3125, 0.0625),
    }
    for step, wanted in steps.items():
        keys = [f"end_{j}" if step == "end" else f"p{step}_{j}" for j in (1, 2, 3)]
        assert [number(sheet, key) for key in keys] == pytest.approx(wanted, abs=1e-14)


def test_the_margin_of_three_points():
    sheet = sheet_of("svm-three-points")
    wanted = {"w1": 0.4, "w2": 0.8, "b": -2.2, "margin": math.sqrt(5)}
    wanted |= {"alpha1": 0.4, "alpha2": 0, "alpha3": 0.4, "f1": -1, "f2": -1.4, "f3": 1}
    for key, value in wanted.items():
        assert number(sheet, key) == pytest.approx(value, abs=1e-12), key


@pytest.mark.parametrize(
    ("exercise", "key", "wrong", "mistake"),
    [
        ("rnn-three-steps", "s2", 0.8, "state_forgotten"),
        ("rnn-three-steps", "s2", 0.5 * 2 + 0.8 * 0.3 - 0.2, "sum_for_state"),
        ("rnn-three-steps", "h1", sigmoid(0.3), "sigmoid_for_tanh"),
        ("lstm-step", "g", sigmoid(0.9), "sigmoid_for_tanh"),
        ("lstm-step", "f", math.tanh(1.7), "tanh_for_sigmoid"),
        ("lstm-step", "h", sigmoid(0.9) * 1.155051, "tanh_forgotten"),
        ("gru-step", "s_n", 0.9 + 1.2 * 0.5 - 0.2, "reset_forgotten"),
        ("gru-step", "h", 0.574443 * 0.790767 + 0.425557 * 0.5, "other_convention"),
        ("boltzmann-four-units", "E1111", -1.5 * 2 + 1, "links_twice"),
        ("boltzmann-four-units", "p00", 18.4136 * 0.182901, "not_divided_by_z"),
        ("rbm-cd1", "h1", 0, "random_number_above"),
        ("rbm-cd1", "dw13", -0.384262, "phases_exchanged"),
        ("rbm-cd1", "dw11", 0.5 * 0.768525, "negative_phase_forgotten"),
        ("markov-three-states", "p1_1", 0.075, "rows_for_columns"),
        ("markov-three-states", "end_1", 0.0875, "not_normalised"),
        ("svm-three-points", "margin", math.sqrt(5) / 2, "half_margin"),
        ("svm-three-points", "margin", 2.5, "norm_not_rooted"),
        ("svm-three-points", "w1", -0.4, "sign"),
        ("svm-three-points", "w1", 1.2, "labels_forgotten"),
    ],
)
def test_known_mistakes_have_their_names(exercise, key, wrong, mistake):
    sheet = sheet_of(exercise)
    found = mark(sheet, answers(sheet) | {key: f"{wrong:.6f}"})[key]
    assert (found.verdict, found.mistake) == (Verdict.WRONG, mistake)
    for locale in LOCALES:
        assert message_text(found.reasons[0], locale)


def refusal(kind, given):
    with pytest.raises(NnsimError) as caught:
        make_form(kind, given)
    return caught.value.messages[0]


def test_what_cannot_be_asked_is_refused():
    points = [[0, 0], [1, 1], [2, 2]]
    given = {"points": points, "labels": [1, -1, 1]}
    assert refusal("svm_three_points", given).code == "forms.svm.not_separable"
    given = {"points": points, "labels": [1, 1, 1]}
    assert refusal("svm_three_points", given).code == "forms.svm.labels"
    # The edge of the two leans against the third: all three hold the margin.
    given = {"points": [[0, 1], [0, -1], [2, 0]], "labels": [-1, -1, 1]}
    found = refusal("svm_three_points", given)
    assert (found.code, found.params["found"]) == ("forms.svm.two_support_vectors", 3)
    given = {"moves": [[0.9, 0.2], [0.1, 0.1], [0.1, 0.1]], "start": 1}
    assert refusal("markov_chain", given).code == "forms.markov.more_than_1"
    given = {"moves": [[0, 0], [0, 0], [0.1, 0.1]], "start": 1}
    assert refusal("markov_chain", given).code == "forms.markov.no_single_end"


@pytest.mark.parametrize(
    ("kind", "given", "place"),
    [
        ("gru_step", {"x": 1, "h": "a"}, "h"),
        ("boltzmann_machine", {"links": [1, 2, 3], "biases": [1, 2, 3, 4]}, "document"),
        ("markov_chain", {"moves": [[0.1, 0.1]] * 3, "start": 4}, "start"),
        ("rnn_steps", {"inputs": [1], "w": 1, "u": 1, "colour": 1}, "colour"),
    ],
)
def test_what_is_given_is_read_strictly(kind, given, place):
    with pytest.raises(NnsimError) as caught:
        make_form(kind, given)
    assert place in {message.params["place"] for message in caught.value.messages}
