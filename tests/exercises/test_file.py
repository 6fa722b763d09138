"""Exercise files: read strictly, written as they were, mistakes named by their place."""

import re
from pathlib import Path

import pytest

from nnsim.core.messages import NnsimError
from nnsim.exercises.bank import folder
from nnsim.exercises.file import load, loads
from nnsim.exercises.file_writing import dumps, save
from nnsim.exercises.filling import unfilled
from nnsim.exercises.marking import Verdict, mark
from nnsim.exercises.sheet import Cell

OR = folder() / "or-course-rule.toml"


def text_of(old="", new=""):
    text = OR.read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new, 1).encode()


def refusal(content):
    with pytest.raises(NnsimError) as caught:
        loads(content, Path("mine.toml"))
    return caught.value.messages


def keys_and_answers(variant):
    sheet = variant.sheet
    return {cell.key: sheet.expected(cell.key).text() for cell in sheet.asked}


def test_what_is_written_reads_back_the_same(tmp_path):
    exercise = load(OR)
    save(exercise, tmp_path / "again.toml")
    again = load(tmp_path / "again.toml")
    assert dumps(again) == dumps(exercise)
    assert keys_and_answers(again.variant(7)) == keys_and_answers(exercise.variant(7))


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ('until = "epoch"', 'until = "never"', "trace.until", "field.choice"),
        ("bias = [1]", "bias = [1, 2]", "document.nodes.n3.bias", "field.shape"),
        ("weights = [[0.5]]", 'weights = [["a"]]', "document.connections.c4.weights.1.1", None),
        ("weights = [[0.5]]", "", "document.connections.c4.weights", "field.missing"),
        ("rows = [5, 10]", "rows = [10, 5]", "trace.rows", "field.order"),
        ('es = "Puerta OR con la regla del curso"', 'fr = "a"', "title.fr", "field.unknown"),
        ("choices = [-1, 1]", "low = 2", "vary.biases", "field.needs_range"),
        ("order = 30", "order = 30\ncolour = 1", "colour", "field.unknown"),
        ("[vary.biases]", "[vary.momentum]", "vary.momentum", "field.choice"),
    ],
)
def test_a_mistake_is_named_by_its_field(old, new, place, reason):
    message = refusal(text_of(old, new))[0]
    assert message.code == "exercise.field"
    assert message.params["place"] == place
    if reason is not None:
        assert message.params["reason"].code == reason


def test_toml_that_is_none_is_named_by_its_line():
    (message,) = refusal(text_of('id = "or-course-rule"', "id = or"))
    assert message.code == "exercise.not_toml"
    assert message.params["line"] == "3"


def test_other_files_are_told_apart():
    assert refusal(b"a = 1")[0].code == "exercise.not_an_exercise"
    assert refusal(b"\xff\xfe")[0].code == "exercise.not_utf8"
    assert refusal(text_of("version = 1", "version = 9"))[0].code == "file.newer"


def test_a_sheet_that_cannot_be_made_is_refused_when_it_is_read():
    lost = text_of('target = "n3"', 'target = "n2"')
    assert refusal(lost)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("bias_step = 2.0", 'bias_step = "MARK"'),
        ("bias = [1]", 'bias = ["MARK"]'),
        ("weights = [[0.5]]", 'weights = [\n[\n"MARK"]]'),
        ('group = "rules"', 'group = 1 # "MARK"'),
        ("choices = [-1, 1]", 'choice = ["MARK"]'),
        ("requires = ", 'MARK = "[[document.nodes]]" # [\nrequires = '),
    ],
)
def test_a_mistake_is_named_by_its_line(old, new):
    content = text_of(old, new)
    (message,) = refusal(content)
    before = content.decode().splitlines()[: message.params["line"]]
    wanted = new.partition("\n")[0].rstrip()
    assert before[-1].startswith(wanted)


def test_a_file_without_a_task_is_told_what_it_needs():
    whole = text_of("[trace]", "[form]\nkind = 'x'\n[trace]")
    (message,) = refusal(whole)
    assert (message.code, message.params["reason"].code) == ("exercise.whole", "field.needs_task")


def test_costs_of_hints_are_named_by_their_number():
    costs = text_of("[trace]", "[marking]\nhint_costs = [0, 25, 0.5, 1]\n\n[trace]")
    (message,) = refusal(costs)
    assert message.params["place"] == "marking.hint_costs.2"


