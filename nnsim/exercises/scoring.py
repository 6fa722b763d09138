"""The score of an attempt, and what went wrong by kind.

A cell counts as what its first readable entry earned, less the hints taken before it.  What comes
later never lowers it, and a cell that was got right at any time is mastered for good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nnsim.exercises.marking import Mark, Verdict
from nnsim.exercises.sheet import Heading, Sheet


@dataclass(frozen=True)
class CellScore:
    """What a cell has earned: ``credit`` of the first try (None: not tried), mastered or not.

    ``mistakes`` are codes of known mistakes in the order made ("" for unknown ones).
    """

    credit: float | None = None
    mastered: bool = False
    tries: int = 0
    mistakes: tuple[str, ...] = ()
    was_good_as: str | None = None

    @property
    def is_settled(self) -> bool:
        """Whether hints cost nothing any more."""
        return self.credit is not None

    def after(self, found: Mark, cost: float, text: str | None = None) -> CellScore:
        """The score after another mark; blank and unreadable entries are no tries."""
        if found.verdict in (Verdict.BLANK, Verdict.UNREADABLE):
            return self
        credit = self.credit
        if credit is None:
            credit = max(min(found.credit, 1.0 - cost), 0.0)
        good = found.verdict.is_good
        return replace(
            self,
            credit=credit,
            mastered=self.mastered or good,
            tries=self.tries + 1,
            mistakes=self.mistakes if good else (*self.mistakes, found.mistake),
            was_good_as=text if good else self.was_good_as,
        )


@dataclass(frozen=True)
class Trouble:
    """A column or line of a sheet in which something went wrong, and in how many cells."""

    heading: Heading
    wrong: int
    cells: int


@dataclass(frozen=True)
class Tally:
    """The figures of an attempt.

    ``points`` of ``of`` cells; ``first_try`` of them right or consistent at once and without a
    hint that cost anything; ``mastered`` at any time.  ``mistakes`` counts known mistakes by code,
    the most frequent first; ``hints`` how many cells took any.
    """

    points: float
    of: int
    answered: int
    first_try: int
    mastered: int
    hints: int
    mistakes: tuple[tuple[str, int], ...]

    @property
    def share(self) -> float:
        """Points as a share of the whole, 0 to 1."""
        return self.points / self.of if self.of else 0.0


@dataclass(frozen=True)
class Score(Tally):
    """The whole of an attempt; ``troubles`` say where its mistakes were made."""

    troubles: tuple[Trouble, ...]


def cost_of_levels(costs: Sequence[float], taken: int) -> float:
    """What the hints on a cell up to a level cost together, as a share of the cell."""
    return max(costs[:taken], default=0.0)


def tally_of(scores: Mapping[str, CellScore], levels: Mapping[str, int], of: int) -> Tally:
    """Add the cells up; those without a score count among ``of`` all the same."""
    codes = Counter(code for cell in scores.values() for code in cell.mistakes if code)
    return Tally(
        sum(cell.credit or 0.0 for cell in scores.values()),
        of,
        sum(cell.tries > 0 for cell in scores.values()),
        sum(cell.credit == 1.0 for cell in scores.values()),
        sum(cell.mastered for cell in scores.values()),
        sum(level > 0 for level in levels.values()),
        tuple(codes.most_common()),
    )


def score_of(sheet: Sheet, scores: Mapping[str, CellScore], levels: Mapping[str, int]) -> Score:
    """The tally of a sheet, and where its troubles are."""
    tally = tally_of(scores, levels, len(scores))
    return Score(**vars(tally), troubles=_troubles(sheet, scores))


def _troubles(sheet: Sheet, scores: Mapping[str, CellScore]) -> tuple[Trouble, ...]:
    """By column; in a list, which has only one, by line."""
    by_line = len(sheet.columns) == 1
    headings = sheet.rows if by_line else sheet.columns
    cells: Counter[int] = Counter()
    wrong: Counter[int] = Counter()
    for key, score in scores.items():
        cell = sheet.by_key[key]
        place = cell.row if by_line else cell.column
        cells[place] += 1
        wrong[place] += bool(score.mistakes)
    return tuple(
        Trouble(headings[place], count, cells[place])
        for place, count in wrong.most_common()
        if count
    )
