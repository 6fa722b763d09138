"""Random generators, always passed explicitly: nothing in nnsim draws from a hidden one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def generator(seed: int | tuple[int, ...]) -> np.random.Generator:
    """A fresh PCG64 generator: the same seed gives the same numbers on every machine.

    Several numbers make a seed of their own, for a second stream beside that of the first.
    """
    return np.random.Generator(np.random.PCG64(seed))


def state_of(random: np.random.Generator) -> Mapping[str, Any]:
    """The generator's state, to be given back to ``restore_state``."""
    return random.bit_generator.state


def restore_state(random: np.random.Generator, state: Mapping[str, Any]) -> None:
    """Put the generator back where ``state_of`` found it."""
    random.bit_generator.state = state


def seed_from(random: np.random.Generator) -> int:
    """A seed drawn from the generator, 0 … 2³² - 1, for libraries that take a number."""
    return int(random.integers(2**32, dtype=np.uint64))
