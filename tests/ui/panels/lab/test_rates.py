"""The learning step of the lab where two networks learn: a rate for each."""

from PySide6.QtWidgets import QLabel, QLineEdit

from tests.support.adversarial import small_gan
from tests.support.lab_panel import retype, summary


def test_both_rates_are_shown_and_edited_each_with_an_undo_step(qtbot, make):
    panel = make(small_gan())
    workspace = panel._workspace
    assert "α: D 0.01, G 0.02" in summary(panel, "learning")
    labels = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
    assert "Learning rate α of the discriminator" in labels
    assert "Learning rate α of the generator" in labels
    retype(qtbot, panel, "generator_rate", "0.5")
    assert workspace.document.training.generator_rate == 0.5
    assert workspace.undo_stack.undoText() == "Learning rate α of the generator"
    retype(qtbot, panel, "learning_rate", "0.25")
    assert workspace.undo_stack.undoText() == "Learning rate α of the discriminator"
    workspace.undo_stack.undo()
    workspace.undo_stack.undo()
    training = workspace.document.training
    assert (training.learning_rate, training.generator_rate) == (0.01, 0.02)


def test_one_network_has_one_rate(panel):
    assert not panel.findChild(QLineEdit, "lab_generator_rate_line").isVisible()
    labels = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
    assert "Learning rate α" in labels
