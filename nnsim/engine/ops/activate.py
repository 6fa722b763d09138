"""The activation of a layer: a = f(z)."""

from __future__ import annotations

from nnsim.engine.activations import Activation, Array


class Activate:
    """a = f(z); z and dz have shape (batch, rows), a and da (batch, units)."""

    def __init__(self, activation: Activation, z: Array, dz: Array, a: Array, da: Array) -> None:
        self.activation = activation
        self.z, self.dz, self.a, self.da = z, dz, a, da

    def forward(self) -> None:
        """Writes a."""
        self.a[...] = self.activation.forward(self.z)

    def backward(self) -> None:
        """Writes dz = dL/dz (the δ of the course) from da = dL/da."""
        self.dz[...] = self.activation.backward(self.z, self.a, self.da)
