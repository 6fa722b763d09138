"""Finding exercises by words and progress; comparing two attempts."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from nnsim.core.texts import folded
from nnsim.exercises import attempts
from nnsim.exercises.attempt import Attempt
from nnsim.exercises.bank import GROUPS, exercise_of, exercises
from nnsim.exercises.browsing import Progress, fitness, in_groups, matches, prerequisites
from nnsim.exercises.comparing import compare
from nnsim.exercises.marking import Verdict

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
OR = "or-course-rule"


def found(query):
    return [exercise.id for exercise in exercises() if matches(exercise, query)]


@pytest.mark.parametrize("query", ["retropropagacion", "RETROPROPAGACIÓN", "backpropagation"])
def test_words_are_found_without_accents_in_both_languages(query):
    assert "net-2-2-2-backward" in found(query)
    assert OR not in found(query)


def test_every_word_has_to_occur_and_the_order_does_not_matter():
    assert OR in found("regla puerta or")
    assert found("puerta xyzzy") == []
    assert OR in found("or-course")
    assert len(found("  ")) == len(exercises())


def test_titles_that_hold_the_words_themselves_are_meant_before_others():
    fits = {name: fitness(exercise_of(name), "puerta and") for name in found("puerta and")}
    assert fits["and-course-rule"] == 2
    assert fits["nand-course-rule"] == 1
    assert fits["xor-course-rule"] == 0


def test_folding_leaves_letters_and_takes_accents():
    assert folded("Ñandú ÉXITO") == "nandu exito"


def test_groups_come_in_the_order_of_the_course_and_hold_everything():
    groups = in_groups(exercises())
    assert list(groups) == [group for group in GROUPS if group in groups]
    assert sum(map(len, groups.values())) == len(exercises())


def test_prerequisites_are_exercises():
    assert [e.id for e in prerequisites(exercise_of(OR), exercises())] == ["neuron-forward"]


# -- progress ------------------------------------------------------------------------------------


@pytest.fixture
def begin(tmp_path):
    """``begin(right, wrong, minutes, finish)``: an attempt with so many cells right and wrong."""
    variant = exercise_of(OR).variant()

    def begin(right, wrong=0, minutes=0, finish=True):
        now = START + timedelta(minutes=minutes)
        attempt = attempts.start(variant, tmp_path, now)
        for number, cell in enumerate(attempt.sheet.asked[: right + wrong]):
            good = attempt.sheet.expected(cell.key).text()
            attempt.enter(cell.key, good if number < right else "77", now)
        if finish:
            attempt.finish(now)
        return attempt

    return begin


def progress(folder):
    made = Progress()
    for kept in attempts.listed(folder):
        made = made.after(kept)
    return made


def test_progress_goes_from_not_begun_to_mastered(begin, tmp_path):
    assert progress(tmp_path).state == "new"
    begin(3, finish=False)
    assert (progress(tmp_path).state, progress(tmp_path).best) == ("begun", None)
    begin(14, minutes=1)
    assert (progress(tmp_path).state, progress(tmp_path).best) == ("done", 0.5)
    begin(7, minutes=2)
    assert progress(tmp_path).best == 0.5
    begin(26, minutes=3)
    assert progress(tmp_path).state == "mastered"
    assert progress(tmp_path).attempts == 4


def test_the_newest_unfinished_attempt_is_gone_on_with(begin, tmp_path):
    begin(1, finish=False)
    newer = begin(2, minutes=5, finish=False)
    begin(3, minutes=9)
    assert progress(tmp_path).unfinished.log.head.started == newer.started


def test_a_sheet_that_is_full_is_done_though_not_handed_in(begin, tmp_path):
    begin(28, finish=False)
    assert progress(tmp_path).state == "mastered"


@pytest.mark.parametrize(
    ("filter", "shown"),
    [
        ("all", ["new", "begun", "done", "mastered"]),
        ("not_done", ["new", "begun"]),
        ("to_improve", ["begun", "done"]),
    ],
)
def test_filters(filter, shown):
    each = [Progress(), Progress(1), Progress(1, 0.89), Progress(1, 0.9)]
    assert [p.state for p in each if p.is_in(filter)] == shown


# -- comparing -----------------------------------------------------------------------------------


def test_two_attempts_side_by_side():
    variant = exercise_of(OR).variant()
    first = Attempt(variant, START, "go_on")
    second = Attempt(variant, START)
    first.enter("1.sums", "1", START)
    second.enter("1.sums", "1", START)
    first.enter("1.b+", "-2", START)
    second.enter("1.b+", "-1", START)
    pairs = compare(first, second)
    assert len(pairs) == 28
    (changed,) = [pair for pair in pairs if pair.differs]
    # What was typed is compared, though the right answer has taken its place.
    assert (changed.first.text, changed.first.verdict) == ("-2", Verdict.WRONG)
    assert (changed.second.text, changed.second.verdict) == ("-1", Verdict.RIGHT)
    assert (changed.row.key, changed.column.key) == ("1", "b+")


def test_a_shorter_variant_has_blanks_where_the_longer_goes_on():
    exercise = exercise_of(OR)
    sizes = {seed: exercise.variant(seed) for seed in range(1, 20)}
    longest = max(sizes.values(), key=lambda v: len(v.sheet.asked))
    shortest = min(sizes.values(), key=lambda v: len(v.sheet.asked))
    pairs = compare(Attempt(longest, START), Attempt(shortest, START))
    assert len(pairs) == len(longest.sheet.asked) > len(shortest.sheet.asked)
    assert not any(pair.differs for pair in pairs)


# -- the shipped files ---------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", [exercise.id for exercise in exercises()])
def test_a_shipped_file_is_as_sound_as_any_other_has_to_be(exercise):
    # A list of all exercises does not make their sheets, so it would not tell.
    assert exercise_of(exercise).id == exercise


def test_a_list_of_all_exercises_waits_for_no_library_of_statistics():
    listing = (
        "import sys; from nnsim.exercises.bank import exercises; exercises();"
        "print([name for name in ('sklearn', 'scipy', 'pandas') if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", listing], capture_output=True, text=True, timeout=60
    )
    assert result.stdout.strip() == "[]", result.stderr
