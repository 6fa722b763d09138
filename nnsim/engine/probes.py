"""The raw figures of a network's health: norms of gradients and updates, dead and saturated units.

All are pure functions of what a ``Record`` holds, or of the sums z of some samples.  A *layer* here
are the nodes equally many steps from the inputs, so a layer drawn neuron by neuron is one layer,
too.  What a unit does is seen over all samples given: for a network that learns from one sample at
a time those of a record are too few, so ``z`` may come from a forward run of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnsim.engine.activations import ActivationSpec, make_activation
from nnsim.engine.layout import Array
from nnsim.engine.plan import PlanSpec
from nnsim.engine.record import Record

#: A unit is saturated where its slope is, on average, below this share of the steepest one.
SATURATED_BELOW = 0.1
#: Activations that are flat at both ends; all are steepest at 0.
_BOUNDED = ("sigmoid", "tanh")


class PlanLayer(NamedTuple):
    """The nodes at one depth that have weights, and the names of their weights and biases."""

    nodes: tuple[str, ...]
    weights: tuple[str, ...]
    biases: tuple[str, ...]


def layers_of(spec: PlanSpec) -> tuple[PlanLayer, ...]:
    """The layers that learn, the one nearest to the inputs first; tied weights count once."""
    depth = {node: 0 for node, _ in spec.sizes}
    found: dict[int, tuple[list[str], list[str], list[str]]] = {}
    for node in spec.nodes:
        depth[node.node] = 1 + max((depth[source.node] for source in node.sources), default=0)
        shapes = [spec.shapes[source.node] for source in node.sources]
        names = [] if node.tied_to else list(node.parameters(shapes))
        weights = [name for name in names if name.partition(":")[0] in ("w", "u")]
        if weights:
            layer = found.setdefault(depth[node.node], ([], [], []))
            layer[0].append(node.node)
            layer[1].extend(weights)
            layer[2].extend(name for name in names if name not in weights)
    return tuple(PlanLayer(*map(tuple, found[level])) for level in sorted(found))


# -- norms ---------------------------------------------------------------------------------------


def norm(arrays: Iterable[Array]) -> float:
    """The Euclidean norm √Σv² over all values of all arrays (of matrices, the Frobenius norm).

    NaN or infinite where a value is; values whose squares would overflow are no trouble.
    """
    values = [np.asarray(array, dtype=np.float64).ravel() for array in arrays]
    flat = values[0] if len(values) == 1 else np.concatenate([np.zeros(0), *values])
    largest = float(np.abs(flat).max(initial=0.0))
    if largest == 0 or not math.isfinite(largest):
        return largest
    return largest * float(np.linalg.norm(flat / largest))


def gradient_norms(record: Record, layers: Sequence[PlanLayer]) -> NDArray[np.float64]:
    """‖∂L/∂W‖ of every layer, shape (layers,): of the loss, before any penalty or clipping.

    NaN where the iteration has no gradient, as those of the rules of a single layer.
    """
    return _norms(record, [[f"g{name}" for name in layer.weights] for layer in layers])


def delta_norms(record: Record, layers: Sequence[PlanLayer], spec: PlanSpec) -> NDArray[np.float64]:
    """‖δ‖ = ‖∂L/∂z‖ of every layer over all samples of the batch, shape (layers,); NaN likewise.

    Of a recurrent layer over all time steps.  Where several updates follow one another, the δ of a
    layer is that of the one it learns by.
    """
    return _norms(record, [[_delta(record, node, spec) for node in e.nodes] for e in layers])


def _delta(record: Record, node: str, spec: PlanSpec) -> str:
    update = spec.update_of(f"b:{node}")
    if update:
        return f"dz@{update}:{node}"
    return f"ds:{node}" if f"ds:{node}" in record else f"dz:{node}"


def norms_in_time(gradients: Array) -> NDArray[np.float64]:
    """‖∂L/∂h_t‖ of every time step, shape (steps,), of gradients (samples, steps, units).

    Where it grows from the last step to the first the gradient explodes in time, where it shrinks
    it vanishes.  Source: Bengio, Simard and Frasconi 1994.
    """
    return np.array([norm([gradients[:, step]]) for step in range(gradients.shape[1])])


def update_ratios(record: Record, layers: Sequence[PlanLayer]) -> NDArray[np.float64]:
    """‖ΔW‖ / ‖W‖ of every layer, W before the update, shape (layers,).

    NaN where all weights are 0.  About 1e-3 is a common rule of thumb for a healthy step.
    """
    changes = _norms(record, [[f"d{name}" for name in layer.weights] for layer in layers])
    weights = _norms(record, [layer.weights for layer in layers])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(weights > 0, changes / weights, np.nan)


def first_to_last(norms: NDArray[np.float64]) -> float:
    """The norm of the first layer over that of the last: near 0 the gradient vanishes on its way.

    NaN with fewer than two layers and for 0 over 0.
    """
    if len(norms) < 2:
        return math.nan
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return float(norms[0] / norms[-1])


def _norms(record: Record, names: Sequence[Sequence[str]]) -> NDArray[np.float64]:
    return np.array(
        [
            norm(record.array(name) for name in group)
            if all(name in record for name in group)
            else math.nan
            for group in names
        ]
    )


# -- units ---------------------------------------------------------------------------------------


def dead_units(z: Array) -> NDArray[np.bool_]:
    """Which units have z <= 0 on every sample: a ReLU there gives 0 and passes no gradient.

    z has shape (samples, units), (samples, channels, rows, columns) or (samples, steps, units).
    """
    return np.asarray(_by_unit(z <= 0).all(axis=0), dtype=np.bool_)


def saturated_units(activation: ActivationSpec, z: Array) -> NDArray[np.bool_]:
    """Which units let, on average over the samples, less than a tenth of the gradient through.

    A tenth (``SATURATED_BELOW``) of what they would at z = 0, where f' is largest.  Shapes as for
    ``dead_units``; of sigmoid and tanh.
    """
    function = make_activation(activation)
    sums, middle = np.asarray(z, dtype=np.float64), np.zeros(1)
    steepest = function.derivative(middle, function.forward(middle))
    slopes = function.derivative(sums, function.forward(sums))
    return np.asarray(_by_unit(slopes).mean(axis=0) < SATURATED_BELOW * steepest, dtype=np.bool_)


def dead_shares(
    spec: PlanSpec, layers: Sequence[PlanLayer], z: Mapping[str, Array]
) -> NDArray[np.float64]:
    """Share of dead units among the ReLU units of every layer, shape (layers,); NaN without any.

    ``z``: the sums by node, over the samples looked at.
    """
    return _shares(spec, layers, z, ("relu",))


def saturated_shares(
    spec: PlanSpec, layers: Sequence[PlanLayer], z: Mapping[str, Array]
) -> NDArray[np.float64]:
    """Share of saturated units among the sigmoid and tanh units; NaN for layers without any."""
    return _shares(spec, layers, z, _BOUNDED)


def _shares(
    spec: PlanSpec,
    layers: Sequence[PlanLayer],
    z: Mapping[str, Array],
    kinds: Sequence[str],
) -> NDArray[np.float64]:
    activations = {node.node: getattr(node, "activation", None) for node in spec.nodes}
    found = []
    for layer in layers:
        units: list[NDArray[np.bool_]] = []
        for node in layer.nodes:
            activation = activations[node]
            if activation is None or activation.name not in kinds or node not in z:
                continue
            is_relu = activation.name == "relu"
            units.append(dead_units(z[node]) if is_relu else saturated_units(activation, z[node]))
        found.append(float(np.concatenate(units).mean()) if units else math.nan)
    return np.array(found)


def _by_unit(values: Array) -> Array:
    """(everything else, units): channels of maps are units, and steps are further samples."""
    units = 2 if values.ndim == 3 else 1
    return np.moveaxis(values, units, -1).reshape(-1, values.shape[units])


# -- what is generated ---------------------------------------------------------------------------


def coverage(real: Array, generated: Array, neighbours: int = 5) -> float:
    """Share of the real samples that have a generated one as near as their own neighbours are.

    Both have shape (samples, values).  Near is within the distance to the ``neighbours``-th
    nearest other real sample; NaN where there are not as many, or a number is not finite.  Two
    sets of one distribution reach about 1 - 2^-neighbours where they are equally large.
    Source: Naeem et al. 2020, Reliable fidelity and diversity metrics, section 3.2.
    """
    if len(real) <= neighbours or not len(generated):
        return math.nan
    if not (np.isfinite(real).all() and np.isfinite(generated).all()):
        return math.nan
    own = _distances(real, real)
    np.fill_diagonal(own, np.inf)
    reach = np.partition(own, neighbours - 1, axis=1)[:, neighbours - 1]
    return float((_distances(real, generated).min(axis=1) <= reach).mean())


def modes_found(generated: Array, centres: Array, within: float, share: float = 0.02) -> int:
    """How many centres, (modes, values), have their part of the generated samples around them.

    Their part is at least ``share`` of all, nearer to this centre than to the others and not
    farther than ``within``.  Numbers that are not finite are near nothing.
    """
    usable = generated[np.isfinite(generated).all(axis=1)]
    if not len(usable):
        return 0
    distances = _distances(usable, centres)
    nearest = distances.argmin(axis=1)[distances.min(axis=1) <= within**2]
    counts = np.bincount(nearest, minlength=len(centres))
    return int((counts >= share * len(generated)).sum())


def _distances(a: Array, b: Array) -> NDArray[np.float64]:
    """Squared distances, (samples of a, samples of b)."""
    with np.errstate(over="ignore"):
        return np.square(a[:, np.newaxis] - b[np.newaxis]).sum(axis=2)
