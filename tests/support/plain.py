"""What nodes compute, sample by sample and number by number, as their definitions have it.

Activations within dense, convolution and recurrent nodes are all tanh.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from nnsim.engine.layout import Array
from nnsim.engine.ops.combining import (
    ActivationNodeSpec,
    AddSpec,
    ConcatenateSpec,
    MultiplySpec,
    SliceSpec,
    StopGradientSpec,
)
from nnsim.engine.ops.convolution import ConvolutionSpec, TransposedConvolutionSpec
from nnsim.engine.ops.normalisation import BatchNormalisationSpec, LayerNormalisationSpec
from nnsim.engine.ops.pooling import AveragePoolingSpec, MaxPoolingSpec
from nnsim.engine.ops.recurrent_gru import GRUSpec
from nnsim.engine.ops.recurrent_lstm import LSTMSpec
from nnsim.engine.ops.recurrent_simple import SimpleRecurrentSpec
from nnsim.engine.ops.reshaping import FlattenSpec, ReshapeSpec
from nnsim.engine.ops.resizing import UpsamplingSpec
from nnsim.engine.ops.stepwise import StepwiseDenseSpec
from nnsim.engine.plan import LayerSpec, PlanSpec

Parameters = Mapping[str, Array]


def values_of(spec: PlanSpec, parameters: Parameters, samples: Array) -> dict[str, list[Array]]:
    """Values of every node in training for each of the samples, (batch, all inputs)."""
    values: dict[str, list[Array]] = {}
    at = 0
    for name, units in spec.inputs:
        shape = spec.shapes[name]
        values[name] = [np.reshape(sample[at : at + units], shape) for sample in samples]
        at += units
    for node in spec.nodes:
        seen = [values[source.node] for source in node.sources]
        if isinstance(node, BatchNormalisationSpec):
            values[node.node] = _batch_norm(node, parameters, seen[0])
            continue
        rule, shape = _RULES[type(node)], spec.shapes[node.node]
        values[node.node] = [
            rule(node, parameters, list(each), shape) for each in zip(*seen, strict=True)
        ]
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


def _batch_norm(node: Any, w: Parameters, seen: list[Array]) -> list[Array]:
    """Of each channel, or each unit, together with the whole batch."""
    shape = seen[0].shape
    count = len(w[f"gamma:{node.node}"])
    rows = [x.reshape(count, -1) for x in seen]
    found = [np.zeros_like(row) for row in rows]
    for k in range(count):
        x = [each for row in rows for each in row[k]]
        mean = math.fsum(x) / len(x)
        variance = math.fsum((each - mean) ** 2 for each in x) / len(x)
        for row, out in zip(rows, found, strict=True):
            scaled = (row[k] - mean) / math.sqrt(variance + node.epsilon)
            out[k] = w[f"gamma:{node.node}"][k] * scaled + w[f"beta:{node.node}"][k]
    return [out.reshape(shape) for out in found]


def _activated(node: Any, w: Parameters, seen: list[Array], shape: Any) -> Array:
    """Softmax over the first axis, or tanh."""
    if node.activation.name == "tanh":
        return np.reshape([math.tanh(x) for x in seen[0].flat], shape)
    powers = [np.reshape([math.exp(x) for x in row.flat], row.shape) for row in seen[0]]
    return np.array([row / sum(powers) for row in powers])


def _windows(node: Any, x: Array, shape: Any, stride: Any) -> Iterator[tuple[Any, list[Any]]]:
    """Places of the output, and what each window sees of the map: (down, right, row, column)."""
    dilation = getattr(node, "dilation", (1, 1))
    for place in np.ndindex(*shape[1:]):
        seen = []
        for down, right in np.ndindex(*node.kernel):
            row = place[0] * stride[0] + down * dilation[0] - node.padding[0]
            column = place[1] * stride[1] + right * dilation[1] - node.padding[1]
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
    for i, *at in np.ndindex(*x.shape):
        for o, *of in np.ndindex(shape[0], *node.kernel):
            row, column = (
                place * stride + offset * dilation - padding
                for place, stride, offset, dilation, padding in zip(
                    at, node.stride, of, node.dilation, node.padding, strict=True
                )
            )
            if 0 <= row < shape[1] and 0 <= column < shape[2]:
                sums[o, row, column] += kernels[i, o, *of] * x[i, *at]
    return np.tanh(sums)


def _mean(node: Any, values: list[float]) -> float:
    counts = math.prod(node.kernel) if node.counts_padding else len(values)
    return math.fsum(values) / counts


def _pooled(over: Callable[[Any, list[float]], float]) -> Callable[..., Array]:
    def pooled(node: Any, w: Parameters, seen: list[Array], shape: Any) -> Array:
        found = np.zeros(shape)
        for place, window in _windows(node, seen[0], shape, node.stride or node.kernel):
            for channel in range(shape[0]):
                values = [seen[0][channel, r, c] for _, _, r, c in window]
                found[(channel, *place)] = over(node, values)
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
    ConcatenateSpec: lambda node, w, seen, shape: np.concatenate(seen, node.axis),
    SliceSpec: lambda node, w, seen, shape: seen[0].take(range(node.start, node.stop), node.axis),
    FlattenSpec: _as_it_is,
    StopGradientSpec: _as_it_is,
    ActivationNodeSpec: _activated,
    ReshapeSpec: _as_it_is,
    LayerNormalisationSpec: _shaped(_layer_norm),
    ConvolutionSpec: _convolution,
    TransposedConvolutionSpec: _transposed,
    MaxPoolingSpec: _pooled(lambda node, values: max(values)),
    AveragePoolingSpec: _pooled(_mean),
    UpsamplingSpec: _shaped(_upsampled),
    SimpleRecurrentSpec: _unrolled(_simple),
    LSTMSpec: _unrolled(_lstm),
    GRUSpec: _unrolled(_gru),
}
