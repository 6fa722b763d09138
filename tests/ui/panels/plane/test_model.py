"""Which samples are alike."""

import numpy as np

from nnsim.ui.panels.plane.model import groups


def test_classes_of_one_column_and_of_the_largest_target():
    targets = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
    assert [(g.kind, g.rows.tolist()) for g in groups(targets, 0)] == [
        ("low", [0]),
        ("high", [1, 2]),
    ]
    assert [g.rows.tolist() for g in groups(targets, None)] == [[1, 2], [0]]
    assert groups(np.arange(20.0)[:, np.newaxis], 0) == []
