"""A generative adversarial network drawn by hand."""

from dataclasses import replace

from nnsim.document.adversarial import adversaries_of
from nnsim.document.checks import check
from nnsim.document.edits import set_training
from nnsim.document.model import Training
from tests.support.adversarial import small_gan

HARMLESS = Training(rule="sgd", loss="binary_cross_entropy", learning_rate=0.01)


def test_noise_is_typed_and_the_samples_are_led_into_the_input_of_the_data(hand):
    person = hand(replace(small_gan(), nodes=(), connections=()))
    for place, words in (
        ((-600, 0), "z: ruido 2"),
        ((-300, 0), "G: 2 linear"),
        ((0, 0), "x: 2 inputs"),
        ((300, 0), "D: sigmoid neuron"),
    ):
        person.double_click(place)
        person.type(words)
    for source, target in (("z", "G"), ("G", "x"), ("x", "D")):
        person.drag(person.output_port(source), person.middle(target))
    assert not person.refused
    document = set_training(person.document, HARMLESS)
    sides = adversaries_of(document)
    names = [document.node(node).name for node in (sides.meeting, sides.sample, *sides.noise)]
    assert names == ["x", "G", "z"]
    assert check(document) == ()


def test_the_way_of_the_samples_has_no_weight_to_point_at(hand):
    person = hand(small_gan())
    way = person.link("G(z)", "x")
    assert way.is_way
    middle = way.spot((0, 0))
    place, away = way.line_at(middle)
    assert place is None
    assert away < 1
    person.click(middle)
    assert way.selected
