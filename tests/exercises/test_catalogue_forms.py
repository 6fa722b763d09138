"""The forms on outputs, losses and activations: figures, formulas held to the engine, slips."""

import math
from dataclasses import replace

import numpy as np
import pytest

from nnsim.core.messages import NnsimError
from nnsim.document.model import frozen_array
from nnsim.document.templates import gate_neuron
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.losses import LossSpec, make_loss
from nnsim.engine.record import Quantity
from nnsim.exercises.bank import exercise_of
from nnsim.exercises.forms import make_form
from nnsim.exercises.forms.base import Values
from nnsim.exercises.marking import Verdict, mark
from nnsim.explain.expression import Expression
from nnsim.session import Session

FORMS = [
    "output-layers",
    "mae-mse-mape",
    "binary-cross-entropy",
    "softmax-cross-entropy",
    "multiclass-hinge",
    "activation-functions",
    "maxout-winner",
]


def sheet_of(exercise):
    return exercise_of(exercise).variant().sheet


def number(sheet, key):
    (found,) = sheet.expected(key).numbers
    return float(found)


@pytest.mark.parametrize("name", FORMS)
def test_every_formula_gives_the_engines_number(name):
    exercise = exercise_of(name)
    formulas = 0
    for seed in range(12):
        task = exercise.variant(seed).task
        form = make_form(task.kind, task.given)
        engine = {f.key: (f.value,) for f in form.fields if not f.options}
        assert all(value is not None for (value,) in engine.values())
        symbols = {f.key: f.symbol for f in form.fields}
        for field in form.fields:
            if field.formula is None:
                continue
            formula = field.formula(Values(engine.__getitem__, symbols))
            assert isinstance(formula, Expression)
            expected = pytest.approx(field.value, rel=1e-12, abs=1e-14)
            assert float(formula.value()) == expected, (seed, field.key)
            formulas += 1
    assert formulas or name == "output-layers"


def test_16_what_goes_with_what():
    sheet = sheet_of("output-layers")
    units = [number(sheet, f"units.{name}") for name in ("price", "spam", "digit", "labels")]
    assert units == [1, 1, 10, 5]
    chosen = {c.key: sheet.expected(c.key).choice for c in sheet.cells if c.options}
    assert chosen == {
        "activation.price": "identity",
        "loss.price": "mse",
        "activation.spam": "sigmoid",
        "loss.spam": "binary_cross_entropy",
        "activation.digit": "softmax",
        "loss.digit": "cross_entropy",
        "activation.labels": "sigmoid",
        "loss.labels": "binary_cross_entropy",
    }


def test_17_mae_mse_and_mape():
    sheet = sheet_of("mae-mse-mape")
    assert number(sheet, "mae") == pytest.approx(10, abs=1e-12)
    assert number(sheet, "mse") == pytest.approx(100, abs=1e-12)
    assert number(sheet, "mape") == pytest.approx(6.1111, abs=5e-5)


def test_18_binary_cross_entropy():
    # By hand: -ln 0.9, -ln 0.8, -ln 0.4, -ln 0.3
    sheet = sheet_of("binary-cross-entropy")
    terms = [number(sheet, f"term.{k}") for k in (1, 2, 3, 4)]
    assert terms == pytest.approx([-math.log(p) for p in (0.9, 0.8, 0.4, 0.3)], abs=1e-12)
    assert number(sheet, "binary_cross_entropy") == pytest.approx(sum(terms) / 4, abs=1e-12)


def test_19_softmax_and_cross_entropy():
    # CS231n: 0.058, 2.36, 1.32; 0.016 (rounded up there), 0.631, 0.353; 1.04
    sheet = sheet_of("softmax-cross-entropy")
    found = [number(sheet, f"exp.{k}") for k in (1, 2, 3)]
    assert found == pytest.approx([0.058, 2.36, 1.32], abs=5e-3)
    found = [number(sheet, f"p.{k}") for k in (1, 2, 3)]
    assert found == pytest.approx([0.016, 0.631, 0.353], abs=6e-4)
    assert number(sheet, "loss") == pytest.approx(1.04, abs=5e-3)


def test_20_the_hinge_of_the_same_scores():
    sheet = sheet_of("multiclass-hinge")
    found = [number(sheet, key) for key in ("margin.1", "margin.2", "loss")]
    assert found == pytest.approx([0, 1.58, 1.58], abs=1e-12)


