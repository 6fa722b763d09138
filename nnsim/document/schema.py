"""What may stand in ``document.json`` of a ``.nnsim`` file: strict; mistakes come with places."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from nnsim.document.model import (
    MAX_STEPS,
    MAX_UNITS,
    ClippingName,
    FeatureName,
    ForwardName,
    NodeKind,
    OptimiserName,
    PartOrder,
    PenaltyName,
    ScalingName,
)

NodeId = Annotated[str, Field(pattern=r"^n[1-9][0-9]{0,8}$")]
ConnectionId = Annotated[str, Field(pattern=r"^c[1-9][0-9]{0,8}$")]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
ActivationName = Literal[
    "step",
    "identity",
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "elu",
    "softplus",
    "silu",
    "gelu",
    "softmax",
    "maxout",
]
Share = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]
LossName = Literal["mae", "mse", "mape", "cross_entropy", "binary_cross_entropy", "hinge"]


class Part(BaseModel):
    """Strict: unknown fields and wrong types are mistakes, never guessed at."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class ActivationPart(Part):
    """An activation and its parameters."""

    name: ActivationName
    slope: Finite = 0.1
    alpha: Finite = 1.0
    pieces: int = Field(default=2, ge=1, le=16)


class NodePart(Part):
    """A node; its bias is the member ``biases/<id>.npy``."""

    id: NodeId
    kind: Literal["input", "dense"]
    name: str = Field(min_length=1, max_length=40)
    units: int = Field(ge=1, le=MAX_UNITS)
    x: Finite
    y: Finite
    activation: ActivationPart


class FeaturePart(Part):
    """What an input node makes of columns of the data."""

    function: Literal["column", "square", "product", "sine"]
    columns: list[Annotated[int, Field(ge=0, lt=2000)]] = Field(min_length=1, max_length=2)


class FeaturedNodePart(NodePart):
    """A node of version 3."""

    feature: FeaturePart | None = None


class DrawnFeaturePart(FeaturePart):
    """What an input node makes of columns, or noise, which takes none; of version 4."""

    function: FeatureName  # type: ignore[assignment]
    columns: list[Annotated[int, Field(ge=0, lt=2000)]] = Field(max_length=2)


class RecurrentNodePart(FeaturedNodePart):
    """A node of version 4; the U of a recurrent layer is the member ``recurrent/<id>.npy``."""

    kind: NodeKind  # type: ignore[assignment]
    feature: DrawnFeaturePart | None = None
    steps: int = Field(default=1, ge=1, le=MAX_STEPS)


class ConnectionPart(Part):
    """A connection; its weights are the member ``weights/<id>.npy``."""

    id: ConnectionId
    source: NodeId
    target: NodeId


class PlainTrainingPart(Part):
    """Training settings of version 1: gradient learning goes straight down the gradient."""

    rule: Literal["course", "perceptron", "delta", "gradient_descent", "sgd"]
    learning_rate: Positive
    weight_step: Positive
    bias_step: Positive
    batch_size: int = Field(ge=1)
    loss: LossName
    order: Literal["given", "shuffled"]
    seed: int = Field(ge=0, lt=2**63)
    update_biases: bool
    limit: int = Field(ge=1, le=10_000_000)
    target_loss: float = Field(ge=0, allow_inf_nan=False)
    tolerance: float = Field(ge=0, allow_inf_nan=False)


class OptimiserTrainingPart(PlainTrainingPart):
    """Training settings of version 2."""

    optimiser: OptimiserName
    momentum: Share
    decay: Share
    beta1: Share
    beta2: Share
    epsilon: Positive
    weight_decay: float = Field(ge=0, allow_inf_nan=False)


class LimitedTrainingPart(OptimiserTrainingPart):
    """Training settings of version 3."""

    penalty: PenaltyName
    penalty_rate: float = Field(ge=0, allow_inf_nan=False)
    clipping: ClippingName
    clip_at: Positive
    patience: int = Field(ge=0, le=1_000_000)


