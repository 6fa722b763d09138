"""nnsim kfold, bias-variance and race: what they print and write, and how they refuse."""

import re
import shlex
import sys

import numpy as np
import pytest

from nnsim import __version__
from nnsim.cli import main
from nnsim.cli.arguments import parser_for
from nnsim.data.table import Table
from nnsim.document.edits import set_data
from nnsim.document.file import save
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.language import LOCALES
from tests.support.reports import read_csv, read_jsonl

KFOLD = ("kfold", "wine", "--epochs", "2")
RACE = ("race", "iris", "--vary", "optimiser", "--values", "sgd,adam", "--epochs", "2")
COURSE = ("bias-variance", "iris", "--values", "1,4", "--repeats", "2", "--epochs", "2")
STATISTICAL = ("bias-variance", "--statistical", "--resamples", "50", "--values", "1,3,9")
ALL = (KFOLD, RACE, COURSE, STATISTICAL)
IDS = ("kfold", "race", "course", "statistical")


class TestPrinted:
    def test_folds_as_a_table(self, printed):
        output = printed(*KFOLD)
        assert output.startswith("# k-fold cross-validation: wine\n")
        assert re.search(r"^\| fold \| 5 \| 143 \| 0 \| 35 \|", output, re.MULTILINE)
        assert re.search(r"^\| hold-out \| - \| 124 \| 27 \| 27 \|", output, re.MULTILINE)
        # The last column is the accuracy.
        assert re.search(r"^\| hold-out \|.* \d+(\.\d+)? % \|$", output, re.MULTILINE)
        assert re.search(
            r"Mean accuracy over 5 folds: \d+\.\d+ %; standard deviation .*sample", output
        )

    def test_in_spanish(self, printed):
        output = printed(*KFOLD, "--locale", "es")
        assert output.startswith("# Validación cruzada de k particiones: wine\n")
        assert "| Exactitud de prueba |" in output
        assert re.search(r"desviación típica \d+,\d+ % \(poblacional", output)

    def test_the_two_kinds_of_bias_are_named_apart(self, printed):
        course, statistical = printed(*COURSE), printed(*STATISTICAL)
        assert course.startswith("# Bias and variance (the course's definitions): iris\n")
        assert statistical.startswith("# Bias² + variance + noise (statistical decomposition)")
        assert "| Bias (training error) | Variance (test − training) |" in course
        assert "| Bias² | Variance | Noise σ² | Sum | Test error |" in statistical

    @pytest.mark.parametrize("words", [COURSE, STATISTICAL])
    def test_the_sweet_spot_is_marked(self, printed, words):
        output = printed(*words)
        assert len(re.findall(r"\| ◄ \|$", output, re.MULTILINE)) == 1
        assert "◄ The sweet spot" in output

    def test_units_that_are_given_where_units_vary_are_said_to_be_replaced(self, printed):
        assert "not 7-5 as given" in printed(*COURSE, "--layers", "4-7-5-3")
        assert "as given" not in printed(*COURSE)

    def test_a_race_tells_who_came_first(self, printed):
        output = printed(*RACE)
        assert re.search(r"First there: (SGD \(plain steps\)|Adam)", output)
        assert len(re.findall(r"^\| (SGD \(plain steps\)|Adam) ", output, re.MULTILINE)) == 2


