"""Sequential minimal optimisation: two multipliers at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnsim.engine.layout import Array
from nnsim.engine.learners.standalone import StandaloneLearner
from nnsim.engine.learners.svm.kernels import KernelSpec, kernel_matrix
from nnsim.engine.record import Metrics, Recorder

#: Curvature of a pair whose kernel is not positive definite (Fan, Chen and Lin 2005, section 2).
_LEAST_CURVATURE = 1e-12


@dataclass(frozen=True)
class SmoSettings:
    """``penalty`` is C.  ``selection`` says which pair is changed.

    "first_order": the maximal violating pair (WSS 1 of Fan, Chen and Lin); "second_order": beside
    the most violating i the j that promises the largest decrease (WSS 2, as LIBSVM has it).
    ``tolerance``: the KKT gap at which the solution counts as found.
    """

    penalty: float = 1.0
    kernel: KernelSpec = KernelSpec()  # noqa: RUF009 (frozen)
    tolerance: float = 1e-3
    selection: str = "first_order"

    def __post_init__(self) -> None:
        """Raises ValueError for an unknown selection, or a number that is not positive."""
        if self.selection not in ("first_order", "second_order"):
            raise ValueError(f"{self.selection!r} is neither first_order nor second_order")
        if not (self.penalty > 0 and self.tolerance > 0):
            raise ValueError("C and the tolerance must be greater than 0")


class SmoLearner(StandaloneLearner):
    """Minimises the dual W(α) = ½ αᵀQα - Σα with 0 <= α <= C, yᵀα = 0; Q_ij = y_i y_j k(x_i, x_j).

    predict: scores -y_t G_t with G = Qα - 1, and the pair (i, j) that violates the conditions of
    Karush, Kuhn and Tucker most: i has the largest score m among those that can go up, j the
    smallest, M, among those that can go down; error: the gap m - M, 0 at the solution, and the
    dual objective; adjust: α_i and α_j move to the minimum along their line, within the box.
    Once the gap is within the tolerance it is done and nothing changes any more.  Every iteration
    looks at all samples, so it is an epoch; its ``samples`` are the pair.
    The loss of an iteration is W(α); ``wrong`` counts samples on the wrong side, y f(x) <= 0.
    Parameters: "alpha" (samples, 1) and "bias" (1,); "G" is kept.

    Recorded: "k" (kernel matrix), "score", "G" and "G+" (samples, 1), "up" and "low" (who may go up
    and down: 1 or 0), "pair" (1, 2), "m", "M", "gap", "curvature" (K_ii + K_jj - 2 K_ij), "step"
    (the one that the minimum asks for and the one the box allows, (1, 2)), "f" (decision values
    after it, (samples, 1)), "L" and "L+" (W before and after).

    Sources: Platt 1998; Keerthi et al. 2001; Fan, Chen and Lin 2005.
    """

    def __init__(self, inputs: Array, labels: Array, settings: SmoSettings) -> None:
        """``inputs`` (samples, features); ``labels`` -1 and 1, (samples,).

        Raises ValueError for other labels, where all are the same, or where the kernel is not
        finite: no pair could be chosen by it.
        """
        self.labels = np.asarray(labels, np.float64).ravel()
        if not np.array_equal(np.unique(self.labels), [-1.0, 1.0]):
            raise ValueError("labels are -1 and 1, and both occur")
        count = len(self.labels)
        self._gradient = np.full(count, -1.0)
        super().__init__(
            {"alpha": np.zeros((count, 1)), "bias": np.zeros(1)}, kept={"G": self._gradient}
        )
        self.inputs = np.asarray(inputs, np.float64)
        self.settings = settings
        with np.errstate(over="ignore", invalid="ignore"):
            self.kernel = kernel_matrix(settings.kernel, self.inputs, self.inputs)
        if not np.isfinite(self.kernel).all():
            raise ValueError("the kernel of these inputs is not finite; they must be scaled first")
        self._alpha = self.params["alpha"][:, 0]
        self._diagonal = self.kernel.diagonal().copy()
        self._score = self.labels.copy()
        self._up = self._low = np.zeros(count, dtype=np.bool_)
        self._pair = (0, 0)
        self._found = False

    # -- what has been found ---------------------------------------------------------------------

    @property
    def alphas(self) -> Array:
        """The multipliers α, a view of shape (samples,)."""
        return self._alpha

    @property
    def bias(self) -> float:
        """b of f(x) = Σ α_t y_t k(x_t, x) + b."""
        return float(self.params["bias"][0])

    @property
    def support(self) -> NDArray[np.int64]:
        """Rows of the support vectors, α > 0."""
        return np.flatnonzero(self._alpha > 0)

    @property
    def gap(self) -> float:
        """How far the conditions of Karush, Kuhn and Tucker are from being met: m - M."""
        largest, smallest = self._extremes()
        return largest - smallest

    @property
    def is_done(self) -> bool:
        return self.gap <= self.settings.tolerance

    @property
    def objective(self) -> float:
        """W(α) = ½ αᵀQα - Σα = ½ Σ α (G - 1)."""
        return float(0.5 * (self._alpha * (self._gradient - 1.0)).sum())

    def decision(self, inputs: Array) -> Array:
        """f(x) of rows of inputs, shape (rows,): its sign is the class, |f| = 1 the margins."""
        rows = self.support
        values = kernel_matrix(self.settings.kernel, np.asarray(inputs), self.inputs[rows])
        return values @ (self._alpha[rows] * self.labels[rows]) + self.bias

    def _decisions(self) -> Array:
        """f of the training samples: y (G + 1) + b, for G is kept up to date."""
        return self.labels * (self._gradient + 1.0) + self.bias

    # -- phases ----------------------------------------------------------------------------------

    def predict(self, recorder: Recorder | None) -> None:
        self._look()
        i = int(np.where(self._up, self._score, -np.inf).argmax())
        self._pair = (i, self._partner(i))
        if recorder is not None:
            self.put_parameters(recorder)
            recorder.put("k", self.kernel)
            recorder.put("G", self._gradient[:, np.newaxis])
            recorder.put("score", self._score[:, np.newaxis])
            recorder.put("up", self._up[:, np.newaxis].astype(np.float64))
            recorder.put("low", self._low[:, np.newaxis].astype(np.float64))
            recorder.put("pair", np.array([self._pair]))

    def _look(self) -> None:
        """Scores, and who may go up and down along y."""
        positive = self.labels > 0
        can_grow, can_shrink = self._alpha < self.settings.penalty, self._alpha > 0
        self._up = np.where(positive, can_grow, can_shrink)
        self._low = np.where(positive, can_shrink, can_grow)
        self._score = -self.labels * self._gradient

    def _extremes(self) -> tuple[float, float]:
        """m and M."""
        self._look()
        largest = np.where(self._up, self._score, -np.inf).max()
        smallest = np.where(self._low, self._score, np.inf).min()
        return float(largest), float(smallest)

    def _partner(self, i: int) -> int:
        if self.settings.selection == "first_order":
            return int(np.where(self._low, self._score, np.inf).argmin())
        violation = self._score[i] - self._score
        curvature = np.maximum(
            self._diagonal[i] + self._diagonal - 2.0 * self.kernel[i], _LEAST_CURVATURE
        )
        decrease = np.where(self._low & (violation > 0), violation**2 / curvature, -np.inf)
        return int(decrease.argmax())

    def error(self, recorder: Recorder | None) -> float:
        largest, smallest = self._extremes()
        gap = largest - smallest
        self._found = gap <= self.settings.tolerance
        if recorder is not None:
            for name, value in (("m", largest), ("M", smallest), ("gap", gap)):
                recorder.put(name, np.array(value))
        return self.objective

    def adjust(self, recorder: Recorder | None) -> None:
        i, j = self._pair
        y, kernel = self.labels, self.kernel
        curvature = max(
            self._diagonal[i] + self._diagonal[j] - 2.0 * kernel[i, j], _LEAST_CURVATURE
        )
        # y_i α_i grows by t and y_j α_j falls by it: yᵀα stays 0.
        wanted = (self._score[i] - self._score[j]) / curvature
        step = 0.0 if self._found else min(wanted, self._room(i, y[i]), self._room(j, -y[j]))
        self.change[...] = 0.0
        if not self._found:
            self._move(i, y[i] * step)
            self._move(j, -y[j] * step)
            changes = self.change_views["alpha"][:, 0]
            self._gradient += y * (
                kernel[i] * (y[i] * changes[i]) + kernel[j] * (y[j] * changes[j])
            )
        bias = self._bias_now()
        self.change_views["bias"][0] = bias - self.params["bias"][0]
        self.params["bias"][0] = bias
        if recorder is not None:
            recorder.put("curvature", np.array(curvature))
            recorder.put("step", np.array([[wanted, step]]))
            recorder.put("G+", self._gradient[:, np.newaxis])
            recorder.put("f", self._decisions()[:, np.newaxis])
            recorder.put("L+", np.array(self.objective))

    def _room(self, t: int, direction: float) -> float:
        """How far α_t can go up or down."""
        room = self.settings.penalty - self._alpha[t] if direction > 0 else self._alpha[t]
        return float(room)

    def _move(self, t: int, change: float) -> None:
        """Change α_t; one that comes to an edge of the box lies on it exactly."""
        before, edge = float(self._alpha[t]), self.settings.penalty
        after = before + change
        at_edge = self._room(t, change) <= abs(change)
        if at_edge or not 0.0 < after < edge:
            after = edge if change > 0 else 0.0
        self._alpha[t] = after
        self.change_views["alpha"][t, 0] = after - before

    def _bias_now(self) -> float:
        """b: the mean score of free support vectors, else the middle of the interval it can be in.

        Source: Chang and Lin 2011, section 4.1.5.
        """
        largest, smallest = self._extremes()
        free = self._up & self._low
        return float(self._score[free].mean()) if free.any() else (largest + smallest) / 2.0

    def finish(self, loss: float, recorder: Recorder | None) -> Metrics:
        wrong = int((self.labels * self._decisions() <= 0).sum())
        return self.metrics(recorder, loss, self._pair, wrong, self.iteration, True)
