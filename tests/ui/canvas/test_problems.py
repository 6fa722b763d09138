"""A diagram that cannot run says why, at the node at fault, with what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt

from nnsim.document.templates import gate_neuron, perceptron
from nnsim.ui.bridge.pictures import picture_image


def note(person, name):
    """The note beside a node, as it is on the canvas."""
    return person.canvas.diagram.notes.note(person.node(name).id)


def test_a_cycle_is_told_at_its_nodes(hand):
    person = hand(gate_neuron("or"))
    person.double_click((460, 60))
    person.type("neurona")
    person.drag(person.output_port("N1"), person.middle("N2"))
    person.drag(person.output_port("N2"), person.middle("N1"))
    assert not person.workspace.session.is_ready
    for name in ("N1", "N2"):
        assert note(person, name).isVisible()
        assert "cycle" in note(person, name).text
        assert "Delete one of the connections" in note(person, name).text
        assert person.item(name).severity == "error"
    assert person.item("x1").severity is None


def test_the_note_goes_with_the_problem(hand):
    person = hand(gate_neuron("or"))
    person.double_click((240, 240))
    person.type("neurona")
    assert note(person, "N2").isVisible()
    person.key(Qt.Key.Key_Delete)
    assert person.canvas.diagram.notes.count == 0
    assert person.workspace.session.is_ready


def test_sizes_that_do_not_fit_are_told_at_the_layer(hand):
    person = hand(perceptron((2, 3, 1)))
    person.click(person.middle("E1"))
    person.canvas.edit_units()
    person.type("3")
    assert "3 units" in note(person, "E1").text
    assert "2 input columns" in note(person, "E1").text


def test_an_error_is_always_shown_and_a_warning_when_pointed_at(hand):
    person = hand(gate_neuron("or"))
    person.click(person.middle("N1"))
    person.canvas.set_activation("sigmoid")
    person.click((500, 300))
    warning = note(person, "N1")
    person.hover((500, 300))
    assert person.item("N1").severity == "warning"
    assert not warning.isVisible()
    person.hover(person.middle("N1"))
    assert warning.isVisible()
    person.hover((500, 300))
    assert not warning.isVisible()


def test_notes_stand_clear_of_the_nodes(hand):
    person = hand()
    for place in ((0, 0), (0, 120), (240, 60)):
        person.double_click(place)
        person.type("neurona")
    bodies = [item.body_rect() for item in person.canvas.diagram.nodes.values()]
    boxes = [note(person, name).box_at(note(person, name).pos()) for name in ("N1", "N2", "N3")]
    for box in boxes:
        assert not any(box.intersects(body) for body in bodies)
    assert not any(a.intersects(b) for a in boxes for b in boxes if a is not b)


def test_what_concerns_the_whole_document_is_in_a_banner(hand):
    person = hand()
    person.double_click((0, 0))
    person.type("neurona")
    banner = person.canvas.overlays.banner
    assert banner.isVisible()
    assert "no input" in banner.text
    person.double_click((-200, 0))
    person.type("2 inputs")
    assert "no input" not in banner.text


def test_problems_are_told_in_the_language_of_now(hand, preferences):
    person = hand()
    person.double_click((0, 0))
    person.type("neurona")
    assert "Nothing" in note(person, "N1").text
    preferences.set_locale("es")
    assert "A N1 no le llega nada" in note(person, "N1").text
    assert "No hay ninguna entrada" in person.canvas.overlays.banner.text


def test_notes_stay_readable_when_the_diagram_is_small(hand):
    person = hand()
    person.double_click((0, 0))
    person.type("neurona")
    for _ in range(8):
        person.canvas.zoom_out()
    assert note(person, "N1").scale() * person.canvas.stage.scale >= 0.89


def test_a_picture_has_no_notes_and_no_selection(hand):
    person = hand()
    person.double_click((0, 0))
    person.type("neurona")
    shown = note(person, "N1").isVisible()
    image = picture_image(person.canvas.picture())
    assert note(person, "N1").isVisible() is shown
    colors = {
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 3)
        for y in range(0, image.height(), 3)
    }
    theme = person.canvas.preferences.theme
    assert theme.wrong not in colors
    assert theme.accent not in colors
