"""Traces for programs: CSV, JSON Lines and workbooks, with every digit."""

import csv
import json
from dataclasses import replace

import openpyxl
import pandas
import pytest

from nnsim.core.messages import NnsimError
from nnsim.document.edits import rename, set_texts
from nnsim.document.examples import load_example
from nnsim.document.templates import perceptron
from nnsim.export import (
    Options,
    export_trace,
)
from nnsim.session import Session
from nnsim.session.table import Group
from tests.support.documents import gate
from tests.support.exported import or_gate, printed


class TestCsv:
    def test_pandas_reads_it_past_the_head(self, tmp_path):
        path = tmp_path / "or.csv"
        export_trace(or_gate(), path, "csv")
        table = pandas.read_csv(path, comment="#")
        assert table["z.N1"].tolist() == [1, -1, -0.5, 0, -0.5, 0, 1]
        assert table["new.b.N1"].tolist() == [-1] * 7

    def test_a_number_sign_in_a_name_is_no_comment(self, tmp_path):
        path = tmp_path / "or.csv"
        export_trace(rename(gate(), "n3", "N #1, the one"), path, "csv")
        assert "z.N #1, the one" in pandas.read_csv(path, comment="#").columns

    def test_has_every_digit(self):
        document = load_example("xor-2-2-1")
        rows = list(csv.reader(data_lines(printed(document, "csv", iterations=50))))
        session = Session(document)
        place = rows[0].index("new.b.N1")
        for number, row in enumerate(rows[1:], start=1):
            assert float(row[place]) == session.record(number).arrays["b+:n4"][0]

    def test_the_head_is_json_in_short_lines(self):
        lines = [line for line in printed(gate(), "csv").splitlines() if line.startswith("#")]
        head = json.loads("".join(line[1:] for line in lines[:-1]))
        assert head["nnsim_trace"] == 1
        assert head["document"]["conventions"]["threshold"] == ">="
        assert head["document"]["training"]["seed"] == 0
        assert head["arrays"]["weights/c4"] == [[0.5]]
        assert json.loads(lines[-1][1:])["end"]["rows"] == 7
        assert any(line.startswith('#  "training":') for line in lines)

    def test_the_point_is_the_decimal_mark_in_every_language(self):
        spanish, english = (data_lines(printed(gate(), "csv", locale=one)) for one in ("es", "en"))
        assert spanish == english

    def test_with_a_comma_cells_are_parted_by_semicolons(self, tmp_path):
        path = tmp_path / "or.csv"
        export_trace(gate(), path, "csv", Options(mark=","))
        table = pandas.read_csv(path, comment="#", sep=";", decimal=",")
        assert table["z.N1"].tolist() == [1, -1, -0.5, 0, -0.5, 0, 1]

    def test_chosen_columns(self):
        text = printed(gate(), "csv", groups=frozenset({Group.ITERATION, Group.ERRORS}))
        assert data_lines(text)[:2] == ['"iteration","e.y"', "1,-1"]


def data_lines(text):
    return [line for line in text.splitlines() if not line.startswith("#")]


class TestJsonLines:
    def test_head_rows_and_end_are_objects(self):
        head, *rows, end = map(json.loads, printed(gate(), "jsonl").splitlines())
        assert head["document"]["training"]["rule"] == "course"
        assert [row["z.N1"] for row in rows] == [1, -1, -0.5, 0, -0.5, 0, 1]
        assert end == {"end": {"iterations": 7, "rows": 7, "outcome": {"kind": "open"}}}

    def test_numbers_that_json_has_not_are_texts(self):
        document = replace(perceptron((2, 2, 1), "identity", "identity"), training=diverging())
        *_, last, end = printed(document, "jsonl", until_converged=True).splitlines()
        assert json.loads(last, parse_constant=pytest.fail)
        assert json.loads(end)["end"]["outcome"]["kind"] == "not_finite"
        assert '"inf"' in last or '"nan"' in last


def diverging():
    training = perceptron((2, 2, 1)).training
    return replace(training, learning_rate=1e6)


class TestXlsx:
    def test_numbers_are_numbers_and_the_rest_has_sheets_of_its_own(self, tmp_path):
        path = tmp_path / "or.xlsx"
        export_trace(or_gate(), path, "xlsx", Options(locale="es"))
        book = openpyxl.load_workbook(path)
        assert book.sheetnames == ["Traza", "Acerca de", "Datos", "Valores iniciales"]
        headings, *rows = book["Traza"].iter_rows(values_only=True)
        assert headings[:6] == ("Iteración", "Época", "Muestra", "x1", "x2", "Σ N1")
        assert [row[5] for row in rows] == [1, -1, -0.5, 0, -0.5, 0, 1]
        about = dict(row[:2] for row in book["Acerca de"].iter_rows(min_row=2, values_only=True))
        assert about["Regla de aprendizaje"] == "Regla del curso"
        assert about["Semilla"] == "0"
        assert about["Resultado"].startswith("Sin decidir tras 7")
        assert list(book["Datos"].values)[:2] == [("x1", "x2", "y"), (0, 0, 0)]
        start = list(book["Valores iniciales"].values)
        assert start == [("w N1 ← x1", 0.5), ("w N1 ← x2", 0.5), ("b N1", 1)]

    def test_a_name_is_never_a_formula(self, tmp_path):
        document = set_texts(rename(gate(), "n3", "=1+1"), title="=HYPERLINK(1)", notes="=2")
        path = tmp_path / "a.xlsx"
        export_trace(document, path, "xlsx")
        for sheet in openpyxl.load_workbook(path):
            for row in sheet.iter_rows():
                assert all(cell.data_type != "f" for cell in row)

    def test_more_rows_than_a_sheet_holds_are_refused_and_nothing_is_written(
        self, tmp_path, monkeypatch
    ):
        monkeypatch.setattr("nnsim.export.workbook.MAX_ROWS", 5)
        with pytest.raises(NnsimError) as error:
            export_trace(gate(), tmp_path / "a.xlsx", "xlsx")
        assert error.value.messages[0].code == "export.too_many_rows"
        assert list(tmp_path.iterdir()) == []

    def test_is_no_text_to_print(self):
        with pytest.raises(NnsimError) as error:
            printed(gate(), "xlsx")
        assert error.value.messages[0].code == "export.needs_file"
