"""What one iteration left behind: every named quantity, before and after.

Names are ``kind:owner``; owners are ids of nodes (layers) or connections.

| name     | quantity                                   | shape                 |
|----------|--------------------------------------------|-----------------------|
| a:node   | activations (of an input node: the inputs) | (batch, units)        |
| z:node   | sums Σ, before the activation              | (batch, rows)         |
| y, t     | predictions and targets, all outputs       | (batch, outputs)      |
| e        | error the rule learns from                 | (batch, outputs)      |
| l        | addends of the loss, without its factor    | (batch, outputs)      |
| L        | the loss                                   | ()                    |
| da:node  | dL/da                                      | (batch, units)        |
| dz:node  | dL/dz, the δ of a neuron                   | (batch, rows)         |
| w:conn, b:node   | parameters before the update       | (rows, inputs), (rows,) |
| gw:conn, gb:node | gradient of the loss               | same                  |
| dw:conn, db:node | change Δ                           | same                  |
| w+:conn, b+:node | parameters after the update        | same                  |
| p:conn   | products w·x, made from a and w when asked | (batch, rows, inputs) |

rows = units, except where a unit has several pieces (maxout).  Of nodes over feature maps both are
(channels, rows, columns).  "winner:node" of max pooling has that shape, too: where in its window
the largest number stands, counted row by row.  Normalisation leaves x̂ as "normalised:node"; of
batches "batch_mean:node" and "batch_variance:node" (1, groups), the running ones being state
("mean:node", "mean+:node"); of layers "mean:node" and "variance:node" (batch, steps).  What chance
had a part in leaves its draws: "mask:node" of dropout (0 or 1 / (1 - rate)), "epsilon:node" of
noise and sampling, both as large as a.

Recurrent layers leave every gate and state of every step, (batch, steps, units): "h:node", of an
LSTM also "i:", "f:", "g:", "o:" and the cell "c:", of a GRU "r:", "z:", "n:" (and "q:", what r
multiplies, where it resets after the product); "s:node" are the sums of all gates, (batch, steps,
gates·units), in the order of the parameters.  "dh:", "dc:", "dq:" and "ds:" are the gradients of
the loss w.r.t. them.  States carried from window to window are state: "h0:node" and "c0:node" where
a window starts, "h0+:node" and "c0+:node" where the next one will.

What an update was made of stands under the name of the parameter, with a prefix:

| prefix        | quantity                                                                   |
|---------------|----------------------------------------------------------------------------|
| u.            | velocity (momentum, Nesterov): "u.w:c1"                                    |
| s.            | sum of squared gradients (Adagrad)                                         |
| m., v.        | averages of the gradient (Adam) and of its square (Adam, RMSprop)          |
| m^., v^.      | the same, corrected for their start at 0                                   |
| u-., s-., m-., v-. | what the update found of u, s, m and v                                |
| decay.        | what decoupled weight decay adds to Δ (AdamW)                              |
| penalty.g     | gradient of the L1 and L2 penalties: "penalty.gw:c1"                       |
| used.g        | gradient the optimiser was given, where it was penalised or clipped        |

"step" counts the steps of an optimiser that corrects by it (Adam), the present one included; "lr"
is the learning rate of a schedule, "norm" that of the gradient before it was clipped, both ().
Where there are penalties L contains them, "L:data" is the loss without and "L:penalty" theirs.
Where several objectives add up, "L:name" and "l:name" are theirs.  Where several updates follow one
another, what belongs to one has its name behind the kind: "dz@G:n3", "a@G:n3" of a forward run made
for it, "L@G", "lr@G", "m.w@G:c1"; what was changed, and by which gradient, stands under the plain
names ("gw:c1", "dw:c1").  "L" is then the loss of the first update, "L@G" that of a later one.
"""

from __future__ import annotations

import enum
import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

import numpy as np

from nnsim.core.memory import keep_freed_memory
from nnsim.core.numbers import Number
from nnsim.engine.layout import Array, Layout
from nnsim.engine.recorded import Block, Make, Recorded

# Records are large, and at full speed each is gone when the next one comes.
keep_freed_memory()


class Metrics(NamedTuple):
    """The few figures of an iteration that every trace keeps.

    ``iteration`` counts from 1 and ``epoch`` too; ``samples`` are row numbers of the data, from 0;
    ``loss`` is NaN for rules that have none; ``wrong`` counts outputs that miss their target;
    ``changed`` says whether any parameter changed; ``epoch_ended`` whether this iteration was the
    last of its epoch.  Where several updates follow one another ``loss`` is that of the first and
    ``second_loss`` that of the second; else this is NaN.
    """

    iteration: int
    epoch: int
    samples: tuple[int, ...]
    loss: float
    wrong: int
    changed: bool
    epoch_ended: bool
    second_loss: float = math.nan


