"""The lab panel: what a person reads in it, and what each control does to the document."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
)

from nnsim.core.randoms import generator
from nnsim.data import Table
from nnsim.data.sets import make_data_set
from nnsim.document.checks import check
from nnsim.document.edits import add_node, connect, set_data
from nnsim.document.examples import load_example
from nnsim.document.lab import fit_in_force, hidden_layers, with_set
from nnsim.document.model import Document
from nnsim.document.preparation import prepared
from nnsim.document.starting import draw_parameters
from nnsim.document.templates import empty, gate_neuron, perceptron
from nnsim.session import Level
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.lab import LabPanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def make(qtbot, preferences):
    def make(document):
        panel = LabPanel(Workspace(document), preferences)
        qtbot.addWidget(panel)
        panel.resize(280, 1900)
        with qtbot.waitExposed(panel):
            panel.show()
        for step in panel.steps.values():
            step.set_open(True)
        return panel

    return make


@pytest.fixture
def panel(make):
    return make(with_set(perceptron((2, 4, 1), hidden="tanh"), "circle", {"count": 100}, 0))


def workspace(panel):
    return panel._workspace


def document(panel):
    return panel._workspace.document


def summary(panel, step):
    return panel.steps[step].heading.summary


def press(qtbot, panel, name):
    button = panel.findChild(QAbstractButton, f"lab_{name}")
    assert button.isEnabled(), name
    qtbot.mouseClick(button, LEFT)


def choose(qtbot, panel, name, value):
    box = panel.findChild(QComboBox, f"lab_{name}")
    at = box.findData(value)
    assert at >= 0
    box.setCurrentIndex(at)
    box.activated.emit(at)


def retype(qtbot, panel, name, text):
    line = panel.findChild(QLineEdit, f"lab_{name}_line")
    qtbot.mouseClick(line, LEFT)
    line.selectAll()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def switch(qtbot, panel, name):
    box = panel.findChild(QCheckBox, f"lab_feature_{name}")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Space)


def note(panel):
    return panel.note.text


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


class TestFeatures:
    def test_a_switch_adds_and_removes_a_node(self, qtbot, panel):
        switch(qtbot, panel, "product_1_2")
        assert [node.name for node in document(panel).inputs][-1] == "x1·x2"
        assert summary(panel, "features") == "x1, x2, x1·x2"
        switch(qtbot, panel, "product_1_2")
        assert summary(panel, "features") == "x1, x2"

    def test_the_sine_is_named_as_the_language_does_and_its_node_in_none(
        self, qtbot, make, preferences
    ):
        preferences.set_locale("es")
        data = Table(("altura (cm)", "x2"), ("y",), np.ones((2, 2)), np.ones((2, 1)))
        panel = make(set_data(perceptron((2, 1)), data))
        box = panel.findChild(QCheckBox, "lab_feature_sine_1")
        assert box.text() == "sen(altura (cm))"
        switch(qtbot, panel, "sine_1")
        assert summary(panel, "features") == "altura (cm), x2, sen(altura (cm))"
        assert document(panel).inputs[-1].name == "sin x1"
        assert workspace(panel).undo_stack.undoText() == "Activar la entrada sen(altura (cm))"
        preferences.set_locale("en")
        assert box.text() == "sin(altura (cm))"

    def test_the_last_input_cannot_be_switched_off(self, qtbot, panel):
        refused = []
        workspace(panel).refused.connect(refused.extend)
        switch(qtbot, panel, "column_1")
        switch(qtbot, panel, "column_2")
        assert [message.code for message in refused] == ["lab.last_input"]
        assert panel.findChild(QCheckBox, "lab_feature_column_2").isChecked()

    def test_with_more_columns_two_are_chosen(self, qtbot, panel):
        choose(qtbot, panel, "set", "iris")
        box = panel.findChild(QComboBox, "lab_feature_column_2")
        assert box.isVisible()
        box.setCurrentIndex(3)
        box.activated.emit(3)
        switch(qtbot, panel, "product_1_4")
        assert document(panel).inputs[-1].feature.columns == (0, 3)


class TestNetwork:
    def test_layers_and_neurons_come_and_go(self, qtbot, panel):
        press(qtbot, panel, "more_1")
        press(qtbot, panel, "layer_add")
        assert summary(panel, "network") == "2-5-4-1"
        press(qtbot, panel, "fewer_2")
        press(qtbot, panel, "gone_1")
        assert summary(panel, "network") == "2-3-1"
        press(qtbot, panel, "gone_1")
        assert summary(panel, "network") == "2-1"
        assert not panel.findChild(QComboBox, "lab_activation").isVisible()
        assert check(document(panel)) == ()

    def test_one_activation_for_all_hidden_layers(self, qtbot, panel):
        press(qtbot, panel, "layer_add")
        choose(qtbot, panel, "activation", "relu")
        layers = hidden_layers(document(panel))
        assert {n.activation.name for layer in layers for n in layer} == {"relu"}

    def test_two_classes_can_be_told_by_two_outputs(self, qtbot, panel):
        choose(qtbot, panel, "fit", "classes")
        assert fit_in_force(document(panel)).name == "classes"
        words = panel.findChild(QLabel, "lab_fit_words").text()
        assert words == "Output of 2 units, Softmax; loss: Cross-entropy."

    def test_an_output_that_does_not_go_with_the_data_is_offered_one_that_does(self, qtbot, make):
        panel = make(gate_neuron())
        words = panel.findChild(QLabel, "lab_fit_words").text()
        assert "do not go with these targets" in words
        choose(qtbot, panel, "fit", "probability")
        assert document(panel).outputs[0].activation.name == "sigmoid"
        assert "Rule: SGD" in note(panel)

    def test_the_way_to_draw_is_not_said_to_be_that_of_the_weights_there_are(self, panel):
        drawn = draw_parameters(document(panel), "he_normal", 1)
        workspace(panel).edit(lambda _: drawn, "")
        labels = [label.text() for label in panel.steps["network"].findChildren(QLabel)]
        assert "Draw start weights by" in labels
        assert "Start weights" not in labels

    def test_start_weights_are_drawn_by_name_each_time_others(self, qtbot, panel):
        choose(qtbot, panel, "start", "he_normal")
        press(qtbot, panel, "draw_weights")
        first = document(panel).connections[0].weights
        press(qtbot, panel, "draw_weights")
        assert not np.array_equal(document(panel).connections[0].weights, first)


class TestLearning:
    def test_in_the_middle_of_a_run_a_setting_holds_from_there_on(self, qtbot, panel):
        workspace(panel).step(Level.ITERATION)
        retype(qtbot, panel, "learning_rate", "0.125")
        assert [(c.iteration, c.training.learning_rate) for c in document(panel).changes] == [
            (1, 0.125)
        ]
        workspace(panel).undo_stack.undo()
        assert document(panel).changes == ()

    def test_the_rate_of_a_penalty_is_asked_for_once_there_is_one(self, qtbot, panel):
        rate = panel.findChild(QLineEdit, "lab_penalty_rate_line")
        assert not rate.isVisible()
        choose(qtbot, panel, "penalty", "l1")
        assert rate.isVisible()
        retype(qtbot, panel, "penalty_rate", "0.003")
        assert document(panel).training.penalty_rate == 0.003

    def test_the_course_rule_has_neither_batch_nor_penalty(self, make):
        panel = make(gate_neuron())
        assert not panel.findChild(QLineEdit, "lab_batch_size_line").isVisible()
        assert not panel.findChild(QComboBox, "lab_penalty").isVisible()


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
    for document in (nothing, empty(), circle):
        panel = make(document)
        assert all(step.heading.title for step in panel.steps.values())
    assert summary(make(nothing), "samples") == "Own samples · 0 samples"
