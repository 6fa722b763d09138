"""What can be switched on the plane: a discrete output, level lines, other parts of the samples."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QToolButton

from nnsim.data import Table, write_csv
from nnsim.document.edits import set_split, set_training
from nnsim.document.model import SplitSettings
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.session import Level
from nnsim.session.scales import Scale
from nnsim.ui.bridge.pictures import picture_image
from nnsim.ui.panels.plane import PlanePanel
from nnsim.ui.panels.plane.regions import discrete
from tests.support.plots import click, open_panel, switch


def clouds(hidden: int = 3):
    """Two clouds apart from each other, and a network that learns to tell them."""
    random = np.random.default_rng(5)
    labels = np.repeat([-1.0, 1.0], 20)[:, np.newaxis]
    points = random.normal(2 * labels, 0.4, (40, 2))
    document = perceptron(
        (2, hidden, 1), "tanh", "tanh", Table(("x1", "x2"), ("y",), points, labels)
    )
    return set_training(document, replace(document.training, learning_rate=0.1))


def divided(document):
    return set_split(document, SplitSettings(0.5, 0.25, 0.25, "in_order"))


def three_classes():
    random = np.random.default_rng(3)
    points = np.vstack([random.normal(c, 0.3, (8, 2)) for c in ((0, 0), (3, 0), (0, 3))])
    data = Table(("x1", "x2"), ("a", "b", "c"), points, np.repeat(np.eye(3), 8, axis=0))
    document = perceptron((2, 4, 3), "tanh", "softmax", data)
    return set_training(document, replace(document.training, loss="cross_entropy"))


def offered(panel) -> set[str]:
    menu = panel.findChild(QToolButton, "show").menu()
    return {
        a.objectName() for a in menu.actions() if a.isVisible() and a.isEnabled() and a.objectName()
    }


def ground(panel) -> set[int]:
    """The colours of the ground, without what is drawn on it."""
    image = panel._plane.regions._ground.image
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}


class TestDiscrete:
    def test_there_are_only_the_two_classes(self, qtbot, preferences):
        panel, workspace = open_panel(qtbot, PlanePanel, clouds(), preferences)
        for _ in range(3):
            workspace.step(Level.EPOCH)
        qtbot.wait(400)
        assert len(ground(panel)) > 2
        switch(qtbot, panel, "discrete")
        assert len(ground(panel)) == 2
        assert "output at least 0" in panel.figure.legend.text().replace("&nbsp;", " ")

    def test_measurements_come_in_steps(self):
        scale = Scale(0.0, 4.0, is_fixed=True)
        values = np.array([-4.0, -0.2, 0.3, 0.9, 3.99, 9.0])
        assert discrete(values, scale, None).tolist() == [-3.5, -0.5, 0.5, 0.5, 3.5, 3.5]

    def test_what_is_no_number_stays_none(self):
        scale = Scale(0.5, 0.5, is_fixed=True)
        found = discrete(np.array([np.nan, 0.5, 0.49]), scale, 0.5)
        assert np.isnan(found[0])
        assert found[1:].tolist() == [1.0, 0.0]

    def test_regions_of_classes_lose_their_shading(self, qtbot, preferences):
        panel, workspace = open_panel(qtbot, PlanePanel, three_classes(), preferences)
        for _ in range(10):
            workspace.step(Level.EPOCH)
        assert "stronger colour" in panel.figure.legend.text().replace("&nbsp;", " ")
        shaded = len(ground(panel))
        switch(qtbot, panel, "discrete")
        assert "stronger colour" not in panel.figure.legend.text().replace("&nbsp;", " ")
        assert len(ground(panel)) <= 3 < shaded

    def test_a_threshold_is_so_already_and_offers_nothing(self, or_panel):
        assert offered(or_panel[0]) == set()

    def test_a_curve_jumps_where_the_class_changes(self, qtbot, preferences):
        line = np.linspace(-3, 3, 30)[:, np.newaxis]
        data = Table(("x",), ("y",), line, np.sign(line))
        document = perceptron((1, 1), output="tanh", data=data)
        panel, _ = open_panel(qtbot, PlanePanel, document, preferences)
        assert offered(panel) == {"discrete"}
        switch(qtbot, panel, "discrete")
        assert set(panel._curve._curve.getData()[1].tolist()) == {-1.0, 1.0}


class TestLevels:
    def test_lines_of_equal_output_are_drawn_and_said(self, qtbot, preferences):
        panel, _ = open_panel(qtbot, PlanePanel, clouds(), preferences)
        assert not panel._plane.regions.levels.is_shown
        switch(qtbot, panel, "levels")
        assert panel._plane.regions.levels.is_shown
        assert "level lines every 0.25" in panel.figure.legend.text().replace("&nbsp;", " ")

    def test_on_a_line_the_output_is_the_level(self, qtbot, preferences):
        panel, _ = open_panel(qtbot, PlanePanel, clouds(), preferences)
        switch(qtbot, panel, "levels")
        qtbot.wait(500)  # at rest the grid is fine
        ends = panel._plane.regions.levels.points
        node = panel.subject.node
        values = panel._parameters.now.respond(ends, node)[node].a[:, 0]
        levels = np.arange(-0.75, 1.0, 0.25)
        assert np.abs(values[:, np.newaxis] - levels).min(axis=1).max() < 0.01

    def test_each_line_has_its_value_on_it(self, qtbot, preferences):
        panel, _ = open_panel(qtbot, PlanePanel, clouds(), preferences)
        switch(qtbot, panel, "levels")
        numbers = [n for n in panel._plane.regions.levels._numbers if n.isVisible()]
        assert numbers
        node = panel.subject.node
        for number in numbers:
            place = [[number.pos().x(), number.pos().y()]]
            value = panel._parameters.now.respond(place, node)[node].a[0, 0]
            assert value == pytest.approx(float(number.toPlainText()), abs=0.05)

    def test_of_several_classes_the_lines_say_how_sure_the_network_is(self, qtbot, preferences):
        panel, workspace = open_panel(qtbot, PlanePanel, three_classes(), preferences)
        for _ in range(10):
            workspace.step(Level.EPOCH)
        switch(qtbot, panel, "levels")
        assert "level lines every 0.1" in panel.figure.legend.text().replace("&nbsp;", " ")


class TestPartsOfTheSamples:
    def test_only_those_for_training_are_drawn_at_first(self, qtbot, preferences):
        panel, _ = open_panel(qtbot, PlanePanel, divided(clouds()), preferences)
        assert panel._plane.rows.tolist() == list(range(20))
        assert {"validation", "test"} <= offered(panel)

    def test_without_a_split_no_part_is_offered(self, qtbot, preferences):
        panel, _ = open_panel(qtbot, PlanePanel, clouds(), preferences)
        assert not {"validation", "test"} & offered(panel)

    def test_the_others_come_with_marks_that_the_legend_explains(self, qtbot, preferences):
        panel, _ = open_panel(qtbot, PlanePanel, divided(clouds()), preferences)
        switch(qtbot, panel, "validation")
        switch(qtbot, panel, "test")
        assert panel._plane.rows.tolist() == list(range(40))
        symbols = [item.opts["symbol"] for item in panel._plane._samples._items]
        assert symbols.count("+") == 1
        assert symbols.count("x") == 1
        legend = panel.figure.legend.text().replace("&nbsp;", " ")
        assert "for validation" in legend
        assert "for the test" in legend

    def test_the_axes_hold_all_of_them_from_the_start(self, qtbot, preferences):
        panel, _ = open_panel(qtbot, PlanePanel, divided(clouds()), preferences)
        before = panel.plot.home
        switch(qtbot, panel, "test")
        assert panel.plot.home == before

    def test_a_sample_that_is_not_drawn_cannot_be_clicked(self, qtbot, preferences):
        panel, workspace = open_panel(qtbot, PlanePanel, divided(clouds()), preferences)
        place = workspace.document.data.inputs[35]
        before = workspace.selection
        click(qtbot, panel, *place)
        assert (workspace.selection, workspace.sample) == (before, None)
        switch(qtbot, panel, "test")
        click(qtbot, panel, *place)
        assert workspace.sample == 35

    def test_the_table_says_which_part_each_belongs_to(self, qtbot, preferences, tmp_path):
        panel, _ = open_panel(qtbot, PlanePanel, divided(clouds()), preferences)
        assert len(panel.table()) == 20
        switch(qtbot, panel, "test")
        write_csv(panel.table(), tmp_path / "t.csv")
        with (tmp_path / "t.csv").open() as file:
            rows = list(csv.DictReader(file))
        assert [row["part (1 training, 2 validation, 3 test)"] for row in rows] == (
            20 * ["1"] + 10 * ["3"]
        )


@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_of_every_state_can_be_taken(qtbot, preferences, locale, theme):
    preferences.set_locale(locale)
    preferences.set_theme(theme)
    panel, _ = open_panel(qtbot, PlanePanel, divided(clouds()), preferences)
    plain = picture_image(panel.picture())
    for name in ("discrete", "levels", "lines", "validation", "test"):
        switch(qtbot, panel, name)
        assert picture_image(panel.picture()) != plain


def test_a_single_neuron_has_no_other_lines(qtbot, preferences):
    panel, _ = open_panel(qtbot, PlanePanel, gate_neuron("or"), preferences)
    assert "lines" not in offered(panel)
