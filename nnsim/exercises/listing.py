"""Exercises in Markdown: for a terminal, or for a page of notes."""

from __future__ import annotations

from nnsim.exercises.exercise import Variant
from nnsim.exercises.handouts import Part
from nnsim.exercises.prose import in_markdown, paragraphs
from nnsim.exercises.sheet import Block, Heading, Sheet
from nnsim.exercises.writing import written
from nnsim.language import message_text, text
from nnsim.language.escaping import markdown


def markdown_sheet(variant: Variant, part: Part, locale: str) -> str:
    """Title, statement and table of a variant."""
    title = markdown(variant.title(locale))
    if variant.seed:
        title += f" ({text('handout.seed', locale, seed=variant.seed)})"
    statement = map(in_markdown, paragraphs(variant.statement(locale)))
    return "\n\n".join([f"# {title}", *statement, markdown_table(variant, part, locale)])


def markdown_table(variant: Variant, part: Part, locale: str) -> str:
    """The tables of a variant: blank where something is asked, or solved."""
    sheet = variant.sheet
    return "\n\n".join(_table(sheet, block, part, locale) for block in sheet.blocks)


def _table(sheet: Sheet, block: Block, part: Part, locale: str) -> str:
    def words(heading: Heading) -> str:
        return markdown(message_text(heading.words, locale))

    above = [words(sheet.columns[column]) for column in block.columns]
    lines = [[*[""] * block.names_rows, *above]]
    lines.append(["---"] * len(lines[0]))
    for row in block.rows:
        line = [words(sheet.rows[row])] if block.names_rows else []
        for column in block.columns:
            cell = sheet.at(row, column)
            if cell is None or (cell.asked and part == "sheet"):
                line.append("" if cell is None else "…")
            else:
                line.append(markdown(written(cell, sheet.expected(cell.key), locale)))
        lines.append(line)
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return table if block.title is None else f"## {message_text(block.title, locale)}\n\n{table}"
