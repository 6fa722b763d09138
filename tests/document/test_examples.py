"""The shipped examples: current, runnable, and ending as the course says."""

import json
import runpy
import zipfile
from pathlib import Path

import numpy as np
import pytest

from nnsim.document.checks import check
from nnsim.document.examples import EXAMPLES, example_path, load_example
from nnsim.document.file import load
from nnsim.document.head import arrays_of, head_of
from nnsim.engine.learners import VerdictKind
from nnsim.language import LOCALES, has_text, text
from nnsim.session.running import Runner

MAKER = Path(__file__).resolve().parents[2] / "packaging/make_examples.py"


def run_to_verdict(document):
    runner = Runner(document)
    runner.watch()
    while runner.verdict is None and runner.iteration < document.training.limit:
        runner.iterate()
    return runner


def test_the_folder_holds_the_listed_examples_and_no_others():
    found = {path.name for path in example_path("or-gate").parent.iterdir()}
    note = "data.source.txt"
    assert found == {f"{example}.nnsim" for example in EXAMPLES} | {note}


def test_every_example_says_where_its_samples_are_from():
    note = example_path("or-gate").with_name("data.source.txt").read_text(encoding="utf-8")
    assert set(EXAMPLES) <= set(note.split())


def test_an_unknown_id_is_no_path():
    with pytest.raises(KeyError):
        example_path("../i18n/en/examples")


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_file_is_what_the_script_makes(example, tmp_path):
    runpy.run_path(str(MAKER))["write"](tmp_path)
    made, shipped = load(tmp_path / f"{example}.nnsim"), load_example(example)
    assert head_of(made) == head_of(shipped)
    for (name, new), (old_name, old) in zip(arrays_of(made), arrays_of(shipped), strict=True):
        assert name == old_name
        # Sines differ in their last digit from machine to machine.
        np.testing.assert_allclose(new, old, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_file_says_which_version_made_it(example):
    with zipfile.ZipFile(example_path(example)) as archive:
        assert json.loads(archive.read("document.json"))["made_with"]


@pytest.mark.parametrize("example", EXAMPLES)
def test_nothing_is_wrong_with_it(example):
    assert check(load_example(example)) == ()


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("locale", LOCALES)
def test_it_has_a_title_and_a_description(example, locale):
    for part in ("title", "about", "look"):
        assert has_text(f"example.{example}.{part}")
        assert text(f"example.{example}.{part}", locale)


@pytest.mark.parametrize(
    ("example", "weights", "bias"),
    [
        ("or-gate", (1, 1), -1),
        ("and-gate", (0.5, 0.5), -1),
        ("nand-gate", (-1, -1), 1),
        ("nor-gate", (-1.5, -1.5), 1),
    ],
)
def test_the_gates_end_as_in_the_course(example, weights, bias):
    runner = run_to_verdict(load_example(example))
    assert runner.verdict.kind is VerdictKind.CLEAN_PASS
    assert [float(value) for value in runner.learner.plan.parameters] == [*weights, bias]


def test_xor_with_one_neuron_repeats_row_6_at_row_16():
    verdict = run_to_verdict(load_example("xor-single-neuron")).verdict
    assert (verdict.kind, verdict.iteration, verdict.same_as) == (VerdictKind.REPEATS, 16, 6)


def test_xor_with_a_hidden_layer_is_learnt_within_its_limit():
    document = load_example("xor-2-2-1")
    runner = run_to_verdict(document)
    assert runner.verdict.kind is VerdictKind.LOSS_REACHED
    workspace = runner.learner.plan.workspace(4)
    workspace.load(document.data.inputs)
    outputs = workspace.forward().ravel()
    assert (outputs > 0.5).tolist() == [False, True, True, False]


def test_the_backpropagation_example_has_the_numbers_of_the_exercise():
    document = load_example("backprop-2-2-2")
    runner = Runner(document)
    metrics = runner.iterate()
    # Mazur's worked example: the loss of the first pass and the weights after one update.
    assert metrics.loss == pytest.approx(0.298371109, abs=5e-10)
    expected = [0.149780716, 0.199561432, 0.24975114, 0.299502287]
    expected += [0.35891648, 0.408666186, 0.511301270, 0.561370121]
    plan = runner.learner.plan
    weights = [value for name, view in plan.views.items() if name[0] == "w" for value in view.flat]
    np.testing.assert_allclose(weights, expected, atol=5e-9, rtol=0)
    biases = [view.tolist() for name, view in plan.views.items() if name[0] == "b"]
    assert biases == [[0.35, 0.35], [0.6, 0.6]]