class Recorder(Protocol):
    """Listens to an iteration.

    Arrays are reused later, except those that are ``own``: made for the recorder alone.
    """

    def put(self, name: str, values: Array, own: bool = False) -> None:
        """Called with a named quantity as soon as it is known."""

    def put_all(
        self, layout: Layout, values: Array, before: str = "", after: str = "", own: bool = False
    ) -> None:
        """Called with many quantities that lie in one array, by the names of its layout.

        With ``before`` "g" the place "w:c1" holds the quantity "gw:c1", with ``after`` "+" it
        holds "w+:c1".
        """

    def put_made(self, name: str, make: Make, of: tuple[str, ...]) -> None:
        """Called with a quantity that others alone decide: ``make`` finds it from those named.

        They have been put under just these names.
        """

    def put_updated(self, layout: Layout) -> None:
        """Called when all parameters have been changed: "w+:c1" is "w:c1" + "dw:c1", and so on.

        Both have been put by this layout.
        """


class Marked(NamedTuple):
    """Tells a recorder everything with a mark behind the kind: "a:n1" as "a@G:n1"."""

    recorder: Recorder
    mark: str

    def put(self, name: str, values: Array, own: bool = False) -> None:
        kind, colon, owner = name.partition(":")
        self.recorder.put(f"{kind}{self.mark}{colon}{owner}", values, own)

    def put_all(
        self, layout: Layout, values: Array, before: str = "", after: str = "", own: bool = False
    ) -> None:
        self.recorder.put_all(layout, values, before, after + self.mark, own)

    def put_made(self, name: str, make: Make, of: tuple[str, ...]) -> None:
        kind, colon, owner = name.partition(":")
        self.recorder.put_made(f"{kind}{self.mark}{colon}{owner}", make, of)

    def put_updated(self, layout: Layout) -> None:
        self.recorder.put_updated(layout)


class _Kind(enum.Enum):
    """What the first axes of a quantity's array are."""

    SAMPLED = "sampled"  # the batch, and of sequences the steps
    MATRIX = "matrix"  # rows and inputs
    VECTOR = "vector"  # rows
    PRODUCT = "product"  # the batch, rows and inputs


_FORMS = ("{}", "{}+", "g{}", "d{}")
_KINDS = (
    {form.format(kind): _Kind.MATRIX for kind in ("w", "u") for form in _FORMS}
    | {form.format(kind): _Kind.VECTOR for kind in ("b", "gamma", "beta") for form in _FORMS}
    | {"positive": _Kind.MATRIX, "negative": _Kind.MATRIX, "p": _Kind.PRODUCT}
)
_OF_PARAMETERS = {form.format(kind): kind for kind in ("w", "u", "b") for form in _FORMS}
#: statistics of a layer's normalisation: one for each step of each sample
_OF_STEPS = ("mean", "variance")


@functools.lru_cache(maxsize=1024)
def _kind(kind: str) -> _Kind:
    """That of "m.w@G" is that of "w": without an update's internals and without its name."""
    return _KINDS.get(_plain(kind), _Kind.SAMPLED)


def _plain(kind: str) -> str:
    return kind.partition("@")[0].rpartition(".")[2]


