"""Which operations lie between objectives and what is learnt from them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from nnsim.engine.ops.base import Operation
from nnsim.engine.plan.spec import PlanSpec, names_of


def leading_to(
    spec: PlanSpec, objectives: Collection[str], operations: Sequence[Operation]
) -> list[Operation]:
    """Operations that the gradient of these objectives passes on its way, last one first."""
    chosen = [objective for objective in spec.named_objectives if objective.name in objectives]
    above = {node for objective in chosen for node in objective.outputs}
    sources = {layer.node: [s.node for s in layer.sources] for layer in spec.nodes}
    for layer in reversed(spec.nodes):
        if layer.node in above and layer.passes_gradient:
            above.update(sources[layer.node])
    learning = _learning(spec, [objective.parameters for objective in chosen])
    below: set[str] = set()
    for layer in spec.nodes:
        if layer.node in learning or (
            layer.passes_gradient and any(source in below for source in sources[layer.node])
        ):
            below.add(layer.node)
    return [
        operation
        for operation in reversed(operations)
        if any(node in above and node in below for node in operation.nodes)
    ]


def _learning(spec: PlanSpec, learnt: Sequence[frozenset[str] | None]) -> set[str]:
    """Nodes with parameters that are learnt; those of a tied node are another's."""
    found = set()
    for layer in spec.nodes:
        names = set(names_of(layer, spec.shapes, spec).values())
        if any(names if some is None else names & some for some in learnt):
            found.add(layer.node)
    return found
