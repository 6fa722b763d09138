"""Which shapes the layers of a convolutional network give, and how many parameters it has."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field as Given
from pydantic import model_validator

from nnsim.core.messages import Message
from nnsim.core.numbers import Number
from nnsim.document.schema import Part
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.layout import Shape
from nnsim.engine.ops.base import OperationSpec, Source
from nnsim.engine.ops.convolution import ConvolutionSpec
from nnsim.engine.ops.pooling import MaxPoolingSpec
from nnsim.engine.ops.reshaping import FlattenSpec
from nnsim.engine.plan import LayerSpec, PlanSpec
from nnsim.exercises.forms.base import Field, Form, Formula, Slip, Values, given
from nnsim.exercises.forms.kinds import FormKind
from nnsim.exercises.forms.networks import Units, count_of, total_of
from nnsim.exercises.sheet import Heading
from nnsim.explain.expression import Call, Expression, Negative, Product, Quotient, sum_of

Small = Annotated[int, Given(ge=1, le=11)]

_RELU = ActivationSpec("relu")


class ConvolutionalGiven(Part):
    """Blocks of a convolution and a max pooling, then a dense layer of ``outputs`` units.

    The image has ``size`` rows and columns; entry k of each list belongs to block k: ``filters``,
    ``kernels`` and ``pools`` (rows = columns), ``paddings``.  Kernels move by 1, windows by their
    own size.
    """

    size: Annotated[int, Given(ge=2, le=1024)]
    channels: Annotated[int, Given(ge=1, le=64)] = 1
    filters: list[Annotated[int, Given(ge=1, le=2048)]] = Given(min_length=1, max_length=4)
    kernels: list[Small]
    paddings: list[Annotated[int, Given(ge=0, le=5)]]
    pools: list[Small]
    outputs: Units

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if {len(self.kernels), len(self.paddings), len(self.pools)} != {len(self.filters)}:
            raise ValueError("one kernel, padding and pool for each entry of filters")
        _convolutional_plan(self).shapes  # noqa: B018 (ValueError where a window does not fit)
        return self


def _convolutional_plan(asked: ConvolutionalGiven) -> PlanSpec:
    nodes: list[LayerSpec | OperationSpec] = []
    last = "image"
    blocks = zip(asked.filters, asked.kernels, asked.paddings, asked.pools, strict=True)
    for k, (filters, kernel, padding, pool) in enumerate(blocks, 1):
        conv, pooled = f"conv{k}", f"pool{k}"
        seen = (Source(f"c{k}", last),)
        nodes.append(
            ConvolutionSpec(conv, filters, (kernel, kernel), seen, _RELU, (1, 1), (padding,) * 2)
        )
        nodes.append(MaxPoolingSpec(pooled, (pool, pool), (Source("", conv),)))
        last = pooled
    nodes.append(FlattenSpec("flat", (Source("", last),)))
    nodes.append(LayerSpec("dense", asked.outputs, _RELU, (Source("c0", "flat"),)))
    return PlanSpec(
        (("image", (asked.channels, asked.size, asked.size)),), tuple(nodes), ("dense",)
    )


def convolutional_network(asked: ConvolutionalGiven) -> Form:
    """The shape (rows, columns, channels) that every layer gives, its parameters, their total."""
    plan = _convolutional_plan(asked)
    made = _ConvolutionalForm(asked, plan)
    blocks = zip(asked.filters, asked.kernels, asked.paddings, asked.pools, strict=True)
    for k, (filters, kernel, padding, pool) in enumerate(blocks, 1):
        made.convolution(k, filters, kernel, padding)
        made.pooling(k, pool)
    made.flat(len(asked.filters))
    made.dense(asked.outputs)
    made.total()
    columns = (
        Heading("shape", Message("forms.networks.shape")),
        Heading("parameters", Message("forms.networks.parameters")),
    )
    return Form(tuple(made.fields), tuple(made.rows), columns)


class _ConvolutionalForm:
    """Rows and fields of the form, layer by layer."""

    def __init__(self, asked: ConvolutionalGiven, plan: PlanSpec) -> None:
        self.rows: list[Heading] = []
        self.fields: list[Field] = []
        self._asked, self._plan = asked, plan
        #: key of the shape that comes next to the current layer; "" for the image itself
        self._before = ""

    def convolution(self, k: int, filters: int, kernel: int, padding: int) -> None:
        row, before = f"conv{k}", self._before
        self._row(row, "conv", number=k, filters=filters, kernel=kernel, padding=padding)

        def side(v: Values, axis: int) -> Expression:
            borders = Product(given(2), given(padding, f"p_{{{k}}}"), dotted=True)
            span = Negative(given(kernel, f"k_{{{k}}}"))
            return sum_of(self._side(v, before, axis, k), borders, span, given(1))

        def same(v: Values) -> list[Number]:
            return [self._number(v, before, axis) for axis in (0, 1)] + [filters]

        def channels_kept(v: Values) -> list[Number]:
            sides: list[Number] = [side(v, axis).value() for axis in (0, 1)]
            return [*sides, self._number(v, before, 2)]

        self._shape(
            row,
            lambda v: [side(v, 0), side(v, 1), given(filters)],
            {"same_size": same, "channels_kept": channels_kept},
        )
        area = kernel * kernel

        def parameters(v: Values) -> Expression:
            window = given(kernel, f"k_{{{k}}}")
            seen = Product(window, window, self._channels(v, before, k), dotted=True)
            return Product(sum_of(seen, given(1)), given(filters, f"c_{{{k}}}"), dotted=True)

        self._parameters(
            row,
            parameters,
            {
                "biases_not_counted": lambda v: area * self._number(v, before, 2) * filters,
                "channels_forgotten": lambda v: (area + 1) * filters,
                "channels_and_biases_forgotten": lambda v: area * filters,
                "one_bias_a_layer": lambda v: area * self._number(v, before, 2) * filters + 1,
            },
        )
        self._before = f"{row}.shape"

    def pooling(self, k: int, pool: int) -> None:
        row, before = f"pool{k}", self._before
        self._row(row, "pool", number=k, pool=pool)

        def side(v: Values, axis: int) -> Expression:
            share = Quotient(self._side(v, before, axis, k, pooled=True), given(pool))
            return Call(r"\left\lfloor ", r"\right\rfloor", math.floor, share)

        def rounded_up(v: Values) -> list[Number]:
            sides = [math.ceil(self._number(v, before, axis) / pool) for axis in (0, 1)]
            return [*sides, self._number(v, before, 2)]

        def by_one(v: Values) -> list[Number]:
            sides = [self._number(v, before, axis) - pool + 1 for axis in (0, 1)]
            return [*sides, self._number(v, before, 2)]

        self._shape(
            row,
            lambda v: [side(v, 0), side(v, 1), v.known(before, 2, f"c_{{{k}}}")],
            {"pool_rounded_up": rounded_up, "pool_by_one": by_one},
        )
        seen = pool * pool
        self._parameters(row, lambda v: given(0), {"pool_has_none": lambda v: seen})
        self._before = f"{row}.shape"

    def flat(self, blocks: int) -> None:
        row, before = "flat", self._before
        self._row(row, "flat")
        names = ("h", "w", "c")

        def size(v: Values) -> Expression:
            factors = [v.known(before, axis, name) for axis, name in enumerate(names)]
            return Product(*factors, dotted=True)

        self._shape(
            row,
            size,
            {"channels_forgotten": lambda v: v.all(before)[0] * v.all(before)[1]},
            symbol="n",
        )
        self._parameters(row, lambda v: given(0), {})
        self._before = f"{row}.shape"

    def dense(self, outputs: int) -> None:
        row, before = "dense", self._before
        self._row(row, "dense", units=outputs)
        self._shape(row, lambda v: given(outputs), {})
        self._parameters(
            row,
            lambda v: Product(sum_of(v.known(before), given(1)), given(outputs), dotted=True),
            {
                "biases_not_counted": lambda v: v[before] * outputs,
                "one_bias_a_layer": lambda v: v[before] * outputs + 1,
            },
        )

    def total(self) -> None:
        keys = [field.key for field in self.fields if field.column == "parameters"]
        self._row("total", "total")
        self.fields.append(
            Field(
                "total.parameters",
                Message("forms.networks.parameters"),
                "P",
                total_of(keys),
                count_of(self._plan, "w", "b"),
                is_exact=True,
                row="total",
                column="parameters",
            )
        )

    # -- parts -----------------------------------------------------------------------------------

    def _row(self, key: str, code: str, **params: object) -> None:
        self.rows.append(Heading(key, Message(f"forms.networks.{code}", params)))

    def _shape(
        self, row: str, formula: Formula, slips: Mapping[str, Slip], symbol: str = ""
    ) -> None:
        shape = _channels_last(self._plan.shapes[row])
        self.fields.append(
            Field(
                f"{row}.shape",
                Message("forms.networks.shape"),
                symbol or f"S_{{{len(self.rows)}}}",
                formula,
                shape,
                size=len(shape),
                is_exact=True,
                row=row,
                column="shape",
                slips=slips,
            )
        )

    def _parameters(self, row: str, formula: Formula, slips: Mapping[str, Slip]) -> None:
        spec = next(node for node in self._plan.nodes if node.node == row)
        sources = [self._plan.shapes[source.node] for source in spec.sources]
        count = sum(math.prod(shape) for shape in spec.parameters(sources).values())
        self.fields.append(
            Field(
                f"{row}.parameters",
                Message("forms.networks.parameters"),
                f"P_{{{len(self.rows)}}}",
                formula,
                count,
                is_exact=True,
                row=row,
                column="parameters",
                slips=slips,
            )
        )

    def _side(self, v: Values, before: str, axis: int, k: int, pooled: bool = False) -> Expression:
        name = "hw"[axis] + (rf"_{{{k}}}" if pooled else rf"_{{{k - 1}}}")
        if not before:
            return given(self._asked.size, name)
        return v.known(before, axis, name)

    def _channels(self, v: Values, before: str, k: int) -> Expression:
        name = f"c_{{{k - 1}}}"
        return v.known(before, 2, name) if before else given(self._asked.channels, name)

    def _number(self, v: Values, before: str, axis: int) -> Number:
        if before:
            return v.all(before)[axis]
        return self._asked.size if axis < 2 else self._asked.channels


def _channels_last(shape: Shape) -> tuple[int, ...]:
    return (*shape[1:], shape[0]) if len(shape) == 3 else tuple(int(n) for n in shape)


FORMS: dict[str, FormKind] = {
    "convolutional_network": FormKind(ConvolutionalGiven, convolutional_network)
}
