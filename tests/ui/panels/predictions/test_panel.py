"""The predictions table: what stands in it, sorting, filtering, pointing, taking it home."""

import csv

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel

from nnsim.data import Table
from nnsim.document.edits import remove, set_data, set_split
from nnsim.document.model import SplitSettings
from nnsim.document.preparation import prepared
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.record import Quantity
from nnsim.session import Level
from nnsim.ui.bridge.calm_label import CalmLabel
from nnsim.ui.panels.data_table import DataPanel
from nnsim.ui.panels.plane import PlanePanel
from nnsim.ui.panels.plane.picking import current_row
from nnsim.ui.panels.predictions import PredictionsPanel
from nnsim.ui.panels.step_table import GROUP_ROLE
from tests.support.judged import classifier, random_samples, regression, small_pictures
from tests.support.plots import LEFT, answer_file_dialog, choose, open_panel


def heading(panel, column):
    return panel.model.headerData(column, Qt.Orientation.Horizontal)


def column_of(panel, kind, index=0):
    return [(c.kind, c.index) for c in panel.model.columns].index((kind, index))


def texts(panel, kind, index=0):
    column = column_of(panel, kind, index)
    return [panel.model.index(row, column).data() for row in range(panel.model.rowCount())]


def click_heading(qtbot, panel, column):
    header = panel.view.horizontalHeader()
    place = QPoint(
        header.sectionViewportPosition(column) + header.sectionSize(column) // 2,
        header.height() - 6,
    )
    qtbot.mouseClick(header.viewport(), LEFT, pos=place)


def click_row(qtbot, panel, row, double=False):
    place = panel.view.visualRect(panel.model.index(row, 0)).center()
    qtbot.mouseClick(panel.view.viewport(), LEFT, pos=place)
    if double:
        qtbot.mouseDClick(panel.view.viewport(), LEFT, pos=place)


@pytest.fixture
def xor(qtbot, preferences):
    panel, workspace = open_panel(
        qtbot, PredictionsPanel, perceptron((2, 2, 1)), preferences, (700, 420)
    )
    return panel, workspace


@pytest.fixture
def classes(qtbot, preferences):
    panel, workspace = open_panel(qtbot, PredictionsPanel, classifier(), preferences, (900, 500))
    workspace.go_to(20)
    return panel, workspace


