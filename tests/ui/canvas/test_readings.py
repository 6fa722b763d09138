"""What the canvas shows at each moment: what has come about, and what lights up."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import Qt

from nnsim.data import gate_table
from nnsim.document.edits import remove, set_activation
from nnsim.document.model import Training
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.record import Quantity
from nnsim.session import Level
from nnsim.ui.canvas.look import typeset
from nnsim.ui.canvas.strokes import STEPS, buckets, heat_pixels, pen, strongest


def labels(person) -> list[str]:
    return [label.text for label in person.canvas.diagram.labels.shown]


def tones(person) -> dict[str, str]:
    return {label.text: label.tone for label in person.canvas.diagram.labels.shown}


def test_at_the_start_only_the_sample_is_there(hand):
    person = hand(gate_neuron("or"))
    assert person.item("x1").reading.activations.at(0) == 0
    reading = person.item("N1").reading
    assert reading.sums.at(0) is None
    assert reading.activations.at(0) is None
    assert reading.output.targets.tolist() == [0]
    assert reading.output.right == (None,)
    assert labels(person) == ["0.5", "0.5"]


def test_products_come_about_on_their_lines(hand):
    person = hand(gate_neuron("or"))
    person.workspace.go_to(3, 0)
    person.workspace.step(Level.PRODUCT)
    assert set(labels(person)) == {"0 · 0.5 = 0", "0.5"}
    assert person.link("x1", "N1").reading.lit[0, 0]
    assert person.link("x2", "N1").reading.lit is None
    person.workspace.step(Level.PRODUCT)
    assert set(labels(person)) == {"0 · 0.5 = 0", "1 · 0.5 = 0.5"}


def test_the_sum_lights_the_neuron_and_its_lines(hand):
    person = hand(gate_neuron("or"))
    for _ in range(3):
        person.workspace.step(Level.PRODUCT)
    reading = person.item("N1").reading
    assert reading.sums.at(0) == 1
    assert reading.activations.at(0) is None
    assert reading.is_lit(0, "z")
    assert person.link("x1", "N1").reading.flowing.all()


def test_a_step_of_a_layer_lights_the_whole_layer(hand):
    person = hand(perceptron((2, 3, 1)))
    person.workspace.step(Level.LAYER)
    reading = person.item("C1").reading
    assert reading.lit["a"].tolist() == [True, True, True]
    assert not person.item("N1").reading.lit
    person.workspace.step_back(Level.NEURON)
    # A step back lights what is now the last number.
    assert person.item("C1").reading.lit["a"].tolist() == [False, True, False]


def test_right_and_wrong_are_told_once_there_is_a_prediction(hand):
    person = hand(gate_neuron("or"))
    person.workspace.step(Level.NEURON)
    assert person.item("N1").reading.output.right == (False,)
    person.workspace.go_to(2)
    assert person.item("N1").reading.output.right == (True,)


def marks(person, name: str) -> tuple[int, int]:
    """Pixels in the colours of right and wrong beside an output, as they are on screen."""
    item, theme = person.item(name), person.canvas.preferences.theme
    beside = item.extent()
    beside.setLeft(item.body_rect().right() + 4)
    image = person.viewport.grab(person.canvas.mapFromScene(beside).boundingRect()).toImage()
    colors = [
        image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())
    ]
    return colors.count(theme.color("right").name()), colors.count(theme.color("wrong").name())


@pytest.mark.parametrize(
    ("output", "targets", "is_judged"),
    [
        ("sigmoid", (0, 1, 1, 0), True),
        ("sigmoid", (0.01, 0.99, 0.99, 0.01), False),
        ("identity", (0, 1, 1, 0), False),
        ("step", (0.2, 0.9, 0.9, 0.2), True),
    ],
)
def test_only_an_output_that_says_yes_or_no_is_right_or_wrong(hand, output, targets, is_judged):
    # With numbers to come near to, half a unit from the target says nothing.
    data = gate_table(targets)
    rule = "perceptron" if output == "step" else "sgd"
    sizes = (2, 1) if output == "step" else (2, 2, 1)
    document = dataclasses.replace(
        perceptron(sizes, output=output, data=data), training=Training(rule, loss="mse")
    )
    person = hand(document)
    person.key(Qt.Key.Key_Escape)
    person.workspace.step(Level.PHASE)
    name = document.nodes[-1].name
    assert person.item(name).reading.activations.at(0) is not None
    assert (person.item(name).reading.output.right != (None,)) is is_judged
    assert any(marks(person, name)) is is_judged


def test_of_several_classes_only_the_chosen_and_the_wanted_are_judged(hand):
    document = dataclasses.replace(
        perceptron((3, 3), output="softmax"), training=Training("sgd", loss="cross_entropy")
    )
    person = hand(document)
    person.workspace.step(Level.PHASE)
    output = person.item("C1").reading.output
    wanted = output.targets.argmax()
    chosen = person.item("C1").reading.activations.values.argmax()
    for unit, right in enumerate(output.right):
        if unit == chosen:
            assert right is bool(chosen == wanted)
        elif unit != wanted:
            assert right is None


def test_new_weights_are_marked_and_told_with_the_old_ones(hand):
    person = hand(gate_neuron("or"))
    person.workspace.go_to(3)
    assert tones(person)["1"] == "fresh"
    assert tones(person)["0.5"] == "plain"
    person.hover(person.link("x2", "N1").spot((0, 0), 0.8))
    assert "w: 0.5 → 1" in labels(person)
    person.workspace.go_to(4, 0)
    assert not person.link("x2", "N1").reading.fresh.any()


def test_gradients_stand_on_the_lines_as_they_come_about(hand):
    person = hand(perceptron((2, 2, 1)))
    while person.workspace.frame.last is None or person.workspace.frame.last.quantity.kind != "gw":
        person.workspace.step(Level.PRODUCT)
    (text,) = [text for text in labels(person) if text.startswith("∂L/∂w")]
    assert tones(person)[text] in ("lit", "marked")
    assert person.item("N1").reading.deltas.at(0) is not None


def test_delta_lights_the_lines_it_came_back_along(hand):
    person = hand(perceptron((2, 2, 1)))
    while person.workspace.frame.last is None or person.workspace.frame.last.quantity != Quantity(
        "dz", person.node("C1").id, 1
    ):
        person.workspace.step(Level.PRODUCT)
    flowing = person.link("C1", "N1").reading.flowing
    assert flowing.tolist() == [[False, True]]


def test_every_number_on_the_canvas_is_that_of_the_record(hand):
    person = hand(perceptron((2, 3, 1)))
    for _ in range(60):
        person.workspace.step(Level.PRODUCT)
        frame = person.workspace.frame
        for item in person.canvas.diagram.nodes.values():
            for kind, numbers in (("a", item.reading.activations), ("z", item.reading.sums)):
                for row in range(len(numbers.values)):
                    quantity = Quantity(kind, item.node.id, row, sample=frame.sample)
                    assert numbers.at(row) == frame.value(quantity)
        for link in person.canvas.diagram.connections.values():
            name = f"w:{link.connection.id}"
            assert np.array_equal(link.reading.weights, frame.parameter(name))


def test_forward_and_back_show_the_same(hand):
    person = hand(perceptron((2, 2, 1)))
    for _ in range(6):
        person.workspace.step(Level.PRODUCT)
    person.workspace.step_back(Level.PRODUCT)
    before = person.canvas.grab().toImage()
    person.workspace.step(Level.PRODUCT)
    assert person.canvas.grab().toImage() != before
    person.workspace.step_back(Level.PRODUCT)
    assert person.canvas.grab().toImage() == before


def test_numbers_do_not_move_while_stepping(hand):
    person = hand(perceptron((2, 4, 3, 1)))
    places = {
        (label.connection, label.place): label.rect.center()
        for label in person.canvas.diagram.labels.shown
    }
    for _ in range(25):
        person.workspace.step(Level.NEURON)
        now = {
            (label.connection, label.place): label.rect.center()
            for label in person.canvas.diagram.labels.shown
        }
        assert all(now[key] == spot for key, spot in places.items() if key in now)


def test_numbers_stand_clear_of_each_other_and_of_nodes(hand):
    for sizes in ((2, 1), (2, 2, 1), (3, 4, 2), (2, 4, 3, 1)):
        person = hand(perceptron(sizes), show=False)
        rects = [label.rect for label in person.canvas.diagram.labels.shown]
        assert rects
        assert not any(a.intersects(b) for a in rects for b in rects if a is not b)
        bodies = [item.body_rect() for item in person.canvas.diagram.nodes.values()]
        assert not any(rect.intersects(body) for rect in rects for body in bodies)


def test_many_lines_have_no_numbers_until_pointed_at(hand):
    person = hand(perceptron((8, 8, 1)))
    link = person.link("E1", "C1")
    key = link.connection.id
    assert not any(label.connection == key for label in person.canvas.diagram.labels.shown)
    person.hover(link.spot((0, 0), 0.5))
    shown = [x for x in person.canvas.diagram.labels.shown if x.connection == key]
    assert len(shown) == 1
    assert shown[0].text.startswith("w = ")


def test_a_hidden_canvas_rests_and_catches_up(hand):
    person = hand(gate_neuron("or"))
    person.canvas.hide()
    person.workspace.go_to(3)
    assert person.item("N1").reading.sums.at(0) is None
    person.canvas.show()
    assert person.item("N1").reading.sums.at(0) == -0.5


@pytest.mark.parametrize(
    ("name", "shown"), [("x1", "x₁"), ("N12", "N₁₂"), ("OR gate", "OR gate"), ("capa3", "capa3")]
)
def test_numbers_in_names_are_subscripts(name, shown):
    assert typeset(name) == shown


# -- pens ----------------------------------------------------------------------------------------


def test_sign_and_size_of_a_weight_choose_the_pen():
    weights = np.array([0.0, 1e-9, 0.5, 2.0, 50.0, -0.5, -50.0])
    assert buckets(weights, 2).tolist() == [0, 1, 3, 6, STEPS, -3, -STEPS]
    widths = [pen(bucket, False, "light").widthF() for bucket in range(1, STEPS + 1)]
    assert widths == sorted(widths)


def test_a_negative_weight_is_readable_without_colour():
    assert pen(-3, False, "light").style() == Qt.PenStyle.CustomDashLine
    assert pen(3, False, "light").style() == Qt.PenStyle.SolidLine


def test_what_is_no_number_has_the_pen_of_nothing():
    assert buckets(np.array([np.nan, np.inf, -np.inf]), 2).tolist() == [0, STEPS, -STEPS]


def test_a_heat_map_is_blue_above_and_orange_below_zero(preferences):
    theme = preferences.theme
    low, zero, high = heat_pixels(np.array([-1.0, 0.0, 1.0]), 1.0, theme).tolist()
    assert high == theme.color("positive").rgb()
    assert low == theme.color("negative").rgb()
    assert zero == theme.color("raised").rgb()


@pytest.mark.parametrize("size", [(2, 1), (64, 32, 10)])
def test_both_themes_are_painted(hand, preferences, size):
    person = hand(perceptron(size))
    light = person.canvas.grab().toImage()
    preferences.set_theme("dark")
    dark = person.canvas.grab().toImage()
    assert light.pixelColor(2, 2).lightness() > 200
    assert dark.pixelColor(2, 2).lightness() < 60
    preferences.set_theme("light")
    assert person.canvas.grab().toImage() == light


def test_a_huge_heat_map_keeps_the_strongest_of_each_block():
    values = np.zeros((1000, 3))
    values[7, 1] = -5.0
    values[8, 1] = 4.0
    small = strongest(values, 10)
    assert small.shape == (10, 3)
    assert small[0].tolist() == [0, -5, 0]
    assert not small[1:].any()


def test_problems_that_came_while_hidden_are_told_when_seen(hand):
    person = hand(gate_neuron("or"))
    person.canvas.hide()
    person.workspace.edit(lambda document: remove(document, ["n1", "n2"]), "")
    person.canvas.show()
    assert "no input" in person.canvas.overlays.banner.text


@pytest.mark.parametrize("pieces", [2, 3, 7, 16])
def test_the_biases_of_a_maxout_neuron_stand_side_by_side(hand, pieces):
    document = set_activation(gate_neuron("or"), "n3", ActivationSpec("maxout", pieces=pieces))
    person = hand(document)
    item = person.item("N1")
    rects = [item.layout.bias(row) for row in range(pieces)]
    assert not any(a.intersects(b) for a in rects for b in rects if a is not b)
    bounds = item.boundingRect()
    assert all(bounds.contains(rect) for rect in rects)
    person.workspace.go_to(1)
    person.canvas.grab()