class TestForPrograms:
    @pytest.mark.parametrize("words", ALL, ids=IDS)
    def test_csv_and_json_lines_say_the_same(self, printed, words):
        head, rows, end = read_jsonl(printed(*words, "--format", "jsonl"))
        csv_head, csv_rows, csv_end = read_csv(printed(*words, "--format", "csv"))
        assert (csv_head, csv_end) == (head, end)
        assert len(csv_rows) == len(rows) == end["rows"] > 0
        for row, cells in zip(rows, csv_rows, strict=True):
            assert list(row) == list(cells) == head["columns"]
            for value, cell in zip(row.values(), cells.values(), strict=True):
                if value is None:
                    assert cell == ""
                else:
                    assert cell == value if isinstance(value, str) else float(cell) == value

    @pytest.mark.parametrize("words", ALL, ids=IDS)
    def test_the_command_in_the_head_makes_it_again(self, printed, words):
        first = printed(*words, "--format", "jsonl", "--seed", "5")
        program, *again = shlex.split(read_jsonl(first)[0]["command"])
        assert program == "nnsim"
        assert printed(*again, "--format", "jsonl") == first

    def test_the_head_tells_data_settings_conventions_seed_and_version(self, printed):
        head, _, _ = read_jsonl(printed(*KFOLD, "--format", "jsonl"))
        assert head["made_with"] == __version__
        assert head["data"] == {"name": "wine", "kind": "set", "options": {}, "seed": 0}
        assert head["settings"] == {
            "layers": "13-8-3",
            "activation": "relu",
            "output": "softmax",
            "loss": "cross_entropy",
            "optimiser": "adam",
            "rate": 0.01,
            "initialiser": "he_normal",
            "batch": 16,
            "epochs": 2,
            "scaling": "standard",
            "folds": 5,
            "order": "stratified",
            "seed": 0,
        }
        assert "training part" in head["conventions"]["scaling"]

    def test_pandas_reads_the_csv(self, printed, tmp_path):
        import pandas as pd

        printed(*RACE, "-o", "a.csv")
        frame = pd.read_csv(tmp_path / "a.csv", comment="#")
        assert list(frame["value"].unique()) == ["sgd", "adam"]
        assert frame["epoch"].max() == 2

    @pytest.mark.parametrize(("file", "begins"), [("a.csv", "# {"), ("a.jsonl", "{"), ("a", "# k")])
    def test_the_ending_of_the_file_decides_the_format(self, printed, tmp_path, file, begins):
        assert printed(*KFOLD, "-o", file) == f"{file} written.\n"
        assert (tmp_path / file).read_text(encoding="utf-8").startswith(begins)

    def test_two_workers_give_the_same_bytes(self, printed):
        words = (*COURSE, "--format", "csv")
        assert printed(*words, "--workers", "2") == printed(*words)


class TestData:
    def test_the_samples_of_a_project(self, printed, tmp_path):
        inputs = np.linspace(-1, 1, 40)[:, np.newaxis]
        table = Table(("x",), ("y",), inputs, 3 * inputs)
        save(set_data(gate_neuron(), table), tmp_path / "line.nnsim")
        words = ("kfold", "line.nnsim", "--layers", "1-1", "--format", "jsonl")
        head, _, end = read_jsonl(printed(*words, "--rate", "0.05"))
        assert end["mean"] > 0.999
        assert head["data"]["inputs"] == table.inputs.tolist()
        assert head["data"]["target_names"] == ["y"]

    def test_an_example(self, printed):
        words = ("kfold", "or-gate", "--folds", "4", "--order", "shuffled", "--layers", "2-1")
        head, rows, _ = read_jsonl(printed(*words, "--format", "jsonl"))
        assert head["settings"]["loss"] == "binary_cross_entropy"
        # Of four samples 70-15-15 leaves none for testing.
        assert rows[-1]["test_metric"] is None

    def test_without_layers_a_project_is_trained_as_it_is_drawn(self, printed):
        words = ("kfold", "xor-2-2-1", "--folds", "4", "--order", "shuffled", "--epochs", "3")
        head, _, _ = read_jsonl(printed(*words, "--format", "jsonl"))
        assert head["settings"]["network"] == "as drawn"
        assert "layers" not in head["settings"]
        assert head["data"]["document"]["training"]["rule"] == "sgd"
        _, *again = shlex.split(head["command"])
        assert read_jsonl(printed(*again, "--format", "jsonl"))[0] == head

    def test_an_example_whose_name_a_set_has_too(self, printed):
        words = ("--epochs", "1", "--folds", "3", "--format", "jsonl")
        of_set, _, _ = read_jsonl(printed("kfold", "iris", *words))
        of_example, _, _ = read_jsonl(printed("kfold", "example:iris", *words))
        assert (of_set["data"]["kind"], of_example["data"]["kind"]) == ("set", "project")
        assert of_example["settings"]["network"] == "as drawn"
        _, *again = shlex.split(of_example["command"])
        assert read_jsonl(printed(*again, "--format", "jsonl"))[0] == of_example

    def test_but_for_the_options_that_are_given(self, printed):
        words = ("kfold", "xor-2-2-1", "--folds", "4", "--order", "shuffled", "--epochs", "3")
        found = [
            read_jsonl(printed(*words, *more, "--format", "jsonl"))
            for more in ((), ("--optimiser", "adam", "--initialiser", "he_normal"))
        ]
        assert found[1][0]["settings"]["optimiser"] == "adam"
        assert found[0][1] != found[1][1]

    def test_a_race_of_a_project(self, printed, tmp_path):
        inputs = np.linspace(-1, 1, 40)[:, np.newaxis]
        table = Table(("x",), ("y",), inputs, 3 * inputs)
        document = perceptron((1, 3, 1), hidden="tanh", output="identity", data=table)
        save(document, tmp_path / "line.nnsim")
        words = ("race", "line.nnsim", "--vary", "optimiser", "--values", "sgd,adam")
        output = printed(*words, "--epochs", "3", "--format", "jsonl")
        head, rows, _ = read_jsonl(output)
        assert (head["settings"]["network"], len(rows)) == ("as drawn", 8)
        _, *again = shlex.split(head["command"])
        assert printed(*again, "--format", "jsonl") == output

    def test_a_set_that_is_drawn_comes_from_the_seed(self, printed):
        words = ("kfold", "moons", "--epochs", "1", "--format", "jsonl", "--seed")
        assert printed(*words, "1") == printed(*words, "1") != printed(*words, "2")


