"""Hand-outs as files: a sheet with its solution beside it, or questions for a platform."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from nnsim.core.files import replacing
from nnsim.exercises.exercise import Variant
from nnsim.exercises.gift import gift
from nnsim.exercises.handouts import PARTS, Part, html_page, latex_document
from nnsim.exercises.moodle import moodle_xml

Format: TypeAlias = Literal["pdf", "html", "latex", "moodle", "gift"]
#: What a file of each format ends in.
SUFFIXES: dict[Format, str] = {
    "pdf": ".pdf",
    "html": ".html",
    "latex": ".tex",
    "moodle": ".xml",
    "gift": ".txt",
}
#: Prints a page of HTML: page, path, title.
SavePdf: TypeAlias = Callable[[str, Path, str], None]
_SOLUTION = {"es": "solucion", "en": "solution"}
_PLATFORMS: dict[Format, Callable[[Sequence[Variant], str], str]] = {
    "moodle": moodle_xml,
    "gift": gift,
}


def places(path: Path, format: Format, locale: str) -> dict[Part, Path]:
    """Which file holds what: the sheet is ``path``, its solution stands beside it.

    Questions for a platform hold their answers, and are one file.
    """
    if format in _PLATFORMS:
        return {"sheet": path}
    solution = path.with_stem(f"{path.stem}-{_SOLUTION[locale]}")
    return {part: path if part == "sheet" else solution for part in PARTS}


def hand_out(
    variants: Sequence[Variant], path: Path, format: Format, locale: str, save_pdf: SavePdf
) -> tuple[Path, ...]:
    """Write the files of a hand-out; returns them.  PDF is printed by ``save_pdf``, which has Qt.

    Raises NnsimError ``file.cannot_write``.
    """
    wanted = places(path, format, locale)
    for part, place in wanted.items():
        if format == "pdf":
            save_pdf(html_page(variants, part, locale), place, variants[0].title(locale))
        else:
            with replacing(place) as temporary:
                content = _content(variants, format, part, locale)
                temporary.write_text(content, encoding="utf-8")
    return tuple(wanted.values())


def _content(variants: Sequence[Variant], format: Format, part: Part, locale: str) -> str:
    if format in _PLATFORMS:
        return _PLATFORMS[format](variants, locale)
    make = latex_document if format == "latex" else html_page
    return make(variants, part, locale)
