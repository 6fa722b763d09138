"""Small generative adversarial networks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from nnsim.core.randoms import generator
from nnsim.data import Table
from nnsim.document.model import Document
from nnsim.document.starting import draw_parameters
from nnsim.document.templates import adversarial
from nnsim.engine.activations import ActivationSpec


def small_gan(forward: str = "new", seed: int = 0, **settings: Any) -> Document:
    """2-3-2 and 2-4-1, ten real samples, batches of four, Adam with a rate for each.

    Noise z (n1), G1 (n2), the samples G(z) (n4), x (n6), D1 (n8), D (n10).
    """
    real = generator(seed).normal(size=(10, 2)).round(2)
    data = Table(("x1", "x2"), ("real",), real, np.ones((10, 1)))
    document = adversarial((2, 3), (4,), ActivationSpec("leaky_relu", slope=0.2), data)
    chosen: dict[str, Any] = {
        "batch_size": 4,
        "optimiser": "adam",
        "learning_rate": 0.01,
        "generator_rate": 0.02,
        "generator_forward": forward,
        "seed": seed,
        **settings,
    }
    training = replace(document.training, **chosen)
    return draw_parameters(replace(document, training=training), "he_normal", seed)