def test_whole_numbers_are_written_as_a_person_writes_them():
    written = dumps(load(OR))
    assert "weights = [[0.5]]\n" in written
    assert "inputs = [[0, 0], [0, 1], [1, 0], [1, 1]]" in written
    assert not re.search(r"\d\.0\b", written)
    assert "slope" not in written


@pytest.mark.parametrize(
    "said", ["{", "}", "x {weights", "{x!}", "{}", "S ∈ {0, 1}", "{weights!r}"]
)
def test_braces_that_name_no_number_stay_as_they_are_written(said):
    exercise = loads(
        text_of("Una neurona con", said.join(("", " Una neurona con"))), Path("m.toml")
    )
    assert exercise.variant().statement("es").startswith(said)


def test_what_looks_like_the_name_of_a_number_and_is_none_is_found():
    given = {"weights": [1.0, 2.0], "bias": 1.0}
    said = "{weights.2} {weights.3} {wieghts} {bias} e^{x} {0, 1} {wieghts} {"
    assert unfilled(said, given) == ["{weights.3}", "{wieghts}"]


def test_placeholders_reach_nothing_but_what_is_given():
    exercise = loads(text_of("{weights}", "{weights.__class__} {nothing}"), Path("mine.toml"))
    said = exercise.variant().statement("en") + exercise.variant().statement("es")
    assert "tuple" not in said
    assert "{nothing}" in said


def test_the_same_seed_gives_the_same_variant_and_others_differ():
    exercise = load(OR)
    drawn = [keys_and_answers(exercise.variant(seed)) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]
    statement = exercise.variant(1).statement("es")
    assert "(0; 0)" in statement  # as drawn from seed 1 when this was written


def test_every_variant_is_as_long_as_its_file_wants():
    exercise = load(OR)
    for seed in range(1, 40):
        variant = exercise.variant(seed)
        assert 5 <= len(variant.sheet.iterations) <= 10
        entries = keys_and_answers(variant)
        assert {m.verdict for m in mark(variant.sheet, entries).values()} == {Verdict.RIGHT}


def test_a_cell_reads_nothing_as_nothing():
    assert Cell("a", 0, 0).read("   ") is None


def test_what_a_joined_exercise_asks_reads_back_the_same(tmp_path):
    for name in ("xor-course-rule", "old-or-updated-weights", "dying-relu"):
        exercise = load(folder() / f"{name}.toml")
        save(exercise, tmp_path / "again.toml")
        again = load(tmp_path / "again.toml")
        assert dumps(again) == dumps(exercise)
        assert keys_and_answers(again.variant()) == keys_and_answers(exercise.variant())


def test_parts_of_what_is_given_are_named_by_their_place():
    exercise = loads(
        text_of("{weights}", "{weights.2} {inputs.4.1} {weights.9}"), Path("mine.toml")
    )
    said = exercise.variant().statement("es")
    assert "0,5 1 {weights.9}" in said


def test_a_question_on_a_cycle_needs_one():
    lines = 'rows = [5, 10]\nquestions = ["cycle"]'
    assert refusal(text_of("rows = [5, 10]", lines))[0].code == "exercise.cannot_be_made"


ADAM = 'optimiser = "adam"\nbeta1 = 0.8\n'


def test_an_optimiser_is_read_and_written_with_its_settings(tmp_path):
    content = text_of("[document.training]\n", f"[document.training]\n{ADAM}")
    exercise = loads(content, Path("mine.toml"))
    training = exercise.task.document.training
    assert (training.optimiser, training.beta1, training.beta2) == ("adam", 0.8, 0.999)
    save(exercise, tmp_path / "again.toml")
    assert load(tmp_path / "again.toml").task.document.training == training


def test_what_has_no_optimiser_is_written_without_one():
    assert "optimiser" not in dumps(load(OR))


@pytest.mark.parametrize(
    ("wrong", "place", "reason"),
    [
        ('optimiser = "magic"', "optimiser", "field.choice"),
        ("beta1 = 1", "beta1", "field.less_than"),
        ("epsilon = 0.0", "epsilon", "field.more_than"),
        ("speed = 1", "speed", "field.unknown"),
    ],
)
def test_its_settings_are_checked_strictly(wrong, place, reason):
    message = refusal(text_of("[document.training]\n", f"[document.training]\n{wrong}\n"))[0]
    assert message.params["place"] == f"document.training.{place}"
    assert message.params["reason"].code == reason
