"""Cures: edits of the document that are known to help against a trouble, each said in words.

Every cure begins the run again from its start values, or from new ones, so that it can be laid
beside the run that failed.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import numpy as np

from nnsim.core.messages import Message
from nnsim.document.checks import check
from nnsim.document.edits import set_activation, set_scaling, set_training, without_changes
from nnsim.document.least_squares import largest_rate
from nnsim.document.model import Document, Training
from nnsim.document.preparation import prepared
from nnsim.document.starting import draw_parameters
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.initialisers import InitialiserSpec
from nnsim.session.diagnosis.diagnosis import Diagnosis, Trouble
from nnsim.session.diagnosis.rules import saturating_nodes

#: Slope of the course's leaky ReLU.
LEAK = 0.1
_ADAM_RATE = 0.003
# With which generator and discriminator keep up with each other, by Adam, in small networks.
_RIVAL_RATE = 0.001
#: With which plain steps train a deep network of ReLU.
_DEEP_RATE = 0.03
_CLIP_NORM = 1.0
# Inputs are scaled where their typical size or their spread is this far from 1.
_UNSCALED = 10.0
_RECTIFIERS = ("relu", "leaky_relu", "elu")

Edit: TypeAlias = Callable[[Document], Document]


@dataclass(frozen=True, eq=False)
class Cure:
    """An edit with what it is called (``name``) and, one by one, what it ``changes``."""

    name: Message
    edit: Edit
    changes: tuple[Message, ...]


def cures(diagnosis: Diagnosis, document: Document) -> tuple[Cure, ...]:
    """What may be done about a diagnosis of this document, the best first."""
    start = _start(document, diagnosis.since)
    found: list[Cure] = []
    for code, edit in _MAKERS[diagnosis.trouble](start):
        after = edit(start)
        is_runnable = all(problem.severity != "error" for problem in check(after))
        if after is not start and is_runnable:
            whole = partial(_cured, edit=edit, since=diagnosis.since)
            changes = tuple(changes_between(document, after))
            found.append(Cure(Message(f"diagnosis.cure.{code}"), whole, changes))
    return tuple(found)


def _start(document: Document, since: int) -> Document:
    """The document at its start, with the settings under which the trouble came up."""
    training, _ = document.settings_at(max(since - 1, 0))
    return set_training(without_changes(document), training)


def _cured(document: Document, edit: Edit, since: int) -> Document:
    return edit(_start(document, since))


# -- which edits help against what ---------------------------------------------------------------


def _dying(document: Document) -> Iterator[tuple[str, Edit]]:
    yield "leaky_adam", lambda d: _with_adam(_leaky(d))
    yield "draw", _drawn


def _dying_by_step(document: Document) -> Iterator[tuple[str, Edit]]:
    yield "smaller_rate", _smaller_rate
    yield "clip", _clipped
    if document.training.optimiser == "plain":
        yield "adam", _with_adam


def _vanishing(document: Document) -> Iterator[tuple[str, Edit]]:
    if saturating_nodes(document):
        yield from _rectifying(document)
    else:
        yield "draw", _drawn


def _rectifying(document: Document) -> Iterator[tuple[str, Edit]]:
    if document.training.optimiser == "plain":
        # In a deep network plain steps of any size go astray now and then, and come back.
        yield "relu_he_adam", lambda d: _drawn(_with_adam(_rectified(d)))
    yield "relu_he", lambda d: _drawn(_careful(_rectified(d)))


def _exploding_start(document: Document) -> Iterator[tuple[str, Edit]]:
    if document.training.optimiser == "plain":
        yield "draw_adam", lambda d: _drawn(_with_adam(d))
    yield "draw", _drawn


def _exploding_time(document: Document) -> Iterator[tuple[str, Edit]]:
    if document.training.optimiser == "plain":
        yield "clip_adam", lambda d: _with_adam(_clipped(d))
    yield "clip", _clipped


def _exploding_step(document: Document) -> Iterator[tuple[str, Edit]]:
    if _is_unscaled(document):
        yield "scale", _scaled
    elif largest_rate(document) is not None:
        yield "rate_below_limit", _rate_below_limit
        return
    yield "smaller_rate", _smaller_rate
    yield "clip", _clipped


def _plateau(document: Document) -> Iterator[tuple[str, Edit]]:
    if saturating_nodes(document):
        yield from _rectifying(document)
    elif len(document.nodes) > len(document.inputs) + len(document.outputs):
        yield "adam", _with_adam


def _collapse(document: Document) -> Iterator[tuple[str, Edit]]:
    yield "equal_rates", lambda d: _drawn(_with_equal_rates(d))


_MAKERS: dict[Trouble, Callable[[Document], Iterator[tuple[str, Edit]]]] = {
    Trouble.DYING_RELU: _dying,
    Trouble.DYING_BY_STEP: _dying_by_step,
    Trouble.VANISHING: _vanishing,
    Trouble.EXPLODING_START: _exploding_start,
    Trouble.EXPLODING_TIME: _exploding_time,
    Trouble.EXPLODING_STEP: _exploding_step,
    Trouble.PLATEAU: _plateau,
    Trouble.COLLAPSE: _collapse,
}


# -- edits ---------------------------------------------------------------------------------------


def _leaky(document: Document) -> Document:
    nodes = [n.id for n in document.nodes if n.activation.name == "relu" and not n.is_input]
    return _with_activation(document, nodes, ActivationSpec("leaky_relu", slope=LEAK))


def _rectified(document: Document) -> Document:
    return _with_activation(document, saturating_nodes(document), ActivationSpec("relu"))


def _with_activation(
    document: Document, nodes: Iterable[str], activation: ActivationSpec
) -> Document:
    for node in nodes:
        document = set_activation(document, node, activation)
    return document


def _drawn(document: Document) -> Document:
    """He's start values with ReLU and its kin, else Glorot's; biases 0.

    What a recurrent layer sees its own state through becomes orthogonal: no gain from step to step.
    """
    has_relu = any(node.activation.name in _RECTIFIERS for node in document.nodes)
    name = "he_normal" if has_relu else "xavier_uniform"
    initialiser = InitialiserSpec(name, recurrent="orthogonal")
    return draw_parameters(document, initialiser, document.training.seed + 1)


def _with_adam(document: Document) -> Document:
    training = document.training
    rate = min(training.learning_rate, _ADAM_RATE)
    return set_training(document, replace(training, optimiser="adam", learning_rate=rate))


def _with_equal_rates(document: Document) -> Document:
    """Both networks at the rate at which they keep up with each other."""
    training = document.training
    changed = replace(training, learning_rate=_RIVAL_RATE, generator_rate=_RIVAL_RATE)
    return set_training(document, changed)


def _smaller_rate(document: Document) -> Document:
    return _with_rate(document, third(document.training.learning_rate))


def _careful(document: Document) -> Document:
    training = document.training
    is_fast = training.optimiser == "plain" and training.learning_rate > _DEEP_RATE
    return _with_rate(document, _DEEP_RATE) if is_fast else document


def _rate_below_limit(document: Document) -> Document:
    """Half the largest rate, 1/λ: no direction overshoots, and the steepest is done at once."""
    limit = largest_rate(document)
    if limit is None or document.training.learning_rate < limit:
        return document
    return _with_rate(document, float(f"{limit / 2:.3g}"))


def _clipped(document: Document) -> Document:
    training = document.training
    if training.clipping == "norm" and training.clip_at <= _CLIP_NORM:
        return document
    return set_training(document, replace(training, clipping="norm", clip_at=_CLIP_NORM))


def _scaled(document: Document) -> Document:
    scaling = replace(document.scaling, inputs="standard")
    targets = document.data.targets
    if document.training.loss in ("mse", "mae") and targets.size and targets.std() > _UNSCALED:
        scaling = replace(scaling, targets="standard")
    return _rate_below_limit(set_scaling(document, scaling))


def _with_rate(document: Document, rate: float) -> Document:
    return set_training(document, replace(document.training, learning_rate=rate))


def third(rate: float) -> float:
    """About a third of a rate, as people write rates: 1 -> 0.3 -> 0.1 -> 0.03 …"""
    exponent = math.floor(math.log10(rate) + 1e-9)
    digit = rate / 10.0**exponent
    first = 0.3 if digit < 2 else 1.0 if digit < 6 else 2.0
    return float(f"{first * 10.0**exponent:.3g}")


def _is_unscaled(document: Document) -> bool:
    """Whether inputs come as they are and are far from 1 in size, or from each other."""
    inputs = prepared(document).inputs
    if document.scaling.inputs != "none" or not inputs.size:
        return False
    deviations = inputs.std(axis=0)
    moving = deviations[deviations > 0]
    is_uneven = len(moving) > 1 and moving.max() > _UNSCALED * moving.min()
    return bool(abs(inputs).max() > _UNSCALED or is_uneven)


# -- what an edit changes ------------------------------------------------------------------------


def changes_between(before: Document, after: Document) -> Iterator[Message]:
    """What an edit changes of activations, settings, scaling and start values, one by one."""
    if before.changes and not after.changes:
        yield Message("diagnosis.change.without_changes")
    yield from _activation_changes(before, after)
    yield from _drawn_changes(before, after)
    for field in dataclasses.fields(Training):
        old, new = (getattr(d.training, field.name) for d in (before, after))
        if old != new and field.name != "clip_at":
            yield _setting_change(field.name, old, new, after.training)
    if before.scaling.inputs != after.scaling.inputs:
        yield Message("diagnosis.change.scaled_inputs")
    if before.scaling.targets != after.scaling.targets:
        yield Message("diagnosis.change.scaled_targets")


def _setting_change(name: str, old: object, new: object, training: Training) -> Message:
    if name == "clipping":
        return Message("diagnosis.change.clipping", {"limit": training.clip_at})
    params: dict[str, object] = {"before": old, "after": new}
    if isinstance(old, str):
        params = {side: Message(f"{name}.{value}") for side, value in params.items()}
    return Message(f"diagnosis.change.{name}", params)


def _activation_changes(before: Document, after: Document) -> Iterator[Message]:
    changed: dict[tuple[ActivationSpec, ActivationSpec], list[str]] = {}
    for node in after.nodes:
        old = before.node(node.id).activation
        if old != node.activation:
            changed.setdefault((old, node.activation), []).append(node.name)
    for (old, new), names in changed.items():
        params: dict[str, object] = {
            "layers": spelt(names),
            "before": Message(f"activation.{old.name}"),
            "after": Message(f"activation.{new.name}"),
        }
        is_leaky = new.name == "leaky_relu"
        if is_leaky:
            params["slope"] = new.slope
        yield Message(f"diagnosis.change.activation{'_leaky' if is_leaky else ''}", params)


def _drawn_changes(before: Document, after: Document) -> Iterator[Message]:
    pairs = zip(before.connections, after.connections, strict=True)
    if all(np.array_equal(old.weights, new.weights) for old, new in pairs):
        return
    has_relu = any(node.activation.name in _RECTIFIERS for node in after.nodes)
    params: dict[str, object] = {"seed": after.training.seed + 1}
    yield Message(f"diagnosis.change.drawn_{'he' if has_relu else 'xavier'}", params)


def spelt(names: Sequence[str], most: int = 4) -> str:
    """Names one after another; of many the first and the last ones."""
    if len(names) > most:
        return f"{names[0]}, {names[1]}, …, {names[-1]}"
    return ", ".join(names)
