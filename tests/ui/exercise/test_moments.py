"""Nothing that is still to be found out is ever shown on the canvas of an exercise."""

import datetime

import pytest
from PySide6.QtCore import QSettings

from nnsim.exercises.attempt import Attempt
from nnsim.exercises.bank import exercises
from nnsim.session import Session
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.exercise.moments import Moments
from nnsim.ui.exercise.run import ExerciseRun

NOW = datetime.datetime(2026, 11, 27, tzinfo=datetime.UTC)
TRACES = [e for e in exercises() if e.variant().trace is not None]


@pytest.fixture
def preferences(qapp, tmp_path):
    return Preferences(QSettings(str(tmp_path / "nnsim.ini"), QSettings.Format.IniFormat))


def begin(exercise, preferences, mode="try_again"):
    variant = exercise.variant()
    run = ExerciseRun(Attempt(variant, NOW, mode), preferences, clock=lambda: NOW)
    return run, Moments(run, variant.trace), Session(variant.trace.document)


def given_away(run, session, moment):
    """The open cells of which the canvas would show a number at a moment."""
    session.go_to(*moment)
    found = []
    for cell in filter(run.is_open, run.sheet.asked):
        iteration, numbers = run.sheet.quantities(cell.key)
        if iteration < moment.iteration and numbers:
            found.append(cell.key)
        elif iteration == moment.iteration:
            found += [cell.key for n in numbers if session.frame.is_shown(n)]
    return found


@pytest.mark.parametrize("exercise", TRACES, ids=lambda exercise: exercise.id)
def test_open_cells_are_not_given_away_whichever_cell_a_person_stands_on(exercise, preferences):
    run, moments, session = begin(exercise, preferences)
    asked = run.sheet.asked
    # Every other cell is filled in first, then the rest: gaps are where a look ahead would tell.
    for cell in (*asked[::2], *asked[1::2]):
        for current in (run.sheet.cells[0], cell, asked[-1]):
            assert given_away(run, session, moments.stand(current)) == []
        answer = run.sheet.expected(cell.key)
        run.enter(cell.key, answer.choice or answer.exact())
    assert moments.limit() is None
    last = asked[-1]
    if moments.knows(last.key):
        assert moments.stand(last) == moments.after(last.key)


def test_before_it_is_handed_in_nothing_is_shown_where_all_is_marked_at_the_end(preferences):
    exercise = next(e for e in TRACES if e.id == "or-course-rule")
    run, moments, _ = begin(exercise, preferences, "at_end")
    start = moments.stand(run.cell)
    for cell in run.sheet.asked:
        run.enter(cell.key, "1")
        assert moments.stand(cell) == start
    run.finish()
    last = run.sheet.asked[-1]
    assert moments.stand(last) == moments.after(last.key)