def test_20_the_loss_of_the_sheet_is_that_of_the_engine_where_rivals_differ():
    form = make_form("multiclass_hinge", {"scores": [2.0, 1.5, 1.0], "wanted": 3})
    loss = next(f for f in form.fields if f.key == "loss")
    engine = make_loss(LossSpec("multiclass_hinge"))
    assert loss.value == engine.value(np.array([[2.0], [1.5], [1.0]]), np.array([[0.0], [0], [1]]))
    assert loss.value == 2.0  # and not 3.5, the sum over both rivals


def test_21_six_functions_and_their_derivatives():
    # By the definitions of the course; with math, not with the engine.
    sheet = sheet_of("activation-functions")
    for k, x in enumerate((-2, -1, 0, 1, 2), 1):
        sigmoid, tanh = 1 / (1 + math.exp(-x)), math.tanh(x)
        expected = {
            "step": float(x >= 0),
            "d_step": 0.0,
            "sigmoid": sigmoid,
            "d_sigmoid": sigmoid * (1 - sigmoid),
            "tanh": tanh,
            "d_tanh": 1 - tanh**2,
            "relu": max(0.0, x),
            "d_relu": float(x > 0),
            "leaky_relu": max(0.1 * x, x),
            "d_leaky_relu": 1.0 if x > 0 else 0.1,
            "elu": x if x >= 0 else math.exp(x) - 1,
            "d_elu": 1.0 if x >= 0 else math.exp(x),
        }
        found = {name: number(sheet, f"{name}.{k}") for name in expected}
        assert found == pytest.approx(expected, abs=1e-12)


def test_22_the_winner_of_each_sample():
    # By hand: (0.5, 1.5, 2.5), (-0.75, 1, 0.75), (3, -2, 1.5)
    sheet = sheet_of("maxout-winner")
    sums = [[number(sheet, f"z{j}.{k}") for j in (1, 2, 3)] for k in (1, 2, 3)]
    assert sums == [[0.5, 1.5, 2.5], [-0.75, 1, 0.75], [3, -2, 1.5]]
    assert [number(sheet, f"max.{k}") for k in (1, 2, 3)] == [2.5, 1, 3]
    assert [number(sheet, f"winner.{k}") for k in (1, 2, 3)] == [3, 2, 1]


def test_22_the_sums_are_those_of_a_maxout_neuron_of_the_engine():
    exercise = exercise_of("maxout-winner")
    given, sheet = exercise.task.given, exercise.variant().sheet
    document = gate_neuron()
    weights = np.array(given["weights"], dtype=float)
    nodes = [
        node
        if node.is_input
        else replace(
            node,
            activation=ActivationSpec("maxout", pieces=3),
            bias=frozen_array(given["biases"]),
        )
        for node in document.nodes
    ]
    connections = [
        replace(c, weights=frozen_array(weights[:, [k]]))
        for k, c in enumerate(document.connections)
    ]
    for k, x in enumerate(given["x"], 1):
        data = replace(document.data, inputs=np.array([x], float), targets=np.zeros((1, 1)))
        training = replace(document.training, rule="gradient_descent")
        made = replace(
            document,
            nodes=tuple(nodes),
            connections=tuple(connections),
            data=data,
            training=training,
        )
        record = Session(made).record(1)
        for piece in (1, 2, 3):
            z = record.value(Quantity("z", "n3", piece - 1))
            assert number(sheet, f"z{piece}.{k}") == pytest.approx(float(z), abs=1e-12)
        a = record.value(Quantity("a", "n3", 0))
        assert number(sheet, f"max.{k}") == pytest.approx(float(a), abs=1e-12)


