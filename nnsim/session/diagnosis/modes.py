"""Around which of its centres a data set's generated counterparts lie."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnsim.data.patterns import centres_of
from nnsim.document.model import Document
from nnsim.document.preparation import prepared
from nnsim.engine.probes import modes_found

Floats = NDArray[np.float64]

#: Samples that are generated to be looked at.
MOST_GENERATED = 512
# Standard deviations around a centre that belong to it.
_DEVIATIONS = 3.0


def mode_count(document: Document) -> int | None:
    """How many modes the samples of a document are known to have; None where nobody says so."""
    found = _centres(document)
    return None if found is None else len(found[0])


def modes_of(document: Document, generated: Floats) -> int | None:
    """Around how many of them generated samples lie, given as the network gets its inputs.

    A mode counts with one sample in fifty within three standard deviations.  None where the data
    set of the document has no known centres.
    """
    found = _centres(document)
    if found is None:
        return None
    centres, deviation = found
    made = prepared(document).input_scaling.invert(generated)
    return modes_found(made, centres, _DEVIATIONS * deviation)


def _centres(document: Document) -> tuple[Floats, float] | None:
    origin = document.origin
    if origin is None or not origin.is_set:
        return None
    return centres_of(origin.name, dict(origin.options))
