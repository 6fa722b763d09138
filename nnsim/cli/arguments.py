"""What was typed after ``nnsim``, read and checked.

argparse splits the words; what is wrong with them is said from the catalogue, in one line.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from nnsim.cli.words import COMMANDS, EXPERIMENTS, command_of
from nnsim.core.messages import NnsimError
from nnsim.language import LOCALES

if TYPE_CHECKING:
    from nnsim.session.table import Group

MAX_ITERATIONS = 10_000_000
# Holds the place of a value that was not given.
_NOTHING = object()


def read(words: Sequence[str]) -> argparse.Namespace:
    """Command and options.  Raises NnsimError ``cli.…`` with the mistake."""
    command = command_of(words)
    if command is None:
        word = next((word for word in words if word not in ("--locale", *LOCALES)), "")
        raise NnsimError.of("cli.unknown_command", word=word, commands=", ".join(COMMANDS))
    rest = list(words)
    rest.remove(command)
    if command == "exercise":
        parser = exercise_parser(rest)
    else:
        parser = parser_for(command, statistical="--statistical" in rest)
    found, unknown = parser.parse_known_args(rest)
    if unknown:
        option = next((word for word in unknown if word.startswith("-")), None)
        code = "cli.unknown_option" if option else "cli.too_many"
        raise NnsimError.of(code, word=option or unknown[0], command=command)
    for name, value in vars(found).items():
        if value is _NOTHING:
            is_option = name not in ("data", "project")
            if is_option and command in (*EXPERIMENTS, "train", "landscape"):
                raise NnsimError.of("cli.needs_value", option=_option(name), command=command)
            raise NnsimError.of(f"cli.needs_{name}", command=command)
    found.command = command
    return found


def _option(name: str) -> str:
    return "-o" if name == "output" else f"--{name}"


def parser_for(command: str, statistical: bool = False) -> argparse.ArgumentParser:
    """The parser of a command; ``bias-variance`` has another one for --statistical."""
    parser = Parser(command)
    parser.option("--locale", type=one_of("--locale", LOCALES))
    if command == "trace":
        # Imported here: the window starts with this module, and should not wait for exports.
        from nnsim.export import FORMATS

        parser.word("project")
        parser.option("--format", type=one_of("--format", FORMATS))
        parser.option("--iterations", type=count("--iterations"))
        parser.add_argument("--until-converged", action="store_true")
        parser.option("--columns", type=_columns)
        parser.option("--table", type=one_of("--table", ("course", "numbers")))
        parser.option("--decimal", type=one_of("--decimal", ("point", "comma")))
        parser.option("-o", "--output")
    elif command == "train":
        from nnsim.cli.experiment_arguments import add_training_options

        add_training_options(parser)
    elif command == "landscape":
        from nnsim.cli.experiment_arguments import add_landscape_options

        add_landscape_options(parser)
    elif command == "verify":
        parser.word("file")
    elif command == "picture":
        parser.word("project")
        parser.word("output", "-o", "--output")
        parser.option("--iteration", type=count("--iteration"))
        parser.option("--theme", type=one_of("--theme", ("light", "dark")))
    elif command in EXPERIMENTS:
        from nnsim.cli.experiment_arguments import add_options

        add_options(parser, command, statistical)
    return parser


#: What ``nnsim exercise`` can do, and the formats of those that print.
EXERCISE_ACTIONS = ("list", "show", "solve", "mark", "export", "results")
_PRINTED = ("md", "csv", "latex")
MAX_SEED = 2**63 - 1


def exercise_parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of ``nnsim exercise``, for the action among the words.

    Raises NnsimError ``cli.needs_action`` or ``cli.not_a_choice``.
    """
    chosen = command_of(words, EXERCISE_ACTIONS)
    if chosen is None:
        word = next((w for w in words if not w.startswith("-") and w not in LOCALES), None)
        actions = ", ".join(EXERCISE_ACTIONS)
        if word is None:
            raise NnsimError.of("cli.needs_action", actions=actions)
        raise NnsimError.of("cli.not_an_action", word=word, actions=actions)
    parser = Parser("exercise")
    parser.option("--locale", type=one_of("--locale", LOCALES))
    parser.word("action")
    if chosen in ("show", "solve", "mark", "export"):
        parser.word("exercise")
        parser.option("--seed", type=count("--seed", MAX_SEED, 0))
    if chosen in ("show", "solve"):
        parser.option("--format", type=one_of("--format", _PRINTED))
    elif chosen == "mark":
        parser.word("answers")
    elif chosen == "export":
        from nnsim.exercises.handing_out import SUFFIXES
        from nnsim.exercises.handouts import MAX_VARIANTS

        parser.word("to", "--to", type=one_of("--to", tuple(SUFFIXES)))
        parser.option("--variants", type=count("--variants", MAX_VARIANTS))
        parser.word("into", "-o", "--output")
    elif chosen == "results":
        parser.word("folder")
        parser.word("into", "-o", "--output")
    return parser


class Parser(argparse.ArgumentParser):
    """The words after one command."""

    def __init__(self, command: str) -> None:
        super().__init__(prog=f"nnsim {command}", add_help=False, allow_abbrev=False)
        self._command = command

    def error(self, message: str) -> NoReturn:
        # argparse's own sentences are English whatever the language, and come with a usage block.
        raise NnsimError.of("cli.not_understood", command=self._command)

    def word(self, name: str, *options: str, type: Callable[[str], Any] = str) -> None:
        """Something that has to be there."""
        if options:
            self.add_argument(
                *options, dest=name, nargs="?", const=_NOTHING, default=_NOTHING, type=type
            )
        else:
            self.add_argument(name, nargs="?", default=_NOTHING)

    def option(self, *names: str, type: Callable[[str], Any] = str) -> None:
        """An option with a value; None where it is not given."""
        self.add_argument(*names, nargs="?", const=_NOTHING, type=type)


def one_of(option: str, values: Sequence[str]) -> Callable[[str], str]:
    """Reads one of these words.  Raises NnsimError ``cli.not_a_choice``."""

    def read_one(word: str) -> str:
        if word not in values:
            choices = ", ".join(values)
            raise NnsimError.of("cli.not_a_choice", word=word, option=option, choices=choices)
        return word

    return read_one


def count(option: str, most: int = MAX_ITERATIONS, least: int = 1) -> Callable[[str], int]:
    """Reads a whole number in this range.  Raises NnsimError ``cli.not_a_count``."""

    def read_one(word: str) -> int:
        is_number = word.isascii() and word.isdigit() and len(word) <= len(str(most))
        if not is_number or not least <= int(word) <= most:
            raise NnsimError.of("cli.not_a_count", word=word, option=option, n=most, least=least)
        return int(word)

    return read_one


def _columns(words: str) -> frozenset[Group]:
    from nnsim.session.table import Group

    if words == "all":
        return frozenset(Group)
    read_one = one_of("--columns", [*Group, "all"])
    return frozenset(Group(read_one(word)) for word in words.split(","))
