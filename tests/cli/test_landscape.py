"""nnsim landscape: the numbers of the window, printed and written, and how it refuses."""

import re
import shlex

import pytest

from nnsim.cli.landscape import weight_called
from nnsim.core.messages import NnsimError
from nnsim.document.examples import load_example
from nnsim.document.naming import parameter_name
from nnsim.session import Session
from nnsim.session.experiments.landscape import landscape, most_moved, survey, weights_of
from tests.support.reports import read_csv, read_jsonl

WORDS = ("landscape", "xor-2-2-1", "--iterations", "40", "--side", "7")


@pytest.fixture
def session():
    session = Session(load_example("xor-2-2-1"))
    session.go_to(40)
    return session


def test_it_has_the_numbers_of_the_window(printed, session):
    terrain = survey(session, *most_moved(session), side=7)
    expected = landscape(terrain).report
    _, rows, end = read_jsonl(printed(*WORDS, "--format", "jsonl"))
    assert [tuple(row.values()) for row in rows] == [tuple(row) for row in expected.rows]
    assert end == {"rows": 49, **expected.figures}


def test_csv_says_the_same_as_json_lines(printed):
    head, rows, end = read_jsonl(printed(*WORDS, "--format", "jsonl"))
    csv_head, csv_rows, csv_end = read_csv(printed(*WORDS, "--format", "csv"))
    assert (csv_head, csv_end) == (head, end)
    assert [[float(cell) for cell in row.values()] for row in csv_rows] == [
        list(row.values()) for row in rows
    ]


def test_the_path_is_where_the_weights_were_after_every_iteration(printed, session):
    _, rows, _ = read_jsonl(printed(*WORDS, "--format", "jsonl", "--path"))
    terrain = survey(session, *most_moved(session))
    assert [row["iteration"] for row in rows] == list(range(41))
    assert [[row["first"], row["second"]] for row in rows] == terrain.path.tolist()


@pytest.mark.parametrize("options", [(), ("--path",), ("--reach", "2.5", "--first", "b N1")])
def test_the_command_in_the_head_makes_it_again(printed, options):
    first = printed(*WORDS, *options, "--format", "jsonl")
    program, *again = shlex.split(read_jsonl(first)[0]["command"])
    assert program == "nnsim"
    assert printed(*again, "--format", "jsonl") == first


def test_people_are_told_the_path_and_the_lowest_loss(printed):
    output = printed(*WORDS, "--locale", "es")
    assert output.startswith("# Paisaje de la pérdida")
    assert "Tras 40 iteraciones" in output
    assert len(re.findall(r"^\| \d+ \|", output, re.MULTILINE)) == 25


def test_without_iterations_it_goes_as_far_as_a_run_in_the_window(printed):
    session = Session(load_example("or-gate"))
    for _ in session.run():
        pass
    head, _, _ = read_jsonl(
        printed("landscape", "or-gate", "--side", "5", "--workers", "2", "--format", "jsonl")
    )
    assert head["settings"]["iteration"] == session.computed > 0


def test_at_the_start_there_is_a_landscape_too(printed):
    words = ("landscape", "or-gate", "--iterations", "0", "--side", "5", "--format", "jsonl")
    head, rows, _ = read_jsonl(printed(*words))
    assert head["settings"]["iteration"] == 0
    assert len(rows) == 25


def test_every_weight_has_a_name_and_a_key():
    document = load_example("xor-2-2-1")
    for weight in weights_of(document):
        name = parameter_name(document, weight.name, weight.place)
        for word in (str(weight), name, name.replace(" ← ", "<-")):
            assert weight_called(document, word) == weight


def test_a_weight_that_there_is_not_is_told_with_those_there_are():
    with pytest.raises(NnsimError) as refused:
        weight_called(load_example("or-gate"), "w N9 <- x1")
    (message,) = refused.value.messages
    assert message.code == "cli.no_weight"
    assert message.params["known"] == "w N1 ← x1, w N1 ← x2, b N1"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("landscape",), "nnsim landscape or-gate"),
        (("landscape", "nothing"), "nothing"),
        (("landscape", "or-gate", "--side", "4"), "--side"),
        (("landscape", "or-gate", "--reach", "0"), "--reach"),
        (("landscape", "or-gate", "--first"), "--first"),
        (("landscape", "or-gate", "--first", "w9"), "b N1"),
        (("landscape", "or-gate", "--first", "b N1", "--second", "b N1"), "two different"),
    ],
)
def test_what_it_refuses(refused, words, said):
    assert said in refused(*words)
