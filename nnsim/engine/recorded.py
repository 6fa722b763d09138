"""What a record holds: arrays by name, as few copies as possible."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

import numpy as np

from nnsim.engine.layout import Array, Layout

#: Makes a new array of others.
Make: TypeAlias = Callable[..., Array]


class Block(NamedTuple):
    """Quantities in one array, by the names of its layout.

    ``values`` is the copy of what ``Recorder.put_all`` was called with; None after ``put_updated``
    until somebody asks.
    """

    layout: Layout
    values: Array | None
    before: str
    after: str

    def place(self, name: str) -> str | None:
        """The name in the layout of a quantity; None where it is not in here."""
        if not name.startswith(self.before):
            return None
        kind, colon, owner = name.removeprefix(self.before).partition(":")
        if not kind.endswith(self.after):
            return None
        found = f"{kind.removesuffix(self.after)}{colon}{owner}"
        return found if found in self.layout else None

    def names(self) -> Iterator[str]:
        """Of all that is in here."""
        for place in self.layout:
            kind, colon, owner = place.partition(":")
            yield f"{self.before}{kind}{self.after}{colon}{owner}"


class Recorded(Mapping[str, Array]):
    """Quantities by name, read-only.

    Those that lie in one array are cut out of it when asked for, those that others decide are made.
    """

    def __init__(self) -> None:
        self._single: dict[str, Array] = {}
        self._made: dict[str, tuple[Make, tuple[str, ...]]] = {}
        self._blocks: list[Block] = []

    def put(self, name: str, values: Array) -> None:
        """Hold an array."""
        self._single[name] = values

    def put_made(self, name: str, make: Make, of: tuple[str, ...]) -> None:
        """Hold how to make an array from those of other names; it goes before blocks."""
        self._made[name] = make, of

    def put_block(self, block: Block) -> None:
        """Hold all that lies in a block."""
        self._blocks.append(block)

    def __getitem__(self, name: str) -> Array:
        found = self._single.get(name)
        if found is None:
            found = self._single[name] = self._found(name)
            found.setflags(write=False)
        return found

    def _found(self, name: str) -> Array:
        if name in self._made:
            make, of = self._made[name]
            return _made(make, *(self[other] for other in of))
        for number, block in enumerate(self._blocks):
            place = block.place(name)
            if place is not None:
                values = self._updated(number) if block.values is None else block.values
                return block.layout[place].view(values)
        raise KeyError(name)

    def _updated(self, number: int) -> Array:
        """Parameters after the update, bit for bit as the learner made them."""
        wanted = self._blocks[number]
        old, change = (self._values(wanted.layout, before) for before in ("", "d"))
        values = _made(np.add, old, change)
        self._blocks[number] = wanted._replace(values=values)
        return values

    def _values(self, layout: Layout, before: str) -> Array:
        return next(
            block.values
            for block in self._blocks
            if block.layout is layout
            and (block.before, block.after) == (before, "")
            and block.values is not None
        )

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (
            name in self._single
            or name in self._made
            or any(block.place(name) is not None for block in self._blocks)
        )

    def __iter__(self) -> Iterator[str]:
        names = dict.fromkeys(self._single) | dict.fromkeys(self._made)
        for block in self._blocks:
            names |= dict.fromkeys(block.names())
        return iter(names)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _made(make: Make, *of: Array) -> Array:
    # NaN and infinity are results, as they are in the iteration itself.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return make(*of)
