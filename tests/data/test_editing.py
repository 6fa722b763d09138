"""Editing a table of samples."""

import numpy as np
import pytest

from nnsim.core.messages import NnsimError
from nnsim.data import Table, gate_table
from nnsim.data.editing import (
    as_lines,
    pasted,
    renamed,
    with_columns,
    with_new_rows,
    with_samples,
    without_column,
    without_rows,
)
from nnsim.data.limits import MAX_ROWS

OR = gate_table((0, 1, 1, 1))


def refusal(function, *arguments):
    with pytest.raises(NnsimError) as caught:
        function(*arguments)
    return [(message.code, dict(message.params)) for message in caught.value.messages]


class TestRows:
    def test_new_rows_hold_zeros_where_they_are_wanted(self):
        table = with_new_rows(OR, at=1, count=2)
        assert table.values.tolist() == [
            [0, 0, 0],
            [0, 0, 0],
            [0, 0, 0],
            [0, 1, 1],
            [1, 0, 1],
            [1, 1, 1],
        ]
        assert len(OR) == 4

    def test_samples_are_put_after_the_last(self):
        more = with_samples(OR, np.array([[0.5, 2.0]]), np.array([[1.0]]))
        assert more.values[4].tolist() == [0.5, 2.0, 1.0]
        assert more.names == OR.names
        assert len(OR) == 4

    def test_rows_go(self):
        assert without_rows(OR, {0, 3}).values.tolist() == [[0, 1, 1], [1, 0, 1]]

    def test_all_rows_may_go(self):
        empty = without_rows(OR, range(4))
        assert len(empty) == 0
        assert empty.names == OR.names

    def test_rows_that_are_not_there_change_nothing(self):
        assert without_rows(OR, {4, -1}) is OR

    def test_there_is_a_limit(self):
        assert refusal(with_new_rows, OR, 0, MAX_ROWS) == [
            ("data_table.too_many_rows", {"n": MAX_ROWS})
        ]


class TestColumns:
    def test_missing_columns_come_with_free_names_and_zeros(self):
        table = with_columns(OR, inputs=4, targets=2)
        assert table.input_names == ("x1", "x2", "x3", "x4")
        assert table.target_names == ("y", "y2")
        assert table.inputs[3].tolist() == [1, 1, 0, 0]
        assert table.targets[3].tolist() == [1, 0]

    def test_a_free_name_is_one_that_no_column_has(self):
        table = Table(("x2",), ("x3",), np.zeros((1, 1)), np.zeros((1, 1)))
        assert with_columns(table, 3, 1).names == ("x2", "x4", "x5", "x3")

    def test_the_last_columns_go(self):
        table = with_columns(OR, inputs=1, targets=1)
        assert table.names == ("x1", "y")
        assert table.values.tolist() == [[0, 0], [0, 1], [1, 1], [1, 1]]

    def test_nothing_to_fit_changes_nothing(self):
        assert with_columns(OR, 2, 1) is OR

    def test_one_column_goes(self):
        table = without_column(OR, 0)
        assert table.input_names == ("x2",)
        assert table.values.tolist() == [[0, 0], [1, 1], [0, 1], [1, 1]]

    def test_a_target_column_goes(self):
        table = without_column(with_columns(OR, 2, 2), 2)
        assert table.target_names == ("y2",)

    def test_one_column_of_each_kind_stays(self):
        assert refusal(without_column, with_columns(OR, 1, 1), 0) == [("data_table.last_input", {})]
        assert refusal(without_column, OR, 2) == [("data_table.last_target", {})]

    def test_a_limit_of_columns(self):
        assert refusal(with_columns, OR, 2000, 1) == [("data_table.too_many_columns", {"n": 2000})]

    def test_a_column_is_renamed(self):
        assert renamed(OR, 1, "  height  of tree ").names == ("x1", "height of tree", "y")
        assert renamed(OR, 1, "x2") is OR

    def test_a_name_is_needed_and_is_not_taken(self):
        assert refusal(renamed, OR, 0, " ") == [("data_table.name_length", {"n": 40})]
        assert refusal(renamed, OR, 0, "n" * 41) == [("data_table.name_length", {"n": 40})]
        assert refusal(renamed, OR, 0, "y") == [("data_table.name_taken", {"name": "y"})]


class TestPasting:
    def test_a_block_goes_in_where_it_is_pasted(self):
        table = pasted(OR, 1, 1, "0,5\t1/2\n-3\t2.5\n")
        assert table.values.tolist() == [[0, 0, 0], [0, 0.5, 0.5], [1, -3, 2.5], [1, 1, 1]]

    def test_rows_below_the_last_are_added(self):
        table = pasted(OR, 3, 0, "2\t3\t4\r\n5\t6\t7\r\n")
        assert table.values[3:].tolist() == [[2, 3, 4], [5, 6, 7]]

    def test_semicolons_part_cells_too(self):
        assert pasted(OR, 0, 0, "0,5;0,25").values[0].tolist() == [0.5, 0.25, 0]

    def test_a_first_line_of_words_names_the_columns(self):
        table = pasted(OR, 0, 0, "x2\tx1\ttarget\n7\t8\t9")
        assert table.names == ("x2", "x1", "target")
        assert table.values[0].tolist() == [7, 8, 9]

    def test_cells_that_are_no_numbers_are_named_by_row_and_column(self):
        assert refusal(pasted, OR, 2, 1, "1\t2\nabc\t") == [
            ("data_table.pasted_cell", {"row": 4, "column": "x2", "text": "abc"}),
            ("data_table.pasted_gap", {"row": 4, "column": "y", "text": ""}),
        ]

    def test_only_the_first_problems_are_told(self):
        assert len(refusal(pasted, OR, 0, 0, "1\n" + "a\n" * 50)) == 5

    def test_a_block_that_is_too_wide_is_refused(self):
        assert refusal(pasted, OR, 0, 1, "1\t2\t3") == [
            ("data_table.too_wide", {"found": 3, "n": 2, "name": "x2"})
        ]

    def test_nothing_is_not_pasted(self):
        assert refusal(pasted, OR, 0, 0, " \n") == [("data_table.nothing_to_paste", {})]

    @pytest.mark.parametrize("mark", [".", ","])
    def test_what_is_copied_is_pasted_with_all_its_digits(self, mark):
        values = np.array([[0.1, 1 / 3, -1e-300], [0, 12345678.9, 1]])
        table = pasted(OR, 0, 0, as_lines(values, mark))
        assert table.values[:2].tolist() == values.tolist()
