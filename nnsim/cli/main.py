"""The way in of the command line: words in, exit status out.

0: done.  1: a verified trace differs.  2: an error, said in one line on standard error.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Sequence

from nnsim import __version__
from nnsim.cli.words import HELP, VERSION, command_of, locale_of
from nnsim.core.files import reason_of
from nnsim.core.messages import Message, NnsimError
from nnsim.core.texts import one_line
from nnsim.language import message_text, text

_INTERRUPTED = 130


def main(words: Sequence[str]) -> int:
    """Do what the words say; returns the exit status."""
    _speak_utf8()
    locale = locale_of(words)
    try:
        status = _run(words, locale)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Whoever read along has had enough, as in `nnsim trace or-gate | head -3`.
        _forget_output()
        return 0
    except OSError as error:
        # Standard output cannot take it, as when a disk is full.
        _forget_output()
        return refuse([Message("cli.cannot_print", {"reason": reason_of(error)})], locale)
    except KeyboardInterrupt:
        return _INTERRUPTED


def _run(words: Sequence[str], locale: str) -> int:
    if any(word in HELP for word in words):
        print(text(f"cli.help.{command_of(words) or 'nnsim'}", locale).strip())
        return 0
    if VERSION in words:
        print(f"nnsim {__version__}")
        return 0
    from nnsim.cli import arguments, commands

    try:
        found = arguments.read(words)
        return commands.RUN[found.command](found, locale)
    except NnsimError as error:
        return refuse(error.messages, locale)
    except commands.Differs as difference:
        refuse([difference.message], locale)
        return difference.status


def refuse(messages: Sequence[Message], locale: str) -> int:
    """Say what is wrong in one line on standard error; returns the exit status."""
    sentences = " ".join(message_text(message, locale) for message in messages)
    print(f"nnsim: {one_line(sentences)}", file=sys.stderr)
    return 2


def _speak_utf8() -> None:
    """Σ and ñ are written in UTF-8 also where the system's language is not set, as with LC_ALL=C.

    A file name that is no text is shown with its odd bytes written out.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _forget_output() -> None:
    # Else Python complains when it flushes what nobody reads.
    with contextlib.suppress(OSError, io.UnsupportedOperation):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
