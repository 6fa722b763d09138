"""Forms about networks, optimisers, data and images: the course's figures, and every variant."""

import math

import numpy as np
import pytest

from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import as_float
from nnsim.exercises.bank import GROUPS, exercise_of
from nnsim.exercises.forms import make_form
from nnsim.exercises.forms.base import FormSheet
from nnsim.exercises.marking import Verdict, mark, matches, own_answers
from nnsim.explain.style import NumberStyle
from nnsim.language import LOCALES, message_text

EXERCISES = {
    "dense-parameters": 110,
    "convnet-shapes": 120,
    "gradient-descent-square": 230,
    "regression-batches": 240,
    "momentum-rmsprop": 250,
    "adam-square": 260,
    "vanishing-product": 280,
    "data-split": 290,
    "batches-updates": 300,
    "cross-validation": 310,
    "bias-variance": 320,
    "image-scores": 330,
    "convolution-valid": 340,
    "convolution-padding-stride": 341,
    "pooling": 342,
}
SEEDS = range(21)

each = pytest.mark.parametrize("name", EXERCISES)


def sheet_of(name, **given):
    task = exercise_of(name).variant().task
    return FormSheet(make_form(task.kind, {**task.given, **given}), task.decimals, task.tolerance)


def numbers(sheet, key):
    return tuple(float(number) for number in sheet.expected(key).numbers)


def number(sheet, key):
    (found,) = numbers(sheet, key)
    return found


def written(sheet):
    """What a student would write who rounds each number as asked."""
    entries = {}
    for cell in sheet.asked:
        answer = sheet.expected(cell.key)
        if answer.choice or cell.decimals is None:
            entries[cell.key] = answer.text(digits=15)
        else:
            parts = [f"{as_float(value):.{cell.decimals}f}" for value in answer.numbers]
            entries[cell.key] = "; ".join(parts)
    return entries


def variants(name):
    exercise = exercise_of(name)
    return [exercise.variant(seed).sheet for seed in SEEDS]


# -- every exercise, every variant ---------------------------------------------------------------


@each
def test_has_its_place_and_both_languages(name):
    exercise = exercise_of(name)
    assert exercise.order == EXERCISES[name]
    assert exercise.group in GROUPS
    assert exercise.has_variants
    assert exercise.source
    assert all(exercise_of(other).order < exercise.order for other in exercise.requires)
    for locale in LOCALES:
        said = exercise.variant(3).statement(locale)
        assert exercise.title[locale]
        assert "{" not in said
        for heading in (*exercise.variant().sheet.rows, *exercise.variant().sheet.columns):
            assert message_text(heading.words, locale)


@each
def test_the_engines_own_answers_and_those_rounded_as_asked_are_right(name):
    for sheet in variants(name):
        exact = {c.key: sheet.expected(c.key).exact() for c in sheet.asked}
        for entries in (exact, written(sheet)):
            marks = mark(sheet, entries)
            assert {(m.verdict, m.credit) for m in marks.values()} == {(Verdict.RIGHT, 1.0)}


@each
def test_whoever_goes_on_from_rounded_numbers_is_never_wrong(name):
    for sheet in variants(name):
        entries = {}
        for cell in sheet.asked:
            found = sheet.carried(cell.key, own_answers(sheet, entries))
            decimals = 15 if cell.decimals is None else cell.decimals
            rounded = [f"{as_float(value):.{decimals}f}" for value in found.numbers]
            entries[cell.key] = found.choice or "; ".join(rounded)
        assert all(m.verdict.is_good for m in mark(sheet, entries).values())


@each
def test_the_formulas_give_what_the_engine_computes(name):
    for sheet in variants(name):
        for field in sheet._fields.values():
            if field.formula is None:
                continue
            computed = np.array([as_float(n) for n in sheet._numbers(field, sheet._engine)])
            engine = np.array(numbers(sheet, field.key))
            assert np.isfinite(engine).all()
            np.testing.assert_allclose(computed, engine, rtol=1e-9, atol=1e-12)


