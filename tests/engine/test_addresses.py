"""Any recorded number has an address: a node or connection, what of it, and where."""

from functools import partial

import numpy as np
import pytest

from nnsim.core.randoms import generator
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.initialisers import InitialiserSpec, start_values
from nnsim.engine.learners import Feed
from nnsim.engine.learners.boltzmann import DivergenceSettings, RestrictedBoltzmannLearner
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.learners.svm import KernelSpec, SmoLearner, SmoSettings
from nnsim.engine.learners.updates import Update
from nnsim.engine.ops.convolution import ConvolutionSpec, TransposedConvolutionSpec
from nnsim.engine.ops.embedding import EmbeddingSpec
from nnsim.engine.ops.normalisation import BatchNormalisationSpec, LayerNormalisationSpec
from nnsim.engine.ops.pooling import MaxPoolingSpec
from nnsim.engine.ops.recurrent_gru import GRUSpec
from nnsim.engine.ops.recurrent_lstm import LSTMSpec
from nnsim.engine.ops.stepwise import StepwiseDenseSpec
from nnsim.engine.optimisers import OPTIMISERS, OptimiserSpec
from nnsim.engine.plan import LayerSpec, ObjectiveSpec, Plan, PlanSpec, Source
from nnsim.engine.record import Quantity, Record
from nnsim.engine.regularisers import ClippingSpec, PenaltySpec
from nnsim.engine.schedules import ScheduleSpec

RELU, IDENTITY = ActivationSpec("relu"), ActivationSpec("identity")
MAPS = PlanSpec(
    (("x", (2, 6, 5)),),
    (
        ConvolutionSpec("k", 3, (3, 2), (Source("c1", "x"),), RELU, padding=(1, 1)),
        BatchNormalisationSpec("n", (Source("", "k"),)),
        MaxPoolingSpec("p", (2, 2), (Source("", "n"),)),
        LayerNormalisationSpec("l", (Source("", "p"),)),
        TransposedConvolutionSpec("t", 2, (2, 2), (Source("c2", "l"),)),
        LayerSpec("o", 2, IDENTITY, (Source("c3", "t"),)),
    ),
    ("o",),
    arithmetic="float64",
)
SEQUENCES = PlanSpec(
    (("x", 4),),
    (
        EmbeddingSpec("e", 6, 3, (Source("c1", "x"),)),
        LSTMSpec("r", 5, (Source("c2", "e"),)),
        LayerNormalisationSpec("l", (Source("", "r"),), over="step"),
        GRUSpec("g", 2, (Source("c3", "l"),), carried=3),
        StepwiseDenseSpec("o", 2, RELU, (Source("c4", "g"),)),
    ),
    ("o",),
    arithmetic="float64",
)


def learner(spec, *updates):
    random = generator(0)
    plan = Plan(spec, start_values(spec, InitialiserSpec("he_normal", bias=0.1), random), random)
    columns = sum(size for _, size in spec.inputs)
    inputs = random.uniform(-1, 1, (3, columns))
    if spec is SEQUENCES:
        inputs = random.integers(6, size=(3, columns)).astype(float)
    targets = random.uniform(-1, 1, (3, spec.output_count))
    return GradientLearner(plan, inputs, targets, Feed(3), list(updates), 3)


def recorded(made, iterations=2):
    for _ in range(iterations):
        record = Record()
        made.iterate(record)
    return record


def machine():
    data = generator(0).integers(2, size=(4, 3)).astype(float)
    settings = DivergenceSettings(gibbs_steps=2)
    return RestrictedBoltzmannLearner(data, 2, Feed(4), 4, settings, generator(1))


def vectors():
    inputs = generator(0).normal(size=(6, 2))
    return SmoLearner(inputs, np.repeat([-1.0, 1.0], 3), SmoSettings(1.0, KernelSpec("linear")))


def adversaries():
    """Two updates, whose quantities are marked with their names."""
    objectives = (
        ObjectiveSpec("first", ("o",), parameters=frozenset({"w:c3", "b:o"})),
        ObjectiveSpec("second", ("o",), parameters=frozenset({"w:c1", "b:k"}), target=1.0),
    )
    spec = PlanSpec(MAPS.sizes, MAPS.nodes, ("o",), arithmetic="float64", objectives=objectives)
    adam = OptimiserSpec("adam", 0.01)
    first = Update(adam, objectives=("first",), name="A")
    return learner(spec, first, Update(adam, objectives=("second",), forward="new", name="B"))


LIMITED = Update(
    OptimiserSpec("adam"),
    ScheduleSpec("exponential", factor=0.9),
    PenaltySpec(l1=0.01, l2=0.01),
    ClippingSpec(norm=1.0),
)
LEARNERS = {
    **{f"maps, {name}": partial(learner, MAPS, Update(OptimiserSpec(name))) for name in OPTIMISERS},
    "maps, with limits": partial(learner, MAPS, LIMITED),
    "sequences": partial(learner, SEQUENCES, Update(OptimiserSpec("adam"))),
    "several updates": adversaries,
    "restricted Boltzmann machine": machine,
    "support vector machine": vectors,
}


