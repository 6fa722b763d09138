"""What quantities are called in formulas, and in the titles above them.

A neuron that is the whole network is written as in the course: Σ, S_neu, w_1, b.  In networks a
unit of a layer has its number below and the layer's name above (z^C1_2), a neuron that is a node
of its own its name below (z_N1).  x are inputs, y outputs, a other activations, δ = ∂L/∂z.
In a recurrent layer s are the sums, h the states, δ = ∂L/∂s and u the weights of its own state; the
time step stands above, from 1: h^R1⟨4⟩_2.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nnsim.core.messages import Message
from nnsim.document.adversarial import is_noise
from nnsim.document.model import Document, Feature
from nnsim.engine.plan import PlanSpec
from nnsim.engine.record import Quantity
from nnsim.explain.style import column_latex, name_latex
from nnsim.explain.wiring import Layer, Wiring

_PLAIN_SYMBOLS = {"step": "t", "norm": r"\Vert g \Vert"}
_LOSSES = {
    "": "L",
    "data": r"L_{0}",
    "penalty": "R",
    "real": r"L_{\mathrm{real}}",
    "generated": r"L_{G(z)}",
    "fooling": r"L_{G}",
}
# Of what the second of two networks that learn in turn predicts, and of generated samples.
_SECOND, _GENERATED = r"\mathrm{II}", "G(z)"
_NUMBERED_INPUT = re.compile(r"x(\d{1,4})")


@dataclass(frozen=True)
class Label:
    """What stands below and above a letter."""

    below: str = ""
    above: str = ""

    def on(self, letter: str, extra: str = "", mark: str = "") -> str:
        """The letter with the label; ``extra`` is added below and ``mark`` above."""
        below = ",".join(part for part in (self.below, extra) if part)
        above = r"\,".join(part for part in (self.above, mark) if part)
        symbol = f"{letter}_{{{below}}}" if below else letter
        return f"{symbol}^{{{above}}}" if above else symbol


def partial(above: str, below: str) -> str:
    """The partial derivative of one symbol w.r.t. another."""
    return rf"\frac{{\partial {above}}}{{\partial {below}}}"


def time_step(step: str) -> str:
    """What stands above a letter that has a value for each time step: ⟨4⟩."""
    return rf"\langle {step} \rangle"


class Names:
    """Symbols and titles of the quantities of one plan."""

    def __init__(self, document: Document, wiring: Wiring) -> None:
        self._wiring = wiring
        self._names = {node.id: node.name for node in document.nodes}
        self._features = {
            node.id: _feature_latex(node.feature, document.data.input_names)
            for node in document.inputs
            if node.feature is not None and node.feature.function not in ("column", "noise")
        }
        spec = wiring.spec
        self._twins = {node: layer.tied_to for node, layer in spec.tied.items()}
        self._second = spec.updates[1] if spec.updates else ""
        self._noise = {node.id for node in document.inputs if is_noise(node)}
        layers = spec.learning
        self.is_single = len(layers) == 1 and layers[0].units == 1 and not spec.recurrent
        self.is_course_neuron = self.is_single and layers[0].activation.name == "step"
        self._one_input = sum(wiring.values(node) for node in wiring.inputs) == 1

    # -- labels ----------------------------------------------------------------------------------

    def _node(self, node: str) -> str:
        return name_latex(self._names[node])

    def _neuron(self, node: str, unit: int) -> Label:
        if self.is_single:
            return Label()
        if self._wiring.values(node) == 1:
            return Label(self._node(node))
        return Label(str(unit + 1), self._node(node))

    def _input(self, node: str, unit: int) -> Label:
        if self._one_input:
            return Label()
        if len(self._wiring.inputs) == 1:
            return Label(str(unit + 1))
        if self._wiring.values(node) == 1:
            numbered = _NUMBERED_INPUT.fullmatch(self._names[node])
            return Label(numbered[1] if numbered else self._node(node))
        return Label(str(unit + 1), self._node(node))

    def _output(self, node: str, unit: int) -> Label:
        if self._wiring.output_count == 1:
            return Label()
        if len(self._wiring.spec.outputs) == 1:
            return Label(str(unit + 1))
        return self._neuron(node, unit)

    def _piece(self, layer: Layer, row: int) -> str:
        pieces = self._wiring.pieces(layer)
        return str(row % pieces + 1) if pieces > 1 else ""

    # -- symbols ---------------------------------------------------------------------------------

    def activation(self, node: str, unit: int, mark: str = "") -> str:
        """The value a unit hands on: x, a or y."""
        if node in self._noise:
            return Label(str(unit + 1)).on(r"\varepsilon", mark=mark)
        if self._wiring.is_input(node):
            made = self._features.get(node)
            if made is not None:
                return rf"\left({made}\right)^{{{mark}}}" if mark else made
            return self._input(node, unit).on("x", mark=mark)
        if self._wiring.is_recurrent(node) and not self._wiring.is_output(node):
            return self._neuron(node, unit).on("h", mark=mark)
        if self._wiring.is_output(node):
            letter = r"S_{\mathrm{neu}}" if self.is_course_neuron else "y"
            return self._output(node, unit).on(letter, mark=mark)
        return self._neuron(node, unit).on("a", mark=mark)

    def target(self, row: int, mark: str = "") -> str:
        """The wanted output."""
        letter = r"S_{\mathrm{real}}" if self.is_course_neuron else "t"
        return self._output(*self._wiring.output_at(row)).on(letter, mark=mark)

    def of_row(self, letter: str, node: str, row: int, mark: str = "") -> str:
        """A letter for something each row of a layer has: z, δ or b."""
        layer = self._wiring.layers[node]
        label = self._neuron(node, self._wiring.unit_of(layer, row))
        return label.on(letter, self._piece(layer, row), mark)

    def sum(self, node: str, row: int, mark: str = "") -> str:
        """The sum of a neuron: Σ in the course, z in networks."""
        return self.of_row(r"\Sigma" if self.is_single else "z", node, row, mark)

    def weight(self, connection: str, row: int, column: int, mark: str = "") -> str:
        """A weight, target before source: w_ji."""
        layer = self._wiring.target_of[connection]
        source = self._wiring.source_of[connection]
        piece = self._piece(layer, row)
        if self.is_single:
            label = self._input(source, column)
            return Label(piece, label.above).on("w", label.below, mark)
        target = self._neuron(layer.node, self._wiring.unit_of(layer, row))
        if self._wiring.values(source) == 1:
            return target.on("w", ",".join(filter(None, (piece, self._node(source)))), mark)
        number = str(column + 1)
        if len(layer.sources) > 1:
            number = f"{self._node(source)},{number}"
        elif not piece and 1 < layer.units < 10 and self._wiring.values(source) < 10:
            # Two single digits need no comma: w_21.
            return Label(target.below + number, target.above).on("w", mark=mark)
        return target.on("w", ",".join(filter(None, (piece, number))), mark)

    def own_weight(self, node: str, row: int, column: int, mark: str = "") -> str:
        """A weight of a recurrent layer's own state, to before from: u_ji."""
        units = self._wiring.values(node)
        label = self._neuron(node, row)
        if units == 1:
            return label.on("u", mark=mark)
        if units < 10:
            return Label(f"{label.below}{column + 1}", label.above).on("u", mark=mark)
        return label.on("u", str(column + 1), mark)

    def _at_step(self, quantity: Quantity, mark: str) -> str:
        """What stands above where a quantity is of a time step: that step, then the mark."""
        step, node = quantity.step, quantity.owner
        if step is None and quantity.kind in ("a", "da") and self._wiring.is_recurrent(node):
            if self._wiring.is_output(node):
                return mark
            step = self._wiring.steps(node) - 1
        return mark if step is None else time_step(str(step + 1)) + mark

    def loss_by(self, symbol: str) -> str:
        """∂L/∂symbol."""
        return partial("L", symbol)

    def symbol(self, quantity: Quantity, mark: str = "") -> str:
        """The symbol of any quantity; ``mark`` is written above it."""
        kind, at, update = quantity.kind.partition("@")
        owner, row = quantity.owner, quantity.row
        if at or owner in self._twins or (kind == "l" and owner):
            return self._of_rivals(replace(quantity, kind=kind), update, mark)
        mark = self._at_step(quantity, mark)
        if kind == "h":
            return self.of_row("h", owner, row, mark)
        if kind == "s":
            return self.of_row("s", owner, row, mark)
        if kind == "dh":
            return self.loss_by(self.of_row("h", owner, row, mark))
        if kind == "ds":
            return self.of_row(r"\delta", owner, row, mark)
        if kind == "p":
            x = self.activation(self._wiring.source_of[owner], quantity.column, mark)
            return rf"{x}\,{self.weight(owner, row, quantity.column)}"
        if kind == "a":
            return self.activation(owner, row, mark)
        if kind == "da":
            return self.loss_by(self.activation(owner, row, mark))
        if kind == "z":
            return self.sum(owner, row, mark)
        if kind == "dz":
            return self.of_row(r"\delta", owner, row, mark)
        if kind == "L":
            return _LOSSES[owner]
        if kind in _PLAIN_SYMBOLS:
            return _PLAIN_SYMBOLS[kind]
        if kind in ("y", "t", "e", "l"):
            return self._of_output(kind, row, mark)
        return self._parameter(quantity)

    def _of_rivals(self, quantity: Quantity, update: str, mark: str) -> str:
        """That of two networks: which update, and whether of a generated sample, stands above."""
        owner = quantity.owner
        if quantity.kind == "L":
            return _LOSSES[owner or "fooling"]
        marks = [mark] if mark else []
        if quantity.kind == "l" and owner:
            quantity = replace(quantity, owner="")
            marks += [] if owner == "real" else [_GENERATED]
        if owner in self._twins:
            quantity = replace(quantity, owner=self._twins[owner])
            marks.append(_GENERATED)
        if update == self._second and quantity.kind in ("a", "z", "y"):
            marks.append(_SECOND)
        if quantity.parameter is not None:
            return self.symbol(quantity, mark)
        return self.symbol(quantity, r",\,".join(marks))

    def _of_output(self, kind: str, row: int, mark: str) -> str:
        node, unit = self._wiring.output_at(row)
        if kind == "y":
            return self.activation(node, unit, mark)
        if kind == "t":
            return self.target(row, mark)
        return self._output(node, unit).on({"e": "e", "l": r"\ell"}[kind], mark=mark)

    def _internal(self, quantity: Quantity) -> str:
        """What an optimiser keeps for a parameter, with its step: m_{w,t}."""
        prefix, _, kind = quantity.kind.partition(".")
        if prefix == "penalty":
            return partial("R", self._parameter(replace(quantity, kind=kind.removeprefix("g"))))
        if prefix == "used":
            below = self._parameter(replace(quantity, kind=kind.removeprefix("g")))
            return rf"\tilde{{g}}_{{{below}}}"
        symbol = self._parameter(replace(quantity, kind=kind))
        if prefix == "decay":
            return rf"\Delta_{{\lambda}} {symbol}"
        letter = rf"\hat{{{prefix[0]}}}" if prefix.endswith("^") else prefix[0]
        return rf"{letter}_{{{symbol},\,{'t - 1' if prefix.endswith('-') else 't'}}}"

    def _parameter(self, quantity: Quantity) -> str:
        kind = quantity.kind
        if "." in kind:
            return self._internal(quantity)
        mark = r"\prime" if kind.endswith("+") else ""
        if kind.rstrip("+").endswith("w"):
            symbol = self.weight(quantity.owner, quantity.row, quantity.column, mark)
        elif kind.rstrip("+").endswith("u"):
            symbol = self.own_weight(quantity.owner, quantity.row, quantity.column, mark)
        else:
            symbol = self.of_row("b", quantity.owner, quantity.row, mark)
        if kind[0] == "g":
            return self.loss_by(symbol)
        return rf"\Delta {symbol}" if kind[0] == "d" else symbol

    # -- titles ----------------------------------------------------------------------------------

    def unit_title(self, node: str, unit: int) -> Message | str:
        """The name of a neuron, or its number and the name of its layer."""
        if self._wiring.values(node) == 1:
            return self._names[node]
        code = "explain.input_unit" if self._wiring.is_input(node) else "explain.unit"
        return Message(code, {"number": unit + 1, "layer": self._names[node]})

    def row_title(self, node: str, row: int) -> Message | str:
        """A unit as in ``unit_title``, and for maxout which of its pieces."""
        layer = self._wiring.layers[node]
        unit = self.unit_title(node, self._wiring.unit_of(layer, row))
        piece = self._piece(layer, row)
        return Message("explain.piece", {"piece": piece, "neuron": unit}) if piece else unit

    def weight_ends(self, connection: str, row: int, column: int) -> dict[str, object]:
        """Where a weight of a connection comes from ("source"), and where it leads ("neuron")."""
        source, layer = self._wiring.source_of[connection], self._wiring.target_of[connection]
        return {
            "source": self.unit_title(source, column),
            "neuron": self.row_title(layer.node, row),
        }

    def own_weight_ends(self, node: str, row: int, column: int) -> dict[str, object]:
        """Whose state a recurrent weight sees ("source"), and whose sum it goes into ("neuron")."""
        return {"source": self.unit_title(node, column), "neuron": self.row_title(node, row)}

    def parameter_title(self, parameter: Quantity) -> Message:
        """ "the weight from x1 to N1", "the bias of N1", "the recurrent weight from unit …"."""
        owner, row = parameter.owner, parameter.row
        if parameter.kind == "u":
            ends = self.own_weight_ends(owner, row, parameter.column)
            return Message("explain.own_weight_of", ends)
        if parameter.kind == "b":
            return Message("explain.bias_of", {"neuron": self.row_title(owner, row)})
        return Message("explain.weight_of", self.weight_ends(owner, row, parameter.column))


def _feature_latex(feature: Feature, columns: Sequence[str]) -> str:
    """x_1^2, x_1 x_2, sin x_1."""
    symbols = [column_latex(columns[k]) if k < len(columns) else "?" for k in feature.columns]
    formats = {"square": "{}^{{2}}", "product": r"{}\,{}", "sine": r"\sin {}"}
    return formats[feature.function].format(*symbols)


@functools.lru_cache(maxsize=8)
def names_of(document: Document, spec: PlanSpec) -> tuple[Wiring, Names]:
    """The wiring and the names of a plan, made once."""
    wiring = Wiring(spec)
    return wiring, Names(document, wiring)
