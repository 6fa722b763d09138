"""The confusion panel: what its cells say, the samples behind them, values as a scatter plot."""

import csv

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QToolButton
from sklearn.metrics import confusion_matrix, precision_score, r2_score, recall_score

from nnsim.document.edits import remove, set_parameter, set_split
from nnsim.document.model import SplitSettings
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.ui.bridge.calm_label import CalmLabel
from nnsim.ui.bridge.pictures import save_picture
from nnsim.ui.panels.confusion import ConfusionPanel
from tests.support.judged import classifier, regression, small_pictures
from tests.support.plots import LEFT, answer_file_dialog, choose, click, move, open_panel


@pytest.fixture
def classes(qtbot, preferences):
    panel, workspace = open_panel(qtbot, ConfusionPanel, classifier(), preferences, (500, 640))
    workspace.go_to(400)
    return panel, workspace


@pytest.fixture
def values(qtbot, preferences):
    panel, workspace = open_panel(qtbot, ConfusionPanel, regression(), preferences, (500, 500))
    workspace.go_to(400)
    return panel, workspace


def click_cell(qtbot, panel, row, column):
    place = panel.matrix.cell_rect((row, column)).center().toPoint()
    qtbot.mouseClick(panel.matrix, LEFT, pos=place)


def found(panel):
    return panel._examiner.predictions


def readout(panel):
    return panel.findChild(CalmLabel, "readout").text()


def read(path, delimiter=","):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


class TestMatrix:
    def test_counts_are_those_of_scikit_learn(self, classes):
        panel, _ = classes
        expected = confusion_matrix(found(panel).wanted_classes, found(panel).found_classes)
        assert panel.matrix.scores.matrix.tolist() == expected.tolist()
        assert f"{np.trace(expected)} of 200" in panel.findChild(CalmLabel, "matrix_caption").text()

    def test_a_cell_says_its_count_and_shares(self, classes):
        panel, _ = classes
        matrix = panel.matrix.scores.matrix
        words = panel.matrix.words_of((1, 2))
        assert words.startswith(f"{matrix[1, 2]} samples of class class 1 are taken for class 2")
        number = panel.preferences.number
        assert f"{number(round(100 * matrix[1, 2] / matrix[1].sum(), 1))} % of the class" in words
        assert f"{number(round(100 * matrix[1, 2] / 200, 1))} % of all" in words

    def test_the_right_ones_are_told_by_more_than_colour(self, classes):
        panel, _ = classes
        image = panel.matrix.grab().toImage()

        def edge(cell):
            rect = panel.matrix.cell_rect(cell)
            return image.pixelColor(QPoint(round(rect.center().x()), round(rect.top())))

        theme = panel.preferences.theme
        assert edge((1, 1)).lightness() < edge((1, 2)).lightness()
        assert edge((1, 2)) != theme.color("surface")

    def test_it_follows_the_position(self, classes):
        panel, workspace = classes
        later = panel.matrix.scores.matrix.tolist()
        workspace.go_to(1, 0)
        panel.draw_if_stale()
        assert panel.matrix.scores.matrix.tolist() != later
        workspace.go_to(400)
        panel.draw_if_stale()
        assert panel.matrix.scores.matrix.tolist() == later

    def test_a_single_output_has_two_classes(self, qtbot, preferences):
        panel, workspace = open_panel(qtbot, ConfusionPanel, gate_neuron("or"), preferences)
        workspace.go_to(11)
        panel.draw_if_stale()
        assert panel.matrix.names == ("0", "1")
        assert panel.matrix.scores.matrix.tolist() == [[1, 0], [0, 3]]

    def test_what_is_of_no_class_is_told(self, qtbot, preferences):
        document = perceptron((2, 2, 1), "relu", "identity")
        document = set_parameter(document, f"b:{document.outputs[0].id}", (0,), np.inf)
        panel, _ = open_panel(qtbot, ConfusionPanel, document, preferences)
        assert "4 samples are of no class" in panel.findChild(CalmLabel, "matrix_caption").text()

    def test_a_part_of_the_samples(self, qtbot, classes):
        panel, workspace = classes
        parts = SplitSettings(60, 20, 20)
        workspace.edit(lambda document: set_split(document, parts), "divide")
        panel.draw_if_stale()
        choose(qtbot, panel, "part", 2)
        panel.draw_if_stale()
        assert panel.findChild(QComboBox, "part").currentText() == "Validation (40)"
        assert panel.matrix.scores.matrix.sum() == 40


