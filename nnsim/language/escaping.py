"""Text into Markdown and LaTeX so that it is read as it is meant and not as markup."""

from __future__ import annotations

import re

from nnsim.core.texts import one_line

# A bracket is markup only before another one; an underscore only at the edge of a word.
_MARKDOWN = re.compile(r"[\\`*<>|~$&]|\](?=[(\[])|(?<![^\W_])_|_(?![^\W_])")
#: Greek letters as commands of LaTeX's maths.
GREEK = {
    "α": r"\alpha",
    "β": r"\beta",
    "γ": r"\gamma",
    "δ": r"\delta",
    "ε": r"\varepsilon",
    "ζ": r"\zeta",
    "η": r"\eta",
    "θ": r"\theta",
    "κ": r"\kappa",
    "λ": r"\lambda",
    "μ": r"\mu",
    "ν": r"\nu",
    "ξ": r"\xi",
    "π": r"\pi",
    "ρ": r"\rho",
    "σ": r"\sigma",
    "τ": r"\tau",
    "φ": r"\phi",
    "χ": r"\chi",
    "ψ": r"\psi",
    "ω": r"\omega",
    "Γ": r"\Gamma",
    "Δ": r"\Delta",
    "Θ": r"\Theta",
    "Λ": r"\Lambda",
    "Π": r"\Pi",
    "Σ": r"\Sigma",
    "Φ": r"\Phi",
    "Ψ": r"\Psi",
    "Ω": r"\Omega",
}
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
        **GREEK,
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
        "×": r"\times",
        "√": r"\surd",
        "‖": r"\Vert",
        "≈": r"\approx",
        "≠": r"\ne",
        "⊙": r"\odot",
        "∈": r"\in",
        "ŷ": r"\hat{y}",
    }.items()
}
_LATEX |= {digit: f"$_{{{number}}}$" for number, digit in enumerate("₀₁₂₃₄₅₆₇₈₉")}
_LATEX |= {digit: f"$^{{{number}}}$" for number, digit in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
_LATEX |= {"⁻": "$^{-}$", "ᵗ": "$^{t}$", "ⁿ": "$^{n}$", "ᵀ": r"$^{\top}$"}
_LATEX_TABLE = str.maketrans(_LATEX)
# A letter under a hat, a tilde or a bar that is a character of its own.
_ACCENTED = re.compile("([^\\W\\d_])([\u0302\u0303\u0304])")
_ACCENTS = {"\u0302": r"\hat", "\u0303": r"\tilde", "\u0304": r"\bar"}


def markdown(text: str) -> str:
    """Text in Markdown; an underscore inside a word (S_neu) needs no escape."""
    return _MARKDOWN.sub(r"\\\g<0>", one_line(text))


def latex(text: str, keep_edges: bool = False) -> str:
    """Text in LaTeX; ``keep_edges`` keeps a space before and after it."""
    line = one_line(text)
    if keep_edges and line:
        line = " " * text[0].isspace() + line + " " * text[-1].isspace()
    line = line or " " * (keep_edges and bool(text))
    # Letters with accents are set apart: what is plain around them is translated sign by sign.
    made, at = [], 0
    for found in _ACCENTED.finditer(line):
        made.append(line[at : found.start()].translate(_LATEX_TABLE))
        made.append(f"${_ACCENTS[found[2]]}{{{GREEK.get(found[1], found[1])}}}$")
        at = found.end()
    return "".join((*made, line[at:].translate(_LATEX_TABLE)))


def latex_number(digits: str) -> str:
    """A number that is written as text, in LaTeX's maths: no gap after a decimal comma."""
    if digits == "NaN":
        return r"\mathrm{NaN}"
    mantissa, _, exponent = digits.replace("∞", r"\infty").partition("e")
    mantissa = mantissa.replace(",", "{,}")
    return rf"{mantissa} \cdot 10^{{{exponent}}}" if exponent else mantissa
