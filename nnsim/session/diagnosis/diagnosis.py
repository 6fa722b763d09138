"""What a diagnosis says, as a value: which trouble, how grave, where, since when, and why so."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias

from nnsim.core.messages import Message


class Severity(enum.IntEnum):
    """How grave it is.  A notice is worth knowing and no alarm."""

    NOTICE = 1
    WARNING = 2
    FAILURE = 3


class Trouble(enum.StrEnum):
    """What may go wrong.

    DYING_RELU: ReLU units that are off on every sample from the start.  DYING_BY_STEP: units that
    too large a step has pushed there.  VANISHING: next to no gradient comes down to the first
    layer.  EXPLODING_START: start values that make sums and gradients grow from layer to layer.
    EXPLODING_TIME: a gradient that grows on its way back through the time steps of a recurrent
    layer.
    EXPLODING_STEP: steps so large that the loss grows.  COLLAPSE: a generator that makes samples of
    a small part of the real ones only.  PLATEAU: the loss stays at what one gets
    who does not look at the inputs.
    """

    DYING_RELU = "dying_relu"
    DYING_BY_STEP = "dying_by_step"
    VANISHING = "vanishing"
    EXPLODING_START = "exploding_start"
    EXPLODING_TIME = "exploding_time"
    EXPLODING_STEP = "exploding_step"
    PLATEAU = "plateau"
    COLLAPSE = "collapse"


@dataclass(frozen=True)
class Diagnosis:
    """One trouble of a run.

    ``nodes`` are the ids of the nodes at fault, those of the layer that ``evidence`` speaks of
    first.  ``since``: the iterations done when it was there for the first time, 0 for the start
    values; ``epoch`` the one of that iteration.  ``reason`` tells apart what has the same trouble
    come about (a key of the catalogue); ``evidence`` are the numbers, as sentences.
    """

    trouble: Trouble
    severity: Severity
    nodes: tuple[str, ...]
    since: int
    epoch: int
    reason: str
    evidence: tuple[Message, ...]

    @property
    def is_alarm(self) -> bool:
        """Whether something should be done about it."""
        return self.severity >= Severity.WARNING


Diagnoses: TypeAlias = tuple[Diagnosis, ...]
