"""Finding exercises: by words, by group, and by how far a person has come with each."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from nnsim.core.texts import folded
from nnsim.exercises.attempts import Kept
from nnsim.exercises.bank import GROUPS
from nnsim.exercises.exercise import Exercise
from nnsim.language import LOCALES, has_text, text

#: "new": not begun; "begun": no attempt has been brought to its end; "done": one has; "mastered":
#: one has, with nine points of ten.
State: TypeAlias = Literal["new", "begun", "done", "mastered"]
#: What is shown: everything, what was not brought to an end yet, what is not mastered though begun.
Filter: TypeAlias = Literal["all", "not_done", "to_improve"]
FILTERS: tuple[Filter, ...] = ("all", "not_done", "to_improve")
_HIDDEN: dict[Filter, tuple[State, ...]] = {
    "all": (),
    "not_done": ("done", "mastered"),
    "to_improve": ("new", "mastered"),
}
MASTERED = 0.9


@dataclass(frozen=True)
class Progress:
    """How far a person has come with an exercise.

    ``best`` is the best share of the points, 0 to 1, None where no attempt was brought to its end;
    ``unfinished`` the newest attempt that was not handed in.
    """

    attempts: int = 0
    best: float | None = None
    unfinished: Kept | None = None

    @property
    def state(self) -> State:
        """In a word."""
        if self.best is not None:
            return "mastered" if self.best >= MASTERED else "done"
        return "begun" if self.attempts else "new"

    def after(self, kept: Kept) -> Progress:
        """With another attempt, whenever it was made."""
        tally = kept.tally
        best = self.best
        # Whoever filled everything in has done it, handed in or not.
        if kept.finished is not None or tally.answered == tally.of:
            best = tally.share if best is None else max(best, tally.share)
        unfinished = self.unfinished
        if kept.finished is None and (unfinished is None or _begun(unfinished) < _begun(kept)):
            unfinished = kept
        return Progress(self.attempts + 1, best, unfinished)

    def is_in(self, filter: Filter) -> bool:
        """Whether an exercise with this progress is among those that are shown."""
        return self.state not in _HIDDEN[filter]


def _begun(kept: Kept) -> float:
    return kept.log.head.started.timestamp()


def in_groups(exercises: Iterable[Exercise]) -> dict[str, list[Exercise]]:
    """Exercises by group, in the order of a course; groups of one's own come last."""
    groups: dict[str, list[Exercise]] = {group: [] for group in GROUPS}
    for exercise in exercises:
        groups.setdefault(exercise.group, []).append(exercise)
    return {group: members for group, members in groups.items() if members}


def group_title(group: str, locale: str) -> str:
    """What a group is called; one that is not of the course, as it is written."""
    key = f"exercise.group.{group}"
    return text(key, locale) if has_text(key) else group


def matches(exercise: Exercise, query: str) -> bool:
    """Whether every word of a query occurs in an exercise, in either language.

    Case and accents do not matter: "retropropagacion" finds "Retropropagación".
    """
    words = folded(query).split()
    return not words or all(word in _searched(exercise) for word in words)


def fitness(exercise: Exercise, query: str) -> int:
    """How well an exercise that matches is named by a query: 2 where the words of a title are
    meant, 1 where they are parts of it, 0 where they only occur in the text."""
    words = folded(query).split()
    titles = [folded(title) for title in exercise.title.values()]
    if any(set(words) <= set(re.findall(r"\w+", title)) for title in titles):
        return 2
    return int(any(all(word in title for word in words) for title in titles))


@functools.lru_cache(maxsize=512)
def _searched(exercise: Exercise) -> str:
    groups = [group_title(exercise.group, locale) for locale in LOCALES]
    texts = (*exercise.title.values(), *exercise.statement.values(), exercise.id, *groups)
    return folded("\n".join(texts))


def prerequisites(exercise: Exercise, exercises: Sequence[Exercise]) -> tuple[Exercise, ...]:
    """The exercises that come before one, of those there are."""
    by_id = {other.id: other for other in exercises}
    return tuple(by_id[name] for name in exercise.requires if name in by_id)
