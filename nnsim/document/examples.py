"""The examples that travel with nnsim: finding, listing and opening them by id.

Their titles and descriptions in every language are in the catalogue, ``example.<id>.title`` and
``example.<id>.about``; the files hold only what is the same in all languages.
"""

from __future__ import annotations

from pathlib import Path

from nnsim.core.resources import resource_path
from nnsim.document.file import SUFFIX, load
from nnsim.document.model import Document

#: Ids in the order in which they are offered; the first is what a first start shows.
EXAMPLES: tuple[str, ...] = (
    "or-gate",
    "and-gate",
    "nand-gate",
    "nor-gate",
    "xor-single-neuron",
    "xor-2-2-1",
    "backprop-2-2-2",
)


def example_path(example: str) -> Path:
    """The file of an example.  Raises KeyError for an unknown id."""
    if example not in EXAMPLES:
        raise KeyError(example)
    return resource_path("examples", f"{example}{SUFFIX}")


def load_example(example: str) -> Document:
    """The document of an example.  Raises KeyError for an unknown id."""
    return load(example_path(example))
