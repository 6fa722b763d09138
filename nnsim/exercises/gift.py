"""GIFT: one question a number that is asked, which other platforms than Moodle read, too.

Format: https://docs.moodle.org/en/GIFT_format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nnsim.core.texts import one_line
from nnsim.exercises.exercise import Variant
from nnsim.exercises.gaps import ChoiceGap, NumberGap, TextGap, gaps_of
from nnsim.exercises.sheet import Block, Cell, Sheet
from nnsim.exercises.writing import notes_on, written
from nnsim.language import message_text, text

_SPECIAL = re.compile(r"[\\~=#{}:]")


def gift(variants: Sequence[Variant], locale: str) -> str:
    """The questions of all variants, each variant in a category of its own."""
    return "\n".join(piece for variant in variants for piece in _pieces(variant, locale))


def _pieces(variant: Variant, locale: str) -> Iterator[str]:
    sheet = variant.sheet
    title = one_line(variant.title(locale)).replace("/", "-")
    seed = f"/{text('handout.seed', locale, seed=variant.seed)}" if variant.seed else ""
    yield f"$CATEGORY: $course$/top/nnsim/{title}{seed}\n"
    statement = "\n\n".join([variant.statement(locale).strip(), *notes_on(sheet, locale)])
    for cell in sheet.asked:
        gaps = list(gaps_of(sheet, cell, locale))
        block = next(b for b in sheet.blocks if cell.row in b.rows and cell.column in b.columns)
        told = "\n\n".join([statement, *_given_rows(sheet, block, locale)])
        for number, gap in enumerate(gaps, 1):
            asked = _question(sheet, block, cell, locale)
            if len(gaps) > 1:
                asked = f"{asked} [{number}]"
            yield (
                f"::{_escaped(f'{title} {cell.key}')}"
                f"{f' [{number}]' if len(gaps) > 1 else ''}::"
                f"{_escaped(told)}\\n\\n{_escaped(asked)} {_answers(gap)}\n"
            )


def _given_rows(sheet: Sheet, block: Block, locale: str) -> Iterator[str]:
    """What the rows of a table say in which nothing is asked, a line each."""
    for row in block.rows:
        cells = [c for column in block.columns if (c := sheet.at(row, column)) is not None]
        if any(cell.asked for cell in cells):
            continue
        words = message_text(sheet.rows[row].words, locale)
        if len(block.columns) == 1:
            yield f"{words} = {written(cells[0], sheet.expected(cells[0].key), locale)}"
        else:
            yield f"{words}: {', '.join(_says(sheet, cell, locale) for cell in cells)}"


def _says(sheet: Sheet, cell: Cell, locale: str) -> str:
    """A given cell with the heading of its column."""
    column = message_text(sheet.columns[cell.column].words, locale)
    return f"{column} = {written(cell, sheet.expected(cell.key), locale)}"


def _question(sheet: Sheet, block: Block, cell: Cell, locale: str) -> str:
    # A table stands apart from its questions here: each says what its row gives.
    title = "" if block.title is None else f"{message_text(block.title, locale)}. "
    row = message_text(sheet.rows[cell.row].words, locale)
    if len(block.columns) == 1:
        return title + text("handout.question_line", locale, row=row.strip("¿?"))
    given = [
        _says(sheet, other, locale)
        for other in sheet.cells
        if other.row == cell.row and not other.asked
    ]
    row = ", ".join([row] * block.names_rows + given) or row
    column = message_text(sheet.columns[cell.column].words, locale)
    return title + text("handout.question", locale, row=row, column=column)


def _answers(gap: NumberGap | TextGap | ChoiceGap) -> str:
    if isinstance(gap, NumberGap):
        if not gap.coarse:
            return f"{{#{gap.number}:{gap.within}}}"
        return f"{{#=%100%{gap.number}:{gap.within} =%50%{gap.number}:{gap.coarse}}}"
    if isinstance(gap, TextGap):
        return "{" + " ".join(f"={_escaped(way)}" for way in gap.accepted) + "}"
    options = [
        f"{'=' if number == gap.right else '~'}{_escaped(option)}"
        for number, option in enumerate(gap.options)
    ]
    return "{" + " ".join(options) + "}"


def _escaped(content: str) -> str:
    """Text in which nothing is a sign of the format; a blank line would end the question."""
    lines = _SPECIAL.sub(lambda found: f"\\{found[0]}", content).splitlines()
    return "\\n".join(lines)
