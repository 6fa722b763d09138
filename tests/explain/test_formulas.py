"""The formulas of the course's neuron and of a 2-2-2 network, word for word."""

from dataclasses import replace

import pytest

from nnsim.document.edits import add_node, connect, set_parameter, set_training
from nnsim.document.model import Conventions, Document, Training
from nnsim.document.templates import perceptron, with_parameters
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.record import Quantity
from nnsim.explain import NumberStyle
from tests.support.documents import gate, table
from tests.support.explained import explained, lines


class TestTheNeuronOfTheCourse:
    """x1 = n1, x2 = n2, N1 = n3, its weights c4 and c5; row 4 of the OR exercise."""

    def test_sum(self):
        assert lines(explained(gate(), 4, "z", "n3")) == [
            ("symbols", r"\Sigma = x_{1}\,w_{1} + x_{2}\,w_{2} + b"),
            ("numbers", r"\Sigma = 0 \cdot 0.5 + 1 \cdot 1 - 1"),
            ("result", r"\Sigma = 0"),
        ]

    def test_output(self):
        explanation = explained(gate(), 4, "a", "n3")
        assert lines(explanation) == [
            (
                "symbols",
                r"S_{\mathrm{neu}} = f(\Sigma) = \begin{cases} "
                r"1 & \;\; \Sigma \geq 0 \\ 0 & \;\; \Sigma < 0 \end{cases}",
            ),
            ("numbers", r"S_{\mathrm{neu}} = f(0), \quad 0 \geq 0"),
            ("result", r"S_{\mathrm{neu}} = 1"),
        ]
        assert explanation.note.code == "explain.note.zero_fires"

    def test_output_with_a_strict_threshold(self):
        document = replace(gate(), conventions=Conventions(threshold=">"))
        document = set_parameter(document, "b:n3", (0,), 0.0)
        explanation = explained(document, 1, "a", "n3")
        assert explanation.with_role("numbers") == (r"S_{\mathrm{neu}} = f(0), \quad 0 \leq 0",)
        assert explanation.value == 0
        assert explanation.note.code == "explain.note.zero_does_not_fire"

    def test_error(self):
        assert lines(explained(gate(), 3, "e")) == [
            ("symbols", r"e = S_{\mathrm{real}} - S_{\mathrm{neu}}"),
            ("numbers", "e = 1 - 0"),
            ("result", "e = 1"),
        ]

    def test_change_of_a_weight(self):
        assert lines(explained(gate(), 3, "dw", "c5")) == [
            ("symbols", r"\Delta w_{2} = \alpha_{w}\,e\,x_{2}"),
            ("numbers", r"\Delta w_{2} = 0.5 \cdot 1 \cdot 1"),
            ("result", r"\Delta w_{2} = 0.5"),
        ]

    def test_change_of_the_bias(self):
        assert lines(explained(gate(), 1, "db", "n3")) == [
            ("symbols", r"\Delta b = \alpha_{b}\,e"),
            ("numbers", r"\Delta b = 2 \cdot \left({-}1\right)"),
            ("result", r"\Delta b = {-}2"),
        ]

    def test_new_weight(self):
        explanation = explained(gate(), 3, "w+", "c5")
        assert lines(explanation) == [
            ("symbols", r"w_{2}^{\prime} = w_{2} + \Delta w_{2}"),
            ("numbers", r"w_{2}^{\prime} = 0.5 + 0.5"),
            ("result", r"w_{2}^{\prime} = 1"),
        ]
        assert explanation.terms == (Quantity("w", "c5"), Quantity("dw", "c5"))

    def test_product(self):
        assert lines(explained(gate(), 3, "p", "c5")) == [
            ("symbols", r"x_{2}\,w_{2}"),
            ("numbers", r"x_{2}\,w_{2} = 1 \cdot 0.5"),
            ("result", r"x_{2}\,w_{2} = 0.5"),
        ]

    def test_the_decimal_comma(self):
        assert explained(gate(), 3, "z", "n3", style=NumberStyle(",")).lines[1].latex == (
            r"\Sigma = 0 \cdot 0{,}5 + 1 \cdot 0{,}5 - 1"
        )

    def test_rosenblatt_has_one_learning_rate(self):
        document = gate(rule="perceptron", learning_rate=0.3)
        assert explained(document, 1, "db", "n3").lines[0].latex == r"\Delta b = \alpha\,e"
        assert explained(document, 1, "dw", "c4").lines[0].latex == (
            r"\Delta w_{1} = \alpha\,e\,x_{1}"
        )

    def test_the_delta_rule_compares_the_sum(self):
        document = gate(rule="delta", learning_rate=0.1)
        assert explained(document, 1, "e").lines[0].latex == r"e = S_{\mathrm{real}} - \Sigma"
        assert explained(document, 1, "L").lines[0].latex == r"L = e^{2}"


