"""The project a command works on: a file, or a shipped example by its id."""

from __future__ import annotations

from pathlib import Path

from nnsim.core.messages import NnsimError
from nnsim.document.edits import set_texts
from nnsim.document.examples import EXAMPLES, load_example
from nnsim.document.file import load
from nnsim.document.model import Document
from nnsim.language import text


def open_project(word: str, locale: str) -> Document:
    """The document in a file, or the example of this id with its title in the language.

    Raises NnsimError ``cli.no_project`` and those of ``load``.
    """
    if word in EXAMPLES and not Path(word).exists():
        return set_texts(load_example(word), title=text(f"example.{word}.title", locale))
    if not Path(word).exists() and Path(word).suffix == "":
        raise NnsimError.of("cli.no_project", word=word, examples=", ".join(EXAMPLES))
    return load(Path(word))
