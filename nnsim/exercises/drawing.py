"""Numbers of variants, drawn from a seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from nnsim.core.numbers import exact
from nnsim.document.model import Document, Floats, frozen_array

#: What of a document may vary.
OF_DOCUMENTS = (
    "weights",
    "biases",
    "inputs",
    "targets",
    "learning_rate",
    "weight_step",
    "bias_step",
)


@dataclass(frozen=True)
class Range:
    """The numbers something is drawn from: ``choices``, or ``low`` to ``high`` by ``step``."""

    choices: tuple[float, ...] = ()
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0

    def draw(self, random: np.random.Generator) -> float:
        """One of the numbers; steps are counted in fractions, so 0.1 by 0.1 gives 0.3."""
        if self.choices:
            return self.choices[int(random.integers(len(self.choices)))]
        low, high, step = exact(self.low), exact(self.high), exact(self.step)
        count = int((high - low) / step) + 1
        return float(low + Fraction(int(random.integers(count))) * step)


def vary_given(
    given: Mapping[str, Any], vary: Mapping[str, Range], random: np.random.Generator
) -> dict[str, Any]:
    """What is given, with numbers drawn anew: a list keeps its shape, each number is drawn."""
    return {
        name: _drawn(value, vary[name], random) if name in vary else value
        for name, value in given.items()
    }


def _drawn(value: Any, numbers: Range, random: np.random.Generator) -> Any:
    if isinstance(value, list | tuple):
        return [_drawn(part, numbers, random) for part in value]
    drawn = numbers.draw(random)
    return int(drawn) if isinstance(value, int) and drawn == int(drawn) else drawn


def vary_document(
    document: Document, vary: Mapping[str, Range], random: np.random.Generator
) -> Document:
    """The document with start values, samples or settings drawn anew."""
    if "weights" in vary:
        document = replace(
            document,
            connections=tuple(
                replace(c, weights=_array(c.weights, vary["weights"], random))
                for c in document.connections
            ),
        )
    if "biases" in vary:
        document = replace(
            document,
            nodes=tuple(
                n if n.is_input else replace(n, bias=_array(n.bias, vary["biases"], random))
                for n in document.nodes
            ),
        )
    data, training = document.data, document.training
    if "inputs" in vary:
        data = replace(data, inputs=_array(data.inputs, vary["inputs"], random))
    if "targets" in vary:
        data = replace(data, targets=_array(data.targets, vary["targets"], random))
    if "learning_rate" in vary:
        training = replace(training, learning_rate=vary["learning_rate"].draw(random))
    if "weight_step" in vary:
        training = replace(training, weight_step=vary["weight_step"].draw(random))
    if "bias_step" in vary:
        training = replace(training, bias_step=vary["bias_step"].draw(random))
    return replace(document, data=data, training=training)


def _array(values: Floats, numbers: Range, random: np.random.Generator) -> Floats:
    drawn = [numbers.draw(random) for _ in range(values.size)]
    return frozen_array(np.array(drawn, dtype=np.float64).reshape(values.shape))
