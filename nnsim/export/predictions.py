"""Predictions as CSV: every sample with what the network makes of it, and confusion matrices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from nnsim.core.files import replacing
from nnsim.core.numbers import exact_text
from nnsim.data import Table
from nnsim.engine.classes import NO_CLASS
from nnsim.export.machine import csv_heading, csv_separator
from nnsim.session.predictions import ClassScores, Predictions


def write_predictions(predictions: Predictions, data: Table, path: Path, mark: str = ".") -> None:
    """Write predictions for samples of ``data``, with all digits, in the order they come.

    Columns are named as in traces: x.… inputs, t.… targets, y.… outputs; ``row`` counts from 1.
    The separator is ";" where the decimal mark is ",".  Raises NnsimError as ``replacing``.
    """
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        file.writelines(_lines(predictions, data, mark))


def _lines(predictions: Predictions, data: Table, mark: str) -> Iterator[str]:
    separator = csv_separator(mark)
    keys = ["row", *(f"x.{name}" for name in data.input_names)]
    for letter in ("t", "y"):
        keys += [f"{letter}.{name}" for name in data.target_names]
    if predictions.has_classes:
        keys += ["class.wanted", "class.predicted"]
    yield csv_heading([*keys, "error"], separator)
    for place, row in enumerate(predictions.rows.tolist()):
        numbers = [
            *data.inputs[row].tolist(),
            *predictions.wanted[place].tolist(),
            *predictions.predicted[place].tolist(),
        ]
        cells = [str(row + 1), *(exact_text(number, mark) for number in numbers)]
        if predictions.has_classes:
            for classes in (predictions.wanted_classes, predictions.found_classes):
                number = int(classes[place])
                name = "" if number == NO_CLASS else predictions.classes[number]
                cells.append(_quoted(name) if name else "")
        yield separator.join([*cells, exact_text(float(predictions.errors[place]), mark)]) + "\n"


def write_confusion(scores: ClassScores, names: Sequence[str], path: Path, mark: str = ".") -> None:
    """Write how many samples of each class (row) were taken for which (column).

    The last column is the recall of the class, the last row the precision; what cannot be said of
    no samples is empty.  Raises NnsimError as ``replacing``.
    """
    separator, matrix = csv_separator(mark), scores.matrix

    def share(value: float, count: int) -> str:
        return exact_text(float(value), mark) if count else ""

    lines = [csv_heading(["wanted", *names, "recall"], separator)]
    for number, name in enumerate(names):
        counts = matrix[number]
        recall = share(scores.figures.recall[number], counts.sum())
        lines.append(separator.join([_quoted(name), *map(str, counts.tolist()), recall]) + "\n")
    figures = zip(scores.figures.precision, matrix.sum(axis=0), strict=True)
    precision = [share(value, count) for value, count in figures]
    lines.append(separator.join([_quoted("precision"), *precision, ""]) + "\n")
    with replacing(path) as temporary:
        temporary.write_text("".join(lines), encoding="utf-8", newline="")


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))
