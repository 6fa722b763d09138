"""Functions that NumPy lacks: the error function and its complement, and what follows from them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from nnsim.engine.layout import Array

# Cody 1969, tables II to IV, with the digits of his program CALERF: numerators and denominators
# of rational functions, highest power first.
_SMALL_ABOVE = (
    1.85777706184603153e-1,
    3.16112374387056560e0,
    1.13864154151050156e2,
    3.77485237685302021e2,
    3.20937758913846947e3,
)
_SMALL_BELOW = (
    1.0,
    2.36012909523441209e1,
    2.44024637934444173e2,
    1.28261652607737228e3,
    2.84423683343917062e3,
)
_MIDDLE_ABOVE = (
    2.15311535474403846e-8,
    5.64188496988670089e-1,
    8.88314979438837594e0,
    6.61191906371416295e1,
    2.98635138197400131e2,
    8.81952221241769090e2,
    1.71204761263407058e3,
    2.05107837782607147e3,
    1.23033935479799725e3,
)
_MIDDLE_BELOW = (
    1.0,
    1.57449261107098347e1,
    1.17693950891312499e2,
    5.37181101862009858e2,
    1.62138957456669019e3,
    3.29079923573345963e3,
    4.36261909014324716e3,
    3.43936767414372164e3,
    1.23033935480374942e3,
)
_LARGE_ABOVE = (
    1.63153871373020978e-2,
    3.05326634961232344e-1,
    3.60344899949804439e-1,
    1.25781726111229246e-1,
    1.60837851487422766e-2,
    6.58749161529837803e-4,
)
_LARGE_BELOW = (
    1.0,
    2.56852019228982242e0,
    1.87295284992346725e0,
    5.27905102951428412e-1,
    6.05183413124413191e-2,
    2.33520497626869185e-3,
)
_SMALL, _LARGE = 0.46875, 4.0
#: Here e^(-x²) is 0 in float64.
_GONE = 27.3


def erf(x: Array) -> Array:
    """The error function 2/√π ∫₀ˣ e^(-t²) dt, element by element, in the dtype of ``x``.

    Relative error in float64: a few units in the last place.  NaN stays NaN.
    Source: Cody 1969, Rational Chebyshev approximations for the error function.
    """
    size = np.abs(x)
    small = size <= _SMALL
    found = np.empty_like(x)
    found[small] = _near_zero(x[small])
    rest = x[~small]
    found[~small] = np.copysign(1.0 - _tail(np.abs(rest)), rest)
    return found


def erfc(x: Array) -> Array:
    """1 - erf(x), element by element, without cancellation where erf(x) is near 1.

    Source: as ``erf``.
    """
    small = np.abs(x) <= _SMALL
    found = np.empty_like(x)
    found[small] = 1.0 - _near_zero(x[small])
    rest = x[~small]
    tail = _tail(np.abs(rest))
    found[~small] = np.where(rest < 0, 2.0 - tail, tail)
    return found


def normal_distribution(z: Array) -> Array:
    """Φ(z) = erfc(-z/√2) / 2: the share of a standard normal distribution below z."""
    return 0.5 * erfc(z * -math.sqrt(0.5))


def normal_density(z: Array) -> Array:
    """φ(z) = e^(-z²/2) / √(2π)."""
    return np.exp(-0.5 * z * z) * (1.0 / math.sqrt(2.0 * math.pi))


def _near_zero(x: Array) -> Array:
    """erf where |x| <= 0.46875."""
    squared = x * x
    return x * (_polynomial(_SMALL_ABOVE, squared) / _polynomial(_SMALL_BELOW, squared))


def _tail(x: Array) -> Array:
    """erfc where x > 0.46875; shape (n,)."""
    large = x > _LARGE
    scaled = np.empty_like(x)
    near, far = x[~large], np.minimum(x[large], _GONE)
    scaled[~large] = _polynomial(_MIDDLE_ABOVE, near) / _polynomial(_MIDDLE_BELOW, near)
    inverse = 1.0 / (far * far)
    series = inverse * _polynomial(_LARGE_ABOVE, inverse) / _polynomial(_LARGE_BELOW, inverse)
    scaled[large] = (1.0 / math.sqrt(math.pi) - series) / far
    # x² rounds, and e^(-x²) would have that error times x²: what x has beyond sixteenths is put
    # in on its own.
    x = np.minimum(x, _GONE)
    coarse = np.floor(x * 16.0) / 16.0
    return np.exp(-coarse * coarse) * np.exp(-(x - coarse) * (x + coarse)) * scaled


def _polynomial(coefficients: Sequence[float], x: Array) -> Array:
    value = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        value *= x
        value += coefficient
    return value
