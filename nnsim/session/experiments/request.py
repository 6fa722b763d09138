"""An experiment as a person asks for it: what, on which data, with which settings.

What is not chosen has a default, which the result tells: a ``Result`` holds all that is needed to
run the experiment again.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

from nnsim.core.messages import NnsimError
from nnsim.data.scaling import Method
from nnsim.data.sets import DATA_SETS
from nnsim.data.splitting import Order
from nnsim.document.model import Document
from nnsim.session.experiments.complexity import Against, bias_variance
from nnsim.session.experiments.decomposition import statistical
from nnsim.session.experiments.kfold import kfold
from nnsim.session.experiments.pool import Progress
from nnsim.session.experiments.race import Varied, race
from nnsim.session.experiments.report import Report
from nnsim.session.experiments.samples import Samples, samples_of_set, samples_of_table
from nnsim.session.experiments.training import Setup, usual_initialiser

Kind = Literal["kfold", "bias-variance", "statistical", "race"]
KINDS: tuple[Kind, ...] = get_args(Kind)

#: Units of a hidden layer where no layers are given.
HIDDEN = 8
#: What is varied where nobody says otherwise.
COMPLEXITIES = (1, 2, 4, 8, 16, 32, 64, 128)
EPOCHS = (1, 2, 5, 10, 20, 40, 80)
TRAINING_SIZES = (25, 50, 100, 200, 400, 800)
DEGREES = (0, 1, 3, 5, 9, 12, 15)
#: What a sweep keeps as it is, and the choice that says so: it says nothing where that varies.
FIXED_BY: Mapping[str, str] = {"epochs": "epochs", "training_size": "samples"}


@dataclass(frozen=True)
class Source:
    """Where the samples come from: a data set by its name, or a project."""

    name: str
    document: Document | None = None

    def samples(self, seed: int) -> Samples:
        """The samples; a set is made with this seed.  Raises NnsimError as ``samples_of``."""
        if self.document is None:
            return samples_of_set(self.name, seed)
        return samples_of_table(self.document.data, self.name)

    def origin(self, seed: int) -> dict[str, Any]:
        """What has to be known to have the same samples again, as values that JSON can hold."""
        if self.document is None:
            options = {option.name: option.default for option in DATA_SETS[self.name].options}
            return {"name": self.name, "kind": "set", "options": options, "seed": seed}
        table = self.document.data
        return {
            "name": self.name,
            "kind": "project",
            "input_names": list(table.input_names),
            "target_names": list(table.target_names),
            "inputs": table.inputs.tolist(),
            "targets": table.targets.tolist(),
        }


@dataclass(frozen=True)
class Choices:
    """What was chosen; None is the default.

    Names and meanings are those of the options of ``nnsim kfold``, ``bias-variance`` and ``race``;
    ``hidden`` are the units of the hidden layers, for those who leave inputs and outputs to the
    data.
    """

    seed: int | None = None
    hidden: tuple[int, ...] | None = None
    layers: tuple[int, ...] | None = None
    activation: str | None = None
    loss: str | None = None
    optimiser: str | None = None
    rate: float | None = None
    initialiser: str | None = None
    batch: int | None = None
    epochs: int | None = None
    scaling: Method | None = None
    order: Order | None = None
    folds: int | None = None
    vary: str | None = None
    values: tuple[int | float | str, ...] | None = None
    samples: int | None = None
    noise: float | None = None
    repeats: int | None = None
    target: float | None = None
    points: int | None = None
    deviation: float | None = None
    resamples: int | None = None


@dataclass(frozen=True)
class Request:
    """One experiment; ``source`` is None for the statistical one, which draws its own samples."""

    kind: Kind
    source: Source | None
    choices: Choices = Choices()


class Result(NamedTuple):
    """A report, and how it came about: "command", "data", "settings"."""

    report: Report
    run: Mapping[str, Any]


def perform(
    request: Request, executor: Executor | None = None, progress: Progress | None = None
) -> Result:
    """Run the experiment.

    Raises NnsimError as the experiment does, and ``experiment.layers``; ExperimentCancelled.
    """
    seed = request.choices.seed or 0
    place: dict[str, Any] = {"seed": seed, "executor": executor, "progress": progress}
    if request.source is None:
        return _statistical(request.choices, place)
    asked = _Asked(request.choices, request.source, request.source.samples(seed), place)
    return {"kfold": _kfold, "bias-variance": _bias_variance, "race": _race}[request.kind](asked)


class _Asked(NamedTuple):
    """What was chosen, on which samples, and the place: seed, executor, progress."""

    choices: Choices
    source: Source
    samples: Samples
    place: dict[str, Any]

    @property
    def order(self) -> Order:
        return self.choices.order or self.samples.usual_order

    def setup(self, batch: int) -> Setup:
        return _setup(self.choices, self.samples, batch)

    def result(self, command: str, report: Report, settings: dict[str, Any]) -> Result:
        seed = self.place["seed"]
        words = ["nnsim", command, self.source.name, *_words({**settings, "seed": seed})]
        told = {**settings, "seed": seed}
        return Result(
            report,
            {"command": shlex.join(words), "data": self.source.origin(seed), "settings": told},
        )


def _setup(choices: Choices, samples: Samples, batch: int) -> Setup:
    inputs, outputs = samples.inputs.shape[1], samples.targets.shape[1]
    hidden = (HIDDEN,) if choices.hidden is None else choices.hidden
    layers = choices.layers or (inputs, *hidden, outputs)
    if (layers[0], layers[-1]) != (inputs, outputs):
        given = "-".join(map(str, layers))
        raise NnsimError.of("experiment.layers", layers=given, inputs=inputs, outputs=outputs)
    activation = choices.activation or "relu"
    loss = choices.loss or samples.usual_loss
    return Setup(
        layers=layers,
        activation=activation,
        output=samples.output_for(loss),
        loss=loss,
        optimiser=choices.optimiser or "adam",
        rate=choices.rate or 0.01,
        initialiser=choices.initialiser or usual_initialiser(activation),
        batch=choices.batch or batch,
        epochs=choices.epochs or 40,
        scaling=choices.scaling or samples.usual_scaling,
    )


def _network(setup: Setup) -> dict[str, Any]:
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
        "scaling": str(setup.scaling),
    }


def _kfold(asked: _Asked) -> Result:
    setup, k = asked.setup(batch=16), asked.choices.folds or 5
    report = kfold(asked.samples, setup, k, order=asked.order, **asked.place)
    settings = {**_network(setup), "output": setup.output, "folds": k, "order": str(asked.order)}
    return asked.result("kfold", report, settings)


def default_size(count: int) -> int:
    """Samples to learn from: half, but no more than the figures of the lesson are made with."""
    return min(400, max(1, count // 2))


def default_values(against: Against, count: int) -> tuple[int, ...]:
    """What a sweep goes through, of so many samples."""
    if against == "training_size":
        return tuple(n for n in TRAINING_SIZES if n < count)
    return EPOCHS if against == "epochs" else COMPLEXITIES


def _bias_variance(asked: _Asked) -> Result:
    choices, samples = asked.choices, asked.samples
    setup = asked.setup(batch=32)
    against: Against = choices.vary or "hidden_units"  # type: ignore[assignment]
    size = choices.samples or default_size(len(samples))
    given = None if choices.values is None else tuple(int(value) for value in choices.values)
    values = default_values(against, len(samples)) if given is None else given
    noise, repeats = choices.noise or 0.0, choices.repeats or 5
    report = bias_variance(samples, setup, against, values, size, noise, repeats, **asked.place)
    settings = {
        **_network(setup),
        "output": setup.output,
        "samples": size,
        "noise": noise,
        "repeats": repeats,
        "vary": against,
        "values": ",".join(map(str, values)),
    }
    settings.pop(FIXED_BY.get(against, ""), None)
    return asked.result("bias-variance", report, settings)


def _race(asked: _Asked) -> Result:
    choices = asked.choices
    varied: Varied = choices.vary or "optimiser"  # type: ignore[assignment]
    values = choices.values or ()
    setup = asked.setup(batch=16)
    report = race(
        asked.samples,
        setup,
        varied,
        values,
        order=asked.order,
        target=choices.target,
        **asked.place,
    )
    settings = {
        **_network(setup),
        "output": setup.output,
        "order": str(asked.order),
        "vary": varied,
        "values": ",".join(str(value) for value in values),
    }
    del settings[varied]
    if varied == "loss":
        del settings["output"]  # it goes with the loss
    if choices.target is not None:
        settings["target"] = choices.target
    return asked.result("race", report, settings)


def _statistical(choices: Choices, place: dict[str, Any]) -> Result:
    given = DEGREES if choices.values is None else choices.values
    degrees = tuple(int(value) for value in given)
    settings: dict[str, Any] = {
        "points": choices.points or 25,
        "deviation": choices.deviation or 0.3,
        "resamples": choices.resamples or 1000,
    }
    report = statistical(degrees, **settings, **place)
    settings |= {"values": ",".join(map(str, degrees)), "seed": place["seed"]}
    command = ["nnsim", "bias-variance", "--statistical", *_words(settings)]
    origin = {"name": "sin 2πx + N(0, σ²)", "kind": "curve"}
    return Result(report, {"command": shlex.join(command), "data": origin, "settings": settings})


def _words(settings: Mapping[str, Any]) -> Iterator[str]:
    """Settings as options; the activation of the output goes with the loss and has none."""
    for name, value in settings.items():
        if name != "output":
            yield from (f"--{name}", str(value))
