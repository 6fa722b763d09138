"""The moments of two networks that learn in turn."""

from __future__ import annotations

from collections.abc import Iterator

from nnsim.engine.plan import LayerSpec, PlanSpec
from nnsim.engine.record import Quantity
from nnsim.session.walk import (
    Block,
    Level,
    Moment,
    Phase,
    ends_with,
    error_moments,
    parameter_moments,
    predict_moments,
)


def rival_blocks(spec: PlanSpec, batch: int, in_turn: bool) -> list[Block]:
    """Predict, error and adjust of the first network, then of the second.

    What is made of generated samples comes layer by layer, without products: their weights are
    those of the layers tied to.
    """
    first, second = spec.updates
    losses = [Quantity("L", each.name) for each in spec.objectives_of(first)]
    errors = [Moment(Phase.ERROR, each, "") for each in (*losses, Quantity("L"))]
    fooling = Moment(Phase.ERROR, Quantity(f"L@{second}"), "")
    predictions = [*predict_moments(spec, batch), *_twins(spec)]
    if batch > 1:
        predictions = [_without(each, Level.SAMPLE) for each in predictions]
        predictions[-1] = _with(predictions[-1], Level.SAMPLE)
    blocks = [
        Block(predictions, batch, {Level.PHASE}),
        Block(error_moments(spec), batch),
        Block(errors if in_turn else [*errors, fooling], 1, {Level.PHASE}),
        *_learning(spec, batch, first),
    ]
    blocks[-1].end |= {Level.UPDATE}
    if in_turn:
        blocks[-1].end |= {Level.PHASE}
        made = [layer for layer in spec.layers if spec.update_of(f"b:{layer.node}") == second]
        again = [m for layer in made for m in _units(layer, f"@{second}", layer.node)]
        blocks.append(Block([*again, *_twins(spec, f"@{second}")], batch, {Level.PHASE}))
        blocks.append(Block([fooling], 1, {Level.PHASE}))
    return [*blocks, *_learning(spec, batch, second)]


def _twins(spec: PlanSpec, mark: str = "") -> Iterator[Moment]:
    """Sums and activations of the layers that look at generated samples, for one of them."""
    twins = set(spec.twins.values())
    for node, layer in spec.tied.items():
        if node in twins:
            yield from _units(layer, mark, layer.tied_to)


def _units(layer: LayerSpec, mark: str, node: str) -> Iterator[Moment]:
    for row in range(layer.rows):
        yield Moment(Phase.PREDICT, Quantity(f"z{mark}", layer.node, row), node)
    for unit in range(layer.units):
        is_last = unit == layer.units - 1
        ends = ends_with(Level.NEURON, Level.LAYER) if is_last else ends_with(Level.NEURON)
        yield Moment(Phase.PREDICT, Quantity(f"a{mark}", layer.node, unit), node, ends)


def _learning(spec: PlanSpec, batch: int, update: str) -> list[Block]:
    """δ on the way back, gradients and new values of what one update learns."""
    learnt = [layer for layer in spec.layers if spec.update_of(f"b:{layer.node}") == update]
    passed = [layer for layer in spec.layers if layer.node in spec.twins and layer not in learnt]
    blocks = []
    for layer in reversed([*learnt, *passed]):
        looks = [layer.node] if layer in learnt else []
        looks += [
            n for n in spec.tied if spec.tied[n].tied_to == layer.node and _is_in(n, update, spec)
        ]
        deltas = [
            Moment(
                Phase.ADJUST,
                Quantity(f"dz@{update}", node, row),
                layer.node,
                ends_with(Level.NEURON),
            )
            for node in looks
            for row in range(layer.rows)
        ]
        blocks.append(Block(deltas, batch, {Level.LAYER}))
        if layer in learnt:
            blocks.append(Block(parameter_moments(spec, layer, "gw", "gb"), 1))
    return blocks + [Block(parameter_moments(spec, layer, "w+", "b+"), 1) for layer in learnt]


def _is_in(node: str, update: str, spec: PlanSpec) -> bool:
    """Whether the losses of an update look at a tied node, or at one that reads it."""
    return node in spec.below(out for each in spec.objectives_of(update) for out in each.outputs)


def _with(moment: Moment, level: Level) -> Moment:
    return moment._replace(ends=moment.ends | {level})


def _without(moment: Moment, level: Level) -> Moment:
    return moment._replace(ends=moment.ends - {level})
