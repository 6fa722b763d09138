"""The statement of an exercise to begin with: all that is needed to solve it on paper.

Its numbers are named in braces, so that each variant tells its own.
"""

from __future__ import annotations

from nnsim.document.model import LAYER_RULES, Connection, Document, Node
from nnsim.language import text

#: A network with more weights than this is not written out.
_MOST_WEIGHTS = 60


def statement_for(document: Document, is_neuron: bool, locale: str) -> str:
    """Where it starts from, by which rule it learns, and what is to be done."""
    parts = [_neuron(document, locale) if is_neuron else _network(document, locale)]
    task = text(f"making.task_{'neuron' if is_neuron else 'network'}", locale)
    parts += [_rule(document, locale), task]
    return "\n\n".join(filter(None, parts))


def placeholders(document: Document) -> tuple[str, ...]:
    """The names of numbers that a statement of every such exercise can hold."""
    steps: tuple[str, ...] = ("learning_rate",)
    if document.training.rule == "course":
        steps = ("weight_step", "bias_step")
    return ("weights", "bias", *steps, "inputs", "targets")


def _named(name: str) -> str:
    return f"{{{name}}}"


def _neuron(document: Document, locale: str) -> str:
    node = next(node for node in document.nodes if not node.is_input)
    return text(
        "making.neuron",
        locale,
        name=node.name,
        activation=text(f"activation.{node.activation.name}", locale),
        weights=_named("weights"),
        bias=_named("bias"),
    )


def _network(document: Document, locale: str) -> str:
    if sum(connection.weights.size for connection in document.connections) > _MOST_WEIGHTS:
        return ""
    lines = [_node(document, node, locale) for node in document.nodes if not node.is_input]
    return "\n".join([text("making.network", locale), *lines])


def _node(document: Document, node: Node, locale: str) -> str:
    into = [connection for connection in document.connections if connection.target == node.id]
    return text(
        "making.node",
        locale,
        name=node.name,
        activation=text(f"activation.{node.activation.name}", locale),
        weights=", ".join(_weights(document, connection, locale) for connection in into),
        bias=_named(f"{node.id}.1" if node.bias.size == 1 else node.id),
    )


def _weights(document: Document, connection: Connection, locale: str) -> str:
    rows, columns = connection.weights.shape
    place = "" if rows > 1 else ".1" if columns > 1 else ".1.1"
    return text(
        "making.weights",
        locale,
        weights=_named(f"{connection.id}{place}"),
        source=document.node(connection.source).name,
    )


def _rule(document: Document, locale: str) -> str:
    training = document.training
    kind = "course" if training.rule == "course" else "rate"
    said = text(
        f"making.rule.{kind}",
        locale,
        rule=text(f"rule.{training.rule}", locale),
        **{name: _named(name) for name in ("weight_step", "bias_step", "learning_rate")},
    )
    if training.rule in LAYER_RULES:
        return said
    halved = "half" if document.conventions.loss_half and training.loss == "mse" else "whole"
    loss = text(f"loss.{training.loss}", locale)
    return f"{said} {text(f'making.loss.{halved}', locale, loss=loss)}"
