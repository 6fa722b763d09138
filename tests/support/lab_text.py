"""The text of the lessons: foretelling its characters by a recurrent network and by counting."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from nnsim.core.randoms import generator
from nnsim.data.characters import Alphabet, spanish_text, windows
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.initialisers import InitialiserSpec
from nnsim.engine.learners import Feed
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.losses import LossSpec
from nnsim.engine.ops.chance import DropoutSpec
from nnsim.engine.ops.recurrent_gru import GRUSpec
from nnsim.engine.ops.stepwise import StepwiseDenseSpec
from nnsim.engine.plan import Plan, PlanSpec, Source
from nnsim.session.experiments.training import drawn
from tests.support.lab_sequences import UPDATE

_STEPS = 50
_BATCH = 32
_PATIENCE = 5


class Text:
    """The first eight tenths for learning, a tenth to say when to stop, a tenth to be measured."""

    def __init__(self) -> None:
        text = spanish_text()
        self.alphabet = Alphabet.of(text)
        first, second = int(0.8 * len(text)), int(0.9 * len(text))
        self.training, self.validation, self.test = (
            text[:first],
            text[first:second],
            text[second:],
        )


def counted_bits(text: Text, order: int, measured: str) -> float:
    """Bits a character of a Markov chain of this order, which falls back on shorter ones.

    p_k = (n(context, x) + s p_{k-1}) / (n(context) + s), from even chances on; of the strengths s
    tried, the one that foretells the validation part best.
    """
    strengths = (2.0, 3.0, 5.0, 8.0, 12.0, 16.0)
    best = min(strengths, key=lambda s: _bits_of_counts(text, order, s, text.validation))
    return _bits_of_counts(text, order, best, measured)


def _bits_of_counts(text: Text, order: int, strength: float, measured: str) -> float:
    counts: list[dict[str, Counter[str]]] = [defaultdict(Counter) for _ in range(order + 1)]
    for place, character in enumerate(text.training):
        for k in range(min(order, place) + 1):
            counts[k][text.training[place - k : place]][character] += 1
    bits = 0.0
    for place in range(order, len(measured)):
        chance = 1 / len(text.alphabet)
        for k in range(order + 1):
            seen = counts[k].get(measured[place - k : place], Counter())
            total = sum(seen.values())
            if total:
                chance = (seen[measured[place]] + strength * chance) / (total + strength)
        bits -= np.log2(chance)
    return bits / (len(measured) - order)


def recurrent_bits(text: Text, seed: int) -> float:
    """Bits a character of the test part, of a GRU of 64 units with dropout 0.3 above it.

    Adam 0.01 on windows of 50 characters, one every 25; it stops when the validation part was not
    foretold better for five epochs, and is measured as it was at the best.  Every part is foretold
    in one go from the state 0.
    """
    data = windows(text.training, text.alphabet, _STEPS, _STEPS // 2, "text")
    start = InitialiserSpec("lecun_normal", recurrent="orthogonal")
    plan = drawn(_spec(_STEPS, len(text.alphabet)), start, seed)
    count = len(data.inputs)
    targets = plan.numbers(data.targets.reshape(count, -1))
    feed = Feed(count, shuffled=True, seed=seed)
    learner = GradientLearner(plan, plan.numbers(data.flat_inputs), targets, feed, UPDATE, _BATCH)
    best, found, waited = np.inf, np.inf, 0
    while waited < _PATIENCE:
        learner.train(-(-count // _BATCH))
        bits = _bits(plan, text.alphabet, text.validation)
        waited += 1
        if bits < best:
            best, waited = bits, 0
            found = _bits(plan, text.alphabet, text.test)
    return float(found)


def _spec(steps: int, characters: int) -> PlanSpec:
    nodes = (
        GRUSpec("r", 64, (Source("c1", "x"),)),
        DropoutSpec("d", 0.3, (Source("c2", "r"),)),
        StepwiseDenseSpec("o", characters, ActivationSpec("softmax"), (Source("c3", "d"),)),
    )
    loss = LossSpec("cross_entropy")
    return PlanSpec((("x", (steps, characters)),), nodes, ("o",), loss, "float32")


def _bits(plan: Plan, alphabet: Alphabet, measured: str) -> float:
    steps = len(measured) - 1
    whole = Plan(_spec(steps, len(alphabet)), dict(plan.views), generator(0))
    chances = whole.predict(alphabet.one_hot(measured)[:-1].reshape(1, -1)).reshape(steps, -1)
    return float(-np.log2(chances[np.arange(steps), alphabet.indices(measured)[1:]]).mean())
