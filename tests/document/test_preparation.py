"""The way of the data into the network: parts, scaling, features; each a setting that is seen."""

from dataclasses import replace

import numpy as np
import pytest

from nnsim.core.messages import NnsimError
from nnsim.core.randoms import generator
from nnsim.data import Table
from nnsim.data.sets import make_data_set
from nnsim.document import edits
from nnsim.document.checks import check
from nnsim.document.clipboard import copy
from nnsim.document.file import load, save
from nnsim.document.fragment_text import read_fragment, write_fragment
from nnsim.document.head import head_of
from nnsim.document.model import (
    Document,
    Feature,
    ScalingSettings,
    SplitSettings,
    Training,
    frozen_array,
)
from nnsim.document.preparation import feature_fits, input_features, prepared
from nnsim.document.starting import draw_parameters
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.session.running import Runner

SEVENTY = SplitSettings(70, 15, 15)


def circle(count=40):
    return make_data_set("circle", generator(0), count=count).as_table()


def featured(*features: Feature, data: Table | None = None) -> Document:
    """A neuron with a feature behind each input."""
    document = Document(data=data or circle(), training=Training(rule="sgd", batch_size=10))
    ids = []
    for feature in features:
        document, node = edits.add_node(document, "input")
        document = edits.set_feature(document, node, feature)
        ids.append(node)
    document, neuron = edits.add_node(document, "dense")
    return edits.connect_all(document, ids, [neuron])


def codes(document):
    return [(p.severity, p.message.code) for p in check(document)]


class TestAsTheyAre:
    def test_by_default_all_samples_train_and_nothing_is_done_to_them(self):
        document = gate_neuron()
        samples = prepared(document)
        assert samples.split.training.tolist() == [0, 1, 2, 3]
        assert samples.inputs.tolist() == document.data.inputs.tolist()
        assert samples.targets.tolist() == document.data.targets.tolist()

    def test_it_is_made_once_for_documents_that_share_what_decides_it(self):
        document = gate_neuron()
        moved = edits.move(document, {"n1": (5.0, 5.0)})
        assert prepared(document) is prepared(moved)


class TestParts:
    def test_parts_are_disjoint_whole_and_in_the_order_of_the_table(self):
        document = edits.set_split(perceptron((2, 3, 1), data=circle()), SEVENTY)
        parts = prepared(document).split
        assert [len(parts.training), len(parts.validation), len(parts.test)] == [28, 6, 6]
        together = np.concatenate([parts.training, parts.validation, parts.test])
        assert sorted(together.tolist()) == list(range(40))
        assert (np.diff(parts.training) > 0).all()

    def test_only_the_training_part_is_learnt_from_and_rows_are_those_of_the_table(self):
        document = edits.set_split(perceptron((2, 3, 1), data=circle()), SEVENTY)
        document = replace(document, training=Training(rule="sgd", batch_size=5))
        runner = Runner(document)
        seen = [row for _ in range(6) for row in runner.iterate().samples]
        assert seen == prepared(document).split.training.tolist()

    def test_gradient_descent_takes_the_whole_training_part_at_once(self):
        document = edits.set_split(perceptron((2, 3, 1), data=circle()), SEVENTY)
        document = replace(document, training=Training(rule="gradient_descent"))
        metrics = Runner(document).iterate()
        assert len(metrics.samples) == 28
        assert metrics.epoch_ended

    def test_stratified_keeps_the_proportion_of_the_classes(self):
        document = perceptron((2, 3, 1), data=circle())
        document = edits.set_split(document, replace(SEVENTY, order="stratified"))
        parts = prepared(document).split
        for rows in (parts.training, parts.validation, parts.test):
            assert document.data.targets[rows].mean() == 0

    def test_stratified_values_are_refused_with_what_to_do(self):
        table = Table(("x",), ("y",), np.arange(8.0)[:, None], np.linspace(0, 3, 8)[:, None])
        document = edits.set_split(
            perceptron((1, 1), data=table), replace(SEVENTY, order="stratified")
        )
        assert codes(document) == [("error", "split.no_classes")]

    def test_shares_of_nothing_are_refused(self):
        with pytest.raises(NnsimError):
            edits.set_split(gate_neuron(), SplitSettings(0, 0, 0))


class TestScaling:
    def test_it_is_fitted_on_the_training_part_alone(self):
        document = perceptron((2, 3, 1), data=circle())
        document = edits.set_split(document, SEVENTY)
        document = edits.set_scaling(document, ScalingSettings("standard"))
        samples = prepared(document)
        training = samples.inputs[samples.split.training]
        np.testing.assert_allclose(training.mean(axis=0), 0, atol=1e-12)
        np.testing.assert_allclose(training.std(axis=0), 1, rtol=1e-12)
        raw = document.data.inputs
        expected = (raw - raw[samples.split.training].mean(axis=0)) / raw[
            samples.split.training
        ].std(axis=0)
        np.testing.assert_allclose(samples.inputs, expected, rtol=1e-12, atol=1e-14)

    def test_points_are_prepared_as_samples_are(self):
        document = featured(Feature("square", (0,)), Feature("product", (0, 1)))
        document = edits.set_scaling(document, ScalingSettings("min_max"))
        samples = prepared(document)
        np.testing.assert_array_equal(samples.network_inputs(document.data.inputs), samples.inputs)

    def test_what_overflows_is_named_by_sample_and_input(self):
        document = featured(Feature("square", (0,)), Feature("product", (0, 1)))
        document = replace(
            document, data=document.data.with_cell(2, 1, 1e308).with_cell(2, 0, 10.0)
        )
        (problem,) = check(document)
        assert problem.message.code == "check.prepared_not_finite"
        assert problem.message.params["row"] == 3
        product = document.node(problem.message.node)
        assert product.feature == Feature("product", (0, 1))
        assert problem.message.params["name"] == product.name

    def test_scaled_classes_are_warned_of(self):
        document = edits.set_scaling(gate_neuron(), ScalingSettings(targets="standard"))
        assert codes(document) == [("warning", "check.scaled_classes")]


