"""Outlines of single symbols, drawn by ziamath once and kept: the letters of every formula.

ziamath takes 15 to 40 ms for a formula, which is too long for one that changes at every step.  Its
symbols are few, so each is drawn once and ``typesetting`` puts them together.  One em is ``EM``
units; y grows downwards and the baseline is at 0, as in Qt.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QPainterPath

EM = 100.0

_TOKEN = re.compile(r"[MLHVQCZ]|-?[\d.]+(?:e-?\d+)?", re.IGNORECASE)
_PAIRS = {"M": 1, "L": 1, "Q": 2, "C": 3}


@dataclass(frozen=True, eq=False)
class Glyph:
    """An outline and its size: ``width`` is the way to the next symbol, ``ascent`` the height
    above the baseline, ``descent`` the depth below it, all in units of which EM make an em."""

    path: QPainterPath
    width: float
    ascent: float
    descent: float


@functools.cache
def _ziamath() -> ModuleType:
    # A third of a second: imported when the first formula is wanted, not with the window.
    import ziamath

    # With svg2 the outlines are references; here each is a path of its own.
    ziamath.config.svg2 = False
    return ziamath


@functools.lru_cache(maxsize=4096)
def symbol(latex: str, display: bool = False) -> Glyph:
    """The outline of a piece of LaTeX.  Raises ValueError where ziamath cannot read it."""
    style = r"\displaystyle " if display else ""
    try:
        drawn = _ziamath().Latex(style + latex, size=EM, margin=0)
    except Exception as error:  # its errors have no common class
        raise ValueError(latex) from error
    return _outline(drawn)


@functools.lru_cache(maxsize=1024)
def words(text: str) -> Glyph:
    """The outline of upright words; letters that the mathematical font lacks come from Qt's."""
    if text.isspace():
        return Glyph(QPainterPath(), 0.25 * EM * len(text), 0.0, 0.0)
    drawn = _ziamath().Math(f"<math><mtext>{escape(text)}</mtext></math>", size=EM, margin=0)
    if all(letter.isspace() or drawn.font.glyphindex(letter) for letter in text):
        return _outline(drawn)
    path = QPainterPath()
    font = QFont()
    font.setPixelSize(round(0.9 * EM))
    path.addText(0, 0, font, text)
    return _measured(path, path.boundingRect(), path.boundingRect().right() + 0.05 * EM)


def _outline(drawn: Any) -> Glyph:
    path = svg_path(drawn.svg())
    ink = path.boundingRect()
    box = drawn.node.bbox
    # Some accents reach out to the left of where their letter starts.
    left = min(0.0, ink.left())
    if left:
        path.translate(-left, 0)
    return _measured(path, ink, max(float(box.xmax), ink.right()) - left)


def _measured(path: QPainterPath, ink: QRectF, width: float) -> Glyph:
    return Glyph(path, width, max(-ink.top(), 0.0), max(ink.bottom(), 0.0))


def svg_path(svg: str) -> QPainterPath:
    """The outlines in an SVG made by ziamath: paths with absolute commands, and rectangles."""
    path = QPainterPath()
    path.setFillRule(path.fillRule().WindingFill)
    for element in ElementTree.fromstring(svg).iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "path":
            _follow(path, element.attrib["d"])
        elif tag == "rect" and element.attrib.get("fill") != "none":
            path.addRect(*(float(element.attrib[k]) for k in ("x", "y", "width", "height")))
    return path


def _follow(path: QPainterPath, commands: str) -> None:
    tokens = _TOKEN.findall(commands)
    at = 0
    command = ""
    while at < len(tokens):
        if tokens[at].isalpha():
            command = tokens[at]
            at += 1
        if command == "Z":
            path.closeSubpath()
            continue
        if command in "HV":
            here, value = path.currentPosition(), float(tokens[at])
            path.lineTo(*((value, here.y()) if command == "H" else (here.x(), value)))
            at += 1
            continue
        count = 2 * _PAIRS[command]
        numbers = [float(token) for token in tokens[at : at + count]]
        at += count
        if command == "M":
            path.moveTo(*numbers)
        elif command == "L":
            path.lineTo(*numbers)
        elif command == "Q":
            path.quadTo(*numbers)
        else:
            path.cubicTo(*numbers)
