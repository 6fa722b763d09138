"""The record of an iteration: addresses of single numbers, products made when asked for."""

from fractions import Fraction

import numpy as np
import pytest

from nnsim.engine.record import Quantity, Record


def record():
    made = Record(sources={"c1": "n1"})
    made.put("a:n1", np.array([[1.0, 2.0], [3.0, 4.0]]))
    made.put("w:c1", np.array([[0.5, -1.0], [2.0, 0.25], [0.0, 1.0]]))
    made.put("b:n2", np.array([7.0, 8.0, 9.0]))
    made.put("y", np.array([[0.1], [0.2]]))
    made.put("L", np.array(0.75))
    return made


@pytest.mark.parametrize(
    ("quantity", "value"),
    [
        (Quantity("a", "n1", 1, sample=1), 4.0),
        (Quantity("w", "c1", 1, 0), 2.0),
        (Quantity("b", "n2", 2), 9.0),
        (Quantity("y", row=0, sample=1), 0.2),
        (Quantity("L"), 0.75),
        (Quantity("p", "c1", 0, 1, sample=1), -4.0),
    ],
)
def test_one_number_by_its_address(quantity, value):
    assert record().value(quantity) == value


def test_a_kernel_has_no_products():
    made = record()
    made.put("w:c2", np.zeros((4, 3, 5, 5)))
    assert "p:c2" not in made


def test_products_are_made_from_inputs_and_weights():
    made = record()
    assert "p:c1" in made
    assert made.array("p:c1").shape == (2, 3, 2)
    for sample, row, column in np.ndindex(2, 3, 2):
        one = made.value(Quantity("p", "c1", row, column, sample))
        assert one == made.array("p:c1")[sample, row, column]
        assert one == made.arrays["a:n1"][sample, column] * made.arrays["w:c1"][row, column]


def test_the_name_of_a_quantity_is_the_key_of_its_array():
    assert Quantity("w+", "c1").name == "w+:c1"
    assert Quantity("L").name == "L"


def test_what_is_not_there_is_said_to_be_missing():
    made = record()
    assert "z:n2" not in made
    assert "p:c9" not in made
    with pytest.raises(KeyError):
        made.value(Quantity("z", "n2"))
    with pytest.raises(IndexError):
        made.value(Quantity("b", "n2", 3))


def test_infinite_products_are_results_and_no_warnings():
    made = Record(sources={"c": "x"})
    made.put("a:x", np.array([[0.0, 1e200]]))
    made.put("w:c", np.array([[np.inf, 1e200]]))
    assert np.isnan(made.value(Quantity("p", "c", 0, 0)))
    assert made.value(Quantity("p", "c", 0, 1)) == np.inf
    assert np.isinf(made.array("p:c")[0, 0, 1])


def test_fractions_are_kept():
    made = Record()
    made.put("z:n", np.array([[Fraction(1, 3)]], dtype=object))
    assert made.value(Quantity("z", "n")) == Fraction(1, 3)


def test_what_others_decide_is_made_when_it_is_asked_for():
    made = record()
    made.put("t", np.array([[1e308], [0.2]]))
    made.put_made("e", lambda t, y: (t - y) * 10, ("t", "y"))
    assert "e" in made
    assert "e" in list(made.arrays)
    assert made.array("e").tolist() == [[np.inf], [0.0]]
    assert not made.array("e").flags.writeable
