"""Own samples are painted on the plane: strokes that are one edit each, and undone at once."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QMenu, QToolButton, QWidget

from nnsim.data import Table
from nnsim.data.limits import MAX_ROWS
from nnsim.document.edits import set_scaling, set_training
from nnsim.document.model import ScalingSettings
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.activations import ActivationSpec
from nnsim.session import Level
from nnsim.ui.panels.plane import PlanePanel, StillPlanePanel
from nnsim.ui.panels.plane.paints import paints_of
from nnsim.ui.panels.plane.stroke import SPRAY_RADIUS, Stroke
from tests.support.plots import choose, click, drag, open_panel, pixel

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


def table(inputs: int = 2, targets: int = 1, rows=()) -> Table:
    values = np.array(rows, dtype=np.float64).reshape(-1, inputs + targets)
    names = tuple(f"x{k + 1}" for k in range(inputs)), tuple(f"y{k + 1}" for k in range(targets))
    return Table(*names, values[:, :inputs], values[:, inputs:])


def network(data: Table, output: str = "tanh"):
    sizes = (len(data.input_names), 3, len(data.target_names))
    document = perceptron(sizes, "tanh", output, data)
    return set_training(document, replace(document.training, learning_rate=0.1))


@pytest.fixture
def paint(qtbot, preferences):
    """A plane on which painting is switched on, by keyboard."""

    def make(document):
        panel, workspace = open_panel(qtbot, PlanePanel, document, preferences, size=(520, 520))
        button = panel.findChild(QToolButton, "paint")
        button.setFocus()
        qtbot.keyClick(button, Qt.Key.Key_Space)
        QApplication.processEvents()
        return panel, workspace

    return make


def press(qtbot, panel, x, y, button=LEFT, modifier=NONE):
    qtbot.mousePress(panel.plot.viewport(), button, modifier, pixel(panel, x, y))
    qtbot.mouseRelease(panel.plot.viewport(), button, modifier, pixel(panel, x, y))


def on_screen(panel, place):
    """Where a place of the plane is seen in the panel, in pixels."""
    return panel.plot.mapTo(panel, pixel(panel, *place))


class TestPuttingSamplesDown:
    def test_a_click_adds_one_where_it_is_with_the_chosen_class(self, qtbot, paint):
        panel, workspace = paint(network(table(rows=[(-4, 0, -1), (4, 0, 1)])))
        choose(qtbot, panel, "paint_with", 1)
        press(qtbot, panel, 2.0, 0.5)
        data = workspace.document.data
        assert len(data) == 3
        assert data.inputs[2] == pytest.approx([2.0, 0.5], abs=0.1)
        assert data.targets[2].tolist() == [1.0]

    def test_it_works_from_an_empty_table(self, qtbot, paint):
        panel, workspace = paint(network(table()))
        assert workspace.frame is None
        press(qtbot, panel, 2.0, -3.0)
        assert workspace.document.data.targets.tolist() == [[-1.0]]
        assert workspace.frame is not None
        choose(qtbot, panel, "paint_with", 1)
        press(qtbot, panel, -2.0, 3.0)
        assert workspace.document.data.targets.tolist() == [[-1.0], [1.0]]

    def test_a_drag_sprays_many_and_is_undone_at_once(self, qtbot, paint):
        panel, workspace = paint(network(table()))
        drag(qtbot, panel, (-4, -2), (4, 2))
        sprayed = len(workspace.document.data)
        assert sprayed > 10
        assert workspace.undo_stack.count() == 1
        workspace.undo_stack.undo()
        assert len(workspace.document.data) == 0
        workspace.undo_stack.redo()
        assert len(workspace.document.data) == sprayed

    def test_undo_says_what_it_undoes(self, qtbot, paint):
        panel, workspace = paint(network(table()))
        press(qtbot, panel, 1, 1)
        assert workspace.undo_stack.undoText() == "Paint samples (1)"

    def test_the_axes_stay_while_a_person_paints(self, qtbot, paint):
        panel, _ = paint(network(table()))
        home, visible = panel.plot.home, panel.plot.visible
        for place in ((1, 1), (-3, 2), (5, -5)):
            press(qtbot, panel, *place)
        assert (panel.plot.home, panel.plot.visible) == (home, visible)

    @pytest.mark.parametrize("size", [(760, 400), (400, 760)])
    def test_nothing_moves_when_painting_begins_and_the_axes_come_back_when_it_ends(
        self, qtbot, preferences, size
    ):
        document = network(table(rows=[(-4, -3, -1), (4, 3, 1)]))
        panel, _ = open_panel(qtbot, PlanePanel, document, preferences, size)
        QApplication.processEvents()
        button = panel.findChild(QToolButton, "paint")
        height, seen = panel.plot.height(), panel.plot.visible
        places = on_screen(panel, (-4, -3)), on_screen(panel, (4, 3))
        qtbot.mouseClick(button, LEFT)
        qtbot.waitUntil(lambda: panel.plot.height() < height)
        now = panel.plot.visible
        assert (now.left(), now.right()) == pytest.approx((seen.left(), seen.right()))
        assert (on_screen(panel, (-4, -3)), on_screen(panel, (4, 3))) == places
        lower = panel.plot.height()
        qtbot.mouseClick(button, LEFT)
        qtbot.waitUntil(lambda: panel.plot.height() > lower)
        now = panel.plot.visible
        assert (now.left(), now.right()) == pytest.approx((seen.left(), seen.right()))

    def test_samples_are_not_cut_off_when_painting_begins(self, qtbot, preferences):
        document = network(table(rows=[(-4, -3, -1), (4, 3, 1)]))
        panel, _ = open_panel(qtbot, PlanePanel, document, preferences, (600, 210))
        QApplication.processEvents()
        height = panel.plot.height()
        qtbot.mouseClick(panel.findChild(QToolButton, "paint"), LEFT)
        qtbot.waitUntil(lambda: panel.plot.height() < height)
        assert panel.plot.visible.contains(4, 3)

    def test_the_axes_of_another_project_are_its_own(self, qtbot, paint):
        panel, workspace = paint(gate_neuron("or"))
        workspace.open(network(table()))
        QApplication.processEvents()
        assert (panel.plot.home.left(), panel.plot.home.bottom()) == (-6.0, 6.0)

    def test_the_mouse_neither_pans_nor_opens_the_menu(self, qtbot, paint):
        panel, _ = paint(network(table()))
        visible = panel.plot.visible
        drag(qtbot, panel, (-2, -2), (2, 2))
        assert panel.plot.visible == visible
        place = pixel(panel, 0, 0)
        QTest.mouseClick(panel.plot.viewport(), RIGHT, NONE, place)
        assert not isinstance(QApplication.activePopupWidget(), QMenu)

    def test_several_outputs_get_one_high_target(self, qtbot, paint):
        panel, workspace = paint(network(table(targets=3), "softmax"))
        choose(qtbot, panel, "paint_with", 2)
        press(qtbot, panel, 1, 1)
        assert workspace.document.data.targets.tolist() == [[0.0, 0.0, 1.0]]

    def test_more_than_the_table_holds_is_refused_and_said(self, qtbot, paint):
        data = table(rows=[(0, 0, 1), (1, 1, -1)])
        full = data.with_values(np.repeat(data.values, MAX_ROWS // 2, axis=0))
        panel, workspace = paint(network(full))
        refused = []
        workspace.refused.connect(refused.extend)
        press(qtbot, panel, 0.2, 0.9)
        assert [message.code for message in refused] == ["data_table.too_many_rows"]
        assert workspace.document.data is full


class TestMeasurements:
    def test_a_typed_value_is_the_target(self, qtbot, paint):
        rows = [(k / 10, 0, k * 1.5) for k in range(12)]
        panel, workspace = paint(network(table(rows=rows), "identity"))
        field = panel.findChild(QLineEdit, "paint_value")
        assert field.isVisible()
        field.setText("2,5")
        press(qtbot, panel, 0.5, 0.1)
        assert workspace.document.data.targets[-1].tolist() == [2.5]

    def test_what_is_no_number_is_said_and_nothing_is_painted(self, qtbot, paint):
        rows = [(k / 10, 0, k * 1.5) for k in range(12)]
        panel, workspace = paint(network(table(rows=rows), "identity"))
        refused = []
        workspace.refused.connect(refused.extend)
        panel.findChild(QLineEdit, "paint_value").setText("two")
        press(qtbot, panel, 0.5, 0.1)
        assert [message.code for message in refused] == ["painting.no_value", "number.unreadable"]
        assert len(workspace.document.data) == 12

    def test_over_one_input_the_height_is_the_target(self, qtbot, paint):
        panel, workspace = paint(network(table(inputs=1), "identity"))
        press(qtbot, panel, 2.0, 0.5)
        assert workspace.document.data.values[0] == pytest.approx([2.0, 0.5], abs=0.1)

    def test_the_height_is_read_as_a_value_of_the_table_where_targets_are_scaled(
        self, qtbot, paint
    ):
        rows = [(x, 100 + 10 * x) for x in np.linspace(-3, 3, 20)]
        document = network(table(inputs=1, rows=rows), "identity")
        panel, workspace = paint(set_scaling(document, ScalingSettings("none", "standard")))
        press(qtbot, panel, 0.0, 0.0)  # the middle of the scaled targets: their mean
        assert workspace.document.data.targets[-1, 0] == pytest.approx(100, abs=1)


class TestWipingAway:
    ROWS = ((-4, 0, -1), (0, 0, 1), (4, 0, 1), (4, 2, -1))

    @pytest.mark.parametrize(("button", "modifier"), [(RIGHT, NONE), (LEFT, SHIFT)])
    def test_the_right_button_and_shift_take_what_is_there(self, qtbot, paint, button, modifier):
        panel, workspace = paint(network(table(rows=self.ROWS)))
        press(qtbot, panel, 0, 0, button, modifier)
        assert workspace.document.data.inputs.tolist() == [[-4, 0], [4, 0], [4, 2]]
        assert workspace.undo_stack.undoText() == "Wipe samples away (1)"

    def test_the_eraser_makes_the_left_button_do_so(self, qtbot, paint):
        panel, workspace = paint(network(table(rows=self.ROWS)))
        eraser = panel.findChild(QToolButton, "eraser")
        eraser.setFocus()
        qtbot.keyClick(eraser, Qt.Key.Key_Space)
        drag(qtbot, panel, (-1, 0), (4.5, 0), steps=30)
        assert workspace.document.data.inputs.tolist() == [[-4, 0], [4, 2]]
        workspace.undo_stack.undo()
        assert len(workspace.document.data) == 4

    def test_the_last_sample_can_go_too(self, qtbot, paint):
        panel, workspace = paint(network(table(rows=[(0, 0, 1)])))
        press(qtbot, panel, 0, 0, RIGHT)
        assert len(workspace.document.data) == 0
        assert panel.has_figure  # to paint on

    def test_where_there_is_nothing_nothing_is_edited(self, qtbot, paint):
        panel, workspace = paint(network(table(rows=self.ROWS)))
        press(qtbot, panel, -2, 1.5, RIGHT)
        assert workspace.undo_stack.count() == 0


class TestSwitchingItOn:
    def test_without_it_a_click_paints_nothing(self, qtbot, preferences):
        document = network(table(rows=[(-1, 0, -1), (1, 0, 1)]))
        panel, workspace = open_panel(qtbot, PlanePanel, document, preferences)
        click(qtbot, panel, 0.0, 0.1)
        assert workspace.document is document

    def test_escape_ends_it(self, qtbot, paint):
        panel, workspace = paint(network(table(rows=[(-1, 0, -1), (1, 0, 1)])))
        panel.plot.setFocus()
        qtbot.keyClick(panel.plot, Qt.Key.Key_Escape)
        assert not panel.findChild(QWidget, "paint_bar").isVisible()
        press(qtbot, panel, 0.0, 0.1)
        assert workspace.undo_stack.count() == 0

    def test_an_empty_table_says_where_samples_come_from(self, qtbot, preferences):
        panel, _ = open_panel(qtbot, PlanePanel, network(table()), preferences)
        assert "Paint" in panel._message.text()

    def test_over_three_columns_it_is_not_offered(self, qtbot, preferences):
        panel, _ = open_panel(qtbot, PlanePanel, perceptron((3, 1)), preferences)
        assert not panel.findChild(QToolButton, "paint").isEnabled()

    def test_the_plane_of_an_exercise_does_not_offer_it(self, qtbot, preferences):
        panel, _ = open_panel(qtbot, StillPlanePanel, gate_neuron("or"), preferences)
        assert not panel.findChild(QToolButton, "paint").isVisible()

    def test_another_project_offers_its_own_classes(self, qtbot, paint):
        panel, workspace = paint(network(table(rows=[(-1, 0, -1), (1, 0, 1)])))
        workspace.open(gate_neuron("or"))
        box = panel.findChild(QComboBox, "paint_with")
        assert [box.itemText(k)[2:] for k in range(2)] == ["y = 0", "y = 1"]

    def test_painting_in_the_middle_of_a_run_starts_it_again(self, qtbot, paint):
        panel, workspace = paint(network(table(rows=[(-1, 0, -1), (1, 0, 1)])))
        for _ in range(5):
            workspace.step(Level.ITERATION)
        press(qtbot, panel, 0.5, 0.2)
        assert workspace.session.position.iteration == 1
        assert len(workspace.session.samples_of(1)) >= 1


class TestPaints:
    def names(self, document):
        return [(p.targets, p.is_height) for p in paints_of(document)]

    @pytest.mark.parametrize(
        ("output", "classes"),
        [("tanh", [-1.0, 1.0]), ("sigmoid", [0.0, 1.0]), ("step", [0.0, 1.0])],
    )
    def test_without_samples_the_output_says_which_classes(self, output, classes):
        document = network(table(), output)
        if output == "step":
            node = replace(document.outputs[0], activation=ActivationSpec("step"))
            document = replace(document, nodes=(*document.nodes[:-1], node))
        assert self.names(document) == [*(((c,), False) for c in classes), (None, False)]

    def test_samples_of_one_class_leave_the_other_to_be_painted(self):
        document = network(table(rows=[(0, 0, 1), (1, 1, 1)]), "sigmoid")
        assert [p.targets for p in paints_of(document)][:2] == [(0.0,), (1.0,)]

    def test_a_linear_output_is_painted_with_values(self):
        assert self.names(network(table(), "identity")) == [(None, False)]

    def test_over_one_input_the_height_comes_first(self):
        assert self.names(network(table(inputs=1), "identity")) == [(None, True), (None, False)]


class TestTheStroke:
    def stroke(self, wipes: bool = False) -> Stroke:
        return Stroke(wipes, np.array([0.1, 0.1]), np.array([40.0, 40.0]), seed=3)

    def test_the_spray_stays_near_the_mouse(self):
        stroke = self.stroke()
        for x in np.linspace(0, 10, 50):
            stroke.put(np.array([x, 0.0]))
        assert len(stroke.points) > 10
        reach = 0.1 * SPRAY_RADIUS + 0.06  # and the rounding
        assert np.abs(stroke.points[:, 1]).max() <= reach
        assert stroke.points[:, 0].min() >= -reach

    def test_the_same_stroke_gives_the_same_samples_however_often_the_mouse_is_asked(self):
        found = []
        for steps in (20, 200):
            stroke = self.stroke()
            for x in np.linspace(0, 10, steps):
                stroke.put(np.array([x, 0.0]))
            found.append(len(stroke.points))
        assert abs(found[0] - found[1]) <= 1

    def test_numbers_are_short(self):
        stroke = self.stroke()
        stroke.put(np.array([1.23456, -2.98765]))
        assert stroke.points.tolist() == [[1.2, -3.0]]

    def test_each_sample_is_wiped_away_once(self):
        stroke = self.stroke(wipes=True)
        points = np.array([[0.0, 0.0], [0.5, 0.0], [5.0, 5.0]])
        assert stroke.wipe(np.array([0.2, 0.0]), points, np.arange(3))
        assert not stroke.wipe(np.array([0.2, 0.0]), points, np.arange(3))
        assert stroke.wiped == {0, 1}

    def test_a_sample_that_is_not_drawn_stays(self):
        stroke = self.stroke(wipes=True)
        assert not stroke.wipe(np.zeros(2), np.zeros((2, 2)), np.zeros(0, dtype=np.int64))
