"""Support vector machines: two points by hand, then as scikit-learn's SVC has them."""

import numpy as np
import pytest

from nnsim.engine.learners.svm import KernelSpec, SmoLearner, SmoSettings, kernel_matrix
from nnsim.engine.record import Record


def solved(inputs, labels, settings, limit=20_000):
    learner = SmoLearner(inputs, labels, settings)
    while not learner.is_done:
        learner.iterate()
        assert learner.iteration < limit
    return learner


def moons():
    from sklearn.datasets import make_moons

    inputs, classes = make_moons(200, noise=0.2, random_state=0)
    return inputs, 2.0 * classes - 1


def circles():
    from sklearn.datasets import make_circles

    inputs, classes = make_circles(150, noise=0.1, factor=0.5, random_state=1)
    return inputs, 2.0 * classes - 1


def cancer():
    from sklearn.datasets import load_breast_cancer

    inputs, classes = load_breast_cancer(return_X_y=True)
    inputs = (inputs - inputs.mean(axis=0)) / inputs.std(axis=0)
    return inputs, 2.0 * classes - 1


LINEAR = KernelSpec("linear")


class TestByHand:
    def test_two_points_on_a_line(self):
        """x = -1, 1: scores -1, 1; gap 2; curvature 1 + 1 + 2 = 4; step 1/2; f(x) = x."""
        learner = SmoLearner(np.array([[-1.0], [1.0]]), [-1, 1], SmoSettings(1.0, LINEAR))
        record = Record()
        metrics = learner.iterate(record)
        a = record.arrays
        assert metrics.samples == (1, 0)
        assert a["pair"].tolist() == [[1, 0]]
        assert [float(a[name]) for name in ("m", "M", "gap", "curvature")] == [1, -1, 2, 4]
        assert a["step"].tolist() == [[0.5, 0.5]]
        assert a["alpha+"].tolist() == [[0.5], [0.5]]
        assert learner.is_done
        assert learner.bias == 0
        assert learner.decision(np.array([[3.0]])).tolist() == [3.0]
        assert learner.objective == -0.5  # ½ ‖w‖² - Σα
        assert not learner.iterate().changed

    def test_the_box_stops_a_step(self):
        learner = SmoLearner(np.array([[-1.0], [1.0]]), [-1, 1], SmoSettings(0.1, LINEAR))
        record = Record()
        learner.iterate(record)
        np.testing.assert_array_equal(record.arrays["step"], [[0.5, 0.1]])
        assert learner.alphas.tolist() == [0.1, 0.1]
        # All at the edge: b is the middle of its interval, f(x) = 0.2 x.
        assert learner.decision(np.array([[1.0]]))[0] == pytest.approx(0.2, rel=1e-15)

    def test_kernels(self):
        x, z = np.array([[1.0, 2.0]]), np.array([[3.0, -1.0], [1.0, 2.0]])
        assert kernel_matrix(LINEAR, x, z).tolist() == [[1, 5]]
        cubic = KernelSpec("polynomial", gamma=2.0, degree=3, constant=1.0)
        assert kernel_matrix(cubic, x, z).tolist() == [[27, 1331]]
        found = kernel_matrix(KernelSpec("rbf", gamma=0.1), x, z)
        np.testing.assert_allclose(found, [[np.exp(-1.3), 1.0]], rtol=1e-15)


@pytest.mark.parametrize("selection", ["first_order", "second_order"])
def test_what_is_recorded_follows_from_each_other(selection):
    inputs, labels = moons()
    settings = SmoSettings(10.0, KernelSpec("rbf", 1.0), 1e-3, selection)
    learner = SmoLearner(inputs, labels, settings)
    earlier = np.inf
    while not learner.is_done:
        record = Record()
        learner.iterate(record)
        check(record.arrays, labels, settings)
        assert float(record.arrays["L"]) <= earlier
        earlier = float(record.arrays["L"])


def check(a, labels, settings):
    alpha, after = a["alpha"][:, 0], a["alpha+"][:, 0]
    q = np.outer(labels, labels) * a["k"]
    close = np.testing.assert_allclose
    # G is kept up to date by additions, one an iteration: sums of rounding errors.
    close(a["G"][:, 0], q @ alpha - 1, atol=1e-10)
    close(a["G+"][:, 0], q @ after - 1, atol=1e-10)
    np.testing.assert_array_equal(a["score"][:, 0], -labels * a["G"][:, 0])
    assert float(a["L"]) == pytest.approx(0.5 * alpha @ q @ alpha - alpha.sum(), abs=1e-9)
    assert float(a["L+"]) == pytest.approx(0.5 * after @ q @ after - after.sum(), abs=1e-9)
    score, up, low = a["score"][:, 0], a["up"][:, 0] == 1, a["low"][:, 0] == 1
    c = settings.penalty
    np.testing.assert_array_equal(up, np.where(labels > 0, alpha < c, alpha > 0))
    np.testing.assert_array_equal(low, np.where(labels > 0, alpha > 0, alpha < c))
    assert float(a["m"]) == score[up].max()
    assert float(a["M"]) == score[low].min()
    assert float(a["gap"]) == float(a["m"]) - float(a["M"])
    i, j = a["pair"][0]
    assert score[i] == float(a["m"])
    assert up[i]
    assert low[j]
    if settings.selection == "first_order":
        assert score[j] == float(a["M"])
    k = a["k"]
    curvature = k[i, i] + k[j, j] - 2 * k[i, j]
    assert float(a["curvature"]) == curvature
    wanted, taken = a["step"][0]
    assert wanted == (score[i] - score[j]) / curvature
    assert 0 < taken <= wanted
    others = np.delete(np.arange(len(alpha)), [i, j])
    np.testing.assert_array_equal(after[others], alpha[others])
    close([after[i] - alpha[i], after[j] - alpha[j]], [labels[i] * taken, -labels[j] * taken])
    assert ((after >= 0) & (after <= c)).all()
    assert abs(labels @ after) < 1e-10
    close(a["f"][:, 0], k @ (labels * after) + a["bias+"][0], atol=1e-10)


