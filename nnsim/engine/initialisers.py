"""Where parameters start: each initialiser by its name, with its source.

fan-in and fan-out are the numbers of weights that lead into and out of one unit.  Of a dense
matrix (rows, inputs) they are (inputs, rows); of a kernel (out channels, in channels, rows,
columns) the channels times the size of the window.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from nnsim.engine.layout import Array, Shape
from nnsim.engine.ops.embedding import EmbeddingSpec
from nnsim.engine.plan.spec import PlanSpec


@dataclass(frozen=True)
class InitialiserSpec:
    """An initialiser by name and its settings.

    - "zeros"; "constant": ``value``
    - "normal": N(``mean``, ``deviation``²); "uniform": ``low`` … ``high``
    - "xavier_uniform", "xavier_normal": variance gain² 2 / (fan-in + fan-out).  Glorot and Bengio
      2010, eq. 16
    - "he_uniform", "he_normal": variance gain² 2 / fan-in, for ReLU.  He et al. 2015, eq. 10
    - "lecun_uniform", "lecun_normal": variance gain² / fan-in.  LeCun et al. 1998, section 4.6
    - "orthogonal": gain times a random orthogonal matrix; of others than square ones the shorter
      side is orthonormal.  Saxe et al. 2014
    - "pytorch": what PyTorch's layers do, uniform in ±1/√fan-in, biases too; of recurrent layers,
      for which it has two biases that are added, in ±1/√units; of embeddings N(0, 1)

    A uniform one of variance s² reaches to ±√3 s.  Biases and other vectors start at ``bias``
    (except with "pytorch"), gains of normalisations at 1.  ``forget_bias`` is where the biases of
    LSTM forget gates start (1: Jozefowicz et al. 2015, section 4); None: like all others.
    ``recurrent`` names another initialiser for the weights a recurrent layer sees its own state
    through ("orthogonal" is what Keras does: Saxe et al. 2014); None: the same.
    """

    name: str = "xavier_uniform"
    value: float = 0.0
    mean: float = 0.0
    deviation: float = 0.05
    low: float = -0.05
    high: float = 0.05
    gain: float = 1.0
    bias: float = 0.0
    forget_bias: float | None = None
    recurrent: str | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for an unknown name."""
        for name in (self.name, self.recurrent):
            if name not in (*INITIALISERS, None):
                raise ValueError(f"{name!r} is no initialiser")


def fans(shape: Shape) -> tuple[int, int]:
    """Fan-in and fan-out of weights (out, in, *window).  Raises ValueError for vectors."""
    if len(shape) < 2:
        raise ValueError("only matrices and kernels have a fan-in and a fan-out")
    window = math.prod(shape[2:])
    return shape[1] * window, shape[0] * window


def initial(
    spec: InitialiserSpec,
    shape: Shape,
    random: np.random.Generator,
    fan: tuple[int, int] | None = None,
) -> Array:
    """Start values of weights of this shape, float64.

    ``fan`` are fan-in and fan-out where the shape does not tell them.
    """
    if spec.name in _FREE:
        return _FREE[spec.name](spec, shape, random)
    if spec.name == "orthogonal":
        return spec.gain * orthogonal(shape, random)
    fan_in, fan_out = fans(shape) if fan is None else fan
    if spec.name == "pytorch":
        limit = 1.0 / math.sqrt(fan_in)
        return random.uniform(-limit, limit, shape)
    family, _, distribution = spec.name.partition("_")
    deviation = spec.gain * math.sqrt(_VARIANCES[family](fan_in, fan_out))
    if distribution == "normal":
        return random.normal(0.0, deviation, shape)
    limit = math.sqrt(3.0) * deviation
    return random.uniform(-limit, limit, shape)


