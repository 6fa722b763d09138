"""From a document to what runs: the spec of its plan, its start values, its learner."""

from __future__ import annotations

import dataclasses

from nnsim.core.randoms import generator
from nnsim.document.adversarial import (
    GENERATOR,
    adversaries_of,
    is_noise,
    noise_specs,
    objectives_of,
    second_look,
)
from nnsim.document.checks import require_runnable
from nnsim.document.model import LAYER_RULES, Conventions, Document, Floats, Node, Training
from nnsim.document.optimisers import PARAMETERS
from nnsim.document.preparation import prepared
from nnsim.document.sequences import gives_sequence
from nnsim.engine.learners import (
    CourseRule,
    DeltaRule,
    Feed,
    NetworkLearner,
    PerceptronRule,
    Watch,
)
from nnsim.engine.losses import LossSpec
from nnsim.engine.ops.recurrent_simple import SimpleRecurrentSpec
from nnsim.engine.plan import LayerSpec, Plan, PlanSpec, Source


def ordered_layers(document: Document) -> tuple[Node, ...]:
    """All nodes but inputs so that every source comes first, and else in document order.

    The diagram must have no cycle.
    """
    depth = depths(document)
    layers = [node for node in document.nodes if not node.is_input]
    return tuple(sorted(layers, key=lambda node: depth[node.id]))


def depths(document: Document) -> dict[str, int]:
    """Depth of every node: 0 for inputs, else one more than its deepest source."""
    depth = {node.id: 0 for node in document.nodes}
    waits = {node.id: len(document.incoming(node.id)) for node in document.nodes}
    free = [node_id for node_id, count in waits.items() if count == 0]
    while free:
        node_id = free.pop()
        for connection in document.outgoing(node_id):
            target = connection.target
            depth[target] = max(depth[target], depth[node_id] + 1)
            waits[target] -= 1
            if waits[target] == 0:
                free.append(target)
    return depth


def plan_spec(document: Document, training: Training, conventions: Conventions) -> PlanSpec:
    """What the plan of a runnable document computes under these settings."""
    layers = tuple(_layer(document, node, conventions) for node in ordered_layers(document))
    # The loss chosen is that of gradient learning; a rule must not be judged by it.
    loss = (
        LossSpec()
        if training.rule in LAYER_RULES
        else LossSpec(training.loss, conventions.loss_reduction, conventions.loss_half)
    )
    spec = PlanSpec(
        sizes=tuple(
            (node.id, node.units if node.steps == 1 else (node.steps, node.units))
            for node in document.inputs
        ),
        nodes=layers,
        outputs=tuple(node.id for node in document.outputs),
        loss=loss,
        arithmetic=_arithmetic(layers, training, conventions),
    )
    return _with_noise(document, spec) if any(map(is_noise, document.inputs)) else spec


def _with_noise(document: Document, spec: PlanSpec) -> PlanSpec:
    """With the inputs that are drawn, and with both networks where there are two."""
    drawn = tuple(noise_specs(document))
    of_noise = {node.id for node in document.inputs if is_noise(node)}
    sizes = tuple(size for size in spec.sizes if size[0] not in of_noise)
    spec = dataclasses.replace(spec, sizes=sizes, nodes=(*drawn, *spec.nodes))
    sides = adversaries_of(document)
    if sides is None:
        return spec
    return dataclasses.replace(
        spec,
        nodes=(*spec.nodes, *second_look(sides, spec.layers, spec.outputs)),
        objectives=objectives_of(document, sides, spec.loss),
    )


def _layer(
    document: Document, node: Node, conventions: Conventions
) -> LayerSpec | SimpleRecurrentSpec:
    activation = dataclasses.replace(node.activation, one_at_zero=conventions.threshold == ">=")
    sources = tuple(Source(c.id, c.source) for c in document.incoming(node.id))
    if not node.is_recurrent:
        return LayerSpec(node.id, node.units, activation, sources)
    returns = "sequence" if gives_sequence(document, node.id) else "last"
    return SimpleRecurrentSpec(node.id, node.units, sources, returns, activation=activation)


