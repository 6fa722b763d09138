"""Playing, running to the end, and what the window says about how a run ended."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QSlider

from nnsim.document.edits import set_training
from nnsim.document.templates import empty, gate_neuron, perceptron
from nnsim.session import Level
from nnsim.session.session import Position
from nnsim.ui.bridge.player import FULL_SPEED, MIN_SPEED
from nnsim.ui.shell.line import Line


def told(window):
    bar = window.messages
    return bar.findChild(QLabel, "message_text").text() if bar.isVisible() else ""


def outcome(window):
    """What a person reads about how the run ended, wherever it stands: it stands once."""
    label = window.findChild(QLabel, "step_table_sentence")
    below_the_table = label.text() if label is not None and label.isVisible() else ""
    assert not (below_the_table and told(window))
    return below_the_table or told(window)


def restless(document, limit=10**7):
    training = replace(document.training, tolerance=0.0, target_loss=0.0, limit=limit)
    return replace(document, training=training)


def verdict(window):
    label = window.findChild(QLabel, "status_verdict")
    return label.text() if label.isVisible() else ""


def test_play_steps_on_and_pause_stops(qtbot, window, press):
    slider = window.findChild(QSlider, "transport_speed")
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_End)
    assert window.player.speed == FULL_SPEED
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert window.player.speed == MIN_SPEED
    window.running.set_speed(8)
    press(window, "transport_play")
    assert window.player.is_playing
    assert window.commands["play"].text() == "&Pause"
    qtbot.waitUntil(
        lambda: (
            window.workspace.session.position.done >= 1
            or window.workspace.session.position.iteration > 1
        )
    )
    press(window, "transport_play")
    assert not window.player.is_playing
    stopped = window.workspace.session.position
    qtbot.wait(100)
    assert window.workspace.session.position == stopped
    assert window.commands["play"].text() == "&Play"


def test_the_play_key_and_a_step_key_that_pauses(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert window.player.is_playing
    qtbot.keyClick(window, Qt.Key.Key_F8)
    assert not window.player.is_playing


def test_space_plays_while_the_diagram_has_the_focus(qtbot, window):
    window.canvas.setFocus()
    target = window.focusWidget()
    qtbot.keyClick(target, Qt.Key.Key_Space)
    assert window.player.is_playing
    qtbot.keyClick(target, Qt.Key.Key_Space)
    assert not window.player.is_playing


def test_page_keys_of_a_presentation_remote_step(qtbot, window):
    window.canvas.setFocus()
    target = window.focusWidget()
    qtbot.keyClick(target, Qt.Key.Key_PageDown)
    assert window.workspace.session.position == Position(1, 4)
    qtbot.keyClick(target, Qt.Key.Key_PageUp)
    assert window.workspace.session.position == Position(1, 0)


def test_playing_ends_by_itself_where_the_run_has_converged(qtbot, window):
    window.running.set_level(Level.ITERATION)
    window.running.set_speed(60)
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: not window.player.is_playing, timeout=10_000)
    assert window.workspace.session.position.iteration == 9
    assert "Converged at iteration 9" in outcome(window)
    assert verdict(window) == "Converged"


def test_run_to_the_end(qtbot, window, press):
    press(window, "transport_run")
    qtbot.waitUntil(lambda: not window.player.is_running, timeout=10_000)
    assert "Converged at iteration 9" in outcome(window)
    qtbot.keyClick(window, Qt.Key.Key_F7)
    assert verdict(window) == ""


def test_out_of_sight_of_the_step_table_the_bar_says_how_the_run_ended(qtbot, window):
    window.docks.dock("step_table").hide()
    qtbot.keyClick(window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: not window.player.is_running, timeout=10_000)
    assert "Converged at iteration 9" in told(window)
    # What was told goes when the next thing is done.
    qtbot.keyClick(window, Qt.Key.Key_F7)
    assert told(window) == ""


def test_xor_by_one_neuron_is_proven_never_to_end(qtbot, open_window):
    window = open_window(gate_neuron("xor"))
    qtbot.keyClick(window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: not window.player.is_running, timeout=10_000)
    assert "never ends" in outcome(window)
    assert "row 16" in outcome(window)
    assert "row 6" in outcome(window)
    assert verdict(window) == "Never ends"


def test_stepping_onto_the_verdict_tells_it_too(qtbot, open_window):
    window = open_window(gate_neuron("xor"))
    window.running.set_level(Level.ITERATION)
    for _ in range(15):
        qtbot.keyClick(window, Qt.Key.Key_F8)
        assert "never ends" not in outcome(window)
    qtbot.keyClick(window, Qt.Key.Key_F8)
    assert "never ends" in outcome(window)


def test_a_run_that_meets_its_limit_says_so_and_can_be_stopped(qtbot, open_window):
    document = perceptron((2, 2, 1))
    training = replace(document.training, learning_rate=1e-6, limit=3000)
    window = open_window(replace(document, training=training))
    qtbot.keyClick(window, Qt.Key.Key_F6)
    assert window.player.is_running
    qtbot.keyClick(window, Qt.Key.Key_F6)
    assert not window.player.is_running
    assert window.workspace.session.computed < 3000
    qtbot.keyClick(window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: not window.player.is_running, timeout=20_000)
    qtbot.waitUntil(lambda: "Limit reached: 3000 iterations" in outcome(window))
    # The sign says what the sentence does: the loss has not come down to its target.
    assert verdict(window) == "Limit reached, target loss not"


def test_reset_goes_back_to_the_very_start_and_takes_changes_back(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_6, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, Qt.Key.Key_F8)
    training = replace(window.workspace.document.training, weight_step=0.1)
    window.workspace.edit(lambda d: set_training(d, training, 1), "step")
    qtbot.keyClick(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    assert window.workspace.session.position == Position(1, 0)
    assert window.workspace.document.changes == ()
    assert window.commands["undo"].text() == "&Undo: reset"
    assert not window.commands["reset"].isEnabled()


def test_the_level_chooser_of_the_transport_bar(qtbot, window):
    combo = window.findChild(QComboBox, "transport_level")
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_Up)
    assert combo.currentData() is window.player.level is Level.PRODUCT
    assert window.commands["level_product"].isChecked()
    qtbot.keyClick(window, Qt.Key.Key_F8)
    assert window.workspace.session.position == Position(1, 1)


def test_level_and_language_are_kept_for_the_next_start(qtbot, window, open_window, preferences):
    window.running.set_level(Level.PHASE)
    assert open_window().running.level is Level.PHASE


def test_what_cannot_run_says_why_and_offers_no_step(qtbot, open_window):
    window = open_window(empty())
    for name in ("forward", "back", "play", "run", "reset", "export_trace"):
        assert not window.commands[name].isEnabled(), name
    assert "There is no input" in window.findChild(Line, "status_next").text()
    assert window.findChild(Line, "transport_counter").text() == "Cannot run yet"


def test_full_speed_in_small_steps_says_how_to_go_faster(qtbot, open_window):
    window = open_window(restless(perceptron((2, 2, 1))))
    line = window.findChild(Line, "status_next")
    speed = window.findChild(QSlider, "transport_speed")
    window.running.set_level(Level.NEURON)
    speed.setValue(speed.maximum())
    assert window.player.speed == FULL_SPEED
    assert "choose the step “Iteration” or “Epoch”" in speed.toolTip()
    window.player.play()
    qtbot.waitUntil(lambda: "choose the step “Iteration” or “Epoch”" in line.text())
    window.player.pause()
    assert "choose the step" not in line.text()
    window.running.set_level(Level.ITERATION)
    assert "choose the step" not in speed.toolTip()
    window.player.play()
    qtbot.waitUntil(lambda: line.text().startswith("Training: "))
    window.player.pause()


def test_play_at_the_limit_says_so_again_and_computes_nothing(qtbot, open_window, press):
    window = open_window(restless(perceptron((2, 2, 1)), limit=12))
    window.docks.dock("step_table").hide()
    with qtbot.waitSignal(window.player.finished):
        press(window, "transport_run")
    for _ in range(2):
        window.messages.clear()
        press(window, "transport_play")
        assert "12" in told(window)
        assert window.workspace.session.computed == 12
