"""Zoom, scroll, fit: with keys and wheel; and nothing jumps by itself."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnsim.document.edits import set_data
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.session import Level

NONE = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def wheel(person, place, dx=0, dy=0, modifiers=NONE):
    at = QPointF(person.pixel(place))
    event = QWheelEvent(
        at,
        person.viewport.mapToGlobal(at),
        QPoint(),
        QPoint(dx, dy),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(person.viewport, event)


def scale(person) -> float:
    return person.canvas.transform().m11()


@pytest.mark.parametrize("sizes", [(2, 1), (2, 4, 3, 1), (64, 32, 10), (8, 8, 8, 8, 8)])
def test_everything_is_in_sight_at_first_with_a_margin(hand, sizes):
    person = hand(perceptron(sizes))
    content = person.canvas.diagram.content_rect()
    shown = person.canvas.navigation.visible()
    assert shown.adjusted(15, 15, -15, -15).contains(content)
    away = shown.center() - content.center()
    assert away.manhattanLength() < 3


def test_control_and_the_wheel_zoom_at_the_pointer(hand):
    person = hand(gate_neuron("or"))
    before = scale(person)
    place = person.middle("N1")
    pixel = person.pixel(place)
    wheel(person, place, dy=120, modifiers=CONTROL)
    assert scale(person) == pytest.approx(before * 1.2)
    assert (person.pixel(place) - pixel).manhattanLength() <= 2
    wheel(person, place, dy=-240, modifiers=CONTROL)
    assert scale(person) == pytest.approx(before / 1.2)


def test_the_wheel_scrolls(hand):
    person = hand(gate_neuron("or"))
    before = person.pixel((0, 0))
    wheel(person, (0, 0), dy=-120)
    assert person.pixel((0, 0)) - before == QPoint(0, -70)
    wheel(person, (0, 0), dy=120, modifiers=Qt.KeyboardModifier.ShiftModifier)
    assert person.pixel((0, 0)) - before == QPoint(70, -70)


def test_keys_zoom_and_fit(hand):
    person = hand(gate_neuron("or"))
    fitted = scale(person)
    person.key(Qt.Key.Key_Plus, CONTROL)
    assert scale(person) == pytest.approx(fitted * 1.2)
    person.key(Qt.Key.Key_Minus, CONTROL)
    person.key(Qt.Key.Key_Minus, CONTROL)
    assert scale(person) == pytest.approx(fitted / 1.2)
    person.key(Qt.Key.Key_0, CONTROL)
    assert scale(person) == pytest.approx(1.0)
    person.key(Qt.Key.Key_F)
    assert scale(person) == pytest.approx(fitted)


def test_zoom_has_limits(hand):
    person = hand(gate_neuron("or"))
    for _ in range(60):
        person.canvas.zoom_in()
    assert scale(person) == pytest.approx(6)
    for _ in range(60):
        person.canvas.zoom_out()
    assert scale(person) == pytest.approx(0.08)


def test_arrows_without_a_selection_move_the_paper(hand):
    person = hand(gate_neuron("or"))
    before = person.pixel((0, 0))
    person.key(Qt.Key.Key_Right)
    assert person.pixel((0, 0)) - before == QPoint(-60, 0)


def test_nothing_jumps_while_stepping_and_editing(hand):
    person = hand(gate_neuron("or"))
    before = person.pixel((0, 0)), scale(person)
    for _ in range(9):
        person.workspace.step(Level.NEURON)
    person.drag(person.middle("N1"), (400, 200))
    person.double_click((100, 160))
    person.type("neurona")
    assert (person.pixel((0, 0)), scale(person)) == before


def test_another_project_is_fitted(hand):
    person = hand(gate_neuron("or"))
    person.canvas.zoom_in()
    person.workspace.open(perceptron((2, 8, 8, 1)))
    shown = person.canvas.navigation.visible()
    assert shown.contains(person.canvas.diagram.content_rect())


def is_fitted(person) -> bool:
    """Whether all is shown, in the middle, and as large as the view allows."""
    shown, content = person.canvas.navigation.visible(), person.canvas.diagram.content_rect()
    share = max(content.width() / shown.width(), content.height() / shown.height())
    away = shown.center() - content.center()
    return shown.contains(content) and away.manhattanLength() < 3 and share > 0.75


def test_what_was_fitted_stays_so_in_a_smaller_window_and_with_larger_writing(
    hand, preferences, qtbot
):
    person = hand(perceptron((2, 4, 3, 1)))
    qtbot.wait(10)
    assert is_fitted(person)
    person.canvas.resize(460, 320)
    assert is_fitted(person)
    preferences.set_zoom(2.0)
    assert is_fitted(person)
    preferences.set_zoom(1.0)
    person.canvas.resize(900, 600)
    assert is_fitted(person)


def test_a_view_that_the_person_chose_is_never_fitted_by_itself(hand, qtbot):
    person = hand(perceptron((2, 4, 3, 1)))
    qtbot.wait(10)
    wheel(person, (0, 0), dy=-120)
    before = scale(person)
    person.canvas.resize(460, 320)
    assert scale(person) == before
    person.key(Qt.Key.Key_F)
    assert is_fitted(person)
    person.canvas.resize(900, 600)
    assert is_fitted(person)


def extent_of_selected(person):
    rect = QRectF()
    for item in person.canvas.diagram.node_items(person.workspace.nodes).values():
        rect = rect.united(item.extent())
    return rect


def test_a_network_typed_at_the_edge_is_brought_into_view(hand):
    person = hand()
    before = scale(person)
    person.double_click((380, 250))
    person.type("2-4-1")
    shown = person.canvas.navigation.visible()
    assert shown.contains(extent_of_selected(person))
    assert scale(person) == before


def test_a_network_too_large_for_the_view_is_fitted(hand):
    person = hand()
    before = scale(person)
    person.double_click((-300, 0))
    person.type("2-4-8-8-3-1")
    assert scale(person) < before
    assert is_fitted(person)


def test_what_is_pasted_half_outside_is_brought_into_view(hand):
    person = hand(gate_neuron("or"))
    person.key(Qt.Key.Key_A, CONTROL)
    person.key(Qt.Key.Key_C, CONTROL)
    for _ in range(6):
        person.key(Qt.Key.Key_V, CONTROL)
        assert person.canvas.navigation.visible().contains(extent_of_selected(person))


def test_what_is_in_sight_anyway_moves_nothing(hand):
    person = hand(gate_neuron("or"))
    before = person.pixel((0, 0)), scale(person)
    person.double_click((100, 160))
    person.type("x")
    assert (person.pixel((0, 0)), scale(person)) == before


def test_another_size_of_the_window_keeps_the_middle(hand, qtbot):
    person = hand(gate_neuron("or"))
    qtbot.wait(10)
    person.key(Qt.Key.Key_Minus, CONTROL)
    middle = person.canvas.navigation.visible().center()
    before = scale(person)
    person.canvas.resize(700, 480)
    away = person.canvas.navigation.visible().center() - middle
    assert away.manhattanLength() < 3
    assert scale(person) == before


def test_presentation_zoom_scales_what_is_shown(hand, preferences, qtbot):
    person = hand(gate_neuron("or"))
    qtbot.wait(10)
    person.key(Qt.Key.Key_Minus, CONTROL)
    before = scale(person)
    middle = person.canvas.navigation.visible().center()
    preferences.set_zoom(1.5)
    assert scale(person) == pytest.approx(before * 1.5)
    away = person.canvas.navigation.visible().center() - middle
    assert away.manhattanLength() < 3
    preferences.set_zoom(1.0)
    assert scale(person) == pytest.approx(before)


def test_a_node_moved_by_key_stays_in_sight(hand):
    person = hand(gate_neuron("or"))
    person.click(person.middle("N1"))
    for _ in range(40):
        person.key(Qt.Key.Key_Right)
    shown = person.canvas.navigation.visible()
    assert shown.contains(QPointF(*person.middle("N1")))


def test_lines_are_quick_while_things_move_and_fine_at_rest(hand, qtbot):
    person = hand(perceptron((2, 8, 8, 8, 8, 1)))
    qtbot.waitUntil(lambda: person.canvas.quality.is_full)
    person.canvas.zoom_in()
    assert not person.canvas.quality.is_full
    qtbot.waitUntil(lambda: person.canvas.quality.is_full)


def test_a_small_diagram_is_always_fine(hand):
    person = hand(gate_neuron("or"))
    person.canvas.zoom_in()
    assert person.canvas.quality.is_full


def test_another_project_opened_behind_is_fitted_when_it_is_seen(hand):
    person = hand(gate_neuron("or"))
    person.canvas.hide()
    person.workspace.open(perceptron((2, 8, 8, 1)))
    person.canvas.show()
    shown = person.canvas.navigation.visible()
    assert shown.contains(person.canvas.diagram.content_rect())


def test_a_pinch_on_a_touchpad_zooms_at_the_fingers(hand):
    person = hand(gate_neuron("or"))
    before = scale(person)
    place = person.middle("N1")
    at = QPointF(person.pixel(place))
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        at,
        at,
        QPointF(person.viewport.mapToGlobal(at)),
        0.25,
        QPointF(),
    )
    QApplication.sendEvent(person.viewport, event)
    assert scale(person) == pytest.approx(before * 1.25)
    assert (person.pixel(place) - at.toPoint()).manhattanLength() <= 2


def test_two_fingers_on_a_touch_screen_zoom(hand):
    person = hand(gate_neuron("or"))
    before = scale(person)
    device = QTest.createTouchDevice()
    left, right = QPoint(400, 300), QPoint(500, 300)
    QTest.touchEvent(person.viewport, device).press(0, left).press(1, right)
    for step in range(1, 6):
        apart = QPoint(20 * step, 0)
        QTest.touchEvent(person.viewport, device).move(0, left - apart).move(1, right + apart)
    apart = QPoint(100, 0)
    QTest.touchEvent(person.viewport, device).release(0, left - apart).release(1, right + apart)
    assert scale(person) > before * 1.5
    # What the first finger began by itself was taken back.
    assert person.middle("N1") == (240, 60)
    assert person.workspace.undo_stack.count() == 0


def test_outputs_that_come_with_the_first_samples_are_in_sight(hand):
    document = perceptron((2, 4, 1))
    person = hand(set_data(document, document.data.with_values(np.zeros((0, 3)))))
    assert person.workspace.frame is None
    person.workspace.edit(lambda d: set_data(d, document.data), "")
    assert person.canvas.stage.visible.contains(person.canvas.diagram.content_rect())


def test_a_chosen_view_stays_when_the_first_samples_come(hand):
    document = perceptron((2, 4, 1))
    person = hand(set_data(document, document.data.with_values(np.zeros((0, 3)))))
    person.canvas.zoom_in()
    person.canvas.zoom_in()
    scale = person.canvas.stage.scale
    person.workspace.edit(lambda d: set_data(d, document.data), "")
    assert person.canvas.stage.scale == scale
