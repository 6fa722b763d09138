"""The options of ``nnsim train``, ``landscape``, ``kfold``, ``bias-variance`` and ``race``."""

from __future__ import annotations

from collections.abc import Callable

from nnsim.cli.arguments import MAX_SEED, Parser, count, one_of
from nnsim.core.messages import NnsimError
from nnsim.core.numbers import parse_number
from nnsim.data.scaling import Method
from nnsim.data.splitting import Order
from nnsim.document.templates import parse_layers
from nnsim.engine.initialisers import INITIALISERS
from nnsim.export.experiments import REPORT_FORMATS
from nnsim.session.experiments.complexity import AGAINST
from nnsim.session.experiments.landscape import LEAST_SIDE, MOST_SIDE
from nnsim.session.experiments.pool import MAX_WORKERS
from nnsim.session.experiments.race import VARIED
from nnsim.session.experiments.samples import CLASS_LOSSES
from nnsim.session.experiments.training import HIDDEN_ACTIVATIONS, OPTIMISER_NAMES

MAX_EPOCHS = 100_000
MAX_BATCH = 1_000_000
MAX_FOLDS = 1000
MAX_REPEATS = 1000
MAX_POINTS = 10_000
MAX_RESAMPLES = 10_000
MAX_UNITS = 4096
MAX_DEGREE = 100
#: How the values of what a race varies are read.
READ_VALUE: dict[str, Callable[[str], str | float]] = {
    "optimiser": one_of("--values", OPTIMISER_NAMES),
    "activation": one_of("--values", HIDDEN_ACTIVATIONS),
    "loss": one_of("--values", tuple(CLASS_LOSSES)),
    "rate": lambda word: positive("--values")(word),
    "initialiser": one_of("--values", INITIALISERS),
    "batch": count("--values", MAX_BATCH),
}
#: The most that each kind of value may be.
MAX_VALUE = {"hidden_units": MAX_UNITS, "epochs": MAX_EPOCHS, "training_size": MAX_BATCH}


def add_training_options(parser: Parser) -> None:
    """Give the parser the options of ``nnsim train``."""
    parser.word("project")
    parser.option("--epochs", type=count("--epochs", MAX_EPOCHS))
    parser.option("--target-loss", type=number("--target-loss"))
    parser.add_argument("--until-verdict", action="store_true")
    parser.option("--format", type=one_of("--format", REPORT_FORMATS))
    parser.option("-o", "--output")


def add_landscape_options(parser: Parser) -> None:
    """Give the parser the options of ``nnsim landscape``."""
    parser.word("project")
    parser.option("--iterations", type=count("--iterations", least=0))
    parser.option("--first")
    parser.option("--second")
    parser.option("--reach", type=positive("--reach"))
    parser.option("--side", type=count("--side", MOST_SIDE, LEAST_SIDE))
    parser.add_argument("--path", action="store_true")
    parser.option("--workers", type=count("--workers", MAX_WORKERS))
    parser.option("--format", type=one_of("--format", REPORT_FORMATS))
    parser.option("-o", "--output")


def add_options(parser: Parser, command: str, statistical: bool) -> None:
    """Give the parser the options of one of the experiments."""
    parser.option("--seed", type=count("--seed", MAX_SEED, 0))
    parser.option("--workers", type=count("--workers", MAX_WORKERS))
    parser.option("--cluster")
    parser.option("--format", type=one_of("--format", REPORT_FORMATS))
    parser.option("-o", "--output")
    if command == "bias-variance":
        parser.add_argument("--statistical", action="store_true")
        if statistical:
            parser.option("--values", type=whole_numbers(MAX_DEGREE, 0))
            parser.option("--points", type=count("--points", MAX_POINTS, 2))
            parser.option("--deviation", type=positive("--deviation"))
            parser.option("--resamples", type=count("--resamples", MAX_RESAMPLES, 2))
            return
    parser.word("data")
    parser.option("--layers", type=parse_layers)
    parser.option("--activation", type=one_of("--activation", HIDDEN_ACTIVATIONS))
    parser.option("--loss", type=one_of("--loss", tuple(CLASS_LOSSES)))
    parser.option("--optimiser", type=one_of("--optimiser", OPTIMISER_NAMES))
    parser.option("--rate", type=positive("--rate"))
    parser.option("--initialiser", type=one_of("--initialiser", INITIALISERS))
    parser.option("--batch", type=count("--batch", MAX_BATCH))
    parser.option("--epochs", type=count("--epochs", MAX_EPOCHS))
    parser.option("--scaling", type=one_of("--scaling", tuple(Method)))
    if command == "bias-variance":
        parser.option("--vary", type=one_of("--vary", AGAINST))
        parser.option("--values")
        parser.option("--samples", type=count("--samples", MAX_BATCH))
        parser.option("--noise", type=share("--noise"))
        parser.option("--repeats", type=count("--repeats", MAX_REPEATS))
        return
    parser.option("--order", type=one_of("--order", tuple(Order)))
    if command == "kfold":
        parser.option("--folds", type=count("--folds", MAX_FOLDS, 2))
    else:
        parser.word("vary", "--vary", type=one_of("--vary", VARIED))
        parser.word("values", "--values")
        parser.option("--target", type=number("--target"))


def whole_numbers(most: int, least: int = 1) -> Callable[[str], tuple[int, ...]]:
    """Reads whole numbers with commas between them.  Raises NnsimError ``cli.not_a_count``."""
    read_one = count("--values", most, least)
    return lambda words: tuple(read_one(word) for word in words.split(","))


def number(option: str) -> Callable[[str], float]:
    """Reads a number.  Raises NnsimError ``cli.not_a_number``."""

    def read_one(word: str) -> float:
        try:
            return parse_number(word)
        except NnsimError as error:
            raise NnsimError.of("cli.not_a_number", word=word, option=option) from error

    return read_one


def positive(option: str) -> Callable[[str], float]:
    """Reads a number above 0.  Raises NnsimError ``cli.not_positive``."""

    def read_one(word: str) -> float:
        value = number(option)(word)
        if value <= 0:
            raise NnsimError.of("cli.not_positive", word=word, option=option)
        return value

    return read_one


def share(option: str) -> Callable[[str], float]:
    """Reads a number from 0 to 1.  Raises NnsimError ``cli.not_a_share``."""

    def read_one(word: str) -> float:
        value = number(option)(word)
        if not 0 <= value <= 1:
            raise NnsimError.of("cli.not_a_share", word=word, option=option)
        return value

    return read_one
