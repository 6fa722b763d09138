"""The charts: what of a report stands where."""

import numpy as np
import pytest
from PySide6.QtGui import QColor

from nnsim.document.examples import load_example
from nnsim.session.experiments.landscape import landscape, most_moved, survey
from nnsim.session.experiments.request import Choices, Request, Source, perform
from nnsim.session.session import Session
from nnsim.ui.experiments.results import CHARTS, Results
from nnsim.ui.panels.plotting.words import swatch

QUICK = {
    "kfold": Request("kfold", Source("wine"), Choices(folds=3, epochs=4)),
    "bias_variance_course": Request(
        "bias-variance",
        Source("iris"),
        Choices(values=(1, 4, 16), repeats=2, epochs=3, noise=0.3),
    ),
    "bias_variance_statistical": Request(
        "statistical", None, Choices(values=(0, 3, 9), resamples=50)
    ),
    "race": Request(
        "race", Source("wine"), Choices(vary="optimiser", values=("sgd", "adam"), epochs=4)
    ),
}


@pytest.fixture(scope="module")
def found():
    session = Session(load_example("xor-2-2-1"))
    session.go_to(20)
    terrain = survey(session, *most_moved(session), side=7)
    reports = {kind: perform(request) for kind, request in QUICK.items()}
    return reports | {"landscape": landscape(terrain)}


@pytest.fixture
def results(qtbot, preferences, tmp_path):
    results = Results(preferences, lambda title: tmp_path / title)
    qtbot.addWidget(results)
    results.resize(800, 700)
    with qtbot.waitExposed(results):
        results.show()
    return results


@pytest.fixture
def chart(results, found):
    """``chart(kind, name)``: a chart that shows the report of this kind."""

    def chart(kind, name):
        results.show_result(found[kind])
        made = next(each for each in results.charts if each.name == name)
        results._tabs.setCurrentWidget(made)
        return made

    return chart


def curves(chart):
    return [item for item in chart.plot.plotItem.items if type(item).__name__ == "PlotCurveItem"]


def upright(chart):
    return [
        item.value()
        for item in chart.plot.plotItem.items
        if type(item).__name__ == "InfiniteLine" and item.angle == 90
    ]


@pytest.mark.parametrize("kind", list(CHARTS))
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_chart_can_be_seen_and_taken_home(results, found, preferences, kind, theme):
    preferences.set_theme(theme)
    results.show_result(found[kind])
    for chart in results.charts:
        results._tabs.setCurrentWidget(chart)
        colours = set()
        image = chart.plot.grab().toImage()
        for x in range(0, image.width(), 3):
            for y in range(0, image.height(), 3):
                colours.add(QColor(image.pixel(x, y)).name())
        assert len(colours) > 5
        table = chart.table()
        assert table.inputs.shape[0] > 0
        assert chart.figure.picture().size.width() > 100


