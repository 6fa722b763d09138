"""Lines beside that of the run: parts of the samples, former runs, smoothing."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QMenu, QSlider, QToolButton

from nnsim.document.edits import set_split, set_training
from nnsim.document.model import SplitSettings
from nnsim.document.templates import perceptron
from nnsim.session.series import Series, smoothed
from nnsim.ui.panels.loss import LossPanel
from nnsim.ui.panels.loss.reach import Reach
from tests.support.judged import classifier, regression
from tests.support.plots import (
    answer_file_dialog,
    choose,
    choose_in_menu,
    move,
    open_panel,
    preferences_in,
)


@pytest.fixture
def preferences(qapp, tmp_path):
    return preferences_in(tmp_path)


@pytest.fixture
def divided(qtbot, preferences):
    document = set_split(classifier(samples=50), SplitSettings(60, 20, 20))
    document = set_training(document, replace(document.training, learning_rate=0.1))
    panel, workspace = open_panel(qtbot, LossPanel, document, preferences, (560, 560))
    return panel, workspace


@pytest.fixture
def whole(qtbot, preferences):
    document = perceptron((2, 3, 1))
    return open_panel(qtbot, LossPanel, document, preferences, (560, 560))


def go_to(panel, workspace, iteration):
    workspace.go_to(iteration)
    panel.draw_if_stale()


def at_rate(workspace, rate):
    workspace.edit(
        lambda document: set_training(document, replace(document.training, learning_rate=rate)),
        "rate",
    )


def points(count):
    """A series of so many iterations."""
    iterations = np.arange(1, count + 1)
    return Series(iterations.astype(float), np.ones(count), iterations, np.zeros(0, np.int64))


def legend(panel):
    return panel.figure.legend.text().replace("&nbsp;", " ").replace("\u2060", "")


def readout(panel):
    return panel._readout.text()


class TestParts:
    def test_each_part_has_its_line_of_the_loss(self, qtbot, divided):
        panel, workspace = divided
        go_to(panel, workspace, 120)
        evaluations = workspace.session.evaluations
        assert [line.part for line in panel.others] == ["training", "validation", "test"]
        for line in panel.others:
            assert line.series.y.tolist() == evaluations.column(line.part, "loss").tolist()
            assert line.series.x.tolist() == [0, 30, 60, 90, 120]

    def test_without_parts_the_run_stands_alone(self, qtbot, whole):
        panel, workspace = whole
        go_to(panel, workspace, 40)
        assert panel.others == []
        assert "training" not in legend(panel)

    def test_they_are_told_apart_without_colour(self, qtbot, divided):
        panel, workspace = divided
        go_to(panel, workspace, 60)
        assert len({line.style for line in panel.others}) == 3
        for name in ("while learning", "━━</span> training", "validation", "test"):
            assert name in legend(panel)

    def test_the_latest_is_not_told_ahead(self, qtbot, divided):
        panel, workspace = divided
        go_to(panel, workspace, 60)
        go_to(panel, workspace, 30)
        assert panel.others[0].series.x[-1] == 60
        workspace.go_to(61, 1)
        panel.draw_if_stale()
        assert panel.others[0].series.x[-1] == 60

    def test_accuracy_is_that_of_each_part(self, qtbot, divided):
        panel, workspace = divided
        go_to(panel, workspace, 100)
        choose(qtbot, panel, "what", 2)
        evaluations = workspace.session.evaluations
        assert panel.plotted.y.tolist() == evaluations.column("training", "metric").tolist()
        assert [line.part for line in panel.others] == ["validation", "test"]
        assert "Accuracy" in panel.figure.caption.text()
        assert "Judged after iteration 90" in panel.figure.caption.text()
        assert panel.plot.home.bottom() == pytest.approx(1.06)

    def test_accuracy_is_written_in_percent(self, qtbot, divided):
        panel, workspace = divided
        go_to(panel, workspace, 100)
        choose(qtbot, panel, "what", 2)
        panel.draw_if_stale()
        latest = workspace.session.evaluations.latest(90)
        training, test = (100 * part.metric for part in (latest.training, latest.test))
        assert panel.figure.caption.text().endswith(f"{panel.preferences.number(training, 4)} %")
        move(qtbot, panel, 90.0, 0.5)
        assert f"test {panel.preferences.number(test, 4)} %" in readout(panel)
        assert panel.plot.left.tickStrings([0.0, 0.5, 1.0], 1.0, 0.5) == ["0 %", "50 %", "100 %"]
        choose(qtbot, panel, "what", 0)
        panel.draw_if_stale()
        assert panel.plot.left.tickStrings([0.0, 0.5], 1.0, 0.5) == ["0", "0.5"]

    def test_values_are_judged_by_r2(self, qtbot, preferences):
        panel, workspace = open_panel(qtbot, LossPanel, regression(), preferences)
        go_to(panel, workspace, 300)
        choose(qtbot, panel, "what", 2)
        assert "R²" in panel.figure.caption.text()
        assert panel.plotted.y[-1] == workspace.session.evaluations.latest(300).training.metric

    def test_all_values_below_the_mouse(self, qtbot, divided):
        panel, workspace = divided
        go_to(panel, workspace, 120)
        move(qtbot, panel, 90.0, panel.plot.visible.center().y())
        number = panel.preferences.number
        latest = workspace.session.evaluations.latest(90)
        for part in ("training", "validation", "test"):
            assert f"{part} {number(getattr(latest, part).loss)}" in readout(panel)

    def test_the_table_per_epoch_has_every_part(self, qtbot, divided):
        panel, workspace = divided
        go_to(panel, workspace, 120)
        choose(qtbot, panel, "per", 1)
        table = panel.table()
        assert table.target_names == (
            *("mean_loss", "wrong"),
            *("loss_training", "loss_validation", "loss_test"),
        )
        expected = workspace.session.evaluations.column("validation", "loss")
        assert table.targets[:, 3].tolist() == expected.tolist()
        assert table.inputs.tolist() == [[0, 0], [30, 1], [60, 2], [90, 3], [120, 4]]

    def test_the_file_per_iteration_has_them_where_they_were_judged(self, qtbot, divided, tmp_path):
        panel, workspace = divided
        go_to(panel, workspace, 70)
        answer_file_dialog(tmp_path / "loss.csv")
        panel.figure.save_table()
        with (tmp_path / "loss.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["iteration"] for row in rows] == [str(n) for n in range(71)]
        for line in panel.others:
            cells = [row[f"loss_{line.part}"] for row in rows]
            judged = [0, 30, 60]
            assert [n for n, cell in enumerate(cells) if cell] == judged
            assert [float(cells[n]) for n in judged] == line.series.y.tolist()
        losses = workspace.session.trace.column("loss")[:70]
        assert rows[0]["loss"] == ""
        assert [float(row["loss"]) for row in rows[1:]] == losses.tolist()

    def test_the_table_of_the_metric(self, qtbot, divided):
        panel, workspace = divided
        go_to(panel, workspace, 60)
        choose(qtbot, panel, "what", 2)
        table = panel.table()
        assert table.target_names == ("accuracy_training", "accuracy_validation", "accuracy_test")
        assert table.inputs.tolist() == [[0, 0], [30, 1], [60, 2]]


class TestSmoothing:
    def test_the_slider_smooths_and_says_how_strongly(self, qtbot, whole):
        panel, workspace = whole
        go_to(panel, workspace, 200)
        slider = panel.findChild(QSlider, "smoothing")
        slider.setFocus()
        for _ in range(6):
            qtbot.keyClick(slider, Qt.Key.Key_PageUp)
        panel.draw_if_stale()
        assert panel._smoothing.strength == 0.6
        assert panel._smoothing._label.text() == "Smoothing 0.6"
        drawn = panel._curves._lines[0].getOriginalDataset()[1]
        assert drawn == pytest.approx(smoothed(panel.plotted, 0.6).y)
        assert "faint" in legend(panel)

    def test_what_is_plotted_and_exported_stays_as_it_is(self, qtbot, whole):
        panel, workspace = whole
        go_to(panel, workspace, 100)
        panel.findChild(QSlider, "smoothing").setValue(90)
        panel.draw_if_stale()
        losses = workspace.session.trace.column("loss")
        assert panel.plotted.y.tolist() == losses.tolist()
        assert panel.table().targets[:, 0].tolist() == losses.tolist()


class TestFormerRuns:
    @pytest.fixture
    def three(self, qtbot, whole):
        panel, workspace = whole
        for rate in (0.3, 0.03, 3.0):
            at_rate(workspace, rate)
            go_to(panel, workspace, 60)
        return panel, workspace

    def test_they_stand_beside_the_present_one(self, three):
        panel, workspace = three
        runs = list(workspace.session.runs)
        assert [line.run for line in panel.others] == runs
        assert "① α = 0.3 → 3" in legend(panel).replace("</span>", "")
        assert "② α = 0.03 → 3" in legend(panel).replace("</span>", "")
        assert "this run" in legend(panel)

    def test_their_names_follow_what_the_present_run_is(self, three):
        panel, workspace = three
        at_rate(workspace, 0.03)
        workspace.go_to(20)
        panel.draw_if_stale()
        assert "① α = 0.3 → 0.03" in legend(panel).replace("</span>", "")
        assert "② same settings" in legend(panel).replace("</span>", "")

    def test_a_longer_one_is_cut_where_the_axis_of_the_present_one_ends(self, qtbot, whole):
        panel, workspace = whole
        go_to(panel, workspace, 400)
        at_rate(workspace, 0.3)
        go_to(panel, workspace, 12)
        assert panel.plot.home.right() == pytest.approx(20.4)
        # Its number is still to be seen.
        (number,) = (text for text in panel._curves._numbers if text.isVisible())
        assert number.pos().x() == 20
        go_to(panel, workspace, 30)
        assert panel.plot.home.right() == pytest.approx(51)

    def test_a_run_that_begins_anew_has_a_new_axis(self):
        reach = Reach()
        widths = [reach.home(points(n), [], False, False).right() for n in (400, 399, 3, 12)]
        assert widths == pytest.approx([510, 510, 10.2, 20.4])

    def test_going_back_in_a_run_keeps_the_axis(self, qtbot, whole):
        panel, workspace = whole
        go_to(panel, workspace, 400)
        go_to(panel, workspace, 3)
        assert panel.plot.home.right() == pytest.approx(510)

    def test_a_box_shows_it_to_its_end(self, qtbot, whole):
        panel, workspace = whole
        box = panel.findChild(QCheckBox, "runs_to_their_ends")
        go_to(panel, workspace, 400)
        assert not box.isVisible()
        at_rate(workspace, 0.3)
        go_to(panel, workspace, 100)
        box.click()
        panel.draw_if_stale()
        assert panel.plot.visible.right() == pytest.approx(510)
        box.click()
        panel.draw_if_stale()
        assert panel.plot.visible.right() == pytest.approx(102)

    def test_below_the_mouse_it_has_figures_where_the_present_one_has_none(self, qtbot, whole):
        panel, workspace = whole
        go_to(panel, workspace, 400)
        at_rate(workspace, 0.3)
        go_to(panel, workspace, 100)
        panel.findChild(QCheckBox, "runs_to_their_ends").click()
        panel.draw_if_stale()
        move(qtbot, panel, 300.0, panel.plot.visible.center().y())
        (run,) = workspace.session.runs
        value = panel.preferences.number(float(run.curve("loss", "iteration").y[299]))
        assert readout(panel) == f"Iteration 300 · ① {value}"

    def test_one_that_went_astray_does_not_squash_the_present_one(self, qtbot, preferences):
        document = perceptron((2, 3, 1), "relu", "identity")
        document = set_training(document, replace(document.training, learning_rate=30.0))
        panel, workspace = open_panel(qtbot, LossPanel, document, preferences)
        go_to(panel, workspace, 60)
        at_rate(workspace, 0.05)
        go_to(panel, workspace, 60)
        losses = workspace.session.trace.column("loss")
        assert panel.plot.home.bottom() <= 10 * losses.max()
        panel.grab()

    def test_the_list_is_opened_by_a_button_that_counts_them(self, qtbot, whole):
        panel, workspace = whole
        go_to(panel, workspace, 40)
        button = panel.findChild(QToolButton, "show_runs")
        assert not button.isVisible()
        at_rate(workspace, 0.3)
        go_to(panel, workspace, 40)
        assert button.text() == "Former runs (1)"
        button.click()
        assert panel.runs.isVisible()
        assert panel.runs.count() == 1

    def test_a_box_hides_one_and_the_others_keep_their_numbers(self, three):
        panel, workspace = three
        panel.findChild(QToolButton, "show_runs").click()
        panel.runs.item(0).setCheckState(Qt.CheckState.Unchecked)
        panel.draw_if_stale()
        assert [line.number for line in panel.others] == [2]
        assert [run.is_shown for run in workspace.session.runs] == [False, True]

    def test_one_is_renamed_in_place(self, qtbot, three):
        panel, workspace = three
        panel.findChild(QToolButton, "show_runs").click()
        panel.runs.setFocus()
        panel.runs.setCurrentRow(1)
        qtbot.keyClick(panel.runs, Qt.Key.Key_F2)
        editor = panel.runs.findChild(QLineEdit)
        editor.setText("small steps")
        qtbot.keyClick(editor, Qt.Key.Key_Return)
        # Qt takes over what was typed a turn later.
        qtbot.waitUntil(lambda: any(run.name for run in workspace.session.runs))
        panel.draw_if_stale()
        assert [run.name for run in workspace.session.runs] == ["", "small steps"]
        assert panel.runs.item(1).text() == "② small steps"
        assert "② small steps" in legend(panel).replace("</span>", "")

    def test_delete_removes_one(self, qtbot, three):
        panel, workspace = three
        panel.findChild(QToolButton, "show_runs").click()
        panel.runs.setFocus()
        panel.runs.setCurrentRow(0)
        qtbot.keyClick(panel.runs, Qt.Key.Key_Delete)
        panel.draw_if_stale()
        (run,) = workspace.session.runs
        assert run.document.training.learning_rate == 0.03
        assert len(panel.others) == 1

    def test_the_menu_removes_all(self, qtbot, three):
        panel, workspace = three
        panel.findChild(QToolButton, "show_runs").click()
        panel.runs.customContextMenuRequested.emit(QPoint(5, 5))
        menu = panel.runs.findChild(QMenu)
        choose_in_menu(qtbot, menu, "run_remove_all")
        panel.draw_if_stale()
        assert len(workspace.session.runs) == 0
        assert panel.others == []
        assert not panel.findChild(QToolButton, "show_runs").isVisible()

    def test_a_tip_says_all_that_differs(self, three):
        panel, workspace = three
        training = replace(workspace.document.training, learning_rate=0.5, seed=3)
        workspace.edit(lambda document: set_training(document, training), "both")
        panel.draw_if_stale()
        assert panel.runs.item(0).toolTip().splitlines() == [
            "60 iterations; then → now:",
            "· α = 0.3 → 0.5",
            "· Seed: 0 → 3",
        ]

    @pytest.mark.parametrize("per", [0, 1])
    def test_the_table_has_a_column_for_each_that_is_shown(self, qtbot, whole, per):
        panel, workspace = whole
        go_to(panel, workspace, 80)
        at_rate(workspace, 0.3)
        go_to(panel, workspace, 40)
        choose(qtbot, panel, "per", per)
        table = panel.table()
        (run,) = workspace.session.runs
        assert table.target_names[-1] == "run1_loss"
        former = run.curve("loss", ("iteration", "epoch")[per])
        assert table.inputs[:, 0].tolist() == former.last.tolist()
        assert table.targets[:, -1].tolist() == former.y.tolist()
        count = len(panel.plotted)
        assert table.targets[:count, 0].tolist() == panel.plotted.y.tolist()
        assert np.isnan(table.targets[count:, 0]).all()
        workspace.session.runs.show(run.number, False)
        assert "run1_loss" not in panel.table().target_names

    def test_in_spanish(self, three):
        panel, _ = three
        panel.preferences.set_locale("es")
        assert "① α = 0,3 → 3" in legend(panel).replace("</span>", "")
        assert panel.findChild(QToolButton, "show_runs").text() == "Anteriores (2)"

    def test_parts_of_a_former_run_have_their_kinds_of_line(self, qtbot, divided):
        panel, workspace = divided
        go_to(panel, workspace, 60)
        at_rate(workspace, 0.01)
        go_to(panel, workspace, 60)
        former = [line for line in panel.others if line.run]
        assert [line.part for line in former] == ["training", "validation", "test"]
        for line in former:
            assert np.isfinite(line.series.y).all()
