"""Hand-outs as files: which there are, and that each holds what its name says."""

from pathlib import Path

import pytest

from nnsim.exercises.bank import exercise_of
from nnsim.exercises.handing_out import SUFFIXES, hand_out, places
from nnsim.exercises.handouts import variants_of


@pytest.fixture(scope="module")
def variants():
    return variants_of(exercise_of("or-course-rule"), 2, 1)


def no_pdf(page, path, title):
    raise AssertionError("this is no PDF")


@pytest.mark.parametrize(
    ("format", "begins"),
    [("html", "<!DOCTYPE html>"), ("latex", r"\documentclass"), ("moodle", "<?xml"), ("gift", "")],
)
def test_what_is_written_is_what_was_announced(variants, tmp_path, format, begins):
    path = tmp_path / f"or{SUFFIXES[format]}"
    written = hand_out(variants, path, format, "es", no_pdf)
    assert set(tmp_path.iterdir()) == set(written) == set(places(path, format, "es").values())
    for place in written:
        assert place.read_text(encoding="utf-8").startswith(begins)


def test_a_sheet_has_its_solution_beside_it(variants, tmp_path):
    sheet, solution = hand_out(variants, tmp_path / "or.html", "html", "es", no_pdf)
    assert (sheet.name, solution.name) == ("or.html", "or-solucion.html")
    assert "<title>" in sheet.read_text(encoding="utf-8")
    assert sheet.read_bytes() != solution.read_bytes()


def test_questions_for_a_platform_hold_their_answers():
    assert places(Path("or.xml"), "moodle", "en") == {"sheet": Path("or.xml")}


def test_a_pdf_is_printed_by_whoever_has_qt(variants, tmp_path):
    printed = []
    hand_out(variants, tmp_path / "or.pdf", "pdf", "en", lambda *job: printed.append(job))
    assert [path.name for _, path, _ in printed] == ["or.pdf", "or-solution.pdf"]
    assert {title for _, _, title in printed} == {"OR gate with the course rule"}