@each
def test_right_answers_carry_on_to_the_right_ones(name):
    for sheet in variants(name):
        own = own_answers(sheet, {c.key: sheet.expected(c.key).exact() for c in sheet.asked})
        for cell in sheet.asked:
            others = {key: answer for key, answer in own.items() if key != cell.key}
            assert matches(cell, sheet.carried(cell.key, others), sheet.expected(cell.key))


@each
def test_every_cell_can_be_explained_and_its_mistakes_named(name):
    sheet = exercise_of(name).variant(5).sheet
    own = own_answers(sheet, written(sheet))
    for cell in sheet.asked:
        working = sheet.working(cell.key, own, NumberStyle())
        assert working.lines or cell.options
        for mistake in sheet.mistakes(cell.key, own):
            for locale in LOCALES:
                assert message_text(Message(f"mistake.{mistake.code}"), locale)


@each
def test_a_slip_in_any_cell_is_carried_to_those_that_follow(name):
    sheet = exercise_of(name).variant().sheet
    for slipped in sheet.asked:
        right = sheet.expected(slipped.key)
        if not right.numbers:
            continue
        step = 1 if slipped.decimals is None else 25 * 10.0**-slipped.decimals
        off = [as_float(value) + step for value in right.numbers]
        entries = {slipped.key: "; ".join(repr(value) for value in off)}
        for cell in sheet.asked:
            if cell.key != slipped.key:
                own = own_answers(sheet, entries)
                entries[cell.key] = sheet.carried(cell.key, own).exact()
        marks = mark(sheet, entries)
        assert marks.pop(slipped.key).verdict is Verdict.WRONG
        # Nothing follows from quotas that do not add up.
        follows = {m.verdict for key, m in marks.items() if entries[key] != "nan"}
        assert follows <= {Verdict.RIGHT, Verdict.CONSISTENT}


@pytest.mark.parametrize("text", ["", "-", "1e300", "0", "-5", "1/3", "abc", "(1; 2; 3)", "nan"])
@each
def test_no_entry_raises(name, text):
    sheet = exercise_of(name).variant().sheet
    entries = {cell.key: text for cell in sheet.asked}
    assert len(mark(sheet, entries)) == len(sheet.asked)
    own = own_answers(sheet, entries)
    for cell in sheet.asked:
        sheet.working(cell.key, own, NumberStyle(","))


# -- the figures of the course -------------------------------------------------------------------


def test_the_784_64_10_network_has_50890_parameters():
    sheet = sheet_of("dense-parameters")
    assert number(sheet, "layer1.weights") == 50176
    assert number(sheet, "layer1.parameters") == 50240
    assert number(sheet, "layer2.parameters") == 650
    assert number(sheet, "total.biases") == 74
    assert number(sheet, "total.parameters") == 50890


def test_the_convnet_has_34826_parameters_and_these_shapes():
    sheet = sheet_of("convnet-shapes")
    rows = ("conv1", "pool1", "conv2", "pool2", "flat", "dense")
    assert [numbers(sheet, f"{row}.shape") for row in rows] == [
        (26, 26, 32),
        (13, 13, 32),
        (11, 11, 64),
        (5, 5, 64),
        (1600,),
        (10,),
    ]
    parameters = [number(sheet, f"{row}.parameters") for row in rows]
    assert parameters == [320, 0, 18496, 0, 0, 16010]
    assert number(sheet, "total.parameters") == 34826


def test_gradient_descent_on_the_square_comes_to_1_6384():
    sheet = sheet_of("gradient-descent-square")
    path = [number(sheet, f"x{step}") for step in range(1, 6)]
    assert path == pytest.approx([4, 3.2, 2.56, 2.048, 1.6384])
    assert number(sheet, "g1") == 10


