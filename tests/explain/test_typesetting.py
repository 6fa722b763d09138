"""Every formula typesets, and every title and note has its words in both languages."""

from dataclasses import replace

import pytest
import ziamath

from nnsim.core.messages import Message
from nnsim.document.edits import rename
from nnsim.document.model import LOSSES, OPTIMISERS, Conventions, Training
from nnsim.document.templates import perceptron
from nnsim.engine.activations import ACTIVATIONS
from nnsim.explain import NumberStyle, explain
from nnsim.explain.explaining import KINDS
from nnsim.language import LOCALES, message_text
from nnsim.session import Session
from tests.support.documents import gate, quantities_of, table
from tests.support.sequences import recurrent


def one_of_each_kind(document, mark):
    """An explanation of the last number of each array of the first iteration."""
    session = Session(document)
    record = session.record(1)
    chosen = {quantity.name: quantity for quantity in quantities_of(record)}
    for quantity in chosen.values():
        yield explain(
            document,
            session.spec_at(1),
            record,
            quantity,
            NumberStyle(mark, 4),
            document.settings_at(0),
        )


@pytest.fixture(autouse=True)
def _plain_svg(monkeypatch):
    # What Qt can draw.
    monkeypatch.setattr(ziamath.config, "svg2", False)


def require_typeset(document, mark, only=KINDS):
    kinds = set()
    for explanation in one_of_each_kind(document, mark):
        if explanation.quantity.kind not in only:
            continue
        kinds.add(explanation.quantity.kind)
        assert explanation.lines[-1].role == "result"
        for line in explanation.lines:
            width, height = ziamath.Latex(line.latex, size=16).getsize()
            assert width > 10, line.latex
            assert height > 5, line.latex
    return kinds


def network(activation, loss="mse", batch=1, optimiser="plain", **conventions):
    data = table([[0.5, -1], [1, 0.25]], [[1, 0], [0, 1]])
    document = perceptron((2, 2, 2), hidden=activation, output=activation, data=data)
    training = Training(rule="sgd", loss=loss, batch_size=batch, optimiser=optimiser)
    return replace(document, training=training, conventions=Conventions(**conventions))


@pytest.mark.parametrize("mark", [".", ","])
def test_every_kind(mark):
    kinds = set()
    for optimiser in OPTIMISERS:
        document = network("maxout", optimiser=optimiser, update_timing="during")
        kinds |= require_typeset(document, mark)
    for penalty, clipping in (("l1", "norm"), ("l2", "value")):
        limited = network("tanh")
        training = replace(limited.training, penalty=penalty, clipping=clipping, clip_at=0.1)
        kinds |= require_typeset(replace(limited, training=training), mark)
        document = recurrent((3, 2), penalty=penalty, clipping=clipping, clip_at=0.1)
        kinds |= require_typeset(document, mark)
    for optimiser in OPTIMISERS:
        kinds |= require_typeset(recurrent(optimiser=optimiser), mark)
    assert kinds == set(KINDS)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation(activation):
    require_typeset(network(activation), ",", only=("a", "dz"))


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss(loss):
    require_typeset(network("sigmoid", loss, batch=2, loss_half=True), ",", only=("l", "L", "da"))


@pytest.mark.parametrize("rule", ["course", "perceptron", "delta"])
def test_every_rule(rule):
    require_typeset(gate(rule=rule), ",", only=("e", "dw", "db", "w+"))


@pytest.mark.parametrize("name", ["50 % & más_1", r"a\b{c}^2$~#<>", "输入", "🙂", "x" * 40])
def test_any_name(name):
    require_typeset(rename(gate(rule="sgd"), "n2", name), ".", only=("z",))
    require_typeset(rename(network("tanh"), "n2", name), ".", only=("z",))


def messages_in(value):
    if isinstance(value, Message):
        yield value
        for inner in value.params.values():
            yield from messages_in(inner)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_title_and_note_has_words(activation, locale):
    by_optimisers = (network(activation, optimiser=optimiser) for optimiser in OPTIMISERS)
    through_time = recurrent((3, 2), optimiser="adam", clipping="norm", penalty="l2")
    for document in (*by_optimisers, network(activation, batch=2), gate(), through_time):
        for explanation in one_of_each_kind(document, "."):
            said = [explanation.title, explanation.note]
            for message in (m for value in said for m in messages_in(value)):
                sentence = message_text(message, locale)
                assert sentence
                assert "{" not in sentence
                assert "Message(" not in sentence
