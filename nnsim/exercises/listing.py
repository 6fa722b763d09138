"""Exercises in Markdown: for a terminal, or for a page of notes."""

from __future__ import annotations

from nnsim.exercises.exercise import Variant
from nnsim.exercises.handouts import Part
from nnsim.exercises.sheet import Heading
from nnsim.exercises.writing import written
from nnsim.language import message_text, text
from nnsim.language.escaping import markdown


def markdown_sheet(variant: Variant, part: Part, locale: str) -> str:
    """Title, statement and table of a variant."""
    title = markdown(variant.title(locale))
    if variant.seed:
        title += f" ({text('handout.seed', locale, seed=variant.seed)})"
    statement = [markdown(p) for p in variant.statement(locale).strip().split("\n\n")]
    return "\n\n".join([f"# {title}", *statement, markdown_table(variant, part, locale)])


def markdown_table(variant: Variant, part: Part, locale: str) -> str:
    """The table of a variant: blank where something is asked, or solved."""
    sheet = variant.sheet
    by_place = {(cell.row, cell.column): cell for cell in sheet.cells}

    def words(heading: Heading) -> str:
        return markdown(message_text(heading.words, locale))

    lines = [[*[""] * sheet.names_rows, *map(words, sheet.columns)]]
    lines.append(["---"] * len(lines[0]))
    for number, row in enumerate(sheet.rows):
        line = [words(row)] if sheet.names_rows else []
        for column in range(len(sheet.columns)):
            cell = by_place.get((number, column))
            if cell is None or (cell.asked and part == "sheet"):
                line.append("" if cell is None else "…")
            else:
                line.append(markdown(written(cell, sheet.expected(cell.key), locale)))
        lines.append(line)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
