"""Running text of exercises: names and powers in it are set as formulas, on every page alike."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from nnsim.language.escaping import GREEK, latex, markdown

# x_1, S_real, w_{12}, x^2, e^(−x): a letter or a short name with what stands below or above it;
# and x1, w5: a letter with its number.
_SCRIPT = re.compile(
    r"(?<![\w\\])(?P<base>[^\W\d_]{1,3}['′]?)(?P<sign>[_^])"
    r"(?:\{(?P<braced>[^{}]{1,20})\}|\((?P<bracketed>[^()]{1,20})\)|(?P<bare>[-−]?\w{1,12}))"
    r"|(?<!\w)(?P<letter>[a-zA-Zσδθ])(?P<number>\d{1,2})(?!\w)"
)
# A letter with a mark above it that is a character of its own: m̂, h̃.  Upright, Qt prints the mark
# a line too high.
_MARKED = re.compile("[^\\W\\d_][\u0302\u0303\u0304]")
# A line does not end before a sign of comparison.
_RELATION = re.compile(r" ([=≥≤≠≈<>]) ")
_NO_BREAK = "\u00a0"


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text: blank lines part them; a line that ends within one stays so."""
    parts = re.split(r"\n\s*\n", text.strip())
    return [
        "\n".join(" ".join(line.split()) for line in part.splitlines()) for part in parts if part
    ]


def in_html(text: str) -> str:
    """A paragraph, or words, as HTML."""
    made = []
    for piece in _pieces(_RELATION.sub(rf"{_NO_BREAK}\1{_NO_BREAK}", text)):
        if isinstance(piece, str):
            escaped = html.escape(piece, quote=False).replace("\n", "<br>")
            made.append(_MARKED.sub(r"<i>\g<0></i>", escaped))
        else:
            base, sign, script = (html.escape(part, quote=False) for part in piece)
            tag = "sub" if sign == "_" else "sup"
            made.append(f"<i>{base}</i><{tag}>{script}</{tag}>")
    return "".join(made)


def in_latex(text: str) -> str:
    """A paragraph, or words, as LaTeX."""
    made = []
    for piece in _pieces(text):
        if isinstance(piece, str):
            lines = [latex(line, keep_edges=True) for line in piece.split("\n")]
            made.append("\\\\\n".join(lines))
        else:
            base, sign, script = piece
            made.append(f"${_letters(base)}{sign}{{{_script(script)}}}$")
    return "".join(made)


def _script(script: str) -> str:
    """What stands below or above a letter: words upright, signs as in formulas."""
    if len(script) > 1 and script.isalpha():
        return rf"\text{{{latex(script)}}}"
    return latex(script).replace("$", "")


def _letters(base: str) -> str:
    if base.isascii() or any(c in GREEK for c in base):
        return "".join(f"{GREEK[c]} " if c in GREEK else c for c in base).strip()
    return rf"\text{{{latex(base)}}}"


def in_markdown(text: str) -> str:
    """A paragraph as Markdown; names are written as they are."""
    return "\\\n".join(markdown(line) for line in text.split("\n"))


def _pieces(text: str) -> Iterator[str | tuple[str, str, str]]:
    """Plain text, and names as (letter, "_" or "^", what stands there)."""
    at = 0
    for found in _SCRIPT.finditer(text):
        yield text[at : found.start()]
        if found["letter"]:
            yield found["letter"], "_", found["number"]
        else:
            script = found["braced"] or found["bracketed"] or found["bare"]
            yield found["base"], found["sign"], script
        at = found.end()
    yield text[at:]
