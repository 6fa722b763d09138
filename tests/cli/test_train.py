"""nnsim train: what it prints and writes, and how it refuses."""

import re
import shlex

import pytest

from nnsim.document.examples import load_example
from nnsim.document.file import save
from tests.support.reports import read_jsonl

TRAIN = ("train", "xor-2-2-1", "--epochs", "5")


def test_a_table_and_how_it_ended(printed):
    output = printed(*TRAIN)
    assert output.startswith("# Training: xor-2-2-1\n\n    nnsim train xor-2-2-1 --epochs 5\n")
    assert re.search(r"^\| 5 \| 20 \| 0\.\d+ \| 0\.\d+ \| \d+ % \|$", output, re.MULTILINE)
    assert "Not decided after 20 iterations" in output


def test_in_spanish(printed):
    output = printed("train", "or-gate", "--locale", "es")
    assert "| Época | Iteración | Pérdida de entrenamiento | Exactitud de entrenamiento |" in output
    assert "Ha convergido" in output


def test_the_head_holds_the_whole_project(printed):
    head, rows, end = read_jsonl(printed(*TRAIN, "--format", "jsonl"))
    assert head["data"]["document"]["training"]["rule"] == "sgd"
    assert head["data"]["arrays"]["data/inputs.npy"] == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert head["conventions"]["loss_reduction"] == "mean"
    assert [row["epoch"] for row in rows] == list(range(6))
    assert end == {"rows": 6, "verdict": None, "iterations": 20}


def test_the_command_in_the_head_makes_it_again(printed):
    words = ("train", "xor-2-2-1", "--target-loss", "0.27", "--until-verdict", "--format", "jsonl")
    first = printed(*words)
    program, *again = shlex.split(read_jsonl(first)[0]["command"])
    assert program == "nnsim"
    assert printed(*again, "--format", "jsonl") == first


def test_a_project_from_a_file_into_a_file(printed, tmp_path):
    save(load_example("xor-2-2-1"), tmp_path / "xor.nnsim")
    assert printed("train", "xor.nnsim", "--epochs", "2", "-o", "a.csv") == "a.csv written.\n"
    lines = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if not line.startswith("#")]) == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("train",), "nnsim train or-gate"),
        (("train", "nothing"), "nothing"),
        (("train", "none.nnsim"), "none.nnsim"),
        (("train", "or-gate", "--epochs", "0"), "--epochs"),
        (("train", "or-gate", "--epochs"), "--epochs"),
        (("train", "or-gate", "--target-loss", "small"), "--target-loss"),
        (("train", "or-gate", "--format", "xlsx"), "md, csv, jsonl"),
        (("train", "or-gate", "--folds", "3"), "--folds"),
        (("train", "or-gate", "and-gate"), "and-gate"),
    ],
)
def test_one_line_that_says_what_and_status_2(refused, words, said):
    assert said in refused(*words)
