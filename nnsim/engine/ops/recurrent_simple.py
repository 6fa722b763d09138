"""The simple recurrent layer: h_t = f(W x_t + U h_{t-1} + b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnsim.engine.activations import ActivationSpec, make_activation
from nnsim.engine.layout import Shape
from nnsim.engine.ops.base import Bound, Operation
from nnsim.engine.ops.recurrent import Block, Recurrent, RecurrentSpec


@dataclass(frozen=True)
class SimpleRecurrentSpec(RecurrentSpec):
    """h_t = f(W x_t + U h_{t-1} + b), f element-wise: tanh, ReLU, ...  Source: Elman 1990.

    As torch.nn.RNN with W = weight_ih, U = weight_hh, b = bias_ih + bias_hh.
    """

    activation: ActivationSpec = ActivationSpec("tanh")  # noqa: RUF009 (frozen)

    def shape(self, sources: Sequence[Shape]) -> Shape:
        """(steps, units) or (units,).  Raises ValueError for an activation of several units."""
        if not make_activation(self.activation).elementwise:
            raise ValueError(f"{self.node} needs an activation of each unit alone")
        return super().shape(sources)

    def operation(self, bound: Bound) -> Operation:
        """The unrolled layer."""
        return SimpleRecurrent(self, bound)


class SimpleRecurrent(Recurrent):
    """The simple recurrent layer over a sequence."""

    def __init__(self, spec: SimpleRecurrentSpec, bound: Bound) -> None:
        super().__init__(spec, bound, [Block(0, 0)])
        self._activation = make_activation(spec.activation)
        self._forward = list(zip(self.v[:-1], self.s, self.h, strict=True))
        self._back = list(zip(self.ds[1:], self.dh[1:], self.dh[:-1], strict=True))[::-1]

    def unroll(self) -> None:
        """s_t = M v_t, h_t = f(s_t)."""
        product, activate = self.m.dot, self._activation.forward
        for v, s, h in self._forward:
            product(v, s)
            activate(s, h)

    def slopes(self) -> None:
        """f'(s_t)."""
        self._activation.derivative(self.s, self.h, self.ds)

    def unroll_back(self) -> None:
        """ds_t = dh_t f'(s_t), and Uᵀ ds_t is added to dh_{t-1}."""
        for ds, dh, dh_before in self._back:
            np.multiply(ds, dh, ds)
            self.return_to_state(ds, dh_before)
        np.multiply(self.ds[0], self.dh[0], self.ds[0])
