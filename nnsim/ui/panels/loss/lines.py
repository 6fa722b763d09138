"""The lines of the loss panel: of the parts of the samples, and of former runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from PySide6.QtCore import Qt

from nnsim.document.adversarial import adversaries_of
from nnsim.document.model import Document
from nnsim.document.preparation import prepared
from nnsim.engine.trace import Trace
from nnsim.session.evaluation import PARTS, Evaluations, PartName
from nnsim.session.runs import Run
from nnsim.session.series import Per, Series, What, evaluated, series, smoothed

#: What can be plotted: figures of each iteration, or the metric of evaluations.
Shown: TypeAlias = Literal["loss", "wrong", "metric"]

#: By what a line was judged: a part of the samples, or it is the loss of the second network.
LineName: TypeAlias = PartName | Literal["generator"]
#: Colour and kind of line of each: told apart without colour too.
ROLES: dict[LineName, str] = {
    "training": "positive",
    "validation": "negative",
    "test": "right",
    "generator": "negative",
}
STYLES: dict[LineName, Qt.PenStyle] = {
    "training": Qt.PenStyle.SolidLine,
    "validation": Qt.PenStyle.DashLine,
    "test": Qt.PenStyle.DotLine,
    "generator": Qt.PenStyle.DashLine,
}
#: The kinds of line in legends.
GLYPHS: dict[LineName, str] = {
    "training": "━━",
    "validation": "╍╍",
    "test": "┄┄",
    "generator": "╍╍",
}


@dataclass(frozen=True, eq=False)
class Line:
    """A line: ``part`` is what it was judged by, "" for what the run itself left behind.

    ``run`` is the former run it belongs to and ``number`` its place among them from 1; None and 0
    for the present run.  ``means`` is what smoothing begins with, None for the series itself.
    """

    series: Series
    part: LineName | Literal[""] = ""
    run: Run | None = None
    number: int = 0
    means: Series | None = None

    def smoothed(self, strength: float) -> Series:
        """The line smoothed; as it is at strength 0."""
        if not strength or self.means is None:
            return smoothed(self.series, strength)
        return smoothed(self.means, strength)

    @property
    def style(self) -> Qt.PenStyle:
        """The kind of line."""
        return STYLES[self.part] if self.part else Qt.PenStyle.SolidLine


def judged_parts(document: Document, what: Shown) -> tuple[PartName, ...]:
    """The parts whose lines are shown.

    For the loss there are none where all samples are for training: what the run leaves behind says
    it.  Errors are counted while learning.
    """
    samples = prepared(document)
    parts = tuple(part for part in PARTS if len(samples.rows_of(part)))
    if what == "wrong" or (what == "loss" and parts == ("training",)):
        return ()
    return parts


def part_lines(
    document: Document, evaluations: Evaluations, what: Shown, per: Per, length: int
) -> list[Line]:
    """How the parts were judged in the first ``length`` iterations."""
    figure: Literal["loss", "metric"] = "metric" if what == "metric" else "loss"
    lines = [
        Line(evaluated(document, evaluations, part, figure, per).until(length), part)
        for part in judged_parts(document, what)
    ]
    return [line for line in lines if len(line.series)]


def generator_lines(
    document: Document, trace: Trace, what: Shown, per: Per, length: int
) -> list[Line]:
    """The loss of the generator, where there is one: beside that of the discriminator."""
    if what != "loss" or adversaries_of(document) is None:
        return []
    return [Line(series(document, trace, length, "second_loss", per), "generator")]


def former_lines(runs: Iterable[Run], document: Document, what: Shown, per: Per) -> list[Line]:
    """The lines of former runs beside those of this document's.

    They are of the parts that the present run shows, else of the run itself; where a generator
    learns in both, its loss follows.  A run that is hidden keeps its number.
    """
    parts = judged_parts(document, what)
    has_generator = what == "loss" and adversaries_of(document) is not None
    lines: list[Line] = []
    for number, run in enumerate(runs, start=1):
        if not run.is_shown:
            continue
        if what == "metric" or parts:
            figure: Literal["loss", "metric"] = "metric" if what == "metric" else "loss"
            own = [Line(run.judged(part, figure, per), part, run, number) for part in parts]
        else:
            itself: What = "wrong" if what == "wrong" else "loss"
            own = [Line(run.curve(itself, per), "", run, number, run.means[itself, per])]
        if has_generator and adversaries_of(run.document) is not None:
            second = run.curve("second_loss", per)
            own.append(Line(second, "generator", run, number, run.means["second_loss", per]))
        lines += [line for line in own if len(line.series)]
    return lines