def orthogonal(shape: Shape, random: np.random.Generator) -> Array:
    """A random matrix (rows, all else) with orthonormal rows or, where it is tall, columns.

    Drawn evenly among all of them: the signs of R's diagonal go into Q.  Source: Mezzadri 2007,
    section 5.  Raises ValueError for vectors.
    """
    if len(shape) < 2:
        raise ValueError("a vector cannot be orthogonal")
    rows, columns = shape[0], math.prod(shape[1:])
    drawn = random.normal(size=(max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(drawn)
    q *= np.sign(np.diagonal(r))
    return np.ascontiguousarray(q if rows >= columns else q.T).reshape(shape)


_FREE: dict[str, Callable[[InitialiserSpec, Shape, np.random.Generator], Array]] = {
    "zeros": lambda spec, shape, random: np.zeros(shape),
    "constant": lambda spec, shape, random: np.full(shape, spec.value),
    "normal": lambda spec, shape, random: random.normal(spec.mean, spec.deviation, shape),
    "uniform": lambda spec, shape, random: random.uniform(spec.low, spec.high, shape),
}

_VARIANCES: dict[str, Callable[[int, int], float]] = {
    "xavier": lambda fan_in, fan_out: 2.0 / (fan_in + fan_out),
    "he": lambda fan_in, fan_out: 2.0 / fan_in,
    "lecun": lambda fan_in, fan_out: 1.0 / fan_in,
}

INITIALISERS: tuple[str, ...] = (
    *_FREE,
    *(f"{family}_{kind}" for family in _VARIANCES for kind in ("uniform", "normal")),
    "orthogonal",
    "pytorch",
)


def start_values(
    spec: PlanSpec,
    initialiser: InitialiserSpec | Mapping[str, InitialiserSpec],
    random: np.random.Generator,
) -> dict[str, Array]:
    """Start values of every parameter of a plan, drawn in their order.

    ``initialiser``: one for all, or one a node id.  Raises KeyError for a node that has none.
    """
    found: dict[str, Array] = {}
    for node in spec.nodes:
        if node.tied_to:
            continue
        own = initialiser if isinstance(initialiser, InitialiserSpec) else initialiser[node.node]
        shapes = node.parameters([spec.shapes[source.node] for source in node.sources])
        if own.name == "pytorch" and isinstance(node, EmbeddingSpec):
            own = replace(own, name="normal", mean=0.0, deviation=1.0)
        fan_in = sum(fans(shape)[0] for name, shape in shapes.items() if _is_weight(name, shape))
        recurrent = shapes.get(f"u:{node.node}")
        if own.name == "pytorch" and recurrent is not None:
            fan_in = recurrent[1]
        for name, shape in shapes.items():
            # Each gate is a layer of its own, however many lie in one matrix.
            gates = node.gates if len(shape) > 1 else 1
            piece = (shape[0] // gates, *shape[1:])
            found[name] = np.concatenate(
                [_start(own, name, piece, fan_in, random) for _ in range(gates)]
            )
        if own.name == "pytorch":
            for name, rows in node.summed_biases().items():
                found[name][rows] += _start(own, name, found[name][rows].shape, fan_in, random)
        if own.forget_bias is not None:
            for name, rows in node.forget_gates().items():
                found[name][rows] = own.forget_bias
    return found


def _is_weight(name: str, shape: Shape) -> bool:
    """Whether it belongs to a connection; several into one node are one matrix in pieces."""
    return name.startswith("w:") and len(shape) > 1


def _start(
    spec: InitialiserSpec, name: str, shape: Shape, fan_in: int, random: np.random.Generator
) -> Array:
    kind = name.partition(":")[0]
    if _is_weight(name, shape):
        return initial(spec, shape, random, (fan_in, fans(shape)[1]))
    if len(shape) > 1:
        own = replace(spec, name=spec.recurrent) if kind == "u" and spec.recurrent else spec
        return initial(own, shape, random)
    if kind in ("gamma", "beta"):
        return np.full(shape, 1.0 if kind == "gamma" else 0.0)
    if spec.name == "pytorch" and fan_in:
        limit = 1.0 / math.sqrt(fan_in)
        return random.uniform(-limit, limit, shape)
    return np.full(shape, spec.bias)
