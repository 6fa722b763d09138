"""What was looked at where nothing is wrong: the figures, each with the limit of its alarm."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nnsim.core.messages import Message
from nnsim.session.diagnosis.figures import MOST_LOSS, short
from nnsim.session.diagnosis.findings import Findings
from nnsim.session.diagnosis.in_time import MOST_IN_TIME, worst_in_time
from nnsim.session.diagnosis.modes import mode_count
from nnsim.session.diagnosis.rules import (
    DEAD_SHARE,
    LEAST_COVERAGE,
    LEAST_RATIO,
    MOST_GROWTH,
    layer_name,
)


def looked_at(findings: Findings) -> Iterator[Message]:
    """The figures of a run's latest state, as sentences; those that it does not have are left out.

    Of a network without ReLU nothing is said of dead units, of one layer no ratio.
    """
    if not findings.examinations:
        return
    last, start = findings.last, findings.start
    if findings.examiner.spec.updates:
        yield from _generated(findings)
        return
    yield from _loss(findings)
    dead = np.nan_to_num(last.dead, nan=-1.0)
    worst = int(np.argmax(dead))
    if dead[worst] >= 0:
        layer = layer_name(findings.document, findings.examiner.layers[worst])
        params: dict[str, object] = {"share": short(100 * float(dead[worst]), 2), "layer": layer}
        yield _with_limit("dead", params, round(100 * DEAD_SHARE))
    if math.isfinite(last.ratio):
        yield _with_limit("ratio", {"ratio": short(last.ratio)}, LEAST_RATIO)
    node, times = worst_in_time(last)
    if math.isfinite(times):
        params = {"layer": findings.document.node(node).name, "times": short(times)}
        yield _with_limit("in_time", params, round(MOST_IN_TIME))
    elif not start.in_time and math.isfinite(start.growth):
        yield _with_limit("growth", {"times": short(start.growth)}, int(MOST_GROWTH))


def _loss(findings: Findings) -> Iterator[Message]:
    params: dict[str, object] = {"first": short(findings.start.loss)}
    if findings.iterations:
        yield _with_limit("loss", params | {"loss": short(findings.course.recent)}, int(MOST_LOSS))
    else:
        yield Message("diagnosis.calm.loss_start", params)
    guess = findings.guess
    if guess is not None and guess.near:
        is_even = guess.classes > 0
        said: dict[str, object] = {"guess": short(guess.loss, 4)}
        if is_even:
            said["classes"] = guess.classes
        yield Message(f"diagnosis.calm.guess{'_even' if is_even else ''}", said)


def _generated(findings: Findings) -> Iterator[Message]:
    last = findings.last
    if math.isfinite(last.coverage):
        params: dict[str, object] = {"share": round(100 * last.coverage)}
        yield _with_limit("coverage", params, round(100 * LEAST_COVERAGE))
    modes = mode_count(findings.document)
    if modes is not None and last.modes is not None:
        yield Message("diagnosis.calm.modes", {"n": last.modes, "modes": modes})


def _with_limit(name: str, params: dict[str, object], limit: float) -> Message:
    return Message(f"diagnosis.calm.{name}", {**params, "limit": limit})
