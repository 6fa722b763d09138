"""The time line: the run computed so far, walked by dragging and with keys."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QSlider, QStyle, QStyleOptionSlider

from nnsim.document.edits import remove, set_training
from nnsim.document.templates import perceptron
from nnsim.session.session import Position
from nnsim.ui.shell.line import Line


def restless(document):
    training = replace(document.training, tolerance=0.0, target_loss=0.0, limit=10**7)
    return replace(document, training=training)


@pytest.fixture
def window(qtbot, open_window):
    """One in which 40 iterations, 10 epochs, have been computed."""
    window = open_window(restless(perceptron((2, 2, 1))))
    window.workspace.go_to(40)
    return window


@pytest.fixture
def slider(window):
    return window.findChild(QSlider, "timeline_slider")


@pytest.fixture
def settle(qtbot, window, slider):
    """Waits until the position is where the slider is."""

    def settle(position):
        qtbot.waitUntil(lambda: window.workspace.session.position == position)
        assert slider.value() == window.workspace.session.completed

    return settle


def words(window):
    return window.findChild(Line, "timeline_words").text()


def end_of(window, iteration):
    session = window.workspace.session
    before = session.position
    session.go_to(iteration)
    found, session.position = session.position, before
    return found


def test_it_stands_where_the_position_is(window, slider):
    assert (slider.minimum(), slider.value(), slider.maximum()) == (0, 40, 40)
    assert words(window) == "Iteration 40 of 40 · epoch 10"
    window.workspace.go_to(7)
    assert (slider.value(), slider.maximum()) == (7, 40)
    assert words(window) == "Iteration 7 of 40 · epoch 2"
    window.workspace.reset("")
    assert slider.value() == 0


@pytest.mark.parametrize(
    ("key", "iteration"),
    [
        (Qt.Key.Key_Left, 21),
        (Qt.Key.Key_Right, 23),
        (Qt.Key.Key_PageUp, 20),
        (Qt.Key.Key_PageDown, 24),
        (Qt.Key.Key_End, 40),
    ],
)
def test_keys_walk_it(qtbot, window, slider, settle, key, iteration):
    window.workspace.go_to(22)
    slider.setFocus()
    qtbot.keyClick(slider, key)
    settle(end_of(window, iteration))


def test_home_is_the_very_start(qtbot, slider, settle):
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    settle(Position(1, 0))


class Hand:
    """The left button and the pointer, as the window system tells a window of them."""

    def __init__(self, qtbot, window, slider):
        self._qtbot, self._slider = qtbot, slider
        self._target, self._window = window.windowHandle(), window

    def _at(self, place):
        return self._slider.mapTo(self._window, place)

    def handle(self):
        """The middle of the handle, where a person takes hold of it."""
        slider, option = self._slider, QStyleOptionSlider()
        slider.initStyleOption(option)
        parts = QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, slider
        return slider.style().subControlRect(*parts).center()

    def take(self):
        """Take hold of the handle; the words beside it may just have grown and moved it."""
        for _ in range(20):
            place = self.handle()
            self._qtbot.mousePress(self._target, Qt.MouseButton.LeftButton, pos=self._at(place))
            if self._slider.isSliderDown():
                return
            self.let_go(place)
            self._qtbot.wait(20)
        slider = self._slider
        raise AssertionError(
            f"not taken at {place}, now at {self.handle()}: {slider.geometry()}, "
            f"{slider.value()} of {slider.maximum()}, enabled: {slider.isEnabled()}, "
            f"popup: {QApplication.activePopupWidget()}, dialog: {QApplication.activeModalWidget()}"
        )

    def move(self, place):
        self._qtbot.mouseMove(self._target, self._at(place))

    def let_go(self, place):
        self._qtbot.mouseRelease(self._target, Qt.MouseButton.LeftButton, pos=self._at(place))


@pytest.fixture
def hand(qtbot, window, slider):
    return Hand(qtbot, window, slider)


def test_dragging_takes_every_view_along(qtbot, window, slider, hand):
    y = slider.height() // 2
    hand.take()
    for share in (0.8, 0.6, 0.5):
        hand.move(QPoint(round(slider.width() * share), y))
    hand.let_go(QPoint(round(slider.width() * 0.5), y))
    session = window.workspace.session
    qtbot.waitUntil(lambda: session.position == end_of(window, slider.value()))
    assert 15 < session.position.iteration < 25
    counter = window.findChild(Line, "transport_counter").text()
    assert counter.startswith(f"Iteration {session.position.iteration} ")
    assert session.computed == 40


def test_taking_the_handle_stops_what_runs(qtbot, window, slider, hand):
    window.player.run()
    qtbot.waitUntil(lambda: window.workspace.session.position.iteration > 60)
    hand.take()
    assert not window.player.is_running
    hand.let_go(hand.handle())
    assert slider.maximum() == window.workspace.session.computed


def test_it_grows_with_the_run(qtbot, window, slider):
    window.player.run()
    qtbot.waitUntil(lambda: slider.maximum() > 100)
    assert slider.value() > 40
    window.player.pause()
    assert slider.value() == slider.maximum() == window.workspace.session.computed


def test_changes_on_the_way_are_marked_on_it(window, slider):
    before = slider.grab().toImage()
    training = replace(window.workspace.document.training, learning_rate=0.9)
    window.workspace.edit(lambda d: set_training(d, training, 20), "rate")
    window.workspace.go_to(40)
    assert slider.grab().toImage() != before


def test_where_nothing_can_run_it_rests(window, slider):
    output = window.workspace.document.outputs[0].id
    window.workspace.edit(lambda d: remove(d, [output]), "remove")
    assert not slider.isEnabled()
    assert words(window) == ""


def test_where_there_is_little_room_it_says_less(qtbot, window, slider):
    window.timeline.setFixedWidth(300)
    qtbot.waitUntil(lambda: words(window) == "40 / 40")
    window.timeline.setFixedWidth(160)
    qtbot.waitUntil(lambda: not window.findChild(Line, "timeline_words").isVisible())
    qtbot.waitUntil(lambda: slider.width() > 140)


class TestRunningForSomeEpochs:
    def test_so_many_are_run(self, qtbot, window, answer, press):
        def choose(dialog):
            dialog.findChild(object, "run_for_epochs").setValue(6)
            press(dialog, "run_for_run")

        answer("run_for_dialog", choose)
        window.commands["run_epochs"].trigger()
        qtbot.waitUntil(lambda: not window.player.is_running)
        assert window.workspace.session.trace.epochs == 16

    def test_the_number_is_remembered_and_giving_up_runs_nothing(self, window, answer, press):
        numbers = []

        def give_up(dialog):
            numbers.append(dialog.findChild(object, "run_for_epochs").value())
            press(dialog, "run_for_cancel")

        window.preferences.settings.setValue("run_epochs", 7)
        answer("run_for_dialog", give_up)
        window.commands["run_epochs"].trigger()
        assert numbers == [7]
        assert not window.player.is_running


def test_the_status_line_tells_how_far_it_is(qtbot, window):
    line = window.findChild(Line, "status_next")
    window.player.run()
    qtbot.waitUntil(lambda: "iterations/s" in line.text(), timeout=10_000)
    assert line.text().startswith("Training: ")
    # With a narrow space between thousands.
    assert "of 10\u202f000\u202f000 iterations" in line.text()
    assert "at most" in line.text()
    window.player.pause()
    assert line.text().startswith("Next")


@pytest.mark.parametrize("locale", ["es", "en"])
def test_its_words_are_whole_at_any_zoom(qtbot, window, preferences, locale):
    preferences.set_locale(locale)
    line = window.findChild(Line, "timeline_words")
    for zoom in (1.0, 1.1, 1.21, 1.33, 1.46, 1.61, 1.77, 1.95, 1.46, 1.0):
        preferences.set_zoom(zoom)
        QApplication.processEvents()
        assert line.fontMetrics().horizontalAdvance(line.text()) <= line.contentsRect().width()
        assert line.fontMetrics().height() <= line.height()
