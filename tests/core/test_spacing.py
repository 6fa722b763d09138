"""Some of many: evenly, and the ends among them."""

from hypothesis import given
from hypothesis import strategies as st

from nnsim.core.spacing import evenly_spaced


def test_few_are_all_there():
    assert evenly_spaced(4, 10).tolist() == [0, 1, 2, 3]
    assert evenly_spaced(0, 10).tolist() == []


def test_of_many_some_with_both_ends():
    assert evenly_spaced(9, 3).tolist() == [0, 4, 8]


@given(count=st.integers(1, 5000), most=st.integers(2, 400))
def test_none_comes_twice_and_steps_differ_by_one_at_most(count, most):
    found = evenly_spaced(count, most)
    steps = set((found[1:] - found[:-1]).tolist())
    assert len(found) == min(count, most)
    assert not steps or (min(steps) >= 1 and max(steps) - min(steps) <= 1)
