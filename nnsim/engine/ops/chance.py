"""Nodes that draw: noise to begin with, and, while training, dropout, added noise, sampling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnsim.engine.layout import Array, Shape
from nnsim.engine.ops.base import Bound, Operation, OperationSpec, Source, only_source


@dataclass(frozen=True)
class NoiseSpec(OperationSpec):
    """Numbers from N(0, 1), ``size`` for a sample, drawn anew in every forward run.

    What a generator makes samples of.  In evaluation, too: it has nothing else to begin with.
    Source: Goodfellow et al. 2014, section 3.
    """

    node: str
    size: int
    sources: tuple[Source, ...] = ()
    tied_to: str = ""
    draws = True

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """(size,).  Raises ValueError where something leads into it."""
        if sources:
            raise ValueError(f"{self.node} is drawn, and made of nothing")
        return (self.size,)

    def operation(self, bound: Bound) -> Operation:
        return Noise(self.node, bound)


@dataclass(frozen=True)
class DropoutSpec(OperationSpec):
    """Puts each value to 0 with probability ``rate`` (0 <= rate < 1) while training.

    Inverted: those that stay are divided by 1 - rate, and in evaluation nothing is done.  Recorded:
    "mask:node", the factors 0 and 1 / (1 - rate).  Source: Srivastava et al. 2014, section 10.
    """

    node: str
    rate: float
    sources: tuple[Source, ...]
    tied_to: str = ""
    draws = True

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """That of the source.  Raises ValueError for a rate that leaves nothing, or is none."""
        if not 0.0 <= self.rate < 1.0:
            raise ValueError(f"{self.node}: a dropout rate is at least 0 and less than 1")
        return only_source(self.node, sources)

    def operation(self, bound: Bound) -> Operation:
        return Dropout(self, bound)


@dataclass(frozen=True)
class GaussianNoiseSpec(OperationSpec):
    """Adds ``deviation`` · ε to each value while training, ε from N(0, 1).

    Recorded: "epsilon:node".  In evaluation nothing is added.
    """

    node: str
    deviation: float
    sources: tuple[Source, ...]
    tied_to: str = ""
    draws = True

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """That of the source.  Raises ValueError for a negative deviation."""
        if not self.deviation >= 0.0:
            raise ValueError(f"{self.node}: a standard deviation is not negative")
        return only_source(self.node, sources)

    def operation(self, bound: Bound) -> Operation:
        return GaussianNoise(self, bound)


@dataclass(frozen=True)
class SamplingSpec(OperationSpec):
    """z = μ + σ ε with σ = e^(log σ² / 2) and ε from N(0, 1); in evaluation z = μ.

    The sources are μ and log σ², in this order.  Recorded: "epsilon:node".
    Source: Kingma and Welling 2014, section 2.4 (the reparametrisation trick).
    """

    node: str
    sources: tuple[Source, ...]
    tied_to: str = ""
    draws = True

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """That of μ.  Raises ValueError where log σ² has another shape, or is missing."""
        if len(sources) != 2 or sources[0] != sources[1]:
            raise ValueError(f"{self.node} needs μ and log σ² of the same shape, not {sources}")
        return sources[0]

    def operation(self, bound: Bound) -> Operation:
        return Sampling(self, bound)


def _drawn_normal(bound: Bound, out: Array) -> None:
    """Standard normal numbers, float32 ones where the plan computes with those."""
    bound.mode.random.standard_normal(out=out, dtype=out.dtype)


class Noise(Operation):
    """See ``NoiseSpec``."""

    def __init__(self, node: str, bound: Bound) -> None:
        super().__init__(node)
        self.hands_on = False
        self._bound, self._own = bound, bound.own

    def forward(self) -> None:
        _drawn_normal(self._bound, self._own.a)

    def propagate(self) -> None:
        """Nothing is learnt from the gradient of what was drawn."""


class Dropout(Operation):
    """See ``DropoutSpec``."""

    def __init__(self, spec: DropoutSpec, bound: Bound) -> None:
        super().__init__(spec.node)
        (self._source,) = bound.sources
        self.hands_on = self._source.da is not None
        self._spec, self._bound, self._own = spec, bound, bound.own
        self._mask = np.ones_like(bound.own.a)
        self._stays = np.zeros(bound.own.a.shape, np.bool_)

    def forward(self) -> None:
        if not self._bound.mode.training:
            self._own.a[...] = self._source.a
            return
        mask = self._mask
        self._bound.mode.random.random(out=mask, dtype=mask.dtype)
        np.greater_equal(mask, self._spec.rate, out=self._stays)
        np.multiply(self._stays, 1.0 / (1.0 - self._spec.rate), out=mask, casting="same_kind")
        np.multiply(self._source.a, mask, out=self._own.a)

    def propagate(self) -> None:
        assert self._own.da is not None
        da = self._own.da
        self._source.give(da * self._mask if self._bound.mode.training else da)

    def quantities(self) -> Mapping[str, Array]:
        return {f"mask:{self._spec.node}": self._mask} if self._bound.mode.training else {}


class GaussianNoise(Operation):
    """See ``GaussianNoiseSpec``."""

    def __init__(self, spec: GaussianNoiseSpec, bound: Bound) -> None:
        super().__init__(spec.node)
        (self._source,) = bound.sources
        self.hands_on = self._source.da is not None
        self._spec, self._bound, self._own = spec, bound, bound.own
        self._epsilon = np.zeros_like(bound.own.a)

    def forward(self) -> None:
        if not self._bound.mode.training:
            self._own.a[...] = self._source.a
            return
        _drawn_normal(self._bound, self._epsilon)
        np.multiply(self._epsilon, self._spec.deviation, out=self._own.a)
        np.add(self._own.a, self._source.a, out=self._own.a)

    def propagate(self) -> None:
        assert self._own.da is not None
        self._source.give(self._own.da)

    def quantities(self) -> Mapping[str, Array]:
        return {f"epsilon:{self._spec.node}": self._epsilon} if self._bound.mode.training else {}


class Sampling(Operation):
    """See ``SamplingSpec``."""

    def __init__(self, spec: SamplingSpec, bound: Bound) -> None:
        super().__init__(spec.node)
        self._mean, self._log_variance = bound.sources
        self.hands_on = any(source.da is not None for source in bound.sources)
        self._bound, self._own = bound, bound.own
        self._epsilon = np.zeros_like(bound.own.a)
        #: σ ε
        self._off = np.zeros_like(bound.own.a)

    def forward(self) -> None:
        if not self._bound.mode.training:
            self._own.a[...] = self._mean.a
            return
        _drawn_normal(self._bound, self._epsilon)
        np.multiply(np.exp(0.5 * self._log_variance.a), self._epsilon, out=self._off)
        np.add(self._mean.a, self._off, out=self._own.a)

    def propagate(self) -> None:
        """dL/dμ = dL/dz and dL/d(log σ²) = dL/dz · σ ε / 2."""
        assert self._own.da is not None
        da = self._own.da
        self._mean.give(da)
        if self._bound.mode.training:
            self._log_variance.give(0.5 * da * self._off)
        else:
            self._log_variance.give(np.zeros_like(da))

    def quantities(self) -> Mapping[str, Array]:
        if not self._bound.mode.training:
            return {}
        (node,) = self.nodes
        return {f"epsilon:{node}": self._epsilon}
