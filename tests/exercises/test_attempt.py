"""Attempts: modes, hints and their cost, score, and what is on disk when the program is killed."""

from datetime import UTC, datetime, timedelta

import pytest

from nnsim.core.messages import NnsimError
from nnsim.exercises import attempts
from nnsim.exercises.attempt import Attempt
from nnsim.exercises.bank import exercise_of
from nnsim.exercises.hints import CONCEPT, FORMULA, NUMBERS, VALUE
from nnsim.exercises.marking import Verdict
from nnsim.explain.style import NumberStyle
from nnsim.language import LOCALES, message_text

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
STYLE = NumberStyle()


def later(minutes):
    return START + timedelta(minutes=minutes)


@pytest.fixture(scope="module")
def variant():
    return exercise_of("or-course-rule").variant()


@pytest.fixture
def attempt(variant):
    return Attempt(variant, START)


def right(attempt, key):
    return attempt.sheet.expected(key).text()


def fill(attempt, **wrong):
    """Everything right, but for some cells ("1.b+": ...)."""
    for cell in attempt.sheet.asked:
        attempt.enter(cell.key, wrong.get(cell.key, right(attempt, cell.key)), later(1))


def test_all_right_at_once_earns_every_point(attempt):
    fill(attempt)
    score = attempt.score
    assert (score.points, score.of, score.first_try, score.mastered) == (28, 28, 28, 28)
    assert score.troubles == ()


def test_a_second_try_masters_a_cell_and_earns_nothing(attempt):
    fill(attempt, **{"1.b+": "-2"})
    assert attempt.mark_of("1.b+").verdict is Verdict.WRONG
    assert attempt.enter("1.b+", "-1", later(2)).verdict is Verdict.RIGHT
    score = attempt.score
    assert (score.points, score.mastered) == (27, 28)
    assert score.mistakes == (("only_change", 1),)
    (trouble,) = score.troubles
    assert (trouble.heading.key, trouble.wrong, trouble.cells) == ("b+", 1, 7)


def test_handing_in_counts_no_mistake_again(attempt):
    fill(attempt, **{"1.b+": "-2"})
    before = attempt.score
    attempt.finish(later(3))
    assert attempt.score == before


def test_what_was_right_once_stays_earned(attempt):
    attempt.enter("1.sums", "1", later(1))
    attempt.enter("1.sums", "7", later(2))
    score = attempt.score
    assert (score.points, score.mastered) == (1, 1)
    assert attempt.mark_of("1.sums").verdict is Verdict.WRONG


def test_unreadable_entries_are_no_tries(attempt):
    attempt.enter("1.sums", "uno", later(1))
    attempt.enter("1.sums", "1", later(2))
    assert attempt.score.points == 1


def test_an_answer_built_on_a_slip_is_told_when_the_slip_is_mended(attempt):
    attempt.enter("1.b+", "0", later(1))
    assert attempt.enter("2.sums", "0", later(2)).verdict is Verdict.CONSISTENT
    attempt.enter("1.b+", "-1", later(3))
    found = attempt.mark_of("2.sums")
    assert found.verdict is Verdict.WRONG
    assert [reason.code for reason in found.reasons] == ["mark.outdated"]
    assert attempt.score.points == 1


def test_going_on_shows_the_right_answer_and_starts_from_it(variant):
    attempt = Attempt(variant, START, mode="go_on")
    assert attempt.enter("1.b+", "0", later(1)).verdict is Verdict.WRONG
    assert attempt.entries["1.b+"] == "-1"
    assert attempt.is_locked("1.b+")
    assert attempt.is_shown("1.b+")
    # What would follow from the slip is not right any more.
    assert attempt.enter("2.sums", "0", later(2)).verdict is Verdict.WRONG
    with pytest.raises(NnsimError) as caught:
        attempt.enter("1.b+", "-1", later(3))
    assert caught.value.messages[0].code == "attempt.locked"
    assert attempt.score.mastered == 0


def test_at_the_end_nothing_is_told_before(variant):
    attempt = Attempt(variant, START, mode="at_end")
    assert attempt.enter("1.sums", "5", later(1)).verdict is Verdict.BLANK
    assert attempt.enter("2.sums", "x", later(1)).verdict is Verdict.UNREADABLE
    assert attempt.events[0].verdict == ""
    assert attempt.score.points == 0
    attempt.enter("1.outputs", "1", later(2))
    attempt.finish(later(3))
    assert attempt.mark_of("1.sums").verdict is Verdict.WRONG
    assert attempt.mark_of("1.outputs").verdict is Verdict.RIGHT
    assert (attempt.score.points, attempt.score.answered) == (1, 2)
    assert attempt.is_locked("3.sums")


