"""Moodle XML: one cloze question a variant, a gap for each number that is asked.

Format: https://docs.moodle.org/en/Embedded_Answers_(Cloze)_question_type and
https://docs.moodle.org/en/Moodle_XML_format.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from xml.etree import ElementTree

from nnsim.core.messages import Message
from nnsim.exercises.exercise import Variant
from nnsim.exercises.gaps import ChoiceGap, NumberGap, TextGap, gaps_of
from nnsim.exercises.prose import in_html, paragraphs
from nnsim.exercises.sheet import Block, Cell, Sheet
from nnsim.exercises.writing import notes_on, written
from nnsim.language import message_text, text

#: What has a meaning inside a gap.
_SPECIAL = re.compile(r'[\\}#~/"{=]')
# XML knows no control characters but these, however they are written.
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def moodle_xml(variants: Sequence[Variant], locale: str) -> str:
    """A file that Moodle imports: a category with the name of the exercise, a question each."""
    quiz = ElementTree.Element("quiz")
    category = ElementTree.SubElement(quiz, "question", type="category")
    _text(category, "category", f"$course$/top/nnsim/{variants[0].title(locale).replace('/', '-')}")
    for variant in variants:
        question = ElementTree.SubElement(quiz, "question", type="cloze")
        _text(question, "name", _name(variant, locale))
        body = _text(question, "questiontext", _body(variant, locale))
        body.set("format", "html")
        feedback = _text(question, "generalfeedback", "")
        feedback.set("format", "html")
        ElementTree.SubElement(question, "penalty").text = "0.3333333"
        ElementTree.SubElement(question, "hidden").text = "0"
    ElementTree.indent(quiz)
    made: str = ElementTree.tostring(quiz, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{made}\n'


def _text(parent: ElementTree.Element, name: str, content: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name)
    ElementTree.SubElement(element, "text").text = _FORBIDDEN.sub("", content)
    return element


def _name(variant: Variant, locale: str) -> str:
    title = variant.title(locale)
    if not variant.seed:
        return title
    return f"{title} · {text('handout.seed', locale, seed=variant.seed)}"


def _body(variant: Variant, locale: str) -> str:
    """Statement and table in HTML, with gaps where something is asked."""
    sheet = variant.sheet
    said = "".join(f"<p>{_outside(in_html(p))}</p>" for p in paragraphs(variant.statement(locale)))
    notes = list(notes_on(sheet, locale))
    if any(cell.dashes and cell.decimals is not None for cell in sheet.asked):
        notes.append(text("handout.unchanged_too", locale))
    extra = "".join(f"<p>{_outside(html.escape(note))}</p>" for note in notes)
    tables = "".join(_table(sheet, block, locale) for block in sheet.blocks)
    return f"{said}{extra}{tables}"


def _table(sheet: Sheet, block: Block, locale: str) -> str:
    def heading(words: Message) -> str:
        return _outside(in_html(message_text(words, locale)))

    above = ["<th></th>"] * block.names_rows
    above += [f"<th>{heading(sheet.columns[column].words)}</th>" for column in block.columns]
    lines = [f"<tr>{''.join(above)}</tr>"]
    for row in block.rows:
        cells = [f"<th>{heading(sheet.rows[row].words)}</th>"] if block.names_rows else []
        for column in block.columns:
            cell = sheet.at(row, column)
            cells.append(f"<td>{'' if cell is None else _cell(sheet, cell, locale)}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    title = "" if block.title is None else f"<h4>{heading(block.title)}</h4>"
    return f'{title}<table border="1" cellpadding="4">{"".join(lines)}</table>'


def _cell(sheet: Sheet, cell: Cell, locale: str) -> str:
    if not cell.asked:
        return _outside(html.escape(written(cell, sheet.expected(cell.key), locale)))
    gaps = [_gap(gap) for gap in gaps_of(sheet, cell, locale)]
    return gaps[0] if len(gaps) == 1 else f"({'; '.join(gaps)})"


def _gap(gap: NumberGap | TextGap | ChoiceGap) -> str:
    """A gap as Moodle writes it; what follows "=" is right, "%50%" earns half."""
    if isinstance(gap, NumberGap):
        half = f"~%50%{gap.number}:{gap.coarse}" if gap.coarse else ""
        return f"{{1:NUMERICAL:={gap.number}:{gap.within}{half}}}"
    if isinstance(gap, TextGap):
        # "*" stands for anything there, and no answer of ours has one.
        return f"{{1:SHORTANSWER:{'~'.join(f'={_inside(way)}' for way in gap.accepted)}}}"
    options = [
        f"{'=' if number == gap.right else ''}{_inside(option)}"
        for number, option in enumerate(gap.options)
    ]
    return f"{{1:MULTICHOICE:{'~'.join(options)}}}"


def _inside(content: str) -> str:
    """Text within a gap."""
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", html.escape(content, quote=False))


def _outside(markup: str) -> str:
    """Markup around the gaps, in which nothing may look like one."""
    return markup.replace("{", "&#123;").replace("}", "&#125;")
