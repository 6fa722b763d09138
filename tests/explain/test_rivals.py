"""Every number that two networks leave is explained, and its formula gives the recorded number."""

import numpy as np
import pytest

from nnsim.engine.record import Quantity
from nnsim.explain import NumberStyle, explain
from nnsim.session import Session
from tests.support.adversarial import small_gan


@pytest.mark.parametrize("forward", ["new", "same", "shared"])
def test_every_formula_gives_the_recorded_number(forward):
    session = Session(small_gan(forward))
    document, style = session.document, NumberStyle(".", 6)
    for iteration in (1, 3):
        record, spec = session.record(iteration), session.spec_at(iteration)
        settings = document.settings_at(iteration - 1)
        for name in record.arrays:
            for index in np.ndindex(record.arrays[name].shape):
                quantity = Quantity.at(name, index)
                found = explain(document, spec, record, quantity, style, settings)
                assert found.lines
                assert float(found.expected) == pytest.approx(float(found.value), rel=1e-9), name


def explained(quantity, forward="new"):
    session = Session(small_gan(forward))
    record = session.record(1)
    settings = session.document.settings_at(0)
    style = NumberStyle(".", 6)
    return explain(session.document, session.spec_at(1), record, quantity, style, settings)


def test_the_samples_own_gradient_comes_back_through_the_new_weights_of_the_discriminator():
    terms = explained(Quantity("da@G", "n4", 0)).terms
    assert {t.kind for t in terms} == {"dz@G", "w+"}
    assert {t.owner for t in terms} == {"n8'", "c9"}


def test_the_discriminators_loss_has_two_parts():
    assert explained(Quantity("L")).terms == (Quantity("L", "real"), Quantity("L", "generated"))


def test_noise_was_drawn():
    assert explained(Quantity("a", "n1", 0)).note.code == "explain.note.drawn"


def test_the_generator_goes_by_its_own_rate():
    assert "0.02" in "".join(explained(Quantity("dw", "c3", 0, 0)).with_role("numbers"))
    assert "0.01" in "".join(explained(Quantity("dw", "c9", 0, 0)).with_role("numbers"))


def test_what_is_no_gradient_of_a_loss_is_said_to_be_none():
    assert explained(Quantity("dz@D", "n4", 0)).note.code == "explain.note.no_part"
