"""What the displayed network makes of all samples, compared with scikit-learn's figures."""

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    mean_absolute_error,
    mean_squared_error,
    precision_recall_fscore_support,
    r2_score,
)

from nnsim.document.edits import set_data, set_parameter, set_scaling, set_split
from nnsim.document.model import ScalingSettings, SplitSettings
from nnsim.document.preparation import prepared
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.classes import NO_CLASS
from nnsim.engine.record import Quantity
from nnsim.session import Level, Session
from nnsim.session.predictions import Examiner, class_scores, value_scores
from tests.support.judged import classifier, random_samples, regression

TOLERANCE = {"rel": 1e-12, "abs": 1e-12}


def examined(session, part="all"):
    examiner = Examiner()
    assert examiner.take(session.document, session.frame, part)
    return examiner.predictions


class TestClasses:
    @pytest.fixture
    def found(self):
        session = Session(classifier())
        session.go_to(300)
        return examined(session)

    def test_the_matrix_is_that_of_scikit_learn(self, found):
        expected = confusion_matrix(found.wanted.argmax(1), found.predicted.argmax(1))
        assert class_scores(found).matrix.tolist() == expected.tolist()

    def test_so_are_precision_recall_and_accuracy(self, found):
        scores = class_scores(found)
        precision, recall, _, support = precision_recall_fscore_support(
            found.wanted.argmax(1), found.predicted.argmax(1), zero_division=0.0
        )
        np.testing.assert_allclose(scores.figures.precision, precision, rtol=1e-12)
        np.testing.assert_allclose(scores.figures.recall, recall, rtol=1e-12)
        assert scores.figures.support.tolist() == support.tolist()
        assert scores.accuracy == pytest.approx(
            accuracy_score(found.wanted.argmax(1), found.predicted.argmax(1)), **TOLERANCE
        )

    def test_classes_bear_the_names_of_the_targets(self, found):
        assert found.classes == ("class 0", "class 1", "class 2", "class 3")

    def test_wrong_are_those_beside_the_diagonal(self, found):
        matrix = class_scores(found).matrix
        assert found.is_wrong.sum() == matrix.sum() - np.trace(matrix)


class TestOneOutput:
    def test_0_and_1_are_told_at_one_half(self):
        session = Session(perceptron((2, 2, 1)))
        found = examined(session)
        assert found.classes == ("0", "1")
        assert found.found_classes.tolist() == (found.predicted[:, 0] >= 0.5).tolist()

    def test_minus_1_and_1_are_told_at_0(self):
        document = perceptron(
            (3, 4, 1), "tanh", "tanh", data=random_samples([[-1], [1], [1], [-1]])
        )
        found = examined(Session(document))
        assert found.classes == ("-1", "1")
        assert found.found_classes.tolist() == (found.predicted[:, 0] >= 0).tolist()

    def test_the_rule_of_the_course_after_its_run(self):
        session = Session(gate_neuron("or"))
        list(session.run())
        session.go_to(session.computed)
        scores = class_scores(examined(session))
        assert scores.matrix.tolist() == [[1, 0], [0, 3]]
        assert scores.accuracy == 1.0


class TestValues:
    @pytest.fixture
    def found(self):
        session = Session(regression())
        session.go_to(200)
        return examined(session)

    def test_r2_and_errors_are_those_of_scikit_learn(self, found):
        scores, t, y = value_scores(found), found.wanted, found.predicted
        assert scores.r2 == pytest.approx(r2_score(t, y), **TOLERANCE)
        assert scores.mse == pytest.approx(mean_squared_error(t, y), **TOLERANCE)
        assert scores.mae == pytest.approx(mean_absolute_error(t, y), **TOLERANCE)

    def test_the_error_of_a_sample_is_the_mean_over_its_outputs(self, found):
        assert found.errors == pytest.approx(np.abs(found.wanted - found.predicted).mean(1))

    def test_there_are_no_classes_and_nothing_is_wrong(self, found):
        assert not found.has_classes
        assert not found.is_wrong.any()


