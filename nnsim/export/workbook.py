"""XLSX: the trace as a sheet of numbers, and sheets with its head, data and start values."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nnsim.core.messages import NnsimError
from nnsim.core.numbers import Number, format_number
from nnsim.core.texts import one_line
from nnsim.document.compiling import start_values
from nnsim.document.naming import parameter_name
from nnsim.export.job import Job
from nnsim.export.summary import summary

#: What the file format allows, the row of headings included.
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
_MAX_TEXT = 32_767


def write_workbook(job: Job, path: Path) -> Iterator[None]:
    """Write the workbook; pauses after every row.

    Raises NnsimError ``export.too_many_rows`` or ``export.too_many_columns``: a sheet ends there,
    and half a trace would look like a whole one.
    """
    from openpyxl import Workbook

    if len(job.columns) > MAX_COLUMNS:
        raise NnsimError.of(
            "export.too_many_columns", format="XLSX", n=len(job.columns), limit=MAX_COLUMNS
        )
    if sum(math.prod(shape) for shape in job.spec.parameter_shapes().values()) > MAX_ROWS:
        raise NnsimError.of("export.too_many_rows", limit=MAX_ROWS - 1)
    book = Workbook(write_only=True)
    try:
        yield from _trace_sheet(book, job)
        _about_sheet(book, job)
        _data_sheet(book, job)
        _start_sheet(book, job)
        book.save(path)
    finally:
        # What is abandoned half-way still holds temporary files.
        for sheet in book.worksheets:
            if not sheet.closed:
                sheet.close()


def _trace_sheet(book: Any, job: Job) -> Iterator[None]:
    sheet = book.create_sheet(job.say("export.sheet_trace"))
    sheet.freeze_panes = "A2"
    _append_headings(sheet, [job.say_message(column.heading) for column in job.columns])
    for written, (record, sample) in enumerate(job.rows(), start=2):
        if written > MAX_ROWS:
            raise NnsimError.of("export.too_many_rows", limit=MAX_ROWS - 1)
        sheet.append([_value(column.numbers(record, sample)) for column in job.columns])
        yield


def _about_sheet(book: Any, job: Job) -> None:
    sheet = book.create_sheet(job.say("export.sheet_about"))
    sheet.column_dimensions["A"].width = 32
    sheet.column_dimensions["B"].width = 100
    title = job.document.title or job.say("export.untitled")
    sheet.append([_bold(sheet, title)])
    for note in filter(str.strip, job.document.notes.splitlines()):
        sheet.append([_text(sheet, note)])
    for line in summary(job):
        sheet.append([_text(sheet, line.label), _text(sheet, line.text)])
    outcome = job.say_message(job.run.outcome)
    sheet.append([_text(sheet, job.say("export.outcome")), _text(sheet, outcome)])


def _data_sheet(book: Any, job: Job) -> None:
    sheet = book.create_sheet(job.say("export.sheet_data"))
    data = job.document.data
    _append_headings(sheet, [*data.input_names, *data.target_names])
    for row in data.values.tolist():
        sheet.append(row)


def _start_sheet(book: Any, job: Job) -> None:
    sheet = book.create_sheet(job.say("export.sheet_start"))
    document = job.document
    for name, values in start_values(document).items():
        for index, value in zip(np.ndindex(*values.shape), values.ravel().tolist(), strict=True):
            sheet.append([_text(sheet, parameter_name(document, name, index)), value])


def _append_headings(sheet: Any, texts: Sequence[str]) -> None:
    sheet.append([_bold(sheet, text) for text in texts])


def _bold(sheet: Any, text: str) -> Any:
    from openpyxl.styles import Font

    cell = _text(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _text(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, one_line(text)[:_MAX_TEXT])
    # Never a formula, whatever a neuron is called.
    cell.data_type = "s"
    return cell


def _value(numbers: tuple[Number, ...]) -> float | str | None:
    if not numbers:
        return None
    number = float(numbers[0])
    # A sheet has no number for these.
    return number if math.isfinite(number) else format_number(number)
