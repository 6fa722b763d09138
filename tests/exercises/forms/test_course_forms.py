"""Forms about networks, optimisers, data and images: the course's figures, and every variant."""

import numpy as np
import pytest

from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import as_float
from nnsim.exercises.bank import GROUPS, exercise_of
from nnsim.exercises.marking import Verdict, mark, matches, own_answers
from nnsim.explain.style import NumberStyle
from nnsim.language import LOCALES, message_text
from tests.support.course_forms import EXERCISES, each, numbers, sheet_of, variants, written


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
