"""Changes made in the middle of a run are listed one by one, and each can be taken back."""

from dataclasses import replace

from nnsim.document.changes import ParameterChange, SettingChange, changes_of, without_change
from nnsim.document.edits import set_conventions, set_parameter, set_training
from nnsim.document.model import ParameterEdit
from nnsim.document.templates import perceptron


def changed_three_times():
    document = perceptron((2, 2, 1))
    document = set_training(document, replace(document.training, learning_rate=0.1), 3)
    document = set_parameter(document, "b:n2", (0,), 2.0, 3)
    settings = document.settings_at(5)[0]
    return set_training(document, replace(settings, batch_size=2), 5)


def test_each_change_says_what_it_changed():
    document = changed_three_times()
    assert list(changes_of(document)) == [
        SettingChange(3, "training", "learning_rate", 0.5, 0.1),
        ParameterChange(3, ParameterEdit("b:n2", (0,), 2.0)),
        SettingChange(5, "training", "batch_size", 1, 2),
    ]


def test_a_setting_taken_back_does_not_come_back_with_a_later_change():
    document = changed_three_times()
    first, bias, last = changes_of(document)
    left = without_change(document, first)
    assert list(changes_of(left)) == [bias, last]
    assert left.settings_at(5)[0].learning_rate == 0.5
    assert left.settings_at(5)[0].batch_size == 2


def test_a_parameter_taken_back_leaves_the_settings_changed_with_it():
    document = changed_three_times()
    first, bias, last = changes_of(document)
    assert list(changes_of(without_change(document, bias))) == [first, last]


def test_the_last_change_of_an_iteration_leaves_nothing_there():
    document = changed_three_times()
    *_, last = changes_of(document)
    left = without_change(document, last)
    assert [change.iteration for change in left.changes] == [3]


def test_a_convention_is_taken_back():
    document = perceptron((2, 2, 1))
    document = set_conventions(document, replace(document.conventions, loss_half=True), 4)
    (change,) = changes_of(document)
    assert change == SettingChange(4, "conventions", "loss_half", False, True)
    assert without_change(document, change).changes == ()


def test_a_change_back_to_the_former_value_later_on_stays_a_change():
    document = perceptron((2, 2, 1))
    document = set_training(document, replace(document.training, learning_rate=0.1), 3)
    document = set_training(document, replace(document.training, learning_rate=0.5), 5)
    first, second = changes_of(document)
    # Without the first there is nothing left for the second to change.
    assert without_change(document, first).changes == ()
    assert list(changes_of(without_change(document, second))) == [first]


def test_what_is_not_there_cannot_be_taken_back():
    document = changed_three_times()
    other = SettingChange(4, "training", "seed", 0, 1)
    assert without_change(document, other) is document
