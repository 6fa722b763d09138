"""Recurrent layers of one unit, by hand: a simple one over some steps, a step of LSTM and of GRU.

The numbers are those that the engine's recurrent layers record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import Field as Limits

from nnsim.core.messages import Message
from nnsim.core.numbers import Number, as_float
from nnsim.document.schema import Finite, Part
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.layout import Array
from nnsim.engine.losses import LossSpec
from nnsim.engine.ops.recurrent import RecurrentSpec
from nnsim.engine.ops.recurrent_gru import GRUSpec
from nnsim.engine.ops.recurrent_lstm import LSTMSpec
from nnsim.engine.ops.recurrent_simple import SimpleRecurrentSpec
from nnsim.engine.plan import Plan, PlanSpec, Source
from nnsim.engine.record import Record
from nnsim.exercises.forms.base import Field, Form, Slip, Values, given
from nnsim.exercises.forms.kinds import FormKind
from nnsim.exercises.forms.parts import scaled, sigmoid, sigmoid_of, tanh
from nnsim.exercises.sheet import Heading
from nnsim.explain.expression import Call, Difference, Expression, Product, sum_of

#: What a sum is computed with: weight of the input, weight of the state, bias.
Gate = Annotated[list[Finite], Limits(min_length=3, max_length=3)]

_SOURCES = (Source("c", "x"),)
_ABOVE_0 = (0.0, 1.0)
_BETWEEN = (-1.0, 1.0)


class StepsGiven(Part):
    """A simple recurrent unit: s_t = w x_t + u h_{t-1} + b, h_t = f(s_t)."""

    inputs: list[Finite] = Limits(min_length=1, max_length=8)
    w: Finite
    u: Finite
    b: Finite = 0.0
    state: Finite = 0.0
    activation: Literal["tanh", "sigmoid", "relu", "identity"] = "tanh"


class LstmGiven(Part):
    """One step of an LSTM of one unit, from the state (h, c)."""

    x: Finite
    h: Finite
    c: Finite
    forget_gate: Gate
    input_gate: Gate
    candidate: Gate
    output_gate: Gate


class GruGiven(Part):
    """One step of a GRU of one unit, from the state h."""

    x: Finite
    h: Finite
    reset_gate: Gate
    update_gate: Gate
    candidate: Gate


def _recorded(
    spec: RecurrentSpec,
    inputs: Sequence[float],
    gates: Sequence[Sequence[float]],
    states: Mapping[str, float],
) -> Mapping[str, Array]:
    """What the engine records of a layer of one unit; ``gates`` in the order of its rows."""
    sizes = (("x", (len(inputs), 1)),)
    start = {
        "w:c": np.array([[w] for w, _, _ in gates]),
        "u:r": np.array([[u] for _, u, _ in gates]),
        "b:r": np.array([b for _, _, b in gates]),
    }
    start |= {f"{name}0:r": np.array([[number]]) for name, number in states.items()}
    plan = Plan(PlanSpec(sizes, (spec,), ("r",), LossSpec("mse"), "float64"), start)
    workspace = plan.workspace(1)
    workspace.load(np.array([inputs], dtype=np.float64))
    record = Record()
    workspace.forward(record)
    return record.arrays


def _sum(gate: Sequence[float], symbol: str, x: Expression, h: Expression) -> Expression:
    """w x + u h + b, the three with the symbol of their gate."""
    w, u, b = gate
    index = f"_{{{symbol}}}" if symbol else ""
    return sum_of(scaled(w, f"w{index}", x), scaled(u, f"u{index}", h), given(b, f"b{index}"))


def _sum_slips(
    gate: Sequence[float], x: Callable[[Values], Number], h: Callable[[Values], Number]
) -> dict[str, Slip]:
    w, u, b = gate
    return {
        "state_forgotten": lambda v: w * as_float(x(v)) + b,
        "bias_forgotten": lambda v: w * as_float(x(v)) + u * as_float(h(v)),
        "weights_of_state_and_input": lambda v: u * as_float(x(v)) + w * as_float(h(v)) + b,
    }


# -- the simple recurrent unit -------------------------------------------------------------------


def _steps(part: StepsGiven) -> Form:
    gate = (part.w, part.u, part.b)
    spec = SimpleRecurrentSpec(
        "r", 1, _SOURCES, carried=1, activation=ActivationSpec(part.activation)
    )
    arrays = _recorded(spec, part.inputs, [gate], {"h": part.state})
    fields: list[Field] = []
    for step, x in enumerate(part.inputs, 1):
        fields += _step_fields(part, step, x, arrays)
    columns = (
        Heading("x", Message("forms.recurrent.input"), "x_t"),
        Heading("s", Message("forms.recurrent.sum"), "s_t"),
        Heading("h", Message("forms.recurrent.state"), "h_t"),
    )
    rows = tuple(
        Heading(f"{step}", Message("forms.recurrent.step", {"step": step}), f"t = {step}")
        for step in range(1, len(part.inputs) + 1)
    )
    return Form(tuple(fields), rows, columns)


def _step_fields(
    part: StepsGiven, step: int, x: float, arrays: Mapping[str, Array]
) -> tuple[Field, ...]:
    gate = (part.w, part.u, part.b)
    before = f"h{step - 1}"

    def state(v: Values) -> Expression:
        return v.known(before) if step > 1 else given(part.state, "h_0")

    def state_number(v: Values) -> Number:
        return v[before] if step > 1 else part.state

    slips = _sum_slips(gate, lambda v: x, state_number)
    if step > 1:
        slips["sum_for_state"] = lambda v: (
            part.w * x + part.u * as_float(v[f"s{step - 1}"]) + part.b
        )
    return (
        Field(
            f"x{step}",
            Message("forms.recurrent.input"),
            f"x_{{{step}}}",
            value=x,
            is_exact=True,
            row=f"{step}",
            column="x",
            asked=False,
        ),
        Field(
            f"s{step}",
            Message("forms.recurrent.sum"),
            f"s_{{{step}}}",
            lambda v: _sum(gate, "", v.known(f"x{step}"), state(v)),
            value=float(arrays["s:r"][0, step - 1, 0]),
            row=f"{step}",
            column="s",
            slips=slips,
        ),
        Field(
            f"h{step}",
            Message("forms.recurrent.state"),
            f"h_{{{step}}}",
            lambda v: _activated(part.activation, v.known(f"s{step}")),
            value=float(arrays["h:r"][0, step - 1, 0]),
            bounds={"tanh": _BETWEEN, "sigmoid": _ABOVE_0}.get(part.activation),
            row=f"{step}",
            column="h",
            slips=_activation_slips(part.activation, f"s{step}"),
        ),
    )


def _activated(name: str, z: Expression) -> Expression:
    match name:
        case "tanh":
            return tanh(z)
        case "sigmoid":
            return sigmoid(z)
        case "relu":
            return Call(r"\max\left(", r"\right)", np.maximum, given(0.0), z)
    return Call(r"f\left(", r"\right)", np.positive, z)


def _activation_slips(name: str, key: str) -> dict[str, Slip]:
    slips: dict[str, Slip] = {}
    if name != "sigmoid":
        slips["sigmoid_for_tanh" if name == "tanh" else "other_activation"] = lambda v: sigmoid_of(
            v[key]
        )
    if name != "tanh":
        slips["tanh_for_sigmoid" if name == "sigmoid" else "other_activation"] = lambda v: np.tanh(
            as_float(v[key])
        )
    if name != "identity":
        slips["activation_forgotten"] = lambda v: v[key]
    return slips


# -- gates ---------------------------------------------------------------------------------------

_GATE_COLUMNS = (
    Heading("sum", Message("forms.recurrent.sum"), "s"),
    Heading("value", Message("exercise.value")),
)


def _heading(letter: str) -> Heading:
    return Heading(letter, _words(letter), _symbol(letter))


def _words(letter: str) -> Message:
    return Message(f"forms.recurrent.{letter}")


def _symbol(letter: str) -> str:
    return {"n": r"\tilde{h}", "c": "c_t", "h": "h_t"}.get(letter, letter)


def _gate_fields(
    letter: str,
    function: Literal["sigmoid", "tanh"],
    gate: Sequence[float],
    x: Expression,
    h: Callable[[Values], Expression],
    values: tuple[float, float],
    slips: Mapping[str, Slip],
) -> tuple[Field, Field]:
    """The sum w x + u h + b of a gate or candidate, and its value; ``values`` are the engine's."""
    total, value = values
    return (
        Field(
            f"s_{letter}",
            Message("forms.recurrent.sum_of", {"what": _words(letter)}),
            f"s_{{{_symbol(letter)}}}",
            lambda v: _sum(gate, _symbol(letter), x, h(v)),
            value=total,
            row=letter,
            column="sum",
            slips=slips,
        ),
        Field(
            letter,
            _words(letter),
            _symbol(letter),
            lambda v: _activated(function, v.known(f"s_{letter}")),
            value=value,
            bounds=_ABOVE_0 if function == "sigmoid" else _BETWEEN,
            row=letter,
            column="value",
            slips=_activation_slips(function, f"s_{letter}"),
        ),
    )


