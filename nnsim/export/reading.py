"""Markdown, LaTeX and HTML: traces for people, with the head above and the outcome below."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from nnsim.core.messages import NnsimError
from nnsim.core.numbers import format_number, joined
from nnsim.core.texts import one_line
from nnsim.export.job import Job
from nnsim.export.summary import summary
from nnsim.language.escaping import latex, latex_number, markdown
from nnsim.language.pages import template
from nnsim.session.table import Cell

# TeX knows no length above 5.7 m; a column takes 22 mm.
MAX_LATEX_COLUMNS = 240
_LATEX_COLUMN_MM, _LATEX_MARGIN_MM, _A4_WIDTH_MM = 22, 50, 210


def markdown_pieces(job: Job) -> Iterator[str]:
    """The Markdown piece by piece; the table is that of the course for a single neuron."""
    yield from _render(job, "trace.md.j2", markdown, lambda cell: cell.text(job.reading_mark))


def html_pieces(job: Job) -> Iterator[str]:
    """A page of its own, readable in light and dark."""
    yield from _render(job, "trace.html.j2", one_line, lambda cell: cell.text(job.reading_mark))


def latex_pieces(job: Job) -> Iterator[str]:
    """A document that compiles as it is; a wide table gets a wide page.

    Raises NnsimError ``export.too_many_columns``.
    """
    if len(job.columns) > MAX_LATEX_COLUMNS:
        raise NnsimError.of(
            "export.too_many_columns", format="LaTeX", n=len(job.columns), limit=MAX_LATEX_COLUMNS
        )
    width = max(_A4_WIDTH_MM, len(job.columns) * _LATEX_COLUMN_MM + _LATEX_MARGIN_MM)
    symbols = [None if c.latex is None else f"${c.latex}$" for c in job.columns]
    yield from _render(
        job,
        "trace.tex.j2",
        latex,
        lambda cell: latex_cell(cell, job.reading_mark),
        symbols=symbols,
        page_width=width,
        alignment="c" if job.style == "course" else "r",
    )


def _render(
    job: Job,
    page: str,
    escape: Callable[[str], str],
    cell_text: Callable[[Cell], str],
    **extra: Any,
) -> Iterator[str]:
    symbols = extra.pop("symbols", [None] * len(job.columns))
    headings = [
        symbol or escape(job.say_message(column.heading))
        for symbol, column in zip(symbols, job.columns, strict=True)
    ]
    rows = (
        [cell_text(column.cell(record, sample)) for column in job.columns]
        for record, sample in job.rows()
    )
    return template(page).generate(
        locale=job.locale,
        style=job.style,
        title=escape(job.document.title) or escape(job.say("export.untitled")),
        notes=[escape(line) for line in job.document.notes.splitlines() if line.strip()],
        head=[(escape(line.label), escape(line.text)) for line in summary(job)],
        headings=headings,
        rows=rows,
        # Known only when the last row has been written.
        outcome=lambda: escape(job.say_message(job.run.outcome)),
        **extra,
    )


def latex_cell(cell: Cell, mark: str) -> str:
    """A cell in LaTeX's maths: a minus that is one, a comma without a gap after it."""
    if cell.unchanged:
        return "-"
    if not cell.numbers:
        return ""
    numbers = [latex_number(format_number(number, mark)) for number in cell.numbers]
    return f"${joined(numbers, mark)}$"
