"""How fast the engine computes: each figure a ratio of two things timed in turns in one run.

Goals and sides stand in ``tests.support.speed``; ``packaging/bench`` prints the same figures, those
against PyTorch too.
"""

from __future__ import annotations

import pytest
from threadpoolctl import threadpool_limits

from tests.support.speed.measures import MEASURES


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_the_goal_is_reached(measure):
    if not measure.is_possible:
        pytest.skip(f"{measure.needs} is not installed; packaging/bench measures it")
    with threadpool_limits(1):
        ratio = measure.ratio()
    print(f"\n{measure.name}: {ratio:.2f}, goal {measure.goal:g}")
    assert measure.is_reached(ratio)
