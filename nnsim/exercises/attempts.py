"""Attempts on disk: one file each, a line an event, written the moment it happens.

The first line holds the exercise itself as the text of its file, so an attempt can be opened when
the exercise has changed since, or is on another machine.  Nothing is lost when the program is
killed: a last line that was cut in the middle is an event that was never confirmed, and left out.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from nnsim import __version__
from nnsim.core.files import reason_of
from nnsim.core.messages import NnsimError
from nnsim.exercises.attempt import Attempt, Event
from nnsim.exercises.exercise import Mode, Variant
from nnsim.exercises.file import dumps, loads

SUFFIX = ".attempt.jsonl"
MAX_BYTES = 32 * 1024 * 1024


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["nnsim-attempt"]
    version: Literal[1]
    made_with: str = Field(max_length=100)
    id: str = Field(max_length=60)
    seed: int = Field(ge=0, lt=2**63)
    mode: Literal["try_again", "go_on", "at_end"]
    name: str = Field(max_length=200)
    started: AwareDatetime
    exercise: str


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["entry", "hint", "finish"]
    time: AwareDatetime
    cell: str = Field(default="", max_length=200)
    text: str = Field(default="", max_length=2000)
    read: str = Field(default="", max_length=2000)
    verdict: str = Field(default="", max_length=20)
    credit: float = 0.0
    mistake: str = Field(default="", max_length=60)
    level: int = Field(default=0, ge=0, le=4)


@dataclass(frozen=True)
class Listed:
    """A file of an attempt, opened or not: what a list of attempts shows."""

    path: Path
    attempt: Attempt


def start(
    variant: Variant, folder: Path, now: datetime, mode: Mode | None = None, name: str = ""
) -> Attempt:
    """A new attempt, kept in a file of its own in ``folder`` from now on.

    Raises NnsimError ``file.cannot_write``.
    """
    exercise = variant.exercise
    stamp = f"{now:%Y%m%d-%H%M%S}-{now.microsecond:06d}"
    path = Path(folder) / f"{stamp}-{re.sub(r'[^a-z0-9-]', '-', exercise.id)}{SUFFIX}"
    head = {
        "format": "nnsim-attempt",
        "version": 1,
        "made_with": __version__,
        "id": exercise.id,
        "seed": variant.seed,
        "mode": mode or exercise.mode,
        "name": name,
        "started": now.isoformat(),
        "exercise": dumps(exercise),
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(path, error) from error
    log = _Log(path)
    log.append(head)
    return Attempt(variant, now, mode, name, log.write)


def resume(path: Path) -> Attempt:
    """An attempt as its file says; what happens from now on is added to it.

    Raises NnsimError: those of reading, and ``attempt.damaged`` with the line.
    """
    attempt, length = _read(Path(path))
    log = _Log(Path(path), length)
    attempt.listen_with(log.write)
    return attempt


def read(path: Path) -> Attempt:
    """An attempt to look at; nothing is written."""
    return _read(Path(path))[0]


def listed(folder: Path) -> Iterator[Listed | NnsimError]:
    """The attempts of a folder, the newest first; in place of a damaged one, what is wrong."""
    for path in sorted(Path(folder).glob(f"*{SUFFIX}"), reverse=True):
        try:
            yield Listed(path, read(path))
        except NnsimError as error:
            yield error


class _Log:
    """The file of an attempt, appended to line by line."""

    def __init__(self, path: Path, length: int | None = None) -> None:
        self._path, self._length = path, length

    def write(self, event: Event) -> None:
        made = dataclasses.asdict(event) | {"time": event.time.isoformat()}
        self.append({name: value for name, value in made.items() if value not in ("", 0)})

    def append(self, line: dict[str, Any]) -> None:
        """Add a line and see it on the disk.  Raises NnsimError ``file.cannot_write``."""
        content = (json.dumps(line, ensure_ascii=False) + "\n").encode()
        try:
            with self._path.open("ab") as file:
                if self._length is not None:
                    # What stands behind the last whole line was never confirmed.
                    file.truncate(self._length)
                    self._length = None
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _cannot_write(self._path, error) from error


def _cannot_write(path: Path, error: OSError) -> NnsimError:
    return NnsimError.of("file.cannot_write", path=str(path), reason=reason_of(error))


def _read(path: Path) -> tuple[Attempt, int]:
    """The attempt and how many bytes of its file are whole lines."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise NnsimError.of("exercise.file_too_large", path=str(path), n=MAX_BYTES // 2**20)
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise NnsimError.of("file.not_found", path=str(path)) from error
    except OSError as error:
        raise NnsimError.of("file.cannot_read", path=str(path), reason=reason_of(error)) from error
    whole = content[: content.rfind(b"\n") + 1]
    lines = whole.splitlines()
    try:
        head = _Head.model_validate_json(lines[0] if lines else b"")
    except ValidationError as error:
        raise NnsimError.of("attempt.not_an_attempt", path=str(path)) from error
    exercise = loads(head.exercise.encode(), path)
    attempt = Attempt(exercise.variant(head.seed), head.started, head.mode, head.name)
    for number, line in enumerate(lines[1:], 2):
        try:
            event = Event(**_Line.model_validate_json(line).model_dump())
            attempt.replay([event])
        except (ValidationError, KeyError) as error:
            raise NnsimError.of("attempt.damaged", path=str(path), line=number) from error
    return attempt, len(whole)


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
    for event in attempt.events:
        yield (
            attempt.name,
            attempt.variant.exercise.id,
            str(attempt.variant.seed),
            attempt.mode,
            attempt.started.isoformat(),
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
