"""Hand-outs: sheets to be filled in on paper and their solutions, as HTML and LaTeX.

A PDF is printed from the HTML by the window's side, which has Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from nnsim.exercises.exercise import Exercise, Variant
from nnsim.exercises.prose import in_html, in_latex, paragraphs
from nnsim.exercises.sheet import Block, Cell, Heading, Sheet
from nnsim.exercises.writing import notes_on, written
from nnsim.language import message_text, text
from nnsim.language.escaping import latex
from nnsim.language.pages import template

#: "sheet": blank cells; "solution": the same filled in.
Part: TypeAlias = Literal["sheet", "solution"]
PARTS: tuple[Part, ...] = ("sheet", "solution")
MAX_VARIANTS = 200
#: More columns, or more letters in their headings, than a page has room for.
_MOST_COLUMNS = 7
#: Rows of a table that stands on one page with its statement.
_SHORT = 20
_MOST_LETTERS = 60
_Write: TypeAlias = Callable[[Heading, str], str]


@dataclass(frozen=True)
class HandoutCell:
    """A cell on paper: its text, "" for a blank; whether it is asked or names its row.

    ``options`` are what is to be chosen from.
    """

    text: str
    is_asked: bool = False
    is_heading: bool = False
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class HandoutTable:
    """A table on paper, with what stands above it."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[HandoutCell, ...], ...]
    #: Whether its columns, as they come, are wider than a page.
    is_crowded: bool = False

    @property
    def is_short(self) -> bool:
        """Whether it stands on one page: then LaTeX knows its widths at the first run."""
        return not self.choices and len(self.rows) <= _SHORT

    @property
    def is_list(self) -> bool:
        """Whether it is a value a line."""
        return len(self.headings) <= 2

    @property
    def choices(self) -> int:
        """How many of its columns hold something to choose from, for which a table is wide."""
        return len({k for row in self.rows for k, cell in enumerate(row) if cell.options})


@dataclass(frozen=True)
class Page:
    """One variant on paper."""

    label: str
    paragraphs: tuple[str, ...]
    tables: tuple[HandoutTable, ...]
    #: Instructions that follow from the sheet: how many decimals are asked for.
    notes: tuple[str, ...]


def variants_of(exercise: Exercise, count: int = 1, seed: int | None = None) -> list[Variant]:
    """``count`` variants from ``seed`` on, each seed one more than the last.

    One variant without a seed is the exercise as its file has it; so is every one of an exercise
    that does not vary.  Raises NnsimError where a variant cannot be drawn.
    """
    if not exercise.has_variants or (count == 1 and seed is None):
        return [exercise.variant()]
    first = 1 if seed is None else seed
    return [exercise.variant(first + k) for k in range(count)]


def html_page(variants: Sequence[Variant], part: Part, locale: str) -> str:
    """A page for the browser and the printer, each variant on a sheet of its own."""
    pages = [
        replace(page, paragraphs=tuple(map(in_html, page.paragraphs)))
        for page in _pages(variants, part, locale, _html_heading)
    ]
    return template("exercise_sheet.html.j2").render(
        locale=locale,
        title=variants[0].title(locale),
        part=text(f"handout.{part}", locale),
        name=text("handout.name", locale),
        is_sheet=part == "sheet",
        pages=pages,
    )


def latex_document(variants: Sequence[Variant], part: Part, locale: str) -> str:
    """A LaTeX document that compiles as it is, each variant on a page of its own."""
    pages = _pages(variants, part, locale, _latex_heading)
    escaped = [
        Page(
            latex(page.label),
            tuple(in_latex(paragraph) for paragraph in page.paragraphs),
            tuple(map(_latex_table, page.tables)),
            tuple(latex(note) for note in page.notes),
        )
        for page in pages
    ]
    return template("exercise_sheet.tex.j2").render(
        title=latex(variants[0].title(locale)),
        part=latex(text(f"handout.{part}", locale)),
        name=latex(text("handout.name", locale)),
        is_sheet=part == "sheet",
        pages=escaped,
    )


def _pages(variants: Sequence[Variant], part: Part, locale: str, heading: _Write) -> list[Page]:
    count = len(variants)
    return [_page(v, k, count, part, locale, heading) for k, v in enumerate(variants, 1)]


def _page(
    variant: Variant, number: int, count: int, part: Part, locale: str, heading: _Write
) -> Page:
    sheet = variant.sheet
    label = ""
    if variant.seed:
        label = text("handout.variant", locale, number=number, of=count, seed=variant.seed)
    return Page(
        label,
        tuple(paragraphs(variant.statement(locale))),
        tuple(_table(sheet, block, part, locale, heading) for block in sheet.blocks),
        notes_on(sheet, locale),
    )


def _table(sheet: Sheet, block: Block, part: Part, locale: str, heading: _Write) -> HandoutTable:
    rows = []
    for row in block.rows:
        named = [HandoutCell(heading(sheet.rows[row], locale), is_heading=True)]
        line = named if block.names_rows else []
        for column in block.columns:
            cell = sheet.at(row, column)
            line.append(HandoutCell("") if cell is None else _cell(sheet, cell, part, locale))
        rows.append(tuple(line))
    above = [heading(sheet.columns[column], locale) for column in block.columns]
    title = "" if block.title is None else message_text(block.title, locale)
    letters = sum(len(message_text(sheet.columns[c].words, locale)) for c in block.columns)
    headings = (*[""] * block.names_rows, *above)
    crowded = len(headings) > _MOST_COLUMNS or letters > _MOST_LETTERS
    return HandoutTable(title, headings, tuple(rows), crowded)


def _latex_table(table: HandoutTable) -> HandoutTable:
    # Headings have been made for LaTeX already.
    rows = (
        tuple(
            c
            if c.is_heading
            else replace(c, text=latex(c.text), options=tuple(map(latex, c.options)))
            for c in row
        )
        for row in table.rows
    )
    return replace(table, title=latex(table.title), rows=tuple(rows))


def _cell(sheet: Sheet, cell: Cell, part: Part, locale: str) -> HandoutCell:
    options = tuple(message_text(option.label, locale) for option in cell.options)
    if cell.asked and part == "sheet":
        return HandoutCell("", True, options=options)
    answer = written(cell, sheet.expected(cell.key), locale)
    return HandoutCell(answer, cell.asked, options=options)


def _html_heading(heading: Heading, locale: str) -> str:
    return in_html(message_text(heading.words, locale))


def _latex_heading(heading: Heading, locale: str) -> str:
    if heading.latex is not None:
        return f"${heading.latex}$"
    return in_latex(message_text(heading.words, locale))
