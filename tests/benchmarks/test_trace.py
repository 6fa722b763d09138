"""A long trace: 100,000 iterations of the OR neuron, walked to any place while nothing waits.

The limit is a frame of the screen, 16 ms; each figure is printed as a share of it.
"""

from __future__ import annotations

import random
import statistics
import time
import tracemalloc

import pytest

from nnsim.document.templates import gate_neuron
from nnsim.session import Level, Session

ITERATIONS = 100_000
FRAME = 0.016


@pytest.fixture(scope="module")
def session():
    session = Session(gate_neuron("or"))
    while session.computed < ITERATIONS:
        session.compute()
    return session


def timed(action) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def report(what: str, seconds: list[float]) -> float:
    median = statistics.median(seconds)
    print(f"\n{what}: median {median / FRAME:.2f}, worst {max(seconds) / FRAME:.2f} frames")
    return median


def test_going_to_any_place_takes_at_most_a_frame(session):
    places = random.Random(1).sample(range(1, ITERATIONS), 200)

    def stand(place: int):
        session.go_to(place)
        return session.frame

    seconds = [timed(lambda place=place: stand(place)) for place in places]
    assert report("go to any of 100,000 iterations", seconds) <= FRAME


def test_a_step_either_way_takes_at_most_a_frame(session):
    session.go_to(ITERATIONS // 2)
    back = [timed(lambda: session.back(Level.ITERATION)) for _ in range(100)]
    forward = [timed(lambda: session.forward(Level.ITERATION)) for _ in range(100)]
    assert report("a step back", back) <= FRAME
    assert report("a step on", forward) <= FRAME


def test_a_screenful_of_rows_anywhere_takes_at_most_two_frames(session):
    starts = random.Random(2).sample(range(1, ITERATIONS - 40), 50)
    seconds = [timed(lambda s=s: list(session.records(s, s + 39))) for s in starts]
    assert report("the records of 40 rows", seconds) <= 2 * FRAME


def test_memory_of_a_trace_is_bounded_by_what_is_kept():
    # Kept are the columns (50 bytes a row, doubled as they grow) and at most 8,192 snapshots.
    session = Session(gate_neuron("or"))
    tracemalloc.start()
    try:
        for _ in range(20_000):
            session.compute()
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    print(f"\nmemory of 20,000 iterations: {used / 2**20:.1f} MiB")
    assert used <= 8 * 2**20