def _lstm(part: LstmGiven) -> Form:
    x, h, c = given(part.x, "x_t"), given(part.h, "h_{t-1}"), given(part.c, "c_{t-1}")
    gates = {
        "i": part.input_gate,
        "f": part.forget_gate,
        "g": part.candidate,
        "o": part.output_gate,
    }
    spec = LSTMSpec("r", 1, _SOURCES, carried=1)
    arrays = _recorded(spec, [part.x], list(gates.values()), {"h": part.h, "c": part.c})
    sums = dict(zip(gates, arrays["s:r"][0, 0].tolist(), strict=True))
    fields: list[Field] = []
    for letter in ("f", "i", "g", "o"):
        gate = gates[letter]
        fields += _gate_fields(
            letter,
            "tanh" if letter == "g" else "sigmoid",
            gate,
            x,
            lambda v: h,
            (sums[letter], float(arrays[f"{letter}:r"][0, 0, 0])),
            _sum_slips(gate, lambda v: part.x, lambda v: part.h),
        )
    cell = Field(
        "c",
        _words("c"),
        "c_t",
        lambda v: sum_of(Product(v.known("f"), c), Product(v.known("i"), v.known("g"))),
        value=float(arrays["c:r"][0, 0, 0]),
        row="c",
        column="value",
        slips={
            "gates_swapped": lambda v: v["i"] * part.c + v["f"] * v["g"],
            "cell_forgotten": lambda v: v["i"] * v["g"],
            "candidate_forgotten": lambda v: v["f"] * part.c + v["i"],
            "state_for_cell": lambda v: v["f"] * part.h + v["i"] * v["g"],
        },
    )
    state = Field(
        "h",
        _words("h"),
        "h_t",
        lambda v: Product(v.known("o"), tanh(v.known("c"))),
        value=float(arrays["h:r"][0, 0, 0]),
        bounds=_BETWEEN,
        row="h",
        column="value",
        slips={
            "tanh_forgotten": lambda v: v["o"] * v["c"],
            "gate_forgotten": lambda v: np.tanh(as_float(v["c"])),
            "sigmoid_for_tanh": lambda v: v["o"] * sigmoid_of(v["c"]),
            "old_cell": lambda v: v["o"] * np.tanh(part.c),
        },
    )
    rows = tuple(_heading(letter) for letter in "figoch")
    return Form((*fields, cell, state), rows, _GATE_COLUMNS)


