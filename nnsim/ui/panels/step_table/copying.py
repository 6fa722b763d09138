"""Copying rows of the step table, however many, without freezing the window."""

from __future__ import annotations

import html
import itertools
import time
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from nnsim.engine.record import Record
from nnsim.session import Session
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.step_table.model import StepTableModel

_SLICE_SECONDS = 0.008
# What a spreadsheet gets: more digits than the screen shows, but none that are rounding error.
_DIGITS = 15


class Copying(QObject):
    """Puts rows on the clipboard, as tab-separated text and as an HTML table.

    ``progressed(done, total)`` and ``finished(count)`` count rows.
    """

    progressed = Signal(int, int)
    finished = Signal(int)

    def __init__(
        self, model: StepTableModel, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._preferences = preferences
        self._coming: Iterator[list[str]] | None = None
        self._lines: list[list[str]] = []
        self._total = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._slice)

    def start(self, session: Session, rows: Sequence[int]) -> None:
        """Copy these rows (in order), below a line of headings."""
        if not rows:
            return
        tell = self._preferences.tell
        heading: list[str] = [self._preferences.say("column.course.iteration")]
        heading += [tell(column.heading) for column in self._model.columns]
        self._lines = [heading]
        self._total = len(rows)
        self._coming = self._read(session, rows)
        self._slice()
        if self._coming is not None:
            self._timer.start(0)

    def stop(self) -> None:
        """Copy nothing after all."""
        self._timer.stop()
        self._coming = None

    def _slice(self) -> None:
        end = time.perf_counter() + _SLICE_SECONDS
        while self._coming is not None:
            line = next(self._coming, None)
            if line is None:
                self.stop()
                self._put()
                return
            self._lines.append(line)
            if time.perf_counter() > end:
                self.progressed.emit(len(self._lines) - 1, self._total)
                return

    def _read(self, session: Session, rows: Sequence[int]) -> Iterator[list[str]]:
        model = self._model
        places = [(row, model.place(row)) for row in rows]
        # Iterations that follow each other are replayed in one pass.
        stretches = itertools.groupby(
            enumerate(itertools.groupby(places, key=lambda item: item[1].iteration)),
            key=lambda item: item[1][0] - item[0],
        )
        for _, stretch in stretches:
            wanted = [(iteration, list(group)) for _, (iteration, group) in stretch]
            records = session.records(wanted[0][0], wanted[-1][0])
            for record, (_, group) in zip(records, wanted, strict=False):
                for row, place in group:
                    yield self._line(record, row, place.iteration, place.sample)

    def _line(self, record: Record, row: int, iteration: int, sample: int) -> list[str]:
        model, mark = self._model, self._preferences.mark
        partly = model.partly(iteration)
        line = [str(iteration)]
        for column in model.columns:
            cell = column.cell(record, sample)
            shown = partly is None or all(map(partly.is_shown, cell.quantities))
            line.append(cell.text(mark, _DIGITS) if shown else "")
        return line

    def _put(self) -> None:
        data = QMimeData()
        data.setText("".join("\t".join(line) + "\n" for line in self._lines))
        data.setHtml(_html(self._lines))
        QGuiApplication.clipboard().setMimeData(data)
        count = len(self._lines) - 1
        self._lines = []
        self.finished.emit(count)


def _html(lines: Sequence[Sequence[str]]) -> str:
    rows = []
    for number, line in enumerate(lines):
        tag = "td" if number else "th"
        cells = "".join(f"<{tag}>{html.escape(text)}</{tag}>" for text in line)
        rows.append(f"<tr>{cells}</tr>")
    return f"<table>{''.join(rows)}</table>"
