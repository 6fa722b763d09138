"""What follows from a person's own numbers, where formulas take another way than they did."""

import math
from dataclasses import replace

import pytest

from nnsim.core.numbers import as_float
from nnsim.document.edits import set_activation
from nnsim.document.optimisers import INTERNALS
from nnsim.document.templates import perceptron, with_parameters
from nnsim.engine.activations import ActivationSpec
from nnsim.exercises import carrying
from nnsim.exercises.marking import Verdict, mark, own_answers
from nnsim.exercises.question import TraceQuestion
from nnsim.exercises.tracing import TraceSheet
from nnsim.language import LOCALES, message_text
from nnsim.session.cells import Group
from tests.support.documents import net_2_2_2, table

_HIDDEN = {Group.ITERATION, Group.EPOCH, Group.SAMPLE, Group.INPUTS, Group.BEFORE, Group.TARGETS}


def sheet_of(document, last=1):
    """Everything of some iterations, a number a line."""
    groups = frozenset(set(Group) - _HIDDEN)
    return TraceSheet(
        document, TraceQuestion(last=last, shown=groups, asked=groups, layout="list", decimals=6)
    )


def own_in(sheet, entries):
    """The number of each key that follows from these entries."""
    own = own_answers(sheet, entries)
    return lambda key: as_float(sheet.carried(key, own).numbers[0])


def test_an_own_error_goes_on_into_addends_loss_and_deltas():
    sheet = sheet_of(net_2_2_2())
    a = as_float(sheet.expected("1.a.C2[1]").numbers[0])
    follows = own_in(sheet, {"1.e.y1": "0.5"})
    assert follows("1.l.y1") == pytest.approx(0.25)
    other = as_float(sheet.expected("1.l.y2").numbers[0])
    assert follows("1.loss") == pytest.approx(0.5 * (0.25 + other))
    assert follows("1.dL/da.C2[1]") == pytest.approx(-0.5)
    assert follows("1.delta.C2[1]") == pytest.approx(-0.5 * a * (1 - a))


def neuron(weight, target, activation="identity"):
    """y = f(w x) on x = 2, squares of errors."""
    document = perceptron((1, 1), data=table([2.0], [target]))
    document = set_activation(document, document.outputs[0].id, ActivationSpec(activation))
    document = with_parameters(document, [[[weight]]], [[0.0]])
    training = replace(document.training, rule="sgd", loss="mse", learning_rate=0.5)
    return replace(document, training=training)


def test_what_the_engine_has_as_zero_goes_on_when_a_person_has_another_number():
    """y = t, so e, the addend, ∂L/∂a and δ are 0: no factor leads from them to anything else."""
    sheet = sheet_of(neuron(weight=0.5, target=1.0))
    assert own_in(sheet, {"1.l.y1": "0.3"})("1.loss") == pytest.approx(0.3)
    assert own_in(sheet, {"1.dL/da.N1": "0.4"})("1.deltas") == pytest.approx(0.4)
    follows = own_in(sheet, {"1.errors": "0.5"})
    assert follows("1.l.y1") == pytest.approx(0.25)
    assert follows("1.dL/da.N1") == pytest.approx(-1.0)
    assert follows("1.deltas") == pytest.approx(-1.0)


def test_a_softmax_goes_on_from_own_sums():
    document = perceptron((2, 3), data=set_table())
    document = set_activation(document, document.outputs[0].id, ActivationSpec("softmax"))
    document = with_parameters(document, [[[1, 0], [0, 1], [1, 1]]], [[0, 0, 0]])
    training = replace(document.training, rule="sgd", loss="cross_entropy")
    sheet = sheet_of(replace(document, training=training))
    sums = [cell.key for cell in sheet.asked if cell.key.startswith("1.z.")]
    outputs = [cell.key for cell in sheet.asked if cell.key.startswith("1.a.")]
    z = [as_float(sheet.expected(key).numbers[0]) for key in sums]
    follows = own_in(sheet, {sums[0]: "2.5"})
    total = math.exp(2.5) + math.exp(z[1]) + math.exp(z[2])
    assert follows(outputs[0]) == pytest.approx(math.exp(2.5) / total)
    assert follows(outputs[1]) == pytest.approx(math.exp(z[1]) / total)


