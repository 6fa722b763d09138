"""Which classes the outputs of a network mean.

Arrays have samples first, (samples, outputs); classes are whole numbers 0 … K-1, (samples,).
"""

from __future__ import annotations

import numpy as np

from nnsim.engine.layout import Array
from nnsim.engine.losses import loss_class
from nnsim.engine.metrics import Classes, classes_of

#: The class of a sample whose outputs are no numbers.
NO_CLASS = -1
# Losses by which a single output says its class with its sign, whatever the targets are.
_SIGNED = ("sign", "logit")


def decision_threshold(loss: str, low: float = 0.0, high: float = 1.0) -> float:
    """From which value on a single output says class 1.

    0 where the loss decides by the sign (hinge, logits); else half-way between ``low`` and
    ``high``, the targets of both classes.
    """
    return 0.0 if loss_class(loss).decides in _SIGNED else (low + high) / 2


def found_classes(outputs: Array, threshold: float) -> Classes:
    """The class each sample is taken for: the largest output, or which side of the threshold.

    NO_CLASS where an output is not finite.
    """
    found = classes_of(np.nan_to_num(outputs), threshold)
    found[~np.isfinite(outputs).all(axis=1)] = NO_CLASS
    return found
