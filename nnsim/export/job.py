"""What every writer of a trace is given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nnsim.core.messages import Message
from nnsim.document.model import Document
from nnsim.engine.plan import PlanSpec
from nnsim.engine.record import Record
from nnsim.export.heads import Mark
from nnsim.export.running import TraceRun
from nnsim.language import decimal_mark, message_text, text
from nnsim.session.table import Column, Group, TableStyle


@dataclass(frozen=True)
class Job:
    """A document, the columns to be written, and the run that fills them.

    ``mark`` is the decimal mark of machine-readable files; what people read takes that of the
    locale.
    """

    document: Document
    spec: PlanSpec
    groups: frozenset[Group]
    style: TableStyle
    columns: tuple[Column, ...]
    run: TraceRun
    locale: str
    mark: Mark

    def say(self, key: str, **params: object) -> str:
        """A sentence in the language of the export."""
        return text(key, self.locale, **params)

    def say_message(self, message: Message) -> str:
        """A message in the language of the export."""
        return message_text(message, self.locale)

    @property
    def reading_mark(self) -> str:
        """The decimal mark people of this language read."""
        return decimal_mark(self.locale)

    def rows(self) -> Iterator[tuple[Record, int]]:
        """Record and place in the batch of every row, computed when it is asked for."""
        for record in self.run.records():
            assert record.metrics is not None
            for sample in range(len(record.metrics.samples)):
                yield record, sample
