"""Text from outside made fit to be shown, and text made fit to be compared."""

from __future__ import annotations

import unicodedata


def one_line(text: str) -> str:
    """The text with every run of white space as one space, control characters gone."""
    return " ".join("".join(c if c.isprintable() or c.isspace() else " " for c in text).split())


def folded(words: str) -> str:
    """Words without case, accents and the difference between their forms."""
    parts = unicodedata.normalize("NFKD", words.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))
