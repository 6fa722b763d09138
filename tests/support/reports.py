"""Reports that commands print, read back."""

from __future__ import annotations

import json
from typing import Any


def read_jsonl(output: str) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
    """Head, rows and end of a report as JSON Lines."""
    head, *rows, end = [json.loads(line) for line in output.splitlines()]
    return head, rows, end["end"]
