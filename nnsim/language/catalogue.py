"""The catalogue of texts: ``resources/i18n/<locale>/*.toml``, one file per room.

A key is the path through the tables (``[step] forward = "..."`` is ``"step.forward"``).  A
sentence has named placeholders, ``{units}``.  Where a count changes the sentence, the key with
``_one`` is used when the parameter ``n`` is 1.  The files need no Qt, so the command line and the
exports say the same words as the window.
"""

from __future__ import annotations

import functools
import locale as system_locales
import os
import tomllib
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from nnsim.core.messages import Message
from nnsim.core.numbers import format_number
from nnsim.core.resources import resource_path

LOCALES = ("en", "es")
_FALLBACK = "en"


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
    language = system_locales.getlocale()[0] or ""
    return "es" if language.lower().startswith(("es", "spanish")) else _FALLBACK


@functools.cache
def catalogue(locale: str) -> Mapping[str, str]:
    """All sentences of a locale by key.  Raises ValueError for an unknown locale."""
    if locale not in LOCALES:
        raise ValueError(f"no texts in {locale!r}; there are {', '.join(LOCALES)}")
    sentences: dict[str, str] = {}
    for path in sorted(resource_path("i18n", locale).glob("*.toml")):
        _flatten(tomllib.loads(path.read_text(encoding="utf-8")), "", sentences)
    return sentences


def _flatten(table: Mapping[str, Any], prefix: str, into: dict[str, str]) -> None:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping):
            _flatten(value, f"{key}.", into)
        elif key in into:
            raise ValueError(f"the text {key!r} is defined twice")
        else:
            into[key] = str(value)


def _in_words(value: object, locale: str) -> object:
    if isinstance(value, Message):
        return message_text(value, locale)
    if isinstance(value, float | Fraction):
        return format_number(value, decimal_mark(locale))
    return value
