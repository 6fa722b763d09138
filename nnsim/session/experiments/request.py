"""An experiment as a person asks for it: what, on which data, with which settings.

What is not chosen has a default, which the result tells: a ``Result`` holds all that is needed to
run the experiment again.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, get_args

from nnsim.core.messages import Message, NnsimError
from nnsim.data.scaling import Method
from nnsim.data.sets import DATA_SETS
from nnsim.data.splitting import Order
from nnsim.document.head import arrays_of, head_of
from nnsim.document.model import Document
from nnsim.session.experiments.complexity import Against, bias_variance
from nnsim.session.experiments.decomposition import statistical
from nnsim.session.experiments.diagram import Diagram
from nnsim.session.experiments.kfold import kfold
from nnsim.session.experiments.pool import Progress
from nnsim.session.experiments.race import VARIED, Varied, race
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
#: Settings of a diagram that may be given in place of its own.
OVERRIDES: tuple[Varied, ...] = VARIED
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

    def origin(self, seed: int, with_diagram: bool = False) -> dict[str, Any]:
        """What has to be known to have the same again, as values that JSON can hold.

        Of a project these are its samples, and ``with_diagram`` all of it.
        """
        if self.document is None:
            options = {option.name: option.default for option in DATA_SETS[self.name].options}
            return {"name": self.name, "kind": "set", "options": options, "seed": seed}
        if with_diagram:
            arrays = {name: values.tolist() for name, values in arrays_of(self.document)}
            document = head_of(self.document)
            return {"name": self.name, "kind": "project", "document": document, "arrays": arrays}
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

    def network(self, batch: int, varied: str = "") -> Setup | Diagram:
        """What is trained: a project's diagram where no layers are given, and they do not vary."""
        choices, document = self.choices, self.source.document
        has_layers = choices.layers is not None or choices.hidden is not None
        if document is None or has_layers or varied == "hidden_units":
            return _setup(choices, self.samples, batch)
        return _diagram(choices, document, self.samples)

    def result(
        self, command: str, report: Report, network: Setup | Diagram, others: dict[str, Any]
    ) -> Result:
        """The report with settings and command; what varies or is not varied is in ``others``."""
        seed = self.place["seed"]
        if isinstance(network, Diagram) and network.document.training.patience:
            told = Message("experiment.no_early_stopping")
            report = replace(report, sentences=(*report.sentences, told))
        settings = _told(network, self.choices) | others | {"seed": seed}
        hidden = {name for name, value in settings.items() if value is None}
        settings = {name: value for name, value in settings.items() if name not in hidden}
        words = shlex.join(["nnsim", command, self.source.name, *_words(settings)])
        origin = self.source.origin(seed, isinstance(network, Diagram))
        return Result(report, {"command": words, "data": origin, "settings": settings})


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


def _diagram(choices: Choices, document: Document, samples: Samples) -> Diagram:
    diagram = Diagram(document, choices.epochs or 40)
    for name in OVERRIDES:
        value = getattr(choices, name)
        if value is not None:
            diagram = diagram.with_value(samples, name, value)
    if choices.scaling is not None:
        diagram = diagram.with_scaling(samples, choices.scaling)
    return diagram


def _told(network: Setup | Diagram, choices: Choices) -> dict[str, Any]:
    """The settings of a network and its training, by their options."""
    if isinstance(network, Diagram):
        given: dict[str, Any] = {name: getattr(choices, name) for name in OVERRIDES}
        scaling = None if choices.scaling is None else str(choices.scaling)
        return {"network": "as drawn", **given, "epochs": network.epochs, "scaling": scaling}
    return {
        "layers": "-".join(map(str, network.layers)),
        "activation": network.activation,
        "output": network.output,
        "loss": network.loss,
        "optimiser": network.optimiser,
        "rate": network.rate,
        "initialiser": network.initialiser,
        "batch": network.batch,
        "epochs": network.epochs,
        "scaling": str(network.scaling),
    }


def _kfold(asked: _Asked) -> Result:
    network, k = asked.network(batch=16), asked.choices.folds or 5
    report = kfold(asked.samples, network, k, order=asked.order, **asked.place)
    return asked.result("kfold", report, network, {"folds": k, "order": str(asked.order)})


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
    against: Against = choices.vary or "hidden_units"  # type: ignore[assignment]
    network = asked.network(32, against)
    size = choices.samples or default_size(len(samples))
    given = None if choices.values is None else tuple(int(value) for value in choices.values)
    values = default_values(against, len(samples)) if given is None else given
    noise, repeats = choices.noise or 0.0, choices.repeats or 5
    report = bias_variance(samples, network, against, values, size, noise, repeats, **asked.place)
    settings: dict[str, Any] = {
        "samples": size,
        "noise": noise,
        "repeats": repeats,
        "vary": against,
        "values": ",".join(map(str, values)),
    }
    if against in FIXED_BY:
        settings[FIXED_BY[against]] = None
    if against == "hidden_units" and choices.layers is not None:
        units = "-".join(map(str, choices.layers[1:-1]))
        told = Message("experiment.units_vary", {"units": units, "n": len(choices.layers) - 2})
        report = replace(report, sentences=(*report.sentences, told))
    return asked.result("bias-variance", report, network, settings)


def _race(asked: _Asked) -> Result:
    choices = asked.choices
    varied: Varied = choices.vary or "optimiser"  # type: ignore[assignment]
    values = choices.values or ()
    network = asked.network(batch=16)
    target, order = choices.target, asked.order
    report = race(asked.samples, network, varied, values, order=order, target=target, **asked.place)
    settings: dict[str, Any] = {
        "order": str(order),
        "vary": varied,
        "values": ",".join(str(value) for value in values),
        "target": target,
        varied: None,
    }
    if varied == "loss":
        settings["output"] = None  # it goes with the loss
    return asked.result("race", report, network, settings)


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
    """Settings as options; what follows from the others has none."""
    for name, value in settings.items():
        if name not in ("output", "network"):
            yield from (f"--{name}", str(value))
