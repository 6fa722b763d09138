"""A class's attempts in one table, and the commonest mistakes."""

import csv
import re
from datetime import UTC, datetime, timedelta

import pytest

from nnsim.core.messages import NnsimError
from nnsim.exercises import attempts
from nnsim.exercises.bank import exercise_of
from nnsim.exercises.results import collect, save_commonest, save_log, save_results, save_table

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    """Three students: one perfect, two with the same slip, one of them with another as well."""
    variant = exercise_of("or-course-rule").variant()
    slips = {
        "Ana": {},
        "Benito": {"1.b+": "-2"},
        "=Carla": {"1.b+": "-2", "1.sums": "0"},
    }
    for number, (name, wrong) in enumerate(slips.items()):
        now = START + timedelta(hours=number)
        attempt = attempts.start(variant, tmp_path / f"student {number}", now, name=name)
        for k, cell in enumerate(attempt.sheet.asked):
            right = attempt.sheet.expected(cell.key).text()
            attempt.enter(cell.key, wrong.get(cell.key, right), now + timedelta(seconds=30 * k))
        attempt.finish(now + timedelta(minutes=20))
    return tmp_path


def rows(path, delimiter=","):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def test_a_class_is_one_table_with_a_line_each(folder, tmp_path):
    save_table(collect([folder]), tmp_path / "class.csv", "en")
    table = rows(tmp_path / "class.csv")
    assert table[0][:3] == ["name", "exercise", "seed"]
    by_name = {row[0]: dict(zip(table[0], row, strict=True)) for row in table[1:]}
    assert by_name["Ana"]["points"] == "28"
    assert by_name["Benito"]["points"] == "27"
    assert by_name["Benito"]["minutes"] == "20"
    assert "only the change" in by_name["Benito"]["commonest mistake"]
    # A name that a spreadsheet would compute is only shown.
    assert by_name["'=Carla"]["points"] == "26"


def test_the_commonest_mistakes_are_those_of_most_attempts(folder, tmp_path):
    results = collect([folder])
    first = results.commonest[0]
    assert (first.mistake, first.times, first.attempts) == ("only_change", 2, 2)
    save_commonest(results, tmp_path / "mistakes.csv", "es")
    assert rows(tmp_path / "mistakes.csv", ";")[0] == ["ejercicio", "error", "veces", "intentos"]


def test_the_log_has_a_row_for_everything_that_happened(folder, tmp_path):
    save_log(collect([folder]).attempts, tmp_path / "log.csv", "en")
    table = rows(tmp_path / "log.csv")
    assert len(table) == 1 + 3 * (28 + 1)


def test_in_spanish_the_tables_open_in_a_spreadsheet_with_decimal_comma(folder, tmp_path):
    results = collect([folder])
    table, mistakes, log = save_results(results, tmp_path / "clase.csv", "es")
    assert (mistakes.name, log.name) == ("clase-errores.csv", "clase-log.csv")
    head, *lines = rows(table, ";")
    by_name = {row[0]: dict(zip(head, row, strict=True)) for row in lines}
    assert by_name["Benito"]["porcentaje"] == "96,4"
    assert by_name["Benito"]["modo"] == "reintentar"
    assert re.fullmatch(r"2026-03-0\d \d\d:30", by_name["Benito"]["comienzo"])
    written = {row[9] for row in rows(log, ";")}
    assert {"-0,5", "(0,5; 1)"} <= written
    assert not any("." in read for read in written)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("+A1", "'+A1"),
        ("-", "-"),
        ("-0,5", "-0,5"),
        ("Ana-María", "Ana-María"),
    ],
)
def test_a_name_is_never_computed(tmp_path, name, shown):
    variant = exercise_of("or-course-rule").variant()
    attempts.start(variant, tmp_path / "one", START, name=name)
    save_table(collect([tmp_path]), tmp_path / "class.csv", "es")
    assert rows(tmp_path / "class.csv", ";")[1][0] == shown


def test_one_damaged_attempt_spoils_no_others(folder):
    next(folder.rglob("*.jsonl")).write_text("not an attempt\n", encoding="utf-8")
    results = collect([folder])
    assert len(results.attempts) == 2
    assert [m.code for m in results.unreadable] == ["attempt.not_an_attempt"]


def test_no_attempt_at_all_is_told(tmp_path):
    with pytest.raises(NnsimError) as caught:
        collect([tmp_path])
    assert caught.value.messages[0].code == "results.none"
