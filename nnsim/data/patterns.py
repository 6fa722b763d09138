"""Samples without targets: a ring of gaussians, bars and stripes."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np

from nnsim.data.dataset import Dataset
from nnsim.data.options import Option, OptionValue, SetSpec, Task, count_option
from nnsim.data.table import Floats

_LARGEST_SIDE = 8


def ring_of_gaussians(
    random: np.random.Generator, count: int, modes: int, radius: float, deviation: float
) -> Dataset:
    """Points of ``modes`` normal clouds on a circle, what a GAN that collapses does not cover.

    Mode k is around angle 2πk/``modes``; each sample's mode is drawn evenly and is its label.
    """
    labels = random.integers(modes, size=count)
    points = ring_centres(modes, radius)[labels]
    points = points + deviation * random.standard_normal((count, 2))
    return Dataset(
        "ring-of-gaussians",
        points,
        np.zeros((count, 0)),
        ("x1", "x2"),
        classes=tuple(str(number) for number in range(1, modes + 1)),
        labels=labels,
        source="Metz et al. 2017, Unrolled Generative Adversarial Networks",
    )


def centres_of(name: str, options: Mapping[str, OptionValue]) -> tuple[Floats, float] | None:
    """Centres of the clouds of a set made by its name and their standard deviation.

    None for sets that do not say where they have any.
    """
    if name != "ring-of-gaussians":
        return None
    chosen = _RING.chosen(options)
    centres = ring_centres(int(chosen["modes"]), float(chosen["radius"]))
    return centres, float(chosen["deviation"])


def ring_centres(modes: int, radius: float) -> Floats:
    """Centres of the clouds, (modes, 2), counter-clockwise from (radius, 0)."""
    angle = 2 * np.pi * np.arange(modes) / modes
    return radius * np.column_stack([np.cos(angle), np.sin(angle)])


def bars_and_stripes_patterns(side: int) -> Floats:
    """All patterns of whole rows or whole columns, (2^(side + 1) - 2, side, side), zeros and ones.

    The empty and the full one are both rows and columns and stand there once.
    """
    choices = np.array(list(itertools.product((0.0, 1.0), repeat=side)))
    rows = np.repeat(choices[:, :, np.newaxis], side, axis=2)
    # Those in between: the first and the last choice are the empty and the full pattern.
    columns = rows[1:-1].transpose(0, 2, 1)
    return np.concatenate([rows, columns])


def bars_and_stripes(random: np.random.Generator, side: int, count: int) -> Dataset:
    """Bars and stripes as images, (samples, 1, side, side): each pattern once, or ``count`` drawn.

    Drawn evenly, so that the best log-likelihood is -ln of the number of patterns: -2.639 for
    the 14 of side 3.  Source: MacKay 2003, Information Theory, Inference, and Learning Algorithms,
    section 43.3 (there the empty and the full pattern are drawn twice as often).
    """
    patterns = bars_and_stripes_patterns(side)
    if count:
        patterns = patterns[random.integers(len(patterns), size=count)]
    return Dataset(
        "bars-and-stripes",
        patterns[:, np.newaxis],
        np.zeros((len(patterns), 0)),
        source="MacKay 2003, section 43.3",
    )


_RING = SetSpec(
    "ring-of-gaussians",
    Task.SAMPLES,
    ring_of_gaussians,
    (
        count_option(2000),
        Option("modes", 8, 1, 100),
        Option("radius", 2.0, 0, 1000),
        Option("deviation", 0.1, 0, 100),
    ),
)
SETS = (
    _RING,
    SetSpec(
        "bars-and-stripes",
        Task.SAMPLES,
        bars_and_stripes,
        (Option("side", 3, 2, _LARGEST_SIDE), Option("count", 0, 0, 100_000)),
    ),
)
