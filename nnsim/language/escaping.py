"""Text into Markdown and LaTeX so that it is read as it is meant and not as markup."""

from __future__ import annotations

import re

from nnsim.core.texts import one_line

# A bracket is markup only before another one; an underscore only at the edge of a word.
_MARKDOWN = re.compile(r"[\\`*<>|~$&]|\](?=[(\[])|(?<![^\W_])_|_(?![^\W_])")
_LATEX = {c: f"\\{c}" for c in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
}
# What nnsim itself writes and text fonts may lack; works in every LaTeX.
_LATEX |= {
    symbol: f"${command}$"
    for symbol, command in {
        "Σ": r"\Sigma",
        "Δ": r"\Delta",
        "α": r"\alpha",
        "δ": r"\delta",
        "∂": r"\partial",
        "∇": r"\nabla",
        "ℓ": r"\ell",
        "≥": r"\ge",
        "≤": r"\le",
        "∞": r"\infty",
        "←": r"\leftarrow",
        "→": r"\rightarrow",
        "·": r"\cdot",
        "′": "'",
        "−": "-",
        "±": r"\pm",
    }.items()
}
_LATEX_TABLE = str.maketrans(_LATEX)


def markdown(text: str) -> str:
    """Text in Markdown; an underscore inside a word (S_neu) needs no escape."""
    return _MARKDOWN.sub(r"\\\g<0>", one_line(text))


def latex(text: str, keep_edges: bool = False) -> str:
    """Text in LaTeX; ``keep_edges`` keeps a space before and after it."""
    line = one_line(text)
    if keep_edges and line:
        line = " " * text[0].isspace() + line + " " * text[-1].isspace()
    return (line or " " * (keep_edges and bool(text))).translate(_LATEX_TABLE)


def latex_number(digits: str) -> str:
    """A number that is written as text, in LaTeX's maths: no gap after a decimal comma."""
    if digits == "NaN":
        return r"\mathrm{NaN}"
    mantissa, _, exponent = digits.replace("∞", r"\infty").partition("e")
    mantissa = mantissa.replace(",", "{,}")
    return rf"{mantissa} \cdot 10^{{{exponent}}}" if exponent else mantissa