class TestFeatures:
    def test_each_input_gets_its_feature(self):
        document = featured(
            Feature("column", (1,)),
            Feature("square", (0,)),
            Feature("product", (0, 1)),
            Feature("sine", (1,)),
        )
        x1, x2 = document.data.inputs.T
        np.testing.assert_array_equal(
            prepared(document).inputs, np.column_stack([x2, x1**2, x1 * x2, np.sin(x2)])
        )
        assert codes(document) == []

    def test_plain_inputs_take_the_columns_in_order_beside_features(self):
        document = perceptron((2, 1), data=circle())
        document, node = edits.add_node(document, "input")
        document = edits.set_feature(document, node, Feature("square", (1,)))
        document, _ = edits.connect(document, node, document.outputs[0].id)
        assert input_features(document) == (
            Feature("column", (0,)),
            Feature("column", (1,)),
            Feature("square", (1,)),
        )
        assert codes(document) == []

    def test_one_of_a_column_that_is_not_there_is_said_on_its_node(self):
        document = featured(Feature("square", (2,)))
        assert codes(document) == [("error", "check.feature_column")]
        assert check(document)[0].message.node == "n1"

    def test_a_feature_has_its_number_of_columns(self):
        node = featured(Feature("product", (0,))).inputs[0]
        assert not feature_fits(node)

    def test_it_is_copied_with_its_node(self):
        document = featured(Feature("sine", (1,)))
        fragment = read_fragment(write_fragment(copy(document, ["n1"])))
        assert fragment.nodes[0].feature == Feature("sine", (1,))


class TestFile:
    def test_what_is_prepared_is_kept_and_makes_it_version_3(self, tmp_path):
        document = featured(Feature("sine", (1,)))
        document = edits.set_split(document, replace(SEVENTY, seed=4))
        document = edits.set_scaling(document, ScalingSettings("standard", "none"))
        assert head_of(document)["version"] == 3
        save(document, tmp_path / "a.nnsim")
        opened = load(tmp_path / "a.nnsim")
        assert (opened.split, opened.scaling) == (document.split, document.scaling)
        assert opened.inputs[0].feature == Feature("sine", (1,))
        np.testing.assert_array_equal(prepared(opened).inputs, prepared(document).inputs)

    def test_so_do_penalties_clipping_and_patience(self, tmp_path):
        for changed in ({"penalty": "l2"}, {"clipping": "norm"}, {"patience": 3}):
            document = perceptron((2, 2, 1))
            document = replace(document, training=replace(document.training, **changed))
            assert head_of(document)["version"] == 3
            save(document, tmp_path / "a.nnsim")
            assert load(tmp_path / "a.nnsim").training == document.training

    def test_an_impossible_feature_is_refused(self, tmp_path):
        document = featured(Feature("product", (0,)))
        save(document, tmp_path / "a.nnsim")
        with pytest.raises(NnsimError, match=r"file\.feature"):
            load(tmp_path / "a.nnsim")


class TestStartValues:
    def test_they_have_the_spread_their_initialiser_is_named_for(self):
        document = draw_parameters(perceptron((200, 300, 1)), "he_normal", 3)
        first = document.connections[0].weights
        assert first.std() == pytest.approx(np.sqrt(2 / 200), rel=0.02)
        assert all((node.bias == 0).all() for node in document.nodes)

    def test_several_wires_into_a_neuron_count_as_one_layer(self):
        document = gate_neuron()
        drawn = [
            draw_parameters(document, "he_uniform", seed).connections[0].weights[0, 0]
            for seed in range(300)
        ]
        assert max(np.abs(drawn)) == pytest.approx(np.sqrt(3 * 2 / 2), rel=0.03)

    def test_others_keep_theirs(self):
        document = perceptron((2, 3, 1))
        drawn = draw_parameters(document, "xavier_uniform", 1, [document.nodes[1].id])
        assert drawn.connections[1].weights is document.connections[1].weights
        assert drawn.connections[0].weights is not document.connections[0].weights

    def test_an_edit_to_it_starts_the_run_again(self):
        document = replace(perceptron((2, 3, 1)), training=Training(rule="sgd"))
        document = edits.set_parameter(document, "b:n2", (0,), 1.0, iteration=2)
        assert draw_parameters(document, "zeros", 0).changes == ()

    def test_frozen(self):
        document = draw_parameters(gate_neuron(), "normal", 0)
        with pytest.raises(ValueError, match="read-only"):
            document.connections[0].weights[...] = frozen_array([[1.0]])
