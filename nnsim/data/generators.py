"""scikit-learn's generators of samples, by name, with the options that matter in a lesson.

The seed that scikit-learn gets is drawn from the generator given.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnsim.core.messages import NnsimError
from nnsim.core.randoms import seed_from
from nnsim.data.dataset import Dataset, Labels, one_hot
from nnsim.data.options import Option, SetSpec, Task, count_option

_NOISE = Option("noise", 0.1, 0, 10, usual=1)


def moons(random: np.random.Generator, count: int, noise: float) -> Dataset:
    """Two half circles that reach into each other; noise is the σ added to the points."""
    from sklearn.datasets import make_moons

    points, labels = make_moons(count, noise=noise, random_state=seed_from(random))
    return _classified("moons", "make_moons", points, labels, 2)


def circles(random: np.random.Generator, count: int, noise: float, factor: float) -> Dataset:
    """A circle in a circle; ``factor`` is the radius of the inner one."""
    from sklearn.datasets import make_circles

    points, labels = make_circles(count, noise=noise, factor=factor, random_state=seed_from(random))
    return _classified("circles", "make_circles", points, labels, 2)


def blobs(
    random: np.random.Generator, count: int, classes: int, features: int, deviation: float
) -> Dataset:
    """Normal clouds, one a class, around centres drawn from -10 to 10."""
    from sklearn.datasets import make_blobs

    points, labels = make_blobs(
        count,
        n_features=features,
        centers=classes,
        cluster_std=deviation,
        random_state=seed_from(random),
    )
    return _classified("blobs", "make_blobs", points, labels, classes)


def classification(
    random: np.random.Generator,
    count: int,
    classes: int,
    features: int,
    informative: int,
    clusters: int,
    separation: float,
    flipped: float,
) -> Dataset:
    """Clouds at the corners of a hypercube, in ``informative`` of the features; the others are
    noise.  ``flipped`` is the share of labels drawn at random.

    Raises NnsimError ``data_set.informative`` or ``data_set.corners``.
    """
    from sklearn.datasets import make_classification

    if informative > features:
        raise NnsimError.of("data_set.informative", n=informative, features=features)
    if classes * clusters > 2**informative:
        raise NnsimError.of("data_set.corners", n=classes * clusters, corners=2**informative)
    points, labels = make_classification(
        count,
        n_features=features,
        n_informative=informative,
        n_redundant=0,
        n_repeated=0,
        n_classes=classes,
        n_clusters_per_class=clusters,
        class_sep=separation,
        flip_y=flipped,
        random_state=seed_from(random),
    )
    return _classified("classification", "make_classification", points, labels, classes)


def gaussian_quantiles(
    random: np.random.Generator, count: int, classes: int, features: int
) -> Dataset:
    """One normal cloud, cut into shells with as many samples each: one shell a class."""
    from sklearn.datasets import make_gaussian_quantiles

    points, labels = make_gaussian_quantiles(
        n_samples=count, n_classes=classes, n_features=features, random_state=seed_from(random)
    )
    return _classified("gaussian-quantiles", "make_gaussian_quantiles", points, labels, classes)


def regression(
    random: np.random.Generator, count: int, features: int, informative: int, noise: float
) -> Dataset:
    """A linear target of ``informative`` of the features, with σ = ``noise``.

    Raises NnsimError ``data_set.informative``.
    """
    from sklearn.datasets import make_regression

    if informative > features:
        raise NnsimError.of("data_set.informative", n=informative, features=features)
    points, values = make_regression(
        count,
        n_features=features,
        n_informative=informative,
        noise=noise,
        random_state=seed_from(random),
    )
    return _regressed("regression", "make_regression", points, values)


def friedman(random: np.random.Generator, count: int, noise: float) -> Dataset:
    """10 sin(π x1 x2) + 20 (x3 - 0.5)² + 10 x4 + 5 x5 of ten features.  Source: Friedman 1991."""
    from sklearn.datasets import make_friedman1

    points, values = make_friedman1(count, noise=noise, random_state=seed_from(random))
    return _regressed("friedman", "make_friedman1", points, values)


def swiss_roll(random: np.random.Generator, count: int, noise: float) -> Dataset:
    """A rolled-up sheet in three dimensions; the target is the place along the roll."""
    from sklearn.datasets import make_swiss_roll

    points, values = make_swiss_roll(count, noise=noise, random_state=seed_from(random))
    return _regressed("swiss-roll", "make_swiss_roll", points, values)


def s_curve(random: np.random.Generator, count: int, noise: float) -> Dataset:
    """A sheet bent to an S in three dimensions; the target is the place along the S."""
    from sklearn.datasets import make_s_curve

    points, values = make_s_curve(count, noise=noise, random_state=seed_from(random))
    return _regressed("s-curve", "make_s_curve", points, values)


def _classified(name: str, function: str, points: Any, labels: Labels, classes: int) -> Dataset:
    names = tuple(str(number) for number in range(classes))
    return Dataset(
        name,
        points,
        one_hot(labels, classes),
        _features(points),
        names,
        names,
        labels,
        source=f"scikit-learn, {function}",
    )


def _regressed(name: str, function: str, points: Any, values: Any) -> Dataset:
    return Dataset(
        name,
        points,
        # A single value comes without its axis.
        np.reshape(values, (-1, 1)),
        _features(points),
        ("y",),
        source=f"scikit-learn, {function}",
    )


def _features(points: np.ndarray) -> tuple[str, ...]:
    return tuple(f"x{number}" for number in range(1, points.shape[1] + 1))


_CLASSES = Option("classes", 3, 2, 20)
_FEATURES = Option("features", 2, 1, 1000)

SETS = (
    SetSpec("moons", Task.CLASSIFICATION, moons, (count_option(200, 2), _NOISE)),
    SetSpec(
        "circles",
        Task.CLASSIFICATION,
        circles,
        (count_option(200, 2), _NOISE, Option("factor", 0.5, 0, 0.99)),
    ),
    SetSpec(
        "blobs",
        Task.CLASSIFICATION,
        blobs,
        (count_option(300), _CLASSES, _FEATURES, Option("deviation", 1.0, 0, 100, usual=5)),
    ),
    SetSpec(
        "classification",
        Task.CLASSIFICATION,
        classification,
        (
            count_option(300, 20),
            Option("classes", 2, 2, 20),
            Option("features", 4, 1, 1000),
            Option("informative", 2, 1, 30),
            Option("clusters", 1, 1, 10),
            Option("separation", 1.0, 0.01, 100),
            Option("flipped", 0.01, 0, 1, usual=1),
        ),
    ),
    SetSpec(
        "gaussian-quantiles",
        Task.CLASSIFICATION,
        gaussian_quantiles,
        (count_option(300, 20), _CLASSES, _FEATURES),
    ),
    SetSpec(
        "regression",
        Task.REGRESSION,
        regression,
        (
            count_option(200),
            Option("features", 2, 1, 1000),
            Option("informative", 2, 1, 1000),
            Option("noise", 5.0, 0, 1000, usual=50),
        ),
    ),
    SetSpec(
        "friedman",
        Task.REGRESSION,
        friedman,
        (count_option(300), Option("noise", 1.0, 0, 100, usual=10)),
    ),
    SetSpec("swiss-roll", Task.REGRESSION, swiss_roll, (count_option(500), _NOISE)),
    SetSpec("s-curve", Task.REGRESSION, s_curve, (count_option(500), _NOISE)),
)