class TestParts:
    def test_each_has_its_own_samples(self):
        document = set_split(classifier(), SplitSettings(60, 20, 20))
        session = Session(document)
        parts = [examined(session, part) for part in ("training", "validation", "test")]
        assert [len(part) for part in parts] == [120, 40, 40]
        rows = np.concatenate([part.rows for part in parts])
        assert sorted(rows.tolist()) == list(range(200))
        for part in parts:
            np.testing.assert_array_equal(part.wanted, document.data.targets[part.rows])

    def test_figures_are_those_of_the_evaluations(self):
        for document in (classifier(), regression()):
            document = set_split(document, SplitSettings(60, 20, 20))
            document = set_scaling(document, ScalingSettings("standard", "none"))
            session = Session(document)
            iterations = 2 * len(prepared(document).split.training)
            session.go_to(iterations)
            latest = session.evaluations.latest(iterations)
            assert latest.iteration == iterations
            found = examined(session, "test")
            own = class_scores(found).accuracy if found.has_classes else value_scores(found).r2
            assert own == pytest.approx(latest.test.metric, **TOLERANCE)

    def test_scaled_targets_come_back_in_the_units_of_the_table(self):
        document = set_scaling(regression(), ScalingSettings("standard", "standard"))
        session = Session(document)
        session.go_to(300)
        found = examined(session)
        np.testing.assert_array_equal(found.wanted, document.data.targets)
        assert value_scores(found).mse == pytest.approx(
            mean_squared_error(found.wanted, found.predicted), **TOLERANCE
        )
        # The network knows values of mean 0; what is shown has the mean of the data, about 3.
        assert found.predicted.mean() == pytest.approx(document.data.targets.mean(), abs=0.5)

    def test_scaled_classes_are_told_half_way_between_them(self):
        table = random_samples([[0], [0], [0], [1]])
        document = perceptron((3, 4, 1), "tanh", "identity", data=table)
        document = set_scaling(document, ScalingSettings("none", "standard"))
        session = Session(document)
        found = examined(session)
        assert found.found_classes.tolist() == (found.predicted[:, 0] >= 0.5).tolist()
        assert class_scores(found).accuracy == session.evaluations.latest(0).training.metric


class TestWhatIsNoNumber:
    def test_such_a_sample_is_of_no_class_and_counts_as_wrong(self):
        document = perceptron((2, 2, 1), "relu", "identity")
        bias = f"b:{document.outputs[0].id}"
        found = examined(Session(set_parameter(document, bias, (0,), np.inf)))
        assert (found.found_classes == NO_CLASS).all()
        scores = class_scores(found)
        assert (scores.undecided, scores.matrix.sum(), scores.accuracy) == (4, 0, 0.0)

    def test_values_have_no_figures_then(self):
        document = regression()
        bias = f"b:{document.outputs[0].id}"
        found = examined(Session(set_parameter(document, bias, (0,), np.nan)))
        assert np.isnan(value_scores(found).r2)


class TestFollowingThePosition:
    def test_the_network_is_the_one_that_is_displayed(self):
        session = Session(classifier())
        session.go_to(50)
        examiner = Examiner()
        examiner.take(session.document, session.frame, "all")
        later = examiner.predictions.predicted.copy()
        session.go_to(10)
        assert examiner.take(session.document, session.frame, "all")
        assert not np.array_equal(examiner.predictions.predicted, later)
        session.go_to(50)
        examiner.take(session.document, session.frame, "all")
        np.testing.assert_array_equal(examiner.predictions.predicted, later)

    def test_a_moment_that_changes_no_parameter_is_not_examined_again(self):
        session = Session(classifier())
        examiner = Examiner()
        examiner.take(session.document, session.frame, "all")
        before = examiner.predictions
        session.forward(Level.PHASE)
        assert not examiner.take(session.document, session.frame, "all")
        assert examiner.predictions is before

    def test_other_samples_or_another_part_are(self):
        session = Session(classifier())
        examiner = Examiner()
        examiner.take(session.document, session.frame, "all")
        assert examiner.take(session.document, session.frame, "training")
        session.set_document(set_data(session.document, classifier(samples=20).data))
        assert examiner.take(session.document, session.frame, "training")
        assert len(examiner.predictions) == 20

    def test_it_is_what_the_run_records_and_the_trace_stays(self):
        session = Session(classifier())
        session.forward(Level.PHASE)
        computed = session.computed
        losses = session.trace.column("loss").copy()
        found = examined(session)
        row = session.frame.record.metrics.samples[0]
        output = session.document.outputs[0].id
        assert found.predicted[row, 1] == session.frame.value(Quantity("a", output, 1))
        assert session.computed == computed
        np.testing.assert_array_equal(session.trace.column("loss"), losses)

    def test_a_part_without_samples(self):
        found = examined(Session(classifier()), "test")
        scores = class_scores(found)
        assert len(found) == 0
        assert np.isnan(scores.accuracy)
        assert scores.matrix.sum() == 0