class TestSamplesBehindACell:
    def test_a_click_lists_them(self, qtbot, classes):
        panel, _ = classes
        assert not panel.list.isVisible()
        click_cell(qtbot, panel, 0, 1)
        rows = np.flatnonzero(
            (found(panel).wanted_classes == 0) & (found(panel).found_classes == 1)
        )
        assert panel.list.isVisible()
        assert panel.samples.shown.tolist() == rows.tolist()
        assert panel.findChild(QLabel, "cell_words").text() == panel.matrix.words_of((0, 1))

    def test_the_next_click_on_it_puts_them_away(self, qtbot, classes):
        panel, _ = classes
        click_cell(qtbot, panel, 0, 1)
        click_cell(qtbot, panel, 0, 1)
        assert not panel.list.isVisible()

    def test_keys_do_so_too(self, qtbot, classes):
        panel, _ = classes
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
            qtbot.keyClick(panel.matrix, key)
        assert panel.matrix.cell == (1, 2)
        assert panel.matrix.accessibleDescription() == panel.matrix.words_of((1, 2))
        assert panel.list.isVisible()
        qtbot.keyClick(panel.matrix, Qt.Key.Key_Escape)
        assert not panel.list.isVisible()

    def test_in_a_low_panel_they_take_the_place_of_the_matrix(self, qtbot, classes):
        panel, _ = classes
        panel.resize(300, 240)
        click_cell(qtbot, panel, 0, 1)
        assert panel.list.isVisible()
        assert not panel.matrix.isVisible()
        panel.findChild(QToolButton, "close_samples").click()
        assert panel.matrix.isVisible()
        click_cell(qtbot, panel, 0, 1)
        panel.list.setFocus()
        qtbot.keyClick(panel.list, Qt.Key.Key_Escape)
        assert panel.matrix.isVisible()
        assert panel.matrix.cell is None

    def test_the_list_follows_the_position(self, qtbot, classes):
        panel, workspace = classes
        click_cell(qtbot, panel, 0, 0)
        workspace.go_to(20)
        panel.draw_if_stale()
        assert len(panel.samples.shown) == panel.matrix.scores.matrix[0, 0]

    def test_a_click_on_a_sample_selects_it_everywhere(self, qtbot, classes):
        panel, workspace = classes
        click_cell(qtbot, panel, 0, 0)
        place = panel.list.visualRect(panel.samples.index(1, 0)).center()
        qtbot.mouseClick(panel.list.viewport(), LEFT, pos=place)
        assert workspace.sample == panel.samples.sample_at(1)
        qtbot.mouseDClick(panel.list.viewport(), LEFT, pos=place)
        assert workspace.sample in workspace.frame.record.metrics.samples

    def test_the_cell_of_the_selected_sample_is_marked(self, classes):
        panel, workspace = classes
        predictions = found(panel)
        workspace.select_sample(17)
        cell = int(predictions.wanted_classes[17]), int(predictions.found_classes[17])
        assert panel.matrix.marked == cell
        assert readout(panel).startswith(f"The selected sample 18 is of class class {cell[0]}")
        image, theme = panel.matrix.grab().toImage(), panel.preferences.theme
        rect = panel.matrix.cell_rect(cell)
        corner = [
            image.pixelColor(round(rect.right()) - x, round(rect.top()) + y).name()
            for x in range(3, 7)
            for y in range(3, 7)
        ]
        assert theme.accent in corner
        workspace.select_sample(None)
        assert panel.matrix.marked is None

    def test_pictures_are_drawn(self, qtbot, preferences):
        panel, _ = open_panel(qtbot, ConfusionPanel, small_pictures(), preferences, (500, 640))
        matrix = panel.matrix.scores.matrix
        cell = tuple(int(place) for place in np.argwhere(matrix > 0)[0])
        click_cell(qtbot, panel, *cell)
        # Qt lays out what has come into sight a turn later.
        QApplication.processEvents()
        assert panel.samples.columns[0].kind == "picture"
        ink = panel.preferences.theme.color("text").lightness()
        image = panel.list.grab().toImage()
        header = panel.list.verticalHeader().width()
        rect = panel.list.visualRect(panel.samples.index(0, 0)).translated(
            header, panel.list.horizontalHeader().height()
        )
        shades = {
            image.pixelColor(x, y).lightness()
            for x in range(rect.left() + 3, rect.right() - 3)
            for y in range(rect.top() + 3, rect.bottom() - 3)
        }
        assert len(shades) > 5
        assert min(shades) <= ink + 20


