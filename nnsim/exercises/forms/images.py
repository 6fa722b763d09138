"""Images by hand: an image as a vector, convolution, pooling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Self, TypeAlias

import numpy as np
from pydantic import Field as Given
from pydantic import model_validator

from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import Number
from nnsim.document.schema import Finite, Part
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.layout import Array
from nnsim.engine.ops.base import OperationSpec, Source
from nnsim.engine.ops.convolution import ConvolutionSpec
from nnsim.engine.ops.pooling import AveragePoolingSpec, MaxPoolingSpec
from nnsim.engine.ops.reshaping import FlattenSpec
from nnsim.engine.plan import LayerSpec, Plan, PlanSpec
from nnsim.exercises.answers import Option
from nnsim.exercises.forms.base import Field, Form, Formula, Slip, Values, given
from nnsim.exercises.forms.kinds import FormKind
from nnsim.exercises.sheet import Heading
from nnsim.explain.expression import Call, Expression, Product, Quotient, Sum

Row = Annotated[list[Finite], Given(min_length=1, max_length=12)]
#: Rows of numbers, all of the same length.
Map = Annotated[list[Row], Given(min_length=1, max_length=12)]
Whole = Annotated[int, Given(ge=1, le=12)]
Place: TypeAlias = tuple[int, int]


def _even(rows: Sequence[Sequence[float]]) -> None:
    if len({len(row) for row in rows}) != 1:
        raise ValueError("all rows need the same length")


def _plain(number: float) -> Number:
    """A whole number as an int, so that it is written, and compared, as one."""
    return int(number) if float(number).is_integer() else float(number)


def _computed(
    image: Sequence[Sequence[float]],
    nodes: Sequence[LayerSpec | OperationSpec],
    start: Mapping[str, Array],
) -> dict[str, Array]:
    """What the engine's nodes make of an image, by node: (channels, rows, columns) or (units,)."""
    size = (1, len(image), len(image[0]))
    last = nodes[-1].node
    spec = PlanSpec((("image", size),), tuple(nodes), (last,), arithmetic="float64")
    workspace = Plan(spec, start).make_workspace(1, training=False)
    workspace.load(np.array(image, dtype=np.float64).reshape(1, -1))
    workspace.forward()
    return {node.node: np.array(workspace.a[node.node][0]) for node in nodes}


# -- linear scores -------------------------------------------------------------------------------


class ScoresGiven(Part):
    """An image, and a row of weights and a bias for each class."""

    image: Map
    weights: Map
    biases: Row

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _even(self.image)
        _even(self.weights)
        if len(self.weights[0]) != len(self.image) * len(self.image[0]):
            raise ValueError("a weight for each pixel")
        if len(self.biases) != len(self.weights):
            raise ValueError("a bias for each class")
        return self


def image_scores(asked: ScoresGiven) -> Form:
    """The image as a vector, a score for each class, and the class.

    Raises NnsimError ``exercise.given`` where two classes have the largest score.
    """
    identity = ActivationSpec("identity")
    classes = len(asked.weights)
    start = {"w:c1": np.array(asked.weights), "b:scores": np.array(asked.biases)}
    nodes = (
        FlattenSpec("flat", (Source("", "image"),)),
        LayerSpec("scores", classes, identity, (Source("c1", "flat"),)),
    )
    made = _computed(asked.image, nodes, start)
    vector, scores = made["flat"], made["scores"]
    if int((np.abs(scores - scores.max()) < 1e-9).sum()) > 1:
        reason = Message("forms.images.tied")
        raise NnsimError.of("exercise.given", place="weights", reason=reason)
    options = tuple(
        Option(str(k), Message("forms.images.class", {"number": k})) for k in range(1, classes + 1)
    )
    pixels = [
        given(value, f"x_{{{r}{c}}}")
        for r, row in enumerate(asked.image, 1)
        for c, value in enumerate(row, 1)
    ]
    by_columns = [float(value) for value in np.array(asked.image).T.reshape(-1)]
    fields = [
        Field(
            "vector",
            Message("forms.images.vector"),
            "x",
            lambda v: pixels,
            vector.tolist(),
            size=len(pixels),
            is_exact=True,
            slips={"by_columns": lambda v: by_columns},
        )
    ]
    for k, score in enumerate(scores, 1):
        fields.append(_score(k, asked.weights[k - 1], asked.biases[k - 1], float(score)))
    fields.append(
        Field(
            "class",
            Message("forms.images.chosen"),
            options=options,
            choice=str(int(scores.argmax()) + 1),
            because=Message("forms.images.largest"),
        )
    )
    return Form(tuple(fields))