def test_hints_lead_from_the_concept_to_the_value(attempt):
    seen = [attempt.hint("1.sums", later(k), STYLE) for k in range(4)]
    assert [hint.level for hint in seen] == [CONCEPT, FORMULA, NUMBERS, VALUE]
    for locale in LOCALES:
        assert message_text(seen[0].words[0], locale)
    assert seen[1].lines[0].latex == r"\Sigma = x_{1}\,w_{1} + x_{2}\,w_{2} + b"
    assert seen[2].lines[0].latex == r"\Sigma = 0 \cdot 0.5 + 0 \cdot 0.5 + 1"
    assert seen[3].answer.text() == "1"


def test_a_hint_on_a_new_weight_says_what_its_change_is_where_no_cell_does(attempt):
    symbols = attempt.hint("3.w+", later(1), STYLE, FORMULA).lines
    assert [line.latex for line in symbols] == [
        r"\Delta w_{1} = \alpha_{w}\,e\,x_{1}",
        r"w_{1}^{\prime} = w_{1} + \Delta w_{1}",
        r"\Delta w_{2} = \alpha_{w}\,e\,x_{2}",
        r"w_{2}^{\prime} = w_{2} + \Delta w_{2}",
    ]
    # In the perceptron exercise the changes have cells of their own.
    perceptron = exercise_of("or-perceptron").variant(0).sheet
    (working,) = (perceptron.working("1.b+", {}, STYLE),)
    assert [line.latex for line in working.lines if line.role == "symbols"] == [
        r"b^{\prime} = b + \Delta b"
    ]


def test_hints_are_made_from_a_persons_own_numbers(attempt):
    attempt.enter("1.b+", "0", later(1))
    shown = attempt.hint("2.sums", later(2), STYLE, VALUE)
    assert shown.answer.text() == "0"
    assert attempt.enter("2.sums", "0", later(3)).verdict is Verdict.CONSISTENT


@pytest.mark.parametrize(("level", "points"), [(1, 1.0), (2, 0.75), (3, 0.5), (4, 0.0)])
def test_a_hint_costs_what_was_said_before(attempt, level, points):
    assert attempt.cost_of("1.sums", level) == 1.0 - points
    attempt.hint("1.sums", later(1), STYLE, level)
    attempt.enter("1.sums", "1", later(2))
    assert attempt.score.points == points


def test_hints_after_the_first_try_are_free(attempt):
    attempt.enter("1.sums", "1", later(1))
    assert attempt.cost_of("1.sums", VALUE) == 0.0
    attempt.hint("1.sums", later(2), STYLE, VALUE)
    assert attempt.score.points == 1.0


# -- on disk -------------------------------------------------------------------------------------


def state(attempt):
    marks = {key: (m.verdict, m.credit, m.mistake) for key, m in attempt.marks.items()}
    return attempt.entries, marks, attempt.score, attempt.levels, attempt.finished, attempt.mode


@pytest.fixture
def kept(variant, tmp_path):
    attempt = attempts.start(variant, tmp_path / "new folder", START, name="A. Alumna")
    attempt.enter("1.sums", "1", later(1))
    attempt.enter("1.b+", "-2", later(2))
    attempt.hint("1.b+", later(3), STYLE)
    attempt.enter("1.b+", "ñ", later(4))
    return attempt


def path_of(tmp_path):
    (path,) = (tmp_path / "new folder").iterdir()
    return path


def test_a_killed_attempt_goes_on_where_it_was(kept, tmp_path):
    again = attempts.resume(path_of(tmp_path))
    assert state(again) == state(kept)
    assert again.name == "A. Alumna"
    again.enter("2.sums", "-1", later(5))
    assert state(attempts.read(path_of(tmp_path))) == state(again)