class TestCells:
    def test_inputs_wanted_class_error_and_output(self, xor):
        panel, _ = xor
        assert [c.kind for c in panel.model.columns] == [
            *("input", "input", "wanted", "found", "error", "output")
        ]
        assert texts(panel, "wanted") == ["0", "1", "1", "0"]
        found = panel.model.predictions
        for text, wrong in zip(texts(panel, "found"), found.is_wrong, strict=True):
            assert text.startswith("✗" if wrong else "✓")

    def test_many_inputs_stand_behind_the_answers(self, classes):
        panel, _ = classes
        kinds = [c.kind for c in panel.model.columns]
        assert kinds == ["wanted_class", "found", "error", *4 * ["output"], *3 * ["input"]]

    def test_values_have_no_class_and_nothing_to_filter(self, qtbot, preferences):
        panel, _ = open_panel(qtbot, PredictionsPanel, regression(), preferences)
        assert {c.kind for c in panel.model.columns} == {"input", "wanted", "output", "error"}
        column = column_of(panel, "output")
        caption = panel.model.headerData(column, Qt.Orientation.Horizontal, GROUP_ROLE)
        assert caption == "Predicted"
        assert not panel.findChild(QCheckBox, "only_wrong").isEnabled()
        assert "R²" in panel.findChild(CalmLabel, "summary").text()

    def test_the_number_is_the_one_that_the_run_records(self, xor):
        panel, workspace = xor
        workspace.go_to(1, len(workspace.session.walk) // 2)
        panel.draw_if_stale()
        frame = workspace.frame
        output = workspace.document.outputs[0].id
        row = frame.record.metrics.samples[0]
        value = float(frame.value(Quantity("a", output)))
        assert panel.model.predictions.predicted[row, 0] == value

    def test_square_inputs_are_drawn(self, qtbot, preferences):
        panel, _ = open_panel(qtbot, PredictionsPanel, small_pictures(), preferences)
        kinds = [c.kind for c in panel.model.columns]
        assert kinds[0] == "picture"
        assert "input" not in kinds
        image = panel.model.picture(3)
        data = panel.workspace.document.data.inputs[3].reshape(8, 8)
        ink = np.array([[image.pixelColor(x, y).alpha() for x in range(8)] for y in range(8)])
        np.testing.assert_array_equal(ink, (data / 16 * 255).astype(int))

    def test_language_decides_the_decimal_mark(self, xor):
        panel, _ = xor
        panel.preferences.set_locale("es")
        assert all("." not in text for text in texts(panel, "output"))
        assert heading(panel, column_of(panel, "found")) == "clase"


class TestWidths:
    def test_no_number_is_cut_off(self, qtbot, preferences):
        panel, _ = open_panel(qtbot, PredictionsPanel, classifier(), preferences, (900, 500))
        assert shortened(panel) == []

    def test_nor_those_of_other_samples_in_the_same_columns(self, xor):
        panel, workspace = xor
        narrow = panel.view.columnWidth(0)
        inputs = np.zeros((100, 2))
        # Far below what is seen at first.
        inputs[80] = -0.000123456
        table = Table(("x1", "x2"), workspace.document.data.target_names, inputs, inputs[:, :1])
        workspace.edit(lambda document: set_data(document, table), "other samples")
        panel.draw_if_stale()
        assert panel.view.columnWidth(0) > narrow
        assert shortened(panel) == []

    def test_whole_numbers_take_no_more_room_than_they_need(self, xor):
        panel, _ = xor
        assert panel.view.columnWidth(0) < panel.view.columnWidth(column_of(panel, "error"))


def shortened(panel):
    """Texts of the table for which their columns are too narrow."""
    model, view = panel.model, panel.view
    return [
        text
        for number, column in enumerate(model.columns)
        for row in range(model.rowCount())
        if "…"
        in view._fitted(text := model.text(row, column), view.visualRect(model.index(row, number)))
    ]


class TestSortingAndFiltering:
    def test_largest_error_first_then_smallest_then_as_in_the_data(self, qtbot, classes):
        panel, _ = classes
        errors = panel.model.predictions.errors
        column = column_of(panel, "error")
        click_heading(qtbot, panel, column)
        assert panel.model.shown.tolist() == np.argsort(-errors, kind="stable").tolist()
        assert heading(panel, column).endswith("▼")
        click_heading(qtbot, panel, column)
        assert panel.model.shown.tolist() == np.argsort(errors, kind="stable").tolist()
        click_heading(qtbot, panel, column)
        assert panel.model.shown.tolist() == list(range(200))

    def test_it_stays_sorted_as_the_network_learns(self, qtbot, classes):
        panel, workspace = classes
        click_heading(qtbot, panel, column_of(panel, "error"))
        workspace.go_to(60)
        panel.draw_if_stale()
        errors = panel.model.predictions.errors[panel.model.shown]
        assert (np.diff(errors) <= 0).all()

    def test_only_wrong(self, qtbot, classes):
        panel, _ = classes
        panel.findChild(QCheckBox, "only_wrong").click()
        wrong = np.flatnonzero(panel.model.predictions.is_wrong)
        assert len(wrong)
        assert panel.model.shown.tolist() == wrong.tolist()

    def test_words_where_nothing_is_wrong(self, qtbot, preferences):
        panel, workspace = open_panel(qtbot, PredictionsPanel, gate_neuron("or"), preferences)
        workspace.go_to(11)
        panel.draw_if_stale()
        panel.findChild(QCheckBox, "only_wrong").click()
        assert panel.findChild(QLabel, "message").isVisible()

    def test_one_part_where_nothing_is_set_apart(self, classes):
        panel, _ = classes
        chooser = panel.findChild(QComboBox, "part")
        assert (chooser.count(), chooser.isEnabled()) == (1, False)
        assert chooser.currentText() == "All samples (200)"

    def test_a_part_that_is_chosen(self, qtbot, classes):
        panel, workspace = classes
        parts = SplitSettings(60, 20, 20)
        workspace.edit(lambda document: set_split(document, parts), "divide")
        panel.draw_if_stale()
        choose(qtbot, panel, "part", 3)
        assert panel.findChild(QComboBox, "part").currentText() == "Test (40)"
        assert panel.model.shown.tolist() == prepared(workspace.document).split.test.tolist()


class TestPointing:
    def test_a_click_points_at_the_sample_for_every_view(self, qtbot, classes):
        panel, workspace = classes
        click_heading(qtbot, panel, column_of(panel, "error"))
        click_row(qtbot, panel, 2)
        assert workspace.sample == panel.model.sample_at(2)

    def test_the_mark_follows_the_sample(self, qtbot, classes):
        panel, workspace = classes
        click_row(qtbot, panel, 5)
        click_heading(qtbot, panel, column_of(panel, "error"))
        assert panel.model.sample_at(panel.view.currentIndex().row()) == 5
        workspace.select_sample(17)
        assert panel.model.sample_at(panel.view.currentIndex().row()) == 17

    def test_a_double_click_goes_to_where_it_is_learnt(self, qtbot, classes):
        panel, workspace = classes
        click_row(qtbot, panel, 3, double=True)
        assert 3 in workspace.frame.record.metrics.samples
        assert workspace.sample == 3

    def test_return_does_so_too(self, qtbot, classes):
        panel, workspace = classes
        click_row(qtbot, panel, 3)
        qtbot.keyClick(panel.view, Qt.Key.Key_Down)
        assert workspace.sample == 4
        qtbot.keyClick(panel.view, Qt.Key.Key_Return)
        assert 4 in workspace.frame.record.metrics.samples

    def test_other_samples_are_not_pointed_at(self, classes):
        panel, workspace = classes
        workspace.select_sample(150)
        table = random_samples(np.eye(4)[[0, 1, 2, 3]])
        workspace.edit(lambda document: set_data(document, table), "other samples")
        assert workspace.sample is None
        panel.draw_if_stale()
        assert panel.model.rowCount() == 4


class TestOtherViews:
    def test_the_data_mark_the_row_and_the_plane_rings_the_point(self, qtbot, xor, preferences):
        panel, workspace = xor
        data, plane = DataPanel(workspace, preferences), PlanePanel(workspace, preferences)
        for other in (data, plane):
            qtbot.addWidget(other)
            other.show()
        learnt = workspace.frame.record.metrics.samples[0]
        assert learnt != 2
        click_row(qtbot, panel, 2)
        plane.draw_if_stale()
        assert data._model.current == 2
        assert current_row(workspace, workspace.frame) == 2
        assert "selected sample" in plane.figure.legend.text().replace("&nbsp;", " ")
        workspace.step(Level.NEURON)
        plane.draw_if_stale()
        assert data._model.current == learnt
        assert current_row(workspace, workspace.frame) == learnt

    def test_a_row_of_the_data_is_marked_here(self, qtbot, xor, preferences):
        panel, workspace = xor
        data = DataPanel(workspace, preferences)
        qtbot.addWidget(data)
        data.show()
        data._select(3, 0)
        assert panel.model.sample_at(panel.view.currentIndex().row()) == 3


class TestExport:
    def test_all_digits_in_the_order_that_is_seen(self, qtbot, classes, tmp_path):
        panel, workspace = classes
        panel.preferences.set_locale("es")
        click_heading(qtbot, panel, column_of(panel, "error"))
        answer_file_dialog(tmp_path / "p.csv")
        panel.export()
        with (tmp_path / "p.csv").open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file, delimiter=";")
        assert head[:4] == ["row", "x.x0", "x.x1", "x.x2"]
        assert head[-3:] == ["class.wanted", "class.predicted", "error"]
        found = panel.model.predictions
        first = panel.model.sample_at(0)
        assert rows[0][0] == str(first + 1)
        numbers = [float(cell.replace(",", ".")) for cell in rows[0][1:12]]
        data = workspace.document.data
        assert numbers == [*data.inputs[first], *data.targets[first], *found.predicted[first]]
        assert rows[0][-3] == found.classes[found.wanted_classes[first]]
        assert len(rows) == 200


class TestCost:
    def test_a_hidden_table_asks_the_network_nothing(self, qtbot, classes, monkeypatch):
        panel, workspace = classes
        panel.hide()
        asked = []
        monkeypatch.setattr(panel._examiner, "take", lambda *given: asked.append(given))
        workspace.go_to(30)
        qtbot.wait(20)
        assert not asked

    def test_ten_thousand_rows_are_written_when_they_are_seen(self, qtbot, preferences):
        document = classifier(samples=10_000)
        panel, _ = open_panel(qtbot, PredictionsPanel, document, preferences)
        written = []
        real = panel.model.text
        panel.model.text = lambda *given, **named: (written.append(1), real(*given, **named))[1]
        click_heading(qtbot, panel, column_of(panel, "error"))
        panel.grab()
        assert panel.model.rowCount() == 10_000
        assert 0 < len(written) < 2_000


def test_words_where_nothing_can_run(qtbot, preferences):
    document = perceptron((2, 2, 1))
    document = remove(document, [document.outputs[0].id, document.nodes[1].id])
    panel, _ = open_panel(qtbot, PredictionsPanel, document, preferences)
    message = panel.findChild(QLabel, "message")
    assert message.isVisible()
    assert "cannot run" in message.text()
