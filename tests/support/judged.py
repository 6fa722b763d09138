"""Documents whose networks are judged: classes, values, small pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nnsim.data import Table
from nnsim.document.edits import set_training
from nnsim.document.model import Document
from nnsim.document.templates import perceptron


def random_samples(targets: object, columns: int = 3, seed: int = 0) -> Table:
    """Random inputs with these targets, (samples, outputs)."""
    wanted = np.asarray(targets, dtype=float)
    inputs = np.random.default_rng(seed).normal(size=(len(wanted), columns))
    names = tuple(f"class {k}" for k in range(wanted.shape[1]))
    return Table(tuple(f"x{k}" for k in range(columns)), names, inputs, wanted)


def classifier(outputs: int = 4, samples: int = 200, columns: int = 3) -> Document:
    """A network with a softmax over so many classes of random samples."""
    labels = np.random.default_rng(1).integers(0, outputs, samples)
    table = random_samples(np.eye(outputs)[labels], columns)
    document = perceptron((columns, 5, outputs), "tanh", "softmax", data=table)
    return set_training(document, replace(document.training, loss="cross_entropy"))


def regression(outputs: int = 2, samples: int = 150) -> Document:
    """A network of values with mean 3."""
    targets = np.random.default_rng(2).normal(3.0, 2.0, size=(samples, outputs))
    document = perceptron((3, 4, outputs), "tanh", "identity", data=random_samples(targets))
    return set_training(document, replace(document.training, learning_rate=0.02))


def small_pictures(samples: int = 12) -> Document:
    """Two classes of pictures of 8 by 8 pixels."""
    pixels = np.random.default_rng(3).integers(0, 17, size=(samples, 64))
    labels = np.arange(samples) % 2
    names = tuple(f"p{k}" for k in range(64))
    table = Table(names, ("zero", "one"), pixels.astype(float), np.eye(2)[labels])
    document = perceptron((64, 3, 2), "tanh", "softmax", data=table)
    return set_training(document, replace(document.training, loss="cross_entropy"))
