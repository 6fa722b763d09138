"""The loss panel: the course of a run, said exactly, and a way to any of its iterations."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox

from nnsim.document.edits import set_conventions, set_data, set_parameter, set_training
from nnsim.document.model import Conventions
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.record import Quantity
from nnsim.session import Level, Session
from nnsim.session.series import series
from nnsim.ui.bridge.calm_label import CalmLabel
from nnsim.ui.bridge.pictures import save_picture
from nnsim.ui.panels.loss import LossPanel
from nnsim.ui.panels.loss.words import formula
from tests.support.plots import (
    choose,
    click,
    colour_at,
    drag,
    move,
    open_panel,
    preferences_in,
)

OR_ERRORS = [1, 0, 1, 0, 1, 0, 0]


@pytest.fixture
def preferences(qapp, tmp_path):
    return preferences_in(tmp_path)


@pytest.fixture
def or_panel(qtbot, preferences):
    return open_panel(qtbot, LossPanel, gate_neuron("or"), preferences)


@pytest.fixture
def net(preferences):
    document = perceptron((2, 2, 1))
    return set_training(document, replace(document.training, learning_rate=2.0))


def readout(panel):
    return panel.findChild(CalmLabel, "readout").text()


def go_to(workspace, *iterations):
    """Go through iterations."""
    for iteration in iterations:
        workspace.go_to(iteration)


def diverging():
    document = perceptron((2, 3, 1), "relu", "identity")
    return set_training(document, replace(document.training, learning_rate=30.0))


class TestErrorsOfARule:
    def test_the_or_exercise_has_an_error_in_rows_one_three_and_five(self, qtbot, or_panel):
        panel, workspace = or_panel
        go_to(workspace, 7)
        assert panel.what == "wrong"
        assert panel.plotted.x.tolist() == [1, 2, 3, 4, 5, 6, 7]
        assert panel.plotted.y.tolist() == OR_ERRORS

    def test_rules_without_a_loss_offer_none(self, or_panel):
        panel, _ = or_panel
        box = panel.findChild(QComboBox, "what")
        assert [box.itemData(k) for k in range(box.count())] == ["wrong", "metric"]
        assert not panel.findChild(QCheckBox, "log").isEnabled()

    def test_per_epoch_errors_are_added_up(self, qtbot, or_panel):
        panel, workspace = or_panel
        go_to(workspace, 11)
        choose(qtbot, panel, "per", 1)
        assert panel.plotted.x.tolist() == [1.0, 2.0]
        assert panel.plotted.y.tolist() == [3.0, 0.0]
        assert "Errors per epoch" in panel.figure.caption.text()

    def test_an_epoch_under_way_does_not_count_yet(self, qtbot, or_panel):
        panel, workspace = or_panel
        go_to(workspace, 3)
        choose(qtbot, panel, "per", 1)
        assert not panel.has_figure
        assert "epoch" in panel._message.text()
        go_to(workspace, 7)
        assert panel.has_figure


class TestWhatHasComeAbout:
    def test_a_picture_has_no_words_for_the_screen_and_no_empty_line(
        self, qtbot, or_panel, tmp_path
    ):
        panel, workspace = or_panel
        workspace.step(Level.ITERATION)
        qtbot.waitUntil(lambda: panel.has_figure)
        save_picture(panel.picture(), tmp_path / "loss.svg")
        picture = (tmp_path / "loss.svg").read_text(encoding="utf-8")
        assert 'd=""' not in picture
        legend = panel.figure.legend.text().replace("&nbsp;", " ")
        assert "iteration shown" in legend
        assert "drag" not in legend.lower()

    def test_at_the_start_a_sentence_says_what_to_do(self, or_panel):
        panel, _ = or_panel
        assert not panel.has_figure
        assert "Step" in panel._message.text()

    def test_the_first_point_appears_with_the_first_error(self, or_panel):
        panel, workspace = or_panel
        workspace.step(Level.PHASE)  # prediction
        assert not panel.has_figure
        workspace.step(Level.PHASE)  # error
        assert panel.plotted.y.tolist() == [1]

    def test_the_latest_point_is_not_told_ahead(self, qtbot, or_panel):
        panel, workspace = or_panel
        go_to(workspace, 3)
        workspace.step(Level.PRODUCT)
        qtbot.wait(100)
        assert len(panel.plotted) == 3

    def test_going_back_keeps_what_was_seen(self, qtbot, or_panel):
        panel, workspace = or_panel
        go_to(workspace, 7)
        go_to(workspace, 2)
        assert len(panel.plotted) == 7
        assert "Iteration 2 (epoch 1): </span>0" in panel.figure.caption.text()

    def test_a_new_start_value_begins_the_curve_anew(self, qtbot, or_panel):
        panel, workspace = or_panel
        go_to(workspace, 7)
        workspace.edit(lambda d: set_parameter(d, "b:n3", (0,), -1.0), "bias")
        workspace.reset("reset")
        assert not panel.has_figure
        go_to(workspace, 1)
        assert panel.plotted.y.tolist() == [0]


class TestTheLossOfANetwork:
    def test_it_is_the_column_of_the_trace(self, qtbot, preferences, net):
        panel, workspace = open_panel(qtbot, LossPanel, net, preferences)
        go_to(workspace, 40)
        assert np.array_equal(panel.plotted.y, workspace.session.trace.column("loss"))
        assert "Mean squared error (MSE), mean: 1/n Σ (t − y)²" in panel.figure.caption.text()

    def test_per_epoch_it_is_the_mean_over_its_iterations(self, qtbot, preferences, net):
        panel, workspace = open_panel(qtbot, LossPanel, net, preferences)
        go_to(workspace, 40)
        choose(qtbot, panel, "per", 1)
        expected = workspace.session.trace.column("loss").reshape(10, 4).mean(axis=1)
        assert panel.plotted.y == pytest.approx(expected, rel=1e-14)
        assert "mean over its iterations" in panel.figure.caption.text()

    def test_errors_are_offered_beside_it(self, qtbot, preferences, net):
        panel, workspace = open_panel(qtbot, LossPanel, net, preferences)
        go_to(workspace, 12)
        choose(qtbot, panel, "what", 1)
        assert np.array_equal(panel.plotted.y, workspace.session.trace.column("wrong"))

    def test_conventions_are_said(self, qtbot, preferences, net):
        document = set_conventions(net, Conventions(loss_reduction="sum", loss_half=True))
        panel, workspace = open_panel(qtbot, LossPanel, document, preferences)
        go_to(workspace, 1)
        assert "sum: ½ Σ (t − y)²" in panel.figure.caption.text()

    def test_the_delta_rule_plots_the_mean_of_its_squared_error(self, qtbot, preferences):
        document = gate_neuron("or")
        document = set_training(document, replace(document.training, rule="delta"))
        panel, workspace = open_panel(qtbot, LossPanel, document, preferences)
        go_to(workspace, 1)
        assert panel.plotted.y.tolist() == [1.0]  # e = 0 - 1
        assert "e = t − Σ: 1/n Σ e²" in panel.figure.caption.text()

    def test_a_change_of_the_rule_on_the_way_leaves_a_gap(self, qtbot, preferences):
        document = gate_neuron("or")
        training = replace(document.training, rule="delta", learning_rate=0.1)
        document = set_training(document, training, iteration=3)
        panel, workspace = open_panel(qtbot, LossPanel, document, preferences)
        go_to(workspace, 6)
        assert panel.what == "loss"
        assert np.isnan(panel.plotted.y[:3]).all()
        assert np.isfinite(panel.plotted.y[3:]).all()
        assert not len(panel.plotted.broken)
        assert "changed" in panel.figure.legend.text()

    @pytest.mark.parametrize(
        ("loss", "conventions", "written"),
        [
            ("mse", Conventions(loss_half=True), "1/(2n) Σ (t − y)²"),
            ("mae", Conventions(), "1/n Σ |t − y|"),
            ("mape", Conventions(), "100/n Σ |t − y| / |t|"),
            ("cross_entropy", Conventions(), "−1/N Σ t ln y"),
            ("cross_entropy", Conventions(loss_reduction="sum"), "−Σ t ln y"),
            ("binary_cross_entropy", Conventions(), "−1/n Σ [t ln y + (1 − t) ln (1 − y)]"),
            ("hinge", Conventions(loss_reduction="sum"), "Σ max(0, 1 − t·y)"),
        ],
    )
    def test_every_loss_is_written_as_it_is_computed(self, loss, conventions, written):
        assert formula(loss, conventions) == written


class TestLogarithm:
    def test_the_axis_becomes_logarithmic(self, qtbot, preferences, net):
        panel, workspace = open_panel(qtbot, LossPanel, net, preferences)
        go_to(workspace, 40)
        box = panel.findChild(QCheckBox, "log")
        box.setFocus()
        qtbot.keyClick(box, Qt.Key.Key_Space)
        assert panel.is_log
        losses = workspace.session.trace.column("loss")
        assert panel.plot.home.top() <= np.log10(losses.min())
        assert panel.plot.left.tickStrings([-2.0, 0.0, -7.0], 1, 1) == ["0.01", "1", "10⁻⁷"]
        qtbot.keyClick(box, Qt.Key.Key_Space)
        assert panel.plot.home.top() <= 0

    def test_zeros_have_no_logarithm_and_are_counted(self, qtbot, preferences):
        document = gate_neuron("or")
        document = set_training(document, replace(document.training, rule="delta"))
        document = set_parameter(document, "b:n3", (0,), 0.0)
        panel, workspace = open_panel(qtbot, LossPanel, document, preferences)
        go_to(workspace, 2)  # the first sample (0, 0) has e = 0 - 0
        box = panel.findChild(QCheckBox, "log")
        box.setFocus()
        qtbot.keyClick(box, Qt.Key.Key_Space)
        assert "1 point is 0" in panel.figure.legend.text()


class TestNumbersThatAreNotFinite:
    def test_a_run_that_diverges_is_shown_as_such(self, qtbot, preferences):
        panel, workspace = open_panel(qtbot, LossPanel, diverging(), preferences)
        for _ in range(120):
            workspace.session.compute()
        go_to(workspace, 120)
        losses = workspace.session.trace.column("loss")
        first = int(np.flatnonzero(~np.isfinite(losses))[0]) + 1
        assert f"From iteration {first} on the loss is not finite" in panel.figure.legend.text()
        assert panel._marks.broken.isVisible()
        assert panel._marks.broken.value() == first
        assert np.isfinite(panel.plot.home.height())
        panel.grab()

    def test_a_loss_that_is_never_finite_is_no_crash(self, qtbot, preferences):
        document = perceptron((2, 1))
        document = set_training(document, replace(document.training, loss="mape"))
        data = document.data
        document = set_data(document, data.with_values(data.values * [1, 1, 0]))
        panel, workspace = open_panel(qtbot, LossPanel, document, preferences)
        go_to(workspace, 5)
        assert not np.isfinite(panel.plotted.y).any()
        assert "not finite (∞)" in panel.figure.legend.text()
        assert "∞" in panel.figure.caption.text() or "NaN" in panel.figure.caption.text()
        panel.grab()

    def test_huge_losses_have_a_finite_axis(self, qtbot, preferences):
        panel, workspace = open_panel(qtbot, LossPanel, diverging(), preferences)
        go_to(workspace, 30)
        assert np.isfinite(panel.plot.home.height())


class TestGoingThere:
    def test_a_click_goes_to_the_nearest_iteration(self, qtbot, or_panel):
        panel, workspace = or_panel
        go_to(workspace, 7)
        click(qtbot, panel, 3.2, 0.5)
        assert workspace.session.position.iteration == 3
        assert panel._marks.marker.value() == 3

    def test_a_click_beyond_the_trace_goes_to_its_end(self, qtbot, or_panel):
        panel, workspace = or_panel
        go_to(workspace, 5)
        go_to(workspace, 2)
        click(qtbot, panel, 9.5, 0.5)
        assert workspace.session.position.iteration == 5
        assert workspace.session.computed == 5

    def test_dragging_the_marker_goes_along(self, qtbot, or_panel):
        panel, workspace = or_panel
        go_to(workspace, 7)
        visible = panel.plot.visible
        drag(qtbot, panel, (7, 0.5), (2.1, 0.5))
        assert workspace.session.position.iteration == 2
        assert panel.plot.visible == visible

    def test_clicking_a_point_of_the_loss_selects_that_loss(self, qtbot, preferences, net):
        panel, workspace = open_panel(qtbot, LossPanel, net, preferences)
        workspace.go_to(4)
        click(qtbot, panel, 2.0, panel.plot.visible.center().y())
        assert workspace.session.position.iteration == 2
        assert workspace.selection == Quantity("L")

    def test_clicking_a_count_of_errors_selects_no_loss(self, qtbot, or_panel):
        panel, workspace = or_panel
        workspace.go_to(4)
        click(qtbot, panel, 2.0, 0.5)
        assert workspace.session.position.iteration == 2
        assert workspace.selection.kind != "L"

    def test_clicking_an_epoch_goes_to_its_last_iteration(self, qtbot, preferences, net):
        panel, workspace = open_panel(qtbot, LossPanel, net, preferences)
        go_to(workspace, 40)
        choose(qtbot, panel, "per", 1)
        click(qtbot, panel, 3.0, panel.plot.visible.center().y())
        assert workspace.session.position.iteration == 12

    def test_arrow_keys_home_and_end_go_through_the_run(self, qtbot, or_panel):
        panel, workspace = or_panel
        go_to(workspace, 7)
        panel.plot.setFocus()
        for key, iteration in (
            (Qt.Key.Key_Left, 6),
            (Qt.Key.Key_Home, 1),
            (Qt.Key.Key_Right, 2),
            (Qt.Key.Key_End, 7),
            (Qt.Key.Key_Right, 7),
        ):
            qtbot.keyClick(panel.plot, key)
            assert workspace.session.position.iteration == iteration

    def test_hovering_tells_the_nearest_point(self, qtbot, or_panel):
        panel, workspace = or_panel
        go_to(workspace, 7)
        move(qtbot, panel, 2.8, 0.4)
        assert readout(panel) == "Iteration 3 (epoch 1) · errors 1"
        move(qtbot, panel, 9.0, 0.4)
        assert "Point at" in readout(panel)


class TestCalm:
    def test_axes_grow_in_steps_and_never_shrink(self, qtbot, preferences, net):
        panel, workspace = open_panel(qtbot, LossPanel, net, preferences)
        widths = []
        for _ in range(60):
            go_to(workspace, workspace.session.position.iteration + 1)
            widths.append(panel.plot.home.right())
        assert widths == sorted(widths)
        assert len(set(widths)) == 4  # 10, 20, 50, 100

    def test_a_zoomed_plot_stays_where_it_is_until_reset(self, qtbot, or_panel):
        panel, workspace = or_panel
        go_to(workspace, 4)
        panel.plot.setFocus()
        qtbot.keyClick(panel.plot, Qt.Key.Key_Plus)
        zoomed = panel.plot.visible
        go_to(workspace, 14)
        assert panel.plot.visible == zoomed
        reset = panel.figure.action("reset")
        assert reset.isEnabled()
        qtbot.keyClick(panel.plot, Qt.Key.Key_0)
        assert panel.plot.visible == panel.plot.home
        assert not reset.isEnabled()

    def test_while_a_run_goes_on_the_curve_follows_at_a_calm_pace(self, qtbot, preferences, net):
        panel, workspace = open_panel(qtbot, LossPanel, net, preferences)
        workspace.go_to(1)
        for iteration in range(2, 40):
            workspace.go_to(iteration)
        assert panel._marks.marker.value() == 39  # the marker is always there
        qtbot.waitUntil(lambda: len(panel.plotted) == 39, timeout=2000)

    def test_both_themes_colour_it(self, qtbot, or_panel, preferences):
        panel, workspace = or_panel
        go_to(workspace, 7)
        light = colour_at(panel, 8.5, 0.5)
        preferences.set_theme("dark")
        assert light.lightness() > 200 > 100 > colour_at(panel, 8.5, 0.5).lightness()

    def test_in_spanish(self, qtbot, or_panel, preferences):
        panel, workspace = or_panel
        go_to(workspace, 7)
        preferences.set_locale("es")
        assert "Errores por iteración" in panel.figure.caption.text()
        assert panel.plot.left.labelText == "errores"


class TestSeries:
    def test_each_epoch_is_the_mean_of_its_iterations_and_ends_with_the_last(self):
        session = Session(perceptron((2, 1)))
        for _ in range(1000):
            session.compute()
        found = series(session.document, session.trace, 1000, "loss", "epoch")
        losses = session.trace.column("loss")
        assert len(found) == 250
        assert found.y[-1] == pytest.approx(losses[996:].mean(), rel=1e-14)
        assert found.last[-1] == 1000
        assert found.index_of(998) == 249
        assert found.index_of(1001) is None
