"""Data sets by name: every one can be made, has its words, and says where it comes from."""

import subprocess
import sys

import numpy as np
import pytest

from nnsim.core.messages import NnsimError
from nnsim.core.randoms import generator, seed_from
from nnsim.data.options import Task
from nnsim.data.sets import DATA_SETS, make_data_set
from nnsim.language import LOCALES, message_text, text
from tests.support.data import refusal, refusals

SMALL = {"count": 40}


def small(spec):
    return SMALL if any(option.name == "count" for option in spec.options) else {}


@pytest.mark.parametrize("spec", DATA_SETS.values(), ids=DATA_SETS)
class TestEach:
    def test_is_made_with_its_defaults_and_agrees_with_its_task(self, spec):
        data = make_data_set(spec.name, generator(0))
        assert len(data) > 0
        assert data.name == spec.name
        assert np.isfinite(data.inputs).all()
        assert (len(data.classes) > 0) == (
            spec.task is Task.CLASSIFICATION
        ) or not data.targets.size
        assert (data.inputs.ndim == 3) == (spec.task is Task.SEQUENCES)

    def test_depends_on_the_generator_alone(self, spec):
        first, again = (make_data_set(spec.name, generator(3), **small(spec)) for _ in range(2))
        np.testing.assert_array_equal(first.inputs, again.inputs)
        np.testing.assert_array_equal(first.targets, again.targets)

    def test_takes_as_many_samples_as_asked_for(self, spec):
        if small(spec):
            assert len(make_data_set(spec.name, generator(0), count=40)) == 40

    @pytest.mark.parametrize("locale", LOCALES)
    def test_has_its_words(self, spec, locale):
        data = make_data_set(spec.name, generator(0), **small(spec))
        assert text(f"data_set.title.{spec.name}", locale)
        assert message_text(data.licence, locale)
        for option in spec.options:
            assert text(f"data_set.option.{option.name}", locale)
            assert all(text(f"data_set.value.{choice}", locale) for choice in option.choices)

    def test_takes_the_least_and_the_most_of_each_option_or_says_why_not(self, spec):
        for option in spec.options:
            for value in extremes(option):
                chosen = {**small(spec), **COMPOSED.get(spec.name, {}), option.name: value}
                try:
                    data = make_data_set(spec.name, generator(0), **chosen)
                except NnsimError as error:
                    said = {message.code for message in error.messages}
                else:
                    said = set()
                    assert np.isfinite(data.inputs).all()
                assert said <= DEPENDENT


def extremes(option):
    if option.choices or isinstance(option.default, bool):
        return option.choices or (False, True)
    return (option.low,) if option.name in LARGE else (option.low, option.high)


#: What is said where two options do not go together.
DEPENDENT = {
    "data_set.informative",
    "data_set.corners",
    "data_set.periods",
    "data_set.reber_longest",
}
#: Options whose largest value would only make the test slow.
LARGE = {"count", "side"}
#: What the extremes of single options need from the others.
COMPOSED = {
    "classification": {"informative": 30, "features": 1000, "clusters": 2},
    "regression": {"informative": 1},
    "sines": {"shortest_period": 2, "longest_period": 1000},
    "reber": {"embedded": False},
    "quijote": {"steps": 20, "stride": 1000},
}


def test_what_few_need_is_imported_when_it_is_needed():
    code = """
import sys
import nnsim.data.sets, nnsim.data.roles, nnsim.data.splitting, nnsim.data.idx, nnsim.data.images
print(*({"sklearn", "scipy", "pandas", "openpyxl", "PIL"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("\n", "")


class TestRefusals:
    def test_an_unknown_set_and_an_unknown_option(self):
        assert refusal(make_data_set, "none", generator(0)) == "data_set.unknown"
        assert refusal(make_data_set, "xor", generator(0), size=3) == "data_set.unknown_option"

    @pytest.mark.parametrize(
        ("name", "options", "code"),
        [
            ("xor", {"noise": 0.6}, "data_set.range"),
            ("xor", {"noise": float("nan")}, "data_set.range"),
            ("xor", {"noise": "much"}, "data_set.range"),
            ("xor", {"count": 0}, "data_set.range"),
            ("xor", {"count": 2.5}, "data_set.whole_number"),
            ("xor", {"count": True}, "data_set.range"),
            ("reber", {"embedded": 1}, "data_set.choice"),
            ("reber", {"targets": "all"}, "data_set.choice"),
            ("reber", {"longest": 8}, "data_set.reber_longest"),
            ("sines", {"shortest_period": 50.0}, "data_set.periods"),
            ("classification", {"informative": 5}, "data_set.informative"),
            ("classification", {"classes": 5}, "data_set.corners"),
            ("regression", {"informative": 3}, "data_set.informative"),
        ],
    )
    def test_values_that_are_not_possible(self, name, options, code):
        assert refusal(make_data_set, name, generator(0), **options) == code

    def test_what_would_not_fit_into_memory(self):
        options = {"count": 100_000, "steps": 1000}
        code = refusal(make_data_set, "running-parity", generator(0), **options)
        assert code == "data_set.too_large"
        code = refusal(make_data_set, "quijote", generator(0), steps=1000, stride=1)
        assert code == "text_data.too_many"

    def test_options_are_named_in_the_language_of_the_reader(self):
        ((_, params),) = refusals(make_data_set, "xor", generator(0), noise=0.75)
        assert message_text(params["option"], "es") == "Ruido"
        assert "de 0 a 0,5" in text("data_set.range", "es", **params)

    def test_a_whole_number_may_come_as_a_float(self):
        assert len(make_data_set("xor", generator(0), count=7.0)) == 7


class TestBundled:
    @pytest.mark.parametrize(
        ("name", "inputs", "targets"),
        [
            ("digits", (1797, 1, 8, 8), (1797, 10)),
            ("iris", (150, 4), (150, 3)),
            ("wine", (178, 13), (178, 3)),
            ("breast-cancer", (569, 30), (569, 2)),
            ("diabetes", (442, 10), (442, 1)),
            ("linnerud", (20, 3), (20, 3)),
        ],
    )
    def test_shapes(self, name, inputs, targets):
        data = make_data_set(name, generator(0))
        assert data.inputs.shape == inputs
        assert data.targets.shape == targets
        assert data.source

    def test_nothing_is_scaled(self):
        diabetes = make_data_set("diabetes", generator(0))
        assert diabetes.inputs[0].tolist() == [59, 2, 32.1, 101, 157, 93.2, 38, 4, 4.8598, 87]
        assert make_data_set("digits", generator(0)).inputs.max() == 16

    def test_classes_keep_their_names(self):
        iris = make_data_set("iris", generator(0))
        assert iris.classes == ("setosa", "versicolor", "virginica")
        assert iris.class_counts() == (50, 50, 50)
        assert iris.input_names[0] == "sepal length (cm)"
        assert iris.as_table().names[-1] == "virginica"


class TestGenerators:
    def test_numbers_are_scikit_learns_with_a_seed_from_the_generator(self):
        from sklearn.datasets import make_moons

        data = make_data_set("moons", generator(4), count=30, noise=0.2)
        points, labels = make_moons(30, noise=0.2, random_state=seed_from(generator(4)))
        np.testing.assert_array_equal(data.inputs, points)
        np.testing.assert_array_equal(data.labels, labels)

    def test_features_that_carry_nothing_are_there_too(self):
        data = make_data_set("classification", generator(0), features=9, flipped=0)
        assert data.input_shape == (9,)
        assert data.target_shape == (2,)
