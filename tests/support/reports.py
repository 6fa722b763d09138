"""Reports that commands print, read back."""

from __future__ import annotations

import csv
import json
from typing import Any


def read_jsonl(output: str) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
    """Head, rows and end of a report as JSON Lines."""
    head, *rows, end = [json.loads(line) for line in output.splitlines()]
    return head, rows, end["end"]


def read_csv(output: str) -> tuple[dict[str, Any], list[dict[str, str]], dict[str, Any]]:
    """Head, rows and end of a report as CSV."""
    lines = output.splitlines()
    comments = [line.removeprefix("# ") for line in lines if line.startswith("#")]
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    return json.loads("".join(comments[:-1])), rows, json.loads(comments[-1])["end"]