def _gru(part: GruGiven) -> Form:
    x, h = given(part.x, "x_t"), given(part.h, "h_{t-1}")
    gates = {"r": part.reset_gate, "z": part.update_gate, "n": part.candidate}
    # As it was published: the reset gate acts on the state.  With a single unit and a single bias
    # the other convention, r (U h), gives the same numbers.
    spec = GRUSpec("r", 1, _SOURCES, carried=1, reset_after=False)
    arrays = _recorded(spec, [part.x], list(gates.values()), {"h": part.h})
    # The recorded sum of a candidate has its W x + b and its U (r h) together.
    sums = dict(zip(gates, arrays["s:r"][0, 0].tolist(), strict=True))
    values = {letter: float(arrays[f"{letter}:r"][0, 0, 0]) for letter in gates}
    fields: list[Field] = []
    for letter in ("r", "z"):
        gate = gates[letter]
        fields += _gate_fields(
            letter,
            "sigmoid",
            gate,
            x,
            lambda v: h,
            (sums[letter], values[letter]),
            _sum_slips(gate, lambda v: part.x, lambda v: part.h),
        )
    w, u, b = part.candidate
    fields += _gate_fields(
        "n",
        "tanh",
        part.candidate,
        x,
        lambda v: Product(v.known("r"), h),
        (sums["n"], values["n"]),
        {
            "reset_forgotten": lambda v: w * part.x + u * part.h + b,
            "gates_exchanged": lambda v: w * part.x + u * as_float(v["z"]) * part.h + b,
            **_sum_slips(part.candidate, lambda v: part.x, lambda v: v["r"] * part.h),
        },
    )
    state = Field(
        "h",
        _words("h"),
        "h_t",
        lambda v: sum_of(
            Product(Difference(given(1.0), v.known("z")), v.known("n")), Product(v.known("z"), h)
        ),
        value=float(arrays["h:r"][0, 0, 0]),
        row="h",
        column="value",
        slips={
            "other_convention": lambda v: v["z"] * v["n"] + (1 - as_float(v["z"])) * part.h,
            "gates_exchanged": lambda v: (1 - as_float(v["r"])) * v["n"] + v["r"] * part.h,
            "update_alone": lambda v: (1 - as_float(v["z"])) * v["n"],
        },
    )
    rows = tuple(_heading(letter) for letter in "rznh")
    return Form((*fields, state), rows, _GATE_COLUMNS)


FORMS = {
    "rnn_steps": FormKind(StepsGiven, _steps),
    "lstm_step": FormKind(LstmGiven, _lstm),
    "gru_step": FormKind(GruGiven, _gru),
}
