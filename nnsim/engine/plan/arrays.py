"""What a plan consists of, and the arrays of one batch size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from nnsim.engine.layout import Array, Place
from nnsim.engine.plan.grouping import Group, Parameters, Values
from nnsim.engine.plan.spec import PlanSpec

#: inputs from which on a sample lies in one piece
LONG = 32


class Parts(NamedTuple):
    """What a plan consists of: its spec, the layouts, and the vectors they are layouts of."""

    spec: PlanSpec
    groups: tuple[Group, ...]
    places: Parameters
    values: Values
    dtype: np.dtype[Any]
    parameters: Array
    gradient: Array
    state_places: dict[str, Place]
    state: Array
    random: Callable[[], np.random.Generator]


class Arrays(NamedTuple):
    """The arrays of one batch size: values a and their gradients; sums z and theirs.

    ``values`` is a with z below it, ``gradients`` da with dz: a record copies two arrays, not four.
    Targets t that do not lie with the inputs are below the sums.
    """

    values: Array
    gradients: Array
    a: Array
    da: Array
    z: Array
    dz: Array
    slope: Array
    t: Array
    #: of the samples, (batch,), for the losses that ask for them
    weights: Array
    first: First | None


class First(NamedTuple):
    """Targets t and inputs a (with the row of ones), batch last, so that a batch is put in fast.

    ``whole``, (outputs + input values + 1, batch), is both, one below the other.  Samples of
    ``LONG`` inputs and more lie in one piece instead: ``samples``, (batch, input values + 1).
    """

    t: Array
    a: Array
    da: Array
    whole: Array | None = None
    samples: Array | None = None
