"""Formulas of the numbers of networks: layers, batches, many inputs."""

from dataclasses import replace

import pytest

from nnsim.document.edits import set_parameter
from nnsim.document.model import Training
from nnsim.document.templates import perceptron
from nnsim.engine.record import Quantity
from tests.support.documents import net_2_2_2, table
from tests.support.explained import explained, lines


class TestNetwork:
    """E1 = n1, hidden layer C1 = n2 by c3, output layer C2 = n4 by c5."""

    def test_a_unit_has_its_number_below_and_its_layer_above(self):
        assert explained(net_2_2_2(), 1, "z", "n2", 1).lines[0].latex == (
            r"z_{2}^{\mathrm{C1}} = x_{1}\,w_{21}^{\mathrm{C1}} + x_{2}\,w_{22}^{\mathrm{C1}}"
            r" + b_{2}^{\mathrm{C1}}"
        )

    def test_sigmoid(self):
        assert lines(explained(net_2_2_2(), 1, "a", "n2")) == [
            (
                "symbols",
                r"a_{1}^{\mathrm{C1}} = \sigma(z_{1}^{\mathrm{C1}})"
                r" = \frac{1}{1 + e^{{-}z_{1}^{\mathrm{C1}}}}",
            ),
            ("numbers", r"a_{1}^{\mathrm{C1}} = \frac{1}{1 + e^{{-}0.3775}}"),
            ("result", r"a_{1}^{\mathrm{C1}} \approx 0.59327"),
        ]

    def test_loss_with_its_conventions(self):
        assert lines(explained(net_2_2_2(), 1, "L")) == [
            (
                "symbols",
                r"L = \frac{1}{2}\,\left(\left(t_{1} - y_{1}\right)^{2}"
                r" + \left(t_{2} - y_{2}\right)^{2}\right)",
            ),
            (
                "numbers",
                r"L = \frac{1}{2} \cdot \left(\left(0.01 - 0.751365\right)^{2}"
                r" + \left(0.99 - 0.772928\right)^{2}\right)",
            ),
            ("result", r"L \approx 0.298371"),
        ]

    def test_delta_of_an_output(self):
        assert lines(explained(net_2_2_2(), 1, "dz", "n4")) == [
            (
                "chain",
                r"\delta_{1}^{\mathrm{C2}} = \frac{\partial L}{\partial z_{1}^{\mathrm{C2}}}"
                r" = \frac{\partial L}{\partial y_{1}}"
                r" \cdot \frac{\partial y_{1}}{\partial z_{1}^{\mathrm{C2}}}",
            ),
            (
                "chain",
                r"\frac{\partial L}{\partial z_{1}^{\mathrm{C2}}} = 0.741365 \cdot 0.186816",
            ),
            (
                "symbols",
                r"\delta_{1}^{\mathrm{C2}} = \left(y_{1} - t_{1}\right)\,y_{1}\,"
                r"\left(1 - y_{1}\right)",
            ),
            (
                "numbers",
                r"\delta_{1}^{\mathrm{C2}} = \left(0.751365 - 0.01\right) \cdot 0.751365"
                r" \cdot \left(1 - 0.751365\right)",
            ),
            ("result", r"\delta_{1}^{\mathrm{C2}} \approx 0.138499"),
        ]

    def test_delta_of_a_hidden_unit(self):
        assert lines(explained(net_2_2_2(), 1, "dz", "n2"))[2:] == [
            (
                "symbols",
                r"\delta_{1}^{\mathrm{C1}} = \left(\delta_{1}^{\mathrm{C2}}\,w_{11}^{\mathrm{C2}}"
                r" + \delta_{2}^{\mathrm{C2}}\,w_{21}^{\mathrm{C2}}\right)"
                r"\,a_{1}^{\mathrm{C1}}\,\left(1 - a_{1}^{\mathrm{C1}}\right)",
            ),
            (
                "numbers",
                r"\delta_{1}^{\mathrm{C1}} = \left(0.138499 \cdot 0.4"
                r" + \left({-}0.0380982\right) \cdot 0.5\right)"
                r" \cdot 0.59327 \cdot \left(1 - 0.59327\right)",
            ),
            ("result", r"\delta_{1}^{\mathrm{C1}} \approx 0.00877135"),
        ]

    def test_chain_rule_of_a_weight(self):
        explanation = explained(net_2_2_2(), 1, "gw", "c5")
        by_weight = r"\frac{\partial L}{\partial w_{11}^{\mathrm{C2}}}"
        assert explanation.with_role("chain") == (
            by_weight + r" = \frac{\partial L}{\partial y_{1}}"
            r" \cdot \frac{\partial y_{1}}{\partial z_{1}^{\mathrm{C2}}}"
            r" \cdot \frac{\partial z_{1}^{\mathrm{C2}}}{\partial w_{11}^{\mathrm{C2}}}",
            by_weight + r" = 0.741365 \cdot 0.186816 \cdot 0.59327",
        )
        assert explanation.with_role("symbols") == (
            by_weight + r" = \delta_{1}^{\mathrm{C2}}\,a_{1}^{\mathrm{C1}}",
        )
        assert explanation.with_role("result") == (by_weight + r" \approx 0.082167",)
        assert explanation.terms[:2] == (
            Quantity("dz", "n4"),
            Quantity("a", "n2"),
        )

    def test_downhill(self):
        assert lines(explained(net_2_2_2(), 1, "dw", "c5")) == [
            (
                "symbols",
                r"\Delta w_{11}^{\mathrm{C2}} = {-}\alpha\,"
                r"\frac{\partial L}{\partial w_{11}^{\mathrm{C2}}}",
            ),
            ("numbers", r"\Delta w_{11}^{\mathrm{C2}} = {-}0.5 \cdot 0.082167"),
            ("result", r"\Delta w_{11}^{\mathrm{C2}} \approx {-}0.0410835"),
        ]

    def test_during_the_update_new_weights_are_used_and_said_to_be(self):
        explanation = explained(net_2_2_2("during"), 1, "dz", "n2")
        assert r"w_{11}^{\mathrm{C2}\,\prime}" in explanation.with_role("symbols")[0]
        assert Quantity("w+", "c5", 0, 0) in explanation.terms
        assert Quantity("w", "c5", 0, 0) not in explanation.terms
        assert explanation.note.code == "explain.note.updated_weights_used"


