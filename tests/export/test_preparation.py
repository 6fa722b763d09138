"""What was done to the samples and to gradients stands above every trace."""

import io
from dataclasses import replace
from typing import Any

import pytest

from nnsim.document import edits
from nnsim.document.model import Document, Feature, ScalingSettings, SplitSettings, Training
from nnsim.document.templates import perceptron
from nnsim.export import Extent, Options, export_trace, printing, verify
from nnsim.session.table import Group
from tests.support.documents import table


def document() -> Document:
    """Four rows, of which two train: x1² and x2 go in, L2 and clipping on the way back."""
    data = table([[0, 1], [1, 3], [2, 5], [3, 7]], [[0], [1], [1], [0]])
    made = perceptron((2, 1), data=data)
    made = edits.set_split(made, SplitSettings(50, 25, 25, order="in_order"))
    made = edits.set_scaling(made, ScalingSettings("min_max"))
    made, node = edits.add_node(made, "input", name="q")
    made = edits.set_feature(made, node, Feature("square", (0,)))
    made, _ = edits.connect(made, node, made.outputs[0].id)
    training = Training(rule="sgd", penalty="l2", clipping="norm", clip_at=0.5, patience=3)
    return replace(made, training=training)


def head(made: Document, **options: Any) -> str:
    file = io.StringIO()
    extent = Extent(iterations=2)
    printing(made, file, "md", Options(extent=extent, **options))
    return file.getvalue()


@pytest.mark.parametrize(
    ("locale", "lines"),
    [
        (
            "en",
            (
                "- Parts (training, validation, test): 2-1-1 samples, in the order of the table, "
                "seed 0",
                "- Scaled inputs: from 0 to 1: (x1 - 0) / 1 · (x2 - 1) / 2",
                "- Features: q = x1²",
                "- Regularisation: L2: λ/2 Σw²",
                "- Clipping limit: 0.5",
                "- Early stopping: epochs of patience: 3",
            ),
        ),
        (
            "es",
            (
                "- Entradas escaladas: de 0 a 1: (x1 - 0) / 1 · (x2 - 1) / 2",
                "- Tasa λ de la regularización: 0,001",
            ),
        ),
    ],
)
def test_it_is_said(locale, lines):
    text = head(document(), locale=locale).replace("\\", "")
    for line in lines:
        assert line in text.splitlines()


def test_what_was_not_done_is_not_said():
    text = head(replace(perceptron((2, 2, 1)), training=Training(rule="sgd")))
    for word in ("Parts", "Scaled", "Features", "Regularisation", "lipping"):
        assert word not in text


def test_gradients_as_used_are_columns():
    groups = frozenset({Group.ITERATION, Group.OPTIMISER})
    text = head(document(), groups=groups)
    assert "∂R/∂w N1 ← q" in text
    assert "g used in b N1" in text


def test_such_a_trace_is_verified(tmp_path):
    path = tmp_path / "a.csv"
    export_trace(document(), path, "csv", Options(extent=Extent(iterations=4)))
    assert verify(path).ok


def test_a_sine_is_written_as_the_language_does():
    made = document()
    made = edits.set_feature(made, made.inputs[-1].id, Feature("sine", (0,)))
    assert "- Features: q = sin(x1)" in head(made, locale="en")
    assert "- Características: q = sen(x1)" in head(made, locale="es")
