"""Sheets that tests of marking share."""

from __future__ import annotations

from nnsim.core.messages import Message
from nnsim.core.numbers import Number
from nnsim.exercises.forms.base import Field, Form, FormSheet


def sheet_with(number: Number, decimals: int | None = None) -> FormSheet:
    """A sheet of a single cell "n"; exact without ``decimals``."""
    words = Message("exercise.value")
    is_exact = decimals is None
    field = Field("n", words, value=number, is_exact=is_exact, decimals=decimals)
    return FormSheet(Form((field,)))
