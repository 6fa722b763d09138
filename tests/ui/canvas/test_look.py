"""Numbers on the canvas stay in their places."""

from __future__ import annotations

import pytest

from nnsim.document.templates import gate_neuron
from nnsim.ui.canvas.geometry import NEURON_RADIUS
from nnsim.ui.canvas.look import Ink


@pytest.mark.parametrize("value", [3.2471e127, -3.2471e27, -123456.0, 0.1234, -0.001234])
@pytest.mark.parametrize("inks", [(Ink.VALUE, Ink.SMALL_VALUE), (Ink.LABEL, Ink.TINY)])
def test_a_number_of_any_size_stays_in_its_half_of_a_neuron(hand, value, inks):
    person = hand(gate_neuron())
    diagram = person.canvas.diagram
    place = person.item("N1").layout.value(0)
    text, _, width = diagram.look.sized(value, place.width(), *inks)
    assert width <= NEURON_RADIUS, text
