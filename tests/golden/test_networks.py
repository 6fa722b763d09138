"""Worked examples of networks from the literature, number by number."""

from dataclasses import replace

import numpy as np
import pytest

from nnsim.document.edits import add_node, connect
from nnsim.document.model import Conventions, Document, Training
from nnsim.document.templates import perceptron, with_parameters
from nnsim.engine.activations import ActivationSpec
from nnsim.session import Session
from tests.support.documents import net_2_2_2, table


class TestTwoTwoTwo:
    """Exercises 2, 13 and 15.

    Source: M. Mazur, A Step by Step Backpropagation Example (2015); its w1 … w4 are the weights
    of the hidden layer, w5 … w8 those of the output layer, its biases are not learnt.
    """

    @pytest.fixture
    def arrays(self):
        return Session(net_2_2_2()).record(1).arrays

    def test_nets_and_outputs(self, arrays):
        np.testing.assert_allclose(arrays["z:n2"][0], [0.3775, 0.3925], rtol=1e-14)
        np.testing.assert_allclose(arrays["a:n2"][0], [0.593269992, 0.596884378], atol=5e-10)
        np.testing.assert_allclose(arrays["z:n4"][0], [1.105905967, 1.2249214], atol=5e-8)
        np.testing.assert_allclose(arrays["a:n4"][0], [0.75136507, 0.772928465], atol=5e-10)

    def test_total_error(self, arrays):
        assert float(arrays["L"]) == pytest.approx(0.298371109, abs=5e-10)
        halves = arrays["l"][0] / 2
        np.testing.assert_allclose(halves, [0.274811083, 0.023560026], atol=5e-10)

    def test_backward(self, arrays):
        assert arrays["dz:n4"][0, 0] == pytest.approx(0.138498562, abs=5e-10)
        assert arrays["gw:c5"][0, 0] == pytest.approx(0.082167041, abs=5e-10)
        assert arrays["da:n2"][0, 0] == pytest.approx(0.036350306, abs=5e-9)
        assert arrays["gw:c3"][0, 0] == pytest.approx(0.000438568, abs=5e-10)

    def test_the_eight_new_weights(self, arrays):
        np.testing.assert_allclose(
            arrays["w+:c5"], [[0.35891648, 0.408666186], [0.51130127, 0.561370121]], atol=5e-10
        )
        np.testing.assert_allclose(
            arrays["w+:c3"], [[0.149780716, 0.19956143], [0.24975114, 0.29950229]], atol=5e-9
        )

    def test_the_biases_stay(self, arrays):
        assert arrays["b+:n2"].tolist() == [0.35, 0.35]
        assert arrays["b+:n4"].tolist() == [0.6, 0.6]

    @pytest.mark.parametrize(("timing", "loss"), [("after", 0.291027774), ("during", 0.291027924)])
    def test_old_or_updated_weights_in_the_hidden_deltas(self, timing, loss):
        arrays = Session(net_2_2_2(timing)).record(2).arrays
        assert float(arrays["L"]) == pytest.approx(loss, abs=5e-10)

    def test_after_ten_thousand_rounds_the_error_is_all_but_gone(self):
        """The source has 0.0000351085."""
        session = Session(net_2_2_2())
        while session.computed < 10_000:
            session.compute()
        assert session.trace.column("loss")[-1] == pytest.approx(0.0000351085, rel=5e-4)


class TestXorByReLU:
    """Exercise 10.  Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.1."""

    @pytest.fixture
    def arrays(self):
        document = perceptron((2, 2, 1), hidden="relu", output="identity")
        document = with_parameters(document, [[[1, 1], [1, 1]], [[1, -2]]], [[0, -1], [0]])
        document = replace(document, training=Training(rule="gradient_descent"))
        return Session(document).record(1).arrays

    def test_xw_plus_c(self, arrays):
        assert arrays["z:n2"].tolist() == [[0, -1], [1, 0], [1, 0], [2, 1]]

    def test_h(self, arrays):
        assert arrays["a:n2"].tolist() == [[0, 0], [1, 0], [1, 0], [2, 1]]

    def test_y_is_xor_without_error(self, arrays):
        assert arrays["y"].tolist() == arrays["t"].tolist() == [[0], [1], [1], [0]]
        assert float(arrays["L"]) == 0.0


class TestXorWithThresholds:
    """Exercise 14, drawn neuron by neuron; a threshold θ is a bias -θ.

    Source: Negnevitsky, Artificial Intelligence (2nd ed. 2005), section 6.4; inputs 1 and 2,
    hidden neurons 3 and 4, output 5; α = 0.1.  Its δ has the other sign: it goes uphill in -L.
    """

    @pytest.fixture
    def arrays(self):
        sigmoid = ActivationSpec("sigmoid")
        document = Document(data=table([1, 1], [0]))
        ids = []
        for kind in ("input", "input", "dense", "dense", "dense"):
            document, node = add_node(document, kind, activation=sigmoid)
            ids.append(node)
        one, two, three, four, five = ids
        for source, target in (
            (one, three),
            (two, three),
            (one, four),
            (two, four),
            (three, five),
            (four, five),
        ):
            document, _ = connect(document, source, target)
        document = with_parameters(document, [0.5, 0.4, 0.9, 1.0, -1.2, 1.1], [-0.8, 0.1, -0.3])
        document = replace(
            document,
            training=Training(rule="sgd", learning_rate=0.1),
            conventions=Conventions(loss_reduction="sum", loss_half=True),
        )
        record = Session(document).record(1)
        self.ids, self.connections = ids, [c.id for c in document.connections]
        return record.arrays

    def test_outputs(self, arrays):
        outputs = [arrays[f"a:{node}"][0, 0] for node in self.ids[2:]]
        np.testing.assert_allclose(outputs, [0.5250, 0.8808, 0.5097], atol=5e-5)

    def test_deltas(self, arrays):
        deltas = [-arrays[f"dz:{node}"][0, 0] for node in self.ids[2:]]
        np.testing.assert_allclose(deltas, [0.0381, -0.0147, -0.1274], atol=1e-4)

    def test_nine_updates(self, arrays):
        weights = [arrays[f"w+:{c}"][0, 0] for c in self.connections]
        # 13, 23, 14, 24, 35, 45
        np.testing.assert_allclose(
            weights, [0.5038, 0.4038, 0.8985, 0.9985, -1.2067, 1.0888], atol=6e-5
        )
        thresholds = [-arrays[f"b+:{node}"][0] for node in self.ids[2:]]
        np.testing.assert_allclose(thresholds, [0.7962, -0.0985, 0.3127], atol=6e-5)
