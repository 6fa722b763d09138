"""Outlines, lines, and what is under a point."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from nnsim.document.edits import set_activation
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.record import Quantity
from nnsim.session import Level
from nnsim.ui.canvas.geometry import (
    Form,
    geometry_of,
    line_points,
    nearest_line,
    point_along,
    snapped,
)
from nnsim.ui.canvas.hits import hit_at, quantity_at
from nnsim.ui.canvas.parts import Part


@pytest.mark.parametrize(
    ("sizes", "forms"),
    [
        ((1, 1), [Form.INPUT, Form.NEURON]),
        ((2, 8, 9), [Form.INPUTS, Form.UNITS, Form.BLOCK]),
        ((784, 64), [Form.BLOCK, Form.BLOCK]),
    ],
)
def test_large_layers_collapse_into_blocks(sizes, forms):
    nodes = perceptron(sizes).nodes
    assert [geometry_of(node).form for node in nodes] == forms


def test_as_many_inputs_as_a_square_image_has_pixels_are_shown_as_one():
    nodes = perceptron((64, 50)).nodes
    assert geometry_of(nodes[0]).grid == (8, 8)
    rows, columns = geometry_of(nodes[1]).grid
    assert rows * columns >= 50


@pytest.mark.parametrize("units", [1, 2, 5, 8, 9, 10, 64, 784, 4096])
def test_every_unit_stands_inside_its_node(units):
    for node in perceptron((units, units)).nodes:
        geometry = geometry_of(node)
        for x, y in geometry.units:
            assert geometry.body.contains(QPointF(x, y))
        assert (geometry.outs[:, 0] == geometry.body.right()).all()
        assert geometry.nearest_unit(*geometry.units[-1]) == units - 1


def test_the_pieces_of_a_maxout_neuron_arrive_apart_on_its_circle():
    document = set_activation(gate_neuron("or"), "n3", ActivationSpec("maxout", pieces=3))
    geometry = geometry_of(document.node("n3"))
    assert geometry.ins.shape == (3, 2)
    assert np.hypot(*geometry.ins.T) == pytest.approx(42)
    assert len(set(geometry.ins[:, 1])) == 3


def test_lines_lead_from_unit_to_unit():
    source, target = (geometry_of(node) for node in perceptron((2, 3)).nodes)
    points = line_points(source, (0, 0), target, (240, 10))
    assert points.shape == (3, 2, 2, 2)
    assert points[2, 1, 0].tolist() == source.outs[1].tolist()
    assert points[2, 1, 1].tolist() == (target.ins[2] + (240, 10)).tolist()


def test_a_line_that_leads_back_goes_around():
    nodes = gate_neuron("or").nodes
    neuron = geometry_of(nodes[2])
    points = line_points(neuron, (300, 0), neuron, (0, 0))[0, 0]
    assert len(points) > 10
    assert points[0].tolist() == [342, 0]
    assert points[-1].tolist() == [-42, 0]
    # Above both neurons, not through them.
    assert points[:, 1].min() < -42


def test_the_nearest_line_is_that_of_plain_arithmetic():
    random = np.random.default_rng(3)
    points = random.uniform(-100, 100, (40, 2, 2))
    for x, y in random.uniform(-100, 100, (25, 2)):
        expected = []
        for (ax, ay), (bx, by) in points.tolist():
            length = (bx - ax) ** 2 + (by - ay) ** 2
            share = min(max(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0), 1)
            expected.append(
                ((ax + share * (bx - ax) - x) ** 2 + (ay + share * (by - ay) - y) ** 2) ** 0.5
            )
        index, away = nearest_line(points, x, y)
        assert away == pytest.approx(min(expected))
        assert index == expected.index(min(expected))


def test_a_share_of_the_way_along_a_line():
    points = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]])
    assert point_along(points, 0.25) == QPointF(5, 0)
    assert point_along(points, 1.0) == QPointF(10, 10)


@pytest.mark.parametrize(("value", "place"), [(9.9, 0), (10, 20), (-10, 0), (-10.1, -20), (31, 40)])
def test_snapping(value, place):
    assert snapped(value) == place


# -- hits ----------------------------------------------------------------------------------------


def test_each_part_of_a_neuron_is_hit(hand):
    person = hand(gate_neuron("or"))
    person.workspace.step(Level.NEURON)
    x, y = person.middle("N1")

    def part(dx, dy):
        return hit_at(person.canvas.diagram, QPointF(x + dx, y + dy), 1.0).part

    assert part(-20, 0) == Part("sum", 0)
    assert part(20, 0) == Part("value", 0)
    assert part(0, -52) == Part("name", 0)
    assert part(0, 52) == Part("bias", 0)
    assert part(70, -18) == Part("predicted", 0)
    assert part(70, 0) == Part("target", 0)
    assert hit_at(person.canvas.diagram, QPointF(x, y + 200), 1.0).is_empty


def test_a_line_is_hit_within_reach_and_not_beyond(hand):
    person = hand(gate_neuron("or"))
    spot = person.link("x1", "N1").spot((0, 0), 0.85)
    diagram = person.canvas.diagram
    assert hit_at(diagram, spot + QPointF(0, 5), 1.0).connection == "c4"
    assert hit_at(diagram, spot + QPointF(0, 9), 1.0).is_empty
    # Zoomed out, a pixel is more of the scene.
    assert hit_at(diagram, spot + QPointF(0, 9), 1.9).connection == "c4"


def test_every_line_of_a_layer_pair_is_hit_where_it_is(hand):
    person = hand(perceptron((3, 4, 2)))
    link = person.link("E1", "C1")
    for row in range(4):
        for column in range(3):
            # Near its end the lines into one unit are close together: ask a little further back.
            found, away = link.line_at(link.spot((row, column), 0.11))
            assert found == (row, column)
            assert away == pytest.approx(0, abs=1e-6)


def test_cells_of_a_heat_map_are_hit(hand):
    person = hand(perceptron((64, 32, 10)))
    link = person.link("E1", "C1")
    assert link.line_at(link.spot((31, 63)))[0] == (31, 63)
    assert link.line_at(link.spot((0, 0)))[0] == (0, 0)
    hit = hit_at(person.canvas.diagram, link.spot((5, 9)), 1.0)
    assert quantity_at(person.canvas.diagram, hit) == Quantity("w", link.connection.id, 5, 9)


def test_units_of_a_block_are_hit(hand):
    person = hand(perceptron((64, 32, 10)))
    item = person.item("E1")
    x, y = item.geometry.units[27]
    hit = hit_at(person.canvas.diagram, item.pos() + QPointF(x, y), 1.0)
    assert hit.part == Part("value", 27)


def test_the_upper_node_is_hit_where_two_lie_on_each_other(hand):
    document = gate_neuron("or")
    nodes = tuple(dataclasses.replace(node, x=0, y=0) for node in document.nodes)
    person = hand(dataclasses.replace(document, nodes=nodes))
    assert hit_at(person.canvas.diagram, QPointF(10, 0), 1.0).node == "n3"
