"""Seeds of variants, as they are drawn and typed."""

from __future__ import annotations

import secrets

_SEEDS = 999_999


def fresh_seed() -> int:
    """A seed nobody chose, short enough to be read out in a classroom."""
    return 1 + secrets.randbelow(_SEEDS)


def read_seed(text: str) -> int | None:
    """A seed as typed; None where it is none."""
    cleaned = text.strip()
    if not (cleaned.isascii() and cleaned.isdecimal()) or int(cleaned) >= 2**63:
        return None
    return int(cleaned)
