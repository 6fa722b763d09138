"""A first look at the words after ``nnsim``: light, because the window starts with it too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nnsim.language import LOCALES, system_locale

EXPERIMENTS = ("kfold", "bias-variance", "race")
COMMANDS = (
    *("trace", "train", "examples", "verify", "picture", "exercise"),
    *(*EXPERIMENTS, "landscape"),
)
HELP = ("-h", "--help")
VERSION = "--version"


def wants_window(words: Sequence[str]) -> bool:
    """Whether these words ask for the window: none, a file, or options of Qt (one hyphen)."""
    if any(word in (*HELP, VERSION) for word in words) or command_of(words) is not None:
        return False
    if not words or (words[0].startswith("-") and not words[0].startswith("--")):
        return True
    files = [word for word in words if not word.startswith("-")]
    return not words[0].startswith("-") and len(files) == 1 and Path(files[0]).exists()


def locale_of(words: Sequence[str]) -> str:
    """The language asked for with --locale; the system's where it is not, or is unknown."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        chosen = following if word == "--locale" else word.removeprefix("--locale=")
        if word.startswith("--locale") and chosen in LOCALES:
            return chosen
    return system_locale()


def command_of(words: Sequence[str], commands: Sequence[str] = COMMANDS) -> str | None:
    """The command: the first word that is no option; None where it is not one of ``commands``."""
    rest = list(words)
    while rest and rest[0].startswith("-"):
        rest = rest[2:] if rest[0] == "--locale" else rest[1:]
    return rest[0] if rest and rest[0] in commands else None
