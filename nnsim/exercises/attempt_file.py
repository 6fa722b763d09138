"""The file of an attempt: a line an event, written the moment it happens.

The first line holds the exercise itself as the text of its file, so an attempt can be opened when
the exercise has changed since, or is on another machine.  Nothing is lost when the program is
killed: a last line that was cut in the middle is an event that was never confirmed, and left out.
"""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from nnsim import __version__
from nnsim.core.files import read_bytes, reason_of
from nnsim.core.messages import NnsimError
from nnsim.exercises.attempt import Attempt, Event, Marked
from nnsim.exercises.file_writing import dumps

SUFFIX = ".attempt.jsonl"
MAX_BYTES = 32 * 1024 * 1024
#: The first event stands in this line of a file.
FIRST_EVENT = 2
_Verdict = Literal["", "blank", "unreadable", "wrong", "consistent", "right"]


class Head(BaseModel):
    """The first line.  ``cells`` is how many are asked; ``exercise`` the text of its file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["nnsim-attempt"]
    version: Literal[1]
    made_with: str = Field(max_length=100)
    id: str = Field(max_length=60)
    seed: int = Field(ge=0, lt=2**63)
    mode: Literal["try_again", "go_on", "at_end"]
    name: str = Field(max_length=200)
    started: AwareDatetime
    cells: int = Field(ge=1)
    exercise: str


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["entry", "hint", "finish"]
    time: AwareDatetime
    cell: str = Field(default="", max_length=200)
    text: str = Field(default="", max_length=2000)
    read: str = Field(default="", max_length=2000)
    verdict: _Verdict = ""
    credit: float = 0.0
    mistake: str = Field(default="", max_length=60)
    level: int = Field(default=0, ge=0, le=4)
    marked: tuple[tuple[str, _Verdict, float, str], ...] = ()


@dataclass(frozen=True)
class Log:
    """What a file says; ``length`` is how many of its bytes are whole lines."""

    head: Head
    events: tuple[Event, ...]
    length: int


class LogFile:
    """The file of an attempt, appended to line by line.

    What stands behind the first ``length`` bytes was never confirmed and gives way.
    """

    def __init__(self, path: Path, length: int | None = None) -> None:
        self._path, self._length = path, length

    def begin(self, attempt: Attempt) -> None:
        """Write the first line.  Raises NnsimError ``file.cannot_write``."""
        exercise = attempt.variant.exercise
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot_write(self._path, error) from error
        self._append(
            {
                "format": "nnsim-attempt",
                "version": 1,
                "made_with": __version__,
                "id": exercise.id,
                "seed": attempt.variant.seed,
                "mode": attempt.mode,
                "name": attempt.name,
                "started": attempt.started.isoformat(),
                "cells": len(attempt.sheet.asked),
                "exercise": dumps(exercise),
            }
        )

    def write(self, event: Event) -> None:
        """Add an event and see it on the disk.  Raises NnsimError ``file.cannot_write``."""
        made = dataclasses.asdict(event) | {"time": event.time.isoformat()}
        self._append({name: value for name, value in made.items() if value})

    def _append(self, line: dict[str, Any]) -> None:
        content = (json.dumps(line, ensure_ascii=False) + "\n").encode()
        try:
            with self._path.open("ab") as file:
                if self._length is not None:
                    file.truncate(self._length)
                    self._length = None
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _cannot_write(self._path, error) from error


def _cannot_write(path: Path, error: OSError) -> NnsimError:
    return NnsimError.of("file.cannot_write", path=str(path), reason=reason_of(error))


def read_log(path: Path) -> Log:
    """Read a file.

    Raises NnsimError: ``file.not_found``, ``file.cannot_read``, ``file.over_limit``,
    ``attempt.not_an_attempt``, and ``attempt.damaged`` with the line.
    """
    path = Path(path)
    content = read_bytes(path, MAX_BYTES)
    whole = content[: content.rfind(b"\n") + 1]
    lines = whole.splitlines()
    try:
        head = Head.model_validate_json(lines[0] if lines else b"")
    except ValidationError as error:
        raise NnsimError.of("attempt.not_an_attempt", path=str(path)) from error
    events = []
    for number, line in enumerate(lines[1:], FIRST_EVENT):
        try:
            events.append(_event_of(line))
        except ValidationError as error:
            raise damaged(path, number) from error
    return Log(head, tuple(events), len(whole))


def _event_of(line: bytes) -> Event:
    # vars and not model_dump: hundreds of files are read when a list of attempts opens.
    fields = dict(vars(_Line.model_validate_json(line)))
    fields["marked"] = tuple(Marked(*each) for each in fields["marked"])
    return Event(**fields)


def damaged(path: Path, line: int) -> NnsimError:
    """That a line of a file says what cannot have happened."""
    return NnsimError.of("attempt.damaged", path=str(path), line=line)