@pytest.mark.parametrize("selection", ["first_order", "second_order"])
@pytest.mark.parametrize(
    ("data", "penalty", "kernel"),
    [
        (moons, 10.0, KernelSpec("rbf", 1.0)),
        (moons, 1.0, KernelSpec("linear")),
        (moons, 1.0, KernelSpec("polynomial", 1.0, 3, 1.0)),
        (circles, 1.0, KernelSpec("polynomial", 0.5, 2, 1.0)),
        (cancer, 0.1, KernelSpec("linear")),
        (cancer, 3.0, KernelSpec("rbf", 0.03)),
    ],
)
def test_it_is_the_machine_scikit_learn_finds(data, penalty, kernel, selection):
    from sklearn.svm import SVC

    inputs, labels = data()
    names = {"linear": "linear", "polynomial": "poly", "rbf": "rbf"}
    theirs = SVC(
        C=penalty,
        kernel=names[kernel.name],
        gamma=kernel.gamma,
        degree=kernel.degree,
        coef0=kernel.constant,
        tol=1e-6,
    ).fit(inputs, labels)
    ours = solved(inputs, labels, SmoSettings(penalty, kernel, 1e-6, selection))
    np.testing.assert_array_equal(ours.support, np.sort(theirs.support_))
    alphas = np.zeros(len(labels))
    alphas[theirs.support_] = theirs.dual_coef_[0] * labels[theirs.support_]
    signed = alphas * labels
    objective = 0.5 * signed @ ours.kernel @ signed - alphas.sum()
    assert ours.objective == pytest.approx(objective, rel=1e-9)
    # Both stop at a gap of 1e-6, and LIBSVM keeps its kernel in single precision.
    np.testing.assert_allclose(
        ours.decision(inputs), theirs.decision_function(inputs), rtol=1e-4, atol=1e-4
    )


def test_decision_values_are_those_kept_up_to_date():
    inputs, labels = moons()
    learner = solved(inputs, labels, SmoSettings(10.0, KernelSpec("rbf", 1.0)))
    record = Record()
    metrics = learner.iterate(record)
    np.testing.assert_allclose(
        record.arrays["f"][:, 0], learner.decision(inputs), rtol=1e-9, atol=1e-9
    )
    assert metrics.wrong == int((learner.decision(inputs) * labels <= 0).sum())


def test_free_support_vectors_lie_on_the_margins():
    inputs, labels = moons()
    learner = solved(inputs, labels, SmoSettings(10.0, KernelSpec("rbf", 1.0), 1e-8))
    margins = labels * learner.decision(inputs)
    free = (learner.alphas > 0) & (learner.alphas < 10.0)
    np.testing.assert_allclose(margins[free], 1.0, atol=1e-7)
    assert (margins[learner.alphas == 0] >= 1 - 1e-7).all()
    assert (margins[learner.alphas == 10.0] <= 1 + 1e-7).all()


@pytest.mark.parametrize("labels", [[0, 1], [1, 1], [-1, 2]])
def test_labels_are_minus_1_and_1_and_both_occur(labels):
    with pytest.raises(ValueError, match="-1 and 1"):
        SmoLearner(np.eye(2), labels, SmoSettings())


@pytest.mark.parametrize("wrong", [{"penalty": 0.0}, {"tolerance": 0.0}, {"selection": "random"}])
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError):
        SmoSettings(**wrong)


@pytest.mark.parametrize("wrong", [{"name": "cosine"}, {"gamma": 0.0}, {"degree": 0}])
def test_kernels_that_are_none_are_refused(wrong):
    with pytest.raises(ValueError):
        KernelSpec(**wrong)


def test_inputs_whose_kernel_is_not_finite_are_refused():
    """No pair could be chosen, and the gap would be NaN for ever."""
    with pytest.raises(ValueError, match="not finite"):
        SmoLearner(np.array([[1e200], [-1e200]]), [1, -1], SmoSettings(1.0, KernelSpec("linear")))
