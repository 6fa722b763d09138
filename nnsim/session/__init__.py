"""A document being run: stepping forward and back, the trace, replay."""

from nnsim.session.session import Position, Session
from nnsim.session.training import Goal
from nnsim.session.walk import Level, Moment, Phase, Walk

__all__ = ["Goal", "Level", "Moment", "Phase", "Position", "Session", "Walk"]
