"""The formula of the selected number, and the way back to what it was computed from."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QApplication, QToolButton

from nnsim.document import edits
from nnsim.document.templates import empty, gate_neuron, perceptron
from nnsim.engine.record import Quantity
from nnsim.session import Level
from nnsim.ui.panels.formula_content import MAX_TERMS
from tests.support.formula_panel import click_term, content, lines, press, terms, view

SUM = Quantity("z", "n3")


class TestThreeForms:
    def test_symbols_numbers_and_result(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(SUM)
        assert content(panel).title == "Sum of N1"
        assert lines(panel, "symbols") == [r"\Sigma = x_{1}\,w_{1} + x_{2}\,w_{2} + b"]
        assert lines(panel, "numbers") == [r"\Sigma = 0 \cdot 0.5 + 1 \cdot 0.5 - 1"]
        assert lines(panel, "result") == [r"\Sigma = {-}0.5"]
        assert not any(f.formula.unread for f in view(panel).sheet._formulas)

    def test_gradients_have_their_chain_rule(self, make):
        panel, workspace = make(perceptron((2, 2, 1)))
        workspace.go_to(1)
        workspace.select(Quantity("gw", "c3"))
        chain, put_in = lines(panel, "chain")
        assert chain.count(r"\frac{\partial") == 4
        assert r"\cdot" in put_in
        assert lines(panel, "result")[0].startswith(r"\frac{\partial L}")

    def test_a_derivative_is_not_written_anew_before_its_numbers(self, make):
        panel, workspace = make(perceptron((2, 2, 1)))
        workspace.go_to(1)
        workspace.select(Quantity("gw", "c3"))
        assert lines(panel, "numbers")[0].startswith(r"\frac{\partial L}")
        chain, put_in, symbols, numbers, result = view(panel).sheet._formulas
        assert put_in.formula.height < chain.formula.height / 1.5
        assert numbers.formula.height < symbols.formula.height / 1.5
        assert result.formula.height > numbers.formula.height

    def test_notes_are_said_in_words(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(Quantity("w+", "c4"))
        assert content(panel).note == (
            "The input is 0, so its weight has no effect and does not change."
        )

    def test_it_follows_each_step(self, make):
        panel, workspace = make(gate_neuron("or"))
        titles = []
        for _ in range(4):
            workspace.step(Level.NEURON)
            titles.append(content(panel).title)
        assert titles == ["Output of N1", "Error of N1", "New bias of N1", "Output of N1"]

    def test_the_same_number_in_the_next_iteration_has_other_numbers(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(1)
        workspace.select(SUM)
        assert lines(panel, "result") == [r"\Sigma = 1"]
        workspace.go_to(2)
        assert lines(panel, "result") == [r"\Sigma = {-}1"]

    def test_what_is_still_to_come_is_not_given_away(self, make):
        panel, workspace = make(perceptron((2, 2, 1)))
        workspace.step(Level.NEURON)
        workspace.select(Quantity("gw", "c3"))
        assert lines(panel, "symbols")
        assert len(lines(panel, "chain")) == 1
        assert lines(panel, "numbers") == lines(panel, "result") == []
        assert content(panel).pending == "The numbers are still to come: step on (F8)."
        assert not any("=" in term or "approx" in term for term in terms(panel)[:1])
        workspace.step(Level.ITERATION)
        workspace.select(Quantity("gw", "c3"))
        assert lines(panel, "result")

    def test_a_value_set_by_hand_is_said_at_once_and_so_is_the_undone_one(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.step(Level.ITERATION)
        workspace.select(Quantity("b+", "n3"))
        before = lines(panel, "result")
        after = workspace.session.completed
        workspace.edit(lambda d: edits.set_parameter(d, "b:n3", (0,), 0.8, after), "bias")
        assert workspace.selection == Quantity("b", "n3")
        assert [line for line in lines(panel, "result") if "0.8" in line]
        assert content(panel).note == "Set by hand after iteration 1."
        assert content(panel).pending == ""
        workspace.undo_stack.undo()
        assert content(panel).pending == ""
        assert lines(panel, "result")[0].split("=")[1] == before[0].split("=")[1]

    def test_a_result_that_another_setting_makes_to_come_gives_way_to_its_parameter(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.step(Level.ITERATION)
        workspace.select(Quantity("w+", "c4"))
        training = replace(workspace.document.training, weight_step=0.1)
        workspace.edit(lambda d: edits.set_training(d, training, 1), "step")
        assert content(panel).pending == ""
        assert lines(panel, "result")

    def test_numbers_and_words_in_spanish(self, make, preferences):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(SUM)
        preferences.set_locale("es")
        assert content(panel).title == "Suma de N1"
        assert lines(panel, "result") == [r"\Sigma = {-}0{,}5"]
        assert [block.caption for block in content(panel).blocks] == [
            "En símbolos",
            "Con los números",
            "Resultado",
        ]

    def test_as_many_digits_as_everywhere(self, make, preferences):
        panel, workspace = make(perceptron((2, 2, 1)))
        workspace.go_to(1)
        workspace.select(Quantity("L"))
        preferences.set_digits(3)
        (result,) = lines(panel, "result")
        assert len(result.rpartition(" ")[2].replace(".", "").lstrip("0")) <= 3


class TestTerms:
    def test_the_numbers_it_was_computed_from(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(SUM)
        assert terms(panel) == [
            "x_{1} = 0",
            "w_{1} = 0.5",
            "x_{2} = 1",
            "w_{2} = 0.5",
            "b = {-}1",
        ]

    def test_a_click_selects_one_everywhere(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(SUM)
        click_term(qtbot, panel, 3)
        assert workspace.selection == Quantity("w", "c5")
        assert content(panel).title == "Weight from x2 to N1"

    def test_the_way_back_and_forward(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(Quantity("a", "n3"))
        back = panel.findChild(QToolButton, "formula_back")
        forward = panel.findChild(QToolButton, "formula_forward")
        assert not back.isEnabled()
        click_term(qtbot, panel, 0)
        click_term(qtbot, panel, 4)
        assert workspace.selection == Quantity("b", "n3")
        press(qtbot, panel, "back")
        assert workspace.selection == SUM
        press(qtbot, panel, "back")
        assert workspace.selection == Quantity("a", "n3")
        assert not back.isEnabled()
        press(qtbot, panel, "forward")
        press(qtbot, panel, "forward")
        assert workspace.selection == Quantity("b", "n3")
        assert not forward.isEnabled()

    def test_with_the_keyboard(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(SUM)
        QApplication.processEvents()
        view(panel).setFocus()
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Return):
            qtbot.keyClick(view(panel), key)
        assert workspace.selection == Quantity("a", "n1")
        qtbot.keyClick(view(panel), Qt.Key.Key_Backspace)
        assert workspace.selection == SUM

    def test_in_a_batch_samples_are_told_apart(self, make):
        document = perceptron((2, 2, 1))
        training = replace(document.training, rule="gradient_descent")
        panel, workspace = make(edits.set_training(document, training))
        workspace.go_to(1)
        workspace.select(Quantity("L"))
        assert terms(panel)[:3] == ["t^{(1)} = 0", terms(panel)[1], "t^{(2)} = 1"]
        assert terms(panel)[1].startswith("y^{(1)}")

    def test_of_hundreds_the_first_are_shown(self, make):
        panel, workspace = make(perceptron((64, 8, 2)))
        workspace.go_to(1)
        workspace.select(Quantity("z", "n2"))
        assert len(terms(panel)) == MAX_TERMS
        assert content(panel).more == f"… and {2 * 64 + 1 - MAX_TERMS} more numbers"


class TestWithoutAFormula:
    def test_nothing_selected_says_what_to_do(self, make):
        panel, _ = make(gate_neuron("or"))
        assert content(panel).note.startswith("Click on a number")
        assert not panel.findChild(QToolButton, "formula_more").isVisible()

    def test_a_diagram_that_cannot_run_says_why(self, make):
        panel, _ = make(empty())
        assert content(panel).note.startswith("There is no input.")

    def test_a_number_that_this_iteration_does_not_have(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(1)
        workspace.select(Quantity("gw", "c4"))
        assert content(panel).note.startswith("This iteration has no such number.")

    def test_a_hidden_panel_catches_up_when_it_is_shown(self, make):
        panel, workspace = make(gate_neuron("or"))
        panel.hide()
        workspace.go_to(3)
        workspace.select(SUM)
        assert content(panel).title == ""
        panel.show()
        assert content(panel).title == "Sum of N1"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_painted_in_the_colours_of_the_theme(make, preferences, theme):
    panel, workspace = make(gate_neuron("or"))
    workspace.go_to(3)
    workspace.select(SUM)
    preferences.set_theme(theme)
    QApplication.processEvents()
    image = view(panel).viewport().grab().toImage()
    placed = view(panel).sheet._formulas[0]
    area = QRectF(placed.at.x(), placed.at.y() - 12, 150, 14).toRect()
    names = {
        image.pixelColor(x, y).name()
        for x in range(area.left(), area.right())
        for y in range(area.top(), area.bottom())
    }
    assert preferences.theme.text in names
    assert preferences.theme.surface in names


class TestOptimisers:
    def test_links_lead_from_the_change_of_a_weight_down_to_its_gradient(self, qtbot, make):
        document = perceptron((2, 2, 1))
        training = replace(document.training, optimiser="adam", learning_rate=0.1)
        panel, workspace = make(replace(document, training=training))
        workspace.go_to(2)
        workspace.select(Quantity("dw", "c3"))
        click_term(qtbot, panel, 0)
        assert workspace.selection == Quantity("m^.w", "c3")
        assert content(panel).title == (
            "Corrected average of the gradients of the weight from unit 1 of E1 to neuron 1 of C1"
        )
        click_term(qtbot, panel, 0)
        assert workspace.selection == Quantity("m.w", "c3")
        assert lines(panel, "symbols")[0].startswith(r"m_{w_{11}^{\mathrm{C1}},\,t} = \beta_{1}")
        click_term(qtbot, panel, 1)
        assert workspace.selection == Quantity("gw", "c3")
        for kind in ("m.w", "m^.w", "dw"):
            press(qtbot, panel, "back")
            assert workspace.selection == Quantity(kind, "c3")

    def test_what_an_optimiser_makes_is_not_given_away_before_the_new_weight(self, make):
        document = perceptron((2, 2, 1))
        training = replace(document.training, optimiser="adam")
        panel, workspace = make(replace(document, training=training))
        workspace.step(Level.NEURON)
        workspace.select(Quantity("m^.w", "c3"))
        assert lines(panel, "symbols")
        assert lines(panel, "numbers") == lines(panel, "result") == []
