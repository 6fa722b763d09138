"""Runs that were given up for another one: their curves, to be laid beside those of the present.

A run ends for good when an edit begins it anew or changes its past.  What is kept of it is little:
its document, of which versions share what they have in common, and thinned curves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from types import MappingProxyType
from typing import get_args

from nnsim.document.adversarial import adversaries_of
from nnsim.document.model import Document
from nnsim.engine.learners import Verdict
from nnsim.engine.trace import Trace
from nnsim.session.evaluation import PARTS, Evaluations, PartName
from nnsim.session.series import Figure, Per, Series, What, averaged, evaluated, series, thinned
from nnsim.session.versions import valid_iterations

# What is kept of each iteration; the third only where a second network learns.
_KEPT: tuple[What, ...] = ("loss", "wrong")
_KEPT_OF_RIVALS: tuple[What, ...] = (*_KEPT, "second_loss")
# So many runs are kept, with so many points a curve: less than 300 kB each.
_MOST_RUNS = 6
_MOST_POINTS = 600
#: Fewer iterations are not worth keeping: a look at the first ones while settings are chosen.
FEWEST_LOST = 5


@dataclass(frozen=True, eq=False)
class Run:
    """What is kept of a run.

    ``curves`` are series by what they plot and per what, ``means`` the same for smoothing (see
    ``averaged``); ``evaluated``, how each part of the samples was judged, by part, figure and per
    what; all are thinned.  ``number`` tells runs apart
    and counts on; ``name`` is what a person called it, "" where nobody did (``differences`` says
    how it differs from another); ``is_shown`` whether its curves are to be drawn.
    """

    document: Document
    iterations: int
    curves: Mapping[tuple[What, Per], Series]
    means: Mapping[tuple[What, Per], Series]
    evaluated: Mapping[tuple[PartName, Figure, Per], Series]
    verdict: Verdict | None = None
    number: int = 0
    name: str = ""
    is_shown: bool = True

    def curve(self, what: What, per: Per) -> Series:
        """The points of what each iteration left behind; the second loss where two learn."""
        return self.curves[what, per]

    def judged(self, part: PartName, figure: Figure, per: Per) -> Series:
        """The points of how a part of the samples was judged."""
        return self.evaluated[part, figure, per]


def run_of(
    document: Document, trace: Trace, evaluations: Evaluations, verdict: Verdict | None = None
) -> Run:
    """What is to be kept of the document's run, as far as it has come."""
    kept = _KEPT if adversaries_of(document) is None else _KEPT_OF_RIVALS
    whole = {
        (what, per): series(document, trace, len(trace), what, per)
        for what, per in product(kept, get_args(Per))
    }
    curves = {key: thinned(found, _MOST_POINTS) for key, found in whole.items()}
    means = {key: averaged(found, _MOST_POINTS) for key, found in whole.items()}
    judged = {
        (part, figure, per): thinned(
            evaluated(document, evaluations, part, figure, per), _MOST_POINTS
        )
        for part, figure, per in product(PARTS, get_args(Figure), get_args(Per))
    }
    return Run(
        document,
        len(trace),
        MappingProxyType(curves),
        MappingProxyType(means),
        MappingProxyType(judged),
        verdict,
    )


class Runs:
    """The runs that are kept, the oldest first; the oldest goes where there are too many."""

    def __init__(self, most: int = _MOST_RUNS) -> None:
        self._most = most
        self._runs: dict[int, Run] = {}
        self._last = 0

    def __len__(self) -> int:
        return len(self._runs)

    def __iter__(self) -> Iterator[Run]:
        return iter(tuple(self._runs.values()))

    def keep(self, run: Run) -> None:
        """Keep a run.

        Of two that are the same as far as both go the longer one stays, under the name it has.
        """
        for former in self:
            if valid_iterations(former.document, run.document) is None:
                if run.iterations >= former.iterations:
                    kept = (former.number, former.name, former.is_shown)
                    self._runs[former.number] = replace(
                        run, number=kept[0], name=kept[1], is_shown=kept[2]
                    )
                return
        self._last += 1
        self._runs[self._last] = replace(run, number=self._last)
        while len(self._runs) > self._most:
            del self._runs[next(iter(self._runs))]

    def rename(self, number: int, name: str) -> None:
        """Call a run by another name; "" gives it back the one that says what differs."""
        self._runs[number] = replace(self._runs[number], name=name.strip())

    def show(self, number: int, is_shown: bool) -> None:
        """Draw the curves of a run, or leave them out."""
        self._runs[number] = replace(self._runs[number], is_shown=is_shown)

    def remove(self, number: int) -> None:
        """Forget a run.  Raises KeyError for one that is not kept."""
        del self._runs[number]

    def clear(self) -> None:
        """Forget all of them."""
        self._runs.clear()
