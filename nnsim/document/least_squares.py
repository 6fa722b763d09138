"""Linear least squares: how large a step of gradient descent may be, exactly."""

from __future__ import annotations

import numpy as np

from nnsim.document.model import Document
from nnsim.document.preparation import prepared
from nnsim.engine.layout import Array


def largest_rate(document: Document) -> float | None:
    """2/λ, λ the largest curvature of the loss; from there on gradient descent diverges.

    None where the document is no linear least squares taught by plain steps over all samples: one
    layer of identities with the squared error.  In the direction of that curvature each step
    multiplies the distance to the least loss by 1 - αλ.  Source: LeCun et al. 1998, section 5.1.
    """
    training, conventions = document.settings_at(0)
    outputs = document.outputs
    is_linear = all(node.activation.name == "identity" for node in outputs)
    dense = [node for node in document.nodes if not node.is_input]
    if len(dense) != len(outputs) or not is_linear:
        return None
    if (training.rule, training.optimiser, training.loss) != ("gradient_descent", "plain", "mse"):
        return None
    samples = prepared(document)
    inputs = samples.inputs[samples.training_rows]
    factor = 1.0 if conventions.loss_half else 2.0
    if conventions.loss_reduction == "mean":
        factor /= len(inputs) * samples.targets.shape[1]
    columns = np.column_stack([inputs, np.ones(len(inputs))]) if training.update_biases else inputs
    largest = factor * _largest_eigenvalue(columns)
    return 2.0 / largest if largest > 0 else None


def _largest_eigenvalue(columns: Array) -> float:
    """Of AᵀA."""
    return float(np.linalg.norm(columns, 2)) ** 2
