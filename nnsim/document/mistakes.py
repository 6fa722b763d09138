"""What is wrong in a file's fields, in codes that can be put into any language."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nnsim.core.messages import Message, NnsimError

MAX_SHOWN = 5

# Type of pydantic's error -> code, and which figure of it the sentence names.
_REASONS: dict[str, tuple[str, str | None]] = {
    "missing": ("field.missing", None),
    "extra_forbidden": ("field.unknown", None),
    "float_type": ("field.number", None),
    "int_type": ("field.whole", None),
    "string_type": ("field.text", None),
    "string_unicode": ("field.text", None),
    "bool_type": ("field.boolean", None),
    "list_type": ("field.list", None),
    "model_type": ("field.table", None),
    "dict_type": ("field.table", None),
    "greater_than_equal": ("field.at_least", "ge"),
    "greater_than": ("field.more_than", "gt"),
    "less_than_equal": ("field.at_most", "le"),
    "less_than": ("field.less_than", "lt"),
    "finite_number": ("field.finite", None),
    "string_too_long": ("field.too_long", None),
    "too_long": ("field.too_long", None),
    "string_too_short": ("field.too_short", None),
    "too_short": ("field.too_short", None),
    "string_pattern_mismatch": ("field.pattern", None),
}


def field_errors(error: ValidationError, path: Path) -> NnsimError:
    """An NnsimError with a ``file.field`` for each of the first mistakes, with its place."""
    return NnsimError(
        *(
            Message("file.field", {"path": str(path), "place": place, "reason": reason})
            for place, reason in mistakes_in(error)
        )
    )


def mistakes_in(error: ValidationError) -> list[tuple[str, Message]]:
    """Place and reason of each of the first mistakes."""
    return [
        (".".join(str(step) for step in place) or "document", reason)
        for place, reason in places_in(error)
    ]


def places_in(error: ValidationError) -> list[tuple[tuple[str | int, ...], Message]]:
    """Steps to the place, and reason, of each of the first mistakes."""
    found = error.errors(include_url=False, include_input=False)[:MAX_SHOWN]
    return [(m["loc"], _reason(m["type"], m.get("ctx", {}))) for m in found]


def _reason(kind: str, figures: Mapping[str, Any]) -> Message:
    if kind.startswith("field."):
        # A rule of a schema's own says what is wrong itself.
        return Message(kind)
    if kind in ("literal_error", "enum"):
        return Message("field.choice", {"expected": figures["expected"].replace(" or ", ", ")})
    code, figure = _REASONS.get(kind, ("field.invalid", None))
    return Message(code, {} if figure is None else {"limit": figures[figure]})
