"""A data set: arrays of any shape with their names, and tables from and to it."""

import numpy as np
import pytest

from nnsim.data import Table
from nnsim.data.dataset import OWN_FILE, Dataset, one_hot
from tests.support.data import refusal, refusals

IMAGES = np.arange(24, dtype=np.uint8).reshape(2, 1, 3, 4)


def classified(labels=(0, 1)):
    return Dataset(
        "two", IMAGES, one_hot(np.array(labels), 3), classes=("a", "b", "c"), labels=labels
    )


class TestArrays:
    def test_shapes_are_those_of_one_sample(self):
        data = classified()
        assert len(data) == 2
        assert data.input_shape == (1, 3, 4)
        assert data.target_shape == (3,)

    def test_bytes_stay_bytes_and_whole_numbers_become_floats(self):
        data = Dataset("d", IMAGES, np.ones((2, 1), dtype=np.int32))
        assert data.inputs.dtype == np.uint8
        assert data.targets.dtype == np.float64

    def test_flat_inputs_run_through_the_last_axis_first(self):
        assert classified().flat_inputs[1].tolist() == list(range(12, 24))

    def test_arrays_are_read_only_copies(self):
        values = np.zeros((2, 1))
        data = Dataset("d", values, values)
        values[0] = 7
        assert data.inputs[0, 0] == 0
        with pytest.raises(ValueError):
            data.inputs[0, 0] = 1

    @pytest.mark.parametrize(
        "wrong",
        [
            {"targets": np.zeros((3, 1))},
            {"inputs": np.zeros(2)},
            {"labels": np.array([0, 1])},
            {"classes": ("a",), "labels": np.array([0, 1])},
            {"classes": ("a", "b"), "labels": np.array([0])},
            {"input_names": ("x1", "x2")},
            {"lengths": np.array([1])},
        ],
        ids=lambda wrong: ", ".join(wrong),
    )
    def test_what_does_not_fit_together_is_a_defect(self, wrong):
        right = {"inputs": np.zeros((2, 1)), "targets": np.zeros((2, 1))}
        with pytest.raises(ValueError):
            Dataset("d", **{**right, **wrong})


class TestTaking:
    def test_rows_come_in_the_order_asked_for_with_their_labels(self):
        data = classified().take([1, 0, 1])
        assert data.labels.tolist() == [1, 0, 1]
        assert data.inputs[0, 0, 0, 0] == 12
        assert data.class_counts() == (1, 2, 0)

    def test_no_rows_are_a_data_set_too(self):
        data = classified().take([])
        assert len(data) == 0
        assert data.class_counts() == (0, 0, 0)

    def test_other_values_keep_the_shape_of_a_sample(self):
        data = classified()
        assert data.with_inputs(data.flat_inputs / 2).inputs.shape == (2, 1, 3, 4)
        assert data.with_targets(data.targets * 2).targets.max() == 2


class TestTables:
    def test_a_table_becomes_a_data_set_and_back(self):
        table = Table(("a", "b"), ("y",), np.array([[1, 2], [3, 4]]), np.array([[5], [6]]))
        data = Dataset.from_table(table, "mine")
        back = data.as_table()
        assert data.licence == OWN_FILE
        assert back.names == ("a", "b", "y")
        np.testing.assert_array_equal(back.values, table.values)

    def test_missing_names_are_numbered(self):
        assert classified().as_table().names[:2] == ("x1", "x2")
        assert classified().as_table().names[-1] == "y3"

    def test_a_name_that_is_taken_gets_a_number(self):
        data = Dataset("d", np.zeros((1, 2)), np.zeros((1, 1)), ("a", "b"), ("a",))
        assert data.as_table().names == ("a", "b", "a 2")

    def test_what_is_too_wide_or_has_no_targets_is_refused(self):
        wide = Dataset("d", np.zeros((1, 2000)), np.zeros((1, 1)))
        assert refusals(wide.as_table) == [
            ("data_set.too_large_for_table", {"rows": 200_000, "columns": 2_000})
        ]
        assert (
            refusal(Dataset("d", np.zeros((1, 1)), np.zeros((1, 0))).as_table)
            == "data_set.no_targets_for_table"
        )
