"""How good the network is on each part of the samples, at the ends of epochs.

Evaluation mode: no masks, no noise, nothing learnt, and the run goes on as if nothing had been
asked.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnsim.core.randoms import generator
from nnsim.document.model import Document
from nnsim.document.preparation import Rows, prepared
from nnsim.engine.layout import Array
from nnsim.engine.plan import Plan

PartName: TypeAlias = Literal["training", "validation", "test"]
PARTS: tuple[PartName, ...] = ("training", "validation", "test")
MetricName: TypeAlias = Literal["accuracy", "r2"]

# Numbers a workspace holds at most; larger parts are taken in turns.
_MAX_NUMBERS = 2_000_000
# Points that are kept; beyond, every second one goes and only every second epoch is evaluated.
_MAX_POINTS = 1024


class PartFigures(NamedTuple):
    """The mean loss of a sample, without penalties, and the metric; NaN for a part of none."""

    loss: float
    metric: float


class Evaluation(NamedTuple):
    """All parts after an iteration, which ended an epoch; both 0 for the start."""

    iteration: int
    epoch: int
    training: PartFigures
    validation: PartFigures
    test: PartFigures


def metric_of(document: Document) -> MetricName:
    """What says how good predictions are: "accuracy" of classes, "r2" (R²) of values."""
    from nnsim.data.classes import labels_of

    return "r2" if labels_of(document.data.targets) is None else "accuracy"


def class_threshold(document: Document, loss: str) -> float:
    """From where on a single output says class 1 under a loss; see ``decision_threshold``.

    Outputs are as the network gives them: where targets are scaled, so are those of both classes.
    """
    from nnsim.data.classes import has_signs
    from nnsim.engine.classes import decision_threshold

    targets = document.data.targets
    if targets.shape[1] != 1:
        return 0.5
    both = np.array([[-1.0 if has_signs(targets) else 0.0], [1.0]])
    low, high = prepared(document).target_scaling.apply(both).ravel().tolist()
    return decision_threshold(loss, low, high)


class Evaluator:
    """Judges a plan by the samples of a document; the plan's parameters are read when asked."""

    def __init__(self, document: Document, plan: Plan) -> None:
        # Not sooner: a first window does not wait for what judges.
        from nnsim.data.classes import labels_of

        self._samples = prepared(document)
        self._labels = labels_of(document.data.targets)
        self._threshold = class_threshold(document, plan.spec.loss.name)
        self._plan = plan
        self._most = max(_MAX_NUMBERS // plan.spec.held_for_a_sample, 1)

    def figures(self, part: PartName) -> PartFigures:
        """Loss and metric of one part, as the parameters stand."""
        rows = self._samples.rows_of(part)
        if not len(rows):
            return PartFigures(math.nan, math.nan)
        # What has to be generated is made of noise of its own: the run draws as if nobody looked.
        with (
            np.errstate(over="ignore", invalid="ignore", divide="ignore"),
            self._plan.drawing_from(generator(0)),
        ):
            outputs, loss = self._answers(rows)
            return PartFigures(loss, self._metric(outputs, rows))

    def _answers(self, rows: Rows) -> tuple[NDArray[np.float64], float]:
        """Outputs (rows, outputs) and the mean loss of a sample."""
        plan = self._plan
        found, total = [], 0.0
        # A sum over samples would grow with the part; what is compared is a sample's share.
        is_mean = plan.spec.loss.reduction == "mean"
        for start in range(0, len(rows), self._most):
            some = rows[start : start + self._most]
            workspace = plan.workspace(len(some), training=False)
            inputs, targets = self._samples.inputs[some], self._samples.targets[some]
            workspace.load(plan.numbers(inputs), plan.numbers(targets))
            found.append(np.array(workspace.forward(), dtype=np.float64))
            loss = float(workspace.loss(objectives=plan.spec.judged))
            total += loss * len(some) if is_mean else loss
        return np.concatenate(found), total / len(rows)

    def _metric(self, outputs: Array, rows: Rows) -> float:
        from nnsim.engine.metrics import accuracy, classes_of, r_squared

        if not np.isfinite(outputs).all():
            return math.nan
        if self._labels is None:
            return r_squared(outputs, self._samples.targets[rows])
        return accuracy(classes_of(outputs, self._threshold), self._labels[rows])


class Evaluations:
    """The evaluations of a run in the order of time, evenly thinned; the start comes first."""

    def __init__(self, start: Evaluation) -> None:
        self._found = [start]
        self._stride = 1

    def __len__(self) -> int:
        return len(self._found)

    def wants(self, epoch: int) -> bool:
        """Whether the end of this epoch is to be evaluated."""
        return epoch % self._stride == 0

    def append(self, evaluation: Evaluation) -> None:
        """Add the next one; when there are too many, every second one goes."""
        self._found.append(evaluation)
        if len(self._found) > _MAX_POINTS:
            self._stride *= 2
            self._found = [each for each in self._found if each.epoch % self._stride == 0]

    def truncate(self, iterations: int) -> None:
        """Forget what came after so many iterations."""
        self._found = [each for each in self._found if each.iteration <= iterations]

    @property
    def iterations(self) -> NDArray[np.int64]:
        """After how many iterations each was made, (evaluations,)."""
        return np.array([each.iteration for each in self._found], dtype=np.int64)

    @property
    def epochs(self) -> NDArray[np.int64]:
        """After how many epochs each was made, (evaluations,)."""
        return np.array([each.epoch for each in self._found], dtype=np.int64)

    def column(self, part: PartName, what: Literal["loss", "metric"]) -> NDArray[np.float64]:
        """One figure of one part over time, (evaluations,)."""
        return np.array([getattr(getattr(each, part), what) for each in self._found])

    def latest(self, iterations: int) -> Evaluation:
        """The last one made within so many iterations."""
        place = int(np.searchsorted(self.iterations, iterations, side="right"))
        return self._found[max(place - 1, 0)]
