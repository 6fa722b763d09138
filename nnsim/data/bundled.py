"""The data sets that come with scikit-learn, with their numbers as they were published.

Nothing is scaled, not even where scikit-learn does so by default (diabetes).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnsim.core.messages import Message
from nnsim.data.dataset import Dataset, one_hot
from nnsim.data.options import SetSpec, Task

_UCI = Message("licence.cc_by_4")
_BSD = Message("licence.with_scikit_learn")


def digits(_random: np.random.Generator) -> Dataset:
    """1797 handwritten digits of 8 by 8 pixels from 0 to 16; inputs (samples, 1, 8, 8)."""
    from sklearn.datasets import load_digits

    found = load_digits()
    return _classes(
        "digits",
        found,
        found.images[:, np.newaxis],
        "Alpaydin & Kaynak 1998, Optical Recognition of Handwritten Digits (UCI)",
        _UCI,
    )


def iris(_random: np.random.Generator) -> Dataset:
    """150 flowers of three species, four lengths in cm."""
    from sklearn.datasets import load_iris

    found = load_iris()
    return _classes("iris", found, found.data, "Fisher 1936, Annals of Eugenics 7", _UCI)


def wine(_random: np.random.Generator) -> Dataset:
    """178 wines of three growers, thirteen chemical measurements."""
    from sklearn.datasets import load_wine

    found = load_wine()
    return _classes("wine", found, found.data, "Aeberhard & Forina 1991, Wine (UCI)", _UCI)


def breast_cancer(_random: np.random.Generator) -> Dataset:
    """569 tumours, malignant or benign, thirty measurements of cell nuclei."""
    from sklearn.datasets import load_breast_cancer

    found = load_breast_cancer()
    source = "Wolberg, Street & Mangasarian 1995, Breast Cancer Wisconsin (UCI)"
    return _classes("breast-cancer", found, found.data, source, _UCI)


def diabetes(_random: np.random.Generator) -> Dataset:
    """442 patients, ten measurements; the target is how far the disease went on in a year."""
    from sklearn.datasets import load_diabetes

    found = load_diabetes(scaled=False)
    return Dataset(
        "diabetes",
        found.data,
        found.target[:, np.newaxis],
        tuple(found.feature_names),
        ("progression",),
        source="Efron, Hastie, Johnstone & Tibshirani 2004, Annals of Statistics 32",
        licence=_BSD,
    )


def linnerud(_random: np.random.Generator) -> Dataset:
    """20 men: three exercises as inputs; weight, waist and pulse as targets."""
    from sklearn.datasets import load_linnerud

    found = load_linnerud()
    return Dataset(
        "linnerud",
        found.data,
        found.target,
        tuple(found.feature_names),
        tuple(found.target_names),
        source="Tenenhaus 1998, La régression PLS",
        licence=_BSD,
    )


def _classes(name: str, found: Any, inputs: np.ndarray, source: str, licence: Message) -> Dataset:
    classes = tuple(str(one) for one in found.target_names)
    return Dataset(
        name,
        inputs,
        one_hot(found.target, len(classes)),
        tuple(str(one) for one in found.feature_names),
        classes,
        classes,
        found.target,
        source=source,
        licence=licence,
    )


SETS = (
    SetSpec("digits", Task.CLASSIFICATION, digits),
    SetSpec("iris", Task.CLASSIFICATION, iris),
    SetSpec("wine", Task.CLASSIFICATION, wine),
    SetSpec("breast-cancer", Task.CLASSIFICATION, breast_cancer),
    SetSpec("diabetes", Task.REGRESSION, diabetes),
    SetSpec("linnerud", Task.REGRESSION, linnerud),
)
