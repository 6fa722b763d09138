"""Cells of CSV and XLSX files, and what the columns are for."""

import contextlib
import datetime
import zipfile

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnsim.core.messages import NnsimError
from nnsim.data.roles import Role, dataset_of, suggested_roles
from nnsim.data.sheets import read_sheet, worksheets
from tests.support.data import refusal, refusals

FLOWERS = "length;width;note;species\n1,5;2;tall;setosa\n0.5;3;;virginica\n2;1/2;low;setosa\n"
ROLES = (Role.INPUT, Role.INPUT, Role.IGNORE, Role.CLASS)


@pytest.fixture
def csv(tmp_path):
    def write(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def xlsx(tmp_path):
    def write(*rows, **more_sheets):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for title, others in more_sheets.items():
            sheet = book.create_sheet(title)
            for row in others:
                sheet.append(row)
        path = tmp_path / "table.xlsx"
        book.save(path)
        return path

    return write


class TestCsv:
    def test_cells_come_stripped_with_the_numbers_of_their_lines(self, csv):
        sheet = read_sheet(csv("a , b\n\n 1,x \n2,\n"))
        assert sheet.names == ("a", "b")
        assert sheet.rows == (("1", "x"), ("2", ""))
        assert sheet.numbers == (3, 4)

    def test_headings_must_be_there_and_differ(self, csv):
        assert refusals(read_sheet, csv("a,,a\n1,2,3\n")) == [
            ("sheet.heading_missing", {"number": 2}),
            ("sheet.heading_twice", {"name": "a", "number": 3}),
        ]

    def test_rows_of_another_length_are_named(self, csv):
        assert refusals(read_sheet, csv("a,b\n1,2\n1\n")) == [
            ("csv.row_length", {"row": 3, "found": 1, "n": 2})
        ]

    def test_marks_within_quotation_marks_part_no_cells(self, csv):
        sheet = read_sheet(csv('"weight (kg; about)","height,\nm",y\n"1,5",2,0\n'))
        assert sheet.names == ("weight (kg; about)", "height, m", "y")
        assert sheet.rows == (("1,5", "2", "0"),)

    @pytest.mark.parametrize("row", ['1,"2', '1,"2"3'], ids=["not closed", "goes on"])
    def test_quotation_marks_that_part_no_cells_are_named_by_their_row(self, csv, row):
        """One that is never closed would take all rows behind it into one cell."""
        path = csv(f"a,b\n1,2\n\n{row}\n3,4\n5,6\n")
        assert refusals(read_sheet, path) == [("csv.quotes", {"path": str(path), "row": 4})]

    @given(content=st.binary(max_size=200))
    def test_any_bytes_give_samples_or_a_message(self, tmp_path_factory, content):
        path = tmp_path_factory.getbasetemp() / "any.csv"
        path.write_bytes(content)
        # Any other exception would fail the test.
        with contextlib.suppress(NnsimError):
            sheet = read_sheet(path)
            assert np.isfinite(dataset_of(sheet, suggested_roles(sheet)).inputs).all()


class TestXlsx:
    def test_numbers_keep_all_their_digits(self, xlsx):
        values = [0.1, 1 / 3, -1e-300, 12345678.9, 7]
        sheet = read_sheet(xlsx(["x", "y"], *[[value, 1] for value in values]))
        data = dataset_of(sheet, (Role.INPUT, Role.TARGET))
        assert data.inputs[:, 0].tolist() == values

    def test_numbers_typed_as_text_are_read_with_either_mark(self, xlsx):
        sheet = read_sheet(xlsx(["x", "y"], ["0,5", 1], ["0.25", "1/2"]))
        data = dataset_of(sheet, (Role.INPUT, Role.TARGET))
        assert data.inputs[:, 0].tolist() == [0.5, 0.25]
        assert data.targets[:, 0].tolist() == [1, 0.5]

    def test_empty_rows_and_columns_at_the_edge_are_no_samples(self, xlsx):
        sheet = read_sheet(xlsx(["a", "b", None], [1, 2, None], [None, None, None], [3, 4]))
        assert sheet.names == ("a", "b")
        assert sheet.numbers == (2, 4)

    def test_a_gap_is_named_by_the_row_of_the_file(self, xlsx):
        sheet = read_sheet(xlsx(["a", "b"], [None, None], [1, None]))
        assert refusals(dataset_of, sheet, (Role.INPUT, Role.TARGET)) == [
            ("csv.missing", {"row": 3, "column": "b", "text": ""})
        ]

    def test_dates_and_truth_values_are_no_numbers(self, xlsx):
        sheet = read_sheet(xlsx(["a", "b", "y"], [datetime.date(2024, 9, 1), True, 1]))
        roles = (Role.INPUT, Role.INPUT, Role.TARGET)
        assert [params["text"] for _, params in refusals(dataset_of, sheet, roles)] == [
            "2024-09-01T00:00:00",
            "TRUE",
        ]

    def test_a_formula_without_its_result_is_missing(self, xlsx):
        sheet = read_sheet(xlsx(["a", "y"], ["=1+1", 2]))
        assert refusal(dataset_of, sheet, (Role.INPUT, Role.TARGET)) == "csv.missing"

    def test_another_worksheet_by_name(self, xlsx):
        path = xlsx(["a"], [1], second=[["b"], [2]])
        assert worksheets(path) == ("Sheet", "second")
        assert read_sheet(path, "second").names == ("b",)
        assert refusal(read_sheet, path, "third") == "sheet.no_worksheet"

    def test_foreign_files_are_refused(self, tmp_path, csv):
        assert refusal(read_sheet, csv("a,b\n1,2\n", "t.xlsx")) == "sheet.damaged"
        with zipfile.ZipFile(tmp_path / "z.xlsx", "w") as archive:
            archive.writestr("hello", "world")
        assert refusal(read_sheet, tmp_path / "z.xlsx") == "sheet.damaged"
        ((code, params),) = refusals(read_sheet, tmp_path / "none.xlsx")
        assert (code, params["reason"].code) == ("sheet.unreadable", "reason.missing")

    def test_a_file_cut_short_is_refused(self, xlsx):
        path = xlsx(["a", "b"], [1, 2])
        path.write_bytes(path.read_bytes()[:-200])
        assert refusal(read_sheet, path) == "sheet.damaged"

    def test_what_unpacks_to_too_much_is_not_unpacked(self, xlsx, monkeypatch):
        path = xlsx(["a", "b"], [1, 2])
        monkeypatch.setattr("nnsim.data.sheets.MAX_UNPACKED", 1000)
        assert refusal(read_sheet, path) == "sheet.too_large"

    def test_nothing_below_the_headings(self, xlsx):
        assert refusal(read_sheet, xlsx(["a", "b"])) == "csv.empty"


class TestRoles:
    def test_a_class_column_becomes_one_column_a_class(self, csv):
        data = dataset_of(read_sheet(csv(FLOWERS)), ROLES)
        assert data.input_names == ("length", "width")
        assert data.inputs.tolist() == [[1.5, 2], [0.5, 3], [2, 0.5]]
        assert data.classes == data.target_names == ("setosa", "virginica")
        assert data.targets.tolist() == [[1, 0], [0, 1], [1, 0]]
        assert data.labels.tolist() == [0, 1, 0]

    def test_classes_that_are_numbers_stand_in_their_order(self, csv):
        sheet = read_sheet(csv("x,digit\n" + "".join(f"0,{k}\n" for k in (10, 9, 2, 10))))
        data = dataset_of(sheet, (Role.INPUT, Role.CLASS))
        assert data.classes == ("2", "9", "10")
        assert data.labels.tolist() == [2, 1, 0, 2]

    def test_several_targets(self, csv):
        sheet = read_sheet(csv("y1,x,y2\n1,2,3\n"))
        data = dataset_of(sheet, (Role.TARGET, Role.INPUT, Role.TARGET))
        assert data.target_names == ("y1", "y2")
        assert data.targets.tolist() == [[1, 3]]
        assert data.classes == ()

    def test_what_is_ignored_may_be_missing_or_wrong(self, csv):
        sheet = read_sheet(csv("x,note,y\n1,,2\n3,?,4\n"))
        assert len(dataset_of(sheet, (Role.INPUT, Role.IGNORE, Role.TARGET))) == 2

    def test_gaps_and_words_are_named_by_row_and_column_in_the_order_of_rows(self, csv):
        sheet = read_sheet(csv("x,y,c\n1,2,\n,two,a\n"))
        roles = (Role.INPUT, Role.IGNORE, Role.CLASS)
        assert refusals(dataset_of, sheet, roles) == [
            ("sheet.class_missing", {"row": 2, "column": "c", "text": ""}),
            ("csv.missing", {"row": 3, "column": "x", "text": ""}),
        ]
        roles = (Role.INPUT, Role.TARGET, Role.IGNORE)
        assert refusals(dataset_of, sheet, roles) == [
            ("csv.missing", {"row": 3, "column": "x", "text": ""}),
            ("csv.cell", {"row": 3, "column": "y", "text": "two"}),
        ]

    def test_only_the_first_mistakes_are_told(self, csv):
        sheet = read_sheet(csv("x,y\n" + "a,b\n" * 20))
        assert len(refusals(dataset_of, sheet, (Role.INPUT, Role.TARGET))) == 5

    @pytest.mark.parametrize(
        ("roles", "code"),
        [
            ((Role.IGNORE, Role.TARGET, Role.TARGET), "sheet.no_input"),
            ((Role.INPUT, Role.INPUT, Role.IGNORE), "sheet.no_target"),
            ((Role.INPUT, Role.CLASS, Role.CLASS), "sheet.one_class_column"),
            ((Role.INPUT, Role.TARGET, Role.CLASS), "sheet.class_or_targets"),
        ],
    )
    def test_roles_that_make_no_samples(self, csv, roles, code):
        assert refusal(dataset_of, read_sheet(csv("a,b,c\n1,2,3\n")), roles) == code

    def test_too_many_classes(self, csv):
        sheet = read_sheet(csv("x,c\n" + "".join(f"0,c{k}\n" for k in range(1001))))
        assert refusals(dataset_of, sheet, (Role.INPUT, Role.CLASS)) == [
            ("sheet.too_many_classes", {"column": "c", "n": 1000})
        ]

    def test_suggestions_look_at_the_cells(self, csv):
        assert suggested_roles(read_sheet(csv(FLOWERS))) == ROLES
        numbers = read_sheet(csv("a,b,c\n1,2,3\n"))
        assert suggested_roles(numbers) == (Role.INPUT, Role.INPUT, Role.TARGET)

    @pytest.mark.parametrize(
        "mark", ["NA", "NaN", "n/a", "NULL", "?", "-", "-inf", "#¡DIV/0!", "#N/D"]
    )
    def test_what_stands_for_a_missing_number_makes_no_column_of_words(self, csv, mark):
        """Left out without a word the column would be gone; as an input the place is named."""
        sheet = read_sheet(csv(f"a,b,y\n1,2,3\n4,{mark},5\n"))
        roles = suggested_roles(sheet)
        assert roles == (Role.INPUT, Role.INPUT, Role.TARGET)
        assert refusals(dataset_of, sheet, roles) == [
            ("csv.cell", {"row": 3, "column": "b", "text": mark})
        ]

    def test_among_words_it_is_a_word(self, csv):
        sheet = read_sheet(csv("x,country\n1,NA\n2,MX\n"))
        assert suggested_roles(sheet) == (Role.INPUT, Role.CLASS)
        assert dataset_of(sheet, suggested_roles(sheet)).classes == ("MX", "NA")

    def test_a_role_for_each_column_is_needed(self, csv):
        with pytest.raises(ValueError):
            dataset_of(read_sheet(csv(FLOWERS)), (Role.INPUT,))
