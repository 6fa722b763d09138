"""Attempts on disk: begun, gone on with, read, and listed."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError

from nnsim.core.messages import Message, NnsimError
from nnsim.exercises.attempt import Attempt, Event
from nnsim.exercises.attempt_file import FIRST_EVENT, SUFFIX, Log, LogFile, damaged, read_log
from nnsim.exercises.exercise import HINT_COSTS, Mode, Variant, in_language
from nnsim.exercises.file import loads
from nnsim.exercises.marking import Mark, Verdict
from nnsim.exercises.scoring import CellScore, Tally, cost_of_levels, tally_of


def start(
    variant: Variant, folder: Path, now: datetime, mode: Mode | None = None, name: str = ""
) -> Attempt:
    """A new attempt, kept in a file of its own in ``folder`` from now on.

    Raises NnsimError ``file.cannot_write``.
    """
    stamp = f"{now:%Y%m%d-%H%M%S}-{now.microsecond:06d}"
    ending = re.sub(r"[^a-z0-9-]", "-", variant.exercise.id) + SUFFIX
    file = LogFile(Path(folder) / f"{stamp}-{ending}")
    attempt = Attempt(variant, now, mode, name, file.write)
    file.begin(attempt)
    return attempt


def resume(path: Path) -> Attempt:
    """An attempt as its file says; what happens from now on is added to it.

    Raises NnsimError: those of reading, and ``attempt.damaged`` with the line.
    """
    log = read_log(path)
    attempt = _attempt_of(log, path)
    attempt.listen_with(LogFile(Path(path), log.length).write)
    return attempt


def read(path: Path) -> Attempt:
    """An attempt to look at; nothing is written."""
    return _attempt_of(read_log(path), path)


def _attempt_of(log: Log, path: Path) -> Attempt:
    head = log.head
    exercise = loads(head.exercise.encode(), Path(path))
    attempt = Attempt(exercise.variant(head.seed), head.started, head.mode, head.name)
    for number, event in enumerate(log.events, FIRST_EVENT):
        try:
            attempt.replay([event])
        except KeyError as error:
            raise damaged(path, number) from error
    return attempt


# -- lists ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """An attempt as its file tells of it: nothing is computed or marked again.

    So hundreds are listed in an instant.  The figures are those that the person was told.
    """

    path: Path
    log: Log

    @property
    def exercise(self) -> str:
        """Id of the exercise."""
        return self.log.head.id

    def title(self, locale: str) -> str:
        """The title of the exercise in a language, or its id where it has none."""
        return in_language(_exercise_text(self.log.head.exercise)[0], locale) or self.exercise

    @property
    def finished(self) -> datetime | None:
        """When it was handed in; None where it was not."""
        return next((e.time for e in self.log.events if e.kind == "finish"), None)

    @property
    def minutes(self) -> float:
        """From the beginning to the last thing that happened."""
        return minutes_of(self.log.head.started, self.log.events)

    @functools.cached_property
    def tally(self) -> Tally:
        """What was reached."""
        costs = _exercise_text(self.log.head.exercise)[1]
        scores: dict[str, CellScore] = {}
        levels: dict[str, int] = {}
        for event in self.log.events:
            if event.kind == "hint":
                levels[event.cell] = max(event.level, levels.get(event.cell, 0))
            for cell, verdict, credit, mistake in _marked_by(event):
                cost = cost_of_levels(costs, levels.get(cell, 0))
                found = Mark(Verdict(verdict), credit, mistake=mistake)
                scores[cell] = scores.get(cell, CellScore()).after(found, cost)
        return tally_of(scores, levels, self.log.head.cells)


@dataclass(frozen=True)
class Unreadable:
    """The file of an attempt that is damaged, and what is wrong with it."""

    path: Path
    problem: Message


def paths_in(folder: Path) -> list[Path]:
    """The files of attempts in a folder, the newest first."""
    return sorted(Path(folder).glob(f"*{SUFFIX}"), reverse=True)


def kept(path: Path) -> Kept | Unreadable:
    """What a file tells of its attempt."""
    try:
        return Kept(path, read_log(path))
    except NnsimError as error:
        return Unreadable(path, error.messages[0])


def listed(folder: Path) -> Iterator[Kept | Unreadable]:
    """The attempts of a folder, the newest first."""
    return map(kept, paths_in(folder))


def minutes_of(started: datetime, events: tuple[Event, ...] | list[Event]) -> float:
    """Minutes from the beginning to the last event."""
    last = events[-1].time if events else started
    return (last - started).total_seconds() / 60


def _marked_by(event: Event) -> Iterator[tuple[str, str, float, str]]:
    if event.kind == "entry" and event.verdict:
        yield event.cell, event.verdict, event.credit, event.mistake
    yield from event.marked


@functools.lru_cache(maxsize=256)
def _exercise_text(content: str) -> tuple[Mapping[str, str], tuple[float, ...]]:
    """Titles and costs of hints in the text of an exercise; what is not sound is left out.

    Checking the exercise as a whole would take longer than all the rest of a list.
    """
    try:
        part = _Told.model_validate(tomllib.loads(content))
    except (ValidationError, tomllib.TOMLDecodeError, RecursionError):
        return {}, HINT_COSTS
    return part.title, part.marking.hint_costs


class _Costs(BaseModel):
    hint_costs: tuple[float, float, float, float] = HINT_COSTS


class _Told(BaseModel):
    title: dict[str, str] = {}
    marking: _Costs = _Costs()


#: Columns of the log as a table.
LOG_COLUMNS = (
    "name",
    "exercise",
    "seed",
    "mode",
    "started",
    "time",
    "event",
    "cell",
    "text",
    "read",
    "verdict",
    "credit",
    "mistake",
    "hint_level",
)


def log_rows(attempt: Attempt) -> Iterator[tuple[str, ...]]:
    """The log as rows of ``LOG_COLUMNS``: one an event, with the raw text beside what it was."""
    variant, started = attempt.variant, attempt.started.isoformat()
    head = attempt.name, variant.exercise.id, str(variant.seed), attempt.mode, started
    for event in attempt.events:
        yield (
            *head,
            event.time.isoformat(),
            event.kind,
            event.cell,
            event.text,
            event.read,
            event.verdict,
            f"{event.credit:g}" if event.verdict else "",
            event.mistake,
            str(event.level) if event.level else "",
        )
        for cell, verdict, credit, mistake in event.marked:
            what = (event.time.isoformat(), "marked", cell, "", "", verdict, f"{credit:g}")
            yield (*head, *what, mistake, "")
