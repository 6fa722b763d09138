"""Samples as experiments take them: flat inputs, targets that fit the loss, parts, scaling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from nnsim.core.messages import NnsimError
from nnsim.core.randoms import generator
from nnsim.data.classes import labels_of
from nnsim.data.dataset import Dataset, Labels, one_hot
from nnsim.data.scaling import Method, fit_common_scaling, fit_scaling
from nnsim.data.sets import make_data_set
from nnsim.data.splitting import Order
from nnsim.data.table import Table
from nnsim.engine.classes import decision_threshold
from nnsim.engine.layout import Array
from nnsim.engine.metrics import accuracy, classes_of, r_squared
from nnsim.engine.plan import Plan

#: Losses of classification and the activation of the output that goes with each.
CLASS_LOSSES: Mapping[str, str] = MappingProxyType(
    {
        "cross_entropy": "softmax",
        "cross_entropy_from_logits": "identity",
        "binary_cross_entropy": "sigmoid",
        "binary_cross_entropy_from_logits": "identity",
        "mse": "sigmoid",
        "mae": "sigmoid",
        "huber": "sigmoid",
        "hinge": "identity",
    }
)
#: The same for values.
VALUE_LOSSES: Mapping[str, str] = MappingProxyType(
    {"mse": "identity", "mae": "identity", "huber": "identity"}
)
# A distribution over classes takes more than one output.
_DISTRIBUTIONS = ("cross_entropy", "cross_entropy_from_logits")


@dataclass(frozen=True, eq=False)
class Samples:
    """What an experiment learns from.

    ``inputs`` (samples, values), as they are; ``targets`` (samples, outputs): values, or for
    classes 1 in the column of the class and else 0 (two classes may share one column).  ``labels``
    are the classes, (samples,), None for values.  ``alike``: all inputs have one scale, as pixels.
    """

    name: str
    inputs: Array
    targets: Array
    labels: Labels | None
    alike: bool = False

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def has_classes(self) -> bool:
        """Whether classes are to be told, and not values."""
        return self.labels is not None

    @property
    def metric(self) -> str:
        """What says how good predictions are: "accuracy" of classes, "r2" of values."""
        return "accuracy" if self.has_classes else "r2"

    @property
    def usual_loss(self) -> str:
        """The loss that suits these targets."""
        if not self.has_classes:
            return "mse"
        return "binary_cross_entropy" if self.targets.shape[1] == 1 else "cross_entropy"

    @property
    def usual_order(self) -> Order:
        """Stratified where there are classes that may be divided by, else shuffled."""
        return Order.STRATIFIED if self.has_classes else Order.SHUFFLED

    @property
    def usual_scaling(self) -> Method:
        """0 to 1 for pixels, else mean 0 and σ 1."""
        return Method.MIN_MAX if self.alike else Method.STANDARD

    def output_for(self, loss: str) -> str:
        """The activation of the output that goes with a loss.

        Raises NnsimError ``experiment.loss``.
        """
        losses = CLASS_LOSSES if self.has_classes else VALUE_LOSSES
        fitting = [
            name for name in losses if self.targets.shape[1] > 1 or name not in _DISTRIBUTIONS
        ]
        if loss not in fitting:
            raise NnsimError.of("experiment.loss", loss=loss, choices=", ".join(fitting))
        return losses[loss]

    def targets_for(self, loss: str) -> Array:
        """The targets as the loss wants them: of classes for hinge -1 and 1, and else 0 and 1."""
        if self.labels is None:
            return self.targets
        ones = np.maximum(self.targets, 0.0)
        return 2.0 * ones - 1.0 if loss == "hinge" else ones

    def take(self, rows: Labels) -> Samples:
        """The samples with these row numbers, in this order."""
        labels = None if self.labels is None else self.labels[rows]
        return Samples(self.name, self.inputs[rows], self.targets[rows], labels, self.alike)

    def with_labels(self, labels: Labels) -> Samples:
        """The same inputs with other classes."""
        outputs = self.targets.shape[1]
        if outputs == 1:  # of which the other class may be 0 or -1
            low = -1.0 if (self.targets < 0).any() else 0.0
            targets = np.where(labels == 1, 1.0, low)[:, np.newaxis]
        else:
            targets = one_hot(labels, outputs)
        return Samples(self.name, self.inputs, targets, labels, self.alike)


@dataclass(frozen=True, eq=False)
class Part:
    """Samples a network is taught or judged by: scaled, with targets for its loss.

    From ``threshold`` on a single output says class 1.
    """

    inputs: Array
    targets: Array
    labels: Labels | None
    threshold: float = 0.5


def parts_of(samples: Samples, loss: str, scaling: Method, *rows: Labels) -> tuple[Part, ...]:
    """Parts of the samples, scaled by what is found in the first of them, the training part.

    Targets that are values are scaled in the same way.  Raises NnsimError as ``fit_scaling``.
    """
    taken = [samples.take(each) for each in rows]
    fit = fit_common_scaling if samples.alike else fit_scaling
    inputs = fit(taken[0].inputs, scaling)
    targets = None if samples.has_classes else fit_scaling(taken[0].targets, scaling)
    return tuple(
        Part(
            inputs.apply(each.inputs),
            each.targets_for(loss) if targets is None else targets.apply(each.targets),
            each.labels,
            decision_threshold(loss),
        )
        for each in taken
    )


@dataclass(frozen=True)
class Figures:
    """How a network does on a part.

    ``loss``: the mean of a sample, without penalties; ``metric``: accuracy or R²; ``error``: share
    of wrong classes, or for values the mean squared error of the (scaled) targets.  NaN where an
    output is no number.
    """

    loss: float
    metric: float
    error: float


def judged(plan: Plan, part: Part) -> Figures:
    """How the network does on a part; nothing is learnt.  NaN for a part without samples."""
    if not len(part.inputs):
        return Figures(np.nan, np.nan, np.nan)
    workspace = plan.workspace(len(part.inputs), training=False)
    workspace.load(plan.numbers(part.inputs), plan.numbers(part.targets))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        outputs = np.array(workspace.forward(), dtype=np.float64)
        loss = float(workspace.loss())
        if plan.spec.loss.reduction == "sum":
            loss /= len(part.inputs)  # or it would grow with the part
        if not np.isfinite(outputs).all():
            return Figures(loss, np.nan, np.nan)
        if part.labels is None:
            squared = float(np.mean((outputs - part.targets) ** 2))
            return Figures(loss, r_squared(outputs, part.targets), squared)
    share = accuracy(classes_of(outputs, part.threshold), part.labels)
    return Figures(loss, share, 1.0 - share)


def samples_of(dataset: Dataset) -> Samples:
    """The samples of a data set.  Raises NnsimError ``experiment.no_targets``.

    So do sequences, which a network of dense layers cannot take.
    """
    is_sequence = len(dataset.input_shape) == 2 or dataset.lengths is not None
    if is_sequence or not len(dataset) or not dataset.flat_targets.shape[1]:
        raise NnsimError.of("experiment.no_targets", name=dataset.name)
    inputs = dataset.flat_inputs.astype(np.float64)
    alike = len(dataset.input_shape) > 1
    targets = dataset.flat_targets.astype(np.float64)
    if dataset.labels is None:
        return Samples(dataset.name, inputs, targets, labels_of(targets), alike)
    labels = dataset.labels
    return Samples(dataset.name, inputs, targets, labels, alike).with_labels(labels)


def samples_of_set(name: str, seed: int) -> Samples:
    """The samples of a data set by its name, made with this seed and its default options.

    Raises NnsimError as ``make_data_set`` and ``samples_of``.
    """
    return samples_of(make_data_set(name, generator(seed)))


def samples_of_table(table: Table, name: str) -> Samples:
    """The samples of a project.

    Whether targets are classes, ``labels_of`` says.
    Raises NnsimError ``experiment.no_targets``.
    """
    return samples_of(Dataset.from_table(table, name))
