"""The document: everything a project holds, as a frozen value.

An edit makes a new document that shares whatever did not change, so versions are compared part by
part with ``is``, and undo keeps the values before and after.  Arrays are read-only.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from nnsim.data import Table
from nnsim.engine.activations import ActivationSpec

Floats: TypeAlias = NDArray[np.float64]
NodeKind: TypeAlias = Literal["input", "dense", "recurrent"]
Rule: TypeAlias = Literal["course", "perceptron", "delta", "gradient_descent", "sgd"]

RULES: tuple[Rule, ...] = ("course", "perceptron", "delta", "gradient_descent", "sgd")
OptimiserName: TypeAlias = Literal[
    "plain", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"
]
#: How gradient learning may step: "plain" goes straight down the gradient.
OPTIMISERS: tuple[OptimiserName, ...] = get_args(OptimiserName)
PenaltyName: TypeAlias = Literal["none", "l1", "l2"]
ClippingName: TypeAlias = Literal["none", "value", "norm"]
FeatureName: TypeAlias = Literal["column", "square", "product", "sine", "noise"]
ForwardName: TypeAlias = Literal["new", "same", "shared"]
PartOrder: TypeAlias = Literal["in_order", "shuffled", "stratified"]
ScalingName: TypeAlias = Literal["none", "min_max", "standard"]
#: What is added to the loss for large weights: nothing, λ Σ|w| or λ/2 Σw².
PENALTIES: tuple[PenaltyName, ...] = get_args(PenaltyName)
#: How gradients are kept small: each number by itself, or all by their common norm.
CLIPPINGS: tuple[ClippingName, ...] = get_args(ClippingName)
#: What an input node may make of columns: x, x², x1 · x2, sin x; or noise, which has none.
FEATURES: tuple[FeatureName, ...] = get_args(FeatureName)
#: What a generator learns from: predictions made anew, of new noise or of the same, after the
#: discriminator has learnt; or the same predictions as the discriminator.
FORWARDS: tuple[ForwardName, ...] = get_args(ForwardName)
SCALINGS: tuple[ScalingName, ...] = get_args(ScalingName)
#: What gradient learning may measure a diagram by.
LOSSES = ("mae", "mse", "mape", "cross_entropy", "binary_cross_entropy", "hinge")
#: Rules that teach a single layer and have no chain rule.
LAYER_RULES: tuple[Rule, ...] = ("course", "perceptron", "delta")

MAX_UNITS = 4096
#: Time steps of a sequence, at most.
MAX_STEPS = 1000


def frozen_array(values: object) -> Floats:
    """A read-only float64 copy."""
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


_NO_WEIGHTS = frozen_array(np.zeros((0, 0)))


@dataclass(frozen=True)
class Feature:
    """What an input node makes of columns of the data, numbered from 0, after their scaling.

    "column" takes one as it is, "square" and "sine" (of the angle in radians) have one, "product"
    has two.  "noise" has none: its values are drawn from N(0, 1) for every sample and iteration.
    """

    function: FeatureName = "column"
    columns: tuple[int, ...] = (0,)


@dataclass(frozen=True, eq=False)
class Node:
    """A neuron (one unit) or a layer.

    ``bias`` has shape (rows,): units, times pieces for maxout; inputs have none, shape (0,).
    ``x`` and ``y`` are the middle of the node on the canvas, in scene units.  Inputs without a
    ``feature`` together take all columns of the data in order, the others what theirs names.
    An input of several ``steps`` holds a sequence: ``units`` values of each time step, which take
    steps · units columns, step after step.  ``recurrent`` are the weights U through which a
    recurrent layer sees its own state of the step before, (units, units); else it is (0, 0).
    """

    id: str
    kind: NodeKind
    name: str
    units: int
    x: float = 0.0
    y: float = 0.0
    activation: ActivationSpec = ActivationSpec("identity")  # noqa: RUF009 (frozen)
    bias: Floats = field(default_factory=lambda: frozen_array(np.zeros(0)))
    feature: Feature | None = None
    steps: int = 1
    recurrent: Floats = field(default_factory=lambda: _NO_WEIGHTS)

    @property
    def is_input(self) -> bool:
        """Whether the node holds the inputs."""
        return self.kind == "input"

    @property
    def is_recurrent(self) -> bool:
        """Whether the node is a recurrent layer."""
        return self.kind == "recurrent"

    @property
    def columns(self) -> int:
        """Columns of the data that an input takes, where it takes columns as they are."""
        return self.units * self.steps

    @property
    def rows(self) -> int:
        """Rows of the weight matrices that come in; 0 for inputs."""
        if self.is_input:
            return 0
        return self.units * self.activation.rows_per_unit


@dataclass(frozen=True, eq=False)
class Connection:
    """All weights from one node to another, shape (target rows, source units)."""

    id: str
    source: str
    target: str
    weights: Floats


def takes(target: Node, source: Node) -> bool:
    """Whether a node may lead into another: into layers all do, and into the node of the data's
    columns a layer that makes samples of as many values."""
    if not target.is_input:
        return True
    return target.feature is None and not source.is_input and source.units == target.units


@dataclass(frozen=True)
class Training:
    """How the diagram learns.  Every field is a visible setting.

    ``weight_step`` and ``bias_step`` belong to the course rule, ``batch_size`` to SGD, ``loss`` and
    ``optimiser`` to gradient learning.  ``momentum`` to ``weight_decay`` are settings of optimisers
    (``nnsim.document.optimisers`` says of which), named as in the engine.  A run stops at ``limit``
    iterations, when the mean loss of an epoch is at most ``target_loss``, when no parameter moved
    by more than ``tolerance`` over an epoch, or when for ``patience`` epochs (0: never) the loss of
    the validation part has not become smaller.  ``penalty_rate`` is the λ of the penalty, which
    leaves biases alone; gradients are clipped at ``clip_at``.  In a generative adversarial network
    ``learning_rate`` is the discriminator's, ``generator_rate`` the generator's, which learns from
    what ``generator_forward`` names.
    """

    rule: Rule = "course"
    learning_rate: float = 0.5
    weight_step: float = 0.5
    bias_step: float = 2.0
    batch_size: int = 1
    loss: str = "mse"
    optimiser: OptimiserName = "plain"
    momentum: float = 0.9
    decay: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.01
    penalty: PenaltyName = "none"
    penalty_rate: float = 0.001
    clipping: ClippingName = "none"
    clip_at: float = 1.0
    order: Literal["given", "shuffled"] = "given"
    seed: int = 0
    update_biases: bool = True
    limit: int = 10_000
    target_loss: float = 0.01
    tolerance: float = 1e-9
    patience: int = 0
    generator_rate: float = 0.001
    generator_forward: ForwardName = "new"

    @property
    def has_loss(self) -> bool:
        """Whether a loss is made smaller: course rule and perceptron rule go by errors alone."""
        return self.rule not in LAYER_RULES or self.rule == "delta"


@dataclass(frozen=True)
class SplitSettings:
    """How the samples are divided: shares of the whole, and the seed they are drawn from."""

    training: float = 1.0
    validation: float = 0.0
    test: float = 0.0
    order: PartOrder = "shuffled"
    seed: int = 0


@dataclass(frozen=True)
class ScalingSettings:
    """How columns are scaled, each by what is found in its training samples."""

    inputs: ScalingName = "none"
    targets: ScalingName = "none"


@dataclass(frozen=True)
class Conventions:
    """What textbooks differ in; saved with the project and printed in every export.

    ``threshold``: whether a step unit fires at a sum of exactly 0 (">=") or not (">").
    ``loss_reduction`` and ``loss_half``: mean or sum, with or without 1/2 before the squared error.
    ``update_timing``: "after" computes every gradient with the old weights, "during" updates each
    layer before the error goes on to the layer below.
    ``arithmetic``: "auto" computes with exact fractions where the rule and the activations allow
    it, and else with float64 in which a sum of pure rounding error is 0; "float64" is
    bare float64.
    """

    threshold: Literal[">=", ">"] = ">="
    loss_reduction: Literal["mean", "sum"] = "mean"
    loss_half: bool = False
    update_timing: Literal["after", "during"] = "after"
    arithmetic: Literal["auto", "float64"] = "auto"


@dataclass(frozen=True)
class ParameterEdit:
    """One weight or bias given a new value: ``name`` as in the plan ("w:c1", "u:n3", "b:n3")."""

    name: str
    index: tuple[int, ...]
    value: float


@dataclass(frozen=True)
class Change:
    """What a person changed in the middle of a run, after ``iteration`` iterations.

    ``training`` and ``conventions`` replace the settings from there on; ``parameters`` are set.
    """

    iteration: int
    training: Training | None = None
    conventions: Conventions | None = None
    parameters: tuple[ParameterEdit, ...] = ()


@dataclass(frozen=True)
class Origin:
    """Where samples are from: a data set made by its name, or a file of this name.

    ``seed`` and ``options`` make the same samples again; a file has no seed.
    """

    name: str
    seed: int | None = None
    options: tuple[tuple[str, int | float | bool | str], ...] = ()

    @property
    def is_set(self) -> bool:
        """Whether a data set of this name was made."""
        return self.seed is not None


@dataclass(frozen=True, eq=False)
class Document:
    """A project: diagram, data, settings, notes, and the changes made while it ran.

    ``next_id`` numbers the next node or connection; ids are never reused.  The order of input
    nodes is that of the data's input columns, the order of output nodes that of its targets.
    ``origin`` is None where samples were typed, painted or changed by hand.
    """

    title: str = ""
    nodes: tuple[Node, ...] = ()
    connections: tuple[Connection, ...] = ()
    data: Table = field(
        default_factory=lambda: Table(("x1",), ("y",), np.zeros((0, 1)), np.zeros((0, 1)))
    )
    origin: Origin | None = None
    split: SplitSettings = SplitSettings()
    scaling: ScalingSettings = ScalingSettings()
    training: Training = Training()
    conventions: Conventions = Conventions()
    notes: str = ""
    changes: tuple[Change, ...] = ()
    next_id: int = 1

    def node(self, node_id: str) -> Node:
        """The node of this id.  Raises KeyError."""
        return self._index.nodes[node_id]

    def connection(self, connection_id: str) -> Connection:
        """The connection of this id.  Raises KeyError."""
        return self._index.connections[connection_id]

    def has_node(self, node_id: str) -> bool:
        """Whether there is a node of this id."""
        return node_id in self._index.nodes

    def incoming(self, node_id: str) -> tuple[Connection, ...]:
        """Connections into a node, in document order."""
        return tuple(self._index.incoming.get(node_id, ()))

    def outgoing(self, node_id: str) -> tuple[Connection, ...]:
        """Connections out of a node, in document order."""
        return tuple(self._index.outgoing.get(node_id, ()))

    @functools.cached_property
    def _index(self) -> _Index:
        # Made once a document, when something is looked up: diagrams may have thousands of wires.
        return _Index(self.nodes, self.connections)

    @property
    def inputs(self) -> tuple[Node, ...]:
        """Input nodes, in the order of the data's columns."""
        return tuple(node for node in self.nodes if node.is_input)

    @property
    def outputs(self) -> tuple[Node, ...]:
        """What feeds no other and is no input, in the order of the target columns."""
        fed_on = self._index.outgoing
        return tuple(n for n in self.nodes if not n.is_input and n.id not in fed_on)

    def settings_at(self, iteration: int) -> tuple[Training, Conventions]:
        """Training and conventions in force for the iteration after ``iteration``."""
        training, conventions = self.training, self.conventions
        for change in self.changes:
            if change.iteration <= iteration:
                training = change.training or training
                conventions = change.conventions or conventions
        return training, conventions


class _Index:
    """What stands where: nodes and connections by id, connections by the nodes they join."""

    def __init__(self, nodes: Iterable[Node], connections: Iterable[Connection]) -> None:
        self.nodes = {node.id: node for node in nodes}
        self.connections: dict[str, Connection] = {}
        self.incoming: dict[str, list[Connection]] = {}
        self.outgoing: dict[str, list[Connection]] = {}
        for connection in connections:
            self.connections[connection.id] = connection
            self.incoming.setdefault(connection.target, []).append(connection)
            self.outgoing.setdefault(connection.source, []).append(connection)


def replaced(
    document: Document, nodes: Iterable[Node] = (), connections: Iterable[Connection] = ()
) -> Document:
    """The document with these nodes and connections in place of those of the same ids."""
    new_nodes = {node.id: node for node in nodes}
    new_connections = {connection.id: connection for connection in connections}
    return dataclasses.replace(
        document,
        nodes=tuple(new_nodes.get(n.id, n) for n in document.nodes),
        connections=tuple(new_connections.get(c.id, c) for c in document.connections),
    )
