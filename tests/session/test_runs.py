"""Former runs are kept beside the present one: which, how much of them, under what name."""

from dataclasses import replace

import numpy as np
import pytest

from nnsim.document.edits import set_parameter, set_split, set_training, without_changes
from nnsim.document.model import SplitSettings
from nnsim.document.templates import perceptron
from nnsim.session import Session
from nnsim.session.runs import Runs, run_of
from nnsim.session.series import Series, averaged, series, smoothed, thinned

BIAS = f"b:{perceptron((2, 3, 1)).outputs[0].id}"


def net(**settings):
    document = perceptron((2, 3, 1))
    return set_training(document, replace(document.training, **settings))


def ran(session, iterations):
    session.go_to(iterations)
    return session


@pytest.fixture
def session():
    return ran(Session(net(learning_rate=0.3)), 40)


def faster(document, rate=0.03, iteration=0):
    return set_training(document, replace(document.training, learning_rate=rate), iteration)


def session_ends(run):
    """The iterations after which epochs of a run with two samples for training end."""
    return list(range(0, run.iterations + 1, 2))


class TestWhatIsKept:
    def test_a_run_that_other_settings_put_an_end_to(self, session):
        former = session.document
        loss = session.trace.column("loss").copy()
        session.set_document(faster(former))
        (kept,) = session.runs
        assert (kept.document, kept.iterations) == (former, 40)
        assert kept.curve("loss", "iteration").y.tolist() == loss.tolist()
        assert kept.curve("loss", "epoch").x.tolist() == list(range(1, 11))

    def test_how_its_parts_were_judged(self, session):
        divided = set_split(session.document, SplitSettings(50, 50, 0))
        session.set_document(divided)
        ran(session, 40)
        judged = session.evaluations.column("validation", "loss").copy()
        session.set_document(faster(divided))
        kept = list(session.runs)[-1]
        found = kept.judged("validation", "loss", "iteration")
        assert found.y.tolist() == judged.tolist()
        assert found.x.tolist() == session_ends(kept)
        assert kept.judged("validation", "metric", "epoch").x.tolist() == list(range(21))
        assert len(kept.judged("test", "loss", "epoch")) == 0

    def test_not_one_that_goes_on(self, session):
        ended = session.position.iteration
        session.set_document(faster(session.document, iteration=ended))
        ran(session, 60)
        session.set_document(replace(session.document, title="renamed"))
        assert len(session.runs) == 0

    def test_one_whose_past_is_changed(self, session):
        session.go_to(10)
        session.set_document(set_parameter(session.document, BIAS, (0,), 1.0, 10))
        (kept,) = session.runs
        assert kept.iterations == 40

    def test_not_a_look_at_the_first_iterations(self):
        session = ran(Session(net()), 3)
        for rate in (0.1, 0.2, 0.3):
            session.set_document(faster(session.document, rate))
        assert len(session.runs) == 0

    def test_dragging_a_value_keeps_the_run_before_it_and_no_other(self, session):
        session.go_to(10)
        for value in (1.0, 1.1, 1.2):
            session.set_document(set_parameter(session.document, BIAS, (0,), value, 10))
            assert session.frame is not None
        assert [run.iterations for run in session.runs] == [40]

    def test_the_same_run_is_kept_once_as_long_as_it_was_and_under_its_name(self, session):
        first, other = session.document, faster(session.document)
        session.set_document(other)
        (kept,) = session.runs
        session.runs.rename(kept.number, "the good one")
        for iterations in (60, 20):
            session.set_document(first)
            ran(session, iterations)
            session.set_document(other)
        (kept,) = session.runs
        assert (kept.iterations, kept.name) == (60, "the good one")

    def test_a_run_that_is_taken_back_to_its_start_and_unchanged_is_still_the_run(self, session):
        session.set_document(without_changes(session.document))
        session.reset()
        assert len(session.runs) == 0
        assert session.computed == 40


