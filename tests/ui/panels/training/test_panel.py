"""Training settings: changed at the start or in mid-run, each change listed and undoable."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QListWidget,
    QPushButton,
)

from nnsim.document.edits import set_parameter
from nnsim.document.model import OPTIMISERS
from nnsim.document.optimisers import ALL_PARAMETERS, PARAMETERS
from nnsim.document.templates import perceptron
from nnsim.session import Level
from nnsim.ui.bridge.calm_label import CalmLabel
from nnsim.ui.panels.settings_matter import fields_that_matter
from tests.support.training_panel import choose, line, mistake, retype, shown, workspace_of

LEFT = Qt.MouseButton.LeftButton


def test_the_course_rule_shows_its_two_steps_and_no_learning_rate(panel):
    assert shown(panel) == {
        "rule",
        "weight_step",
        "bias_step",
        "update_biases",
        "order",
        "limit",
        "threshold",
        "arithmetic",
    }
    assert line(panel, "weight_step").text() == "0.5"
    assert line(panel, "bias_step").text() == "2"


def test_another_rule_shows_its_own_settings_and_says_what_it_does(qtbot, panel):
    about = panel.findChild(QLabel, "training_about_rule")
    former = about.text()
    choose(qtbot, panel, "rule", "perceptron")
    assert "learning_rate" in shown(panel)
    assert not {"weight_step", "bias_step"} & shown(panel)
    assert about.text() != former


@pytest.mark.parametrize("rule", ["course", "perceptron", "delta", "gradient_descent", "sgd"])
def test_what_matters_depends_on_the_rule(rule):
    document = perceptron((2, 2, 1))
    training, conventions = document.settings_at(0)
    training = training.__class__(**{**training.__dict__, "rule": rule})
    names = fields_that_matter(document, training, conventions)
    has_loss = rule in ("gradient_descent", "sgd")
    assert ("loss" in names) == has_loss
    assert ("loss_half" in names) == has_loss
    assert ("batch_size" in names) == (rule == "sgd")
    assert ("target_loss" in names) == (rule not in ("course", "perceptron"))
    # No step function: what it gives at 0 decides nothing.
    assert "threshold" not in names


def test_the_seed_appears_with_the_shuffled_order(qtbot, panel):
    assert "seed" not in shown(panel)
    choose(qtbot, panel, "order", "shuffled")
    assert "seed" in shown(panel)


@pytest.mark.parametrize(("typed", "value"), [("0.25", 0.25), ("0,25", 0.25), ("1/4", 0.25)])
def test_a_number_is_typed_with_point_comma_or_fraction(qtbot, panel, typed, value):
    retype(qtbot, line(panel, "weight_step"), typed)
    assert workspace_of(panel).document.training.weight_step == value
    assert line(panel, "weight_step").text() == "0.25"


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("weight_step", "half", "not a number"),
        ("weight_step", "0", "greater than 0"),
        ("weight_step", "1/0", "divides by zero"),
        ("limit", "2.5", "whole number"),
        ("limit", "0", "from 1 to 10000000"),
    ],
)
def test_a_mistake_is_told_at_the_field_and_changes_nothing(qtbot, panel, name, typed, told):
    before = workspace_of(panel).document
    field = line(panel, name)
    retype(qtbot, field, typed)
    assert told in mistake(field).text()
    assert mistake(field).isVisibleTo(panel)
    assert field.text() == typed
    assert workspace_of(panel).document is before
    # Put right, the mistake is gone.
    retype(qtbot, field, "3")
    assert not mistake(field).isVisibleTo(panel)


def test_escape_brings_the_value_back(qtbot, panel):
    field = line(panel, "weight_step")
    retype(qtbot, field, "nonsense")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "0.5"
    assert not mistake(field).isVisibleTo(panel)


def test_leaving_the_field_keeps_what_was_typed(qtbot, panel):
    retype(qtbot, line(panel, "weight_step"), "0.75", enter=False)
    qtbot.keyClick(line(panel, "weight_step"), Qt.Key.Key_Tab)
    assert workspace_of(panel).document.training.weight_step == 0.75


def test_a_field_that_was_only_visited_is_no_edit(qtbot, panel):
    qtbot.mouseClick(line(panel, "weight_step"), LEFT)
    qtbot.keyClick(line(panel, "weight_step"), Qt.Key.Key_Return)
    assert workspace_of(panel).undo_stack.count() == 0


def test_biases_may_be_kept_from_learning(qtbot, panel):
    check = panel.findChild(QCheckBox, "training_update_biases")
    qtbot.mouseClick(check, LEFT, pos=check.rect().center() - check.rect().topRight() / 2 * 0.9)
    assert workspace_of(panel).document.training.update_biases is check.isChecked() is False


def test_conventions_are_settings_too(qtbot, panel):
    choose(qtbot, panel, "threshold", ">")
    assert workspace_of(panel).document.conventions.threshold == ">"


def test_each_change_is_undone_and_redone_by_name(qtbot, panel):
    workspace = workspace_of(panel)
    choose(qtbot, panel, "rule", "perceptron")
    retype(qtbot, line(panel, "learning_rate"), "0.1")
    assert workspace.undo_stack.undoText() == "Learning rate α"
    workspace.undo_stack.undo()
    assert line(panel, "learning_rate").text() == "0.5"
    workspace.undo_stack.undo()
    assert panel.findChild(QComboBox, "training_rule").currentData() == "course"
    workspace.undo_stack.redo()
    workspace.undo_stack.redo()
    assert line(panel, "learning_rate").text() == "0.1"


def changes(panel):
    list_ = panel.findChild(QListWidget, "changes_list")
    return [list_.item(row).text() for row in range(list_.count())] if list_.isVisible() else []


def test_in_mid_run_a_change_takes_effect_from_here_on_and_is_listed(qtbot, running):
    workspace = workspace_of(running)
    told = running.findChild(CalmLabel, "training_from")
    assert "iteration 3" in told.text()
    retype(qtbot, line(running, "weight_step"), "0.25")
    assert changes(running) == ["After iteration 2 · Step for the weights: 0.5 → 0.25"]
    assert workspace.document.training.weight_step == 0.5
    assert workspace.document.settings_at(2)[0].weight_step == 0.25
    workspace.go_to(3)
    assert workspace.frame.parameter("w:c5")[0, 0] == 0.75


def test_the_settings_shown_are_those_in_force_where_one_stands(qtbot, running):
    retype(qtbot, line(running, "weight_step"), "0.25")
    workspace = workspace_of(running)
    workspace.go_to(1, 0)
    assert line(running, "weight_step").text() == "0.5"
    assert "from the start" in running.findChild(CalmLabel, "training_from").text()
    workspace.go_to(3)
    assert line(running, "weight_step").text() == "0.25"


def test_a_listed_change_is_gone_to(qtbot, running):
    retype(qtbot, line(running, "weight_step"), "0.25")
    workspace = workspace_of(running)
    workspace.go_to(5)
    qtbot.mouseClick(running.findChild(QPushButton, "changes_go"), LEFT)
    assert workspace.session.position.iteration == 2
    assert workspace.frame.is_complete


def test_a_listed_change_is_taken_back_and_that_is_undone(qtbot, running):
    retype(qtbot, line(running, "weight_step"), "0.25")
    choose(qtbot, running, "threshold", ">")
    assert len(changes(running)) == 2
    list_ = running.findChild(QListWidget, "changes_list")
    list_.setCurrentRow(0)
    list_.setFocus()
    qtbot.keyClick(list_, Qt.Key.Key_Delete)
    (left,) = changes(running)
    assert "Step function at 0" in left
    workspace_of(running).undo_stack.undo()
    assert len(changes(running)) == 2
    qtbot.mouseClick(running.findChild(QPushButton, "changes_remove"), LEFT)
    qtbot.mouseClick(running.findChild(QPushButton, "changes_remove"), LEFT)
    assert changes(running) == []


def test_a_weight_set_in_mid_run_is_listed_with_the_value_it_had(qtbot, running):
    workspace = workspace_of(running)
    workspace.edit(lambda d: set_parameter(d, "b:n3", (0,), 3.0, iteration=2), "bias")
    (told,) = changes(running)
    assert told == "After iteration 2 · b N1: -1 → 3"


def test_everything_is_said_again_in_the_other_language(qtbot, running, preferences):
    retype(qtbot, line(running, "weight_step"), "0.25")
    preferences.set_locale("es")
    assert line(running, "weight_step").text() == "0,25"
    assert changes(running) == ["Tras la iteración 2 · Paso de los pesos: 0,5 → 0,25"]
    assert "iteración 3" in running.findChild(CalmLabel, "training_from").text()


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_an_optimiser_shows_its_own_settings_and_its_formula(qtbot, by_gradient, optimiser):
    choose(qtbot, by_gradient, "optimiser", optimiser)
    assert shown(by_gradient) & set(ALL_PARAMETERS) == set(PARAMETERS[optimiser])
    about = by_gradient.findChild(QLabel, "training_about_optimiser")
    assert about.isVisibleTo(by_gradient)
    assert "w ← w − α" in about.text()
    assert ("λ" in about.text()) == (optimiser == "adamw")
    assert ("β₁ᵗ" in about.text()) == optimiser.startswith("adam")


def test_rules_of_one_layer_have_no_optimiser(qtbot, panel):
    assert "optimiser" not in shown(panel)
    assert not panel.findChild(QLabel, "training_about_optimiser").isVisibleTo(panel)
    choose(qtbot, panel, "rule", "gradient_descent")
    assert "optimiser" in shown(panel)
    choose(qtbot, panel, "optimiser", "rmsprop")
    choose(qtbot, panel, "rule", "delta")
    assert not shown(panel) & {"optimiser", *ALL_PARAMETERS}


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("beta1", "1", "less than 1"),
        ("beta2", "-0,1", "at least 0"),
        ("epsilon", "0", "greater than 0"),
        ("weight_decay", "-1", "at least 0"),
    ],
)
def test_what_no_optimiser_can_work_with_is_told(qtbot, by_gradient, name, typed, told):
    choose(qtbot, by_gradient, "optimiser", "adamw")
    before = workspace_of(by_gradient).document
    retype(qtbot, line(by_gradient, name), typed)
    assert told in mistake(line(by_gradient, name)).text()
    assert workspace_of(by_gradient).document is before


def test_adam_chosen_in_mid_run_begins_there_and_is_listed_and_undone(qtbot, by_gradient):
    workspace = workspace_of(by_gradient)
    for _ in range(2):
        workspace.step(Level.ITERATION)
    plain = workspace.session.record(3).arrays["dw:c3"].copy()
    retype(qtbot, line(by_gradient, "learning_rate"), "0,1")
    choose(qtbot, by_gradient, "optimiser", "adam")
    assert changes(by_gradient) == [
        "After iteration 2 · Learning rate α: 0.5 → 0.1",
        "After iteration 2 · Optimiser: None (plain steps) → Adam",
    ]
    retype(qtbot, line(by_gradient, "beta1"), "0.75")
    workspace.step(Level.ITERATION)
    record = workspace.session.record(3)
    assert record.arrays["step"] == 1
    moved = np.abs(record.arrays["dw:c3"][record.arrays["gw:c3"] != 0])
    np.testing.assert_allclose(moved, 0.1, rtol=1e-4)
    while workspace.undo_stack.canUndo():
        workspace.undo_stack.undo()
    np.testing.assert_array_equal(workspace.session.record(3).arrays["dw:c3"], plain)
    assert changes(by_gradient) == []
