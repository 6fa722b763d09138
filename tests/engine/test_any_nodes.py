"""Any network of nodes of many kinds, against a plain evaluator and against differences.

Nodes are drawn one after the other; each sees any nodes before it whose sizes it can take.
"""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nnsim.engine.activations import ActivationSpec
from nnsim.engine.gradcheck import check_gradient
from nnsim.engine.learners import Feed
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.learners.updates import Update
from nnsim.engine.ops.chance import DropoutSpec, GaussianNoiseSpec
from nnsim.engine.ops.combining import (
    ActivationNodeSpec,
    AddSpec,
    ConcatenateSpec,
    MultiplySpec,
    SliceSpec,
    StopGradientSpec,
)
from nnsim.engine.ops.convolution import ConvolutionSpec, TransposedConvolutionSpec
from nnsim.engine.ops.normalisation import BatchNormalisationSpec, LayerNormalisationSpec
from nnsim.engine.ops.pooling import AveragePoolingSpec, MaxPoolingSpec
from nnsim.engine.ops.recurrent_gru import GRUSpec
from nnsim.engine.ops.recurrent_lstm import LSTMSpec
from nnsim.engine.ops.recurrent_simple import SimpleRecurrentSpec
from nnsim.engine.ops.reshaping import FlattenSpec, ReshapeSpec
from nnsim.engine.ops.resizing import UpsamplingSpec
from nnsim.engine.ops.stepwise import StepwiseDenseSpec
from nnsim.engine.optimisers import OptimiserSpec
from nnsim.engine.plan import LayerSpec, PlanSpec, Source
from tests.support.plain import values_of
from tests.support.plans import bits_of, drawn

TANH, SOFTMAX = ActivationSpec("tanh"), ActivationSpec("softmax")
#: numbers of a sample beyond which a node gets no more readers that make it larger
_LARGE = 40


@st.composite
def networks(draw):
    """A vector, a map and a sequence go in; up to six nodes; those that nobody reads come out."""
    sizes = (
        ("x", draw(st.integers(1, 3))),
        ("m", (draw(st.integers(1, 2)), draw(st.integers(2, 4)), draw(st.integers(2, 4)))),
        ("q", (draw(st.integers(2, 3)), draw(st.integers(1, 3)))),
    )
    shapes = {name: (size,) if isinstance(size, int) else size for name, size in sizes}
    nodes = []
    for number in range(draw(st.integers(1, 6))):
        node = draw(node_over(f"n{number}", shapes))
        shapes[node.node] = node.shape([shapes[source.node] for source in node.sources])
        nodes.append(node)
    read = {source.node for node in nodes for source in node.sources}
    outputs = tuple(node.node for node in nodes if node.node not in read)
    return PlanSpec(sizes, tuple(nodes), outputs, arithmetic="float64")


