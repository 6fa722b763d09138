"""The editors of all settings: what may be typed or chosen, and what stands for the default."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

from nnsim.data.options import Task
from nnsim.data.scaling import Method
from nnsim.data.sets import DATA_SETS
from nnsim.data.splitting import Order
from nnsim.document.model import MAX_UNITS
from nnsim.engine.initialisers import INITIALISERS
from nnsim.session.experiments.complexity import AGAINST
from nnsim.session.experiments.landscape import LEAST_SIDE, MOST_SIDE, SIDE
from nnsim.session.experiments.race import VARIED
from nnsim.session.experiments.request import (
    COMPLEXITIES,
    DEGREES,
    EPOCHS,
    HIDDEN,
    TRAINING_SIZES,
)
from nnsim.session.experiments.samples import CLASS_LOSSES
from nnsim.session.experiments.training import HIDDEN_ACTIVATIONS, OPTIMISER_NAMES
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.experiments.fields import (
    Choice,
    Editor,
    Entry,
    Picks,
    listed,
    number,
    several,
    whole,
)

#: Stands in the list of data for the project in the main window.
PROJECT = "project"
#: What is trained on the samples of a project: its diagram, or a perceptron given by layers.
DRAWN, LAYERS = "drawn", "layers"
#: What races go through where nothing is typed.
RACED: Mapping[str, tuple[float, ...]] = {"rate": (0.001, 0.01, 0.1), "batch": (1, 16, 64)}
_MAX_SEED, _MAX_PROCESSES = 2**31, 61
_MOST_PROCESSES = 8
_MAX_COUNT, _MAX_EPOCHS, _MAX_REPEATS = 1_000_000, 100_000, 1000
_MAX_POINTS, _MAX_RESAMPLES, _MAX_DEGREE = 10_000, 10_000, 100
_MAX_DEPTH = 100


def default_processes() -> int:
    """All processors but one, which the window keeps."""
    return min(max((os.cpu_count() or 1) - 1, 1), _MOST_PROCESSES)


def make_editors(preferences: Preferences, weights: Mapping[str, str]) -> dict[str, Editor]:
    """The editors of all settings by name; each knows its default.

    ``weights`` are names by keys, which may become others later.
    """
    say = preferences.say

    def named(table: str) -> Callable[[object], str]:
        return lambda value: say(f"experiments.{table}.{'default' if value is None else value}")

    def data(value: object) -> str:
        return say("experiments.project") if value == PROJECT else say(f"data_set.title.{value}")

    def plain(default: object) -> Callable[[], str]:
        return lambda: str(default)

    def numbers(*values: float) -> Callable[[], str]:
        return lambda: listed(values, preferences)

    def word(key: str) -> Callable[[], str]:
        return lambda: say(f"experiments.default.{key}")

    tasks = (Task.CLASSIFICATION, Task.REGRESSION)
    sets = [name for name, spec in DATA_SETS.items() if spec.task in tasks]
    units, epochs = whole(1, MAX_UNITS), whole(1, _MAX_EPOCHS)
    counts, degrees = whole(1, _MAX_COUNT), whole(0, _MAX_DEGREE)
    above_0 = number(1e-12, 1e6)
    losses = tuple(CLASS_LOSSES)
    return {
        "data": Choice([PROJECT, *sets], data),
        "folds": Entry(whole(2, 1000), plain(5)),
        "order": Choice([None, *Order], named("order")),
        "network": Choice((DRAWN, LAYERS), named("network")),
        "hidden": Entry(_hidden, plain(HIDDEN)),
        "depth": Entry(whole(1, _MAX_DEPTH), plain(1)),
        "activation": Choice(_first("relu", HIDDEN_ACTIVATIONS), named("activation")),
        "initialiser": Choice([None, *INITIALISERS], named("initialiser")),
        "loss": Choice([None, *losses], named("loss")),
        "optimiser": Choice(_first("adam", OPTIMISER_NAMES), named("optimiser")),
        "rate": Entry(above_0, numbers(0.01)),
        "batch": Entry(counts, word("batch")),
        "epochs": Entry(epochs, plain(40)),
        "scaling": Choice([None, *Method], named("scaling")),
        "against": Choice(AGAINST, lambda value: say(f"experiments.against.{value}")),
        "hidden_units": Entry(several(units, commas=True), numbers(*COMPLEXITIES)),
        "epochs_list": Entry(several(epochs, commas=True), numbers(*EPOCHS)),
        "training_size": Entry(several(counts, commas=True), numbers(*TRAINING_SIZES)),
        "samples": Entry(counts, word("samples")),
        "noise": Entry(number(0, 1), numbers(0)),
        "repeats": Entry(whole(1, _MAX_REPEATS), plain(5)),
        "degrees": Entry(several(degrees, commas=True), numbers(*DEGREES)),
        "points": Entry(whole(2, _MAX_POINTS), plain(25)),
        "deviation": Entry(above_0, numbers(0.3)),
        "resamples": Entry(whole(2, _MAX_RESAMPLES), plain(1000)),
        "first_weight": Choice((), lambda key: weights[str(key)]),
        "second_weight": Choice((), lambda key: weights[str(key)]),
        "reach": Entry(number(1e-6, 1e6), word("reach")),
        "side": Entry(whole(LEAST_SIDE, MOST_SIDE), plain(SIDE)),
        "varied": Choice(VARIED, lambda value: say(f"experiments.field.{value}")),
        "race_optimiser": Picks(OPTIMISER_NAMES, ("sgd", "momentum", "adam"), named("optimiser")),
        "race_activation": Picks(
            HIDDEN_ACTIVATIONS, ("sigmoid", "tanh", "relu"), named("activation")
        ),
        "race_loss": Picks(losses, ("mse", "mae", "huber"), named("loss")),
        "race_rate": Entry(several(above_0, commas=False), numbers(*RACED["rate"])),
        "race_initialiser": Picks(
            tuple(INITIALISERS), ("zeros", "xavier_uniform", "he_normal"), named("initialiser")
        ),
        "race_batch": Entry(several(counts, commas=True), numbers(*RACED["batch"])),
        "target": Entry(number(-1e9, 100), word("target")),
        "seed": Entry(whole(0, _MAX_SEED), plain(0)),
        "processes": Entry(whole(1, _MAX_PROCESSES), lambda: str(default_processes())),
    }


def _hidden(text: str) -> tuple[int, ...]:
    """Units of the hidden layers; 0 is none."""
    sizes: tuple[int, ...] = several(whole(0, MAX_UNITS), commas=True)(text)
    return () if sizes == (0,) else several(whole(1, MAX_UNITS), commas=True)(text)


def _first(chosen: str, values: Sequence[str]) -> list[str]:
    return [chosen, *(value for value in values if value != chosen)]
