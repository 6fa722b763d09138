"""Sheets of the course's forms, and numbers in them."""

import pytest

from nnsim.core.numbers import as_float
from nnsim.exercises.bank import exercise_of
from nnsim.exercises.forms import make_form
from nnsim.exercises.forms.base import FormSheet

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
