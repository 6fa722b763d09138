"""Batch and layer normalisation: a = γ (x - mean) / √(variance + ε) + β."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnsim.engine.layout import Array, Shape
from nnsim.engine.ops.base import Bound, Operation, OperationSpec, Source, only_source


@dataclass(frozen=True)
class BatchNormalisationSpec(OperationSpec):
    """Normalises by mean and variance over the batch, and in evaluation by their running values.

    ``per``: "channel" (the first axis: maps of a channel, or units, are taken together with the
    batch) or "unit" (each value of a sample on its own).  Variances are divided by n ("biased")
    for normalising.  running ← (1 - ``momentum``) running + ``momentum`` batch, where the batch's
    variance is divided by n - 1 if ``running_variance`` is "unbiased", as in PyTorch, and by n if
    it is "biased", as in Keras (which calls 1 - momentum momentum).  A batch of one value has no
    unbiased variance: then the running values stay.

    Parameters "gamma:node" (γ) and "beta:node" (β), state "mean:node" and "variance:node", all
    (groups,).  Source: Ioffe and Szegedy 2015, algorithms 1 and 2.
    """

    node: str
    sources: tuple[Source, ...]
    per: str = "channel"
    momentum: float = 0.1
    epsilon: float = 1e-5
    running_variance: str = "unbiased"
    tied_to: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError for an unknown convention."""
        if self.per not in ("channel", "unit"):
            raise ValueError(f"{self.per!r}: batches are normalised per channel or per unit")
        if self.running_variance not in ("unbiased", "biased"):
            raise ValueError(f"{self.running_variance!r} is no convention of the running variance")

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """That of the source."""
        return only_source(self.node, sources)

    def groups(self, sources: Sequence[Shape]) -> int:
        """How many means and variances there are."""
        shape = self.shape(sources)
        return shape[0] if self.per == "channel" else int(np.prod(shape))

    def parameters(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        """γ and β."""
        count = self.groups(sources)
        return {f"gamma:{self.node}": (count,), f"beta:{self.node}": (count,)}

    def state(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        """Running mean and variance."""
        count = self.groups(sources)
        return {f"mean:{self.node}": (count,), f"variance:{self.node}": (count,)}

    def starting_state(self) -> dict[str, float]:
        """The running variance starts at 1."""
        return {f"variance:{self.node}": 1.0}

    def operation(self, bound: Bound) -> Operation:
        return BatchNormalisation(self, bound)


@dataclass(frozen=True)
class LayerNormalisationSpec(OperationSpec):
    """Normalises each sample by its own mean and (biased) variance, in training and evaluation.

    ``over``: "sample" (all of its values together) or "step" (of a sequence (steps, features) each
    step on its own).  Parameters "gamma:node" (γ) and "beta:node" (β) of the shape of what is
    normalised together.  Source: Ba et al. 2016, eq. 3 and 4.
    """

    node: str
    sources: tuple[Source, ...]
    over: str = "sample"
    epsilon: float = 1e-5
    tied_to: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError for an unknown convention."""
        if self.over not in ("sample", "step"):
            raise ValueError(f"{self.over!r}: layers are normalised over a sample or a step")

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """That of the source.  ValueError where steps are asked for and there are none."""
        shape = only_source(self.node, sources)
        if self.over == "step" and len(shape) < 2:
            raise ValueError(f"{self.node} has no steps to normalise: its source is {shape}")
        return shape

    def together(self, sources: Sequence[Shape]) -> Shape:
        """The shape of what is normalised together."""
        shape = self.shape(sources)
        return shape[1:] if self.over == "step" else shape

    def parameters(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        """γ and β."""
        shape = self.together(sources)
        return {f"gamma:{self.node}": shape, f"beta:{self.node}": shape}

    def operation(self, bound: Bound) -> Operation:
        return LayerNormalisation(self, bound)


class _Normalisation(Operation):
    """What both share: x̂ = (x - mean) / √(variance + ε), a = γ x̂ + β.

    Arrays are seen in three axes; ``axes`` are those over which means are taken.
    ``quantities``: "normalised:node" is x̂, (*shape, batch).
    """

    def __init__(self, bound: Bound, node: str, epsilon: float, shape: Shape, axes: int) -> None:
        super().__init__(node)
        (self._source,) = bound.sources
        self.hands_on = self._source.da is not None
        self._bound, self._node = bound, node
        self._epsilon = epsilon
        self._axes = axes
        self._x = self._source.a.reshape(shape)
        self._a = bound.own.a.reshape(shape)
        assert bound.own.da is not None
        self._da = bound.own.da.reshape(shape)
        self._normalised = np.zeros_like(self._a)
        self._shares = (1, -1, 1)
        gamma, beta = bound.w[f"gamma:{node}"], bound.w[f"beta:{node}"]
        self._gamma, self._beta = gamma.reshape(self._shares), beta.reshape(self._shares)
        self._inverse: Array = np.ones((), self._a.dtype)

    def _normalise(self, mean: Array, variance: Array) -> None:
        """Writes x̂ and a."""
        self._inverse = 1.0 / np.sqrt(variance + self._epsilon)
        np.subtract(self._x, mean, out=self._normalised)
        self._scale()

    def _scale(self) -> None:
        np.multiply(self._normalised, self._inverse, out=self._normalised)
        np.multiply(self._normalised, self._gamma, out=self._a)
        np.add(self._a, self._beta, out=self._a)

    def _normalise_by_own(self) -> tuple[Array, Array]:
        """By the mean and the biased variance of x itself, which are returned."""
        mean = self._x.mean(self._axes, keepdims=True)
        np.subtract(self._x, mean, out=self._normalised)
        variance = np.square(self._normalised).mean(self._axes, keepdims=True)
        self._inverse = 1.0 / np.sqrt(variance + self._epsilon)
        self._scale()
        return mean, variance

    def backward(self) -> None:
        """dL/dγ = Σ dL/da x̂ and dL/dβ = Σ dL/da."""
        for name, values in (("gamma", self._da * self._normalised), ("beta", self._da)):
            view = self._bound.g[f"{name}:{self._node}"]
            gradient = values.sum((0, 2)).reshape(view.shape)
            self._bound.collect(f"{name}:{self._node}", gradient)

    def _give(self, gradient: Array) -> None:
        self._source.give(gradient.reshape(self._source.a.shape))

    def _propagate_through_own(self) -> None:
        """Where mean and variance come from x, too (Ioffe and Szegedy 2015, section 3).

        dL/dx = (g - mean(g) - x̂ mean(g x̂)) / √(variance + ε) with g = γ dL/da.
        """
        g = self._da * self._gamma
        along = (g * self._normalised).mean(self._axes, keepdims=True)
        g -= g.mean(self._axes, keepdims=True)
        g -= self._normalised * along
        g *= self._inverse
        self._give(g)

    @abstractmethod
    def _shape_of(self, values: Array) -> Array:
        """Means or variances as they are recorded."""

    def _recorded(self, **values: Array) -> dict[str, Array]:
        found = {f"{kind}:{self._node}": self._shape_of(each) for kind, each in values.items()}
        found[f"normalised:{self._node}"] = self._normalised.reshape(self._source.a.shape)
        return found


class BatchNormalisation(_Normalisation):
    """See ``BatchNormalisationSpec``.

    Recorded while training: "batch_mean:node" and "batch_variance:node", (groups, 1).
    """

    def __init__(self, spec: BatchNormalisationSpec, bound: Bound) -> None:
        count = spec.groups([bound.sources[0].a.shape[:-1]])
        super().__init__(bound, spec.node, spec.epsilon, (1, count, -1), 2)
        self._spec = spec
        self._running_mean = bound.state[f"mean:{spec.node}"]
        self._running_variance = bound.state[f"variance:{spec.node}"]
        self._statistics: tuple[Array, Array] | None = None

    def forward(self) -> None:
        if self._bound.mode.training:
            self._statistics = self._normalise_by_own()
            self._run_on(*self._statistics)
        else:
            self._statistics = None
            self._normalise(
                self._running_mean.reshape(self._shares),
                self._running_variance.reshape(self._shares),
            )

    def _run_on(self, mean: Array, variance: Array) -> None:
        count = self._x.shape[-1]
        if self._spec.running_variance == "unbiased":
            if count == 1:
                return
            variance = variance * (count / (count - 1))
        for running, found in ((self._running_mean, mean), (self._running_variance, variance)):
            running *= 1.0 - self._spec.momentum
            running += self._spec.momentum * found.reshape(running.shape)

    def propagate(self) -> None:
        if self._bound.mode.training:
            self._propagate_through_own()
        else:
            self._give(self._da * (self._gamma * self._inverse))

    def _shape_of(self, values: Array) -> Array:
        return values.reshape(-1, 1)

    def quantities(self) -> Mapping[str, Array]:
        if self._statistics is None:
            return self._recorded()
        mean, variance = self._statistics
        return self._recorded(batch_mean=mean, batch_variance=variance)


class LayerNormalisation(_Normalisation):
    """See ``LayerNormalisationSpec``.  Recorded: "mean:node", "variance:node", (steps, batch)."""

    def __init__(self, spec: LayerNormalisationSpec, bound: Bound) -> None:
        shape = bound.sources[0].a.shape[:-1]
        steps = shape[0] if spec.over == "step" else 1
        count = int(np.prod(spec.together([shape])))
        super().__init__(bound, spec.node, spec.epsilon, (steps, count, bound.batch), 1)
        self._statistics = (np.zeros(()), np.zeros(()))

    def forward(self) -> None:
        self._statistics = self._normalise_by_own()

    def propagate(self) -> None:
        self._propagate_through_own()

    def _shape_of(self, values: Array) -> Array:
        return values.reshape(-1, self._bound.batch)

    def quantities(self) -> Mapping[str, Array]:
        mean, variance = self._statistics
        return self._recorded(mean=mean, variance=variance)
