"""The run behind an export: how far it goes, and its records one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nnsim.core.messages import Message
from nnsim.document.model import Document
from nnsim.engine.learners import Verdict
from nnsim.engine.record import Metrics, Record
from nnsim.session.outcome import outcome_message
from nnsim.session.running import Runner


@dataclass(frozen=True)
class Extent:
    """How much of a run is exported.

    By default one epoch.  ``iterations``: exactly so many; ``until_converged``: to the verdict or
    to the limit of the settings; both: to the verdict, but at most so many.
    """

    iterations: int | None = None
    until_converged: bool = False

    def __post_init__(self) -> None:
        if self.iterations is not None and self.iterations < 1:
            raise ValueError("an export has at least one iteration")


class TraceRun:
    """Runs a document from its start and hands out the record of every iteration.

    ``iterations``, ``rows`` and ``outcome`` speak of what was handed out so far.
    Raises NnsimError for a document that cannot run.
    """

    def __init__(self, document: Document, extent: Extent) -> None:
        self._document = document
        self._extent = extent
        self._changes = frozenset(change.iteration for change in document.changes)
        self._limit = document.training.limit
        self._runner = Runner(document)
        self._runner.watch()
        self.rows = 0

    @property
    def iterations(self) -> int:
        """Iterations done."""
        return self._runner.iteration

    @property
    def total(self) -> int:
        """How many iterations there will be at most."""
        if self._extent.iterations is not None:
            return self._extent.iterations
        return max(self._limit, self.iterations)

    @property
    def verdict(self) -> Verdict | None:
        """What the run has come to, if that is decided."""
        return self._runner.verdict

    @property
    def outcome(self) -> Message:
        """The same in a sentence."""
        return outcome_message(self._document, self.verdict, self.iterations)

    def records(self) -> Iterator[Record]:
        """The records of all iterations of the extent, each computed when it is asked for."""
        sources = {c.id: c.source for c in self._document.connections}
        while True:
            record = Record(sources=sources)
            record.metrics = metrics = self._runner.iterate(record)
            self.rows += len(metrics.samples)
            yield record
            if self._is_last(metrics):
                return

    def _is_last(self, metrics: Metrics) -> bool:
        iteration, extent = metrics.iteration, self._extent
        if extent.iterations is not None:
            if iteration >= extent.iterations:
                return True
            if not extent.until_converged:
                return False
        if iteration in self._changes:
            self._limit = self._document.settings_at(iteration)[0].limit
        if not extent.until_converged and metrics.epoch_ended:
            return True
        # Changes that are still to come belong to the run: a verdict before them ends nothing.
        is_decided = self.verdict is not None and iteration > max(self._changes, default=0)
        return is_decided or iteration >= self._limit


def length_of(document: Document, extent: Extent, most: int) -> int | None:
    """Iterations of this extent of the document's run; None where there are more than ``most``.

    They are run for it.  Raises NnsimError for a document that cannot run.
    """
    run = TraceRun(document, extent)
    for _ in run.records():
        if run.iterations > most:
            return None
    return run.iterations
