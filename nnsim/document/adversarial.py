"""Two networks that play against each other, found in the drawing.

A layer that leads into the input node of the data makes a generative adversarial network of a
diagram: in that node samples come together, the real ones of the table and those that the layers
before it make of noise.  What lies behind it tells them apart (the discriminator, D), what lies
before it learns to be taken for real (the generator, G).

Source: Goodfellow et al. 2014, Generative Adversarial Nets; G learns by the loss of its section 3
that does not saturate, - ln D(G(z)).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from nnsim.document.model import Document, Node
from nnsim.engine.losses import LossSpec
from nnsim.engine.plan import LayerSpec, ObjectiveSpec, Source

if TYPE_CHECKING:
    from nnsim.engine.ops.chance import NoiseSpec

#: Names of the two updates, of which D's comes first.
DISCRIMINATOR, GENERATOR = "D", "G"
#: Names of the losses: what D says of real samples and of generated ones, and G's, to fool it.
REAL, GENERATED, FOOLING = "real", "generated", "fooling"
#: Stands behind the id of a layer of D for what it makes of a generated sample.
ON_GENERATED = "'"
#: Stands behind that of its output for G's loss, so that each loss has an output of its own: a
#: cross-entropy that goes from the targets to the sums in one is finite for the surest mistakes.
TO_FOOL = "''"


class Adversaries(NamedTuple):
    """Who is who, by ids of nodes.

    ``meeting`` is the input node into which ``sample``, the last layer of the ``generator``,
    leads; ``noise`` are the input nodes that are drawn; ``stray`` the layers that read both sides,
    past the meeting.
    """

    meeting: str
    sample: str
    noise: tuple[str, ...]
    generator: tuple[str, ...]
    discriminator: tuple[str, ...]
    stray: tuple[str, ...]


def is_noise(node: Node) -> bool:
    """Whether an input node is drawn anew for every sample, and takes nothing of the data."""
    return node.feature is not None and node.feature.function == "noise"


def meetings(document: Document) -> tuple[Node, ...]:
    """Input nodes that something leads into."""
    return tuple(node for node in document.inputs if document.incoming(node.id))


def adversaries_of(document: Document) -> Adversaries | None:
    """The two networks of a diagram, None where it is not of this kind.

    The first meeting counts where there are several: those and other mistakes are told by
    ``nnsim.document.checks``.
    """
    found = meetings(document)
    if not found:
        return None
    meeting = found[0].id
    behind = _reached(document, meeting)
    dense = [node.id for node in document.nodes if not node.is_input]
    generator = tuple(node for node in dense if node not in behind)
    stray = tuple(
        node
        for node in dense
        if node in behind
        and any(c.source != meeting and c.source not in behind for c in document.incoming(node))
    )
    return Adversaries(
        meeting,
        document.incoming(meeting)[0].source,
        tuple(node.id for node in document.inputs if is_noise(node)),
        generator,
        tuple(node for node in dense if node in behind),
        stray,
    )


def made_of_noise(document: Document, node_id: str) -> bool:
    """Whether an input node of noise is among what a node is made of."""
    seen, ahead = {node_id}, [node_id]
    while ahead:
        for connection in document.incoming(ahead.pop()):
            if connection.source not in seen:
                seen.add(connection.source)
                ahead.append(connection.source)
    return any(is_noise(document.node(node)) for node in seen)


def _reached(document: Document, start: str) -> frozenset[str]:
    """Ids of the dense nodes that one comes to from a node, along the connections."""
    found: set[str] = set()
    ahead = [start]
    while ahead:
        for connection in document.outgoing(ahead.pop()):
            target = connection.target
            if target not in found and not document.node(target).is_input:
                found.add(target)
                ahead.append(target)
    return frozenset(found)


def noise_specs(document: Document) -> Iterator[NoiseSpec]:
    """What the input nodes of noise are in a plan."""
    # Most networks have none, and the first window does not wait for it.
    from nnsim.engine.ops.chance import NoiseSpec

    for node in document.inputs:
        if is_noise(node):
            yield NoiseSpec(node.id, node.units)


def second_look(
    sides: Adversaries, layers: Iterable[LayerSpec], outputs: Collection[str]
) -> Iterator[LayerSpec]:
    """The layers of D once more, with the same parameters, over generated samples."""
    renamed = {sides.meeting: sides.sample}
    renamed |= {node: node + ON_GENERATED for node in sides.discriminator}
    for layer in layers:
        if layer.node in sides.discriminator:
            sources = tuple(Source(c, renamed.get(node, node)) for c, node in layer.sources)
            for mark in (ON_GENERATED, TO_FOOL) if layer.node in outputs else (ON_GENERATED,):
                node = layer.node + mark
                yield LayerSpec(node, layer.units, layer.activation, sources, tied_to=layer.node)


def objectives_of(
    document: Document, sides: Adversaries, loss: LossSpec
) -> tuple[ObjectiveSpec, ...]:
    """D is to say 1 of real samples and 0 of generated ones; G wants it to say 1 of those."""
    outputs = tuple(node.id for node in document.outputs)
    again = tuple(node + ON_GENERATED for node in outputs)
    fooled = tuple(node + TO_FOOL for node in outputs)
    d = _parameters(document, sides.discriminator)
    g = _parameters(document, sides.generator)
    return (
        ObjectiveSpec(REAL, outputs, loss, parameters=d, update=DISCRIMINATOR),
        ObjectiveSpec(GENERATED, again, loss, parameters=d, target=0.0, update=DISCRIMINATOR),
        ObjectiveSpec(FOOLING, fooled, loss, parameters=g, target=1.0, update=GENERATOR),
    )


def _parameters(document: Document, nodes: Iterable[str]) -> frozenset[str]:
    found = {f"b:{node}" for node in nodes}
    found |= {f"w:{c.id}" for node in nodes for c in document.incoming(node)}
    return frozenset(found)