def _arithmetic(
    layers: tuple[LayerSpec | SimpleRecurrentSpec, ...],
    training: Training,
    conventions: Conventions,
) -> str:
    if conventions.arithmetic == "float64":
        return "float64"
    # With a step the error is a small number and parameters are sums of steps.  The delta rule, or
    # an output that is not stepped, multiplies what was learnt by itself: fractions would grow for
    # ever.
    is_rational = training.rule in LAYER_RULES and training.rule != "delta"
    if is_rational and all(layer.activation.name == "step" for layer in layers):
        return "exact"
    return "settled"


def start_values(document: Document) -> dict[str, Floats]:
    """Start value of every parameter by its name in the plan."""
    weights = {f"w:{c.id}": c.weights for c in document.connections}
    biases = {f"b:{node.id}": node.bias for node in document.nodes if not node.is_input}
    own = {f"u:{node.id}": node.recurrent for node in document.nodes if node.is_recurrent}
    return weights | own | biases


def make_learner(document: Document, iteration: int = 0) -> NetworkLearner:
    """A learner at its start, with the settings in force after ``iteration`` iterations.

    Raises NnsimError with everything that keeps the document from running.
    """
    require_runnable(document)
    training, conventions = document.settings_at(iteration)
    spec = plan_spec(document, training, conventions)
    plan = Plan(spec, start_values(document), generator((training.seed, 1)) if spec.draws else None)
    samples = prepared(document)
    inputs, targets, rows = samples.inputs, samples.targets, samples.training_rows
    feed = Feed(len(rows), training.order == "shuffled", training.seed, rows)
    biases = training.update_biases
    if training.rule == "course":
        return CourseRule(
            plan, inputs, targets, feed, training.weight_step, training.bias_step, biases
        )
    if training.rule == "perceptron":
        return PerceptronRule(plan, inputs, targets, feed, training.learning_rate, biases)
    if training.rule == "delta":
        return DeltaRule(plan, inputs, targets, feed, training.learning_rate, biases)
    # Optimisers and what belongs to them are needed when something learns by them: a first window,
    # with its course rule, is there sooner without.
    from nnsim.engine.learners.gradient import GradientLearner
    from nnsim.engine.learners.updates import Update
    from nnsim.engine.optimisers import OptimiserSpec
    from nnsim.engine.regularisers import ClippingSpec, PenaltySpec

    rate, limit = training.penalty_rate, training.clip_at

    def update(name: str = "") -> Update:
        is_second = name == GENERATOR
        return Update(
            OptimiserSpec(
                "gradient_descent" if training.optimiser == "plain" else training.optimiser,
                training.generator_rate if is_second else training.learning_rate,
                **{each: getattr(training, each) for each in PARAMETERS[training.optimiser]},
            ),
            penalty=PenaltySpec(
                l1=rate if training.penalty == "l1" else 0.0,
                l2=rate if training.penalty == "l2" else 0.0,
            ),
            clipping=ClippingSpec(
                value=limit if training.clipping == "value" else None,
                norm=limit if training.clipping == "norm" else None,
            ),
            objectives=tuple(each.name for each in plan.spec.objectives_of(name)) if name else (),
            forward=training.generator_forward if is_second else "shared",
            name=name,
        )

    return GradientLearner(
        plan,
        inputs,
        targets,
        feed,
        [update(name) for name in plan.spec.updates] or update(),
        batch=len(rows) if training.rule == "gradient_descent" else training.batch_size,
        update_biases=biases,
        updated_weights_first=conventions.update_timing == "during",
    )


def make_watch(learner: NetworkLearner, training: Training) -> Watch:
    """What tells whether a run of this learner has come to its end."""
    return Watch(learner, training.target_loss, training.tolerance)
