"""A class's attempts in one table, and the mistakes that were made most."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnsim.core.files import replacing
from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import format_number
from nnsim.exercises.attempt import Attempt
from nnsim.exercises.attempt_file import SUFFIX
from nnsim.exercises.attempts import LOG_COLUMNS, log_rows, minutes_of, read
from nnsim.language import decimal_mark, message_text, text

COLUMNS = (
    "name",
    "exercise",
    "seed",
    "mode",
    "started",
    "minutes",
    "finished",
    "points",
    "of",
    "percent",
    "first_try",
    "mastered",
    "cells_with_hints",
    "commonest_mistake",
)
COMMONEST_COLUMNS = ("exercise", "mistake", "times", "attempts")
_MISTAKES = {"es": "errores", "en": "mistakes"}
# A spreadsheet takes text that begins like this for a formula, if it is not just a number.
_FORMULA = ("=", "@", "\t", "\r", "+", "-")
_NUMBERS = re.compile(r"[-+]?[\d.,;/() eE−-]*")
_READ_NUMBER = re.compile(r"\(?-?\d")


@dataclass(frozen=True)
class Commonest:
    """A mistake: its code, how often it was made, and in how many attempts."""

    exercise: str
    mistake: str
    times: int
    attempts: int


@dataclass(frozen=True)
class Results:
    """The attempts of a class, those that could not be read, and the commonest mistakes."""

    attempts: tuple[Attempt, ...]
    commonest: tuple[Commonest, ...]
    unreadable: tuple[Message, ...]


def collect(paths: Iterable[Path]) -> Results:
    """Read attempts: files, or folders with everything below them.

    One that cannot be read is told of and the others are used.  Raises NnsimError
    ``results.none`` where there is none at all.
    """
    return gathered(map(read_or_told, files_in(paths)))


def files_in(paths: Iterable[Path]) -> Iterator[Path]:
    """The files of attempts: those named, and those below the folders that are."""
    for path in paths:
        yield from sorted(path.rglob(f"*{SUFFIX}")) if path.is_dir() else (path,)


def read_or_told(path: Path) -> Attempt | Message:
    """The attempt of a file, or what is wrong with it."""
    try:
        return read(path)
    except NnsimError as error:
        return error.messages[0]


def gathered(found: Iterable[Attempt | Message]) -> Results:
    """The results of attempts; messages in their place say which could not be read.

    Raises NnsimError ``results.none``, or those messages, where no attempt is among them.
    """
    attempts: list[Attempt] = []
    unreadable: list[Message] = []
    for each in found:
        if isinstance(each, Message):
            unreadable.append(each)
        else:
            attempts.append(each)
    if not attempts:
        raise NnsimError(*unreadable) if unreadable else NnsimError.of("results.none")
    return Results(tuple(attempts), _commonest(attempts), tuple(unreadable))


def _commonest(attempts: Sequence[Attempt]) -> tuple[Commonest, ...]:
    times: Counter[tuple[str, str]] = Counter()
    where: defaultdict[tuple[str, str], int] = defaultdict(int)
    for attempt in attempts:
        for mistake, count in attempt.score.mistakes:
            key = attempt.variant.exercise.id, mistake
            times[key] += count
            where[key] += 1
    ordered = sorted(times, key=lambda key: (-where[key], -times[key], key))
    return tuple(Commonest(*key, times[key], where[key]) for key in ordered)


def table(results: Results, locale: str, mark: str | None = None) -> Iterator[tuple[str, ...]]:
    """Rows of ``COLUMNS``, an attempt each; without a decimal mark it is that of the language."""
    mark = decimal_mark(locale) if mark is None else mark
    for attempt in results.attempts:
        score = attempt.score
        minutes = minutes_of(attempt.started, attempt.events)
        mistake = score.mistakes[0][0] if score.mistakes else ""
        yield (
            attempt.name,
            attempt.variant.exercise.id,
            str(attempt.variant.seed),
            text(f"exercise_browse.mode_in_short.{attempt.mode}", locale),
            f"{attempt.started.astimezone():%Y-%m-%d %H:%M}",
            format_number(round(minutes, 1), mark),
            text("results.yes" if attempt.finished else "results.no", locale),
            format_number(score.points, mark),
            str(score.of),
            format_number(round(100 * score.share, 1), mark),
            str(score.first_try),
            str(score.mastered),
            str(score.hints),
            message_text(Message(f"mistake.{mistake}"), locale) if mistake else "",
        )


def save_results(results: Results, path: Path, locale: str) -> tuple[Path, ...]:
    """The table in ``path``, mistakes and log beside it; returns all three.

    Raises NnsimError ``file.cannot_write``.
    """
    mistakes = path.with_stem(f"{path.stem}-{_MISTAKES[locale]}")
    log = path.with_stem(f"{path.stem}-log")
    save_table(results, path, locale)
    save_commonest(results, mistakes, locale)
    save_log(results.attempts, log, locale)
    return path, mistakes, log


def save_table(results: Results, path: Path, locale: str) -> None:
    """The table of a class as CSV.  Raises NnsimError ``file.cannot_write``."""
    headings = [text(f"results.column.{c}", locale) for c in COLUMNS]
    _save(path, headings, table(results, locale), locale)


def save_commonest(results: Results, path: Path, locale: str) -> None:
    """The commonest mistakes as CSV."""
    headings = [text(f"results.column.{c}", locale) for c in COMMONEST_COLUMNS]
    _save(path, headings, commonest_rows(results, locale), locale)


def commonest_rows(results: Results, locale: str) -> Iterator[tuple[str, ...]]:
    """Rows of ``COMMONEST_COLUMNS``, a mistake each."""
    for each in results.commonest:
        words = message_text(Message(f"mistake.{each.mistake}"), locale)
        yield each.exercise, words, str(each.times), str(each.attempts)


def save_log(attempts: Iterable[Attempt], path: Path, locale: str) -> None:
    """Everything that happened, one row an event, as CSV with the same columns everywhere."""
    rows = (row for attempt in attempts for row in log_rows(attempt))
    mark = decimal_mark(locale)
    _save(path, LOG_COLUMNS, (_with_mark(row, mark) for row in rows), locale)


def _with_mark(row: Sequence[str], mark: str) -> Sequence[str]:
    """A row of the log whose numbers have this decimal mark; what was typed stays as it was."""
    made = dict(zip(LOG_COLUMNS, row, strict=True))
    if mark != ".":
        for name in ("read", "credit"):
            if _READ_NUMBER.match(made[name]):
                made[name] = made[name].replace(", ", "; ").replace(".", mark)
    return list(made.values())


def _save(
    path: Path, headings: Sequence[str], rows: Iterable[Sequence[object]], locale: str
) -> None:
    """Write CSV as spreadsheets of a language open it: where decimals have a comma, ";" parts the
    cells."""
    delimiter = ";" if decimal_mark(locale) == "," else ","
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as f:
        writer = csv.writer(f, delimiter=delimiter)
        writer.writerow(headings)
        for row in rows:
            writer.writerow([_harmless(str(value)) for value in row])


def _harmless(value: str) -> str:
    """Text that a spreadsheet shows and does not compute."""
    is_formula = value.startswith(_FORMULA) and not _NUMBERS.fullmatch(value)
    return f"'{value}" if is_formula else value
