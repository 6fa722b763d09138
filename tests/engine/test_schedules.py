"""Learning rates over time, against PyTorch, and what counts as time."""

import json
from pathlib import Path

import numpy as np
import pytest

from nnsim.engine.schedules import ScheduleSpec

TORCH = json.loads((Path(__file__).parent / "torch_optimisers.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", TORCH["schedules"], ids=lambda case: case["expression"])
def test_every_rate_is_pytorchs(case):
    spec = ScheduleSpec(unit="iteration", **case["settings"])
    rates = [0.2 * spec.share(k, 1) for k in range(1, len(case["rates"]) + 1)]
    np.testing.assert_allclose(rates, case["rates"], rtol=1e-12)


def test_epochs_or_iterations_are_counted():
    by_epoch = ScheduleSpec("step", "epoch", every=2, factor=0.5)
    by_iteration = ScheduleSpec("step", "iteration", every=2, factor=0.5)
    # Three iterations an epoch.
    places = [(k + 1, k // 3 + 1) for k in range(9)]
    assert [by_epoch.share(*place) for place in places] == [1] * 6 + [0.5] * 3
    assert [by_iteration.share(*place) for place in places] == [0.5 ** (k // 2) for k in range(9)]


def test_a_cosine_stays_at_its_lowest():
    spec = ScheduleSpec("cosine", "epoch", every=4, lowest=0.125)
    shares = [spec.share(1, epoch) for epoch in range(1, 8)]
    assert shares[0] == 1
    assert shares[2] == pytest.approx(0.5625, rel=1e-15)
    assert shares[4:] == [0.125] * 3


def test_a_warm_up_may_count_something_else_than_what_follows():
    spec = ScheduleSpec("step", "epoch", every=1, factor=0.5, warm_up=4)
    places = [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)]
    assert [spec.share(*place) for place in places] == [0, 0.25, 0.25, 0.375, 0.25]
    by_epoch = ScheduleSpec(warm_up=2, warm_up_unit="epoch", warm_up_from=0.5)
    assert [by_epoch.share(9, epoch) for epoch in (1, 2, 3)] == [0.5, 0.75, 1]


@pytest.mark.parametrize(
    "settings", [{"name": "linear"}, {"unit": "day"}, {"every": 0}, {"warm_up": -1}]
)
def test_what_is_no_schedule_is_refused(settings):
    with pytest.raises(ValueError):
        ScheduleSpec(**settings)
