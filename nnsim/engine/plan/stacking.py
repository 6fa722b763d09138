"""Gradients of equal dense layers, one above the other, by one call.

In deep networks of few units a call of NumPy costs as much as the arithmetic in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from nnsim.engine.ops.base import Call
from nnsim.engine.ops.dense import Dense
from nnsim.engine.plan.arrays import Arrays, Parts

#: Layers from which on it pays.
FEWEST = 3


class Stack(NamedTuple):
    """Dense layers, and the call that writes dL/dM of all of them once each has its dz."""

    layers: tuple[Dense, ...]
    call: Call


def stacks_of(parts: Parts, arrays: Arrays, layers: Mapping[int, Dense]) -> list[Stack]:
    """All there are; ``layers`` by the number of their group, without those that share weights.

    Source, sums and weights of the layers lie at equal distances, so no number is moved.
    """
    batch = arrays.z.shape[1]
    # An outer product NumPy computes faster one by one, and exact numbers it does not multiply so.
    if batch == 1 or parts.dtype == object:
        return []
    return [_stack(parts, arrays, layers, run) for run in _runs(parts, layers)]


def _runs(parts: Parts, layers: Mapping[int, Dense]) -> Iterator[Sequence[int]]:
    """Numbers of groups of which each sees all of the one before, and that alone."""
    run: list[int] = []
    for number in range(1, len(parts.groups) + 1):
        if _continues(parts, layers, number) and (
            not run or layers[number].m.shape == layers[run[0]].m.shape
        ):
            run.append(number)
            continue
        if len(run) >= FEWEST:
            yield run
        run = [number] if _continues(parts, layers, number) else []


def _continues(parts: Parts, layers: Mapping[int, Dense], number: int) -> bool:
    if number not in layers or parts.groups[number].sources != parts.groups[number - 1].nodes:
        return False
    return number > 1 or not parts.values.is_apart


def _stack(parts: Parts, arrays: Arrays, layers: Mapping[int, Dense], run: Sequence[int]) -> Stack:
    count, first = len(run), run[0]
    rows, columns = layers[first].m.shape
    start, sums = parts.values.starts[first - 1], parts.values.sum_starts[first]
    block = parts.places.blocks[first]
    assert block is not None
    batch = arrays.z.shape[1]
    x = arrays.a[start : start + count * columns].reshape(count, columns, batch)
    dz = arrays.dz[sums : sums + count * rows].reshape(count, rows, batch)
    g = parts.gradient[block.start :][: count * columns * rows].reshape(count, columns, rows)
    # dL/dMᵀ = x dzᵀ of each: see Dense.
    call = partial(np.matmul, x, dz.transpose(0, 2, 1), g)
    return Stack(tuple(layers[number] for number in run), call)
