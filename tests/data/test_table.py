"""Samples from and to CSV, in either decimal mark; nothing is repaired in silence."""

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nnsim.core.messages import NnsimError
from nnsim.data import Table, gate_table, write_csv
from tests.support.data import read_table

numbers = st.floats(allow_nan=False, allow_infinity=False)


@pytest.fixture
def csv(tmp_path):
    def write(content):
        path = tmp_path / "table.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def refusals(path, targets=1):
    with pytest.raises(NnsimError) as error:
        read_table(path, targets)
    return [(message.code, dict(message.params)) for message in error.value.messages]


class TestReading:
    @pytest.mark.parametrize(
        "content",
        [
            "x1,x2,y\n0.5,1,0\n1/2,0,1\n",
            "x1;x2;y\n0,5;1;0\n1/2;0;1\n",
            "x1;x2;y\n0.5;1;0\n0,5;0;1\n",
            "x1\tx2\ty\n0,5\t1\t0\n0.5\t0\t1\n",
            '\ufeffx1,x2,y\r\n"0,5",1,0\r\n\r\n0.5,0,1\r\n',
        ],
        ids=["comma", "semicolon", "mixed", "tab", "quoted, BOM, CRLF, blank line"],
    )
    def test_separators_and_decimal_marks(self, csv, content):
        table = read_table(csv(content), 1)
        assert table.input_names == ("x1", "x2")
        assert table.target_names == ("y",)
        assert table.inputs.tolist() == [[0.5, 1], [0.5, 0]]
        assert table.targets.tolist() == [[0], [1]]

    def test_missing_and_unreadable_cells_are_named_by_row_and_column(self, csv):
        assert refusals(csv("a,b,y\n1,2,3\n\n1,,3\n1,two,3\n")) == [
            ("csv.missing", {"row": 4, "column": "b", "text": ""}),
            ("csv.cell", {"row": 5, "column": "b", "text": "two"}),
        ]

    def test_a_row_of_empty_cells_is_missing_numbers_not_nothing(self, csv):
        codes = [code for code, _ in refusals(csv("a,y\n1,2\n,\n"))]
        assert codes == ["csv.missing", "csv.missing"]

    def test_rows_that_are_too_short_or_long(self, csv):
        assert refusals(csv("a,b,y\n1,2\n1,2,3,4\n")) == [
            ("csv.row_length", {"row": 2, "found": 2, "n": 3}),
            ("csv.row_length", {"row": 3, "found": 4, "n": 3}),
        ]

    def test_at_most_five_mistakes_are_told_at_once(self, csv):
        assert len(refusals(csv("a,y\n" + "x,x\n" * 10))) == 5

    def test_no_samples_too_few_columns_no_text_no_file(self, csv, tmp_path):
        assert refusals(csv("a,b\n"))[0][0] == "csv.empty"
        assert refusals(csv("a,b\n1,2\n"), targets=2)[0][0] == "sheet.no_input"
        (code, params), *_ = refusals(csv(b"a,b\n\xff\xfe,1\n"))
        assert (code, params["reason"].code) == ("csv.unreadable", "reason.not_utf8")
        (code, params), *_ = refusals(tmp_path / "none.csv")
        assert (code, params["reason"].code) == ("csv.unreadable", "reason.missing")

    @given(content=st.binary(max_size=200))
    def test_any_bytes_give_a_table_or_a_message(self, tmp_path_factory, content):
        path = tmp_path_factory.getbasetemp() / "any.csv"
        path.write_bytes(content)
        # Any other exception would fail the test.
        with contextlib.suppress(NnsimError):
            assert np.isfinite(read_table(path, 1).values).all()


class TestWriting:
    @pytest.mark.parametrize("mark", [".", ","])
    @given(values=arrays.arrays(np.float64, (3, 3), elements=numbers))
    def test_what_is_written_is_read_back_bit_for_bit(self, tmp_path_factory, mark, values):
        path = tmp_path_factory.getbasetemp() / "round.csv"
        write_csv(Table(("a", "b"), ("y",), values[:, :2], values[:, 2:]), path, mark)
        np.testing.assert_array_equal(read_table(path, 1).values, values)

    def test_a_decimal_comma_comes_with_semicolons(self, tmp_path):
        path = tmp_path / "a.csv"
        write_csv(gate_table((0.5, 0, 0, 0)), path, ",")
        assert path.read_text().splitlines()[:2] == ["x1;x2;y", "0;0;0,5"]


class TestTable:
    def test_arrays_are_read_only_copies(self):
        values = np.zeros((2, 1))
        table = Table(("x",), ("y",), values, values)
        values[0] = 7
        assert table.inputs[0, 0] == 0
        with pytest.raises(ValueError):
            table.inputs[0, 0] = 1

    def test_a_changed_cell_makes_another_table(self):
        table = gate_table((0, 1, 1, 1))
        changed = table.with_cell(0, 2, 5.0)
        assert changed.targets[0, 0] == 5
        assert table.targets[0, 0] == 0

    def test_as_many_targets_as_inputs(self):
        with pytest.raises(ValueError):
            Table(("x",), ("y",), np.zeros((2, 1)), np.zeros((1, 1)))
