"""The samples as plots show them: where they stand, what they should be, and in which part."""

from __future__ import annotations

import functools
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from nnsim.document.model import Document
from nnsim.document.preparation import prepared
from nnsim.engine.plan import PlanSpec
from nnsim.session.scales import Scale, measuring_scale, output_column, scale_of
from nnsim.ui.panels.plane.model import Group, groups, thinned
from nnsim.ui.panels.plotting.units import Subject

Floats = NDArray[np.float64]

#: Parts of the samples, in the order of their numbers.
PARTS = ("training", "validation", "test")
#: Most samples drawn; more are thinned out evenly, and the legend says so.
MOST_SAMPLES = 2000


@dataclass(frozen=True, eq=False)
class Cloud:
    """All samples.

    ``inputs`` as they stand in the table, shape (rows, columns); ``network_inputs`` and ``targets``
    as the network gets them, (rows, input units) and (rows, outputs); ``parts``: the number of the
    part each belongs to, (rows,).
    """

    inputs: Floats
    network_inputs: Floats
    targets: Floats
    parts: NDArray[np.int64]

    @functools.cached_property
    def present(self) -> tuple[str, ...]:
        """The parts that have samples."""
        return tuple(part for k, part in enumerate(PARTS) if (self.parts == k).any())

    def rows(self, shown: Collection[str]) -> NDArray[np.int64]:
        """Row numbers of the samples of these parts."""
        numbers = [k for k, part in enumerate(PARTS) if part in shown]
        return np.flatnonzero(np.isin(self.parts, numbers))

    def groups(self, column: int | None, rows: NDArray[np.int64]) -> list[Group]:
        """These samples by class, as ``groups`` of all, without classes that have none of them."""
        found = [
            Group(np.intersect1d(g.rows, rows), g.value, g.kind, g.number, g.column)
            for g in groups(self.targets, column)
        ]
        return [group for group in found if len(group.rows)]


def thinned_groups(found: Collection[Group], count: int) -> list[Group]:
    """An even part of each of these groups, of ``count`` samples in all, as many as are drawn."""
    share = MOST_SAMPLES / max(count, 1)
    return [Group(thinned(g.rows, share), g.value, g.kind, g.number, g.column) for g in found]


def cloud_of(document: Document, is_ready: bool = True) -> Cloud:
    """The samples of a document.

    Of one that cannot run, whose samples need not be fit to be scaled or divided, as they are.
    """
    data = document.data
    parts = np.zeros(len(data), dtype=np.int64)
    if not is_ready:
        return Cloud(data.inputs, data.inputs, data.targets, parts)
    samples = prepared(document)
    for number, part in enumerate(PARTS):
        parts[samples.rows_of(part)] = number
    return Cloud(data.inputs, samples.inputs, samples.targets, parts)


def holds(home: QRectF, points: Floats) -> bool:
    """Whether all points, shape (points, 2), lie in a view of a plot."""
    low, high = (home.left(), home.top()), (home.right(), home.bottom())
    return bool(((points >= low) & (points <= high)).all())


def is_output(spec: PlanSpec | None, subject: Subject) -> bool:
    """Whether a unit is an output of the network."""
    return spec is not None and output_column(spec, subject.node, subject.unit) is not None


def scale_in(spec: PlanSpec, cloud: Cloud, subject: Subject) -> Scale:
    """The scale of a unit over these samples, also of an input."""
    first = 0
    for node, units in spec.inputs:
        if node == subject.node:
            values = cloud.network_inputs[:, first + subject.unit]
            return measuring_scale(float(values.min()), float(values.max()))
        first += units
    return scale_of(spec, cloud.targets, subject.node, subject.unit)