class TestNotesOfRules:
    @pytest.mark.parametrize(
        ("iteration", "address", "note"),
        [
            (2, ("dw", "c4"), "no_error"),
            (2, ("db", "n3"), "no_error"),
            (3, ("db", "n3"), "some_input_active"),
            (3, ("dw", "c4"), "input_is_zero"),
            (1, ("dw", "c4"), "no_input_active"),
            (1, ("w+", "c4"), "no_input_active"),
            (3, ("b+", "n3"), "some_input_active"),
            (1, ("w", "c4"), "start_value"),
            (4, ("w", "c5"), "from_iteration"),
            (3, ("t",), "from_data"),
            (3, ("a", "n2"), "from_data"),
            (4, ("e",), "no_error"),
        ],
    )
    def test_why_nothing_changes(self, iteration, address, note):
        assert explained(gate(), iteration, *address).note.code == f"explain.note.{note}"

    def test_fixed_biases(self):
        document = gate(update_biases=False)
        explanation = explained(document, 1, "db", "n3")
        assert explanation.value == 0
        assert explanation.note.code == "explain.note.biases_fixed"
        assert lines(explanation) == [("result", r"\Delta b = 0")]

    def test_a_weight_set_by_hand(self):
        document = set_parameter(gate(), "w:c4", (0, 0), 7.0, iteration=2)
        note = explained(document, 3, "w", "c4").note
        assert (note.code, note.params["iteration"]) == ("explain.note.set_by_hand", 2)

    def test_where_an_input_comes_from(self):
        params = explained(gate(), 3, "a", "n2").note.params
        assert params == {"row": 2, "column": "x2"}

    def test_the_step_size_in_force_is_the_one_put_in(self):
        document = gate()
        slower = replace(document.training, weight_step=0.25)
        document = set_training(document, slower, iteration=2)
        assert explained(document, 3, "dw", "c5").lines[1].latex == (
            r"\Delta w_{2} = 0.25 \cdot 1 \cdot 1"
        )


class TestSumsThatAreZeroOnPaper:
    """0.1 + 0.2 - 0.3."""

    def neuron(self, rule):
        document = gate(rule=rule)
        document = set_parameter(document, "w:c4", (0, 0), 0.1)
        document = set_parameter(document, "w:c5", (0, 0), 0.2)
        document = set_parameter(document, "b:n3", (0,), -0.3)
        return replace(document, data=table([[1, 1]], [[1]]))

    @pytest.mark.parametrize(("rule", "note"), [("course", "exact_zero"), ("sgd", "settled_zero")])
    def test_the_note_says_what_floating_point_would_give(self, rule, note):
        explanation = explained(self.neuron(rule), 1, "z", "n3")
        assert explanation.value == 0
        assert explanation.expected == 0
        assert explanation.note.code == f"explain.note.{note}"
        assert explanation.note.params["dust"] == 0.1 + 0.2 - 0.3 != 0

    def test_a_plain_zero_needs_no_note(self):
        assert explained(gate(), 4, "z", "n3").note is None


