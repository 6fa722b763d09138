"""What nodes compute, sample by sample and number by number, as their definitions have it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from nnsim.engine.layout import Array
from nnsim.engine.ops.combining import AddSpec, ConcatenateSpec, MultiplySpec, SliceSpec
from nnsim.engine.ops.convolution import ConvolutionSpec, TransposedConvolutionSpec
from nnsim.engine.ops.normalisation import LayerNormalisationSpec
from nnsim.engine.ops.pooling import AveragePoolingSpec, MaxPoolingSpec
from nnsim.engine.ops.recurrent_gru import GRUSpec
from nnsim.engine.ops.recurrent_lstm import LSTMSpec
from nnsim.engine.ops.recurrent_simple import SimpleRecurrentSpec
from nnsim.engine.ops.reshaping import FlattenSpec, ReshapeSpec
from nnsim.engine.ops.resizing import UpsamplingSpec
from nnsim.engine.ops.stepwise import StepwiseDenseSpec
from nnsim.engine.plan import LayerSpec, PlanSpec

Parameters = Mapping[str, Array]


def values_of(spec: PlanSpec, parameters: Parameters, sample: Array) -> dict[str, Array]:
    """Values of every node for one sample, (all inputs,); activations are all tanh."""
    values: dict[str, Array] = {}
    at = 0
    for name, units in spec.inputs:
        values[name] = np.reshape(sample[at : at + units], spec.shapes[name])
        at += units
    for node in spec.nodes:
        seen = [values[source.node] for source in node.sources]
        values[node.node] = _RULES[type(node)](node, parameters, seen, spec.shapes[node.node])
    return values


def _total(bias: float, weights: Array, seen: Array) -> float:
    return math.fsum([bias, *(w * x for w, x in zip(weights.flat, seen.flat, strict=True))])


def _weights(node: Any, w: Parameters) -> Array:
    """All matrices of a node side by side."""
    return np.hstack([w[f"w:{source.connection}"] for source in node.sources])


def _dense(node: Any, w: Parameters, seen: list[Array], shape: Any) -> Array:
    x, m, b = (
        np.concatenate([each.ravel() for each in seen]),
        _weights(node, w),
        w[f"b:{node.node}"],
    )
    return np.array([math.tanh(_total(b[k], m[k], x)) for k in range(node.units)])


def _stepwise(node: Any, w: Parameters, seen: list[Array], shape: Any) -> Array:
    return np.array([_dense(node, w, [x], shape) for x in seen[0]])


def _add(node: Any, w: Parameters, seen: list[Array], shape: Any) -> Array:
    return np.array([math.fsum(each) for each in zip(*(x.flat for x in seen), strict=True)])


def _multiply(node: Any, w: Parameters, seen: list[Array], shape: Any) -> Array:
    return np.array([math.prod(each) for each in zip(*(x.flat for x in seen), strict=True)])


def _layer_norm(node: Any, w: Parameters, seen: list[Array], shape: Any) -> Array:
    gamma, beta = w[f"gamma:{node.node}"].ravel(), w[f"beta:{node.node}"].ravel()
    rows = seen[0] if node.over == "step" else [seen[0]]
    found = []
    for row in rows:
        x = row.ravel()
        mean = math.fsum(x) / len(x)
        variance = math.fsum((each - mean) ** 2 for each in x) / len(x)
        found += [
            g * (each - mean) / math.sqrt(variance + node.epsilon) + b
            for each, g, b in zip(x, gamma, beta, strict=True)
        ]
    return np.array(found)


def _windows(node: Any, x: Array, shape: Any, stride: Any) -> Iterator[tuple[Any, list[Any]]]:
    """Places of the output, and what each window sees of the map: (down, right, row, column)."""
    for place in np.ndindex(*shape[1:]):
        seen = []
        for down, right in np.ndindex(*node.kernel):
            row = place[0] * stride[0] + down - node.padding[0]
            column = place[1] * stride[1] + right - node.padding[1]
            if 0 <= row < x.shape[1] and 0 <= column < x.shape[2]:
                seen.append((down, right, row, column))
        yield place, seen


def _convolution(node: Any, w: Parameters, seen: list[Array], shape: Any) -> Array:
    (x,), kernels, b = seen, w[f"w:{node.sources[0].connection}"], w[f"b:{node.node}"]
    found = np.zeros(shape)
    for place, window in _windows(node, x, shape, node.stride):
        for o in range(shape[0]):
            terms = [
                kernels[o, i, down, right] * x[i, row, column]
                for i in range(len(x))
                for down, right, row, column in window
            ]
            found[(o, *place)] = math.tanh(math.fsum([b[o], *terms]))
    return found


def _transposed(node: Any, w: Parameters, seen: list[Array], shape: Any) -> Array:
    (x,), kernels = seen, w[f"w:{node.sources[0].connection}"]
    sums = np.zeros(shape) + w[f"b:{node.node}"][:, np.newaxis, np.newaxis]
    for i, row, column in np.ndindex(*x.shape):
        for o, down, right in np.ndindex(shape[0], *node.kernel):
            place = (o, row * node.stride[0] + down, column * node.stride[1] + right)
            sums[place] += kernels[i, o, down, right] * x[i, row, column]
    return np.tanh(sums)


def _pooled(over: Callable[[list[float]], float]) -> Callable[..., Array]:
    def pooled(node: Any, w: Parameters, seen: list[Array], shape: Any) -> Array:
        found = np.zeros(shape)
        for place, window in _windows(node, seen[0], shape, node.stride or node.kernel):
            for channel in range(shape[0]):
                found[(channel, *place)] = over([seen[0][channel, r, c] for _, _, r, c in window])
        return found

    return pooled


def _upsampled(node: Any, w: Parameters, seen: list[Array], shape: Any) -> Array:
    rows, columns = node.factors
    return np.array([seen[0][c, i // rows, j // columns] for c, i, j in np.ndindex(*shape)])


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _simple(node: Any, w: Parameters, u: Array, b: Array, x: Array, h: Array, c: Array) -> Any:
    sums = _weights(node, w) @ x + u @ h + b
    return np.tanh(sums), c


def _lstm(node: Any, w: Parameters, u: Array, b: Array, x: Array, h: Array, c: Array) -> Any:
    i, f, g, o = np.split(_weights(node, w) @ x + u @ h + b, 4)
    i, f, o = (np.array([_sigmoid(each) for each in gate]) for gate in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


def _gru(node: Any, w: Parameters, u: Array, b: Array, x: Array, h: Array, c: Array) -> Any:
    n = len(h)
    seen = _weights(node, w) @ x + b
    r, z = (
        np.array([_sigmoid(each) for each in seen[part] + u[part] @ h])
        for part in (slice(n), slice(n, 2 * n))
    )
    if node.reset_after:
        candidate = np.tanh(seen[2 * n :] + r * (u[2 * n :] @ h + w[f"c:{node.node}"]))
    else:
        candidate = np.tanh(seen[2 * n :] + u[2 * n :] @ (r * h))
    return (1 - z) * candidate + z * h, c


def _unrolled(step: Callable[..., Any]) -> Callable[..., Array]:
    def unrolled(node: Any, w: Parameters, seen: list[Array], shape: Any) -> Array:
        u, b = w[f"u:{node.node}"], w[f"b:{node.node}"]
        h = c = np.zeros(node.units)
        states = []
        for x in seen[0]:
            h, c = step(node, w, u, b, x, h, c)
            states.append(h)
        return np.array(states) if node.returns == "sequence" else states[-1]

    return unrolled


def _as_it_is(node: Any, w: Parameters, seen: list[Array], shape: Any) -> Array:
    return seen[0].reshape(shape)


def _shaped(rule: Callable[..., Array]) -> Callable[..., Array]:
    return lambda node, w, seen, shape: rule(node, w, seen, shape).reshape(shape)


_RULES: dict[type, Callable[..., Array]] = {
    LayerSpec: _dense,
    StepwiseDenseSpec: _stepwise,
    AddSpec: _shaped(_add),
    MultiplySpec: _shaped(_multiply),
    ConcatenateSpec: lambda node, w, seen, shape: np.concatenate(seen),
    SliceSpec: lambda node, w, seen, shape: seen[0][node.start : node.stop],
    FlattenSpec: _as_it_is,
    ReshapeSpec: _as_it_is,
    LayerNormalisationSpec: _shaped(_layer_norm),
    ConvolutionSpec: _convolution,
    TransposedConvolutionSpec: _transposed,
    MaxPoolingSpec: _pooled(max),
    AveragePoolingSpec: _pooled(lambda values: math.fsum(values) / len(values)),
    UpsamplingSpec: _shaped(_upsampled),
    SimpleRecurrentSpec: _unrolled(_simple),
    LSTMSpec: _unrolled(_lstm),
    GRUSpec: _unrolled(_gru),
}
