"""A data set chosen by name brings a network that fits it, in one edit that says what it did."""

import numpy as np
import pytest

from nnsim.core.messages import NnsimError
from nnsim.core.randoms import generator
from nnsim.data import Table
from nnsim.data.sets import make_data_set
from nnsim.document.checks import check
from nnsim.document.edits import set_data, set_split
from nnsim.document.file import load, save
from nnsim.document.lab import (
    TABLE_SETS,
    chosen_options,
    features_offered,
    fit_in_force,
    hidden_layers,
    possible_fits,
    said,
    with_feature,
    with_fit,
    with_set,
    with_table,
)
from nnsim.document.model import Origin, SplitSettings
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.language import LOCALES, has_text
from nnsim.session.running import Runner


def codes(messages):
    return [message.code for message in messages]


class TestSets:
    @pytest.mark.parametrize("name", TABLE_SETS)
    def test_every_set_of_the_list_runs_in_any_network(self, name):
        options = {"count": 60} if "count" in {o.name for o in TABLE_SETS[name].options} else {}
        for start in (gate_neuron(), perceptron((2, 4, 3, 1))):
            document = with_set(start, name, options, seed=3)
            assert [p.message.code for p in check(document) if p.severity == "error"] == []
            assert np.isfinite(Runner(document).iterate().loss)

    def test_the_samples_are_those_of_the_name_the_options_and_the_seed(self):
        document = with_set(perceptron((2, 4, 1)), "spiral", {"count": 50, "noise": 0.2}, 7)
        made = make_data_set("spiral", generator(7), count=50, noise=0.2)
        np.testing.assert_array_equal(document.data.inputs, made.inputs)
        assert document.origin == Origin("spiral", 7, (("count", 50), ("noise", 0.2)))
        assert chosen_options(document, "spiral") == {"count": 50, "noise": 0.2}
        assert chosen_options(document, "circle")["count"] == 500

    def test_where_they_are_from_is_kept_in_the_file(self, tmp_path):
        document = with_set(perceptron((2, 4, 1)), "blobs", {"count": 30, "deviation": 0.5}, 2)
        save(document, tmp_path / "a.nnsim")
        assert load(tmp_path / "a.nnsim").origin == document.origin

    def test_changed_by_hand_they_are_from_nowhere(self):
        document = with_set(perceptron((2, 4, 1)), "xor", {"count": 20}, 0)
        assert set_data(document, document.data.with_cell(0, 0, 9.0)).origin is None

    def test_an_impossible_option_is_refused_by_name(self):
        with pytest.raises(NnsimError) as refused:
            with_set(perceptron((2, 4, 1)), "circle", {"noise": 0.9}, 0)
        assert codes(refused.value.messages) == ["data_set.range"]

    def test_from_two_classes_to_ten_and_to_values(self):
        digits = with_set(perceptron((2, 8, 1)), "digits", {}, 0)
        assert [n.units for n in (*digits.inputs, *digits.outputs)] == [64, 10]
        assert fit_in_force(digits).name == "classes"
        diabetes = with_set(digits, "diabetes", {}, 0)
        assert [n.units for n in (*diabetes.inputs, *diabetes.outputs)] == [10, 1]
        assert fit_in_force(diabetes).name == "values"
        assert [n.units for n in hidden_layers(diabetes)[0]] == [8]

    def test_what_else_has_changed_is_said(self):
        before = with_set(perceptron((2, 8, 1)), "circle", {}, 0)
        after = with_set(before, "iris", {}, 0)
        expected = ["inputs", "outputs", "activation", "loss"]
        assert codes(said(before, after)) == [f"lab.said.{name}" for name in expected]
        assert said(before, with_set(before, "gauss", {}, 1)) == ()

    def test_the_course_rule_gives_way_to_one_that_has_a_loss(self):
        after = with_set(gate_neuron(), "circle", {}, 0)
        assert (after.training.rule, after.training.order) == ("sgd", "shuffled")
        assert "lab.said.rule" in codes(said(gate_neuron(), after))

    def test_features_of_columns_that_are_gone_go(self):
        before = with_set(perceptron((2, 4, 1)), "circle", {}, 0)
        for feature in features_offered((0, 1)):
            before = with_feature(before, feature)
        one_column = Table(("x",), ("y",), [[0], [1]], [[0], [1]])
        after = with_table(before, one_column, None)
        assert [p for p in check(after) if p.severity == "error"] == []
        assert {n.feature.columns for n in after.inputs if n.feature} == {(0,)}

    def test_values_cannot_be_divided_by_class(self):
        before = with_set(perceptron((2, 4, 1)), "iris", {}, 0)
        before = set_split(before, SplitSettings(70, 15, 15, "stratified"))
        after = with_set(before, "plane", {}, 0)
        assert after.split.order == "shuffled"
        assert "lab.said.split" in codes(said(before, after))


class TestFits:
    def test_two_classes_can_be_told_in_four_ways_the_present_one_first(self):
        table = make_data_set("circle", generator(0), count=20).as_table()
        names = [fit.name for fit in possible_fits(table)]
        assert names == ["sign", "probability", "classes", "values"]

    def test_more_classes_in_one_way_and_as_values(self):
        table = make_data_set("iris", generator(0)).as_table()
        assert [fit.name for fit in possible_fits(table)] == ["classes", "values"]

    def test_values_only_as_they_are(self):
        table = make_data_set("diabetes", generator(0)).as_table()
        assert [fit.name for fit in possible_fits(table)] == ["values"]

    @pytest.mark.parametrize("name", ["sign", "probability", "classes", "values"])
    def test_each_is_in_force_once_it_is_chosen_and_nothing_is_wrong(self, name):
        document = with_set(perceptron((2, 4, 1)), "circle", {"count": 20}, 0)
        fit = next(fit for fit in possible_fits(document.data) if fit.name == name)
        after = with_fit(document, fit)
        assert check(after) == ()
        assert after.training.loss == fit.loss
        assert {n.activation.name for n in after.outputs} == {fit.activation}
        if name != "values":
            assert fit_in_force(after).name == name

    def test_the_classes_of_the_samples_stay_the_same_all_the_way_round(self):
        document = with_set(perceptron((2, 4, 1)), "circle", {"count": 20}, 0)
        first = document.data.targets.copy()
        for name in ("classes", "probability", "classes", "sign"):
            fit = next(fit for fit in possible_fits(document.data) if fit.name == name)
            document = with_fit(document, fit)
        np.testing.assert_array_equal(document.data.targets, first)

    def test_the_way_of_telling_classes_is_kept_with_other_samples(self):
        document = with_set(perceptron((2, 4, 1)), "circle", {"count": 20}, 0)
        fit = next(fit for fit in possible_fits(document.data) if fit.name == "classes")
        again = with_set(with_fit(document, fit), "xor", {"count": 20}, 1)
        assert fit_in_force(again).name == "classes"
        assert again.data.targets.shape == (20, 2)

    @pytest.mark.parametrize("locale", LOCALES)
    def test_each_has_a_name_in_both_languages(self, locale):
        for name in ("values", "sign", "probability", "classes"):
            assert has_text(f"lab.fit.{name}")
