"""A document being run: stepping forward and back, the trace, replay."""

from nnsim.session.session import Position, Session
from nnsim.session.walk import Level, Moment, Phase, Walk

__all__ = ["Level", "Moment", "Phase", "Position", "Session", "Walk"]
