"""What several rules say of a loss, and how numbers stand in their sentences."""

from __future__ import annotations

from collections.abc import Iterator

from nnsim.core.messages import Message
from nnsim.session.diagnosis.findings import Findings

#: A loss so many times the first one has exploded.
MOST_LOSS = 10.0


def astray(findings: Findings) -> Iterator[Message]:
    """What the loss has come to, if it is no number or many times the first one."""
    first, recent = findings.first_loss, findings.course.recent
    if findings.not_finite is not None:
        params: dict[str, object] = {"iteration": findings.not_finite}
        yield Message("diagnosis.evidence.not_finite", params)
    elif first > 0 and recent > MOST_LOSS * first:
        params = {"loss": short(recent), "first": short(first), "times": short(recent / first)}
        yield Message("diagnosis.evidence.times_first", params)


def short(value: float, digits: int = 3) -> float:
    """As many digits as are of use in a sentence."""
    return float(f"{value:.{digits}g}")
