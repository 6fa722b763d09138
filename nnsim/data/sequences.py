"""Tasks for recurrent networks: inputs are (samples, steps, features)."""

from __future__ import annotations

import numpy as np

from nnsim.core.messages import NnsimError
from nnsim.data.dataset import Dataset
from nnsim.data.options import Option, SetSpec, Task, count_option

_MAX_STEPS = 1000


def running_parity(random: np.random.Generator, count: int, steps: int) -> Dataset:
    """Bits; the target of each step is 1 where the number of ones so far is odd.

    Inputs and targets have shape (samples, steps, 1).
    """
    bits = random.integers(2, size=(count, steps))
    parity = np.cumsum(bits, axis=1) % 2
    return Dataset("running-parity", bits[:, :, np.newaxis], parity[:, :, np.newaxis])


def adding_problem(random: np.random.Generator, count: int, steps: int) -> Dataset:
    """Numbers from 0 to 1, two of them marked; the target, (samples, 1), is the sum of these two.

    Inputs are (samples, steps, 2): the number and the mark, 1 or 0.  One mark is in the first half
    of the steps and one in the second.  Always answering 1 has a mean squared error of 1/6 = 0.167.
    Source: Hochreiter & Schmidhuber 1997, in the form of Le, Jaitly & Hinton 2015.
    """
    numbers = random.uniform(0, 1, (count, steps))
    half = steps // 2
    first = random.integers(half, size=count)
    second = random.integers(half, steps, size=count)
    samples = np.arange(count)
    marks = np.zeros((count, steps))
    marks[samples, first] = 1
    marks[samples, second] = 1
    sums = numbers[samples, first] + numbers[samples, second]
    return Dataset(
        "adding-problem",
        np.stack([numbers, marks], axis=2),
        sums[:, np.newaxis],
        target_names=("y",),
        source="Hochreiter & Schmidhuber 1997, Neural Computation 9",
    )


def sines(
    random: np.random.Generator,
    count: int,
    steps: int,
    shortest_period: float,
    longest_period: float,
    noise: float,
) -> Dataset:
    """Sine waves; the target of each step is the value of the next.

    Inputs and targets have shape (samples, steps, 1).  Each wave has a period drawn from
    ``shortest_period`` to ``longest_period`` steps and any phase; noise is the σ added to what is
    seen, not to the targets.  Raises NnsimError ``data_set.periods``.
    """
    if shortest_period > longest_period:
        raise NnsimError.of("data_set.periods", shortest=shortest_period, longest=longest_period)
    period = random.uniform(shortest_period, longest_period, (count, 1))
    phase = random.uniform(0, 2 * np.pi, (count, 1))
    wave = np.sin(2 * np.pi * np.arange(steps + 1) / period + phase)
    seen = wave[:, :-1] + noise * random.standard_normal((count, steps))
    return Dataset("sines", seen[:, :, np.newaxis], wave[:, 1:, np.newaxis])


SETS = (
    SetSpec(
        "running-parity",
        Task.SEQUENCES,
        running_parity,
        (count_option(1000), Option("steps", 12, 1, _MAX_STEPS)),
    ),
    SetSpec(
        "adding-problem",
        Task.SEQUENCES,
        adding_problem,
        (count_option(1000), Option("steps", 50, 2, _MAX_STEPS)),
    ),
    SetSpec(
        "sines",
        Task.SEQUENCES,
        sines,
        (
            count_option(200),
            Option("steps", 40, 1, _MAX_STEPS),
            Option("shortest_period", 10.0, 2, 1000),
            Option("longest_period", 40.0, 2, 1000),
            Option("noise", 0.0, 0, 10, usual=1),
        ),
    ),
)