def _score(k: int, weights: Sequence[float], bias: float, value: float) -> Field:
    def total(v: Values) -> Expression:
        def addend(i: int) -> Expression:
            if i == len(weights):
                return given(bias, f"b_{{{k}}}")
            weight = given(weights[i], f"w_{{{k},{i + 1}}}")
            return Product(weight, v.known("vector", i, f"x_{{{i + 1}}}"), dotted=True)

        return Sum(len(weights) + 1, addend, most=9)

    return Field(
        f"score{k}",
        Message("forms.images.score", {"number": k}),
        f"s_{{{k}}}",
        total,
        value,
        slips={"bias_forgotten": lambda v: total(v).value() - bias},
    )


# -- convolution ---------------------------------------------------------------------------------


class ConvolutionGiven(Part):
    """A map, a kernel, a bias; padding with zeros on each side, and the stride."""

    image: Map
    kernel: Map
    bias: Finite = 0.0
    padding: Annotated[int, Given(ge=0, le=5)] = 0
    stride: Whole = 1

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _even(self.image)
        _even(self.kernel)
        _convolution(self).shape([(1, len(self.image), len(self.image[0]))])
        return self


def _convolution(asked: ConvolutionGiven) -> ConvolutionSpec:
    return ConvolutionSpec(
        "map",
        1,
        (len(asked.kernel), len(asked.kernel[0])),
        (Source("c1", "image"),),
        stride=(asked.stride, asked.stride),
        padding=(asked.padding, asked.padding),
    )


def convolution(asked: ConvolutionGiven) -> Form:
    """Every number of the map that comes out."""
    kernel = np.array(asked.kernel, dtype=np.float64)
    start = {"w:c1": kernel.reshape(1, 1, *kernel.shape), "b:map": np.array([asked.bias])}
    values = _computed(asked.image, [_convolution(asked)], start)["map"][0]
    window = _Window(np.array(asked.image, dtype=np.float64), kernel, asked.bias)
    fields = [
        Field(
            f"{r}.{c}",
            Message("forms.images.number"),
            f"z_{{{r}{c}}}",
            window.formula(
                (r - 1) * asked.stride - asked.padding, (c - 1) * asked.stride - asked.padding
            ),
            _plain(values[r - 1, c - 1]),
            is_exact=float(values[r - 1, c - 1]).is_integer(),
            row=f"row{r}",
            column=f"column{c}",
            slips=_convolution_slips(asked, window, (r - 1, c - 1)),
        )
        for r, c in _places(values.shape)
    ]
    return Form(tuple(fields), _headings("row", len(values)), _headings("column", values.shape[1]))


def _places(shape: Sequence[int]) -> list[Place]:
    return [(r, c) for r in range(1, shape[0] + 1) for c in range(1, shape[1] + 1)]


def _headings(code: str, count: int) -> tuple[Heading, ...]:
    return tuple(
        Heading(f"{code}{k}", Message(f"forms.images.{code}", {"number": k}))
        for k in range(1, count + 1)
    )


class _Window:
    """A kernel over a map, with zeros around it."""

    def __init__(self, image: Array, kernel: Array, bias: float) -> None:
        self._image, self._kernel, self._bias = image, kernel, bias

    def formula(self, top: int, left: int) -> Formula:
        """Products of what lies on the map, but for those with a weight of 0, and the bias."""
        addends: list[Expression] = []
        for (k, col), weight in np.ndenumerate(self._kernel):
            place = (top + k, left + col)
            if weight != 0 and self._is_inside(place):
                named = f"w_{{{k + 1}{col + 1}}}"
                seen = f"x_{{{place[0] + 1}{place[1] + 1}}}"
                factors = given(_plain(weight), named), given(_plain(self._image[place]), seen)
                addends.append(Product(*factors, dotted=True))
        if self._bias or not addends:
            addends.append(given(_plain(self._bias), "b"))
        return lambda v: Sum(len(addends), addends.__getitem__, most=9)

    def value(self, top: int, left: int, flipped: bool = False) -> Number:
        """The sum at a place, with the kernel as it is or turned by 180 degrees."""
        kernel = self._kernel[::-1, ::-1] if flipped else self._kernel
        total = self._bias
        for (k, col), weight in np.ndenumerate(kernel):
            place = (top + k, left + col)
            if self._is_inside(place):
                total += float(weight * self._image[place])
        return _plain(total)

    def fits(self, top: int, left: int) -> bool:
        """Whether the whole kernel lies on the map."""
        rows, columns = self._kernel.shape
        return self._is_inside((top, left)) and self._is_inside(
            (top + rows - 1, left + columns - 1)
        )

    def _is_inside(self, place: Place) -> bool:
        rows, columns = self._image.shape
        return 0 <= place[0] < rows and 0 <= place[1] < columns


