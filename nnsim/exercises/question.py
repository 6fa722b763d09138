"""What of a trace an exercise asks: steps, columns, cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from nnsim.session.cells import Group

#: "table": a row a step, as in the course; "list": a row a number, in the order of the work.
Layout: TypeAlias = Literal["table", "list"]
#: Where a sheet ends that does not say how many iterations it has: with the first epoch (for the
#: course rule: each pattern right once), or when the run has come to its end, whatever that is.
Until: TypeAlias = Literal["epoch", "end"]


@dataclass(frozen=True)
class TraceQuestion:
    """What of a trace is asked.

    Iterations ``first`` to ``last``; with ``last`` None as far as ``until`` says.  ``shown`` are
    the groups of columns of the sheet, ``asked`` those of them that are blank; where ``cells`` is
    not empty only the cells of these keys are.  ``nodes`` limits both to these ids.  Cells whose
    keys fit a pattern of ``without`` are left out, those that fit one of ``given`` are shown and
    not asked; in a pattern "*" stands for anything.
    ``decimals`` counts for numbers that are not exact.
    """

    first: int = 1
    last: int | None = None
    until: Until = "epoch"
    shown: frozenset[Group] = frozenset()
    asked: frozenset[Group] = frozenset()
    cells: frozenset[str] = frozenset()
    nodes: frozenset[str] | None = None
    without: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    layout: Layout = "table"
    decimals: int = 4
    tolerance: float | None = None


def fits(key: str, patterns: tuple[str, ...]) -> bool:
    """Whether a key fits one of the patterns, in which only "*" is special."""
    return any(
        re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), key) for pattern in patterns
    )
