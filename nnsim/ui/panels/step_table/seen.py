"""How much of the iterations a person has seen: no table tells more than that."""

from __future__ import annotations

from nnsim.session.frame import Frame


class Seen:
    """The frame that went furthest: what of its iteration has not come about stays hidden."""

    def __init__(self) -> None:
        self._furthest: Frame | None = None

    def note(self, frame: Frame) -> None:
        """This frame is looked at."""
        furthest = self._furthest
        if furthest is None or (iteration_of(frame), frame.done) >= (
            iteration_of(furthest),
            furthest.done,
        ):
            self._furthest = frame

    def forget(self, valid: int) -> None:
        """Iterations after ``valid`` are no longer what they were."""
        if self._furthest is not None and iteration_of(self._furthest) > valid:
            self._furthest = None

    @property
    def reached(self) -> int:
        """Iterations that have been seen to their end."""
        if self._furthest is None:
            return 0
        return iteration_of(self._furthest) - (not self._furthest.is_complete)

    def partly(self, iteration: int, frame: Frame | None) -> Frame | None:
        """The frame that says how much of an iteration is shown; None where all of it is.

        ``frame`` is the one that is looked at.
        """
        if frame is None or iteration_of(frame) != iteration:
            furthest = self._furthest
            frame = furthest if furthest and iteration_of(furthest) == iteration else None
        return None if frame is None or frame.is_complete else frame


def iteration_of(frame: Frame) -> int:
    """The iteration that a frame shows, from 1."""
    assert frame.record.metrics is not None
    return frame.record.metrics.iteration