class TestTheList:
    def runs(self, count, most=6):
        runs = Runs(most)
        for number in range(count):
            session = ran(Session(net(learning_rate=0.1 * (number + 1))), 6)
            runs.keep(run_of(session.document, session.trace, session.evaluations))
        return runs

    def test_the_oldest_goes_when_there_are_too_many(self):
        runs = self.runs(4, most=2)
        assert [run.number for run in runs] == [3, 4]

    def test_renaming_hiding_removing(self):
        runs = self.runs(3)
        runs.rename(1, "  slow ")
        runs.show(2, False)
        runs.remove(3)
        assert [(run.name, run.is_shown) for run in runs] == [("slow", True), ("", False)]
        runs.clear()
        assert len(runs) == 0


class TestThinning:
    def course(self, count):
        y = np.random.default_rng(0).normal(size=count)
        x = np.arange(1.0, count + 1)
        return Series(x, y, x.astype(np.int64), np.zeros(0, dtype=np.int64))

    def test_a_short_curve_stays_whole(self):
        assert len(thinned(self.course(600), 600)) == 600

    def test_of_a_long_one_ends_and_peaks_stay(self):
        found = self.course(50_000)
        thin = thinned(found, 600)
        assert len(thin) <= 602
        assert (thin.y.min(), thin.y.max()) == (found.y.min(), found.y.max())
        assert (thin.x[0], thin.x[-1]) == (1, 50_000)
        assert np.isin(thin.x, found.x).all()
        assert (np.diff(thin.x) > 0).all()

    def test_where_a_run_went_astray_stays_too(self):
        document = perceptron((2, 3, 1), "relu", "identity")
        document = set_training(document, replace(document.training, learning_rate=30.0))
        session = ran(Session(document), 900)
        found = series(document, session.trace, 900, "loss", "iteration")
        thin = run_of(document, session.trace, session.evaluations).curve("loss", "iteration")
        assert len(found.broken)
        assert not np.isfinite(thin.y[thin.broken]).any()
        assert thin.x[thin.broken[0]] - found.x[found.broken[0]] <= 3

    def test_means_of_stretches_have_the_mean_of_the_whole(self):
        found = self.course(6_000)
        means = averaged(found, 600)
        assert len(means) == 600
        assert means.y == pytest.approx(found.y.reshape(600, 10).mean(axis=1), rel=1e-12)
        assert means.last.tolist() == list(range(10, 6_001, 10))


class TestSmoothing:
    def course(self, y, apart=1):
        last = apart * np.arange(1, len(y) + 1)
        broken = np.flatnonzero(~np.isfinite(y))
        return Series(last.astype(float), np.asarray(y, float), last, broken)

    @pytest.mark.parametrize("strength", [0.1, 0.6, 0.99])
    def test_it_is_the_average_that_the_formula_gives(self, strength):
        y = np.random.default_rng(0).normal(size=300)
        average, expected = 0.0, []
        for k, value in enumerate(y, start=1):
            average = strength * average + (1 - strength) * value
            expected.append(average / (1 - strength**k))
        found = smoothed(self.course(y), strength)
        assert found.y == pytest.approx(expected, rel=1e-9, abs=1e-12)

    def test_strength_0_is_the_curve_itself(self):
        course = self.course([3.0, 1.0, 2.0])
        assert smoothed(course, 0.0) is course

    def test_a_constant_stays_from_the_first_point_on(self):
        assert smoothed(self.course(np.full(100, 7.0)), 0.9).y == pytest.approx(np.full(100, 7.0))

    def test_gaps_stay_gaps_and_change_nothing_around_them(self):
        y = np.array([1.0, np.nan, 1.0, np.inf, 1.0])
        found = smoothed(self.course(y), 0.5).y
        assert found[[0, 2, 4]] == pytest.approx([1, 1, 1])
        assert np.isnan(found[1])
        assert np.isinf(found[3])

    def test_points_that_stand_apart_are_smoothed_over_the_same_time(self):
        y = np.random.default_rng(1).normal(size=50)
        near, far = smoothed(self.course(y), 0.9**5), smoothed(self.course(y, apart=5), 0.9)
        assert far.y == pytest.approx(near.y, rel=1e-12)

    def test_a_strength_of_1_is_none(self):
        with pytest.raises(ValueError, match="strength"):
            smoothed(self.course([1.0, 2.0]), 1.0)