def regression(rows, batch, **training):
    """A single identity neuron on one input."""
    document = perceptron((1, 1), output="identity", data=table(rows, [[2 * x] for [x] in rows]))
    document = set_parameter(document, "w:c3", (0, 0), 0.5)
    return replace(document, training=Training(rule="sgd", batch_size=batch, **training))


class TestBatches:
    def test_gradients_are_sums_over_the_samples_named_by_row(self):
        explanation = explained(regression([[1], [2], [3]], 3), 1, "gw", "c3")
        assert explanation.with_role("symbols") == (
            r"\frac{\partial L}{\partial w} = \delta^{(1)}\,x^{(1)} + \delta^{(2)}\,x^{(2)}"
            r" + \delta^{(3)}\,x^{(3)}",
        )
        assert explanation.with_role("chain")[0].startswith(
            r"\frac{\partial L}{\partial w} = \sum_{s} \frac{\partial L}{\partial y^{(s)}}"
        )

    def test_many_samples_are_abbreviated_and_the_result_is_right(self):
        rows = [[k / 8] for k in range(32)]
        explanation = explained(regression(rows, 32), 1, "gw", "c3")
        (numbers,) = explanation.with_role("numbers")
        assert numbers.count("+") == 3
        assert r"\cdots" in numbers
        assert explanation.with_role("symbols")[0].endswith(r"\cdots + \delta^{(32)}\,x^{(32)}")
        assert explanation.expected == pytest.approx(explanation.value, rel=1e-13)
        terms = [term.kind for term in explanation.terms]
        # δ and x of the formula, ∂L/∂y and z of the chain rule
        assert {kind: terms.count(kind) for kind in terms} == dict.fromkeys(
            ("dz", "a", "da", "z"), 32
        )

    def test_the_loss_over_a_batch(self):
        explanation = explained(regression([[1], [2]], 2), 1, "L")
        assert explanation.with_role("symbols") == (
            r"L = \frac{1}{n}\,\left(\left(t^{(1)} - y^{(1)}\right)^{2}"
            r" + \left(t^{(2)} - y^{(2)}\right)^{2}\right)",
        )
        assert explanation.with_role("numbers")[0].startswith(r"L = \frac{1}{2} \cdot")

    def test_a_title_says_which_sample(self):
        document = regression([[1], [2], [3]], 2)
        explanation = explained(document, 1, "z", "n2", sample=1)
        assert explanation.title.params["sample"].params["row"] == 2
        assert explained(document, 2, "z", "n2").title.params["sample"] == ""


def test_hundreds_of_inputs_are_abbreviated():
    document = perceptron((300, 2), output="softmax")
    explanation = explained(document, 1, "z", "n2", 1)
    name = r"w_{2,300}^{\mathrm{C1}}"
    assert explanation.with_role("symbols")[0].endswith(
        rf"\cdots + x_{{300}}\,{name} + b_{{2}}^{{\mathrm{{C1}}}}"
    )
    assert len(explanation.with_role("numbers")[0]) < 160
    assert len(explanation.terms) == 601
    assert explanation.expected == pytest.approx(explanation.value, abs=1e-12)
