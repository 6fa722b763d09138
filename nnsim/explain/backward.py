"""Backpropagation explained: ∂L/∂a, δ = ∂L/∂z, and the gradient of weights and biases."""

from __future__ import annotations

from nnsim.core.messages import Message
from nnsim.document.optimisers import optimiser_of
from nnsim.engine.record import Quantity
from nnsim.explain import through_time
from nnsim.explain.context import Context, SampleAddend
from nnsim.explain.drafts import Draft
from nnsim.explain.expression import (
    Difference,
    Expression,
    Known,
    Leaf,
    Named,
    Product,
    Sum,
)
from nnsim.explain.feeding import fed
from nnsim.explain.functions import derivative, slope_symbol, softmax_slope
from nnsim.explain.losses import is_softmax_cross_entropy, slope
from nnsim.explain.names import partial
from nnsim.explain.wiring import Layer


def activation_gradient(context: Context, quantity: Quantity) -> Draft:
    """∂L/∂a: of an output from the loss, else from all that the unit feeds."""
    node, unit, sample = quantity.owner, quantity.row, quantity.sample
    if context.wiring.is_recurrent(node):
        return through_time.handed_gradient(context, quantity)
    title = Message(
        "explain.title.da",
        {
            "neuron": context.names.unit_title(node, unit),
            "sample": context.of_sample(sample),
        },
    )
    if context.wiring.is_output(node):
        expression, definition = slope(context, context.wiring.output_row(node, unit), sample)
        return Draft(title, expression, further=(definition,) if definition else ())
    return Draft(
        title,
        fed(context, node, unit, sample),
        chain=fed(context, node, unit, sample, as_chain=True),
        chain_of=context.names.symbol(quantity),
        note=_timing_note(context),
    )


def _timing_note(context: Context) -> Message | None:
    during = context.conventions.update_timing == "during"
    return Message("explain.note.updated_weights_used") if during else None


def delta(context: Context, quantity: Quantity) -> Draft:
    """δ = ∂L/∂z."""
    node, row, sample = quantity.owner, quantity.row, quantity.sample
    layer = context.layer(node)
    title = Message(
        "explain.title.dz",
        {"neuron": context.names.row_title(node, row), "sample": context.of_sample(sample)},
    )
    chain = Slopes(context, layer, row, sample).chain()
    chain_of = partial("L", context.names.sum(node, row))
    if layer.activation.name == "softmax":
        expression, note = _softmax_delta(context, layer, row, sample)
        return Draft(title, expression, chain=chain, chain_of=chain_of, note=note)
    unit = context.wiring.unit_of(layer, row)
    known = derivative(context, layer, row, sample)
    definitions = [known.definition]
    note = known.note
    if context.wiring.is_output(node):
        upper, definition = slope(context, context.wiring.output_row(node, unit), sample)
        definitions.insert(0, definition)
        note = note or _no_loss_note(context, layer, row, sample)
    else:
        upper = fed(context, node, unit, sample)
        chain = Product(
            fed(context, node, unit, sample, as_chain=True),
            Named(slope_symbol(context, layer, unit, row), known.expression),
            dotted=True,
        )
        note = note or _timing_note(context)
    further = tuple(line for line in definitions if line)
    expression = Product(upper, known.expression)
    return Draft(title, expression, further=further, chain=chain, chain_of=chain_of, note=note)


def _softmax_delta(
    context: Context, layer: Layer, row: int, sample: int
) -> tuple[Expression, Message | None]:
    """δ_j = a_j (∂L/∂a_j - Σ_k ∂L/∂a_k a_k)."""

    def gradient(k: int) -> Known:
        return context.known(Quantity("da", layer.node, k, sample=sample))

    def term(k: int) -> Expression:
        return Product(gradient(k), context.activation(layer.node, k, sample))

    a = context.activation(layer.node, row, sample)
    expression = Product(a, Difference(gradient(row), Sum(layer.units, term)))
    note = None
    if context.wiring.is_output(layer.node) and is_softmax_cross_entropy(
        context, layer.node, sample
    ):
        note = Message("explain.note.softmax_cross_entropy")
    elif not context.wiring.is_output(layer.node):
        note = _timing_note(context)
    return expression, note


def _no_loss_note(context: Context, layer: Layer, row: int, sample: int) -> Message | None:
    unit = context.wiring.unit_of(layer, row)
    output = context.wiring.output_row(layer.node, unit)
    if context.record.value(Quantity("e", row=output, sample=sample)) == 0:
        return Message("explain.note.no_error")
    both = (context.spec.loss.name, layer.activation.name)
    if both == ("binary_cross_entropy", "sigmoid"):
        return Message("explain.note.sigmoid_cross_entropy")
    return None


