"""What is done to the data and to gradients is written with its numbers, as everything else."""

from dataclasses import replace
from typing import Any

import pytest

from nnsim.document import edits
from nnsim.document.model import Document, Feature, ScalingSettings, Training
from nnsim.document.templates import perceptron
from nnsim.engine.record import Quantity
from nnsim.explain import NumberStyle, explain
from nnsim.session import Session
from tests.support.documents import table


def lines(document: Document, *address: Any) -> list[str]:
    session = Session(document)
    explained = explain(
        document,
        session.spec_at(1),
        session.record(1),
        Quantity(*address),
        NumberStyle(digits=4),
        document.settings_at(0),
    )
    return [line.latex for line in explained.lines]


def one_weight(x=3.0, w=2.0, **training) -> Document:
    """y = w x, t = 0, L = y²."""
    document = perceptron((1, 1), output="identity", data=table([[x], [x - 2]], [[0], [0]]))
    document = edits.set_parameter(document, "w:c3", (0, 0), w)
    return replace(document, training=Training(rule="sgd", **training))


class TestData:
    def test_a_standardised_input_shows_mean_and_deviation(self):
        document = edits.set_scaling(one_weight(), ScalingSettings("standard"))
        assert lines(document, "a", "n1") == [
            r"x = \frac{x_{1} - \mu}{\sigma}",
            r"x = \frac{3 - 2}{1}",
            "x = 1",
        ]

    def test_one_scaled_to_a_range_shows_its_ends(self):
        document = edits.set_scaling(one_weight(), ScalingSettings("min_max"))
        assert lines(document, "a", "n1")[0] == r"x = \frac{x_{1} - \min}{(\max - \min)}"

    @pytest.mark.parametrize(
        ("function", "symbol", "numbers"),
        [
            ("square", "x_{1}^{2}", "x_{1}^{2} = 3^{2}"),
            ("sine", r"\sin x_{1}", r"\sin x_{1} = \sin\left(3\right)"),
        ],
    )
    def test_a_feature_is_its_own_symbol(self, function, symbol, numbers):
        document = edits.set_feature(one_weight(), "n1", Feature(function, (0,)))
        found = lines(document, "a", "n1")
        assert found[0].startswith(symbol)
        assert found[-2] == numbers

    def test_a_wanted_value_that_is_scaled_shows_how(self):
        document = edits.set_scaling(one_weight(), ScalingSettings(targets="min_max"))
        document = edits.set_data(document, table([[1], [2]], [[4], [8]]))
        assert lines(document, "t") == [
            r"t = \frac{y_{1} - \min}{(\max - \min)}",
            r"t = \frac{4 - 4}{4}",
            "t = 0",
        ]


class TestLimits:
    def test_the_loss_has_two_parts(self):
        document = one_weight(penalty="l2", penalty_rate=0.5)
        # y = 6, so L₀ = 36 and R = 0.5 / 2 · 2² = 1.
        assert lines(document, "L")[-2:] == ["L = 36 + 1", "L = 37"]
        assert lines(document, "L", "penalty")[-1] == "R = 1"

    def test_the_gradient_of_a_penalty_is_added(self):
        document = one_weight(penalty="l2", penalty_rate=0.5)
        # ∂L/∂w = 2 · 6 · 3 = 36, and λ w = 1.
        assert lines(document, "used.gw", "c3")[-1].endswith("= 37")
        assert lines(document, "dw", "c3")[-1].endswith("= {-}18.5")

    def test_a_gradient_beyond_the_limit_is_shortened(self):
        document = one_weight(clipping="norm", clip_at=1.0)
        # g = (36, 12) has the norm 37.95.
        assert lines(document, "norm")[-1].endswith(r"\approx 37.95")
        assert lines(document, "used.gw", "c3")[-1].endswith(r"\approx 0.9487")

    def test_each_number_alone(self):
        document = one_weight(clipping="value", clip_at=5.0)
        assert lines(document, "used.gw", "c3")[-1].endswith("= 5")