def test_the_epoch_of_regression_by_hand():
    sheet = sheet_of("regression-batches")
    assert number(sheet, "all.g1") == pytest.approx(-5)
    assert number(sheet, "all.w1") == pytest.approx(0.5)
    sgd = [number(sheet, f"sgd.w{k}") for k in range(1, 5)]
    assert sgd == pytest.approx([0.4, 1.28, 1.224, 1.3628])
    assert [number(sheet, f"mini.w{k}") for k in (1, 2)] == pytest.approx([0.8, 0.9])


def test_a_short_last_batch_has_its_own_mean():
    given = {"inputs": [1, 2, 1], "targets": [1, 1, 1]}
    sheet = sheet_of("regression-batches", **given)
    assert [row.words.code for row in sheet.rows][-1] == "forms.descending.single"
    # w = 0 + 0.1 · 2/2 · (1 + 2) = 0.3; the gradient of the last is 2 · (0.3 - 1).
    assert number(sheet, "mini.g2") == pytest.approx(-1.4)


def test_one_step_of_momentum_and_of_rmsprop():
    sheet = sheet_of("momentum-rmsprop")
    assert [number(sheet, f"momentum.{k}1") for k in ("g", "state", "x")] == [10, 10, 4]
    assert number(sheet, "momentum.state2") == pytest.approx(17)
    assert number(sheet, "momentum.x2") == pytest.approx(2.3)
    assert number(sheet, "rmsprop.state1") == pytest.approx(10)
    assert number(sheet, "rmsprop.x1") == pytest.approx(5 - 1 / math.sqrt(10))


def test_adam_goes_from_5_to_4_9():
    sheet = sheet_of("adam-square")
    first = [number(sheet, f"{k}1") for k in ("g", "m", "v", "m_hat", "v_hat", "x")]
    assert first == pytest.approx([10, 1, 0.1, 10, 100, 4.9])
    second = [number(sheet, f"{k}2") for k in ("g", "m", "v")]
    assert second == pytest.approx([9.8, 1.88, 0.19594])
    assert number(sheet, "m_hat2") == pytest.approx(1.88 / 0.19)


def test_ten_layers_make_gradients_vanish_stay_or_explode():
    sheet = sheet_of("vanishing-product")
    products = [number(sheet, f"w{k}.product") for k in (1, 2, 3)]
    assert products == pytest.approx([0.25**10, 1, 1024])
    assert f"{products[0]:.3g}" == "9.54e-07"
    fates = [sheet.expected(f"w{k}.fate").choice for k in (1, 2, 3)]
    assert fates == ["vanishes", "stays", "explodes"]
    marks = mark(sheet, {"w1.product": "9.54e-7", "w2.product": "1", "w3.product": "1024"})
    assert all(marks[f"w{k}.product"].verdict is Verdict.RIGHT for k in (1, 2, 3))
    assert mark(sheet, {"w1.product": "0"})["w1.product"].verdict is Verdict.WRONG
    # Three significant figures are asked for, above 1000 as well.
    assert mark(sheet, {"w3.product": "1020"})["w3.product"].verdict is Verdict.RIGHT
    assert mark(sheet, {"w3.product": "1030"})["w3.product"].verdict is Verdict.WRONG


def test_1000_and_137_samples_by_70_15_15():
    sheet = sheet_of("data-split")
    parts = ("training", "validation", "test")
    assert [number(sheet, f"1.{part}.size") for part in parts] == [700, 150, 150]
    assert [number(sheet, f"2.{part}.quota") for part in parts] == [95.9, 20.55, 20.55]
    assert [number(sheet, f"2.{part}.size") for part in parts] == [96, 21, 20]
    for locale, rule in (("es", "mayor resto"), ("en", "largest remainder")):
        assert rule in exercise_of("data-split").statement[locale]


def test_a_share_is_not_rounded_up_where_its_remainder_is_small():
    sheet = sheet_of("data-split", counts=[1003])
    assert [number(sheet, f"1.{part}.size") for part in ("training", "validation")] == [702, 151]
    assert mark(sheet, {"1.training.size": "703"})["1.training.size"].mistake == "rounded_up"


