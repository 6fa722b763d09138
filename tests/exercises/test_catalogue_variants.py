"""Every variant of an exercise makes a sheet, has finite answers, and marks its own as right."""

import math

import pytest

from nnsim.core.numbers import as_float
from nnsim.exercises.bank import exercise_of
from nnsim.exercises.hints import hint, levels_of
from nnsim.exercises.marking import Verdict, mark, own_answers
from nnsim.explain.style import NumberStyle
from nnsim.language import LOCALES, message_text

SEEDS = range(20)
EXERCISES = [
    "neuron-forward",
    "net-2-2-2-forward",
    "or-course-rule",
    "and-course-rule",
    "nand-course-rule",
    "nor-course-rule",
    "xor-course-rule",
    "or-perceptron",
    "adaline-or",
    "xor-relu-net",
    "net-2-2-2-backward",
    "xor-thresholds",
    "old-or-updated-weights",
    "dying-relu",
    "output-layers",
    "mae-mse-mape",
    "binary-cross-entropy",
    "softmax-cross-entropy",
    "multiclass-hinge",
    "activation-functions",
    "maxout-winner",
]


@pytest.mark.parametrize("name", EXERCISES)
def test_its_own_answers_are_right_and_carried_on_they_are_the_same(name):
    exercise = exercise_of(name)
    seen = set()
    for seed in SEEDS:
        variant = exercise.variant(seed)
        sheet = variant.sheet
        for cell in sheet.cells:
            numbers = map(as_float, sheet.expected(cell.key).numbers)
            assert all(map(math.isfinite, numbers)), (seed, cell.key)
        entries = {cell.key: sheet.expected(cell.key).exact() for cell in sheet.asked}
        seen.add(tuple(entries.values()))
        marks = mark(sheet, entries)
        verdicts = {(key, m.verdict, m.credit) for key, m in marks.items()}
        assert verdicts == {(key, Verdict.RIGHT, 1.0) for key in entries}, seed
        own = own_answers(sheet, entries)
        for cell in sheet.asked:
            carried, expected = sheet.carried(cell.key, own), sheet.expected(cell.key)
            assert carried.choice == expected.choice
            found = [as_float(n) for n in carried.numbers]
            wanted = [as_float(n) for n in expected.numbers]
            assert found == pytest.approx(wanted, rel=1e-9, abs=1e-12), (seed, cell.key)
    assert len(seen) > len(SEEDS) // 2


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("locale", LOCALES)
def test_it_reads_in_both_languages(name, locale):
    exercise = exercise_of(name)
    assert set(exercise.title) == set(exercise.statement) == set(LOCALES)
    assert exercise.source
    for required in exercise.requires:
        assert exercise_of(required).order < exercise.order
    variant = exercise.variant(3)
    # What is left in braces would be a placeholder that nothing fills.
    assert "{" not in variant.statement(locale)
    sheet = variant.sheet
    titles = [block.title for block in sheet.blocks if block.title is not None]
    texts = [message_text(h.words, locale) for h in (*sheet.rows, *sheet.columns)]
    texts += [message_text(title, locale) for title in titles]
    for cell in sheet.asked:
        texts += [message_text(option.label, locale) for option in cell.options]
        for level in levels_of(sheet, cell.key):
            shown = hint(sheet, cell.key, level, {}, NumberStyle())
            texts += [message_text(message, locale) for message in shown.words]
    assert all(texts)


def test_no_variant_asks_for_zeros_alone():
    exercise = exercise_of("multiclass-hinge")
    for seed in range(1, 40):
        sheet = exercise.variant(seed).sheet
        assert any(any(sheet.expected(cell.key).numbers) for cell in sheet.asked), seed


def test_the_point_that_is_no_support_vector_is_off_the_margin():
    exercise = exercise_of("svm-three-points")
    for seed in range(1, 40):
        sheet = exercise.variant(seed).sheet
        decisions = [abs(as_float(sheet.expected(f"f{k}").numbers[0])) for k in (1, 2, 3)]
        assert sum(value < 1 + 1e-6 for value in decisions) == 2, seed