@st.composite
def node_over(draw, name, shapes):
    """A node of any kind that fits one of the nodes so far, which is drawn first."""
    first = draw(st.sampled_from(sorted(shapes)))
    shape = shapes[first]
    alike = [node for node in shapes if shapes[node] == shape]
    others = draw(st.lists(st.sampled_from(alike), max_size=2))
    one = (Source(f"c{name}", first),)
    several = tuple(Source(f"c{name}-{k}", node) for k, node in enumerate((first, *others)))
    units = draw(st.integers(1, 3))
    kinds = [
        lambda: LayerSpec(name, units, TANH, several if not others else one),
        lambda: AddSpec(name, several),
        lambda: MultiplySpec(name, several),
        lambda: FlattenSpec(name, one),
        lambda: ReshapeSpec(name, (1, math.prod(shape), 1), one),
        lambda: LayerNormalisationSpec(name, one),
        lambda: BatchNormalisationSpec(name, one, per=draw(st.sampled_from(("channel", "unit")))),
        lambda: ActivationNodeSpec(name, draw(st.sampled_from((TANH, SOFTMAX))), one),
    ]
    axis = draw(st.integers(0, len(shape) - 1))
    start = draw(st.integers(0, shape[axis] - 1))
    stop = draw(st.integers(start + 1, shape[axis]))
    kinds.append(lambda: SliceSpec(name, start, stop, one, axis))
    if math.prod(shape) <= _LARGE:
        kinds.append(lambda: ConcatenateSpec(name, several, axis))
    if len(shape) == 3:
        window = tuple(draw(st.integers(1, min(2, side))) for side in shape[1:])
        stride, padding, dilation, extra = (
            (draw(st.integers(low, low + 2)), draw(st.integers(low, low + 1)))
            for low in (1, 0, 1, 0)
        )
        half = (min(padding[0], window[0] // 2), min(padding[1], window[1] // 2))
        counts = draw(st.booleans())
        options = (TANH, stride, padding, dilation)
        kinds += [
            lambda: fitting(
                ConvolutionSpec(name, units, window, one, *options),
                ConvolutionSpec(name, units, window, one, TANH, stride, padding),
                shape,
            ),
            lambda: MaxPoolingSpec(name, window, one, stride, half),
            lambda: AveragePoolingSpec(name, window, one, stride, half, counts_padding=counts),
        ]
        if math.prod(shape) <= _LARGE:
            kinds += [
                lambda: fitting(
                    TransposedConvolutionSpec(
                        name, units, window, one, *options, output_padding=extra
                    ),
                    TransposedConvolutionSpec(name, units, window, one, TANH, stride),
                    shape,
                ),
                lambda: UpsamplingSpec(name, (stride[0], window[1]), one),
            ]
    if len(shape) == 2:
        returns = draw(st.sampled_from(("sequence", "last")))
        kinds += [
            lambda: SimpleRecurrentSpec(name, units, one, returns),
            lambda: LSTMSpec(name, units, one, returns),
            lambda: GRUSpec(name, units, one, returns, reset_after=draw(st.booleans())),
            lambda: StepwiseDenseSpec(name, units, TANH, one),
            lambda: LayerNormalisationSpec(name, one, over="step"),
        ]
    return draw(st.sampled_from(kinds))()


def fitting(wanted, otherwise, shape):
    """The first of these whose options fit a map of this shape."""
    try:
        wanted.shape([shape])
    except ValueError:
        return otherwise
    return wanted


@st.composite
def stopped(draw):
    """One of them with a node through which no gradient goes back, and a reader behind it."""
    spec = draw(networks())
    name = spec.nodes[-1].node
    stop = StopGradientSpec("stop", (Source("cs", name),))
    reader = LayerSpec("reader", 2, TANH, (Source("cr", "stop"),))
    outputs = (*(node for node in spec.outputs if node != name), "reader")
    return PlanSpec(spec.sizes, (*spec.nodes, stop, reader), outputs, arithmetic="float64")


@settings(max_examples=80, deadline=None)
@given(networks() | stopped(), st.integers(0, 2**32), st.integers(1, 3))
def test_every_value_is_what_the_definitions_say(spec, seed, batch):
    plan, inputs, _ = drawn(spec, seed, batch)
    workspace = plan.workspace(batch)
    workspace.load(inputs)
    workspace.forward()
    expected = values_of(spec, plan.views, inputs)
    for node in spec.nodes:
        np.testing.assert_allclose(
            workspace.a[node.node], expected[node.node], rtol=1e-9, atol=1e-11
        )


@settings(max_examples=60, deadline=None)
@given(networks(), st.integers(0, 2**32), st.integers(1, 3))
def test_every_gradient_is_the_limit_of_differences(spec, seed, batch):
    plan, inputs, targets = drawn(spec, seed, batch)
    assert check_gradient(plan, inputs, targets).largest < 1e-5


@st.composite
def noisy(draw):
    """One of them whose last node's values are masked and disturbed by noise."""
    spec = draw(networks())
    name = spec.nodes[-1].node
    masked = DropoutSpec("masked", 0.3, (Source("cm", name),))
    disturbed = GaussianNoiseSpec("disturbed", 0.1, (Source("cd", "masked"),))
    outputs = (*(node for node in spec.outputs if node != name), "disturbed")
    return PlanSpec(spec.sizes, (*spec.nodes, masked, disturbed), outputs, arithmetic="float64")


@settings(max_examples=30, deadline=None)
@given(noisy(), st.integers(0, 2**32), st.integers(1, 5))
def test_a_run_from_a_snapshot_is_the_first_run_bit_for_bit(spec, seed, batch):
    plan, inputs, targets = drawn(spec, seed, batch=7)
    update = Update(OptimiserSpec("adam", 0.05))
    learner = GradientLearner(plan, inputs, targets, Feed(7, True, 1), update, batch)
    learner.iterate()
    snapshot = learner.snapshot()
    first = [bits_of(learner) for _ in range(3)]
    learner.restore(snapshot)
    assert [bits_of(learner) for _ in range(3)] == first