def test_700_samples_in_batches_of_32_for_20_epochs():
    sheet = sheet_of("batches-updates")
    columns = ("batches", "last", "updates")
    assert [number(sheet, f"mini.{c}") for c in columns] == [22, 28, 440]
    assert [number(sheet, f"sgd.{c}") for c in columns] == [700, 1, 14000]
    assert [number(sheet, f"all.{c}") for c in columns] == [1, 700, 20]


def test_a_last_batch_that_is_full_counts_as_a_batch():
    sheet = sheet_of("batches-updates", samples=640)
    assert [number(sheet, f"mini.{c}") for c in ("batches", "last")] == [20, 32]
    assert mark(sheet, {"mini.last": "0"})["mini.last"].mistake == "no_remainder"


def test_folds_of_10_in_5_and_11_in_3_and_the_scores():
    sheet = sheet_of("cross-validation")
    first = [numbers(sheet, f"folds1.{k}") for k in range(1, 6)]
    assert first == [(0, 1), (2, 3), (4, 5), (6, 7), (8, 9)]
    second = [numbers(sheet, f"folds2.{k}") for k in range(1, 4)]
    assert second == [(0, 1, 2, 3), (4, 5, 6, 7), (8, 9, 10)]
    assert number(sheet, "mean") == pytest.approx(0.80)
    assert number(sheet, "deviation") == pytest.approx(0.0283, abs=5e-5)
    scores = [0.82, 0.78, 0.80, 0.84, 0.76]
    assert number(sheet, "deviation") == pytest.approx(np.std(scores))
    assert mark(sheet, {"folds1.1": "0,1"})["folds1.1"].verdict is Verdict.RIGHT


def test_bias_variance_and_error_of_three_predictions():
    sheet = sheet_of("bias-variance")
    figures = [number(sheet, key) for key in ("mean", "bias2", "variance", "mse")]
    assert figures == pytest.approx([2.2, 0.04, 0.0867, 0.1267], abs=5e-5)


def test_a_2_by_2_image_as_a_vector_and_its_scores():
    sheet = sheet_of("image-scores")
    assert numbers(sheet, "vector") == (1, 0.5, 0, 2)
    scores = [number(sheet, f"score{k}") for k in (1, 2, 3)]
    # 0.2 - 0.25 + 0 + 4 + 1; 1.5 + 0.5 + 0 + 0 + 3; 0 + 0.5 + 0 - 2 - 1
    assert scores == pytest.approx([4.95, 5, -2.5])
    assert sheet.expected("class").choice == "2"


def test_a_tie_between_classes_is_refused():
    even = [[0, 0, 0, 1]] * 3
    with pytest.raises(NnsimError) as caught:
        sheet_of("image-scores", weights=even, biases=[0, 0, 0])
    assert caught.value.messages[0].code == "exercise.given"


def test_the_convolution_of_a_5_by_5_map():
    sheet = sheet_of("convolution-valid")
    rows = [[number(sheet, f"{r}.{c}") for c in (1, 2, 3)] for r in (1, 2, 3)]
    # (1 + 0 + 2) - (0 + 3 + 0) and so on: a column minus the next but one.
    assert rows == [[0, 1, -3], [-2, 2, 2], [0, 2, 0]]


def test_the_convolution_with_padding_and_stride():
    sheet = sheet_of("convolution-padding-stride")
    rows = [[number(sheet, f"{r}.{c}") for c in (1, 2, 3)] for r in (1, 2, 3)]
    # Top left: 1 - 2·1 + 1 (below right) = 0; in the middle: 1 + 3 + 1 - 2·0 + 1 = 6.
    assert rows[0][0] == 0
    assert rows[1][1] == 6
    assert len(sheet.asked) == 9


