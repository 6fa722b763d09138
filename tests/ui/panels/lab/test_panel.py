"""The lab panel: what a person reads in it, and what each control does to the document."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollArea,
)

from nnsim.core.randoms import generator
from nnsim.data.sets import make_data_set
from nnsim.document.checks import check
from nnsim.document.edits import add_node, connect, set_data
from nnsim.document.examples import load_example
from nnsim.document.lab import with_set
from nnsim.document.model import Document
from nnsim.document.preparation import prepared
from nnsim.document.templates import empty, gate_neuron, perceptron
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.lab import LabPanel
from tests.support.lab_panel import (
    choose,
    document,
    note,
    press,
    retype,
    summary,
    workspace,
)


class TestReading:
    def test_each_step_says_what_it_comes_to(self, make):
        panel = make(load_example("spiral"))
        assert {name: summary(panel, name) for name in panel.steps} == {
            "samples": "Spiral · 500 samples",
            "columns": "2 inputs, 2 classes",
            "parts": "70-15-15: 350 + 75 + 75",
            "scaling": "inputs: none · targets: none",
            "features": "x1, x2",
            "network": "2-16-8-1",
            "learning": "SGD · Adam · α = 0.02 · batches of 32",
        }

    def test_a_truth_table_is_ones_own_and_all_for_training(self, make):
        panel = make(gate_neuron())
        assert summary(panel, "samples") == "Own samples · 4 samples"
        assert summary(panel, "parts") == "all samples are for training"
        assert summary(panel, "learning") == "Course rule"

    def test_in_spanish(self, make, preferences):
        preferences.set_locale("es")
        panel = make(load_example("iris"))
        assert summary(panel, "samples") == "Iris · 150 muestras"
        assert summary(panel, "scaling") == "entradas: media 0, σ 1 · salidas deseadas: ninguno"

    def test_a_step_opens_and_closes_by_keyboard_and_stays_so(self, qtbot, make, preferences):
        panel = make(gate_neuron())
        heading = panel.steps["parts"].heading
        heading.setFocus()
        qtbot.keyClick(heading, Qt.Key.Key_Space)
        assert not panel.steps["parts"].body.isVisible()
        again = LabPanel(Workspace(gate_neuron()), preferences)
        qtbot.addWidget(again)
        assert not again.steps["parts"].is_open
        assert again.steps["columns"].is_open

    def test_a_hidden_panel_does_nothing_and_catches_up_when_it_is_seen(self, panel):
        panel.hide()
        workspace(panel).edit(lambda d: with_set(d, "xor", {"count": 60}, 0), "")
        assert summary(panel, "samples") == "Circle · 100 samples"
        panel.show()
        assert summary(panel, "samples") == "XOR in the plane · 60 samples"

    def test_undo_and_edits_elsewhere_are_shown(self, panel):
        table = document(panel).data
        workspace(panel).edit(lambda d: set_data(d, table.with_cell(0, 0, 1.0)), "")
        assert summary(panel, "samples") == "Own samples · 100 samples"
        workspace(panel).undo_stack.undo()
        assert summary(panel, "samples") == "Circle · 100 samples"


class TestSamples:
    def test_own_samples_are_named_where_a_set_would_be(self, make, preferences):
        preferences.set_locale("es")
        panel = make(gate_neuron())
        box = panel.findChild(QComboBox, "lab_set")
        assert box.shown_text() == "Muestras propias"
        choose(None, panel, "set", "circle")
        assert box.shown_text() == box.currentText() != ""

    def test_what_an_edit_has_changed_is_said_below_all_steps_and_moves_none(self, qtbot, make):
        panel = make(gate_neuron())
        panel.resize(280, 700)
        QApplication.processEvents()
        room = panel.findChild(QScrollArea, "lab_scroll")
        network = panel.steps["network"].heading
        before, height = network.mapTo(panel, QPoint()), room.height()
        choose(qtbot, panel, "fit", "probability")
        QApplication.processEvents()
        assert "Rule: SGD" in note(panel)
        assert panel.note.isVisible()
        assert network.mapTo(panel, QPoint()) == before
        assert room.height() == height - panel.note.height()
        # It goes with the next edit, and its room stays until the panel is seen anew.
        retype(qtbot, panel, "learning_rate", "0.25")
        QApplication.processEvents()
        assert note(panel) == ""
        assert room.height() == height - panel.note.height() < height
        panel.hide()
        panel.show()
        qtbot.waitUntil(lambda: room.height() == height)

    def test_a_long_note_in_a_low_panel_leaves_room_for_the_steps(self, panel, preferences):
        preferences.set_zoom(2.0)
        panel.resize(200, 400)
        choose(None, panel, "set", "wine")
        QApplication.processEvents()
        assert 0 < panel.note.height() <= 0.35 * 400 + 1

    def test_another_set_comes_with_a_network_that_fits_it_in_one_edit(self, qtbot, panel):
        choose(qtbot, panel, "set", "wine")
        assert [n.units for n in (*document(panel).inputs, *document(panel).outputs)] == [13, 3]
        assert check(document(panel)) == ()
        assert note(panel).startswith("Samples – Inputs: 13, before 2. Output units: 3, before 1.")
        assert workspace(panel).undo_stack.count() == 1
        workspace(panel).undo_stack.undo()
        assert summary(panel, "samples") == "Circle · 100 samples"

    def test_its_options_are_fields_with_their_limits(self, qtbot, panel):
        retype(qtbot, panel, "option_noise", "0,25")
        made = make_data_set("circle", generator(0), count=100, noise=0.25)
        np.testing.assert_array_equal(document(panel).data.targets, made.targets)
        retype(qtbot, panel, "option_noise", "0.7")
        assert document(panel).origin.options == (("count", 100), ("noise", 0.25))
        mistake = panel.findChild(QLineEdit, "lab_option_noise_line").parent()
        assert "Type a number from 0 to 0.5" in mistake.mistake

    def test_a_mistake_is_told_with_the_number_as_it_is_written_and_over_the_width(
        self, qtbot, make, preferences
    ):
        preferences.set_locale("es")
        panel = make(with_set(perceptron((2, 4, 1)), "circle", {"count": 100}, 0))
        field = panel.findChild(QLineEdit, "lab_option_noise_line").parent()
        beside = field.width()
        retype(qtbot, panel, "option_noise", "2,5")
        assert field.mistake.startswith("«2,5»")
        qtbot.waitUntil(lambda: field.width() > 2 * beside)
        retype(qtbot, panel, "option_noise", "0,25")
        qtbot.waitUntil(lambda: field.width() == beside)

    def test_draw_again_takes_the_next_seed(self, qtbot, panel):
        before = document(panel).data.inputs
        press(qtbot, panel, "draw_again")
        assert document(panel).origin.seed == 1
        assert not np.array_equal(document(panel).data.inputs, before)
        retype(qtbot, panel, "data_seed", "0")
        np.testing.assert_array_equal(document(panel).data.inputs, before)

    def test_a_published_set_has_no_seed_to_draw_from(self, qtbot, panel):
        choose(qtbot, panel, "set", "iris")
        assert not panel.findChild(QAbstractButton, "lab_draw_again").isEnabled()
        assert not panel.findChild(QLineEdit, "lab_data_seed_line").isVisible()


class TestParts:
    def test_what_validation_and_test_leave_is_for_training(self, qtbot, panel):
        retype(qtbot, panel, "share_validation", "15")
        retype(qtbot, panel, "share_test", "15")
        assert summary(panel, "parts") == "70-15-15: 70 + 15 + 15"
        split = document(panel).split
        assert (split.training, split.validation, split.test) == (0.7, 0.15, 0.15)

    def test_what_training_leaves_is_for_the_others_as_they_stand_to_each_other(self, qtbot, panel):
        retype(qtbot, panel, "share_training", "60")
        assert summary(panel, "parts") == "60-0-40: 60 + 0 + 40"
        retype(qtbot, panel, "share_validation", "10")
        assert summary(panel, "parts") == "50-10-40: 50 + 10 + 40"
        retype(qtbot, panel, "share_training", "75")
        assert summary(panel, "parts") == "75-5-20: 75 + 5 + 20"

    def test_shares_are_written_as_the_language_writes_numbers(self, qtbot, panel, preferences):
        preferences.set_locale("es")
        retype(qtbot, panel, "share_test", "12,5")
        assert summary(panel, "parts").startswith("87,5-0-12,5: ")

    def test_the_counts_are_those_of_the_largest_remainder(self, qtbot, make):
        panel = make(with_set(perceptron((2, 4, 1)), "circle", {"count": 12}, 0))
        retype(qtbot, panel, "share_validation", "15")
        retype(qtbot, panel, "share_test", "15")
        assert summary(panel, "parts") == "70-15-15: 8 + 2 + 2"

    def test_order_and_seed_decide_which_rows_go_where(self, qtbot, panel):
        retype(qtbot, panel, "share_test", "20")
        choose(qtbot, panel, "part_order", "in_order")
        assert prepared(document(panel)).split.test.tolist() == list(range(80, 100))
        assert not panel.findChild(QLineEdit, "lab_part_seed_line").isVisible()
        choose(qtbot, panel, "part_order", "shuffled")
        first = prepared(document(panel)).split.test.tolist()
        retype(qtbot, panel, "part_seed", "5")
        assert prepared(document(panel)).split.test.tolist() != first

    def test_what_cannot_be_divided_is_said(self, qtbot, make):
        panel = make(with_set(perceptron((2, 4, 1)), "plane", {"count": 50}, 0))
        choose(qtbot, panel, "part_order", "stratified")
        assert summary(panel, "parts") == "The samples cannot be divided like this."


class TestScaling:
    def test_the_fitted_numbers_are_those_of_the_training_part(self, qtbot, panel):
        retype(qtbot, panel, "share_test", "50")
        choose(qtbot, panel, "scaling_inputs", "standard")
        rows = prepared(document(panel)).split.training
        column = document(panel).data.inputs[rows, 0]
        table = panel.findChild(object, "lab_scaling_table")
        number = panel._preferences.number
        texts = [table.item(0, k).text() for k in range(6)]
        mean, deviation = number(column.mean(), 5), number(column.std(), 5)
        assert [texts[0], *texts[2:4]] == ["x1", mean, deviation]
        sign = "−" if column.mean() >= 0 else "+"
        assert texts[1] == f"(x {sign} {number(abs(column.mean()), 5)}) / {deviation}"
        assert table.item(2, 1).text() == "x"


@pytest.mark.parametrize("zoom", [1.0, 2.0])
@pytest.mark.parametrize("locale", ["es", "en"])
def test_nothing_is_wider_than_a_narrow_panel(qtbot, make, preferences, locale, zoom):
    preferences.set_locale(locale)
    preferences.set_zoom(zoom)
    panel = make(load_example("spiral-features"))
    panel.resize(round(190 * max(zoom * 0.9, 1)), 1900)
    qtbot.wait(50)
    for step in panel.steps.values():
        for child in step.findChildren(QAbstractButton) + step.findChildren(QLineEdit):
            if child.isVisible():
                right = child.mapTo(panel, child.rect().topRight()).x()
                assert right <= panel.width(), child.objectName()


def test_a_diagram_that_was_fitted_stays_in_sight_while_it_grows(qtbot, preferences):
    from nnsim.ui.canvas.canvas import Canvas

    workspace = Workspace(perceptron((2, 4, 1)))
    canvas, panel = Canvas(workspace, preferences), LabPanel(workspace, preferences)
    for widget in (canvas, panel):
        qtbot.addWidget(widget)
        widget.resize(400, 700)
        with qtbot.waitExposed(widget):
            widget.show()
    for _ in range(4):
        press(qtbot, panel, "layer_add")
    seen = canvas.navigation.visible()
    assert all(seen.contains(node.x, node.y) for node in workspace.document.nodes)


def test_any_diagram_can_be_looked_at(make):
    nothing = Document()
    circle, first = add_node(empty(), "dense")
    circle, second = add_node(circle, "dense")
    circle, _ = connect(circle, first, second)
    circle, _ = connect(circle, second, first)
    for diagram in (nothing, empty(), circle):
        panel = make(diagram)
        assert all(step.heading.title for step in panel.steps.values())
    assert summary(make(nothing), "samples") == "Own samples · 0 samples"
