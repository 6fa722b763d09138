"""Every data set that nnsim can make, by name."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from nnsim.core.messages import NnsimError
from nnsim.data import (
    bundled,
    characters,
    generators,
    patterns,
    playground,
    reber,
    sequences,
)
from nnsim.data.dataset import Dataset
from nnsim.data.options import OptionValue, SetSpec

_SPECS = (
    *playground.SETS,
    *bundled.SETS,
    *generators.SETS,
    *sequences.SETS,
    *reber.SETS,
    *characters.SETS,
    *patterns.SETS,
)
#: The sets in the order they are shown in; titles are ``data_set.title.<name>`` and
#: ``data_set.option.<option>`` in the catalogue.
DATA_SETS = MappingProxyType({spec.name: spec for spec in _SPECS})


def make_data_set(name: str, random: np.random.Generator, **options: OptionValue) -> Dataset:
    """The data set of this name; options that are not given have their defaults.

    The same generator state and options give the same numbers.  Raises NnsimError
    ``data_set.unknown``, ``data_set.unknown_option``, ``data_set.choice``, ``data_set.range``,
    ``data_set.whole_number``, or what the set itself refuses.
    """
    spec: SetSpec | None = DATA_SETS.get(name)
    if spec is None:
        raise NnsimError.of("data_set.unknown", name=name, names=", ".join(DATA_SETS))
    return spec.make(random, **spec.chosen(options))
