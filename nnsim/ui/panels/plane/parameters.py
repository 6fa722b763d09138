"""The parameters a plane is drawn with: as they are shown now, and before the last update."""

from __future__ import annotations

from nnsim.engine.record import Record
from nnsim.session.frame import Frame
from nnsim.session.probing import (
    Probe,
    last_update,
    parameters_at,
    parameters_before,
    probe_for,
)
from nnsim.session.session import Session
from nnsim.session.walk import Phase


class Parameters:
    """Two probes of a document: ``now``, and ``before`` the last update, None where there is none.

    It is made anew with every document.
    """

    def __init__(self, session: Session, frame: Frame) -> None:
        self._session = session
        self.now = probe_for(session.document, frame.spec)
        self.before: Probe | None = None
        self._before_iteration: int | None = None
        self._taken: tuple[Record, bool] | None = None
        self._asked: Record | None = None

    def take(self, frame: Frame) -> bool:
        """Take the parameters as they are shown; True where they are others than before."""
        if frame.is_complete or frame.phase is not Phase.ADJUST:
            # Most moments change none: asking each one for its value would be in vain.
            taken = (frame.record, frame.is_complete)
            if (
                self._taken is not None
                and self._taken[0] is taken[0]
                and self._taken[1] is taken[1]
            ):
                return False
            self._taken = taken
        else:
            self._taken = None
        is_moved = self.now.put(parameters_at(frame))
        is_same = self._asked is frame.record and not is_moved
        self._asked = frame.record
        # The last update is still the same where the same parameters stand in the same iteration.
        return not is_same and (self._take_before(frame) or is_moved)

    def _take_before(self, frame: Frame) -> bool:
        """Take the parameters before the last update; True where they are others than before."""
        iteration = last_update(self._session)
        if iteration == self._before_iteration:
            return False
        self._before_iteration = iteration
        if iteration is None:
            self.before = None
            return True
        if self.before is None:
            self.before = probe_for(self._session.document, frame.spec)
        self.before.put(parameters_before(frame.spec, self._session.record(iteration)))
        return True
