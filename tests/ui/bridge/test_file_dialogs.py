"""A file to be saved ends as its format does."""

from pathlib import Path

import pytest

from nnsim.ui.bridge.file_dialogs import with_ending

PICTURES = (".svg", ".pdf", ".png")


@pytest.mark.parametrize(
    ("typed", "endings", "wanted", "expected"),
    [
        ("trace.jsonl", (".jsonl",), ".jsonl", "trace.jsonl"),
        ("trace.JSONL", (".jsonl",), ".jsonl", "trace.JSONL"),
        ("trace", (".jsonl",), ".jsonl", "trace.jsonl"),
        ("trace.", (".jsonl",), ".jsonl", "trace.jsonl"),
        # An ending of another format gives way,
        ("trace.xlsx", (".jsonl",), ".jsonl", "trace.jsonl"),
        ("trace.svg", (".csv",), ".csv", "trace.csv"),
        ("mine.zip", (".nnsim",), ".nnsim", "mine.nnsim"),
        ("plane.jpg", PICTURES, ".pdf", "plane.pdf"),
        # a point in a name does not,
        ("rate 0.5", (".nnsim",), ".nnsim", "rate 0.5.nnsim"),
        ("or v1.2", PICTURES, ".png", "or v1.2.png"),
        # and one of several endings is kept, whatever type is chosen in the list.
        ("plane.png", PICTURES, ".svg", "plane.png"),
    ],
)
def test_the_ending(typed, endings, wanted, expected):
    assert with_ending(Path("folder") / typed, endings, wanted) == Path("folder") / expected
