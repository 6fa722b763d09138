"""The examples that travel with nnsim: finding, listing, grouping and opening them by id.

Their words in every language are in the catalogue: ``example.<id>.title``, ``example.<id>.about``
and ``example.<id>.look`` (what to look for, one line a thing).  The files hold only what is the
same in all languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from nnsim.core.resources import resource_path
from nnsim.document.file import SUFFIX, load
from nnsim.document.model import Document

#: Ids by group, in the order in which they are offered.
GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "gates": (
            "or-gate",
            "and-gate",
            "nand-gate",
            "nor-gate",
            "xor-single-neuron",
            "xor-2-2-1",
            "backprop-2-2-2",
        ),
        "playground": (
            "gauss",
            "circle",
            "circle-squares",
            "xor",
            "spiral",
            "spiral-features",
            "plane",
            "multi-gauss",
        ),
        "real": ("iris", "wine", "breast-cancer", "diabetes", "digits"),
        "generative": ("gan-ring",),
        "failures": (
            "dying-relu",
            "dying-by-step",
            "vanishing-gradient",
            "exploding-start",
            "exploding-time",
            "exploding-step",
            "generator-collapse",
        ),
    }
)
#: All ids; the first is what a first start shows.
EXAMPLES: tuple[str, ...] = tuple(example for group in GROUPS.values() for example in group)


def example_path(example: str) -> Path:
    """The file of an example.  Raises KeyError for an unknown id."""
    if example not in EXAMPLES:
        raise KeyError(example)
    return resource_path("examples", f"{example}{SUFFIX}")


def load_example(example: str) -> Document:
    """The document of an example.  Raises KeyError for an unknown id."""
    return load(example_path(example))
