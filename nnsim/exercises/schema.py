"""What may stand in an exercise file (TOML): strict; mistakes come with their places."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from nnsim.document.model import (
    ClippingName,
    OptimiserName,
    PartOrder,
    PenaltyName,
    ScalingName,
)
from nnsim.document.schema import (
    ActivationPart,
    ConnectionId,
    ConventionsPart,
    FeaturePart,
    Finite,
    NodeId,
    Part,
    ScalingPart,
    SplitPart,
    TrainingPart,
)
from nnsim.exercises.exercise import HINT_COSTS
from nnsim.session.cells import Group

Text = Annotated[str, Field(max_length=20_000)]
Share = Annotated[float, Field(ge=0, le=1)]
Pattern = Annotated[str, Field(pattern=r"^[^*]*(\*[^*]*){0,4}$", max_length=100)]
GroupName = Annotated[Group, Field(strict=False)]


class TextsPart(Part):
    """A text in one or both languages."""

    es: Text | None = None
    en: Text | None = None

    @model_validator(mode="after")
    def _is_said(self) -> Self:
        if self.es is None and self.en is None:
            raise PydanticCustomError("field.needs_text", "no text")
        return self

    def by_locale(self) -> dict[str, str]:
        """The texts there are, Spanish first."""
        return {k: v for k, v in (("es", self.es), ("en", self.en)) if v is not None}


class MarkingPart(Part):
    """How the answers are marked."""

    mode: Literal["try_again", "go_on", "at_end"] = "try_again"
    decimals: int = Field(default=4, ge=0, le=12)
    tolerance: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    hints: bool = True
    hint_costs: list[Share] = Field(default=list(HINT_COSTS), min_length=4, max_length=4)


class RangePart(Part):
    """What a number of a variant is drawn from."""

    choices: list[Finite] | None = Field(default=None, min_length=1, max_length=200)
    low: Finite | None = None
    high: Finite | None = None
    step: float | None = Field(default=None, gt=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        bounds = (self.low, self.high, self.step)
        if self.choices is not None:
            if any(bound is not None for bound in bounds):
                raise PydanticCustomError("field.needs_range", "choices and bounds")
        elif self.low is None or self.high is None or self.step is None or self.low > self.high:
            raise PydanticCustomError("field.needs_range", "choices, or low, high and step")
        return self


class ComparedPart(Part):
    """What is different where the trace is asked a second time: one thing."""

    update_timing: Literal["after", "during"] | None = None
    activation: ActivationPart | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.update_timing is None) == (self.activation is None):
            raise PydanticCustomError("field.needs_compared", "update_timing or activation")
        return self


class TracePart(Part):
    """What of the trace is asked."""

    first: int = Field(default=1, ge=1, le=10_000)
    last: int | None = Field(default=None, ge=1, le=10_000)
    until: Literal["epoch", "end"] = "epoch"
    shown: list[GroupName] = Field(min_length=1)
    asked: list[GroupName] = Field(min_length=1)
    cells: list[Annotated[str, Field(max_length=200)]] = Field(default=[], max_length=2000)
    nodes: list[NodeId] | None = None
    without: list[Pattern] = Field(default=[], max_length=100)
    given: list[Pattern] = Field(default=[], max_length=100)
    layout: Literal["table", "list"] = "table"
    rows: list[int] | None = Field(default=None, min_length=2, max_length=2)
    compared: ComparedPart | None = None
    questions: list[Literal["cycle", "learns"]] = Field(default=[], max_length=1)


class NodeHere(Part):
    """A node with its bias; without a place it is put where its depth says."""

    id: NodeId
    kind: Literal["input", "dense"]
    name: str = Field(min_length=1, max_length=40)
    units: int = Field(default=1, ge=1, le=4096)
    x: Finite | None = None
    y: Finite | None = None
    activation: ActivationPart = ActivationPart(name="identity")
    bias: list[Finite] = Field(default=[])
    feature: FeaturePart | None = None


class ConnectionHere(Part):
    """A connection with its weights, a row for each row of the target."""

    id: ConnectionId
    source: NodeId
    target: NodeId
    weights: list[list[Finite]]


class DataHere(Part):
    """The samples, a row each."""

    input_names: list[str] = Field(min_length=1, max_length=2000)
    target_names: list[str] = Field(min_length=1, max_length=2000)
    inputs: list[list[Finite]] = Field(min_length=1, max_length=10_000)
    targets: list[list[Finite]] = Field(min_length=1, max_length=10_000)


class TrainingHere(TrainingPart):
    """Training settings; what is left out is as in a new document."""

    rule: Literal["course", "perceptron", "delta", "gradient_descent", "sgd"] = "course"
    learning_rate: float = Field(default=0.5, gt=0, allow_inf_nan=False)
    weight_step: float = Field(default=0.5, gt=0, allow_inf_nan=False)
    bias_step: float = Field(default=2.0, gt=0, allow_inf_nan=False)
    batch_size: int = Field(default=1, ge=1)
    loss: Literal["mae", "mse", "mape", "cross_entropy", "binary_cross_entropy", "hinge"] = "mse"
    order: Literal["given", "shuffled"] = "given"
    seed: int = Field(default=0, ge=0, lt=2**63)
    optimiser: OptimiserName = "plain"
    momentum: float = Field(default=0.9, ge=0, lt=1, allow_inf_nan=False)
    decay: float = Field(default=0.9, ge=0, lt=1, allow_inf_nan=False)
    beta1: float = Field(default=0.9, ge=0, lt=1, allow_inf_nan=False)
    beta2: float = Field(default=0.999, ge=0, lt=1, allow_inf_nan=False)
    epsilon: float = Field(default=1e-8, gt=0, allow_inf_nan=False)
    weight_decay: float = Field(default=0.01, ge=0, allow_inf_nan=False)
    update_biases: bool = True
    limit: int = Field(default=10_000, ge=1, le=10_000_000)
    target_loss: float = Field(default=0.01, ge=0, allow_inf_nan=False)
    tolerance: float = Field(default=1e-9, ge=0, allow_inf_nan=False)
    penalty: PenaltyName = "none"
    penalty_rate: float = Field(default=0.001, ge=0, allow_inf_nan=False)
    clipping: ClippingName = "none"
    clip_at: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    patience: int = Field(default=0, ge=0, le=1_000_000)


class SplitHere(SplitPart):
    """The parts of the samples; what is left out is as in a new document."""

    training: float = Field(default=1.0, ge=0, allow_inf_nan=False)
    validation: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    test: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    order: PartOrder = "shuffled"
    seed: int = Field(default=0, ge=0, lt=2**63)


class ScalingHere(ScalingPart):
    """The scaling of columns; what is left out is not scaled."""

    inputs: ScalingName = "none"
    targets: ScalingName = "none"


class ConventionsHere(ConventionsPart):
    """Conventions; what is left out is as in a new document."""

    threshold: Literal[">=", ">"] = ">="
    loss_reduction: Literal["mean", "sum"] = "mean"
    loss_half: bool = False
    update_timing: Literal["after", "during"] = "after"
    arithmetic: Literal["auto", "float64"] = "auto"


class DocumentHere(Part):
    """A document written out in the exercise file."""

    title: str = Field(default="", max_length=200)
    nodes: list[NodeHere] = Field(min_length=2, max_length=1000)
    connections: list[ConnectionHere] = Field(max_length=10_000)
    data: DataHere
    split: SplitHere = SplitHere()
    scaling: ScalingHere = ScalingHere()
    training: TrainingHere = TrainingHere()
    conventions: ConventionsHere = ConventionsHere()


class FormPart(Part):
    """A form: its kind, and what is given."""

    kind: str = Field(min_length=1, max_length=60)
    given: dict[str, Any] = Field(default={})


class ExercisePart(Part):
    """The whole of an exercise file."""

    format: Literal["nnsim-exercise"]
    version: Literal[1]
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")
    title: TextsPart
    statement: TextsPart
    group: str = Field(default="", max_length=60)
    order: int = Field(default=0, ge=0, le=10_000)
    requires: list[str] = Field(default=[], max_length=50)
    open_controls: list[Literal["stepping", "canvas", "settings", "data", "formula", "plots"]] = (
        Field(default=[])
    )
    source: str = Field(default="", max_length=2000)
    marking: MarkingPart = MarkingPart()
    trace: TracePart | None = None
    document: DocumentHere | None = None
    form: FormPart | None = None
    vary: dict[str, RangePart] = Field(default={})

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        if (self.form is None) == (self.trace is None) or (self.trace is None) != (
            self.document is None
        ):
            raise PydanticCustomError("field.needs_task", "[trace] and [document], or [form]")
        return self
