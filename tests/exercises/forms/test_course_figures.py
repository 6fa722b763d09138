"""The figures of the course's forms, worked by hand or published."""

import math

import numpy as np
import pytest

from nnsim.core.messages import NnsimError
from nnsim.exercises.bank import exercise_of
from nnsim.exercises.marking import Verdict, mark
from tests.support.course_forms import number, numbers, sheet_of


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
