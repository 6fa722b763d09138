"""Quantities of a document as the formulas of them."""

from nnsim.engine.record import Quantity
from nnsim.explain import NumberStyle, explain
from nnsim.session import Session

POINT = NumberStyle(".")


def explained(document, iteration, *address, style=POINT, sample=0):
    session = Session(document)
    record = session.record(iteration)
    return explain(
        document,
        session.spec_at(iteration),
        record,
        Quantity(*address, sample=sample),
        style,
        document.settings_at(iteration - 1),
    )


def lines(explanation):
    return [(line.role, line.latex) for line in explanation.lines]
