"""Which class the outputs of a network mean."""

import numpy as np

from nnsim.engine.classes import NO_CLASS, decision_threshold, found_classes
from nnsim.engine.losses import LOSSES


def column(*values):
    return np.array(values, dtype=float)[:, np.newaxis]


class TestAnswers:
    def test_the_loss_says_where_the_answer_of_one_output_changes(self):
        at_zero = {loss for loss in LOSSES if decision_threshold(loss) == 0.0}
        assert at_zero == {"hinge", "binary_cross_entropy_from_logits"}

    def test_with_any_other_it_is_half_way_between_the_targets(self):
        assert decision_threshold("mse") == 0.5
        assert decision_threshold("mse", -1.0, 1.0) == 0.0
        assert decision_threshold("hinge", 0.0, 1.0) == 0.0

    def test_one_output_answers_1_from_the_threshold_on(self):
        assert found_classes(column(0.49, 0.5, 2), 0.5).tolist() == [0, 1, 1]

    def test_of_several_the_largest_wins_and_in_a_tie_the_first(self):
        outputs = np.array([[0.1, 0.9], [3.0, 3.0], [-1.0, -2.0]])
        assert found_classes(outputs, 0.5).tolist() == [1, 0, 0]

    def test_what_is_no_number_is_of_no_class(self):
        outputs = np.array([[0.1, np.nan], [np.inf, 0.0], [0.0, 1.0]])
        assert found_classes(outputs, 0.5).tolist() == [NO_CLASS, NO_CLASS, 1]
