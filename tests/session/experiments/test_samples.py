"""Samples of data sets and projects as experiments take them."""

import numpy as np
import pytest

from nnsim.core.messages import NnsimError
from nnsim.data.scaling import Method
from nnsim.data.splitting import Order
from nnsim.data.table import Table
from nnsim.session.experiments.samples import judged, parts_of, samples_of_set, samples_of_table
from nnsim.session.experiments.training import Setup

ALL = np.arange(4)


def project(*targets):
    columns = np.array(targets, dtype=float).reshape(4, -1)
    names = tuple(f"y{k}" for k in range(columns.shape[1]))
    return samples_of_table(Table(("x",), names, np.arange(4.0)[:, np.newaxis], columns), "mine")


class TestProjects:
    @pytest.mark.parametrize(
        ("targets", "labels"),
        [
            ([0, 1, 1, 0], [0, 1, 1, 0]),
            ([-1, 1, 1, -1], [0, 1, 1, 0]),
            ([[1, 0], [0, 1], [0, 1], [1, 0]], [0, 1, 1, 0]),
        ],
    )
    def test_targets_that_say_classes(self, targets, labels):
        samples = project(*targets)
        assert (samples.metric, samples.usual_order) == ("accuracy", Order.STRATIFIED)
        assert samples.labels.tolist() == labels

    @pytest.mark.parametrize(
        "targets", [[0, 1, 2, 0], [-1, 0, 1, 1], [[1, 1], [0, 1], [1, 0], [0, 1]]]
    )
    def test_all_else_are_values(self, targets):
        samples = project(*targets)
        assert (samples.metric, samples.usual_loss) == ("r2", "mse")
        assert samples.labels is None


class TestLosses:
    @pytest.mark.parametrize(
        ("name", "loss", "output"),
        [
            ("wine", "cross_entropy", "softmax"),
            ("circle", "binary_cross_entropy", "sigmoid"),
            ("diabetes", "mse", "identity"),
        ],
    )
    def test_what_suits_the_targets(self, name, loss, output):
        samples = samples_of_set(name, 0)
        assert (samples.usual_loss, samples.output_for(loss)) == (loss, output)

    def test_one_output_is_no_distribution(self):
        with pytest.raises(NnsimError, match=r"experiment\.loss"):
            samples_of_set("circle", 0).output_for("cross_entropy")

    def test_hinge_has_targets_of_minus_1_and_1(self):
        assert project(0, 1, 1, 0).targets_for("hinge").ravel().tolist() == [-1, 1, 1, -1]

    def test_classes_of_minus_1_and_1_are_0_and_1_for_other_losses(self):
        samples = project(-1, 1, 1, -1)
        assert samples.targets_for("binary_cross_entropy").ravel().tolist() == [0, 1, 1, 0]
        assert samples.targets_for("hinge").ravel().tolist() == [-1, 1, 1, -1]

    def test_classes_drawn_anew_are_written_as_the_project_writes_them(self):
        drawn = project(-1, 1, 1, -1).with_labels(np.array([1, 0, 1, 0]))
        assert drawn.targets.ravel().tolist() == [1, -1, 1, -1]

    @pytest.mark.parametrize("loss", ["hinge", "binary_cross_entropy_from_logits"])
    def test_where_the_answer_changes_at_0(self, loss):
        samples = project(0, 0, 1, 1)
        (part,) = parts_of(samples, loss, Method.NONE, ALL)
        plan = Setup((1, 1), "relu", "identity", loss).plan(0)
        plan.views["w:c1"][...], plan.views["b:n1"][...] = 0.2, -0.3
        # Outputs -0.3, -0.1, 0.1, 0.3: none reaches 1/2, all have the right sign.
        assert judged(plan, part).metric == 1.0


def test_pixels_are_scaled_alike_to_0_and_1():
    digits = samples_of_set("digits", 0)
    assert (digits.alike, digits.usual_scaling) == (True, Method.MIN_MAX)
    (part,) = parts_of(digits, "cross_entropy", Method.MIN_MAX, np.arange(100))
    np.testing.assert_array_equal(part.inputs, digits.inputs[:100] / 16)


def test_outputs_that_are_no_numbers_are_no_class():
    samples = project(0, 1, 1, 0)
    (part,) = parts_of(samples, "mse", Method.NONE, ALL)
    plan = Setup((1, 1), "relu", "sigmoid", "mse").plan(0)
    plan.views["w:c1"][...] = np.nan
    assert np.isnan(judged(plan, part).metric)