def test_pooling_by_maximum_and_by_mean():
    sheet = sheet_of("pooling")
    places = [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert [number(sheet, f"max.{r}.{c}") for r, c in places] == [3, 5, 6, 4]
    assert [number(sheet, f"mean.{r}.{c}") for r, c in places] == [1.5, 3, 3, 2]


# -- known mistakes ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "key", "text", "mistake"),
    [
        ("dense-parameters", "layer1.weights", "50240", "biases_among_weights"),
        ("dense-parameters", "layer1.weights", "848", "units_added"),
        ("dense-parameters", "layer1.biases", "784", "biases_of_inputs"),
        ("dense-parameters", "layer1.biases", "1", "one_bias_a_layer"),
        ("dense-parameters", "layer1.parameters", "50176", "biases_not_counted"),
        ("dense-parameters", "total.parameters", "50816", "biases_not_counted"),
        ("convnet-shapes", "conv1.shape", "(28, 28, 32)", "same_size"),
        ("convnet-shapes", "conv1.shape", "(26, 26, 1)", "channels_kept"),
        ("convnet-shapes", "pool2.shape", "(6, 6, 64)", "pool_rounded_up"),
        ("convnet-shapes", "pool1.shape", "(25, 25, 32)", "pool_by_one"),
        ("convnet-shapes", "flat.shape", "25", "channels_forgotten"),
        ("convnet-shapes", "conv2.parameters", "18432", "biases_not_counted"),
        ("convnet-shapes", "conv2.parameters", "640", "channels_forgotten"),
        ("convnet-shapes", "conv2.parameters", "576", "channels_and_biases_forgotten"),
        ("convnet-shapes", "conv2.parameters", "18433", "one_bias_a_layer"),
        ("convnet-shapes", "pool1.parameters", "4", "pool_has_none"),
        ("convnet-shapes", "dense.parameters", "16000", "biases_not_counted"),
        ("gradient-descent-square", "g1", "25", "value_not_derivative"),
        ("gradient-descent-square", "g1", "5", "two_forgotten"),
        ("gradient-descent-square", "x1", "6", "uphill"),
        ("gradient-descent-square", "x1", "-5", "rate_forgotten"),
        ("gradient-descent-square", "x1", "-1", "only_change"),
        ("regression-batches", "all.g1", "-20", "mean_or_sum"),
        ("regression-batches", "all.g1", "-2.5", "two_forgotten"),
        ("regression-batches", "sgd.g2", "-12", "start_used"),
        ("regression-batches", "sgd.w2", "0.88", "start_used"),
        ("momentum-rmsprop", "momentum.state1", "1", "averaged_velocity"),
        ("momentum-rmsprop", "momentum.state2", "18", "share_forgotten"),
        ("momentum-rmsprop", "momentum.x2", "3.2", "velocity_unused"),
        ("momentum-rmsprop", "rmsprop.state1", "90", "shares_swapped"),
        ("momentum-rmsprop", "rmsprop.state1", "100", "rest_forgotten"),
        ("momentum-rmsprop", "rmsprop.state1", "1", "square_forgotten"),
        ("momentum-rmsprop", "rmsprop.x1", "4", "scale_unused"),
        ("momentum-rmsprop", "rmsprop.x1", "4.9", "root_forgotten"),
        ("adam-square", "m_hat1", "1", "correction_forgotten"),
        ("adam-square", "m_hat2", "18.8", "power_forgotten"),
        ("adam-square", "m_hat1", "0.1", "correction_multiplied"),
        ("adam-square", "x1", "4.68377", "correction_forgotten"),
        ("adam-square", "x1", "4.99", "root_forgotten"),
        ("adam-square", "m2", "0.98", "history_forgotten"),
        ("vanishing-product", "w3.product", "20", "times_not_power"),
        ("vanishing-product", "w3.product", "512", "layer_too_few"),
        ("vanishing-product", "w3.product", "2048", "layer_too_many"),
        ("vanishing-product", "w3.factor", "8", "slopes_forgotten"),
        ("vanishing-product", "w3.factor", "0.25", "weights_forgotten"),
        ("data-split", "2.training.size", "95", "remainder_left_out"),
        ("data-split", "2.test.size", "21", "rounded_alone"),
        ("batches-updates", "mini.batches", "21", "last_batch_forgotten"),
        ("batches-updates", "mini.last", "4", "missing_from_last"),
        ("batches-updates", "mini.last", "32", "full_batch"),
        ("batches-updates", "mini.updates", "420", "last_batch_forgotten"),
        ("batches-updates", "mini.updates", "22", "epochs_forgotten"),
        ("batches-updates", "mini.updates", "14000", "samples_counted"),
        ("cross-validation", "folds1.1", "(1, 2)", "counted_from_one"),
        ("cross-validation", "folds2.1", "0 1 2", "larger_folds_last"),
        ("cross-validation", "mean", "4", "not_divided"),
        ("cross-validation", "deviation", "0.0316", "sample_deviation"),
        ("cross-validation", "deviation", "0.0008", "root_forgotten"),
        ("bias-variance", "bias2", "0.2", "square_forgotten"),
        ("bias-variance", "variance", "0.13", "sample_variance"),
        ("bias-variance", "variance", "0.2944", "root_taken"),
        ("bias-variance", "mse", "0.2867", "bias_not_squared"),
        ("image-scores", "vector", "(1, 0, 0.5, 2)", "by_columns"),
        ("image-scores", "score1", "3.95", "bias_forgotten"),
        ("convolution-valid", "1.2", "-1", "kernel_flipped"),
        ("pooling", "max.1.1", "1.5", "mean_for_max"),
        ("pooling", "max.1.1", "0", "min_for_max"),
        ("pooling", "mean.1.1", "3", "max_for_mean"),
        ("pooling", "mean.1.1", "6", "pool_summed"),
    ],
)
def test_known_mistakes_are_named(name, key, text, mistake):
    sheet = sheet_of(name)
    entries = {**written(sheet), key: text}
    found = mark(sheet, entries)[key]
    assert (found.verdict, found.mistake) == (Verdict.WRONG, mistake)


