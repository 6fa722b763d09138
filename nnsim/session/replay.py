"""Records of iterations gone by, found again from the snapshots of the trace."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from nnsim.document.model import Document
from nnsim.engine.record import Record
from nnsim.engine.trace import Trace
from nnsim.session.running import Runner

# Records kept ready: a table on screen shows fewer rows, and a record of a small net is small.
_RECORDS_KEPT = 256
# On the way to an iteration, those before it are recorded too: they are what is looked at next.
_NEIGHBOURS = 64


class Replay:
    """The records of a document's run; replay has a learner of its own and changes nothing."""

    def __init__(self, document: Document, trace: Trace) -> None:
        self._document = document
        self._trace = trace
        self._records: OrderedDict[int, Record] = OrderedDict()
        self._runner: Runner | None = None

    def new_record(self) -> Record:
        """An empty one, for the next iteration of a runner."""
        return Record(sources={c.id: c.source for c in self._document.connections})

    def remember(self, record: Record) -> None:
        """Keep a record ready, for a while."""
        assert record.metrics is not None
        iteration = record.metrics.iteration
        self._records[iteration] = record
        self._records.move_to_end(iteration)
        while len(self._records) > _RECORDS_KEPT:
            self._records.popitem(last=False)

    def forget_after(self, length: int) -> None:
        """The trace is that long now, and may go on otherwise."""
        self._records = OrderedDict((i, r) for i, r in self._records.items() if i <= length)

    def use(self, document: Document) -> None:
        """Go on with an edited document, of whose run the trace is still a part."""
        self._document = document
        self._runner = None

    def record(self, iteration: int) -> Record:
        """What an iteration of the trace left behind."""
        kept = self._records.get(iteration)
        if kept is not None:
            self._records.move_to_end(iteration)
            return kept
        snapshot = self._trace.nearest(iteration - 1)
        runner = self._runner
        if runner is None:
            runner = self._runner = Runner(self._document)
        if not snapshot.iteration <= runner.iteration < iteration:
            runner.jump(snapshot)
        runner.skip_to(iteration - _NEIGHBOURS)
        while runner.iteration < iteration:
            record = self._recorded(runner)
            self.remember(record)
        return record

    def records(self, first: int, last: int) -> Iterator[Record]:
        """The records of a stretch of the trace, in one pass; what is kept ready stays."""
        runner = Runner(self._document)
        runner.jump(self._trace.nearest(first - 1))
        runner.skip_to(first - 1)
        while runner.iteration < last:
            yield self._recorded(runner)

    def _recorded(self, runner: Runner) -> Record:
        record = self.new_record()
        record.metrics = runner.iterate(record)
        return record
