"""What activation functions share: each has its derivative beside it.

``forward(z)`` gives the activations a of the pre-activations z, ``backward(z, a, da)`` the
gradient w.r.t. z from the gradient da w.r.t. a.  The units are the first axis: z has shape
(rows, …) and a (units, …); rows = units except for maxout, which has several pieces a unit.
Arrays may be floats or hold exact fractions (dtype object) where ``exact`` is true.  With ``out``
the result is written there, without a new array.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from nnsim.engine.layout import Array


class Activation:
    """An element-wise activation; subclasses give f and f'."""

    name: str
    #: True where fractions stay fractions, so that sums can be exact.
    exact = False
    #: True where each unit has a value and a slope of its own.
    elementwise = True
    #: True where f' can be had from a alone: then a whole network's are computed at once.
    slope_from_value = False
    #: the NumPy function that f is, where it is just one
    ufunc: np.ufunc | None = None
    pieces = 1

    def forward(self, z: Array, out: Array | None = None) -> Array:
        """a = f(z), element by element, same shape as z."""
        raise NotImplementedError

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        """f'(z), element by element, same shape as z; a = f(z) is given where it saves work."""
        raise NotImplementedError

    def backward(self, z: Array, a: Array, da: Array, out: Array | None = None) -> Array:
        """Gradient w.r.t. z, shape of z: dL/dz = dL/da * f'(z).  Inputs are not modified."""
        return np.multiply(da, self.derivative(z, a), out=out)

    def forward_calls(self, z: Array, a: Array) -> list[Callable[[], object]]:
        """What writing f(z) into ``a`` calls, with these arrays bound."""
        return [partial(self.forward if self.ufunc is None else self.ufunc, z, a)]

    def slope_calls(self, a: Array, slope: Array) -> list[Callable[[], object]]:
        """What writing f'(z) of several layers at once calls, where it can be had from a.

        Both are the same rows of two arrays, rows of ones between the layers included.
        """
        return [partial(self.derivative, a, a, slope)]

    def backward_calls(
        self, z: Array, a: Array, da: Array, dz: Array
    ) -> list[Callable[[], object]]:
        """What writing the gradient into ``dz`` calls; it shares no memory with the others."""
        if not self.elementwise:
            return [partial(self.backward, z, a, da, dz)]
        # Without an array in between, which for feature maps would cost more than the arithmetic.
        return [partial(self.derivative, z, a, dz), partial(np.multiply, da, dz, dz)]


def put(values: Array, out: Array | None) -> Array:
    """The values, written to ``out`` if that is given."""
    if out is None:
        return values
    out[...] = values
    return out
