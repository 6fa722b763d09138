"""The lab from features to learning: what each control does to the network."""

import numpy as np
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
)

from nnsim.data import Table
from nnsim.document.checks import check
from nnsim.document.edits import set_data
from nnsim.document.lab import fit_in_force, hidden_layers
from nnsim.document.starting import draw_parameters
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.session import Level
from tests.support.lab_panel import (
    choose,
    document,
    note,
    press,
    retype,
    summary,
    switch,
    workspace,
)


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
