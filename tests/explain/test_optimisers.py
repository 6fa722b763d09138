"""What each optimiser makes of a gradient, by hand on θ² from θ = 5 and against PyTorch."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnsim.document.edits import set_parameter, set_training
from nnsim.document.model import OPTIMISERS, Conventions, Document, Training
from nnsim.document.optimisers import PARAMETERS
from nnsim.document.templates import perceptron
from nnsim.engine.record import Quantity
from nnsim.explain import NumberStyle, explain
from nnsim.session import Session
from tests.support.documents import table

TORCH = json.loads(
    (Path(__file__).parents[1] / "engine" / "torch_optimisers.json").read_text(encoding="utf-8")
)


def square(optimiser, **training) -> Document:
    """θ² as a network: y = θ · 1, t = 0, L = (t - y)²; θ = w:c3 starts at 5, α = 0.1."""
    document = perceptron((1, 1), output="identity", data=table([[1]], [[0]]))
    document = set_parameter(document, "w:c3", (0, 0), 5.0)
    settings = {"learning_rate": 0.1, "update_biases": False} | training
    return replace(
        document,
        training=Training(rule="sgd", optimiser=optimiser, **settings),
        conventions=Conventions(loss_reduction="sum"),
    )


def explained(document, iteration, kind, owner="c3"):
    session = Session(document)
    quantity = Quantity(kind, owner)
    settings = document.settings_at(iteration - 1)
    spec, record = session.spec_at(iteration), session.record(iteration)
    return explain(document, spec, record, quantity, NumberStyle("."), settings)


def lines(*address):
    return [line.latex for line in explained(*address).lines]


def values(optimiser, kind, iterations=2):
    session = Session(square(optimiser))
    return [session.record(n).value(Quantity(kind, "c3")) for n in range(1, iterations + 1)]


class TestAdam:
    def test_the_first_step_is_the_learning_rate(self):
        assert values("adam", "w+")[0] == pytest.approx(4.9, abs=1e-9)

    @pytest.mark.parametrize(
        ("kind", "first", "second"),
        [
            ("gw", 10.0, 9.8),
            ("m.w", 1.0, 0.9 * 1 + 0.1 * 9.8),
            ("v.w", 0.1, 0.999 * 0.1 + 0.001 * 9.8**2),
            ("m^.w", 10.0, 1.88 / 0.19),
            ("v^.w", 100.0, 0.19594 / 0.001999),
        ],
    )
    def test_two_steps_by_hand(self, kind, first, second):
        assert values("adam", kind) == pytest.approx([first, second], rel=1e-8)

    def test_the_change_in_three_forms(self):
        assert lines(square("adam"), 2, "dw") == [
            r"\Delta w = {-}\alpha\,\frac{\hat{m}_{w,\,t}}{\sqrt{\hat{v}_{w,\,t}} + \varepsilon}",
            r"\Delta w = {-}0.1 \cdot \frac{9.89474}{\sqrt{98.019} + 1 \cdot 10^{-8}}",
            r"\Delta w \approx {-}0.0999422",
        ]

    def test_a_corrected_average_in_three_forms(self):
        explanation = explained(square("adam"), 2, "m^.w")
        assert [line.latex for line in explanation.lines] == [
            r"\hat{m}_{w,\,t} = \frac{m_{w,\,t}}{1 - \beta_{1}^{t}}",
            r"\hat{m}_{w,\,t} = \frac{1.88}{1 - 0.9^{2}}",
            r"\hat{m}_{w,\,t} \approx 9.89474",
        ]
        assert explanation.note.code == "explain.note.bias_correction"
        assert explanation.terms == (Quantity("m.w", "c3"), Quantity("step"))

    def test_an_average_in_three_forms(self):
        assert lines(square("adam"), 2, "v.w") == [
            r"v_{w,\,t} = \beta_{2}\,v_{w,\,t - 1} + \left(1 - \beta_{2}\right)\,"
            r"\left(\frac{\partial L}{\partial w}\right)^{2}",
            r"v_{w,\,t} = 0.999 \cdot 0.1 + \left(1 - 0.999\right) \cdot 9.8^{2}",
            r"v_{w,\,t} \approx 0.19594",
        ]

    def test_terms_lead_from_the_change_down_to_the_gradient(self):
        document = square("adam")
        waiting, seen = [Quantity("dw", "c3")], {}
        session = Session(document)
        while waiting:
            quantity = waiting.pop()
            seen[quantity] = None
            record, spec = session.record(2), session.spec_at(2)
            made = explain(document, spec, record, quantity, NumberStyle(), document.settings_at(1))
            waiting += [term for term in made.terms if term not in seen]
        kinds = {quantity.kind for quantity in seen}
        assert kinds >= {"dw", "m^.w", "v^.w", "m.w", "v.w", "m-.w", "v-.w", "step", "gw", "dz"}

    def test_where_it_begins_is_said_and_later_where_a_number_is_from(self):
        document = square("adam")
        assert explained(document, 1, "m-.w").note.code == "explain.note.optimiser_begins"
        note = explained(document, 2, "m-.w").note
        assert (note.code, note.params["iteration"]) == ("explain.note.from_iteration", 1)
        other = replace(document.training, beta1=0.5)
        changed = set_training(document, other, iteration=2)
        assert explained(changed, 3, "m-.w").note.code == "explain.note.optimiser_begins"
        assert explained(changed, 3, "step", "").value == 1
        assert explained(changed, 4, "step", "").value == 2


class TestTheOthers:
    def test_plain_steps(self):
        assert values("plain", "w+") == pytest.approx([4.0, 3.2])

    def test_momentum(self):
        assert values("momentum", "u.w") == pytest.approx([10, 0.9 * 10 + 8])
        assert values("momentum", "w+") == pytest.approx([4.0, 4.0 - 1.7])
        assert lines(square("momentum"), 2, "u.w") == [
            r"u_{w,\,t} = \mu\,u_{w,\,t - 1} + \frac{\partial L}{\partial w}",
            r"u_{w,\,t} = 0.9 \cdot 10 + 8",
            r"u_{w,\,t} = 17",
        ]

    def test_nesterov_looks_ahead(self):
        assert values("nesterov", "w+") == pytest.approx([5 - 0.1 * (10 + 9), 1.112])
        assert lines(square("nesterov"), 1, "dw")[:2] == [
            r"\Delta w = {-}\alpha\,\left(\frac{\partial L}{\partial w} + \mu\,u_{w,\,t}\right)",
            r"\Delta w = {-}0.1 \cdot \left(10 + 0.9 \cdot 10\right)",
        ]

    def test_adagrad(self):
        assert values("adagrad", "s.w") == pytest.approx([100, 100 + 9.8**2])
        assert values("adagrad", "w+")[0] == pytest.approx(4.9, abs=1e-9)

    def test_rmsprop(self):
        assert values("rmsprop", "v.w")[0] == pytest.approx(10)
        assert values("rmsprop", "w+")[0] == pytest.approx(5 - 0.1 * 10 / 10**0.5)
        assert lines(square("rmsprop"), 1, "dw")[:2] == [
            r"\Delta w = {-}\alpha\,"
            r"\frac{\frac{\partial L}{\partial w}}{\sqrt{v_{w,\,t}} + \varepsilon}",
            r"\Delta w = {-}0.1 \cdot \frac{10}{\sqrt{10} + 1 \cdot 10^{-8}}",
        ]

    def test_adamw_adds_the_decay_of_the_weight(self):
        assert values("adamw", "decay.w")[0] == pytest.approx(-0.1 * 0.01 * 5)
        assert values("adamw", "w+")[0] == pytest.approx(4.9 - 0.005, abs=1e-9)
        assert lines(square("adamw"), 1, "decay.w") == [
            r"\Delta_{\lambda} w = {-}\alpha\,\lambda\,w",
            r"\Delta_{\lambda} w = {-}0.1 \cdot 0.01 \cdot 5",
            r"\Delta_{\lambda} w = {-}0.005",
        ]


class TestNotes:
    def gone_flat(self, optimiser):
        """A second sample of input 0: no gradient for the weight."""
        document = square(optimiser)
        return replace(document, data=table([[1], [0]], [[0], [0]]))

    @pytest.mark.parametrize("optimiser", ["momentum", "nesterov", "adam", "adamw"])
    def test_what_has_no_gradient_may_move_on_and_it_is_said_why(self, optimiser):
        explanation = explained(self.gone_flat(optimiser), 2, "dw")
        assert explanation.value != 0
        assert explanation.note.code == "explain.note.goes_on"

    @pytest.mark.parametrize("optimiser", ["plain", "adagrad", "rmsprop"])
    def test_or_it_stays(self, optimiser):
        explanation = explained(self.gone_flat(optimiser), 2, "dw")
        assert explanation.value == 0
        assert explanation.note.code == "explain.note.gradient_is_zero"

    def test_of_an_input_of_0_only_the_gradient_is_said_to_be_0(self):
        note = explained(self.gone_flat("adam"), 2, "gw").note
        assert note.code == "explain.note.input_gives_no_gradient"
        assert explained(self.gone_flat("plain"), 2, "gw").note.code == "explain.note.input_is_zero"

    def test_biases_that_are_kept_fixed_do_not_move(self):
        explanation = explained(square("adam"), 2, "db", "n2")
        assert explanation.value == 0
        assert explanation.note.code == "explain.note.biases_fixed"


def settings_of(case):
    """The settings of a case in PyTorch's terms, where a document has them; else None."""
    known = {"epsilon": {"adagrad": 1e-10}.get(case["name"], 1e-8), "decay": 0.99}
    name = "plain" if case["name"] == "gradient_descent" else case["name"]
    given = known | case["settings"]
    wanted = {"learning_rate", *PARAMETERS[name]}
    if not set(case["settings"]) <= wanted:
        return None
    return {"optimiser": name} | {key: given[key] for key in wanted if key in given}


@pytest.mark.parametrize(
    "case",
    [case for case in TORCH["optimisers"] if settings_of(case)],
    ids=lambda case: case["expression"],
)
def test_a_document_steps_as_pytorch_does(case):
    """Of the absolute error of a target far below, the gradient of a weight is its input."""
    gradients = np.array(TORCH["gradients"])
    data = table(gradients, np.full((len(gradients), 1), -1e6))
    document = perceptron((5, 1), output="identity", data=data)
    for column, value in enumerate(TORCH["start"]):
        document = set_parameter(document, "w:c3", (0, column), value)
    training = Training(rule="sgd", loss="mae", update_biases=False, **settings_of(case))
    document = replace(document, training=training, conventions=Conventions(loss_reduction="sum"))
    session = Session(document)
    seen = [session.record(n).arrays["w+:c3"][0] for n in range(1, len(gradients) + 1)]
    np.testing.assert_allclose(seen, case["parameters"], rtol=1e-12)


def test_every_optimiser_is_compared_with_pytorch():
    settings = [settings_of(case) for case in TORCH["optimisers"]]
    assert {found["optimiser"] for found in settings if found} == set(OPTIMISERS)
