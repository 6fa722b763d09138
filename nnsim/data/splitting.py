"""Dividing samples into training, validation and test parts, and into folds.

The default is the course's 70-15-15, shuffled.  Sizes follow the method of the largest remainder:
each part gets the whole number below its share of the samples; the samples left over go one each to
the parts with the largest fractions, the earlier part where two are equal.  12 samples, 70-15-15:
8.4, 1.8, 1.8 -> 8, 2, 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np

from nnsim.core.messages import NnsimError
from nnsim.core.numbers import exact
from nnsim.core.randoms import seed_from
from nnsim.data.dataset import Labels


class Order(StrEnum):
    """Which samples go to which part."""

    SHUFFLED = "shuffled"
    STRATIFIED = "stratified"
    IN_ORDER = "in_order"


@dataclass(frozen=True)
class Shares:
    """How large the parts are, relative to each other: 70-15-15 is the same as 0.7-0.15-0.15."""

    training: float = 70
    validation: float = 15
    test: float = 15

    def sizes(self, count: int) -> tuple[int, int, int]:
        """Samples in each part; they add up to ``count``.

        Raises NnsimError ``split.shares`` or ``split.no_training``.
        """
        training, validation, test = largest_remainder(count, self.fractions())
        if not training:
            raise NnsimError.of("split.no_training", n=count)
        return training, validation, test

    def fractions(self) -> tuple[Fraction, ...]:
        """The parts of the whole, exact.  Raises NnsimError ``split.shares``."""
        given = (self.training, self.validation, self.test)
        if not all(np.isfinite(share) and share >= 0 for share in given) or not any(given):
            raise NnsimError.of("split.shares")
        # 0.7 is 7/10 here: in binary, 0.7 · 10 is not 7.
        whole = sum(map(exact, given), Fraction(0))
        return tuple(exact(share) / whole for share in given)


DEFAULT_SHARES = Shares()


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers of each part; none is in two, and together they are all rows."""

    training: Labels
    validation: Labels
    test: Labels


@dataclass(frozen=True, eq=False)
class Fold:
    """Row numbers of one run of a cross-validation."""

    training: Labels
    test: Labels


def largest_remainder(count: int, fractions: Sequence[Fraction]) -> tuple[int, ...]:
    """Whole numbers that add up to ``count``, in proportion to fractions that add up to 1."""
    quotas = [fraction * count for fraction in fractions]
    sizes = [int(quota) for quota in quotas]
    by_remainder = sorted(range(len(quotas)), key=lambda k: sizes[k] - quotas[k])
    for k in by_remainder[: count - sum(sizes)]:
        sizes[k] += 1
    return tuple(sizes)


def split(
    count: int,
    random: np.random.Generator,
    shares: Shares = DEFAULT_SHARES,
    order: Order = Order.SHUFFLED,
    labels: Labels | None = None,
) -> Split:
    """Rows 0 … ``count`` - 1 divided into three parts of the sizes that ``shares`` gives.

    ``in_order`` takes the first rows for training and the last for testing.  ``stratified`` keeps
    the proportion of the classes in every part: each class, too, is divided by the largest
    remainder as far as the sizes of the parts allow.  Its parts and those of ``shuffled`` are in
    random order.  Raises NnsimError ``split.shares``, ``split.no_training`` or
    ``split.no_classes``.
    """
    sizes = shares.sizes(count)
    if order is Order.STRATIFIED:
        parts = _stratified(sizes, shares, random, _required(labels, count))
    else:
        rows = np.arange(count) if order is Order.IN_ORDER else random.permutation(count)
        parts = np.split(rows, np.cumsum(sizes)[:-1])
    return Split(*(_frozen(part) for part in parts))


def _stratified(
    sizes: Sequence[int], shares: Shares, random: np.random.Generator, labels: Labels
) -> list[Labels]:
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    counts = _class_sizes([len(group) for group in groups], sizes, shares.fractions())
    parts: list[list[Labels]] = [[] for _ in sizes]
    for group, row in zip(groups, counts, strict=True):
        pieces = np.split(random.permutation(group), np.cumsum(row)[:-1])
        for part, piece in zip(parts, pieces, strict=True):
            part.append(piece)
    return [random.permutation(np.concatenate(part)) for part in parts]


def _class_sizes(
    classes: Sequence[int], sizes: Sequence[int], fractions: Sequence[Fraction]
) -> list[list[int]]:
    """Samples of each class in each part: rows add up to the classes, columns to the parts."""
    quotas = [[fraction * members for fraction in fractions] for members in classes]
    cells = [[int(quota) for quota in row] for row in quotas]
    left_in_class = [n - sum(row) for n, row in zip(classes, cells, strict=True)]
    left_in_part = [
        n - sum(column) for n, column in zip(sizes, zip(*cells, strict=True), strict=True)
    ]
    by_remainder = sorted(
        ((c, p) for c in range(len(classes)) for p in range(len(sizes)) if fractions[p]),
        key=lambda place: cells[place[0]][place[1]] - quotas[place[0]][place[1]],
    )
    # A first round gives each place at most one; a class that is left over then takes what is free.
    while any(left_in_class):
        for c, p in by_remainder:
            if left_in_class[c] and left_in_part[p]:
                cells[c][p] += 1
                left_in_class[c] -= 1
                left_in_part[p] -= 1
    return cells


def folds(
    count: int,
    k: int,
    random: np.random.Generator,
    order: Order = Order.SHUFFLED,
    labels: Labels | None = None,
) -> tuple[Fold, ...]:
    """``k`` runs; every row is in the test part of exactly one of them.

    scikit-learn's KFold and StratifiedKFold, with a seed drawn from ``random``.  Sizes differ by at
    most one, the first folds being the larger ones (for stratified folds: within each class).
    Raises NnsimError ``fold.number``, ``fold.rare_class`` or ``split.no_classes``.
    """
    from sklearn.model_selection import KFold, StratifiedKFold

    if not 2 <= k <= count:
        raise NnsimError.of("fold.number", k=k, n=count)
    rows = np.arange(count)
    if order is Order.STRATIFIED:
        given = _required(labels, count)
        rarest = int(np.unique(given, return_counts=True)[1].min())
        if rarest < k:
            raise NnsimError.of("fold.rare_class", n=rarest, k=k)
        divider = StratifiedKFold(k, shuffle=True, random_state=seed_from(random))
        runs = divider.split(rows, given)
    elif order is Order.SHUFFLED:
        runs = KFold(k, shuffle=True, random_state=seed_from(random)).split(rows)
    else:
        runs = KFold(k).split(rows)
    return tuple(Fold(_frozen(training), _frozen(test)) for training, test in runs)


def _required(labels: Labels | None, count: int) -> Labels:
    if labels is None:
        raise NnsimError.of("split.no_classes")
    if len(labels) != count:
        raise ValueError("there must be one label for each sample")
    return labels


def _frozen(rows: Labels) -> Labels:
    frozen = np.array(rows, dtype=np.int64)
    frozen.flags.writeable = False
    return frozen