@pytest.mark.parametrize("name", LEARNERS)
def test_every_number_has_one_address_that_leads_to_it(name):
    record = recorded(LEARNERS[name]())
    seen = set()
    for array_name, values in record.arrays.items():
        for index in np.ndindex(*values.shape):
            quantity = Quantity.at(array_name, index)
            assert quantity.name == array_name
            assert quantity.index(values.ndim) == index
            found = record.value(quantity)
            assert found == values[index] or (np.isnan(found) and np.isnan(values[index]))
            assert quantity not in seen
            seen.add(quantity)
    assert len(seen) > 20


@pytest.fixture(scope="module")
def maps():
    return recorded(LEARNERS["maps, with limits"]())


@pytest.fixture(scope="module")
def sequences():
    return recorded(LEARNERS["sequences"]())


class TestMaps:
    def test_a_weight_of_a_kernel(self, maps):
        """To map 2 from map 1, in row 0 and column 1 of the kernel."""
        weight = Quantity("w", "c1", 2, 1, inner=(0, 1))
        assert maps.value(weight) == maps.arrays["w:c1"][2, 1, 0, 1]

    @pytest.mark.parametrize("kind", ["a", "da", "normalised"])
    def test_a_place_on_a_map(self, maps, kind):
        place = Quantity(kind, "n", 2, sample=1, inner=(4, 3))
        assert maps.value(place) == maps.arrays[f"{kind}:n"][1, 2, 4, 3]

    def test_which_of_a_window_won(self, maps):
        """Row by row: 3 is the lower right one of four."""
        winner = int(maps.value(Quantity("winner", "p", 1, sample=2, inner=(1, 0))))
        window = maps.arrays["a:n"][2, 1, 2:4, 0:2]
        assert winner == window.argmax()

    def test_statistics_of_a_batch(self, maps):
        mean = maps.value(Quantity("batch_mean", "n", 2))
        assert mean == pytest.approx(maps.arrays["a:k"][:, 2].mean(), rel=1e-12)
        running = (Quantity(kind, "n", 2) for kind in ("mean", "mean+"))
        before, after = (maps.value(quantity) for quantity in running)
        assert after == pytest.approx(0.9 * before + 0.1 * mean, rel=1e-12)

    def test_what_an_update_is_made_of(self, maps):
        where = ("c1", 2, 1)
        gradient, average, corrected = (
            maps.value(Quantity(kind, *where, inner=(0, 1))) for kind in ("used.gw", "m.w", "m^.w")
        )
        assert gradient != maps.value(Quantity("gw", *where, inner=(0, 1)))
        assert corrected == pytest.approx(average / (1 - 0.9**2), rel=1e-12)

    def test_figures_of_the_whole_iteration(self, maps):
        """The second iteration, with which the second epoch begins."""
        rate = OptimiserSpec("adam").learning_rate
        assert maps.value(Quantity("lr")) == pytest.approx(0.9 * rate, rel=1e-12)
        assert maps.value(Quantity("norm")) == float(maps.arrays["norm"])


class TestSequences:
    @pytest.mark.parametrize("gate", ["i", "f", "g", "o", "c", "h"])
    def test_a_gate_of_a_unit_at_a_time(self, sequences, gate):
        value = sequences.value(Quantity(gate, "r", 4, sample=2, step=3))
        assert value == sequences.arrays[f"{gate}:r"][2, 3, 4]

    def test_the_cell_is_what_the_gates_make_of_it(self, sequences):
        def of(kind, step):
            return sequences.value(Quantity(kind, "r", 1, sample=0, step=step))

        expected = of("f", 2) * of("c", 1) + of("i", 2) * of("g", 2)
        assert of("c", 2) == pytest.approx(expected, rel=1e-12)

    def test_recurrent_weights_and_both_biases(self, sequences):
        arrays = sequences.arrays
        assert sequences.value(Quantity("u", "g", 5, 1)) == arrays["u:g"][5, 1]
        assert sequences.value(Quantity("b", "g", 5)) == arrays["b:g"][5]
        assert sequences.value(Quantity("c", "g", 1)) == arrays["c:g"][1]
        assert sequences.value(Quantity("dc", "g", 1)) == arrays["dc:g"][1]

    def test_a_state_carried_into_the_window(self, sequences):
        value = sequences.value(Quantity("h0+", "g", 1, sample=2))
        assert value == sequences.arrays["h:g"][2, -1, 1]

    def test_the_mean_of_a_step(self, sequences):
        value = sequences.value(Quantity("mean", "l", sample=1, step=2))
        assert value == pytest.approx(sequences.arrays["h:r"][1, 2].mean(), rel=1e-12)


class TestWhatIsNoSingleNumber:
    @pytest.mark.parametrize(
        "quantity",
        [
            Quantity("w", "c1", 2, 1),
            Quantity("a", "n", 2, sample=1),
            Quantity("a", "n", 2, step=1),
            Quantity("a", "o", 1, inner=(0,)),
        ],
    )
    def test_it_is_refused(self, maps, quantity):
        with pytest.raises(IndexError, match="no single number"):
            maps.value(quantity)

    def test_nor_is_a_step_missing_from_a_sequence(self, sequences):
        with pytest.raises(IndexError, match="no single number"):
            sequences.value(Quantity("h", "r", 4))
