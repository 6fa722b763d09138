"""In what the runs of two documents differ, for a person who compares them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnsim.core.messages import Message
from nnsim.data import Table
from nnsim.document.changes import changed_fields
from nnsim.document.compiling import depths
from nnsim.document.model import Document


@dataclass(frozen=True)
class Difference:
    """One thing in which the run of a document is another than that of another document.

    ``part`` is "training" or "conventions" (``name``: the field), "layers" (units from the inputs
    to the outputs), "kinds" (recurrent layers, or the steps of sequences), "activation" and
    "feature" (``name``: that of the node), "wiring", "start"
    (weights and biases), "samples" (how many), "split" (shares of training, validation and test),
    "scaling" or "changes" (how many were made in the middle of the run).
    ``before`` and ``after`` are the values, None where there is no saying them in short.
    """

    part: str
    name: str = ""
    before: Any = None
    after: Any = None


def differences(before: Document, after: Document) -> tuple[Difference, ...]:
    """In what the runs of two documents differ, what a person looks for first coming first.

    Names, places and notes make no difference to a run.
    """
    return tuple(_differences(before, after))


def _differences(before: Document, after: Document) -> Iterator[Difference]:
    for part in ("training", "conventions"):
        old, new = getattr(before, part), getattr(after, part)
        for name, was, is_now in changed_fields(old, new):
            yield Difference(part, name, was, is_now)
    yield from _of_diagrams(before, after)
    if not _same_samples(before.data, after.data):
        counts = len(before.data), len(after.data)
        yield Difference("samples", "", *(counts if counts[0] != counts[1] else ()))
    if before.split != after.split:
        shares = _shares(before), _shares(after)
        yield Difference("split", "", *(shares if shares[0] != shares[1] else ()))
    if before.scaling != after.scaling:
        yield Difference("scaling")
    if before.changes != after.changes:
        yield Difference("changes", "", len(before.changes), len(after.changes))


def _shares(document: Document) -> tuple[str, ...]:
    split = document.split
    return tuple(f"{share:g}" for share in (split.training, split.validation, split.test))


def _same_samples(before: Table, after: Table) -> bool:
    return before is after or (
        np.array_equal(before.inputs, after.inputs)
        and np.array_equal(before.targets, after.targets)
    )


def _of_diagrams(before: Document, after: Document) -> Iterator[Difference]:
    sizes = layer_sizes(before), layer_sizes(after)
    if _kinds(before) != _kinds(after):
        # Layers of another kind: there is more to it than units.
        yield Difference("kinds")
        return
    if sizes[0] != sizes[1]:
        # Weights of another shape are other ones anyway.
        yield Difference("layers", "", *sizes)
        return
    former = {node.id: node for node in before.nodes}
    for node in after.nodes:
        was = former.get(node.id)
        if was is not None and was.feature != node.feature:
            yield Difference("feature", node.name)
        if was is not None and was.activation != node.activation and not node.is_input:
            yield Difference("activation", node.name, was.activation.name, node.activation.name)
    if _wires(before) != _wires(after):
        yield Difference("wiring")
    elif not _same_start(before, after):
        yield Difference("start")


def _kinds(document: Document) -> list[tuple[str, int]]:
    return sorted((n.kind, n.steps) for n in document.nodes if n.is_recurrent or n.steps > 1)


def layer_sizes(document: Document) -> tuple[int, ...]:
    """Units at each depth of a diagram, from the inputs on."""
    sizes: dict[int, int] = {}
    found = depths(document)
    for node in document.nodes:
        sizes[found[node.id]] = sizes.get(found[node.id], 0) + node.units
    return tuple(sizes[depth] for depth in sorted(sizes))


def _wires(document: Document) -> set[tuple[str, str, str]]:
    return {(link.id, link.source, link.target) for link in document.connections}


def _same_start(before: Document, after: Document) -> bool:
    former, present = (
        {f"b:{node.id}": node.bias for node in document.nodes}
        | {f"u:{node.id}": node.recurrent for node in document.nodes}
        | {f"w:{link.id}": link.weights for link in document.connections}
        for document in (before, after)
    )
    return all(
        values is former[name] or np.array_equal(values, former[name])
        for name, values in present.items()
        if name in former
    )


# -- in words ------------------------------------------------------------------------------------

# Settings that a person knows by their letter.
_SYMBOLS = {
    "learning_rate": "α",
    "momentum": "μ",
    "decay": "ρ",
    "beta1": "β₁",
    "beta2": "β₂",
    "epsilon": "ε",
    "weight_decay": "λ",
}
# Codes in the catalogue of values that are no words.
_CODES = {">=": "ge", ">": "gt"}


def message_of(difference: Difference) -> Message:
    """What differs, with both values: "α = 0.3 → 0.03"."""
    part, name = difference.part, difference.name
    values = {
        "before": _in_words(difference, difference.before),
        "after": _in_words(difference, difference.after),
    }
    if name in _SYMBOLS:
        return Message("difference.symbol", {"symbol": _SYMBOLS[name], **values})
    if part in ("training", "conventions"):
        kind = "setting" if part == "training" else "convention"
        return Message("difference.setting", {"what": Message(f"{kind}.{name}"), **values})
    if difference.before is None:
        return Message(f"difference.other_{part}", {"name": name})
    return Message(f"difference.{part}", {"name": name, **values})


def summary_of(found: Sequence[Difference]) -> Message:
    """Differences in short: the first of them, and how many more there are."""
    if not found:
        return Message("difference.none")
    first = message_of(found[0])
    return Message("difference.more", {"first": first, "n": len(found) - 1}) if found[1:] else first


def _in_words(difference: Difference, value: Any) -> object:
    if isinstance(value, bool):
        return Message("answer.yes" if value else "answer.no")
    if isinstance(value, str):
        kind = "activation" if difference.part == "activation" else difference.name
        return Message(f"{kind}.{_CODES.get(value, value)}")
    return "-".join(map(str, value)) if isinstance(value, tuple) else value
