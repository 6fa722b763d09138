"""The rule on gradients that explode in time: through the steps of a recurrent layer."""

from __future__ import annotations

import math
from itertools import takewhile

import numpy as np

from nnsim.core.messages import Message
from nnsim.session.diagnosis.diagnosis import Diagnosis, Severity, Trouble
from nnsim.session.diagnosis.examination import Examination, Floats
from nnsim.session.diagnosis.figures import astray, short
from nnsim.session.diagnosis.findings import Findings

#: A gradient so many times larger at the first time step than at the last explodes in time.
MOST_IN_TIME = 1e3


def exploding_time(findings: Findings) -> Diagnosis | None:
    """A gradient that grows from time step to time step on its way back, and a loss gone astray.

    It is looked for in the states up to the one from which the loss burst: what comes of that may
    be a network that is switched off, without any gradient.
    """
    if findings.burst is None:
        return None
    early = (each for each in findings.examinations if each.iteration < findings.burst)
    # A state whose numbers are lost already tells nothing.
    seen = [each for each in early if not math.isnan(worst_in_time(each)[1])]
    growing = list(takewhile(lambda each: worst_in_time(each)[1] > MOST_IN_TIME, reversed(seen)))
    if not growing:
        return None
    last, since = growing[0], growing[-1].iteration
    node, ratio = worst_in_time(last)
    norms = last.in_time[node]
    params: dict[str, object] = {
        "layer": findings.document.node(node).name,
        "steps": len(norms),
        "first": short(float(norms[0])),
        "last": short(float(norms[-1])),
        "times": short(ratio),
        "iteration": last.iteration + 1,
    }
    norm = {"norm": short(float(np.max(last.gradients))), "iteration": last.iteration + 1}
    return Diagnosis(
        Trouble.EXPLODING_TIME,
        Severity.FAILURE,
        (node,),
        since,
        findings.epoch_of(max(since, 1)),
        "start" if since == 0 else "step",
        (
            Message("diagnosis.evidence.in_time", params),
            Message("diagnosis.evidence.norm_in_time", norm),
            *astray(findings),
        ),
    )


def worst_in_time(seen: Examination) -> tuple[str, float]:
    """The recurrent layer whose gradient grows most on its way back, and how many times.

    ("", NaN) where no layer is recurrent, or has a gradient.
    """
    ratios = {node: growth_in_time(norms) for node, norms in seen.in_time.items()}
    known = [(node, ratio) for node, ratio in ratios.items() if not math.isnan(ratio)]
    return max(known, key=lambda pair: pair[1], default=("", math.nan))


def growth_in_time(norms: Floats) -> float:
    """‖∂L/∂h_t‖ of the first step over that of the last; NaN for 0 / 0."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return float(norms[0] / norms[-1])
