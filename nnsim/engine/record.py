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

rows = units, except where a unit has several pieces (maxout).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from nnsim.core.numbers import Number
from nnsim.engine.activations import Array


@dataclass(frozen=True)
class Metrics:
    """The few figures of an iteration that every trace keeps.

    ``iteration`` counts from 1 and ``epoch`` too; ``samples`` are row numbers of the data, from 0;
    ``loss`` is NaN for rules that have none; ``wrong`` counts outputs that miss their target;
    ``changed`` says whether any parameter changed; ``epoch_ended`` whether this iteration was the
    last of its epoch.
    """

    iteration: int
    epoch: int
    samples: tuple[int, ...]
    loss: float
    wrong: int
    changed: bool
    epoch_ended: bool


class Recorder(Protocol):
    """Listens to an iteration."""

    def put(self, name: str, values: Array) -> None:
        """Called with each named quantity as soon as it is known; the array is reused later."""


@dataclass(frozen=True)
class Quantity:
    """The address of one number of an iteration: ``kind:owner`` at an index.

    ``kind`` is the part before the colon in the table above (without "+" variants being special:
    "w+" is a kind).  ``row`` is the unit or row; ``column`` the input of a weight or product;
    ``sample`` the place in the batch of quantities that have one.
    """

    kind: str
    owner: str = ""
    row: int = 0
    column: int = 0
    sample: int = 0

    @property
    def name(self) -> str:
        """The key of the record that holds it."""
        return f"{self.kind}:{self.owner}" if self.owner else self.kind

    @property
    def index(self) -> tuple[int, ...]:
        """Index into the array of that name."""
        return {
            "L": (),
            "w": (self.row, self.column),
            "gw": (self.row, self.column),
            "dw": (self.row, self.column),
            "w+": (self.row, self.column),
            "b": (self.row,),
            "gb": (self.row,),
            "db": (self.row,),
            "b+": (self.row,),
            "p": (self.sample, self.row, self.column),
        }.get(self.kind, (self.sample, self.row))


@dataclass
class Record:
    """The quantities of one iteration; also the recorder that collects them."""

    arrays: dict[str, Array] = field(default_factory=dict)
    metrics: Metrics | None = None
    #: source node of each connection, so that products can be made from what is recorded
    sources: Mapping[str, str] = field(default_factory=dict)

    def put(self, name: str, values: Array) -> None:
        kept = np.array(values)
        kept.flags.writeable = False
        self.arrays[name] = kept

    def array(self, name: str) -> Array:
        """The array of this name.  Raises KeyError where the iteration has no such quantity."""
        kind, _, owner = name.partition(":")
        if kind == "p" and name not in self.arrays:
            inputs = self.arrays[f"a:{self.sources[owner]}"]
            with np.errstate(over="ignore", invalid="ignore"):
                return inputs[:, np.newaxis, :] * self.arrays[f"w:{owner}"][np.newaxis, :, :]
        return self.arrays[name]

    def __contains__(self, name: str) -> bool:
        kind, _, owner = name.partition(":")
        return name in self.arrays or (kind == "p" and f"w:{owner}" in self.arrays)

    def value(self, quantity: Quantity) -> Number:
        """One number: a float, or a Fraction where arithmetic was exact.

        Raises KeyError for a quantity this iteration does not have, IndexError outside its array.
        """
        if quantity.kind == "p" and quantity.name not in self.arrays:
            weight = self.arrays[f"w:{quantity.owner}"][quantity.row, quantity.column]
            inputs = self.arrays[f"a:{self.sources[quantity.owner]}"]
            # NaN and infinity are results, as they are in the iteration itself.
            with np.errstate(over="ignore", invalid="ignore"):
                product: Number = weight * inputs[quantity.sample, quantity.column]
            return product
        return self.arrays[quantity.name][quantity.index]
