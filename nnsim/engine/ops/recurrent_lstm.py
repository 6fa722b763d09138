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

    Rows of M: o, i, f (negated: σ wants -s), then g.  So one exponential does for all three gates.
    A step holds the gates o, i, f, g and below them c_{t-1}: one product gives the addends of the
    cell, i g and f c_{t-1}.  The sums s lie where the backward run writes ds.
    """

    def __init__(self, spec: LSTMSpec, bound: Bound) -> None:
        blocks = [Block(0, 3, negated=True), Block(1, 0, count=2, negated=True), Block(3, 2)]
        super().__init__(spec, bound, blocks)
        n = spec.units
        held = self.zeros(5 * n, steps=self.steps + 1)
        gates = held[:-1]
        self._oif, self._g = gates[:, : 3 * n], gates[:, 3 * n : 4 * n]
        self._o, self._i, self._f = (gates[:, k * n : (k + 1) * n] for k in range(3))
        self._c_before, self._c = gates[:, 4 * n :], held[1:, 4 * n :]
        self._addends = self.zeros(2 * n)
        self._tanh_c, self._dc = self.zeros(n), self.zeros(n)
        #: dh/dc, and below it ds
        slopes = self.zeros(5 * n)
        self._slope_c, self.ds = slopes[:, :n], slopes[:, n:]
        self.s = self.ds
        self._one = np.ones((), self.v.dtype)
        self._forward = list(
            zip(
                *(self.v[:-1], self.s, self.s[:, : 3 * n], self.s[:, 3 * n :]),
                *(self._oif, self._o, gates[:, n : 3 * n], self._g, gates[:, 3 * n :]),
                *(self._addends, self._addends[:, :n], self._addends[:, n:]),
                *(self._c, self._tanh_c, self.h),
                strict=True,
            )
        )
        by_gate = slopes.reshape(self.steps, 5, n, -1)
        self._back = list(
            zip(
                *(by_gate[:, :2], self._slope_c, by_gate[:, 2:], self.ds),
                *(self.dh, self._dc, self._f),
                strict=True,
            )
        )

    def first_states(self) -> dict[str, Array]:
        """h and c."""
        return super().first_states() | {"c": self._c_before[0]}

    def last_states(self) -> dict[str, Array]:
        """h and c."""
        return super().last_states() | {"c": self._c[-1]}

    def unroll(self) -> None:
        """Sums, gates, cell and h, step by step."""
        product, one = self.m.dot, self._one
        exp, tanh, add, multiply, divide = np.exp, np.tanh, np.add, np.multiply, np.divide
        for v, s, s_oif, s_g, oif, o, i_f, g, g_c, addends, p, q, c, tanh_c, h in self._forward:
            product(v, s)
            exp(s_oif, oif)
            add(oif, one, oif)
            divide(one, oif, oif)
            tanh(s_g, g)
            multiply(i_f, g_c, addends)
            add(p, q, c)
            tanh(c, tanh_c)
            multiply(o, tanh_c, h)

    def slopes(self) -> None:
        """Of all steps at once, from products the forward run has made; dσ/d(-s) = (σ - 1) σ.

        dh/d(-s_o) = (o - 1) h, dc/d(-s_i) = (i - 1) i g, dc/d(-s_f) = (f - 1) f c_{t-1},
        dc/ds_g = i - i g², dh/dc = o - h tanh c.
        """
        n, ds = self.units, self.ds
        np.subtract(self._oif, self._one, ds[:, : 3 * n])
        np.multiply(ds[:, :n], self.h, ds[:, :n])
        np.multiply(ds[:, n : 3 * n], self._addends, ds[:, n : 3 * n])
        np.multiply(self._addends[:, :n], self._g, ds[:, 3 * n :])
        np.subtract(self._i, ds[:, 3 * n :], ds[:, 3 * n :])
        np.multiply(self.h, self._tanh_c, self._slope_c)
        np.subtract(self._o, self._slope_c, self._slope_c)

    def unroll_back(self) -> None:
        """dc_t += dh_t dh/dc; ds from dh and dc; dc_{t-1} = f dc_t, dh_{t-1} += Uᵀ ds_t."""
        add, multiply = np.add, np.multiply
        self._dc[-1] = 0
        for t in range(self.steps - 1, -1, -1):
            from_h, dc_from_h, from_c, ds, dh, dc, f = self._back[t]
            multiply(from_h, dh, from_h)
            add(dc, dc_from_h, dc)
            multiply(from_c, dc, from_c)
            if t:
                *_, dh_before, dc_before, _ = self._back[t - 1]
                multiply(dc, f, dc_before)
                self.return_to_state(ds, dh_before)

    def quantities(self) -> Mapping[str, Array]:
        """Gates "i", "f", "g", "o", the cell "c", h and the sums of every step."""
        node = self.spec.node
        return {
            f"i:{node}": self._i,
            f"f:{node}": self._f,
            f"g:{node}": self._g,
            f"o:{node}": self._o,
            f"c:{node}": self._c,
            **super().quantities(),
        }

    def gradients(self) -> Mapping[str, Array]:
        """dL/dc of every step beside dL/dh and dL/ds."""
        return {f"dc:{self.spec.node}": self._dc, **super().gradients()}
