"""Finding examples by words, in the language of the person or the other one."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from nnsim.core.texts import folded
from nnsim.document.examples import GROUPS
from nnsim.language import LOCALES, text

_PARTS = ("title", "about", "look")


def groups() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Groups that have examples, with these, in order."""
    return ((group, members) for group, members in GROUPS.items() if members)


def matches(example: str, query: str) -> bool:
    """Whether every word of a query occurs in the words of an example or of its group.

    Case and accents do not matter: "cancer" finds "Cáncer".
    """
    return all(word in _searched(example) for word in folded(query).split())


@functools.cache
def _searched(example: str) -> str:
    group = next(name for name, members in GROUPS.items() if example in members)
    keys = [f"example.{example}.{part}" for part in _PARTS] + [f"gallery.group.{group}"]
    return folded("\n".join([example, *(text(key, place) for key in keys for place in LOCALES)]))
