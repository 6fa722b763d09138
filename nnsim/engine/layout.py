"""Where named arrays lie in one large array: views by name, made when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
#: Sizes of one sample: (units,), (channels, rows, columns) or (steps, features).
Shape: TypeAlias = tuple[int, ...]


class Place(NamedTuple):
    """A stretch ``start … stop`` of the first axis, seen as ``block``, and a part of that.

    Of values, which have the batch as their last axis, the view has it first, as people read it.
    ``is_turned``: a matrix whose columns lie one after the other; its block is the transpose.
    """

    start: int
    stop: int
    block: Shape
    part: tuple[slice | int, ...] = ()
    is_turned: bool = False

    @property
    def is_vector(self) -> bool:
        """Whether the view of a parameter has one dimension: biases, gains, offsets."""
        return len(self.block) == 1 or int in map(type, self.part)

    def moved(self, by: int) -> Place:
        """The same so many places further on."""
        return self._replace(start=self.start + by, stop=self.stop + by)

    def view(self, array: Array) -> Array:
        """The named part of ``array``, (size,) for parameters or (size, batch) for values."""
        stretch = array[self.start : self.stop]
        if array.ndim == 1:
            view = stretch.reshape(self.block)[self.part]
            return view.T if self.is_turned else view
        return np.moveaxis(stretch.reshape(*self.block, -1)[self.part], -1, 0)


Layout: TypeAlias = Mapping[str, Place]


class Views(Mapping[str, Array]):
    """Views into one array by name; each is made once, when it is asked for."""

    def __init__(self, layout: Layout, array: Array, called: Callable[[str], str] = str) -> None:
        """``called`` turns the name asked for into that of the layout."""
        self._layout = dict(layout)
        self._array = array
        self._called = called
        self._made: dict[str, Array] = {}
        self._others: dict[str, Array] = {}

    def add(self, layout: Layout, array: Array) -> None:
        """Names that lie in another array."""
        self._layout |= layout
        self._others |= dict.fromkeys(layout, array)

    def __getitem__(self, name: str) -> Array:
        made = self._made.get(name)
        if made is None:
            place = self._called(name)
            array = self._others.get(place, self._array)
            made = self._made[name] = self._layout[place].view(array)
        return made

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._called(name) in self._layout

    def __iter__(self) -> Iterator[str]:
        return iter(self._layout)

    def __len__(self) -> int:
        return len(self._layout)


def parameter_layout(shapes: Mapping[str, Shape]) -> dict[str, Place]:
    """Parameters one after the other."""
    places: dict[str, Place] = {}
    start = 0
    for name, shape in shapes.items():
        stop = start + int(np.prod(shape))
        places[name] = Place(start, stop, shape)
        start = stop
    return places
