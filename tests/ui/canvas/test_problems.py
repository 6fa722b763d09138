"""A diagram that cannot run says why, at the node at fault, with what to do."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from nnsim.document.templates import gate_neuron, perceptron
from nnsim.ui.bridge.pictures import picture_image
from nnsim.ui.canvas.hits import Hit
from nnsim.ui.canvas.tips import tip_for


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


def shown_notes(person):
    """Names of the nodes whose note is seen, with its box in the scene."""
    found = {}
    for node in person.document.nodes:
        told = note(person, node.name)
        if told is not None and told.isVisible():
            found[node.name] = told.box_at(told.pos())
    return found


def cover_nothing(person) -> bool:
    """Whether notes hide no node, name or bias, nor each other, and none is cut by the edge."""
    nodes = [item.extent() for item in person.canvas.diagram.nodes.values()]
    boxes = list(shown_notes(person).values())
    shown = person.canvas.navigation.visible()
    return (
        not any(box.intersects(node) for box in boxes for node in nodes)
        and not any(a.intersects(b) for a in boxes for b in boxes if a is not b)
        and all(shown.contains(box) for box in boxes)
    )


def test_notes_cover_no_name_and_no_line_where_there_is_room(hand):
    person = hand(gate_neuron("or"))
    person.double_click((440, 60))
    person.type("neurona")
    assert list(shown_notes(person)) == ["N2"]
    assert cover_nothing(person)
    box = shown_notes(person)["N2"]
    for link in person.canvas.diagram.connections.values():
        assert not any(box.contains(QPointF(x, y)) for x, y in link.sampled().tolist())


def test_notes_move_into_sight_when_the_edge_would_cut_them(hand):
    person = hand()
    person.double_click((0, 0))
    person.type("neurona")
    below = shown_notes(person)["N1"]
    assert below.top() > person.item("N1").body_rect().bottom()
    while person.canvas.navigation.visible().contains(below):
        person.click((-200, -100))
        person.key(Qt.Key.Key_Up)
    assert person.canvas.navigation.visible().contains(person.item("N1").body_rect())
    assert cover_nothing(person)
    assert shown_notes(person)


def test_without_room_there_is_the_sign_and_the_words_come_when_pointed_at(hand):
    person = hand(size=(900, 600))
    for x in range(-300, 301, 100):
        for y in range(-160, 161, 160):
            person.double_click((x, y))
            person.type("neurona")
    person.click((-250, -80))
    person.hover((-250, -80))
    assert cover_nothing(person)
    nodes = {node.name for node in person.document.nodes}
    crowded = sorted(nodes - set(shown_notes(person)))
    assert crowded
    name = crowded[0]
    assert person.item(name).severity == "error"
    person.hover(person.middle(name))
    assert note(person, name).isVisible()
    tip = tip_for(person.canvas.stage, Hit(node=person.node(name).id))
    assert note(person, name).text in tip
    person.hover((-250, -80))
    assert not note(person, name).isVisible()
    person.click(person.middle(name))
    person.hover((-250, -80))
    assert note(person, name).isVisible()


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