class Slopes:
    """The chain rule from L down to one sum z: ∂L/∂a · ∂a/∂z."""

    def __init__(
        self, context: Context, layer: Layer, row: int, sample: int, mark: str = ""
    ) -> None:
        self._context, self._layer, self._row = context, layer, row
        self._sample, self._mark = sample, mark

    def chain(self, *further: Expression) -> Expression:
        """∂L/∂a · ∂a/∂z, and ``further`` factors; a sum over units for softmax."""
        context, layer = self._context, self._layer
        if layer.activation.name == "softmax":
            inner = Sum(layer.units, self._through)
            return Product(inner, *further, dotted=True) if further else inner
        unit = context.wiring.unit_of(layer, self._row)
        known = derivative(context, layer, self._row, self._sample, self._mark)
        symbol = slope_symbol(context, layer, unit, self._row, self._mark)
        return Product(self._gradient(unit), Named(symbol, known.expression), *further, dotted=True)

    def _gradient(self, unit: int) -> Known:
        quantity = Quantity("da", self._layer.node, unit, sample=self._sample)
        return self._context.known(quantity, mark=self._mark)

    def _through(self, unit: int) -> Expression:
        context, layer = self._context, self._layer
        inner = softmax_slope(context, layer, unit, self._row, self._sample, self._mark)
        return Product(self._gradient(unit), inner, dotted=True)


def weight_gradient(context: Context, quantity: Quantity) -> Draft:
    """∂L/∂w = Σ_samples δ x."""
    layer = context.wiring.target_of[quantity.owner]
    if context.wiring.is_recurrent(layer.node):
        return through_time.weight_gradient(context, quantity)
    source = context.wiring.source_of[quantity.owner]
    row, column = quantity.row, quantity.column
    ends = context.names.weight_ends(quantity.owner, row, column)
    title = Message("explain.title.gw", ends)
    weight = context.names.weight(quantity.owner, row, column)

    def plain(sample: int, mark: str) -> Expression:
        return Product(
            context.known(Quantity("dz", layer.node, row, sample=sample), mark=mark),
            context.activation(source, column, sample, mark),
        )

    def chained(sample: int, mark: str) -> Expression:
        x = Quantity("a", source, column, sample=sample)
        z = context.names.sum(layer.node, row, mark)
        last = context.known(x, partial(z, weight))
        return Slopes(context, layer, row, sample, mark).chain(last)

    inputs = context.record.arrays[f"a:{source}"][:, column]
    note = None
    if not inputs.any():
        stays = optimiser_of(context.training) == "plain"
        note = Message(f"explain.note.{'input_is_zero' if stays else 'input_gives_no_gradient'}")
    return Draft(
        title,
        context.over_samples(plain),
        chain=context.over_samples(chained, _over_samples(context, chained)),
        chain_of=partial("L", weight),
        note=note or _zero_delta_note(context, layer, row),
    )


def bias_gradient(context: Context, quantity: Quantity) -> Draft:
    """∂L/∂b = Σ_samples δ."""
    layer, row = context.layer(quantity.owner), quantity.row
    if context.wiring.is_recurrent(layer.node):
        return through_time.bias_gradient(context, quantity)
    title = Message("explain.title.gb", {"neuron": context.names.row_title(layer.node, row)})
    bias = context.names.of_row("b", layer.node, row)

    def plain(sample: int, mark: str) -> Expression:
        return context.known(Quantity("dz", layer.node, row, sample=sample), mark=mark)

    def chained(sample: int, mark: str) -> Expression:
        z = context.names.sum(layer.node, row, mark)
        last = Leaf(context.constant(1.0).number, partial(z, bias))
        return Slopes(context, layer, row, sample, mark).chain(last)

    return Draft(
        title,
        context.over_samples(plain),
        chain=context.over_samples(chained, _over_samples(context, chained)),
        chain_of=partial("L", bias),
        note=_zero_delta_note(context, layer, row),
    )


def _over_samples(context: Context, chained: SampleAddend) -> str | None:
    if context.batch == 1:
        return None
    return rf"\sum_{{s}} {chained(0, '(s)').latex(context.symbols)}"


def _zero_delta_note(context: Context, layer: Layer, row: int) -> Message | None:
    deltas = context.record.arrays[f"dz:{layer.node}"][:, row]
    return None if deltas.any() else Message("explain.note.delta_is_zero")
