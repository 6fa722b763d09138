"""A Markov chain of three states: some steps from a state, and where it ends up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import Field as Limits

from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import as_float
from nnsim.document.schema import Part
from nnsim.engine.layout import Array
from nnsim.engine.learners.markov.chain import MarkovChain
from nnsim.engine.learners.markov.power import PowerIteration
from nnsim.engine.record import Record
from nnsim.exercises.forms.base import Field, Form, Values, given
from nnsim.exercises.forms.kinds import FormKind
from nnsim.exercises.sheet import Heading
from nnsim.explain.expression import Difference, Expression, Product, Quotient, sum_of

STATES = 3
_OTHERS = ((1, 2), (0, 2), (0, 1))

Chance = Annotated[float, Limits(ge=0, le=1, allow_inf_nan=False)]
Pair = Annotated[list[Chance], Limits(min_length=2, max_length=2)]


class ChainGiven(Part):
    """``moves``: for each state the probabilities of going to the two others, in their order; with
    what is left to 1 the chain stays.  ``start``: the state it begins in, from 1.
    """

    moves: list[Pair] = Limits(min_length=STATES, max_length=STATES)
    start: int = Limits(ge=1, le=STATES)
    steps: int = Limits(default=3, ge=1, le=6)


def _chain(part: ChainGiven) -> Form:
    """Raises NnsimError where a row is no distribution or the chain has several ends."""
    chain = MarkovChain(_matrix(part.moves))
    if not chain.converges:
        raise NnsimError.of("forms.markov.no_single_end")
    found = _distributions(chain, part)
    rows = [
        Heading(f"from{i + 1}", Message("forms.markov.from", {"state": i + 1}), f"a_{{{i + 1}j}}")
        for i in range(STATES)
    ]
    rows += [
        Heading(f"step{t}", Message("forms.markov.step", {"step": t}), rf"\pi^{{({t})}}")
        for t in range(part.steps + 1)
    ]
    rows.append(Heading("end", Message("forms.markov.stationary"), r"\pi"))
    columns = tuple(
        Heading(f"{j + 1}", Message("forms.markov.state", {"state": j + 1}), f"{j + 1}")
        for j in range(STATES)
    )
    fields = [_transition(chain, i, j) for i in range(STATES) for j in range(STATES)]
    fields += [_start(part, j) for j in range(STATES)]
    fields += [
        _step(t, j, float(found[t][j])) for t in range(1, part.steps + 1) for j in range(STATES)
    ]
    fields += [_stationary(j, float(chain.stationary[0][j])) for j in range(STATES)]
    return Form(tuple(fields), tuple(rows), columns)


def _matrix(moves: Sequence[Sequence[float]]) -> Array:
    matrix = np.zeros((STATES, STATES))
    for i, (row, others) in enumerate(zip(moves, _OTHERS, strict=True)):
        # Counted in decimals, as on paper: 1 - (0.075 + 0.025) is 0.9.
        stays = round(1.0 - sum(row), 12)
        if stays < 0:
            raise NnsimError.of("forms.markov.more_than_1", state=i + 1)
        matrix[i, list(others)] = row
        matrix[i, i] = stays
    return matrix


def _distributions(chain: MarkovChain, part: ChainGiven) -> list[Array]:
    learner = PowerIteration(chain, np.eye(STATES)[part.start - 1])
    found = [learner.distribution.copy()]
    for _ in range(part.steps):
        learner.iterate(Record())
        found.append(learner.distribution.copy())
    return found


def _transition(chain: MarkovChain, i: int, j: int) -> Field:
    words = Message("forms.markov.transition", {"from": i + 1, "to": j + 1})
    return Field(
        f"a{i + 1}{j + 1}",
        words,
        f"a_{{{i + 1}{j + 1}}}",
        value=float(chain.matrix[i, j]),
        is_exact=True,
        row=f"from{i + 1}",
        column=f"{j + 1}",
        asked=False,
    )


def _start(part: ChainGiven, j: int) -> Field:
    return Field(
        f"p0_{j + 1}",
        Message("forms.markov.probability", {"state": j + 1, "step": 0}),
        rf"\pi^{{(0)}}_{{{j + 1}}}",
        value=float(j + 1 == part.start),
        is_exact=True,
        row="step0",
        column=f"{j + 1}",
        asked=False,
    )


def _step(t: int, j: int, value: float) -> Field:
    before = [f"p{t - 1}_{i + 1}" for i in range(STATES)]

    def formula(v: Values) -> Expression:
        return sum_of(
            *(
                Product(v.known(key), v.known(f"a{i + 1}{j + 1}"), dotted=True)
                for i, key in enumerate(before)
            )
        )

    def wrong_way(v: Values) -> float:
        """A π: the row of the state, and not its column."""
        return sum(
            as_float(v[key]) * as_float(v[f"a{j + 1}{i + 1}"]) for i, key in enumerate(before)
        )

    return Field(
        f"p{t}_{j + 1}",
        Message("forms.markov.probability", {"state": j + 1, "step": t}),
        rf"\pi^{{({t})}}_{{{j + 1}}}",
        formula,
        value=value,
        bounds=(0.0, 1.0),
        row=f"step{t}",
        column=f"{j + 1}",
        slips={
            "rows_for_columns": wrong_way,
            "step_short": lambda v: v[before[j]],
        },
    )


def _stationary(j: int, value: float) -> Field:
    def formula(v: Values) -> Expression:
        if j == STATES - 1:
            others = (v.known(f"end_{i + 1}") for i in range(j))
            return Difference(given(1.0), sum_of(*others))
        shares = [_share(v, i) for i in range(STATES)]
        return Quotient(shares[j], sum_of(*shares))

    return Field(
        f"end_{j + 1}",
        Message("forms.markov.stationary_of", {"state": j + 1}),
        rf"\pi_{{{j + 1}}}",
        formula,
        value=value,
        bounds=(0.0, 1.0),
        because=Message("forms.markov.how_stationary"),
        row="end",
        column=f"{j + 1}",
        slips={
            "even_shares": lambda v: 1.0 / STATES,
            "not_normalised": lambda v: _share(v, j).value(),
        },
    )


def _share(v: Values, i: int) -> Expression:
    """What π_i is proportional to: the ways from everywhere to state i, a product for each.

    The Markov chain tree theorem, Leighton and Rivest 1986, for three states.
    """
    k, m = (state + 1 for state in _OTHERS[i])
    here = i + 1

    def a(start: int, end: int) -> Expression:
        return v.known(f"a{start}{end}")

    return sum_of(
        Product(a(k, here), a(m, here), dotted=True),
        Product(a(k, m), a(m, here), dotted=True),
        Product(a(m, k), a(k, here), dotted=True),
    )


FORMS = {"markov_chain": FormKind(ChainGiven, _chain)}
