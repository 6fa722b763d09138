"""What operations share: how they are described, and what they are bound to.

Inside a plan arrays have their batch last, (*shape, batch): the numbers of a unit lie side by
side, and a row of ones below a layer's values makes its bias one more weight.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, TypeAlias

import numpy as np

from nnsim.engine.layout import Array, Shape

#: A call with everything bound.
Call: TypeAlias = Callable[[], object]


class Source(NamedTuple):
    """A connection into a node: its id and the id of the node it comes from."""

    connection: str
    node: str


class NodeSpec(ABC):
    """What a node computes from its sources; subclasses say with which options.

    Dense layers, of which several are put together in one operation, are node specs and no more;
    all others are ``OperationSpec`` and make their operation themselves.

    ``tied_to`` names another node of the same class whose parameters are used instead of own ones:
    its connections correspond to this node's in their order.
    """

    node: str
    sources: tuple[Source, ...]
    tied_to: str
    #: how many matrices, each of a gate, lie one below the other in its weights
    gates: ClassVar[int] = 1
    #: True where chance has a part in it: then no iteration can be told to repeat another
    draws = False
    #: False where its sources get no gradient from what is above it
    passes_gradient = True

    @abstractmethod
    def shape(self, sources: Sequence[Shape]) -> Shape:
        """Sizes of a sample that comes out.  Raises ValueError where the sources do not fit."""

    def parameters(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        """Names ("w:c1", "b:n3") and shapes of its parameters."""
        return {}

    def state(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        """Names and shapes of what it keeps from one iteration to the next and does not learn."""
        return {}

    def starting_state(self) -> dict[str, float]:
        """Names of the state that does not start at 0, and what it starts at."""
        return {}

    def forget_gates(self) -> dict[str, slice]:
        """Biases by name and the rows of them that belong to forget gates, where it has any."""
        return {}

    def summed_biases(self) -> dict[str, slice]:
        """Biases by name and the rows of them for which PyTorch has two, of W x and of U h."""
        return {}

    def restarting(self) -> tuple[str, ...]:
        """Names of the state that is 0 again when an epoch begins."""
        return ()


class OperationSpec(NodeSpec):
    """A node that is an operation of its own."""

    @abstractmethod
    def operation(self, bound: Bound) -> Operation:
        """The operation over these arrays."""


def only_source(node: str, sources: Sequence[Shape]) -> Shape:
    """The shape of the one source.  Raises ValueError where there are none or several."""
    if len(sources) != 1:
        raise ValueError(f"{node} needs exactly one source, not {len(sources)}")
    return sources[0]


@dataclass(eq=False)
class Port:
    """The values of a node, (*shape, batch), and the gradient of the loss w.r.t. them.

    ``da`` is None where nobody asks for it.  ``is_shared``: several readers add their parts to
    ``da``, which is 0 when the backward run begins; else the only reader overwrites it.
    ``rows`` are the same values flat, (size, batch), and below them a row of ones.
    """

    node: str
    a: Array
    da: Array | None
    rows: Array
    is_shared: bool = False

    def give(self, gradient: Array) -> None:
        """Hand on a reader's part of the gradient, shape of ``a``."""
        if self.da is None:
            return
        if self.is_shared:
            np.add(self.da, gradient, out=self.da)
        else:
            self.da[...] = gradient


class Mode:
    """How a plan is being run: for training, or to see what it makes of something."""

    def __init__(self, training: bool, random: Callable[[], np.random.Generator]) -> None:
        self.training = training
        self._random = random

    @property
    def random(self) -> np.random.Generator:
        """Where masks and noise are drawn from while training; part of every snapshot."""
        return self._random()


class Bound(NamedTuple):
    """What an operation is bound to: the ports of its sources and its own, parameters by name.

    ``w`` and ``g`` (parameters and their gradient) and ``state`` have this node's own names, also
    where they are tied to another's.  ``adds``: another operation has the same parameters, so the
    gradient is added to what is there.  ``settles``: sums that are only rounding error become 0.
    """

    sources: tuple[Port, ...]
    own: Port
    w: Mapping[str, Array]
    g: Mapping[str, Array]
    state: Mapping[str, Array]
    mode: Mode
    adds: bool = False
    settles: bool = False

    @property
    def batch(self) -> int:
        """Samples that run together."""
        return int(self.own.a.shape[-1])

    def collect(self, name: str, gradient: Array) -> None:
        """Write the gradient of a parameter, or add it where several operations share it."""
        if self.adds:
            self.g[name][...] += gradient
        else:
            self.g[name][...] = gradient


class Operation(ABC):
    """One operation of a plan.

    ``forward`` writes the values of the own port; ``backward`` writes the gradient of the
    parameters from the gradient of the own port; ``propagate`` hands it on to the sources.
    ``backward`` always comes before ``propagate``.  ``nodes`` are those it computes.
    """

    #: False where no source asks for a gradient
    hands_on = True
    #: kinds of quantities and gradients that it makes anew each time they are asked for
    makes: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *nodes: str) -> None:
        self.nodes = nodes

    @abstractmethod
    def forward(self) -> None:
        """Values of the own port from those of the sources."""

    def backward(self) -> None:  # noqa: B027  (most operations have no parameters)
        """Gradient of the parameters; nothing for operations that have none."""

    @abstractmethod
    def propagate(self) -> None:
        """Gradient of the sources."""

    def forward_calls(self) -> list[Call]:
        """What running forward calls: ``forward``, or what it consists of.

        In small networks a call of a Python method costs as much as the arithmetic in it, so
        operations that are nothing but NumPy calls give those, with their arrays bound.
        """
        return [self.forward]

    def backward_calls(self) -> list[Call]:
        """What running backward calls: ``backward``, and ``propagate`` where it hands on."""
        return [self.backward, self.propagate] if self.hands_on else [self.backward]

    def quantities(self) -> Mapping[str, Array]:
        """What else than a and da the forward run left, by full name, (*shape, batch)."""
        return {}

    def gradients(self) -> Mapping[str, Array]:
        """What else the backward run left."""
        return {}
