"""``nnsim exercise``: list, show, solve, mark and export exercises, collect a class's results."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from nnsim.cli.screen import paint_unseen
from nnsim.core.messages import NnsimError
from nnsim.exercises import bank
from nnsim.exercises.answer_file import answer_lines, read_answers
from nnsim.exercises.exercise import Variant
from nnsim.exercises.handing_out import hand_out
from nnsim.exercises.handouts import Part, latex_document, variants_of
from nnsim.exercises.listing import markdown_sheet
from nnsim.exercises.marking import Verdict, mark
from nnsim.exercises.results import collect, save_results
from nnsim.language import message_text, text

#: Not everything in the answers is right.
_NOT_ALL = 1


def run(arguments: argparse.Namespace, locale: str) -> int:
    """Do what the action says; returns the exit status."""
    return _ACTIONS[arguments.action](arguments, locale)


def _list(arguments: argparse.Namespace, locale: str) -> int:
    exercises = bank.exercises()
    width = max((len(exercise.id) for exercise in exercises), default=0)
    group = None
    for exercise in exercises:
        if exercise.group != group:
            group = exercise.group
            print(f"{'' if exercise is exercises[0] else chr(10)}{_group(group, locale)}")
        print(f"  {exercise.id:<{width}}  {exercise.variant().title(locale)}")
    return 0


def _group(group: str, locale: str) -> str:
    return text(f"exercise.group.{group}", locale) if group in bank.GROUPS else group


def _variant(arguments: argparse.Namespace) -> Variant:
    return bank.exercise_of(arguments.exercise).variant(arguments.seed or 0)


def _show(arguments: argparse.Namespace, locale: str) -> int:
    return _print(_variant(arguments), "sheet", arguments.format or "md", locale)


def _solve(arguments: argparse.Namespace, locale: str) -> int:
    return _print(_variant(arguments), "solution", arguments.format or "md", locale)


def _print(variant: Variant, part: Part, format: str, locale: str) -> int:
    if format == "csv":
        sys.stdout.writelines(answer_lines(variant.sheet, locale, part == "solution"))
    elif format == "latex":
        print(latex_document([variant], part, locale))
    else:
        print(markdown_sheet(variant, part, locale))
    return 0


def _mark(arguments: argparse.Namespace, locale: str) -> int:
    variant = _variant(arguments)
    entries = read_answers(Path(arguments.answers), variant.sheet)
    marks = mark(variant.sheet, entries)
    width = max(len(key) for key in marks)
    for key, found in marks.items():
        verdict = text(f"verdict.{found.verdict}", locale)
        reasons = " ".join(message_text(reason, locale) for reason in found.reasons)
        print(f"{key:<{width}}  {entries.get(key, ''):<14}  {verdict}  {reasons}".rstrip())
    points = sum(found.credit for found in marks.values())
    print(text("cli.exercise_score", locale, points=float(points), of=len(marks)))
    good = all(found.verdict.is_good for found in marks.values())
    return 0 if good and Verdict.BLANK not in {m.verdict for m in marks.values()} else _NOT_ALL


def _export(arguments: argparse.Namespace, locale: str) -> int:
    exercise = bank.exercise_of(arguments.exercise)
    variants = variants_of(exercise, arguments.variants or 1, arguments.seed)
    for place in hand_out(variants, Path(arguments.into), arguments.to, locale, _save_pdf):
        print(text("cli.picture_written", locale, path=str(place)))
    return 0


def _save_pdf(page: str, path: Path, title: str) -> None:
    # No window is opened, so no screen is asked for either.
    paint_unseen()
    try:
        from nnsim.ui.handout import save_pdf
    except ImportError as error:
        if (error.name or "").startswith("nnsim"):
            raise
        raise NnsimError.of("cli.no_qt", reason=str(error)) from error
    save_pdf(page, path, title)


def _results(arguments: argparse.Namespace, locale: str) -> int:
    results = collect([Path(arguments.folder)])
    written = save_results(results, Path(arguments.into), locale)
    for message in results.unreadable:
        print(f"nnsim: {message_text(message, locale)}", file=sys.stderr)
    for place in written:
        print(text("cli.picture_written", locale, path=str(place)))
    return 0


_ACTIONS = {
    "list": _list,
    "show": _show,
    "solve": _solve,
    "mark": _mark,
    "export": _export,
    "results": _results,
}
