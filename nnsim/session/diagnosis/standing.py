"""How far a run has come, in the few figures that two runs are compared by."""

from __future__ import annotations

from typing import NamedTuple

from nnsim.document.model import Document
from nnsim.document.preparation import prepared
from nnsim.session.diagnosis.diagnosis import Trouble
from nnsim.session.diagnosis.doctor import Report
from nnsim.session.evaluation import MetricName, PartFigures, metric_of
from nnsim.session.session import Session

# After so many epochs one can see whether a cure has helped.
_FEWEST_EPOCHS = 10


class Standing(NamedTuple):
    """A run after ``iterations`` iterations.

    ``training`` and ``test`` are the parts as judged at the end of the last evaluated epoch,
    ``epoch``; 0 is the start.  ``troubles`` are those of its alarms.
    """

    iterations: int
    epoch: int
    metric: MetricName
    training: PartFigures
    test: PartFigures
    troubles: tuple[Trouble, ...]


def standing_of(session: Session, report: Report | None) -> Standing:
    """Of a session that can run, and what the doctor said of it."""
    found = session.evaluations.latest(session.computed)
    troubles = () if report is None else tuple(each.trouble for each in report.alarms)
    return Standing(
        session.computed,
        found.epoch,
        metric_of(session.document),
        found.training,
        found.test,
        troubles,
    )


def iterations_to_compare(document: Document, before: Standing) -> int:
    """How far the document's run has to go to be laid beside an earlier one."""
    training = document.training
    samples = len(prepared(document).training_rows)
    batch = samples if training.rule == "gradient_descent" else training.batch_size
    return max(before.iterations, _FEWEST_EPOCHS * -(-samples // batch))