@dataclass(frozen=True)
class Quantity:
    """The address of one number of an iteration: ``kind:owner`` at an index.

    ``kind`` is the part before the colon in the tables above (without "+" variants being special:
    "w+" is a kind).  ``row`` is the unit, row or channel; ``column`` the input of a weight or a
    product, or the channel a kernel sees; ``sample`` the place in the batch of quantities that have
    one; ``step`` the time step of those of a sequence.  ``inner`` are further axes: row and column
    on a map or in a kernel.
    """

    kind: str
    owner: str = ""
    row: int = 0
    column: int = 0
    sample: int = 0
    step: int | None = field(default=None, kw_only=True)
    inner: tuple[int, ...] = field(default=(), kw_only=True)

    @classmethod
    def at(cls, name: str, index: Sequence[int]) -> Quantity:
        """The address of the number at an index of the array of that name."""
        kind, _, owner = name.partition(":")
        if len(index) < 2:
            return cls(kind, owner, *index)
        first, second, *inner = index
        form = _kind(kind)
        if form is _Kind.MATRIX:
            return cls(kind, owner, first, second, inner=tuple(inner))
        if form is _Kind.VECTOR:
            return cls(kind, owner, first, inner=tuple(index[1:]))
        if form is _Kind.PRODUCT:
            return cls(kind, owner, second, inner[0], first)
        if len(index) == 2 and _plain(kind) in _OF_STEPS:
            return cls(kind, owner, sample=first, step=second)
        if len(index) == 3:
            return cls(kind, owner, inner[0], sample=first, step=second)
        return cls(kind, owner, second, sample=first, inner=tuple(inner))

    @property
    def parameter(self) -> Quantity | None:
        """The weight or bias before the update that this is about, None where it is about none.

        It is for gradients, changes, new values and all that an update was made of; not for
        products, which a sample has a part in.
        """
        kind = _OF_PARAMETERS.get(_plain(self.kind))
        return None if kind is None else replace(self, kind=kind, sample=0)

    @property
    def name(self) -> str:
        """The key of the record that holds it."""
        return f"{self.kind}:{self.owner}" if self.owner else self.kind

    def index(self, axes: int) -> tuple[int, ...]:
        """Index into the array of that name, which has so many axes.

        Raises IndexError where it is not the address of one number of such an array.
        """
        if axes < 2:
            return (self.row,)[:axes]
        form = _kind(self.kind)
        if form is _Kind.MATRIX:
            found = (self.row, self.column, *self.inner)
        elif form is _Kind.VECTOR:
            found = (self.row, *self.inner)
        elif form is _Kind.PRODUCT:
            found = (self.sample, self.row, self.column)
        elif self.step is None:
            found = (self.sample, self.row, *self.inner)
        else:
            found = (self.sample, self.step, self.row)[:axes]
        if len(found) != axes:
            raise IndexError(f"{self} is no single number of an array of {axes} axes")
        return found


class Record:
    """The quantities of one iteration; also the recorder that collects them.

    ``arrays`` gives them by name, read-only, the batch first where they have one; ``sources`` the
    source node of each connection, so that products can be made from what is recorded.
    """

    def __init__(
        self, sources: Mapping[str, str] | None = None, metrics: Metrics | None = None
    ) -> None:
        self._recorded = Recorded()
        self.arrays: Mapping[str, Array] = self._recorded
        self.sources = sources or {}
        self.metrics = metrics

    def put(self, name: str, values: Array, own: bool = False) -> None:
        kept = values if own else values.copy("K")
        kept.setflags(write=False)
        self._recorded.put(name, kept)

    def put_all(
        self, layout: Layout, values: Array, before: str = "", after: str = "", own: bool = False
    ) -> None:
        kept = values if own else values.copy("K")
        self._recorded.put_block(Block(layout, kept, before, after))

    def put_made(self, name: str, make: Make, of: tuple[str, ...]) -> None:
        self._recorded.put_made(name, make, of)

    def put_updated(self, layout: Layout) -> None:
        self._recorded.put_block(Block(layout, None, "", "+"))

    def array(self, name: str) -> Array:
        """The array of this name.  Raises KeyError where the iteration has no such quantity."""
        kind, _, owner = name.partition(":")
        if kind == "p" and name not in self.arrays and name in self:
            inputs = self.arrays[f"a:{self.sources[owner]}"]
            with np.errstate(over="ignore", invalid="ignore"):
                return inputs[:, np.newaxis, :] * self.arrays[f"w:{owner}"][np.newaxis, :, :]
        return self.arrays[name]

    def __contains__(self, name: str) -> bool:
        if name in self.arrays:
            return True
        # Products are of weights and inputs alone: a kernel has none, nor has a sequence.
        kind, _, owner = name.partition(":")
        weights = self.arrays.get(f"w:{owner}") if kind == "p" else None
        if weights is None or weights.ndim != 2:
            return False
        inputs = self.arrays.get(f"a:{self.sources[owner]}") if owner in self.sources else None
        return inputs is None or inputs.ndim == 2

    def value(self, quantity: Quantity) -> Number:
        """One number: a float, or a Fraction where arithmetic was exact.

        Raises KeyError for a quantity this iteration does not have, IndexError outside its array
        and for what is no address of a single number in it.
        """
        if quantity.kind == "p" and quantity.name not in self.arrays:
            weight = self.arrays[f"w:{quantity.owner}"][quantity.row, quantity.column]
            inputs = self.arrays[f"a:{self.sources[quantity.owner]}"]
            # NaN and infinity are results, as they are in the iteration itself.
            with np.errstate(over="ignore", invalid="ignore"):
                product: Number = weight * inputs[quantity.sample, quantity.column]
            return product
        values = self.arrays[quantity.name]
        return values[quantity.index(values.ndim)]