@pytest.mark.parametrize(
    ("bias", "padding", "stride", "key", "text", "mistake"),
    [
        (1, 0, 1, "1.1", "3", "bias_forgotten"),
        (0, 1, 1, "1.1", "3", "padding_forgotten"),
        (0, 0, 2, "2.1", "1", "stride_forgotten"),
    ],
)
def test_mistakes_of_convolutions_are_named(bias, padding, stride, key, text, mistake):
    given = {
        "image": [[1, 2, 0, 1], [0, 0, 3, 2], [2, 1, 0, 0], [1, 3, 2, 1]],
        "kernel": [[1, 1], [0, 1]],
        "bias": bias,
        "padding": padding,
        "stride": stride,
    }
    sheet = sheet_of("convolution-valid", **given)
    found = mark(sheet, {key: text})[key]
    assert (found.verdict, found.mistake) == (Verdict.WRONG, mistake)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("convnet-shapes", {"kernels": [3]}),
        ("convnet-shapes", {"size": 4}),
        ("dense-parameters", {"inputs": 1.5}),
        ("regression-batches", {"targets": [1]}),
        ("batches-updates", {"batch": 701}),
        ("cross-validation", {"folds": [5]}),
        ("cross-validation", {"folds": [12, 3]}),
        ("image-scores", {"image": [[1, 2], [3]]}),
        ("image-scores", {"biases": [1]}),
        ("convolution-valid", {"kernel": [[1] * 6] * 6}),
        ("pooling", {"window": 5}),
        ("vanishing-product", {"weights": [4, 4]}),
        ("data-split", {"shares": [0, 0, 0]}),
    ],
)
def test_what_makes_no_sheet_is_refused_with_a_message(name, given):
    with pytest.raises(NnsimError) as caught:
        sheet_of(name, **given)
    for message in caught.value.messages:
        for locale in LOCALES:
            assert message_text(message, locale)


def test_a_statement_writes_matrices_row_by_row_and_lists_without_brackets():
    said = exercise_of("image-scores").variant().statement("es")
    assert "(1; 0,5)\n(0; 2)" in said
    assert "784 entradas, 64 neuronas" in exercise_of("dense-parameters").variant().statement("es")
