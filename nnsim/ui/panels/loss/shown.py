"""How much of a run is to be seen in a plot of it."""

from __future__ import annotations

from nnsim.engine.record import Quantity
from nnsim.session.frame import Frame
from nnsim.session.session import Session


def shown_iterations(session: Session, frame: Frame) -> int:
    """How many iterations have come about: the latest only once its errors are shown."""
    computed = session.computed
    if session.position.iteration < computed:
        return computed
    last = Quantity("e", row=frame.spec.output_count - 1, sample=frame.walk.batch - 1)
    is_shown = frame.is_shown(last) and frame.is_shown(Quantity("L"))
    return computed if is_shown else computed - 1