class TestActivationsAndNotes:
    def hidden(self, spec: ActivationSpec, inputs, weight: float) -> Document:
        document = Document(data=table([inputs], [[1]]))
        document, x = add_node(document, "input", 1)
        document, hidden = add_node(document, "dense", 1, activation=spec)
        document, output = add_node(document, "dense", 1, activation=ActivationSpec("identity"))
        document, first = connect(document, x, hidden)
        document, second = connect(document, hidden, output)
        for row in range(document.node(hidden).rows):
            document = set_parameter(document, f"w:{first}", (row, 0), weight - row)
        document = set_parameter(document, f"w:{second}", (0, 0), 0.5)
        return replace(document, training=Training(rule="sgd"))

    @pytest.mark.parametrize(
        ("spec", "weight", "numbers"),
        [
            (ActivationSpec("relu"), -2.0, r"\max\left(0,\,{-}2\right)"),
            (
                ActivationSpec("leaky_relu"),
                -2.0,
                r"\max\left(0.1 \cdot \left({-}2\right),\,{-}2\right)",
            ),
            (ActivationSpec("leaky_relu", slope=1.5), -2.0, r"1.5 \cdot \left({-}2\right)"),
            (ActivationSpec("elu"), -2.0, r"e^{{-}2} - 1"),
            (ActivationSpec("elu", alpha=0.7), -2.0, r"0.7 \cdot \left(e^{{-}2} - 1\right)"),
            (ActivationSpec("elu"), 2.0, "2"),
            (ActivationSpec("tanh"), 2.0, r"\tanh\left(2\right)"),
            (ActivationSpec("softplus"), 2.0, r"\ln\left(1 + e^{2}\right)"),
            (ActivationSpec("silu"), 2.0, r"\frac{2}{1 + e^{{-}2}}"),
            (ActivationSpec("gelu"), 2.0, r"2 \cdot 0.97725"),
            (ActivationSpec("identity"), 2.0, "2"),
            (ActivationSpec("maxout"), 2.0, r"\max\left(2,\,1\right)"),
        ],
    )
    def test_numbers_put_in(self, spec, weight, numbers):
        explanation = explained(self.hidden(spec, [1], weight), 1, "a", "n2")
        assert explanation.with_role("numbers") == (rf"a_{{\mathrm{{N1}}}} = {numbers}",)

    @pytest.mark.parametrize(
        ("spec", "weight", "note"),
        [
            (ActivationSpec("relu"), -2.0, "relu_is_off"),
            (ActivationSpec("relu"), 0.0, "relu_at_zero"),
            (ActivationSpec("step"), 2.0, "step_is_flat"),
        ],
    )
    def test_why_no_gradient_gets_through(self, spec, weight, note):
        explanation = explained(self.hidden(spec, [1], weight), 1, "dz", "n2")
        assert explanation.value == 0
        assert explanation.note.code == f"explain.note.{note}"

    @pytest.mark.parametrize(
        ("name", "slope"),
        [
            ("softplus", r"\frac{1}{1 + e^{{-}2}}"),
            ("silu", r"0.880797 \cdot \left(1 + 2 \cdot \left(1 - 0.880797\right)\right)"),
            ("gelu", r"\left(0.97725 + 2 \cdot 0.053991\right)"),
        ],
    )
    def test_numbers_put_into_a_smooth_slope(self, name, slope):
        explanation = explained(self.hidden(ActivationSpec(name), [1], 2.0), 1, "dz", "n2")
        assert explanation.with_role("numbers")[0].endswith(rf" \cdot {slope}")

    def test_the_losing_piece_of_a_maxout_neuron(self):
        document = self.hidden(ActivationSpec("maxout"), [1], 3.0)
        won, lost = (explained(document, 1, "dz", "n2", piece) for piece in (0, 1))
        assert won.value != 0
        assert won.note is None
        assert lost.value == 0
        assert lost.note.code == "explain.note.piece_lost"
        assert lost.title.params["neuron"].params["piece"] == "2"

    def test_an_input_of_zero(self):
        document = self.hidden(ActivationSpec("tanh"), [0], 2.0)
        assert explained(document, 1, "gw", "c4").note.code == "explain.note.input_is_zero"


def test_unknown_quantities_are_refused():
    with pytest.raises(KeyError):
        explained(gate(), 1, "gw", "c4")  # the course rule has no gradient
    with pytest.raises(IndexError):
        explained(gate(), 1, "z", "n3", 1)


class TestLogarithmsThatRoundingMadeInfinite:
    """Weights of 1 on an input of 0, and biases that are the sums."""

    def explained(self, activation, loss, biases, targets):
        document = perceptron((1, len(biases)), output=activation, data=table([0], targets))
        document = with_parameters(document, [[[1]] * len(biases)], [biases])
        document = replace(document, training=Training(rule="sgd", loss=loss))
        return explained(document, 1, "l")

    def test_of_a_softmax(self):
        found = self.explained("softmax", "cross_entropy", [0, 1000], [1, 0])
        assert found.expected == found.value == 1000
        assert found.note.code == "explain.note.rounded_probability"
        formula = lines(found)[0][1]
        assert r"\ln\left(e^{" in formula

    def test_of_a_sigmoid(self):
        found = self.explained("sigmoid", "binary_cross_entropy", [40], [0])
        assert found.expected == found.value == 40
        assert found.note.code == "explain.note.rounded_probability"

    def test_elsewhere_it_is_the_logarithm_of_the_output(self):
        found = self.explained("softmax", "cross_entropy", [0, 1], [1, 0])
        assert found.note is None
        assert "\\Sigma" not in lines(found)[0][1]
