"""What an edit of the lab has changed beside what was asked for, in messages."""

from __future__ import annotations

from nnsim.core.messages import Message
from nnsim.document.model import Document


def said(before: Document, after: Document) -> tuple[Message, ...]:
    """Inputs, outputs, activation, loss, rule and order of the split, each where it is another.

    Codes ``lab.said.inputs``, ``.outputs``, ``.activation``, ``.loss``, ``.rule``, ``.split``.
    """
    found: list[Message] = []
    for name in ("inputs", "outputs"):
        old, new = (sum(n.units for n in getattr(each, name)) for each in (before, after))
        if old != new:
            found.append(Message(f"lab.said.{name}", {"n": new, "before": old}))
    activations = [{n.activation.name for n in each.outputs} for each in (before, after)]
    if activations[0] != activations[1]:
        for name in sorted(activations[1]):
            activation = Message(f"activation.{name}")
            found.append(Message("lab.said.activation", {"activation": activation}))
    for name in ("rule", "loss"):
        old_name, new_name = (getattr(each.training, name) for each in (before, after))
        if old_name != new_name:
            found.append(Message(f"lab.said.{name}", {name: Message(f"{name}.{new_name}")}))
    if before.split.order != after.split.order:
        found.append(Message("lab.said.split"))
    return tuple(found)