def _convolution_slips(asked: ConvolutionGiven, window: _Window, at: Place) -> dict[str, Slip]:
    row, column = at
    stride, padding, bias = asked.stride, asked.padding, asked.bias
    top, left = row * stride - padding, column * stride - padding
    slips: dict[str, Slip] = {"kernel_flipped": lambda v: window.value(top, left, flipped=True)}
    if padding and window.fits(row * stride, column * stride):
        slips["padding_forgotten"] = lambda v: window.value(row * stride, column * stride)
    if stride > 1:
        slips["stride_forgotten"] = lambda v: window.value(row - padding, column - padding)
    if bias:
        slips["bias_forgotten"] = lambda v: _plain(float(window.value(top, left)) - bias)
    return slips


# -- pooling -------------------------------------------------------------------------------------


class PoolingGiven(Part):
    """A map, and windows of ``window`` rows and columns that move by ``stride``."""

    image: Map
    window: Whole
    stride: Whole

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _even(self.image)
        _pooling(self, MaxPoolingSpec).shape([(1, len(self.image), len(self.image[0]))])
        return self


def _pooling(
    asked: PoolingGiven, kind: type[MaxPoolingSpec] | type[AveragePoolingSpec]
) -> MaxPoolingSpec | AveragePoolingSpec:
    pair = (asked.window, asked.window)
    return kind("map", pair, (Source("", "image"),), (asked.stride, asked.stride))


def pooling(asked: PoolingGiven) -> Form:
    """Every number of the map that max pooling gives, and of that of average pooling."""
    rows: list[Heading] = []
    fields: list[Field] = []
    columns = 0
    for code, kind in (("max", MaxPoolingSpec), ("mean", AveragePoolingSpec)):
        values = _computed(asked.image, [_pooling(asked, kind)], {})["map"][0]
        columns = values.shape[1]
        for r in range(1, len(values) + 1):
            rows.append(Heading(f"{code}{r}", Message(f"forms.images.{code}_row", {"number": r})))
        for r, c in _places(values.shape):
            seen = _seen(asked, r - 1, c - 1)
            number = float(values[r - 1, c - 1])
            fields.append(
                Field(
                    f"{code}.{r}.{c}",
                    Message(f"forms.images.{code}"),
                    f"p_{{{r}{c}}}",
                    _pooled(code, seen),
                    _plain(number) if code == "max" else number,
                    is_exact=code == "max",
                    row=f"{code}{r}",
                    column=f"column{c}",
                    slips=_pooling_slips(code, list(seen.values())),
                )
            )
    return Form(tuple(fields), tuple(rows), _headings("column", columns))


def _seen(asked: PoolingGiven, row: int, column: int) -> dict[Place, Number]:
    """What the window at this place sees, by row and column of the map, from 0."""
    top, left = row * asked.stride, column * asked.stride
    size = range(asked.window)
    places = [(top + k, left + col) for k in size for col in size]
    return {(r, c): _plain(asked.image[r][c]) for r, c in places}


def _pooled(code: str, seen: Mapping[Place, Number]) -> Formula:
    leaves = [given(number, f"x_{{{r + 1}{c + 1}}}") for (r, c), number in seen.items()]
    if code == "max":
        return lambda v: Call(r"\max\left(", r"\right)", lambda *values: max(values), *leaves)
    return lambda v: Quotient(Sum(len(leaves), leaves.__getitem__, most=9), given(len(leaves)))


def _pooling_slips(code: str, seen: Sequence[Number]) -> dict[str, Slip]:
    mean = sum(seen) / len(seen)
    if code == "max":
        return {
            "mean_for_max": lambda v: mean,
            "min_for_max": lambda v: min(seen),
            "pool_summed": lambda v: sum(seen),
        }
    return {"max_for_mean": lambda v: max(seen), "pool_summed": lambda v: sum(seen)}


FORMS: dict[str, FormKind] = {
    "image_scores": FormKind(ScoresGiven, image_scores),
    "convolution": FormKind(ConvolutionGiven, convolution),
    "pooling": FormKind(PoolingGiven, pooling),
}
