"""The column for a selected number that no chosen column shows."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
)

from nnsim.document import edits
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.record import Quantity
from nnsim.session import Level
from nnsim.ui.panels.step_table import GROUP_ROLE
from nnsim.ui.panels.step_table.header import LATEX_ROLE
from tests.support.step_table import (
    CONTROL,
    cell,
    click,
    headings,
    sentence,
    texts,
    tick,
    view,
)


class TestExtraColumn:
    """It gets the extra column at the right end, which stays and says what it shows."""

    def widths(self, panel, count):
        return [view(panel).columnWidth(k) for k in range(count)]

    def has_accent(self, panel, row, column, preferences):
        image = view(panel).viewport().grab(cell(panel, row, column)).toImage()
        shades = {image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}
        return preferences.theme.accent in shades

    def test_it_comes_is_marked_and_stays(self, make, preferences):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(Quantity("z", "n3"))
        before = self.widths(panel, 6)
        workspace.select(Quantity("p", "c5"))
        assert len(headings(panel)) == 7
        assert headings(panel, LATEX_ROLE)[6] is not None
        assert [texts(panel, row)[6] for row in range(3)] == ["0", "0", "0.5"]
        assert self.has_accent(panel, 2, 6, preferences)
        assert not self.has_accent(panel, 1, 6, preferences)
        assert self.widths(panel, 6) == before
        assert view(panel).columnWidth(6) < view(panel).horizontalHeader().defaultSectionSize()
        said, all_widths = headings(panel)[6], self.widths(panel, 7)
        workspace.select(Quantity("z", "n3"))
        assert headings(panel)[6] == said
        assert [texts(panel, row)[6] for row in range(3)] == ["0", "0", "0.5"]
        assert view(panel).model().selected_cell() == (2, [(1, 0)])
        assert not self.has_accent(panel, 2, 6, preferences)
        assert self.widths(panel, 7) == all_widths

    @pytest.mark.parametrize(
        ("quantity", "shown"),
        [
            (Quantity("w", "c5"), "0.5"),
            (Quantity("b", "n3"), "-1"),
            (Quantity("p", "c5"), "0.5"),
            (Quantity("e"), "1"),
            (Quantity("dw", "c5"), "0.5"),
            (Quantity("db", "n3"), "1"),
        ],
    )
    def test_every_kind_of_number_of_the_course(self, make, quantity, shown):
        document = edits.set_parameter(gate_neuron("or"), "b:n3", (0,), 0.0)
        panel, workspace = make(document)
        workspace.go_to(3)
        workspace.select(quantity)
        record = workspace.session.record(3)
        number = float(record.value(quantity))
        assert texts(panel, 2)[6] == f"{number:g}"
        assert view(panel).model().selected_cell() == (2, [(6, 0)])

    def test_another_takes_its_place(self, qtbot, make, preferences):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(Quantity("w", "c5"))
        assert texts(panel, 2)[6] == "0.5"
        first = headings(panel)[6]
        workspace.select(Quantity("e"))
        assert texts(panel, 2)[6] == "1"
        assert headings(panel)[6] != first
        # What was painted of the former one is forgotten.
        assert self.has_accent(panel, 2, 6, preferences)
        assert len(headings(panel)) == 7

    def test_stepping_number_by_number(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        # Columns grow to what stands in them: a paint finds what has no room, a timer grows it.
        for iteration in (9, 2):
            workspace.go_to(iteration)
            qtbot.wait(50)
        before = self.widths(panel, 6)
        seen, extra_widths = [], []
        for _ in range(14):
            workspace.step(Level.PRODUCT)
            QApplication.processEvents()
            row, cells = view(panel).model().selected_cell()
            assert row == view(panel).model().current_row
            (column, _), *_ = cells
            # A tuple of the course waits for all of its parts.
            assert texts(panel, row)[column] != "" or workspace.selection.kind == "w+"
            assert self.widths(panel, 6) == before
            assert view(panel).horizontalScrollBar().value() == 0
            assert len(headings(panel)) == 7
            seen.append((workspace.selection.kind, column))
            extra_widths.append(view(panel).columnWidth(6))
        assert ("p", 6) in seen
        assert ("z", 1) in seen
        assert ("w+", 4) in seen
        assert extra_widths == sorted(extra_widths)

    def test_it_is_scrolled_to_when_it_is_chosen_and_left_alone_when_stepped_to(self, make):
        panel, workspace = make(gate_neuron("or"), size=(320, 300))
        workspace.go_to(3)
        bar = view(panel).horizontalScrollBar()
        workspace.select(Quantity("t"))
        bar.setValue(10)
        workspace.go_to(3, 0)
        bar.setValue(10)
        workspace.step(Level.PRODUCT)
        assert workspace.selection.kind == "p"
        assert len(headings(panel)) == 7
        assert bar.value() == 10
        workspace.select(Quantity("dw", "c5"))
        QApplication.processEvents()
        assert view(panel).viewport().rect().contains(cell(panel, 2, 6))

    def test_its_heading_is_tinted_and_says_what_it_is(self, make, preferences):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(1)
        workspace.select(Quantity("w", "c4"))
        header = view(panel).horizontalHeader()
        image = header.viewport().grab().toImage()

        def ground(column):
            return image.pixelColor(header.sectionViewportPosition(column) + 3, 3).name()

        assert ground(6) != ground(5) == preferences.theme.raised
        tip = headings(panel, Qt.ItemDataRole.ToolTipRole)[6]
        assert tip.startswith(f"{headings(panel)[6]}: the number selected last")
        preferences.set_locale("es")
        tip = headings(panel, Qt.ItemDataRole.ToolTipRole)[6]
        assert tip.startswith(f"{headings(panel)[6]}: el último número seleccionado")

    def test_a_network_captions_it_and_its_header_stays_as_high(self, make):
        panel, workspace = make(perceptron((2, 2, 1)))
        workspace.go_to(1)
        owner = next(q.owner for c in view(panel).model().columns for q in c.quantities if q.owner)
        workspace.select(Quantity("a", owner))
        high, count = view(panel).horizontalHeader().height(), len(headings(panel))
        before = self.widths(panel, count)
        workspace.select(Quantity("dz", workspace.frame.spec.layers[0].node))
        assert headings(panel, GROUP_ROLE)[-2:] == ["After: new w, new b", "Other"]
        assert view(panel).horizontalHeader().height() == high
        assert self.widths(panel, count) == before

    def test_in_a_batch_it_stands_in_the_row_of_its_sample(self, make):
        document = perceptron((2, 2, 1))
        training = replace(document.training, rule="gradient_descent")
        panel, workspace = make(edits.set_training(document, training))
        workspace.go_to(1)
        layer = workspace.frame.spec.layers[0]
        workspace.select(Quantity("dz", layer.node, 1, sample=2))
        last = len(headings(panel)) - 1
        assert view(panel).model().selected_cell() == (2, [(last, 0)])
        deltas = workspace.session.record(1).arrays[f"dz:{layer.node}"][:, 1]
        assert [texts(panel, row)[last] for row in range(4)] == [f"{d:.6g}" for d in deltas]
        # A gradient is of the whole batch: it stands once, in the last row.
        workspace.select(Quantity("gw", layer.sources[0].connection))
        assert len(headings(panel)) == last + 1
        assert view(panel).model().selected_cell() == (3, [(last, 0)])
        assert [bool(texts(panel, row)[last]) for row in range(4)] == [False] * 3 + [True]

    def test_a_click_on_it_in_another_row_goes_there(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(5)
        workspace.select(Quantity("w", "c5"))
        click(qtbot, panel, 2, 6)
        assert workspace.session.position.iteration == 3
        assert workspace.selection == Quantity("w", "c5")
        click(qtbot, panel, 2, 1)
        assert workspace.selection == Quantity("z", "n3")
        assert len(headings(panel)) == 7

    def test_it_is_copied_like_any_column(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(Quantity("w", "c5"))
        heading = headings(panel)[6]
        view(panel).setFocus()
        qtbot.keyClick(view(panel), Qt.Key.Key_C, CONTROL)
        qtbot.waitUntil(lambda: sentence(panel) == "1 row copied.")
        first, second = QGuiApplication.clipboard().text().splitlines()
        assert first.split("\t")[-1] == heading
        assert second == "3\t(0, 1)\t-0.5\t0\t1\t(0.5, 1)\t-\t0.5"

    def test_choosing_its_kind_of_column_makes_it_superfluous(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(Quantity("dw", "c5"))
        assert headings(panel)[-1] != "new b"
        tick(qtbot, panel, "Change: Δw, Δb")
        assert len(headings(panel)) == 8
        assert headings(panel)[-1] == "new b"

    def test_an_input_whose_column_is_hidden_is_called_by_its_name(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        tick(qtbot, panel, "Inputs")
        workspace.select(Quantity("a", "n2"))
        assert headings(panel)[-1] == "x2"
        assert texts(panel, 2)[-1] == "1"

    def test_it_goes_with_the_neuron_that_it_belongs_to_and_comes_back(self, make):
        panel, workspace = make(perceptron((2, 2, 1)))
        workspace.go_to(1)
        hidden = workspace.frame.spec.layers[0].node
        workspace.select(Quantity("dz", hidden))
        assert headings(panel, GROUP_ROLE)[-1] == "Other"
        workspace.edit(lambda d: edits.remove(d, [hidden]), "remove")
        assert headings(panel) == []
        workspace.undo_stack.undo()
        assert headings(panel, GROUP_ROLE)[-1] == "Other"

    def test_it_goes_when_other_columns_are_chosen_unless_it_is_selected(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(Quantity("p", "c5"))
        tick(qtbot, panel, "Errors e")
        assert len(headings(panel)) == 8
        assert view(panel).model().selected_cell() == (2, [(7, 0)])
        workspace.select(Quantity("z", "n3"))
        tick(qtbot, panel, "Errors e")
        assert len(headings(panel)) == 6

    def test_a_renamed_neuron_is_named_so_in_its_heading(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(Quantity("w", "c5"))
        before = headings(panel)[6]
        workspace.select(Quantity("z", "n3"))
        workspace.edit(lambda d: edits.rename(d, "n2", "Q7"), "rename")
        assert headings(panel)[0] == "(x1, Q7)"
        workspace.select(Quantity("w", "c5"))
        assert "Q7" in headings(panel)[6] != before

    def test_an_iteration_whose_rule_has_none_such_leaves_it_blank(self, make):
        document = perceptron((2, 1))
        training = replace(document.training, rule="sgd")
        document = edits.set_training(document, training)
        document = edits.set_training(document, replace(training, rule="delta"), 2)
        panel, workspace = make(document)
        workspace.go_to(2)
        quantity = Quantity("da", workspace.frame.spec.layers[0].node)
        workspace.select(quantity)
        last = len(headings(panel)) - 1
        said = headings(panel)[last]
        assert texts(panel, 1)[last] != ""
        workspace.go_to(3)
        assert not workspace.frame.has(quantity)
        assert headings(panel)[last] == said
        assert texts(panel, 2)[last] == ""
        assert texts(panel, 1)[last] != ""

    def test_another_project_has_none(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(1)
        workspace.select(Quantity("w", "c5"))
        workspace.open(gate_neuron("and"))
        assert len(headings(panel)) == 6
