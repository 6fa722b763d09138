"""The six data sets of TensorFlow Playground, in the plane; noise goes from 0 to 0.5 (50 %).

As defined in tensorflow/playground, ``src/dataset.ts`` (D. Smilkov and S. Carter, 2016); the random
numbers are nnsim's.  Targets of classification are -1 and 1, for one tanh output, as there.  Where
noise is not added to a point it is added to the point that decides its label, so labels near a
border are wrong and the points stay where they are.  Samples come in the order they are made in,
class after class: the playground shuffles them, here the split does.
"""

from __future__ import annotations

import numpy as np

from nnsim.data.dataset import Dataset, Labels
from nnsim.data.options import Option, SetSpec, Task, count_option
from nnsim.data.table import Floats

_SOURCE = "TensorFlow Playground, src/dataset.ts (Smilkov & Carter 2016)"
_CLASSES = ("-1", "1")
_CLASSIFY_COUNT, _REGRESS_COUNT = 500, 1200
_NOISE = Option("noise", 0.0, 0, 0.5, usual=0.5)

# The sets with a radius.
_CIRCLE_RADIUS = 5.0
_PLANE_RADIUS = 6.0
# x, y and sign of the bumps of multi-gauss; each reaches 0 at a distance of 2.
_BUMPS = np.array(
    [
        (-4.0, 2.5, 1.0),
        (0.0, 2.5, -1.0),
        (4.0, 2.5, 1.0),
        (-4.0, -2.5, -1.0),
        (0.0, -2.5, 1.0),
        (4.0, -2.5, -1.0),
    ]
)
_BUMP_REACH = 2.0


def circle(random: np.random.Generator, count: int, noise: float) -> Dataset:
    """A disc of radius 2.5 (class 1) in a ring from 3.5 to 5 (class -1)."""
    inner = (count + 1) // 2
    radius = np.concatenate(
        [
            random.uniform(0, 0.5 * _CIRCLE_RADIUS, inner),
            random.uniform(0.7 * _CIRCLE_RADIUS, _CIRCLE_RADIUS, count - inner),
        ]
    )
    angle = random.uniform(0, 2 * np.pi, count)
    points = radius[:, np.newaxis] * np.column_stack([np.sin(angle), np.cos(angle)])
    deciding = points + noise * random.uniform(-_CIRCLE_RADIUS, _CIRCLE_RADIUS, (count, 2))
    return _classified("circle", points, np.hypot(*deciding.T) < 0.5 * _CIRCLE_RADIUS)


def xor(random: np.random.Generator, count: int, noise: float) -> Dataset:
    """Four quadrants, 0.3 away from the axes; class 1 where both coordinates have the same sign."""
    points = random.uniform(-5, 5, (count, 2))
    points += np.where(points > 0, 0.3, -0.3)
    deciding = points + noise * random.uniform(-5, 5, (count, 2))
    return _classified("xor", points, deciding[:, 0] * deciding[:, 1] >= 0)


def gauss(random: np.random.Generator, count: int, noise: float) -> Dataset:
    """Two normal clouds around (2, 2), class 1, and (-2, -2); their variance is 0.5 + 7 noise."""
    first = (count + 1) // 2
    is_first = np.arange(count) < first
    centres = np.where(is_first, 2.0, -2.0)[:, np.newaxis]
    points = centres + np.sqrt(0.5 + 7 * noise) * random.standard_normal((count, 2))
    return _classified("gauss", points, is_first)


def spiral(random: np.random.Generator, count: int, noise: float) -> Dataset:
    """Two arms of 1.75 turns, from the centre to a radius of 5; noise moves the points by ± noise.

    t = 2π · 1.75 · i/n, r = 5 i/n for point i of the n of an arm; the second arm is half a turn on.
    """
    first = (count + 1) // 2
    arms = []
    for members, turn in ((first, 0.0), (count - first, np.pi)):
        way = np.arange(members) / max(members, 1)
        angle = 1.75 * way * 2 * np.pi + turn
        arms.append(5 * way[:, np.newaxis] * np.column_stack([np.sin(angle), np.cos(angle)]))
    points = np.concatenate(arms) + noise * random.uniform(-1, 1, (count, 2))
    return _classified("spiral", points, np.arange(count) < first)


def plane(random: np.random.Generator, count: int, noise: float) -> Dataset:
    """Regression: the target is (x1 + x2) / 10, over the square from -6 to 6."""
    points, deciding = _noisy_square(random, count, noise)
    return _regressed("plane", points, deciding.sum(axis=1) / 10)


def multi_gauss(random: np.random.Generator, count: int, noise: float) -> Dataset:
    """Regression: six bumps, up and down by turns, over the square from -6 to 6.

    A bump is 1 - d/2 at distance d from its centre, 0 from d = 2 on; the largest one counts.
    """
    points, deciding = _noisy_square(random, count, noise)
    apart = np.hypot(*(deciding[:, np.newaxis, :] - _BUMPS[:, :2]).transpose(2, 0, 1))
    heights = _BUMPS[:, 2] * np.clip(1 - apart / _BUMP_REACH, 0, 1)
    largest = np.abs(heights).argmax(axis=1)
    return _regressed("multi-gauss", points, heights[np.arange(count), largest])


def _noisy_square(random: np.random.Generator, count: int, noise: float) -> tuple[Floats, Floats]:
    points = random.uniform(-_PLANE_RADIUS, _PLANE_RADIUS, (count, 2))
    moved = noise * random.uniform(-_PLANE_RADIUS, _PLANE_RADIUS, (count, 2))
    return points, points + moved


def _classified(name: str, points: Floats, is_positive: np.ndarray) -> Dataset:
    labels: Labels = is_positive.astype(np.int64)
    targets = (2.0 * labels - 1)[:, np.newaxis]
    return Dataset(name, points, targets, ("x1", "x2"), ("y",), _CLASSES, labels, source=_SOURCE)


def _regressed(name: str, points: Floats, values: Floats) -> Dataset:
    return Dataset(name, points, values[:, np.newaxis], ("x1", "x2"), ("y",), source=_SOURCE)


SETS = (
    *(
        SetSpec(name, Task.CLASSIFICATION, make, (count_option(_CLASSIFY_COUNT), _NOISE))
        for name, make in (("circle", circle), ("xor", xor), ("gauss", gauss), ("spiral", spiral))
    ),
    *(
        SetSpec(name, Task.REGRESSION, make, (count_option(_REGRESS_COUNT), _NOISE))
        for name, make in (("plane", plane), ("multi-gauss", multi_gauss))
    ),
)
