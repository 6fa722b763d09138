"""Only what changes is painted again, and what is seen is as if everything had been."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEventLoop, QRect
from PySide6.QtGui import QImage, QRegion
from PySide6.QtWidgets import QApplication

from nnsim.document import edits
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.record import Quantity
from nnsim.session import Level
from nnsim.session.cells import Group
from nnsim.ui.panels.step_table.chooser import Choice, save_choice
from nnsim.ui.panels.step_table.header import GroupedHeader
from nnsim.ui.panels.step_table.view import StepTableView
from tests.support.step_table import view


def batches():
    document = perceptron((2, 2, 1))
    return edits.set_training(document, replace(document.training, rule="sgd", batch_size=3))


DOCUMENTS = {
    "or": lambda: gate_neuron("or"),
    "xor-2-2-1": lambda: perceptron((2, 2, 1)),
    "batches": batches,
}
CHOICES = {
    "usual": Choice(),
    "numbers": Choice(is_course=False),
    "all": Choice(False, None, frozenset(Group)),
    "few": Choice(True, frozenset({Group.SUMS}), frozenset({Group.SUMS, Group.TARGETS})),
}
LEVELS = (Level.PRODUCT, Level.NEURON, Level.LAYER, Level.SAMPLE, Level.ITERATION)


@pytest.fixture
def chosen(make, preferences):
    """A shown panel with a choice of columns, too narrow and low for all of them."""

    def chosen(document, choice=CHOICES["usual"], size=(520, 260)):
        save_choice(preferences.settings, document, choice)
        panel, workspace = make(document, size)
        settle()
        return panel, workspace

    return chosen


def settle():
    for _ in range(4):
        QApplication.sendPostedEvents()
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)


def rest(panel, qtbot):
    """Wait until the records of all rows in sight have come, and are painted."""
    settle()
    table = view(panel)
    last = table.rowAt(table.viewport().height() - 1)
    rows = range(table.rowAt(0), (last if last >= 0 else table.model().rowCount() - 1) + 1)
    qtbot.waitUntil(lambda: all(table.model().row(row).record is not None for row in rows))
    settle()


def on_screen(panel):
    """The table within its frame as the screen shows it, painted piece by piece as it changed."""
    table = view(panel)
    inside = table.contentsRect()
    window = panel.screen().grabWindow(panel.winId()).toImage()
    return window.copy(QRect(table.mapTo(panel, inside.topLeft()), inside.size()))


def painted_anew(panel):
    """What it shows when nothing is kept from before."""
    table = view(panel)
    table.model().changed.emit()
    table.horizontalHeader().say()
    table.updateGeometries()
    for widget in (table, table.viewport(), table.verticalHeader().viewport(), panel):
        widget.update()
    settle()
    return on_screen(panel)


def assert_nothing_stale(panel, *when):
    seen, wanted = on_screen(panel), painted_anew(panel)
    pixels = [
        np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint8)
        for image in (seen, wanted)
    ]
    assert np.array_equal(*pixels), when


@pytest.mark.parametrize("choice", list(CHOICES))
@pytest.mark.parametrize("name", list(DOCUMENTS))
def test_steps_leave_nothing_stale(chosen, qtbot, name, choice):
    panel, workspace = chosen(DOCUMENTS[name](), CHOICES[choice])
    for level in LEVELS:
        for walk in (workspace.step, workspace.step_back):
            for number in range(7):
                walk(level)
                rest(panel, qtbot)
                assert_nothing_stale(panel, level, walk.__name__, number)


def test_what_else_changes_the_picture_leaves_nothing_stale(chosen, qtbot, preferences):
    panel, workspace = chosen(perceptron((2, 2, 1)))
    table = view(panel)
    output = workspace.document.outputs[0].id
    acts = [
        lambda: workspace.go_to(14),
        lambda: table.horizontalScrollBar().setValue(60),
        lambda: workspace.go_to(3),
        lambda: workspace.select(Quantity("dz", output)),
        lambda: table.horizontalScrollBar().setValue(35),
        lambda: table.verticalScrollBar().setValue(40),
        lambda: workspace.select(Quantity("e")),
        lambda: workspace.select(Quantity("gb", output)),
        lambda: table.setColumnWidth(6, 120),
        lambda: table.selectRow(2),
        lambda: workspace.step(Level.NEURON),
        lambda: table.clearSelection(),
        lambda: workspace.edit(
            lambda d: edits.set_parameter(d, f"b:{output}", (0,), 3.0, 5), "a bias"
        ),
        lambda: workspace.undo_stack.undo(),
        lambda: workspace.go_to(9, 0),
        lambda: panel.resize(430, 190),
        lambda: preferences.set_theme("dark"),
        lambda: preferences.set_locale("es"),
        lambda: preferences.set_digits(3),
    ]
    for number, act in enumerate(acts):
        act()
        rest(panel, qtbot)
        assert_nothing_stale(panel, number)


def test_a_number_that_is_taken_back_is_gone_from_the_screen(chosen):
    panel, workspace = chosen(gate_neuron("or"))
    table = view(panel)
    workspace.go_to(1)
    settle()
    rect = table.visualRect(table.model().index(0, 1))

    def shades():
        image = table.viewport().grab(rect).toImage()
        # Without the line that parts the column from the next.
        places = [(x, y) for x in range(rect.width() - 2) for y in range(rect.height() - 2)]
        return {image.pixelColor(x, y).name() for x, y in places}

    assert len(shades()) > 1
    workspace.go_to(1, 0)
    settle()
    assert len(shades()) == 1


class TestAStepPaints:
    """What is painted for one step, as rectangles."""

    @pytest.fixture
    def painted(self, monkeypatch):
        painted = {StepTableView: QRegion(), GroupedHeader: QRegion()}

        def note(kind):
            paint = kind.paintEvent

            def paint_noted(self, event):
                painted[kind] = painted[kind].united(event.region())
                paint(self, event)

            monkeypatch.setattr(kind, "paintEvent", paint_noted)

        for kind in painted:
            note(kind)
        return painted

    def forget(self, painted):
        settle()
        for kind in painted:
            painted[kind] = QRegion()

    def test_only_the_cells_that_change(self, painted, chosen):
        panel, workspace = chosen(gate_neuron("or"), size=(760, 300))
        table = view(panel)
        # The extra column is there, and wide enough for what comes.
        workspace.go_to(5)
        workspace.select(Quantity("e"))
        workspace.go_to(2, 0)
        workspace.step(Level.NEURON)
        self.forget(painted)
        workspace.step(Level.NEURON)
        assert workspace.selection == Quantity("e")
        settle()
        row = table.visualRect(table.model().index(1, 0))
        box = painted[StepTableView].boundingRect()
        assert not box.isEmpty()
        assert box.top() >= row.top()
        assert box.bottom() <= row.bottom()
        assert not painted[StepTableView].intersects(table.visualRect(table.model().index(1, 5)))
        assert painted[GroupedHeader].isEmpty()

    def test_of_another_number_in_the_extra_column_only_that(self, painted, chosen):
        panel, workspace = chosen(gate_neuron("or"), size=(760, 300))
        table = view(panel)
        workspace.go_to(5)
        for quantity in (Quantity("w", "c5"), Quantity("e"), Quantity("w", "c4")):
            workspace.select(quantity)
        self.forget(painted)
        workspace.select(Quantity("e"))
        settle()
        column = table.columnViewportPosition(6), table.columnWidth(6)
        for kind in painted:
            box = painted[kind].boundingRect()
            assert (box.left(), box.width()) == column

    def test_a_row_more_paints_that_and_the_one_before(self, painted, chosen):
        panel, workspace = chosen(gate_neuron("or"), size=(760, 300))
        table = view(panel)
        workspace.go_to(5)
        self.forget(painted)
        workspace.step(Level.ITERATION)
        settle()
        top = table.visualRect(table.model().index(4, 0)).top()
        assert painted[StepTableView].boundingRect().top() == top
        assert painted[GroupedHeader].isEmpty()
