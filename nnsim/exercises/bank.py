"""The exercises that travel with nnsim, in the order of a course."""

from __future__ import annotations

import functools
from pathlib import Path

from nnsim.core.messages import NnsimError
from nnsim.core.resources import resource_path
from nnsim.exercises.exercise import Exercise
from nnsim.exercises.file import SUFFIX, load, read

#: Groups in the order of a course; their names are ``exercise.group.<group>`` in the catalogue.
GROUPS = (
    "neuron",
    "rules",
    "networks",
    "backpropagation",
    "outputs_losses",
    "activations",
    "optimisers",
    "problems",
    "data",
    "images",
    "recurrent",
    "unsupervised",
    "other",
)


def folder() -> Path:
    """Where the files are."""
    return resource_path("exercises")


@functools.cache
def exercises() -> tuple[Exercise, ...]:
    """All shipped exercises, in the order of the course; a test holds each to be sound."""
    found = [read(path) for path in sorted(folder().glob(f"*{SUFFIX}"))]
    return tuple(sorted(found, key=lambda exercise: (_place_of(exercise.group), exercise.order)))


def _place_of(group: str) -> int:
    return GROUPS.index(group) if group in GROUPS else len(GROUPS)


def exercise_of(exercise: str) -> Exercise:
    """The shipped exercise of an id, or that in a file of this name.

    Raises NnsimError ``exercise.unknown`` or those of a file.
    """
    shipped = folder() / f"{exercise}{SUFFIX}"
    if "/" not in exercise and "\\" not in exercise and shipped.is_file():
        return load(shipped)
    path = Path(exercise)
    if path.suffix == SUFFIX or path.is_file():
        return load(path)
    raise NnsimError.of("exercise.unknown", exercise=exercise)