def test_a_line_cut_in_the_middle_is_left_out_and_nothing_before_it(kept, tmp_path):
    path = path_of(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"kind": "entry", "ti')
    again = attempts.resume(path)
    assert state(again) == state(kept)
    again.enter("2.sums", "-1", later(5))
    assert path.read_bytes().startswith(whole)
    assert attempts.read(path).entries["2.sums"] == "-1"


@pytest.mark.parametrize("cut", range(1, 400, 7))
def test_however_much_was_written_the_events_of_whole_lines_are_there(kept, tmp_path, cut):
    path = path_of(tmp_path)
    content = path.read_bytes()[:-cut]
    path.write_bytes(content)
    assert attempts.read(path).events == kept.events[: content.count(b"\n") - 1]


def test_a_file_without_a_whole_head_is_no_attempt(kept, tmp_path):
    path = path_of(tmp_path)
    path.write_bytes(path.read_bytes()[:80])
    with pytest.raises(NnsimError) as caught:
        attempts.read(path)
    assert caught.value.messages[0].code == "attempt.not_an_attempt"


def test_a_damaged_line_is_named(kept, tmp_path):
    path = path_of(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[2] = b'{"kind": "entry", "cell": "9.z", "time": "2026-03-02T09:31:00Z"}\n'
    path.write_bytes(b"".join(lines))
    with pytest.raises(NnsimError) as caught:
        attempts.read(path)
    (message,) = caught.value.messages
    assert (message.code, message.params["line"]) == ("attempt.damaged", 3)
    (listed,) = attempts.listed(path.parent)
    # Which cells there are is only known when the exercise is made.
    assert isinstance(listed, attempts.Kept)
    path.write_bytes(b"".join((*lines[:2], b"{}\n", *lines[2:])))
    (listed,) = attempts.listed(path.parent)
    assert isinstance(listed, attempts.Unreadable)
    assert (listed.problem.code, listed.problem.params["line"]) == ("attempt.damaged", 3)


def test_every_mode_reads_back_as_it_was(variant, tmp_path):
    for mode in ("try_again", "go_on", "at_end"):
        attempt = attempts.start(variant, tmp_path / mode, START, mode)
        attempt.enter("1.b+", "0", later(1))
        attempt.enter("2.sums", "-1", later(2))
        attempt.finish(later(3))
        (listed,) = attempts.listed(tmp_path / mode)
        assert state(attempts.read(listed.path)) == state(attempt)


@pytest.mark.parametrize("mode", ["try_again", "go_on", "at_end"])
@pytest.mark.parametrize("is_finished", [False, True])
def test_a_list_tells_what_marking_all_again_would(variant, tmp_path, mode, is_finished):
    attempt = attempts.start(variant, tmp_path, START, mode, "A. Alumna")
    attempt.enter("1.sums", "1", later(1))
    attempt.hint("1.outputs", later(1), STYLE, FORMULA)
    attempt.enter("1.outputs", "1", later(2))
    attempt.enter("1.b+", "-2", later(3))
    attempt.enter("2.sums", "ñ", later(4))
    attempt.enter("3.sums", "17", later(4))
    if mode != "go_on":
        attempt.enter("1.b+", "-1", later(5))
    if is_finished:
        attempt.finish(later(6))
    (listed,) = attempts.listed(tmp_path)
    assert vars(listed.tally).items() <= vars(attempts.read(listed.path).score).items()
    assert listed.finished == attempt.finished
    assert listed.minutes == (6 if is_finished else 4 if mode == "go_on" else 5)
    assert listed.title("es") == "Puerta OR con la regla del curso"


def test_the_log_tells_what_was_only_marked_at_the_end(variant):
    attempt = Attempt(variant, START, mode="at_end")
    attempt.enter("1.sums", "1", later(1))
    attempt.enter("1.b+", "-2", later(2))
    attempt.finish(later(3))
    table = [
        dict(zip(attempts.LOG_COLUMNS, row, strict=True)) for row in attempts.log_rows(attempt)
    ]
    told = [(row["cell"], row["verdict"], row["mistake"]) for row in table[-2:]]
    assert told == [("1.sums", "right", ""), ("1.b+", "wrong", "only_change")]


def test_the_log_has_raw_text_and_what_it_was_read_as(kept):
    rows = list(attempts.log_rows(kept))
    assert all(len(row) == len(attempts.LOG_COLUMNS) for row in rows)
    table = [dict(zip(attempts.LOG_COLUMNS, row, strict=True)) for row in rows]
    assert [row["event"] for row in table] == ["entry", "entry", "hint", "entry"]
    assert table[1] | {"text": "-2", "read": "-2", "mistake": "only_change"} == table[1]
    assert (table[3]["text"], table[3]["verdict"], table[3]["hint_level"]) == (
        "ñ",
        "unreadable",
        "1",
    )
