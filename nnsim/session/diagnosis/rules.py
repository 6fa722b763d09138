"""Rules that find trouble: each looks at the findings of a run and names one kind.

Limits are those that tell the failing trainings of the lessons from the healthy ones (tests hold
them to it over several seeds).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np

from nnsim.core.messages import Message
from nnsim.document.adversarial import adversaries_of
from nnsim.document.least_squares import largest_rate
from nnsim.document.model import Document
from nnsim.engine.probes import PlanLayer
from nnsim.session.diagnosis import in_time
from nnsim.session.diagnosis.course import LossCourse
from nnsim.session.diagnosis.diagnosis import Diagnoses, Diagnosis, Severity, Trouble
from nnsim.session.diagnosis.examination import Examination, Floats
from nnsim.session.diagnosis.figures import MOST_LOSS, astray, short
from nnsim.session.diagnosis.findings import Findings
from nnsim.session.diagnosis.modes import mode_count

#: Share of a layer's ReLU units that are off on every sample, from which on it is an alarm.
DEAD_SHARE = 0.5
#: A gradient of the first layer that is smaller than this share of the last one's vanishes.
LEAST_RATIO = 1e-3
#: Sums that grow by more than this from the inputs to the outputs make the start values too large.
MOST_GROWTH = 10.0
#: Generated samples that come near to less than this share of the real ones have collapsed.
LEAST_COVERAGE = 0.3
# Healthy ones cover as little at first.
_COLLAPSED_ITERATIONS = 1000
# A passing state of a healthy run: deep networks begin with many units off, and stay for some
# epochs where guessing gets.
_DEAD_EPOCHS = 2
_PLATEAU_EPOCHS, _PLATEAU_ITERATIONS = 10, 200
# Steps that switch off so much of a layer are too large; a small layer may lose a unit to any step.
_KILLED_SHARE = 0.4
# The loss grows steadily: in so many epochs one after another, by so much in all.
_GROWING_EPOCHS, _GROWING_BY = 20, 1.1
# More neurons of a layer than this are not spelled out.
_MOST_NAMES = 4


# What is only a consequence of another trouble that was there no later.
_EXPLAINS: Mapping[Trouble, frozenset[Trouble]] = {
    Trouble.EXPLODING_START: frozenset(Trouble),
    Trouble.EXPLODING_TIME: frozenset(Trouble),
    Trouble.DYING_RELU: frozenset({Trouble.VANISHING, Trouble.PLATEAU}),
    Trouble.EXPLODING_STEP: frozenset({Trouble.DYING_BY_STEP, Trouble.VANISHING, Trouble.PLATEAU}),
    Trouble.DYING_BY_STEP: frozenset({Trouble.VANISHING, Trouble.PLATEAU}),
    Trouble.VANISHING: frozenset({Trouble.PLATEAU}),
    Trouble.PLATEAU: frozenset(),
    Trouble.COLLAPSE: frozenset(),
}


def diagnoses(findings: Findings) -> Diagnoses:
    """The troubles of a run, the gravest first; what another one explains is left out."""
    if not findings.examinations:
        return ()
    # Where two networks play against each other, either loss may grow, and no gradient is small.
    is_alone = not findings.examiner.spec.updates
    rules = _ALONE if is_alone else _RIVALS
    found = [each for rule in rules if (each := rule(findings)) is not None]
    explained = {
        other.trouble
        for each in found
        for other in found
        if other is not each and other.trouble in _EXPLAINS[each.trouble]
    }
    left = [each for each in found if each.trouble not in explained]
    return tuple(sorted(left, key=lambda each: (-each.severity, each.since)))


# -- exploding -----------------------------------------------------------------------------------


def exploding_start(findings: Findings) -> Diagnosis | None:
    """Start values with which sums, and with them loss and gradients, grow layer by layer."""
    start, guess = findings.start, findings.guess
    if start.in_time:
        # Sums of many time steps are large by right: the gradient tells whether they grow.
        return None
    has_grown = start.growth > MOST_GROWTH and start.sizes[-1] > MOST_GROWTH
    if not has_grown or _has_recovered(findings):
        return None
    if guess is not None and not start.loss > MOST_LOSS * guess.loss:
        return None
    worst = findings.examiner.layers[-1]
    evidence = [
        Message("diagnosis.evidence.growth", _named(findings, worst, times=short(start.growth))),
        Message("diagnosis.evidence.norm", {"norm": short(float(start.gradients.max()))}),
    ]
    if guess is not None:
        params = {"loss": short(start.loss), "guess": short(guess.loss)}
        evidence.append(Message("diagnosis.evidence.first_loss", params))
    evidence += astray(findings)
    has_exploded = findings.not_finite is not None or _largest(findings) > MOST_LOSS * (
        findings.first_loss
    )
    return Diagnosis(
        Trouble.EXPLODING_START,
        Severity.FAILURE if has_exploded else Severity.WARNING,
        worst.nodes,
        0,
        1,
        "start",
        tuple(evidence),
    )


def _has_recovered(findings: Findings) -> bool:
    """Whether the network has learnt all the same."""
    recent, guess = findings.course.recent, findings.guess
    better = findings.start.loss if guess is None else 0.9 * guess.loss
    return findings.not_finite is None and recent < better


def _largest(findings: Findings) -> float:
    return max(
        max((each.loss for each in findings.examinations), default=0.0),
        float(findings.course.means.max(initial=0.0)),
    )


def exploding_step(findings: Findings) -> Diagnosis | None:
    """A loss that grows epoch by epoch, is many times the first one, or is no number."""
    since = _exploded_since(findings)
    growing = _growing_since(findings)
    if since is None and growing is None:
        return None
    evidence = list(astray(findings))
    if growing is not None:
        evidence.append(_growth_words(findings.course, growing))
    begun = min(each for each in (since, growing) if each is not None)
    evidence.append(_rate(findings, begun))
    limit = largest_rate(findings.document)
    if limit is not None:
        evidence.append(Message("diagnosis.evidence.limit", {"limit": short(limit, 4)}))
    return Diagnosis(
        Trouble.EXPLODING_STEP,
        Severity.WARNING if since is None else Severity.FAILURE,
        (),
        begun,
        findings.epoch_of(max(begun, 1)),
        "linear" if limit is not None else "step",
        tuple(evidence),
    )


def _growth_words(course: LossCourse, since: int) -> Message:
    start, means = int(np.searchsorted(course.ends, since)), course.means
    params: dict[str, object] = {"n": len(means) - 1 - start}
    params |= {"before": short(float(means[start])), "now": short(float(means[-1]))}
    return Message("diagnosis.evidence.growing", params)


def _exploded_since(findings: Findings) -> int | None:
    """Since when the loss has been no number or many times the first one, up to now."""
    most = MOST_LOSS * findings.first_loss
    course = findings.course
    if findings.not_finite is not None:
        return findings.not_finite
    if not (most > 0 and course.recent > most):
        return None
    if not course.epochs:
        return findings.iterations
    below = np.flatnonzero(course.means <= most)
    return int(course.ends[int(below[-1]) + 1 if len(below) else 0])


def _growing_since(findings: Findings) -> int | None:
    """The end of the epoch since which the mean loss has grown in every one, many of them."""
    means = findings.course.means
    if len(means) <= _GROWING_EPOCHS or not np.isfinite(means[-1]):
        return None
    falls = np.flatnonzero(np.diff(means) <= 0)
    start = int(falls[-1]) + 1 if len(falls) else 0
    is_long = len(means) - 1 - start >= _GROWING_EPOCHS
    if not is_long or means[-1] < _GROWING_BY * means[start]:
        return None
    return int(findings.course.ends[start])


# -- units that are off --------------------------------------------------------------------------


def dying(findings: Findings) -> Diagnosis | None:
    """Layers of which half the ReLU units or more give 0 on every sample."""
    last = findings.last
    dead = np.where(np.isfinite(last.gradients), np.nan_to_num(last.dead), 0.0)
    worst = int(np.argmax(dead))
    if dead[worst] < DEAD_SHARE or not math.isfinite(last.loss):
        return None
    is_whole = dead[worst] == 1.0
    streak = findings.streak(lambda each: each.dead[worst] >= (1.0 if is_whole else DEAD_SHARE))
    since = streak[0].iteration
    if not is_whole and findings.epochs_since(since) < _DEAD_EPOCHS:
        return None
    at_start = float(findings.start.dead[worst])
    by_step = dead[worst] - at_start >= _KILLED_SHARE
    layers = findings.examiner.layers
    evidence = [_dead_words(findings, worst, last, "dead")]
    if at_start < DEAD_SHARE:
        evidence.append(_dead_words(findings, worst, findings.start, "dead_at_start"))
    if by_step:
        evidence.append(_rate(findings, since))
    if is_whole:
        params = _named(findings, layers[worst])
        evidence.append(Message("diagnosis.evidence.no_gradient", params))
    evidence += _at_plateau(findings)
    return Diagnosis(
        Trouble.DYING_BY_STEP if by_step else Trouble.DYING_RELU,
        Severity.FAILURE if is_whole else Severity.WARNING,
        tuple(node for k in _worst_first(dead) for node in layers[k].nodes),
        since,
        findings.epoch_of(max(since, 1)),
        "step" if by_step else "start" if at_start >= DEAD_SHARE else "grown",
        tuple(evidence),
    )


def _worst_first(dead: Floats) -> list[int]:
    """Numbers of the layers to be told of."""
    return [k for k in np.argsort(-dead, kind="stable").tolist() if dead[k] >= DEAD_SHARE]


def _dead_words(findings: Findings, layer: int, seen: Examination, words: str) -> Message:
    place = findings.examiner.layers[layer]
    units = findings.examiner.relu_units(place)
    dead = round(float(seen.dead[layer]) * units)
    params = _named(findings, place, dead=dead, units=units, samples=seen.samples)
    return Message(f"diagnosis.evidence.{words}", params)


# -- vanishing -----------------------------------------------------------------------------------


def vanishing(findings: Findings) -> Diagnosis | None:
    """A gradient that has all but gone when it comes down to the first layer."""
    streak = findings.streak(lambda each: 0 < each.ratio < LEAST_RATIO)
    if len(streak) < 2:
        return None
    last, layers = streak[-1], findings.examiner.layers
    first, final = (layer_name(findings.document, layers[k]) for k in (0, -1))
    params = {
        "first_layer": first,
        "last_layer": final,
        "first": short(float(last.gradients[0])),
        "last": short(float(last.gradients[-1])),
        "ratio": short(last.ratio),
        "limit": LEAST_RATIO,
    }
    evidence = [Message("diagnosis.evidence.ratio", params), *_at_plateau(findings)]
    since = streak[0].iteration
    return Diagnosis(
        Trouble.VANISHING,
        Severity.FAILURE if findings.plateau else Severity.WARNING,
        layers[0].nodes,
        since,
        findings.epoch_of(max(since, 1)),
        "saturating" if saturating_nodes(findings.document) else "small",
        tuple(evidence),
    )


def plateau(findings: Findings) -> Diagnosis | None:
    """A loss that stays where guessing gets: a notice at first, an alarm when it goes on."""
    count, ends = findings.plateau, findings.course.ends
    if not count:
        return None
    since = int(ends[-count - 1]) if len(ends) > count else 0
    is_long = count >= _PLATEAU_EPOCHS and ends[-1] - since >= _PLATEAU_ITERATIONS
    return Diagnosis(
        Trouble.PLATEAU,
        Severity.WARNING if is_long else Severity.NOTICE,
        (),
        since,
        findings.epoch_of(since + 1),
        "saturating" if saturating_nodes(findings.document) else "other",
        tuple(_at_plateau(findings)),
    )


def _at_plateau(findings: Findings) -> Iterator[Message]:
    guess, count = findings.guess, findings.plateau
    if guess is not None and count:
        params: dict[str, object] = {"n": count, "guess": short(guess.loss, 4)}
        if guess.classes:
            params["classes"] = guess.classes
        yield Message(f"diagnosis.evidence.plateau{'_even' if guess.classes else ''}", params)


# -- two networks --------------------------------------------------------------------------------


def overflown(findings: Findings) -> Diagnosis | None:
    """A loss that is no number any more."""
    since = findings.not_finite
    if since is None:
        return None
    evidence = (*astray(findings), _rate(findings, since))
    epoch = findings.epoch_of(since)
    return Diagnosis(Trouble.EXPLODING_STEP, Severity.FAILURE, (), since, epoch, "step", evidence)


def collapse(findings: Findings) -> Diagnosis | None:
    """Generated samples that for long have come near to a small part of the real ones only."""
    # Wandering about, a generator that has collapsed may come by more of them once.
    seen = findings.examinations
    before = {one.iteration: other for one, other in pairwise(reversed(seen))}
    streak = findings.streak(
        lambda each: min(each.coverage, before.get(each.iteration, each).coverage) < LEAST_COVERAGE
    )
    if not streak or findings.last.iteration - streak[0].iteration < _COLLAPSED_ITERATIONS:
        return None
    sides = adversaries_of(findings.document)
    assert sides is not None
    since, last = streak[0].iteration, streak[-1]
    covered: dict[str, object] = {"share": _percent(last.coverage)}
    covered["limit"] = _percent(LEAST_COVERAGE)
    covered["most"] = _percent(max(each.coverage for each in streak))
    evidence = [Message("diagnosis.evidence.coverage", covered)]
    modes = mode_count(findings.document)
    if modes is not None and last.modes is not None:
        evidence.append(Message("diagnosis.evidence.modes", {"n": last.modes, "modes": modes}))
    training, _ = findings.document.settings_at(findings.iterations)
    rates = {"d": training.learning_rate, "g": training.generator_rate}
    evidence.append(Message("diagnosis.evidence.two_rates", dict(rates)))
    return Diagnosis(
        Trouble.COLLAPSE,
        Severity.FAILURE,
        (sides.sample,),
        since,
        findings.epoch_of(max(since, 1)),
        "fast_generator" if rates["g"] > rates["d"] else "other",
        tuple(evidence),
    )


def _percent(share: float) -> float:
    return round(100 * share)


# What a network may suffer from, and two that play against each other.
_ALONE = (exploding_start, in_time.exploding_time, exploding_step, dying, vanishing, plateau)
_RIVALS = (overflown, dying, collapse)


# -- parts ---------------------------------------------------------------------------------------


def saturating_nodes(document: Document) -> tuple[str, ...]:
    """Ids of the hidden nodes whose activation is flat at both ends."""
    outputs = {node.id for node in document.outputs}
    return tuple(
        node.id
        for node in document.nodes
        if node.activation.name in ("sigmoid", "tanh")
        and not node.is_input
        and node.id not in outputs
    )


def _rate(findings: Findings, iteration: int) -> Message:
    training, _ = findings.document.settings_at(max(iteration - 1, 0))
    return Message("diagnosis.evidence.rate", {"rate": short(training.learning_rate, 4)})


def _named(findings: Findings, layer: PlanLayer, **params: object) -> dict[str, object]:
    return {"layer": layer_name(findings.document, layer), **params}


def layer_name(document: Document, layer: PlanLayer) -> str:
    """The name of its node, or of its neurons drawn one by one."""
    names = [document.node(node).name for node in layer.nodes]
    return ", ".join(names if len(names) <= _MOST_NAMES else [*names[:_MOST_NAMES], "…"])
