"""Boltzmann machines by hand: all energies of a small one, and a step of contrastive divergence."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Self

import numpy as np
from pydantic import Field as Limits
from pydantic import model_validator

from nnsim.core.messages import Message
from nnsim.core.numbers import as_float
from nnsim.document.schema import Finite, Part, Positive
from nnsim.engine.layout import Array
from nnsim.engine.learners.boltzmann import (
    DivergenceSettings,
    Machine,
    RestrictedBoltzmannLearner,
    all_states,
)
from nnsim.engine.learners.feed import Feed
from nnsim.engine.record import Record
from nnsim.exercises.forms.base import Field, Form, Slip, Values, given
from nnsim.exercises.forms.kinds import FormKind
from nnsim.exercises.forms.parts import exponential, sigmoid
from nnsim.explain.expression import (
    Computed,
    Difference,
    Expression,
    Negative,
    Product,
    Quotient,
    Writer,
    sum_of,
)

Bit = Annotated[int, Limits(ge=0, le=1)]
Draw = Annotated[float, Limits(ge=0, lt=1, allow_inf_nan=False)]


# -- the general machine -------------------------------------------------------------------------


class MachineGiven(Part):
    """``links``: w12, w13, …, w23, …: one for each pair; ``visible`` units come first."""

    links: list[Finite] = Limits(min_length=3, max_length=6)
    biases: list[Finite] = Limits(min_length=3, max_length=4)
    visible: int = Limits(default=2, ge=1, le=4)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        units = len(self.biases)
        if len(self.links) != units * (units - 1) // 2 or self.visible > units:
            raise ValueError("a link for each pair, and no more visible units than units")
        return self


def _machine(part: MachineGiven) -> Form:
    units = len(part.biases)
    weights = np.zeros((units, units))
    for (i, j), link in zip(_pairs(units), part.links, strict=True):
        weights[i, j] = weights[j, i] = link
    machine = Machine(weights, np.array(part.biases, np.float64), part.visible)
    states = all_states(units).astype(int).tolist()
    energies = machine.energy(all_states(units)).tolist()
    fields = [_energy(part, s, e) for s, e in zip(states, energies, strict=True)]
    fields.append(_partition(states, float(np.exp(machine.log_partition()))))
    patterns = all_states(part.visible)
    likelihoods = np.exp(machine.log_likelihood(patterns)).tolist()
    for pattern, value in zip(patterns.astype(int).tolist(), likelihoods, strict=True):
        fields.append(_probability(pattern, units - part.visible, value))
    return Form(tuple(fields))


def _pairs(units: int) -> list[tuple[int, int]]:
    return list(itertools.combinations(range(units), 2))


def _bits(state: Sequence[int]) -> str:
    return "".join(map(str, state))


def _energy(part: MachineGiven, state: Sequence[int], value: float) -> Field:
    links = [
        (link, i, j)
        for (i, j), link in zip(_pairs(len(state)), part.links, strict=True)
        if state[i] and state[j]
    ]
    biases = [(bias, i) for i, bias in enumerate(part.biases) if state[i]]

    def formula(v: Values) -> Expression:
        addends: list[Expression] = [given(w, f"w_{{{i + 1}{j + 1}}}") for w, i, j in links]
        addends += [given(b, f"b_{{{i + 1}}}") for b, i in biases]
        return Negative(sum_of(*addends)) if addends else given(0.0)

    linked, biased = sum(w for w, _, _ in links), sum(b for b, _ in biases)
    slips: dict[str, Slip] = {}
    if links:
        slips["links_twice"] = lambda v: -2 * linked - biased
        slips["links_forgotten"] = lambda v: -biased
    if links and biases:
        slips["biases_forgotten"] = lambda v: -linked
        slips["biases_subtracted"] = lambda v: biased - linked
    return Field(
        f"E{_bits(state)}",
        Message("forms.boltzmann.energy", {"state": " ".join(map(str, state))}),
        f"E({_bits(state)})",
        formula,
        value=value,
        slips=slips,
    )


def _factors(v: Values, states: Sequence[Sequence[int]]) -> Expression:
    return sum_of(*(exponential(Negative(v.known(f"E{_bits(s)}"))) for s in states))


def _factor_sum(v: Values, states: Sequence[Sequence[int]], sign: float = -1.0) -> float:
    return float(sum(np.exp(sign * as_float(v[f"E{_bits(s)}"])) for s in states))


def _partition(states: Sequence[Sequence[int]], value: float) -> Field:
    return Field(
        "Z",
        Message("forms.boltzmann.partition"),
        "Z",
        lambda v: _factors(v, states),
        value=value,
        bounds=(0.0, float("inf")),
        slips={
            "energy_sign": lambda v: _factor_sum(v, states, 1.0),
            "energies_added": lambda v: sum(as_float(v[f"E{_bits(s)}"]) for s in states),
            "ground_state_forgotten": lambda v: _factor_sum(v, states[1:]),
        },
    )


def _probability(pattern: Sequence[int], hidden: int, value: float) -> Field:
    states = [[*pattern, *code] for code in itertools.product((0, 1), repeat=hidden)]
    slips: dict[str, Slip] = {
        "not_divided_by_z": lambda v: _factor_sum(v, states),
        "energy_sign": lambda v: _factor_sum(v, states, 1.0) / as_float(v["Z"]),
    }
    if hidden:
        slips["hidden_not_summed"] = lambda v: _factor_sum(v, states[:1]) / as_float(v["Z"])
    return Field(
        f"p{_bits(pattern)}",
        Message("forms.boltzmann.probability", {"state": " ".join(map(str, pattern))}),
        f"p({_bits(pattern)})",
        lambda v: Quotient(_factors(v, states), v.known("Z")),
        value=value,
        bounds=(0.0, 1.0),
        slips=slips,
    )


# -- the restricted machine ----------------------------------------------------------------------


class DivergenceGiven(Part):
    """One step of CD-1: ``weights`` a row for each hidden unit; ``draws_h`` and ``draws_v`` are the
    random numbers that decide: a unit becomes 1 where its number is less than its probability.
    """

    pattern: list[Bit] = Limits(min_length=1, max_length=4)
    weights: list[list[Finite]] = Limits(min_length=1, max_length=3)
    visible_biases: list[Finite]
    hidden_biases: list[Finite]
    draws_h: list[Draw]
    draws_v: list[Draw]
    learning_rate: Positive

    @model_validator(mode="after")
    def _fits(self) -> Self:
        visible, hidden = len(self.pattern), len(self.weights)
        sizes = {len(row) for row in self.weights} | {len(self.visible_biases), len(self.draws_v)}
        if sizes != {visible} or {len(self.hidden_biases), len(self.draws_h)} != {hidden}:
            raise ValueError("a bias and a random number for each unit, a weight for each pair")
        return self


class _Drawn(np.random.Generator):
    """A generator of the random numbers that a statement gives."""

    def __init__(self, draws: Sequence[Sequence[float]]) -> None:
        super().__init__(np.random.PCG64(0))
        self._draws = [np.array([row], dtype=np.float64) for row in draws]

    def random(self, *_args: Any, **_options: Any) -> Any:
        """The next of them, in place of a new one."""
        return self._draws.pop(0)


def _learnt(part: DivergenceGiven) -> tuple[Mapping[str, Array], Mapping[str, Array]]:
    """What the engine records of the step, and the changes it makes."""
    learner = RestrictedBoltzmannLearner(
        np.array([part.pattern], dtype=np.float64),
        len(part.weights),
        Feed(1),
        1,
        DivergenceSettings(part.learning_rate),
        _Drawn([part.draws_h, part.draws_v]),
        np.array(part.weights, dtype=np.float64),
    )
    learner.params["b:v"][...] = part.visible_biases
    learner.params["b:h"][...] = part.hidden_biases
    record = Record()
    learner.iterate(record)
    return record.arrays, learner.change_views


def _divergence(part: DivergenceGiven) -> Form:
    arrays, change = _learnt(part)
    hidden, visible = range(len(part.weights)), range(len(part.pattern))

    def from_pattern(v: Values, j: int) -> list[Expression]:
        return [
            Product(given(w, _weight(j, i)), given(part.pattern[i], f"v_{{{i + 1}}}"))
            for i, w in enumerate(part.weights[j])
        ]

    def from_hidden(v: Values, i: int) -> list[Expression]:
        return [
            Product(given(part.weights[j][i], _weight(j, i)), v.known(f"h{j + 1}")) for j in hidden
        ]

    def from_fantasy(v: Values, j: int) -> list[Expression]:
        return [
            Product(given(w, _weight(j, i)), v.known(f"v{i + 1}"))
            for i, w in enumerate(part.weights[j])
        ]

    fields: list[Field] = []
    for j in hidden:
        value = float(arrays["prob_h:0"][0, j])
        fields.append(_chance("h", "p", j, part.hidden_biases[j], from_pattern, value))
    for j in hidden:
        value = float(arrays["h:0"][0, j])
        fields.append(_sample("h", f"p{j + 1}", j, part.draws_h[j], value))
    for i in visible:
        value = float(arrays["prob_v:1"][0, i])
        fields.append(_chance("v", "q", i, part.visible_biases[i], from_hidden, value))
    for i in visible:
        value = float(arrays["v:1"][0, i])
        fields.append(_sample("v", f"q{i + 1}", i, part.draws_v[i], value))
    for j in hidden:
        value = float(arrays["prob_h:1"][0, j])
        fields.append(_chance("h", "r", j, part.hidden_biases[j], from_fantasy, value))
    for j, i in itertools.product(hidden, visible):
        fields.append(_change(part, j, i, float(change["w:vh"][j, i])))
    return Form(tuple(fields))


def _weight(j: int, i: int) -> str:
    return f"w_{{{j + 1}{i + 1}}}"


_SYMBOLS = {"p": "p(h_{{{}}} \\mid v)", "q": "p(v_{{{}}} \\mid h)", "r": "p(h_{{{}}} \\mid v')"}


def _chance(
    layer: str,
    key: str,
    unit: int,
    bias: float,
    addends: Callable[[Values, int], list[Expression]],
    value: float,
) -> Field:
    """A probability σ(Σ + bias); ``addends`` gives the terms of the sum."""
    letter = "c" if layer == "h" else "b"

    def total(v: Values) -> Expression:
        return sum_of(*addends(v, unit), given(bias, f"{letter}_{{{unit + 1}}}"))

    def without_bias(v: Values) -> float:
        return float(sigmoid(sum_of(*addends(v, unit))).value())

    return Field(
        f"{key}{unit + 1}",
        Message(f"forms.rbm.{key}", {"unit": unit + 1}),
        _SYMBOLS[key].format(unit + 1),
        lambda v: sigmoid(total(v)),
        value=value,
        bounds=(0.0, 1.0),
        slips={
            "activation_forgotten": lambda v: total(v).value(),
            "bias_forgotten": without_bias,
            "tanh_for_sigmoid": lambda v: np.tanh(total(v).value()),
        },
    )


def _sample(layer: str, chance: str, unit: int, draw: float, value: float) -> Field:
    """1 where the random number is less than the probability, else 0."""
    symbol = f"h_{{{unit + 1}}}" if layer == "h" else f"v'_{{{unit + 1}}}"
    number = given(draw, f"u_{{{unit + 1}}}")

    def formula(v: Values) -> Expression:
        p = v.known(chance)
        is_on = draw < as_float(p.number)

        def numbers(writer: Writer) -> str:
            sign = "<" if is_on else r"\geq"
            return rf"{int(is_on)}, \quad {number.latex(writer)} {sign} {p.latex(writer)}"

        symbols = rf"[\,{number.symbol} < {_SYMBOLS[chance[0]].format(unit + 1)}\,]"
        return Computed(symbols, numbers, lambda: 1.0 if is_on else 0.0, p)

    return Field(
        f"{layer}{unit + 1}",
        Message(f"forms.rbm.{layer}", {"unit": unit + 1}),
        symbol,
        formula,
        value=value,
        legal=(0, 1),
        slips={"random_number_above": lambda v: 0.0 if draw < as_float(v[chance]) else 1.0},
    )


def _change(part: DivergenceGiven, j: int, i: int, value: float) -> Field:
    rate, on = part.learning_rate, part.pattern[i]
    p, r, fantasy, h = f"p{j + 1}", f"r{j + 1}", f"v{i + 1}", f"h{j + 1}"

    def formula(v: Values) -> Expression:
        data = Product(v.known(p), given(on, f"v_{{{i + 1}}}"))
        model = Product(v.known(r), v.known(fantasy))
        return Product(given(rate, r"\alpha"), Difference(data, model))

    def difference(v: Values) -> float:
        return as_float(v[p]) * on - as_float(v[r]) * as_float(v[fantasy])

    return Field(
        f"dw{j + 1}{i + 1}",
        Message("forms.rbm.change", {"hidden": j + 1, "visible": i + 1}),
        rf"\Delta w_{{{j + 1}{i + 1}}}",
        formula,
        value=value,
        slips={
            "phases_exchanged": lambda v: -rate * difference(v),
            "rate_forgotten": difference,
            "negative_phase_forgotten": lambda v: rate * as_float(v[p]) * on,
            "samples_for_probabilities": lambda v: (
                rate * (as_float(v[h]) * on - as_float(v[r]) * as_float(v[fantasy]))
            ),
        },
    )


FORMS = {
    "boltzmann_machine": FormKind(MachineGiven, _machine),
    "rbm_cd1": FormKind(DivergenceGiven, _divergence),
}