class TestFolds:
    def test_one_curve_a_fold_the_mean_and_the_hold_out(self, chart):
        assert len(curves(chart("kfold", "fold_curves"))) == 3 + 1 + 1

    def test_the_readout_is_mean_and_deviation_of_the_folds(self, chart, found):
        shown = chart("kfold", "fold_curves")
        report = found["kfold"].report
        mean, sd = report.figures["mean"], report.figures["sd_population"]
        told = shown.readout_at(4, 0.5)
        assert f"{shown.number(100 * mean)} %" in told
        assert f"{shown.number(100 * sd)} %" in told

    def test_accuracies_are_in_percent_and_losses_are_not(self, chart):
        shown = chart("kfold", "fold_curves")
        assert shown.plot.left.tickStrings([0.5], 1.0, 0.5) == ["50 %"]
        shown._what.setCurrentIndex(2)
        shown.redraw()
        assert shown.plot.left.tickStrings([0.5], 1.0, 0.5) == ["0.5"]
        assert "%" not in shown.readout_at(4, 0.5)

    def test_losses_may_be_logarithmic_and_metrics_not(self, chart):
        shown = chart("kfold", "fold_curves")
        assert not shown._log.isEnabled()
        shown._what.setCurrentIndex(2)
        shown.redraw()
        shown._log.setChecked(True)
        assert shown.plot.left.logMode
        assert max(np.nanmax(curve.yData) for curve in curves(shown)) < 1

    def test_the_part_of_a_sample_in_a_run(self, chart, found):
        shown = chart("kfold", "fold_parts")
        parts = found["kfold"].report.sheets["parts"]
        sample = parts.where(run="fold", fold=2, part="test").column("sample")[0]
        # Four rows; the second from above stands at 3.
        assert shown.readout_at(sample, 3) == f"fold 2: sample {sample} is for test"

    def test_the_numbers_taken_home_have_a_column_for_every_run(self, chart, found):
        shown = chart("kfold", "fold_curves")
        table = shown.table()
        folds = ("fold_1", "fold_2", "fold_3")
        assert table.names == ("epoch", *folds, "mean", "sd_population", "holdout")
        last = dict(zip(table.names, table.values[-1], strict=True))
        scores = found["kfold"].report.table.where(run="fold").values("test_metric")
        np.testing.assert_array_equal([last[name] for name in folds], scores)


class TestSweeps:
    def test_the_sweet_spot_stands_at_its_value(self, chart, found):
        shown = chart("bias_variance_course", "course")
        (place,) = upright(shown)
        # Units from 1 to 16 stand by their logarithm.
        assert 2**place == pytest.approx(found["bias_variance_course"].report.figures["sweet_spot"])

    def test_bias_and_variance_add_up_in_the_readout(self, chart, found):
        shown = chart("bias_variance_course", "course")
        row = dict(zip(shown.report.columns, shown.report.rows[1], strict=True))
        told = shown.readout_at(2.0, 0.5)
        assert told.startswith("4: bias ")
        assert shown.number(row["test_error"]) in told

    def test_single_runs_on_demand(self, chart):
        shown = chart("bias_variance_course", "course")
        before = len(shown.plot.plotItem.items)
        shown._runs.setChecked(True)
        assert len(shown.plot.plotItem.items) == before + 2

    def test_the_fits_of_the_chosen_degree(self, chart):
        shown = chart("bias_variance_statistical", "fits")
        assert shown._degree.currentData() == 3
        # 20 fits, their mean, the true curve.
        assert len(curves(shown)) == 22
        shown._degree.setCurrentIndex(0)
        shown.redraw()
        flat = [curve for curve in curves(shown) if np.ptp(curve.yData) < 1e-9]
        assert len(flat) == 21


class TestRaces:
    def test_one_curve_a_runner_with_its_own_name(self, chart):
        shown = chart("race", "race")
        assert len(curves(shown)) == 2
        legend = shown.figure.legend.text()
        assert "SGD" in legend
        assert "Adam" in legend

    def test_sentences_and_table_say_the_words_of_the_legend(self, chart, results):
        shown = chart("race", "race")
        table = results.table
        names = {table.item(row, 0).text() for row in range(table.rowCount())}
        assert names == {"SGD (plain steps)", "Adam"}
        legend = shown.figure.legend.text()
        assert all(
            swatch("", "", name).removeprefix(swatch("", "", "")) in legend for name in names
        )
        assert any(f"First there: {name}" in results._sentences.text() for name in names)

    def test_the_numbers_taken_home_have_a_column_for_every_runner(self, chart):
        table = chart("race", "race").table()
        assert table.names == ("epoch", "sgd", "adam")
        assert len(table) == 5

    def test_a_star_where_the_target_was_reached(self, chart, found):
        shown = chart("race", "race")
        stars = [
            item.data["x"][0]
            for item in shown.plot.plotItem.items
            if type(item).__name__ == "Spots"
        ]
        reached = [
            value
            for key, value in found["race"].report.figures.items()
            if key.startswith("reached.") and value is not None
        ]
        assert sorted(stars) == sorted(reached)
