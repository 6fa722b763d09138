"""Long short-term memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnsim.engine.layout import Array
from nnsim.engine.ops.base import Bound, Operation
from nnsim.engine.ops.recurrent import Block, Recurrent, RecurrentSpec


@dataclass(frozen=True)
class LSTMSpec(RecurrentSpec):
    """Long short-term memory with a forget gate, without peepholes.

        i = σ(W_i x + U_i h + b_i)      input gate
        f = σ(W_f x + U_f h + b_f)      forget gate
        g = tanh(W_g x + U_g h + b_g)   candidate
        o = σ(W_o x + U_o h + b_o)      output gate
        c_t = f c_{t-1} + i g,  h_t = o tanh(c_t)

    The rows of W, U and b are those of i, f, g, o, in this order: W = weight_ih, U = weight_hh, b =
    bias_ih + bias_hh of torch.nn.LSTM.  Source: Hochreiter and Schmidhuber 1997; the forget gate:
    Gers et al. 2000.
    """

    gates: ClassVar[int] = 4
    states: ClassVar[tuple[str, ...]] = ("h", "c")

    def forget_gates(self) -> dict[str, slice]:
        """The second quarter of its bias."""
        return {f"b:{self.node}": slice(self.units, 2 * self.units)}

    def operation(self, bound: Bound) -> Operation:
        """The unrolled layer."""
        return LSTM(self, bound)


class LSTM(Recurrent):
    """Long short-term memory over a sequence.

    Rows of M: o, i, f (negated: σ wants -s), then g.  So one exponential does for all three gates,
    and i, f, g, whose gradients come from the cell, are neighbours.
    """

    def __init__(self, spec: LSTMSpec, bound: Bound) -> None:
        blocks = [Block(0, 3, negated=True), Block(1, 0, count=2, negated=True), Block(3, 2)]
        super().__init__(spec, bound, blocks)
        n = spec.units
        self._a = np.zeros_like(self.s)
        self._o, self._i, self._f, self._g = (self._a[:, k * n : (k + 1) * n] for k in range(4))
        self._c = self.zeros(n, steps=self.steps + 1)
        self._tanh_c, self._dc = self.zeros(n), self.zeros(n)
        self._slope_c = self.zeros(n)
        self._into = np.zeros_like(self.dh[0])
        self._one = np.ones((), self.v.dtype)
        self._forward = list(
            zip(
                *(self.v[:-1], self.s, self.s[:, : 3 * n], self.s[:, 3 * n :]),
                *(self._a[:, : 3 * n], self._o, self._i, self._f, self._g),
                *(self._c[:-1], self._c[1:], self._tanh_c, self.h),
                strict=True,
            )
        )
        by_gate = self.ds.reshape(self.steps, 4, n, -1)
        self._back = list(
            zip(
                *(self.ds, self.ds[:, :n], by_gate[:, 1:], self.dh, self._dc),
                *(self._slope_c, self._f),
                strict=True,
            )
        )

    def first_states(self) -> dict[str, Array]:
        """h and c."""
        return super().first_states() | {"c": self._c[0]}

    def last_states(self) -> dict[str, Array]:
        """h and c."""
        return super().last_states() | {"c": self._c[-1]}

    def unroll(self) -> None:
        """Sums, gates, cell and h, step by step."""
        product, one, into = self.m.dot, self._one, self._into
        exp, tanh, add, multiply, divide = np.exp, np.tanh, np.add, np.multiply, np.divide
        for v, s, s_oif, s_g, oif, o, i, f, g, c_before, c, tanh_c, h in self._forward:
            product(v, s)
            exp(s_oif, oif)
            add(oif, one, oif)
            divide(one, oif, oif)
            tanh(s_g, g)
            multiply(f, c_before, c)
            multiply(i, g, into)
            add(c, into, c)
            tanh(c, tanh_c)
            multiply(o, tanh_c, h)

    def slopes(self) -> None:
        """Of all steps at once; dσ/d(-s) = σ² - σ.

        dh/d(-s_o) = tanh(c) (o² - o), dc/d(-s_i) = g (i² - i), dc/d(-s_f) = c_{t-1} (f² - f),
        dc/ds_g = i (1 - g²), dh/dc = o (1 - tanh² c).
        """
        n, one = self.units, self._one
        gates, ds = self._a[:, : 3 * n], self.ds[:, : 3 * n]
        np.multiply(gates, gates, ds)
        np.subtract(ds, gates, ds)
        factors = (self._tanh_c, self._g, self._c[:-1])
        for k, factor in enumerate(factors):
            gate = self.ds[:, k * n : (k + 1) * n]
            np.multiply(gate, factor, gate)
        for value, factor, out in (
            (self._g, self._i, self.ds[:, 3 * n :]),
            (self._tanh_c, self._o, self._slope_c),
        ):
            np.multiply(value, value, out)
            np.subtract(one, out, out)
            np.multiply(out, factor, out)

    def unroll_back(self) -> None:
        """dc_t += dh_t dh/dc; ds from dh and dc; dc_{t-1} = f dc_t, dh_{t-1} += Uᵀ ds_t."""
        product, into = self.u_transposed.dot, self._into
        add, multiply = np.add, np.multiply
        self._dc[-1] = 0
        for t in range(self.steps - 1, -1, -1):
            ds, ds_o, ds_ifg, dh, dc, slope_c, f = self._back[t]
            multiply(dh, slope_c, into)
            add(dc, into, dc)
            multiply(ds_o, dh, ds_o)
            multiply(ds_ifg, dc, ds_ifg)
            if t:
                multiply(dc, f, self._back[t - 1][4])
                product(ds, into)
                before = self._back[t - 1][3]
                add(before, into, before)

    def quantities(self) -> Mapping[str, Array]:
        """Gates "i", "f", "g", "o", the cell "c", h and the sums of every step."""
        node = self.spec.node
        return {
            f"i:{node}": self._i,
            f"f:{node}": self._f,
            f"g:{node}": self._g,
            f"o:{node}": self._o,
            f"c:{node}": self._c[1:],
            **super().quantities(),
        }

    def gradients(self) -> Mapping[str, Array]:
        """dL/dc of every step beside dL/dh and dL/ds."""
        return {f"dc:{self.spec.node}": self._dc, **super().gradients()}
