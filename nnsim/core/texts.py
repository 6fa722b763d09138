"""Text from outside made fit to be shown."""

from __future__ import annotations


def one_line(text: str) -> str:
    """The text with every run of white space as one space, control characters gone."""
    return " ".join("".join(c if c.isprintable() or c.isspace() else " " for c in text).split())
