"""Names as the course writes them, and entries of legends (HTML)."""

from __future__ import annotations

import re
from html import escape

_INDEXED = re.compile(r"([^\W\d_]+)_?(\d+)")
_TAG = re.compile(r"(<[^>]*>)")
# WORD JOINER: no line is broken beside it.
_JOINER = "\u2060"


def name_html(name: str) -> str:
    """A name as the course writes it: x1 with its number below the line."""
    found = _INDEXED.fullmatch(name)
    return f"{found[1]}<sub>{found[2]}</sub>" if found else escape(name)


def swatch(glyph: str, color: str, words: str) -> str:
    """A coloured glyph and what it stands for."""
    return f'<span style="color:{color}">{glyph}</span>&nbsp;{_together(words)}'


def _together(words: str) -> str:
    """Words (HTML) in which no line is broken: entries of a legend are kept whole."""
    parts = _TAG.split(words)
    for k in range(0, len(parts), 2):
        parts[k] = parts[k].replace(" ", "&nbsp;")
        for mark in "(/∂":
            parts[k] = parts[k].replace(mark, f"{_JOINER}{mark}{_JOINER}")
    return "".join(parts)
