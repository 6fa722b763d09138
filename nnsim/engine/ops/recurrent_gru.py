"""The gated recurrent unit, in both conventions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnsim.engine.layout import Array, Shape
from nnsim.engine.ops.base import Bound, Operation
from nnsim.engine.ops.recurrent import Block, Recurrent, RecurrentSpec, side_by_side


@dataclass(frozen=True)
class GRUSpec(RecurrentSpec):
    """The gated recurrent unit.

        r = σ(W_r x + U_r h + b_r)                  reset gate
        z = σ(W_z x + U_z h + b_z)                  update gate
        n = tanh(W_n x + b_n + r (U_n h + c))       candidate, with ``reset_after``
        n = tanh(W_n x + b_n + U_n (r h))           candidate, without
        h_t = (1 - z) n + z h_{t-1}

    The rows of W, U and b are those of r, z, n, in this order; c, "c:node", has (units,).  With
    ``reset_after`` (the default, as PyTorch and cuDNN have it) W = weight_ih and U = weight_hh of
    torch.nn.GRU, b = bias_ih + bias_hh for r and z, b_n = bias_ih and c = bias_hh for n.  Without
    it is the unit as it was published: Cho et al. 2014, eq. 5-8.
    """

    reset_after: bool = True

    gates: ClassVar[int] = 3

    def parameters(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        """W, U, b, and the second bias c where there is one."""
        shapes = super().parameters(sources)
        return shapes | {f"c:{self.node}": (self.units,)} if self.reset_after else shapes

    def summed_biases(self) -> dict[str, slice]:
        """Those of r and z; with ``reset_after`` the two of n are b_n and c."""
        rows = 2 * self.units if self.reset_after else self.rows
        return {f"b:{self.node}": slice(0, rows)}

    def operation(self, bound: Bound) -> Operation:
        """The unrolled layer."""
        return ResetAfterGRU(self, bound) if self.reset_after else ResetBeforeGRU(self, bound)


class _GRU(Recurrent):
    """What both have in common.  Rows of M begin with r and z (negated: σ wants -s)."""

    def __init__(self, spec: GRUSpec, bound: Bound, blocks: Sequence[Block]) -> None:
        super().__init__(spec, bound, [Block(0, 0, count=2, negated=True), *blocks])
        n = self.units
        self._rz = self.zeros(2 * n)
        self._r, self._z = self._rz[:, :n], self._rz[:, n:]
        #: sums and values of the candidate; h_{t-1} - n
        self._s_n, self._n, self._gap = self.zeros(n), self.zeros(n), self.zeros(n)
        #: dh_t/ds_n
        self._slope_n = self.zeros(n)
        self._one = np.ones((), self.v.dtype)

    def slopes(self) -> None:
        """dh/ds_n = (1 - z) (1 - n²), dh/d(-s_z) = (h_{t-1} - n) (z² - z), and r² - r."""
        n, one, slope = self.units, self._one, self._slope_n
        ds_rz, ds_z = self.ds[:, : 2 * n], self.ds[:, n : 2 * n]
        np.multiply(self._rz, self._rz, ds_rz)
        np.subtract(ds_rz, self._rz, ds_rz)
        np.multiply(ds_z, self._gap, ds_z)
        np.multiply(self._n, self._n, slope)
        np.subtract(one, slope, slope)
        # 1 - z, in a place that is written afterwards.
        left = self.ds[:, 2 * n : 3 * n]
        np.subtract(one, self._z, left)
        np.multiply(slope, left, slope)

    def quantities(self) -> Mapping[str, Array]:
        """Gates "r" and "z", candidate "n", h and the sums of every step."""
        node, n = self.spec.node, self.units
        found = dict(super().quantities())
        found[f"s:{node}"][:, 2 * n :] = self._s_n
        return {f"r:{node}": self._r, f"z:{node}": self._z, f"n:{node}": self._n, **found}


class ResetAfterGRU(_GRU):
    """r multiplies U_n h + c.  Rows of M: r, z, U_n h + c, W_n x + b_n."""

    def __init__(self, spec: GRUSpec, bound: Bound) -> None:
        super().__init__(spec, bound, [Block(2, 2, sees="u", bias="c"), Block(3, 2, sees="w")])
        n = self.units
        self._q = self.s[:, 2 * n : 3 * n]
        self._forward = list(
            zip(
                *(self.v[:-1], self.s, self.s[:, : 2 * n], self._q, self.s[:, 3 * n :]),
                *(self._rz, self._r, self._z, self._s_n, self._n, self._gap),
                *(self.h_before, self.h),
                strict=True,
            )
        )
        self._back = list(
            zip(
                *(self.ds[:, : 3 * n], self.ds.reshape(self.steps, 4, n, -1), self.dh, self._z),
                strict=True,
            )
        )

    def unroll(self) -> None:
        """Sums, gates, candidate and h, step by step."""
        product, one, into = self.m.dot, self._one, self._into
        add, subtract, multiply = np.add, np.subtract, np.multiply
        for v, s, s_rz, q, x, rz, r, z, s_n, n, gap, h_before, h in self._forward:
            product(v, s)
            np.exp(s_rz, rz)
            add(rz, one, rz)
            np.divide(one, rz, rz)
            multiply(r, q, s_n)
            add(s_n, x, s_n)
            np.tanh(s_n, n)
            subtract(h_before, n, gap)
            multiply(z, gap, into)
            add(n, into, h)

    def slopes(self) -> None:
        """dh/dq = r dh/ds_n with q = U_n h + c, dh/d(-s_r) = q (r² - r) dh/ds_n."""
        super().slopes()
        n, slope = self.units, self._slope_n
        ds_r = self.ds[:, :n]
        np.multiply(ds_r, self._q, ds_r)
        np.multiply(ds_r, slope, ds_r)
        np.multiply(slope, self._r, self.ds[:, 2 * n : 3 * n])
        self.ds[:, 3 * n :] = slope

    def unroll_back(self) -> None:
        """ds_t is dh_t times the slopes; dh_{t-1} += z dh_t + Uᵀ ds_t."""
        into, add, multiply = self._into, np.add, np.multiply
        for t in range(self.steps - 1, -1, -1):
            ds_rzq, ds, dh, z = self._back[t]
            multiply(ds, dh, ds)
            if t:
                before = self._back[t - 1][2]
                self.return_to_state(ds_rzq, before)
                multiply(z, dh, into)
                add(before, into, before)

    def quantities(self) -> Mapping[str, Array]:
        """Also "q:node", U_n h + c, which r multiplies."""
        return {f"q:{self.spec.node}": self._q, **super().quantities()}

    def gradients(self) -> Mapping[str, Array]:
        """Also dL/dq."""
        n = self.units
        return {f"dq:{self.spec.node}": self.ds[:, 2 * n : 3 * n], **super().gradients()}


class ResetBeforeGRU(_GRU):
    """r multiplies h before U_n does.  Rows of M: r, z, W_n x + b_n; U_n has its own product."""

    def __init__(self, spec: GRUSpec, bound: Bound) -> None:
        super().__init__(spec, bound, [Block(2, 2, sees="w")])
        n = self.units
        self._u_n = bound.w[f"u:{spec.node}"][2 * n :]
        self._g_n = bound.g[f"u:{spec.node}"][2 * n :]
        self._reset, self._d_reset = self.zeros(n), np.zeros_like(self.dh[0])
        self._flat_ds_n, self._flat_reset = self.flat_room(n), self.flat_room(n)
        self._forward = list(
            zip(
                *(self.v[:-1], self.s, self.s[:, : 2 * n], self.s[:, 2 * n :]),
                *(self._rz, self._r, self._z, self._reset, self._s_n, self._n, self._gap),
                *(self.h_before, self.h),
                strict=True,
            )
        )
        by_gate = self.ds.reshape(self.steps, 3, n, -1)
        self._back = list(
            zip(
                *(self.ds[:, : 2 * n], self.ds[:, :n], self.ds[:, 2 * n :], by_gate[:, 1:]),
                *(self.dh, self._r, self._z),
                strict=True,
            )
        )

    def unroll(self) -> None:
        """Sums, gates, candidate and h, step by step."""
        product, product_n, one, into = self.m.dot, self._u_n.dot, self._one, self._into
        add, subtract, multiply = np.add, np.subtract, np.multiply
        for v, s, s_rz, x, rz, r, z, reset, s_n, n, gap, h_before, h in self._forward:
            product(v, s)
            np.exp(s_rz, rz)
            add(rz, one, rz)
            np.divide(one, rz, rz)
            multiply(r, h_before, reset)
            product_n(reset, s_n)
            add(s_n, x, s_n)
            np.tanh(s_n, n)
            subtract(h_before, n, gap)
            multiply(z, gap, into)
            add(n, into, h)

    def slopes(self) -> None:
        """d(r h)/d(-s_r) = h_{t-1} (r² - r)."""
        super().slopes()
        n = self.units
        ds_r = self.ds[:, :n]
        np.multiply(ds_r, self.h_before, ds_r)
        self.ds[:, 2 * n :] = self._slope_n

    def unroll_back(self) -> None:
        """ds_z and ds_n from dh_t, ds_r from U_nᵀ ds_n, and all ways that lead to h_{t-1}."""
        product_n, into, d_reset = self._u_n.T.dot, self._into, self._d_reset
        add, multiply = np.add, np.multiply
        for t in range(self.steps - 1, -1, -1):
            ds_rz, ds_r, ds_n, ds_zn, dh, r, z = self._back[t]
            multiply(ds_zn, dh, ds_zn)
            product_n(ds_n, d_reset)
            multiply(ds_r, d_reset, ds_r)
            if t:
                before = self._back[t - 1][4]
                self.return_to_state(ds_rz, before)
                multiply(z, dh, into)
                add(before, into, before)
                multiply(r, d_reset, into)
                add(before, into, before)

    def backward(self) -> None:
        """And the gradient of U_n, which M does not hold."""
        super().backward()
        ds_n = side_by_side(self.ds[:, 2 * self.units :], self._flat_ds_n)
        gradient = ds_n @ side_by_side(self._reset, self._flat_reset).T
        if self.bound.adds:
            np.add(self._g_n, gradient, out=self._g_n)
        else:
            self._g_n[...] = gradient
