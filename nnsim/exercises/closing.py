"""Questions that close a trace: on what its run has come to.  The answers are the engine's."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from nnsim.core.messages import Message, NnsimError
from nnsim.engine.learners import VerdictKind
from nnsim.exercises.answers import Option
from nnsim.exercises.forms.base import Field, Form
from nnsim.explain.expression import Difference
from nnsim.session import Session

_LEARNS = ("never", "slowly", "yes")
_WHY = ("same_state", "more_rows", "other_step", "other_start")


def closing_form(name: str, session: Session) -> Form:
    """The questions of this name on a run that has come to its end.

    Raises NnsimError ``exercise.no_cycle`` where the run does not come back to an earlier state.
    """
    return QUESTIONS[name](session)


def _cycle(session: Session) -> Form:
    """Which state comes back, how long the cycle is, and why the run never ends."""
    verdict = session.verdict
    if verdict is None or verdict.kind is not VerdictKind.REPEATS:
        raise NnsimError.of("exercise.no_cycle")
    first, again = verdict.same_as, verdict.iteration
    assert first is not None
    return Form(
        (
            Field("again", Message("forms.cycle.again"), "k_{2}", value=again, is_exact=True),
            Field("first", Message("forms.cycle.first"), "k_{1}", value=first, is_exact=True),
            Field(
                "length",
                Message("forms.cycle.length"),
                "k_{2} - k_{1}",
                lambda of: Difference(of.known("again"), of.known("first")),
                value=again - first,
                is_exact=True,
                slips={"one_too_many": lambda of: of["again"] - of["first"] + 1},
            ),
            Field(
                "why",
                Message("forms.cycle.why"),
                options=tuple(Option(c, Message(f"forms.cycle.because.{c}")) for c in _WHY),
                choice="same_state",
                because=Message("forms.cycle.hint"),
            ),
        )
    )


def _learns(session: Session) -> Form:
    """Whether the first iteration can change anything."""
    arrays = session.record(1).arrays
    gradients = [arrays[name] for name in arrays if name.startswith(("gw:", "gb:"))]
    is_dead = not any(np.any(gradient) for gradient in gradients)
    return Form(
        (
            Field(
                "learns",
                Message("forms.learns.question"),
                options=tuple(Option(c, Message(f"forms.learns.{c}")) for c in _LEARNS),
                choice="never" if is_dead else "yes",
                because=Message("forms.learns.hint"),
            ),
        )
    )


#: Name in exercise files -> the questions.
QUESTIONS: Mapping[str, Callable[[Session], Form]] = {"cycle": _cycle, "learns": _learns}
