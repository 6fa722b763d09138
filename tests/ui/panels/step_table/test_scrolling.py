"""Long traces, widths, and what is followed."""

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
)

from nnsim.document import edits
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.session import Level
from tests.support.step_table import (
    CONTROL,
    is_in_sight,
    sentence,
    texts,
    view,
)


class TestScrolling:
    def test_a_long_trace_is_scrolled_to_any_place(self, qtbot, make):
        panel, workspace = make(gate_neuron("xor"))
        while workspace.session.computed < 5000:
            workspace.session.compute()
        workspace.go_to(5000)
        assert view(panel).model().rowCount() == 5000
        assert is_in_sight(panel, 4999)

        view(panel).verticalScrollBar().setValue(view(panel).rowHeight(0) * 2500)
        model = view(panel).model()
        qtbot.waitUntil(lambda: model.index(2505, 1).data() != "")
        expected = workspace.session.record(2506).arrays["z:n3"][0, 0]
        assert model.index(2505, 1).data() == f"{float(expected):g}"
        # Only what is in sight was fetched, and a little around it.
        assert model.store.get(1000) is None

    def test_stepping_scrolls_only_when_the_row_leaves_the_sight(self, make):
        panel, workspace = make(gate_neuron("xor"))
        bar = view(panel).verticalScrollBar()
        seen = []
        for _ in range(30):
            workspace.step(Level.ITERATION)
            QApplication.processEvents()
            seen.append((is_in_sight(panel, view(panel).model().current_row), bar.value()))
        assert all(sight for sight, _ in seen)
        assert seen[3][1] == 0
        assert seen[-1][1] > 0
        before = bar.value()
        workspace.step_back(Level.ITERATION)
        assert bar.value() == before

    def test_a_fast_run_is_followed_now_and_then_and_at_its_end(self, qtbot, make):
        panel, workspace = make(gate_neuron("xor"))
        seen = []
        for iteration in range(100, 2100, 100):
            workspace.go_to(iteration)
            seen.append(view(panel).model().rowCount())
        # Not at every leap, for each would cost a screenful of replay.
        assert len(set(seen)) < len(seen)
        qtbot.waitUntil(lambda: view(panel).model().rowCount() == 2000)
        assert is_in_sight(panel, 1999)

    def test_once_a_run_is_quiet_the_table_has_caught_up(self, qtbot, make):
        panel, workspace = make(gate_neuron("xor"))
        for iteration in range(100, 2100, 100):
            workspace.go_to(iteration)
        assert view(panel).model().current_row is None
        timer = panel.findChild(QTimer, "step_table_catch_up")
        with qtbot.waitSignal(timer.timeout):
            pass
        # At the first time already: it does not wait for another.
        assert not timer.isActive()
        assert view(panel).model().rowCount() == 2000
        assert is_in_sight(panel, 1999)
        assert sentence(panel) != ""

    def test_column_widths_only_grow(self, make):
        panel, workspace = make(perceptron((2, 2, 1)))
        before = [view(panel).columnWidth(k) for k in range(view(panel).model().columnCount())]
        for _ in range(20):
            workspace.step(Level.ITERATION)
            QApplication.processEvents()
        after = [view(panel).columnWidth(k) for k in range(view(panel).model().columnCount())]
        assert all(now >= then for now, then in zip(after, before, strict=True))
        workspace.go_to(1)
        QApplication.processEvents()
        assert [view(panel).columnWidth(k) for k in range(len(after))] == after

    def test_a_number_wider_than_its_column_gets_room(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        before = view(panel).columnWidth(5)
        workspace.edit(lambda d: edits.set_parameter(d, "b:n3", (0,), -12345.75), "bias")
        workspace.go_to(1)
        qtbot.waitUntil(lambda: view(panel).columnWidth(5) > before or texts(panel, 0)[5] == "-")
        workspace.edit(lambda d: edits.set_parameter(d, "b:n3", (0,), 12345.75), "bias")
        workspace.go_to(1)
        qtbot.waitUntil(lambda: view(panel).columnWidth(5) > before)

    def test_epochs_are_parted_by_a_line(self, make):
        panel, workspace = make(perceptron((2, 2, 1)))
        workspace.go_to(9)
        model = view(panel).model()
        assert [row for row in range(9) if model.ends_epoch(row)] == [3, 7]

    def test_a_hidden_panel_catches_up_when_it_is_shown(self, make):
        panel, workspace = make(gate_neuron("or"))
        panel.hide()
        workspace.edit(lambda d: edits.set_parameter(d, "b:n3", (0,), -1.0), "bias")
        workspace.go_to(2)
        panel.show()
        assert texts(panel, 0)[:6] == ["(0, 0)", "-1", "0", "0", "-", "-"]
        assert view(panel).model().rowCount() == 2


class TestGoingTo:
    def go(self, qtbot, panel, text):
        qtbot.keyClick(view(panel), Qt.Key.Key_G, CONTROL)
        field = panel.findChild(QLineEdit, "step_table_goto")
        assert field.hasFocus()
        qtbot.keyClicks(field, text)
        qtbot.keyClick(field, Qt.Key.Key_Return)

    def test_an_iteration_is_typed(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        view(panel).setFocus()
        self.go(qtbot, panel, "5")
        assert workspace.session.position.iteration == 5
        self.go(qtbot, panel, "2")
        assert workspace.session.position.iteration == 2

    @pytest.mark.parametrize("text", ["0", "x", "-3", "1.5"])
    def test_what_is_no_iteration_is_told(self, qtbot, make, text):
        panel, _ = make(gate_neuron("or"))
        view(panel).setFocus()
        self.go(qtbot, panel, text)
        assert sentence(panel).startswith(f"“{text}” is not the number of an iteration.")

    def test_what_is_too_far_is_left_to_a_run(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        view(panel).setFocus()
        self.go(qtbot, panel, "900000000")
        assert workspace.session.position.iteration == 1
        assert "Run on (F6)" in sentence(panel)
