"""What units make of the training samples: their sums z, apart from the run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnsim.core.spacing import evenly_spaced
from nnsim.document.model import Document
from nnsim.document.preparation import prepared
from nnsim.engine.plan import PlanSpec
from nnsim.engine.record import Record
from nnsim.session.probing import Probe, parameters_before

Floats = NDArray[np.float64]

# Samples at most that are asked, and sums they have together.
_MOST_SAMPLES, _MOST_SUMS = 256, 200_000


class SampleSums:
    """Asks nodes of a plan for their sums over the training samples of a document.

    Of many samples it asks some, evenly spaced: ``samples`` are asked, of ``total``.
    """

    def __init__(self, document: Document, spec: PlanSpec) -> None:
        self.spec = spec
        self._probe = Probe(spec)
        sums = sum(layer.rows * spec.steps(layer.node) for layer in spec.learning)
        most = max(min(_MOST_SAMPLES, _MOST_SUMS // sums), 1)
        found = prepared(document)
        inputs = found.inputs[found.training_rows]
        self._inputs = inputs[evenly_spaced(len(inputs), most)]
        self.samples, self.total = len(self._inputs), len(inputs)

    def of(self, record: Record, *nodes: str) -> dict[str, Floats]:
        """z of each node, (samples, rows), with the parameters before the recorded update.

        Of a recurrent layer those of every time step, (samples, steps, units).
        """
        self._probe.put(parameters_before(self.spec, record))
        return {
            node: response.z if response.unrolled is None else response.unrolled
            for node, response in self._probe.respond(self._inputs, *nodes).items()
            if node in nodes
        }
