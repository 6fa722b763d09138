"""The loss landscape in the window: two weights of the open project, its path, places asked for."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from nnsim.document.edits import move
from nnsim.document.examples import load_example
from nnsim.document.model import Document
from nnsim.session.experiments.landscape import Ground, weights_of
from nnsim.ui.experiments.form import LANDSCAPE


@pytest.fixture
def walked(workspace, window):
    """XOR by 2-2-1 after 60 iterations, the landscape chosen."""
    workspace.open(load_example("xor-2-2-1"))
    workspace.go_to(60)
    window.form.kind_choice.choose(LANDSCAPE)
    return workspace


@pytest.fixture
def chart(walked, run, window):
    run(LANDSCAPE, side="9")
    (chart,) = window.results.charts
    return chart


def offered(window, which):
    choice = window.form.editor(f"{which}_weight")
    return [choice.itemText(place) for place in range(choice.count())]


class TestWeights:
    def test_every_weight_and_bias_of_the_project_by_its_name(self, walked, window):
        names = offered(window, "first")
        assert len(names) == len(list(weights_of(walked.document))) == 9
        assert "b N1" in names
        assert "w N1 ← C1[2]" in names

    def test_another_project_has_others(self, walked, window):
        walked.open(load_example("or-gate"))
        assert len(offered(window, "second")) == 3

    def test_a_choice_stays_while_the_project_is_edited(self, walked, window):
        window.form.editor("first_weight").setCurrentIndex(3)
        chosen = window.form.terrain[0]
        node = walked.document.nodes[0].id
        walked.edit(lambda document: move(document, {node: (5.0, 5.0)}), "move")
        assert window.form.terrain[0] == chosen

    def test_an_empty_project_says_what_to_do(self, walked, window, run):
        walked.open(Document())
        run(LANDSCAPE)
        assert [m.code for m in window.messages.messages] == ["experiment.no_weights"]

    def test_the_same_weight_twice_is_refused(self, walked, window, run):
        for which in ("first", "second"):
            window.form.editor(f"{which}_weight").setCurrentIndex(0)
        run(LANDSCAPE)
        assert [m.code for m in window.messages.messages] == ["experiment.same_weight"]


def test_the_picture_has_the_losses_that_were_found(chart):
    assert chart.losses.shape == (9, 9)
    told = chart.readout_at(float(chart._xs[2]), float(chart._ys[6]))
    assert chart.number(float(chart.losses[6, 2])) in told


def test_the_path_ends_at_the_present_place(chart, walked, window):
    path = chart.report.sheets["path"]
    assert path.column("iteration")[-1] == 60
    curve = next(
        item
        for item in chart.plot.plotItem.items
        if type(item).__name__ == "PlotCurveItem" and len(item.xData) == 61
    )
    assert (curve.xData[-1], curve.yData[-1]) == window._terrain.here


def test_path_and_contour_lines_on_demand(chart):
    def curves():
        items = chart.plot.plotItem.items
        return sum(type(item).__name__ == "PlotCurveItem" for item in items)

    both = curves()
    chart._path.setChecked(False)
    assert curves() == both - 1
    chart._lines.setChecked(False)
    assert curves() == 0


def test_a_contour_line_lies_where_the_loss_is_its_level(chart, window):
    """Lines go between the places that were tried, so the loss there is near that of the line."""
    ground = Ground(window._terrain)
    chart._path.setChecked(False)
    for item in chart.plot.plotItem.items:
        if type(item).__name__ == "PlotCurveItem":
            losses = [
                ground.loss(x, y) for x, y in zip(item.xData[::4], item.yData[::4], strict=True)
            ]
            assert np.ptp(losses) < 0.12 * np.ptp(chart.losses)


def test_a_click_tells_the_very_loss_there(chart, window):
    x, y = float(chart._xs[1]) + 0.01, float(chart._ys[5]) - 0.02
    chart.plot.clicked.emit(QPointF(x, y))
    loss = Ground(window._terrain).loss(x, y)
    labels = [i for i in chart.plot.plotItem.items if type(i).__name__ == "TextItem"]
    assert [label.toPlainText() for label in labels] == [f"loss {chart.number(loss)}"]


def test_the_run_in_the_main_window_stays_as_it_is(chart, walked):
    before = (walked.session.position, walked.session.computed)
    chart.plot.clicked.emit(QPointF(0.0, 0.0))
    assert (walked.session.position, walked.session.computed) == before
