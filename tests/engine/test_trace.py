"""The trace: columns of figures, and snapshots that never take more than their budget."""

import math

import numpy as np
import pytest

from nnsim.engine.learners import Feed, Snapshot
from nnsim.engine.record import Metrics
from nnsim.engine.trace import Trace


def snapshot(iteration, size=10):
    return Snapshot(iteration, np.full(size, float(iteration)), Feed(1).state())


def metrics(iteration):
    return Metrics(iteration, iteration // 4 + 1, (iteration % 4, 9), 1 / iteration, 1, True, False)


def filled(count, **options):
    trace = Trace(snapshot(0), **options)
    for iteration in range(1, count + 1):
        trace.append(metrics(iteration))
        if trace.wants_snapshot(iteration):
            trace.keep(snapshot(iteration))
    return trace


def test_columns_have_an_entry_an_iteration():
    trace = filled(1000)
    assert len(trace) == 1000
    assert trace.column("loss").tolist() == [1 / n for n in range(1, 1001)]
    assert trace.column("sample")[:5].tolist() == [1, 2, 3, 0, 1]
    assert set(trace.column("batch").tolist()) == {2}


def test_columns_are_for_reading():
    with pytest.raises(ValueError, match="read-only"):
        filled(3).column("loss")[0] = 7


@pytest.mark.parametrize("count", [0, 15, 16, 17, 5000])
def test_the_nearest_snapshot_is_at_or_before(count):
    trace = filled(count)
    for iteration in {0, 1, count // 2, max(count - 1, 0), count}:
        nearest = trace.nearest(iteration)
        assert 0 <= iteration - nearest.iteration < 16
        assert nearest.parameters[0] == nearest.iteration


def test_snapshots_are_thinned_to_their_budget_and_the_gaps_stay_even():
    one = 1_000 + 80
    trace = filled(20_000, snapshot_bytes=64 * one, stride=4)
    kept = sorted({trace.nearest(n).iteration for n in range(20_001)})
    assert len(kept) <= 65
    gaps = set(np.diff(kept).tolist())
    assert len(gaps) == 1
    assert math.log2(gaps.pop() / 4).is_integer()


def test_large_networks_keep_fewer():
    small = filled(4000, snapshot_bytes=2**20)
    trace = Trace(snapshot(0, size=100_000), snapshot_bytes=2**20)
    for iteration in range(1, 4001):
        trace.append(metrics(iteration))
        if trace.wants_snapshot(iteration):
            trace.keep(snapshot(iteration, size=1))
    assert len({trace.nearest(n).iteration for n in range(4001)}) <= 65
    assert len({small.nearest(n).iteration for n in range(4001)}) > 200


def test_truncating_forgets_what_came_after():
    trace = filled(100)
    trace.truncate(40)
    assert len(trace) == 40
    assert trace.nearest(100).iteration == 32
    trace.append(metrics(41))
    assert trace.column("loss")[-1] == 1 / 41
