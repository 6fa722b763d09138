"""``nnsim kfold``, ``nnsim bias-variance``, ``nnsim race``: experiments without a screen."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from nnsim.cli.experiment_arguments import MAX_VALUE, READ_VALUE, whole_numbers
from nnsim.cli.projects import open_project
from nnsim.core.files import replacing
from nnsim.core.messages import NnsimError
from nnsim.data.scaling import Method
from nnsim.data.sets import DATA_SETS
from nnsim.data.splitting import Order
from nnsim.document.examples import EXAMPLES
from nnsim.export.experiments import REPORT_FORMATS, ReportFormat, report_pieces
from nnsim.language import text
from nnsim.session.experiments.complexity import Against, bias_variance
from nnsim.session.experiments.decomposition import statistical
from nnsim.session.experiments.kfold import kfold
from nnsim.session.experiments.pool import Progress, workers
from nnsim.session.experiments.race import race
from nnsim.session.experiments.report import Report
from nnsim.session.experiments.samples import Samples, samples_of_set, samples_of_table
from nnsim.session.experiments.training import Setup, usual_initialiser

#: Units of a hidden layer where no layers are given.
HIDDEN = 8
_COMPLEXITIES = (1, 2, 4, 8, 16, 32, 64, 128)
_DEGREES = (0, 1, 3, 5, 9, 12, 15)
#: What a sweep keeps as it is, and the option that says so: it says nothing where that varies.
_FIXED_BY = {"epochs": "epochs", "training_size": "samples"}


def run(arguments: argparse.Namespace, locale: str) -> int:
    """Run the experiment and print or write its report; returns the exit status."""
    seed = arguments.seed or 0
    with workers(arguments.workers or 1) as executor, _progress() as tell:
        asked = Asked(arguments, seed, executor, tell)
        if arguments.command == "bias-variance" and arguments.statistical:
            report, origin = _statistical(asked)
        else:
            samples, data = _samples(arguments.data, seed, locale)
            report, origin = _RUN[arguments.command](asked, samples, data)
    _write(report, origin, arguments, locale)
    return 0


# -- data ----------------------------------------------------------------------------------------


def _samples(word: str, seed: int, locale: str) -> tuple[Samples, dict[str, Any]]:
    """The samples of a project, a data set or an example, and where they came from."""
    if not Path(word).exists():
        if word in DATA_SETS:
            samples = samples_of_set(word, seed)
            options = {option.name: option.default for option in DATA_SETS[word].options}
            return samples, {"name": word, "kind": "set", "options": options, "seed": seed}
        if word not in EXAMPLES and Path(word).suffix == "":
            known = ", ".join([*DATA_SETS, *EXAMPLES])
            raise NnsimError.of("cli.no_data", word=word, known=known)
    table = open_project(word, locale).data
    return samples_of_table(table, word), {
        "name": word,
        "kind": "project",
        "input_names": list(table.input_names),
        "target_names": list(table.target_names),
        "inputs": table.inputs.tolist(),
        "targets": table.targets.tolist(),
    }


def _setup(arguments: argparse.Namespace, samples: Samples, batch: int) -> Setup:
    inputs, outputs = samples.inputs.shape[1], samples.targets.shape[1]
    layers = arguments.layers or (inputs, HIDDEN, outputs)
    if (layers[0], layers[-1]) != (inputs, outputs):
        given = "-".join(map(str, layers))
        raise NnsimError.of("experiment.layers", layers=given, inputs=inputs, outputs=outputs)
    activation = arguments.activation or "relu"
    loss = arguments.loss or samples.usual_loss
    return Setup(
        layers=layers,
        activation=activation,
        output=samples.output_for(loss),
        loss=loss,
        optimiser=arguments.optimiser or "adam",
        rate=arguments.rate or 0.01,
        initialiser=arguments.initialiser or usual_initialiser(activation),
        batch=arguments.batch or batch,
        epochs=arguments.epochs or 40,
    )


def _network(setup: Setup, scaling: Method) -> dict[str, Any]:
    """The settings of a network and its training, by their options."""
    return {
        "layers": "-".join(map(str, setup.layers)),
        "activation": setup.activation,
        "loss": setup.loss,
        "optimiser": setup.optimiser,
        "rate": setup.rate,
        "initialiser": setup.initialiser,
        "batch": setup.batch,
        "epochs": setup.epochs,
        "scaling": str(scaling),
    }


# -- experiments ---------------------------------------------------------------------------------

#: A report, and how it came about.
Found = tuple[Report, dict[str, Any]]


class Asked(NamedTuple):
    """What was typed, and what the work is done on."""

    arguments: argparse.Namespace
    seed: int
    executor: Executor | None
    progress: Progress | None

    @property
    def place(self) -> dict[str, Any]:
        """Where an experiment runs and who is told, by the names of its parameters."""
        return {"seed": self.seed, "executor": self.executor, "progress": self.progress}


def _kfold(asked: Asked, samples: Samples, origin: dict[str, Any]) -> Found:
    arguments, seed = asked.arguments, asked.seed
    setup = _setup(arguments, samples, batch=16)
    order, scaling = _order(arguments, samples), _scaling(arguments, samples)
    k = arguments.folds or 5
    report = kfold(samples, setup, k, order=order, scaling=scaling, **asked.place)
    settings = {**_network(setup, scaling), "folds": k, "order": str(order), "seed": seed}
    return report, _run_of("kfold", origin, settings, setup)


def _bias_variance(asked: Asked, samples: Samples, origin: dict[str, Any]) -> Found:
    arguments, seed = asked.arguments, asked.seed
    setup = _setup(arguments, samples, batch=32)
    scaling = _scaling(arguments, samples)
    against: Against = arguments.vary or "hidden_units"
    fixed = _FIXED_BY.get(against)
    if fixed is not None and getattr(arguments, fixed) is not None:
        raise NnsimError.of("cli.varied_too", option=f"--{fixed}", value=against)
    # Half of the samples to learn from, but no more than the figures of a lesson are made with.
    size = arguments.samples or min(400, max(1, len(samples) // 2))
    values: tuple[int, ...] = _COMPLEXITIES
    if arguments.values is not None:
        values = whole_numbers(MAX_VALUE[against])(arguments.values)
    elif against == "training_size":
        values = tuple(n for n in (25, 50, 100, 200, 400, 800) if n < len(samples))
    noise = arguments.noise or 0.0
    repeats = arguments.repeats or 5
    report = bias_variance(
        samples, setup, against, values, size, noise, repeats, scaling=scaling, **asked.place
    )
    settings = {
        **_network(setup, scaling),
        "samples": size,
        "noise": noise,
        "repeats": repeats,
        "vary": against,
        "values": ",".join(map(str, values)),
        "seed": seed,
    }
    if fixed is not None:
        del settings[fixed]
    return report, _run_of("bias-variance", origin, settings, setup)


def _race(asked: Asked, samples: Samples, origin: dict[str, Any]) -> Found:
    arguments, seed = asked.arguments, asked.seed
    varied = arguments.vary
    if getattr(arguments, varied) is not None:
        raise NnsimError.of("cli.varied_too", option=f"--{varied}", value=varied)
    values = [READ_VALUE[varied](word) for word in arguments.values.split(",")]
    setup = _setup(arguments, samples, batch=16)
    order, scaling = _order(arguments, samples), _scaling(arguments, samples)
    target = arguments.target
    report = race(
        samples, setup, varied, values, order=order, scaling=scaling, target=target, **asked.place
    )
    settings = {
        **_network(setup, scaling),
        "order": str(order),
        "vary": varied,
        "values": ",".join(str(value) for value in values),
        "seed": seed,
    }
    del settings[varied]
    if target is not None:
        settings["target"] = target
    return report, _run_of("race", origin, settings, setup)


def _statistical(asked: Asked) -> Found:
    arguments, seed = asked.arguments, asked.seed
    degrees = arguments.values or _DEGREES
    settings: dict[str, Any] = {
        "points": arguments.points or 25,
        "deviation": arguments.deviation or 0.3,
        "resamples": arguments.resamples or 1000,
    }
    report = statistical(degrees, **settings, **asked.place)
    settings |= {"values": ",".join(map(str, degrees)), "seed": seed}
    command = ["nnsim", "bias-variance", "--statistical", *_words(settings)]
    origin = {"name": "sin 2πx + N(0, σ²)", "kind": "curve"}
    return report, {"command": shlex.join(command), "data": origin, "settings": settings}


_RUN = {"kfold": _kfold, "bias-variance": _bias_variance, "race": _race}


def _order(arguments: argparse.Namespace, samples: Samples) -> Order:
    return Order(arguments.order) if arguments.order else samples.usual_order


def _scaling(arguments: argparse.Namespace, samples: Samples) -> Method:
    return Method(arguments.scaling) if arguments.scaling else samples.usual_scaling


def _run_of(
    command: str, origin: dict[str, Any], settings: dict[str, Any], setup: Setup
) -> dict[str, Any]:
    words = ["nnsim", command, origin["name"], *_words(settings)]
    told = {**settings, "output": setup.output}
    if settings.get("vary") == "loss":
        del told["output"]  # it goes with the loss
    return {"command": shlex.join(words), "data": origin, "settings": told}


def _words(settings: Mapping[str, Any]) -> Iterator[str]:
    for name, value in settings.items():
        yield from (f"--{name}", str(value))


# -- output --------------------------------------------------------------------------------------


def _write(
    report: Report, run: Mapping[str, Any], arguments: argparse.Namespace, locale: str
) -> None:
    output = None if arguments.output in (None, "-") else Path(arguments.output)
    ending = output.suffix.lower().removeprefix(".") if output else ""
    named: ReportFormat | None = next((each for each in REPORT_FORMATS if each == ending), None)
    pieces = report_pieces(report, run, arguments.format or named or "md", locale)
    if output is None:
        sys.stdout.writelines(pieces)
        return
    with (
        replacing(output) as temporary,
        temporary.open("w", encoding="utf-8", newline="\n") as file,
    ):
        file.writelines(pieces)
    print(text("cli.picture_written", locale, path=str(output)))


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """Tells a person how many trainings are done; a file or a pipe is told nothing."""
    if not sys.stderr.isatty():
        yield None
        return

    def tell(done: int, total: int) -> bool:
        print(f"\r{done}/{total}", end="", file=sys.stderr, flush=True)
        return True

    try:
        yield tell
    finally:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
