"""Why a diagram cannot run, or will not do what it seems to: said on the node at fault."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import Literal, NamedTuple

import numpy as np

from nnsim.core.messages import Message, NnsimError
from nnsim.document.adversarial import adversaries_of, is_noise
from nnsim.document.model import LAYER_RULES, Conventions, Document, Node, Training
from nnsim.document.preparation import input_nodes, prepared
from nnsim.document.sequences import steps_of
from nnsim.engine.activations import make_activation


class Problem(NamedTuple):
    """Something to put right.  An "error" keeps the diagram from running, a "warning" does not.

    ``message.node`` is the id of the node at fault, or None where it is the document.
    """

    severity: Literal["error", "warning"]
    message: Message


def check(document: Document) -> tuple[Problem, ...]:
    """All problems of a document with the settings it starts with, errors first."""
    problems = list(_diagram(document))
    if not problems:
        problems += _data(document)
        problems += _two_networks(document)
    if not problems:
        problems += _parts(document)
    settings = [document.settings_at(0)]
    settings += [document.settings_at(change.iteration) for change in document.changes]
    for training, conventions in dict.fromkeys(settings):
        problems += [p for p in _training(document, training, conventions) if p not in problems]
    return tuple(sorted(problems, key=lambda problem: problem.severity))


def require_runnable(document: Document) -> None:
    """Raises NnsimError with every error of the document, if there is one."""
    errors = [p.message for p in check(document) if p.severity == "error"]
    if errors:
        raise NnsimError(*errors)


def _error(code: str, node: Node | None = None, **params: object) -> Problem:
    return _problem("error", code, node, params)


def _warning(code: str, node: Node | None = None, **params: object) -> Problem:
    return _problem("warning", code, node, params)


def _problem(
    severity: Literal["error", "warning"], code: str, node: Node | None, params: dict[str, object]
) -> Problem:
    if node is not None:
        params = {"name": node.name, **params}
    return Problem(severity, Message(code, params, None if node is None else node.id))


def _diagram(document: Document) -> Iterator[Problem]:
    if not document.inputs:
        yield _error("check.no_input")
    if all(node.is_input for node in document.nodes):
        yield _error("check.no_neuron")
    for node in document.nodes:
        if not node.is_input and not document.incoming(node.id):
            yield _error("check.nothing_comes_in", node)
        if node.is_input and not document.outgoing(node.id) and len(document.nodes) > 1:
            yield _error("check.input_goes_nowhere", node)
    found = cycle(document)
    for node_id in found:
        yield _error("check.cycle", document.node(node_id))
    if not found:
        yield from _sequences(document)


def _sequences(document: Document) -> Iterator[Problem]:
    """Sequences go into recurrent layers and nowhere else, and nothing else goes into these."""
    for node in document.nodes:
        sources = [document.node(c.source) for c in document.incoming(node.id)]
        targets = [document.node(c.target) for c in document.outgoing(node.id)]
        if node.is_recurrent:
            alone = [n for n in sources if not _may_give_sequence(n)]
            if alone:
                yield _error("check.recurrent_needs_sequence", node, source=alone[0].name)
            elif len({steps_of(document, source.id) for source in sources}) > 1:
                yield _error("check.recurrent_steps", node)
            if {target.is_recurrent for target in targets} == {True, False}:
                yield _error("check.recurrent_feeds_both", node)
            if not make_activation(node.activation).elementwise:
                activation = Message(f"activation.{node.activation.name}")
                yield _error("edit.recurrent_activation", node, activation=activation)
        elif any(source.is_input and source.steps > 1 for source in sources):
            long = next(source for source in sources if source.is_input and source.steps > 1)
            yield _error("check.sequence_into_dense", node, source=long.name, steps=long.steps)


def _may_give_sequence(node: Node) -> bool:
    return node.is_recurrent or (node.is_input and node.steps > 1)


def cycle(document: Document) -> tuple[str, ...]:
    """Ids of the nodes that lie on a cycle or behind one and in front of another; often none."""
    remaining = {node.id for node in document.nodes}
    # First goes what nothing remaining feeds, again and again; then what feeds nothing remaining.
    forward, back = attrgetter("target"), attrgetter("source")
    for before, after, other, follower in (
        (document.incoming, document.outgoing, back, forward),
        (document.outgoing, document.incoming, forward, back),
    ):
        waits = {n: sum(other(c) in remaining for c in before(n)) for n in remaining}
        free = [node_id for node_id, count in waits.items() if count == 0]
        while free:
            node_id = free.pop()
            remaining.discard(node_id)
            for connection in after(node_id):
                following = follower(connection)
                if following in remaining:
                    waits[following] -= 1
                    if waits[following] == 0:
                        free.append(following)
    return tuple(node.id for node in document.nodes if node.id in remaining)


def _data(document: Document) -> Iterator[Problem]:
    data, columns = document.data, len(document.data.input_names)
    if len(data) == 0:
        yield _error("check.no_samples")
    plain = [node for node in document.inputs if node.feature is None]
    units = sum(node.columns for node in plain)
    if plain and units != columns:
        long = next((node for node in plain if node.steps > 1), None)
        if long is None:
            yield _error("check.input_sizes", plain[-1], n=units, columns=columns)
        else:
            sizes = {"units": long.units, "steps": long.steps}
            yield _error("check.input_steps", long, n=units, columns=columns, **sizes)
    for node in document.inputs:
        feature = node.feature
        if feature is None or is_noise(node):
            continue
        if node.units != 1:
            yield _error("check.feature_units", node, n=node.units)
        for column in feature.columns:
            if column >= columns:
                yield _error("check.feature_column", node, n=column + 1, columns=columns)
    outputs = sum(node.units for node in document.outputs)
    if outputs != len(data.target_names):
        yield _error(
            "check.output_sizes", document.outputs[-1], n=outputs, columns=len(data.target_names)
        )


def _two_networks(document: Document) -> Iterator[Problem]:
    """What keeps generator and discriminator from playing against each other."""
    drawn = [node for node in document.inputs if is_noise(node)]
    sides = adversaries_of(document)
    if sides is None:
        for node in drawn:
            yield _error("check.noise_meets_nothing", node)
        return
    meeting = document.node(sides.meeting)
    for node in document.inputs:
        if node is not meeting and not is_noise(node):
            yield _error("check.adversarial_input", node, meeting=meeting.name)
    if len(document.incoming(meeting.id)) > 1:
        yield _error("check.several_samples", meeting)
    if document.node(sides.sample).units != meeting.units:
        sample = document.node(sides.sample)
        yield _error("check.sample_units", sample, n=sample.units, columns=meeting.units)
    if not drawn:
        yield _error("check.no_noise", meeting)
    for node in document.nodes:
        if node.is_recurrent or node.steps > 1:
            yield _error("check.adversarial_sequence", node)
    for node_id in sides.stray:
        yield _error("check.past_meeting", document.node(node_id), meeting=meeting.name)
    for node in document.outputs:
        if node.id not in sides.discriminator:
            yield _error("check.generator_leads_nowhere", node, meeting=meeting.name)
        elif node.units != 1 or node.activation.name != "sigmoid":
            yield _error("check.discriminator_output", node)
    if not (document.data.targets == 1).all():
        yield _error("check.real_targets", meeting)


def _parts(document: Document) -> Iterator[Problem]:
    """What keeps the samples of a diagram from being prepared, and what only looks wrong."""
    samples = prepared(document)
    try:
        _, inputs, _ = samples.training_rows, samples.inputs, samples.targets
    except NnsimError as error:
        yield from (Problem("error", message) for message in error.messages)
        return
    astray = np.argwhere(~np.isfinite(inputs))
    if len(astray):
        row, value = astray[0].tolist()
        yield _error("check.prepared_not_finite", input_nodes(document)[value], row=row + 1)
    if document.scaling.targets != "none":
        from nnsim.data.classes import labels_of

        if labels_of(document.data.targets) is not None:
            yield _warning("check.scaled_classes")


def _training(
    document: Document, training: Training, conventions: Conventions
) -> Iterator[Problem]:
    dense = [node for node in document.nodes if not node.is_input]
    recurrent = [node for node in dense if node.is_recurrent]
    if training.rule in LAYER_RULES:
        rule = Message(f"rule.{training.rule}")
        outputs = {node.id for node in document.outputs}
        for node in dense:
            if node.is_recurrent:
                yield _error("check.rule_without_recurrent", node, rule=rule)
            elif node.id not in outputs:
                yield _error("check.rule_needs_one_layer", node, rule=rule)
            elif training.rule != "delta" and node.activation.name != "step":
                yield _warning("check.rule_needs_step", node, rule=rule)
            if node.activation.name == "maxout":
                yield _error("check.rule_without_maxout", node, rule=rule)
        return
    if adversaries_of(document) is not None:
        yield from _adversarial_training(training, conventions)
    for node in dense:
        if node.activation.name == "step":
            yield _warning("check.step_has_no_gradient", node)
    if conventions.update_timing == "during":
        for node in recurrent:
            yield _error("check.during_without_recurrent", node)
        limits = {"penalty": training.penalty, "clipping": training.clipping}
        for name, value in limits.items():
            if value != "none":
                yield _error("check.during_without", what=Message(f"setting.{name}"))
    if training.patience and not document.split.validation:
        yield _warning("check.patience_without_validation")
    yield from _loss(document, training.loss)


def _adversarial_training(training: Training, conventions: Conventions) -> Iterator[Problem]:
    if training.loss != "binary_cross_entropy":
        yield _error("check.adversarial_loss", loss=Message("loss.binary_cross_entropy"))
    if conventions.update_timing == "during":
        yield _error("check.adversarial_during")


def _loss(document: Document, loss: str) -> Iterator[Problem]:
    targets = document.data.targets
    name = Message(f"loss.{loss}")
    for node in document.outputs:
        activation = node.activation.name
        if loss == "binary_cross_entropy" and activation not in ("sigmoid", "softmax"):
            yield _warning("check.loss_needs_probabilities", node, loss=name)
        if loss == "cross_entropy" and activation != "softmax":
            yield _warning("check.loss_needs_distribution", node, loss=name)
        if activation == "softmax" and node.units == 1:
            yield _warning("check.softmax_of_one", node)
    if loss == "hinge" and targets.size and not np.isin(targets, (-1, 1)).all():
        yield _warning("check.hinge_targets")
    if loss == "mape" and (targets == 0).any():
        yield _warning("check.mape_targets")