def set_table():
    return table([0.5, 1.0], [1.0, 0.0, 0.0])


class TestOneChangedEntry:
    """A large sheet is marked after every entry: only what follows from it is worked out anew."""

    def worked_out(self, sheet, entries, monkeypatch):
        count = 0
        explain = carrying.explain

        def counted(*arguments):
            nonlocal count
            count += 1
            return explain(*arguments)

        with monkeypatch.context() as patch:
            patch.setattr(carrying, "explain", counted)
            marks = mark(sheet, entries)
        return count, marks

    def test_of_a_sheet_in_which_all_follows_from_a_slip(self, monkeypatch):
        sheet = sheet_of(net_2_2_2(), last=4)
        assert len(sheet.asked) > 200
        entries = {sheet.asked[0].key: "0.31"}
        own = own_answers(sheet, entries)
        for cell in sheet.asked[1:]:
            entries[cell.key] = sheet.carried(cell.key, own).exact()
        sheet = sheet_of(net_2_2_2(), last=4)
        first, marks = self.worked_out(sheet, entries, monkeypatch)
        assert sum(m.verdict is Verdict.CONSISTENT for m in marks.values()) > 100
        last = sheet.asked[-1].key
        again, marks = self.worked_out(sheet, entries | {last: "0.123"}, monkeypatch)
        assert marks[last].verdict is Verdict.WRONG
        # The two wrong cells are compared with known mistakes.
        assert again <= 20 < 60 < first

    def test_of_a_sheet_in_which_all_is_right(self, monkeypatch):
        sheet = sheet_of(net_2_2_2(), last=4)
        entries = {cell.key: sheet.expected(cell.key).exact() for cell in sheet.asked}
        assert self.worked_out(sheet, entries, monkeypatch)[0] == 0


class TestOptimisers:
    """What an optimiser keeps goes on from a person's own numbers, from step to step."""

    def sheet(self, last=2):
        document = neuron(weight=0.5, target=0.0)
        training = replace(
            document.training, optimiser="momentum", momentum=0.5, learning_rate=0.25
        )
        return sheet_of(replace(document, training=training), last)

    def test_an_own_velocity_goes_on_into_the_next_one(self):
        sheet = self.sheet()
        follows = own_in(sheet, {"1.u.w.N1.x1": "8"})
        # Δw = -0.25 · 8.
        assert follows("1.w+") == -1.5
        # b = -0.25 · 2 from the engine, so y = -1.5 · 2 - 0.5 and ∂L/∂w = 2 · y · 2.
        assert follows("2.gw") == pytest.approx(-14)
        assert follows("2.u.w.N1.x1") == pytest.approx(0.5 * 8 - 14)

    def test_a_hundred_own_parameters_are_no_deep_recursion(self):
        sheet = self.sheet(last=100)
        keys = [cell.key for cell in sheet.asked if cell.key.endswith(".w+")]
        assert len(keys) == 100
        own = {key: str(as_float(sheet.expected(key).numbers[0]) + 0.5) for key in keys}
        own["1.u.w.N1.x1"] = "8"
        assert math.isfinite(own_in(sheet, own)("100.u.w.N1.x1"))

    def test_each_number_of_an_optimiser_has_a_hint_in_words(self):
        for optimiser, names in INTERNALS.items():
            document = neuron(weight=0.5, target=0.0)
            training = replace(document.training, optimiser=optimiser)
            sheet = sheet_of(replace(document, training=training))
            for name in names:
                for locale in LOCALES:
                    assert message_text(sheet.concept(f"1.{name}.w.N1.x1"), locale)