class TrainingPart(LimitedTrainingPart):
    """Training settings, as in the document.

    Version 4 had files before generators had settings: they mean those of a new document.
    """

    generator_rate: Positive = 0.001
    generator_forward: ForwardName = "new"


class SplitPart(Part):
    """How the samples are divided."""

    training: float = Field(ge=0, allow_inf_nan=False)
    validation: float = Field(ge=0, allow_inf_nan=False)
    test: float = Field(ge=0, allow_inf_nan=False)
    order: PartOrder
    seed: int = Field(ge=0, lt=2**63)


class OriginPart(Part):
    """Where the samples are from."""

    name: str = Field(min_length=1, max_length=200)
    seed: int | None = Field(default=None, ge=0, lt=2**63)
    options: dict[str, bool | int | Finite | str] = Field(default_factory=dict, max_length=20)


class ScalingPart(Part):
    """How columns are scaled."""

    inputs: ScalingName
    targets: ScalingName


TrainingIn = TypeVar(
    "TrainingIn", PlainTrainingPart, OptimiserTrainingPart, LimitedTrainingPart, TrainingPart
)
NodeIn = TypeVar("NodeIn", NodePart, FeaturedNodePart, RecurrentNodePart)


class ConventionsPart(Part):
    """Conventions, as in the document."""

    threshold: Literal[">=", ">"]
    loss_reduction: Literal["mean", "sum"]
    loss_half: bool
    update_timing: Literal["after", "during"]
    arithmetic: Literal["auto", "float64"]


class ParameterEditPart(Part):
    """A parameter set in the middle of a run."""

    name: str = Field(pattern=r"^(w:c|[bu]:n)[1-9][0-9]{0,8}$")
    index: list[Annotated[int, Field(ge=0)]] = Field(min_length=1, max_length=2)
    value: Finite


class ChangePart(Part, Generic[TrainingIn]):
    """What was changed in the middle of a run."""

    iteration: int = Field(ge=1)
    training: TrainingIn | None = None
    conventions: ConventionsPart | None = None
    parameters: list[ParameterEditPart] = Field(default_factory=list)


class DataPart(Part):
    """Column names; the values are the members ``data/inputs.npy`` and ``data/targets.npy``."""

    input_names: list[str] = Field(min_length=1, max_length=2000)
    target_names: list[str] = Field(min_length=1, max_length=2000)


class DocumentPart(Part, Generic[NodeIn, TrainingIn]):
    """The whole of ``document.json``, whatever its version."""

    format: Literal["nnsim"]
    version: int
    made_with: str = Field(max_length=100)
    title: str = Field(max_length=200)
    notes: str = Field(max_length=100_000)
    nodes: list[NodeIn] = Field(max_length=10_000)
    connections: list[ConnectionPart] = Field(max_length=100_000)
    data: DataPart
    training: TrainingIn
    conventions: ConventionsPart
    changes: list[ChangePart[TrainingIn]] = Field(default_factory=list, max_length=10_000)
    next_id: int = Field(ge=1, le=10**9)


class DocumentPart1(DocumentPart[NodePart, PlainTrainingPart]):
    """Version 1, which knows no optimisers."""

    version: Literal[1]


class DocumentPart2(DocumentPart[NodePart, OptimiserTrainingPart]):
    """Version 2, which knows no parts, scaling, features, penalties, clipping or patience."""

    version: Literal[2]


class PreparedPart(DocumentPart[NodeIn, TrainingIn]):
    """What all versions from 3 on say of the way of the samples into the network."""

    split: SplitPart
    scaling: ScalingPart
    origin: OriginPart | None = None


class DocumentPart3(PreparedPart[FeaturedNodePart, LimitedTrainingPart]):
    """Version 3, which knows no recurrent layers and no sequences."""

    version: Literal[3]


class DocumentPart4(PreparedPart[RecurrentNodePart, TrainingPart]):
    """Version 4."""

    version: Literal[4]