class TestHelp:
    @pytest.mark.parametrize("locale", LOCALES)
    def test_tells_every_option_of_the_statistical_one(self, printed, locale):
        output = printed("bias-variance", "--help", "--locale", locale)
        for action in parser_for("bias-variance", statistical=True)._actions:
            for option in action.option_strings:
                assert re.search(rf"(^|[ \[]){re.escape(option)}\b", output, re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("kfold",), "nnsim kfold wine"),
        (("kfold", "nothing"), "wine, breast-cancer"),
        (("kfold", "none.nnsim"), "none.nnsim"),
        (("kfold", "example:none"), "or-gate"),
        (("kfold", "reber"), "reber"),
        (("kfold", "wine", "iris"), "iris"),
        (("kfold", "wine", "--layers", "13"), "13"),
        (("kfold", "wine", "--layers", "4-8-3"), "13 units and the last 3"),
        (("kfold", "wine", "--layers"), "--layers"),
        (("kfold", "wine", "--activation", "step"), "relu"),
        (("kfold", "wine", "--optimiser", "gradient"), "sgd, momentum"),
        (("kfold", "wine", "--rate", "-1"), "--rate"),
        (("kfold", "wine", "--rate", "fast"), "--rate"),
        (("kfold", "wine", "--folds", "1"), "--folds"),
        (("kfold", "wine", "--folds", "60"), "60 folds"),
        (("kfold", "wine", "--workers", "0"), "--workers"),
        (("kfold", "wine", "--format", "xlsx"), "md, csv, jsonl"),
        (("kfold", "diabetes", "--loss", "cross_entropy"), "mse, mae, huber"),
        (("kfold", "wine", "--epochs", "1", "-o", "none/a.csv"), "none/a.csv"),
        (("kfold", "wine", "--target", "1"), "--target"),
        (("race", "wine"), "--vary"),
        (("race", "wine", "--vary", "rate"), "--values"),
        (("race", "wine", "--vary", "luck", "--values", "1"), "optimiser"),
        (("race", "wine", "--vary", "rate", "--values", "0.1,0.1"), "once"),
        (("race", "wine", "--vary", "rate", "--values", "0.1,x"), "“x”"),
        (("race", "wine", "--vary", "rate", "--values", "1", "--rate", "1"), "--rate"),
        (("bias-variance", "digits", "--values", "4,2"), "1,2,4,8"),
        (("bias-variance", "digits", "--noise", "2"), "--noise"),
        (("bias-variance", "diabetes", "--noise", "0.3"), "diabetes"),
        (("bias-variance", "digits", "--vary", "epochs", "--epochs", "3"), "--epochs"),
        (("bias-variance", "digits", "--samples", "1797"), "1797"),
        (("bias-variance", "digits", "--layers", "64-10"), "hidden"),
        (("bias-variance", "digits", "--degree", "3"), "--degree"),
        (("kfold", "or-gate", "--folds", "4", "--optimiser", "adam"), "no optimiser"),
        (("bias-variance", "--statistical", "digits"), "digits"),
        (("bias-variance", "--statistical", "--layers", "1-1"), "--layers"),
        (("bias-variance", "--statistical", "--values", "25"), "25"),
        (("bias-variance", "--statistical", "--deviation", "0"), "--deviation"),
    ],
)
def test_one_line_that_says_what_and_status_2(refused, words, said):
    assert said in refused(*words)


def test_without_dask_a_cluster_says_what_to_install(refused, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert "nnsim[cluster]" in refused("kfold", "wine", "--cluster", "local")


def test_a_local_cluster_gives_the_same_bytes(printed):
    pytest.importorskip("distributed")
    words = (*COURSE, "--format", "csv")
    assert printed(*words, "--cluster", "local", "--workers", "2") == printed(*words)


def test_refused_in_spanish(refused):
    assert "primera capa necesita 13" in refused("kfold", "wine", "--layers=4-3", "--locale=es")


def test_ctrl_c_is_no_crash(monkeypatch):
    def interrupted(*_arguments, **_others):
        raise KeyboardInterrupt

    monkeypatch.setattr("nnsim.session.experiments.request.kfold", interrupted)
    assert main([*KFOLD, "--workers", "2"]) == 130
