"""The catalogue of texts: ``resources/i18n/<locale>/*.toml``, one file per room.

A key is the path through the tables (``[step] forward = "..."`` is ``"step.forward"``).  A
sentence has named placeholders, ``{units}``.  Where a count changes the sentence, the key with
``_one`` is used when the parameter ``n`` is 1.  The files need no Qt, so the command line and the
exports say the same words as the window.
"""

from __future__ import annotations

import functools
import itertools
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from nnsim.core.messages import Message
from nnsim.core.numbers import format_number
from nnsim.core.resources import resource_path

LOCALES = ("en", "es")
_FALLBACK = "en"
# What nearly every line of the files is: [a.table], or key = "a sentence".
_TABLE = re.compile(r"\[([\w.-]+)\]")
_PAIR = re.compile(r'([\w-]+) = "([^"\\]*(?:\\["\\nt][^"\\]*)*)"')
_ESCAPE = re.compile(r'\\(["\\nt])')
_ESCAPED = {'"': '"', "\\": "\\", "n": "\n", "t": "\t"}
# A block of lines, closed by a line with nothing else.
_QUOTES = '"""'
_OPENING = re.compile(rf"([\w-]+) = {_QUOTES}")


def text(key: str, locale: str, **params: object) -> str:
    """The sentence ``key`` in ``locale``, with its placeholders filled.

    Numbers take the decimal mark of the locale; a Message among the parameters is put into words
    first.  Raises KeyError for an unknown key: a missing sentence is a defect of the program.
    """
    sentences = catalogue(locale)
    if params.get("n") == 1 and f"{key}_one" in sentences:
        key = f"{key}_one"
    filled = {name: _in_words(value, locale) for name, value in params.items()}
    return sentences[key].format_map(filled) if filled else sentences[key]


def message_text(message: Message, locale: str) -> str:
    """The sentence a message stands for."""
    return text(message.code, locale, **message.params)


def has_text(key: str) -> bool:
    """Whether the catalogue has this key."""
    return key in catalogue(_FALLBACK)


def decimal_mark(locale: str) -> str:
    """The decimal mark of the locale: "," in Spanish, "." in English."""
    return "," if locale == "es" else "."


def system_locale() -> str:
    """ "es" where the system speaks Spanish, else "en"."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "es" if value.lower().startswith("es") else _FALLBACK
    # Only where the environment says nothing, as on Windows: it takes its time to import.
    import locale as system_locales

    language = system_locales.getlocale()[0] or ""
    return "es" if language.lower().startswith(("es", "spanish")) else _FALLBACK


@functools.cache
def catalogue(locale: str) -> Mapping[str, str]:
    """All sentences of a locale by key.  Raises ValueError for an unknown locale."""
    if locale not in LOCALES:
        raise ValueError(f"no texts in {locale!r}; there are {', '.join(LOCALES)}")
    sentences: dict[str, str] = {}
    for path in sorted(resource_path("i18n", locale).glob("*.toml")):
        for key, sentence in _read(path):
            if key in sentences:
                raise ValueError(f"the text {key!r} is defined twice")
            sentences[key] = sentence
    return sentences


def _read(path: Path) -> Iterable[tuple[str, str]]:
    """Key and sentence of a file.

    Every start of the window waits for this, and tomllib, written in Python, takes ten times as
    long for lines as plain as these; a file with anything else in it is left to it.
    """
    content = path.read_text(encoding="utf-8")
    found: list[tuple[str, str]] = []
    prefix = ""
    lines = iter(content.splitlines())
    for line in lines:
        if pair := _PAIR.fullmatch(line):
            sentence = pair[2]
            if "\\" in sentence:
                sentence = _ESCAPE.sub(lambda escape: _ESCAPED[escape[1]], sentence)
            found.append((prefix + pair[1], sentence))
        elif table := _TABLE.fullmatch(line):
            prefix = f"{table[1]}."
        elif opening := _OPENING.fullmatch(line):
            block = list(itertools.takewhile(lambda inner: inner != _QUOTES, lines))
            if any("\\" in inner or _QUOTES in inner for inner in block):
                return _flatten(_parsed(content), "")
            found.append((prefix + opening[1], "".join(f"{inner}\n" for inner in block)))
        elif line.strip() and not line.startswith("#"):
            return _flatten(_parsed(content), "")
    return found


def _parsed(content: str) -> Mapping[str, Any]:
    import tomllib

    return tomllib.loads(content)


def _flatten(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value)


def _in_words(value: object, locale: str) -> object:
    if isinstance(value, Message):
        return message_text(value, locale)
    if isinstance(value, float | Fraction):
        return format_number(value, decimal_mark(locale))
    return value