class TestValues:
    def test_points_lie_where_they_are_wanted_and_predicted(self, values):
        panel, _ = values
        predictions = found(panel)
        np.testing.assert_array_equal(
            panel._scatter.points,
            np.column_stack([predictions.wanted[:, 0], predictions.predicted[:, 0]]),
        )

    def test_r2_is_that_of_the_output(self, qtbot, values):
        panel, _ = values
        for output in (0, 1):
            choose(qtbot, panel, "output", output)
            panel.draw_if_stale()
            predictions = found(panel)
            expected = r2_score(predictions.wanted[:, output], predictions.predicted[:, output])
            shown = panel.preferences.number(expected, 4)
            assert f"R² = {shown}" in panel.figure.caption.text()

    def test_axes_are_square_and_hold_what_is_wanted(self, values):
        panel, _ = values
        home = panel.plot.home
        assert (home.left(), home.width()) == (home.top(), home.height())
        wanted = found(panel).wanted[:, 0]
        assert home.left() < wanted.min()
        assert home.right() > wanted.max()

    def test_axes_do_not_shrink_as_the_network_learns(self, values):
        panel, workspace = values
        home = panel.plot.home
        workspace.go_to(1, 0)
        panel.draw_if_stale()
        assert panel.plot.home.contains(home)

    def test_a_click_selects_the_sample(self, qtbot, values):
        panel, workspace = values
        row = 7
        x, y = panel._scatter.points[row]
        move(qtbot, panel, x, y)
        assert "predicted" in readout(panel)
        click(qtbot, panel, x, y)
        nearest = np.hypot(*(panel._scatter.points - (x, y)).T)
        assert nearest[workspace.sample] < 0.1

    def test_what_is_no_number_is_told(self, qtbot, preferences):
        document = regression()
        document = set_parameter(document, f"b:{document.outputs[0].id}", (0,), np.nan)
        panel, _ = open_panel(qtbot, ConfusionPanel, document, preferences, (500, 500))
        legend = panel.figure.legend.text()
        assert "150 predictions are not finite" in legend
        assert len(panel._scatter.points) == 0


class TestTakingHome:
    def test_the_matrix_as_csv_with_recall_and_precision(self, classes, tmp_path):
        panel, _ = classes
        answer_file_dialog(tmp_path / "m.csv")
        panel._menu.action("csv").trigger()
        head, *rows = read(tmp_path / "m.csv")
        assert head == ["wanted", "class 0", "class 1", "class 2", "class 3", "recall"]
        predictions = found(panel)
        wanted, taken = predictions.wanted_classes, predictions.found_classes
        recall = recall_score(wanted, taken, average=None)
        precision = precision_score(wanted, taken, average=None, zero_division=np.nan)
        counts = [[int(cell) for cell in row[1:5]] for row in rows[:4]]
        assert counts == panel.matrix.scores.matrix.tolist()
        assert [float(row[5]) for row in rows[:4]] == pytest.approx(recall, rel=1e-12)
        given = [float(cell) if cell else np.nan for cell in rows[4][1:5]]
        assert given == pytest.approx(precision, rel=1e-12, nan_ok=True)

    def test_in_spanish_with_decimal_commas(self, classes, tmp_path):
        panel, _ = classes
        panel.preferences.set_locale("es")
        answer_file_dialog(tmp_path / "m.csv")
        panel._menu.action("csv").trigger()
        rows = read(tmp_path / "m.csv", ";")
        assert all(len(row) == 6 for row in rows)
        assert "." not in "".join(row[5] for row in rows[1:])

    def test_the_matrix_as_a_picture(self, classes, tmp_path):
        panel, _ = classes
        save_picture(panel.picture(), tmp_path / "m.svg")
        drawn = (tmp_path / "m.svg").read_text(encoding="utf-8")
        assert "Accuracy" in drawn
        assert "class 3" in drawn
        panel._menu.action("copy").trigger()
        assert not QGuiApplication.clipboard().image().isNull()

    def test_values_as_a_table_and_a_picture(self, values, tmp_path):
        panel, _ = values
        table = panel.table()
        assert table.names == ("row", "wanted", "predicted")
        np.testing.assert_array_equal(table.targets[:, 1], found(panel).predicted[:, 0])
        save_picture(panel.picture(), tmp_path / "v.png")
        assert (tmp_path / "v.png").stat().st_size > 1000


def test_words_where_nothing_can_run(qtbot, preferences):
    document = perceptron((2, 2, 1))
    document = remove(document, [document.outputs[0].id, document.nodes[1].id])
    panel, _ = open_panel(qtbot, ConfusionPanel, document, preferences)
    message = panel.findChild(QLabel, "message")
    assert message.isVisible()
    assert "cannot run" in message.text()


def test_a_hidden_panel_asks_the_network_nothing(qtbot, classes, monkeypatch):
    panel, workspace = classes
    panel.hide()
    monkeypatch.setattr(panel._examiner, "take", lambda *_: pytest.fail("asked"))
    workspace.go_to(30)
    qtbot.wait(20)