@pytest.mark.parametrize(
    ("exercise", "key", "text", "mistake"),
    [
        ("mae-mse-mape", "absolute.1", "-10", "sign"),
        ("mae-mse-mape", "square.2", "10", "not_squared"),
        ("mae-mse-mape", "square.2", "20", "doubled"),
        ("mae-mse-mape", "percent.1", "11.1111", "over_prediction"),
        ("mae-mse-mape", "percent.3", "0.0333", "percent_forgotten"),
        ("mae-mse-mape", "mae", "30", "mean_or_sum"),
        ("mae-mse-mape", "mse", "10", "mse_root_taken"),
        ("mae-mse-mape", "mse", "50", "half"),
        ("binary-cross-entropy", "term.1", "0.0458", "base_ten"),
        ("binary-cross-entropy", "term.2", "1.6094", "other_term"),
        ("binary-cross-entropy", "term.1", "-0.1054", "sign"),
        ("binary-cross-entropy", "binary_cross_entropy", "2.4488", "mean_or_sum"),
        ("softmax-cross-entropy", "exp.2", "0.4232", "exponent_sign"),
        ("softmax-cross-entropy", "p.2", "-0.5029", "exponential_forgotten"),
        ("softmax-cross-entropy", "loss", "0.4517", "base_ten"),
        ("softmax-cross-entropy", "loss", "0.3534", "logarithm_forgotten"),
        ("softmax-cross-entropy", "loss", "0.6466", "one_minus"),
        ("multiclass-hinge", "margin.2", "0.58", "margin_forgotten"),
        ("multiclass-hinge", "margin.1", "-2.13", "not_cut"),
        ("multiclass-hinge", "margin.2", "0.42", "classes_swapped"),
        ("activation-functions", "step.3", "0", "threshold"),
        ("activation-functions", "sigmoid.1", "0.8808", "exponent_sign"),
        ("activation-functions", "d_sigmoid.1", "-6", "input_for_output"),
        ("activation-functions", "d_tanh.1", "-3", "input_for_output"),
        ("activation-functions", "leaky_relu.1", "0", "slope_forgotten_below"),
        ("maxout-winner", "z1.1", "0", "bias_forgotten"),
        ("output-layers", "units.spam", "2", "one_is_enough"),
        ("output-layers", "units.digit", "1", "a_unit_each"),
    ],
)
def test_known_mistakes_are_named(exercise, key, text, mistake):
    found = mark(sheet_of(exercise), {key: text})[key]
    assert (found.verdict, found.mistake) == (Verdict.WRONG, mistake)


def test_slips_that_need_other_numbers_are_named():
    exercise = exercise_of("multiclass-hinge")
    task = replace(exercise.task, given={"scores": [2.0, 1.5, 1.0], "wanted": 3})
    sheet = replace(exercise, task=task).variant().sheet
    assert mark(sheet, {"loss": "3.5"})["loss"].mistake == "all_rivals"
    exercise = exercise_of("activation-functions")
    task = replace(exercise.task, given={"x": [-1.0], "slope": 0.1, "alpha": 2.0})
    sheet = replace(exercise, task=task).variant().sheet
    marks = mark(sheet, {"elu.1": "-0.6321", "d_elu.1": "0.3679"})
    assert {m.mistake for m in marks.values() if m.answer is not None} == {"alpha_forgotten"}


def test_a_slip_is_carried_to_the_loss():
    sheet = sheet_of("softmax-cross-entropy")
    entries = {"exp.1": "0.0578", "exp.2": "2.3632", "exp.3": "1.3321", "sum": "3.7531"}
    marks = mark(sheet, entries | {"p.3": "0.3549", "loss": "1.0359"})
    assert marks["exp.3"].verdict is Verdict.WRONG
    for key in ("sum", "p.3", "loss"):
        assert marks[key].verdict is Verdict.CONSISTENT, key


def test_the_winner_follows_from_the_sums_that_were_found():
    marks = mark(sheet_of("maxout-winner"), {"z3.1": "1", "max.1": "1.5", "winner.1": "2"})
    verdicts = [marks[key].verdict for key in ("max.1", "winner.1")]
    assert verdicts == [Verdict.CONSISTENT, Verdict.CONSISTENT]
    counted = mark(sheet_of("maxout-winner"), {"winner.2": "1"})
    assert counted["winner.2"].mistake == "counted_from_zero"


@pytest.mark.parametrize(
    ("kind", "given", "place"),
    [
        ("regression_losses", {"targets": [1, 0], "predictions": [1, 1]}, "targets.1"),
        ("regression_losses", {"targets": [1, 2], "predictions": [1]}, "predictions"),
        ("binary_cross_entropy", {"targets": [2], "predictions": [0.5]}, "targets.0"),
        ("binary_cross_entropy", {"targets": [1], "predictions": [1.0]}, "predictions.0"),
        ("softmax_cross_entropy", {"scores": [1, 2], "wanted": 3}, "wanted"),
        ("multiclass_hinge", {"scores": [1], "wanted": 1}, "scores"),
        ("activations", {"x": [1, 1]}, "x"),
        ("maxout", {"x": [[1, 2]], "weights": [[1], [1]], "biases": [0, 0]}, "weights.0"),
        ("output_layer", {"classes": 2}, "classes"),
    ],
)
def test_what_makes_no_form_is_refused_with_its_place(kind, given, place):
    with pytest.raises(NnsimError) as caught:
        make_form(kind, given)
    message = caught.value.messages[0]
    assert (message.code, message.params["place"]) == ("exercise.given", place)
