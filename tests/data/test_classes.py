"""Which classes targets say."""

import numpy as np
import pytest

from nnsim.data.classes import has_signs, labels_of


def column(*values):
    return np.array(values, dtype=float)[:, np.newaxis]


class TestTargets:
    @pytest.mark.parametrize(
        ("targets", "classes"),
        [
            (column(0, 1, 1), [0, 1, 1]),
            (column(-1, 1, -1), [0, 1, 0]),
            (np.eye(3)[[2, 0, 1]], [2, 0, 1]),
            (2 * np.eye(3)[[2, 0, 1]] - 1, [2, 0, 1]),
        ],
    )
    def test_classes(self, targets, classes):
        assert labels_of(targets).tolist() == classes

    @pytest.mark.parametrize(
        "targets",
        [
            column(0, 1, 2),
            column(-1, 0, 1),
            column(0.2, 0.8),
            np.array([[1.0, 1.0], [0.0, 1.0]]),
            np.array([[0.0, 0.0], [0.0, 1.0]]),
            np.zeros((0, 1)),
        ],
    )
    def test_values(self, targets):
        assert labels_of(targets) is None

    def test_signs(self):
        assert has_signs(column(-1, 1))
        assert not has_signs(column(0, 1))
