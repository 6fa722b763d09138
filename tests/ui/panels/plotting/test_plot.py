"""What all plots share: calm axes, mouse and keyboard, the menu, pictures and tables."""

import math
import re

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolButton

from nnsim.core.ranges import span, step_up
from nnsim.document.edits import set_activation, set_data, set_texts
from nnsim.document.templates import gate_neuron, perceptron, with_parameters
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.record import Quantity
from nnsim.ui.bridge.calm_label import CalmLabel
from nnsim.ui.bridge.pictures import save_picture
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.activation import ActivationPanel
from nnsim.ui.panels.gradients import GradientsPanel
from nnsim.ui.panels.loss import LossPanel
from nnsim.ui.panels.plane import PlanePanel
from nnsim.ui.panels.weights import WeightsPanel
from tests.support.data import read_table
from tests.support.plots import (
    LEFT,
    answer_file_dialog,
    choose_in_menu,
    drag,
    menu_of,
    open_panel,
)

PANELS = (PlanePanel, LossPanel, ActivationPanel, GradientsPanel, WeightsPanel)


@pytest.fixture(params=PANELS, ids=lambda panel: panel.__name__)
def panel(request, qtbot, preferences):
    """Each of the panels, standing at the third row of the OR exercise."""
    document = set_texts(gate_neuron("or"), title="or/gate")
    panel, workspace = open_panel(qtbot, request.param, document, preferences)
    workspace.go_to(3)
    qtbot.waitUntil(lambda: panel.has_figure)
    return panel


@pytest.fixture
def plane(qtbot, preferences):
    panel, workspace = open_panel(qtbot, PlanePanel, gate_neuron("or"), preferences)
    workspace.go_to(3)
    return panel


class TestMovingAround:
    def test_the_wheel_zooms_and_the_button_goes_back(self, qtbot, panel):
        home = panel.plot.visible
        reset = panel.findChild(QToolButton, "reset_view")
        assert not reset.isEnabled()
        middle = QPointF(panel.plot.viewport().rect().center())
        turn = QWheelEvent(
            middle,
            panel.plot.viewport().mapToGlobal(middle),
            QPoint(),
            QPoint(0, 240),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(panel.plot.viewport(), turn)
        assert panel.plot.visible.width() < home.width()
        qtbot.mouseClick(reset, LEFT)
        assert panel.plot.visible == home

    @pytest.mark.parametrize(
        ("key", "moved"),
        [
            (Qt.Key.Key_Left, (-1, 0)),
            (Qt.Key.Key_Right, (1, 0)),
            (Qt.Key.Key_Up, (0, 1)),
            (Qt.Key.Key_Down, (0, -1)),
        ],
    )
    def test_arrow_keys_move_the_view(self, qtbot, plane, key, moved):
        before = plane.plot.visible
        plane.plot.setFocus()
        qtbot.keyClick(plane.plot, key)
        way = plane.plot.visible.center() - before.center()
        assert (np.sign(round(way.x(), 9)), np.sign(round(way.y(), 9))) == moved

    def test_plus_minus_and_zero_zoom(self, qtbot, plane):
        before = plane.plot.visible
        plane.plot.setFocus()
        qtbot.keyClicks(plane.plot, "++")
        assert plane.plot.visible.width() == pytest.approx(0.64 * before.width())
        qtbot.keyClicks(plane.plot, "-")
        assert plane.plot.visible.width() == pytest.approx(0.8 * before.width())
        qtbot.keyClicks(plane.plot, "0")
        assert plane.plot.visible == before

    def test_a_zoomed_view_stays_while_the_run_goes_on(self, qtbot, plane):
        drag(qtbot, plane, (0.5, 0.9), (0.3, 0.7))
        visible = plane.plot.visible
        plane.workspace.go_to(7)
        assert plane.plot.visible == visible

    def test_another_project_is_seen_whole(self, qtbot, panel):
        panel.plot.setFocus()
        qtbot.keyClicks(panel.plot, "++")
        assert panel.plot.is_free
        panel.workspace.open(gate_neuron("and"))
        assert not panel.plot.is_free

    def test_a_view_that_no_longer_shows_anything_is_given_up(self, qtbot, plane):
        plane.plot.setFocus()
        qtbot.keyClicks(plane.plot, "++")
        data = plane.workspace.document.data
        far = data.with_values(np.add(data.values, [1000, 1000, 0]))
        plane.workspace.edit(lambda d: set_data(d, far), "data")
        assert plane.plot.visible.contains(QPointF(1000.5, 1000.5))

    def test_the_focus_is_seen(self, qtbot, plane, preferences):
        plane.plot.clearFocus()
        assert plane.plot.view.border.color() == preferences.theme.color("border")
        plane.plot.setFocus()
        assert plane.plot.view.border.color() == preferences.theme.color("accent")


class TestTheMenu:
    def test_it_speaks_the_language_of_the_person(self, qtbot, panel, preferences):
        preferences.set_locale("es")
        menu = menu_of(qtbot, panel)
        words = [action.text() for action in menu.actions() if not action.isSeparator()]
        menu.close()
        assert words == [
            "Restablecer la vista",
            "Copiar imagen",
            "Guardar imagen…",
            "Exportar los datos como CSV…",
        ]

    def test_the_keyboard_opens_it_too(self, qtbot, plane):
        plane.plot.setFocus()
        qtbot.keyClick(plane.plot, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
        qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
        QApplication.activePopupWidget().close()

    def test_copy_puts_a_picture_on_the_clipboard(self, qtbot, panel):
        QGuiApplication.clipboard().clear()
        choose_in_menu(qtbot, menu_of(qtbot, panel), "plot_copy")
        data = QGuiApplication.clipboard().mimeData()
        assert data.hasImage()
        assert "image/svg+xml" in data.formats()

    @pytest.mark.parametrize("ending", ["svg", "pdf", "png"])
    def test_save_writes_the_format_of_the_ending(self, qtbot, plane, tmp_path, ending):
        path = tmp_path / f"plane.{ending}"
        menu = menu_of(qtbot, plane)
        answer_file_dialog(path)
        choose_in_menu(qtbot, menu, "plot_save")
        qtbot.waitUntil(path.exists)
        start = {"svg": b"<?xml", "pdf": b"%PDF", "png": b"\x89PNG"}[ending]
        assert path.read_bytes().startswith(start)

    def test_a_foreign_ending_gives_way_and_where_it_went_is_told(self, qtbot, plane, tmp_path):
        told = []
        plane.workspace.told.connect(told.append)
        menu = menu_of(qtbot, plane)
        answer_file_dialog(tmp_path / "plane.xlsx")
        choose_in_menu(qtbot, menu, "plot_save")
        qtbot.waitUntil(lambda: bool(told))
        (path,) = tmp_path.glob("plane.*")
        assert path.name == "plane.svg"
        assert path.read_bytes().startswith(b"<?xml")
        assert told[0].params["path"] == str(path)

    def test_the_numbers_go_to_a_table(self, qtbot, panel, tmp_path):
        path = tmp_path / "numbers.csv"
        menu = menu_of(qtbot, panel)
        answer_file_dialog(path)
        choose_in_menu(qtbot, menu, "plot_csv")
        qtbot.waitUntil(lambda: path.exists() and path.stat().st_size > 0)
        expected = panel.table()
        assert path.read_text(encoding="utf-8").splitlines()[0] == ",".join(expected.names)
        if isinstance(panel, PlanePanel):
            assert read_table(path, 3).values.tolist() == [
                [0, 0, 0, -1, 0],
                [0, 1, 1, 0, 1],
                [1, 0, 1, -0.5, 0],
                [1, 1, 1, 0.5, 1],
            ]

    def test_a_file_that_cannot_be_written_is_said(self, qtbot, plane, tmp_path):
        refused = []
        plane.workspace.refused.connect(refused.append)
        folder = tmp_path / "gone"
        folder.mkdir()
        menu = menu_of(qtbot, plane)
        answer_file_dialog(folder / "plane.svg")
        # The folder goes while the dialog is open.
        original = plane.figure._try
        plane.figure._try = lambda save, path: (folder.rmdir(), original(save, path))
        choose_in_menu(qtbot, menu, "plot_save")
        qtbot.waitUntil(lambda: bool(refused))
        assert refused[0][0].code == "file.cannot_write"


class TestPictures:
    def test_a_picture_has_caption_plot_and_legend(self, panel):
        picture = panel.picture()
        assert picture.size.height() > panel.plot.height()
        assert picture.name.startswith("or gate")
        image = QImage(picture.size.toSize(), QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.magenta)
        painter = QPainter(image)
        picture.paint(painter)
        painter.end()
        corners = [(1, 1), (image.width() - 2, image.height() - 2)]
        surface = panel.preferences.theme.color("surface")
        assert all(image.pixelColor(*corner) == surface for corner in corners)

    def test_lines_of_an_svg_are_drawn_in_pixels(self, panel, tmp_path):
        """Many programs do not know strokes that keep their width while their path is scaled."""
        save_picture(panel.picture(), tmp_path / "a.svg")
        text = re.sub("<clipPath.*?</clipPath>", "", (tmp_path / "a.svg").read_text(), flags=re.S)
        scales = []
        for group in re.finditer(r"<g ([^>]*)>\s*<(?:path|polyline|polygon)", text):
            matrix = re.search(r"transform=\"matrix\(([-\d.e]+),", group[1])
            if matrix and 'stroke="none"' not in group[1]:
                scales.append(float(matrix[1]))
        assert len(scales) > 5
        assert set(scales) == {1.0}

    def test_saving_leaves_the_plot_as_it_was(self, panel, tmp_path):
        before = panel.plot.grab().toImage()
        save_picture(panel.picture(), tmp_path / "a.png")
        assert panel.plot.grab().toImage() == before

    def test_a_hidden_panel_gives_a_picture_too(self, qtbot, preferences):
        workspace = Workspace(gate_neuron("or"))
        panel = PlanePanel(workspace, preferences)
        qtbot.addWidget(panel)
        picture = panel.picture()
        assert picture.size.width() > 300
        assert picture.size.height() > 200

    def test_where_there_is_nothing_to_see_it_is_said(self, qtbot, preferences):
        panel, workspace = open_panel(qtbot, PlanePanel, perceptron((3, 1)), preferences)
        refused = []
        workspace.refused.connect(refused.append)
        assert panel.picture() is None
        assert refused[0][0].code == "plotting.no_picture"


class TestExtremes:
    @pytest.mark.parametrize("panel_class", PANELS, ids=lambda panel: panel.__name__)
    @pytest.mark.parametrize("activation", ["identity", "relu", "maxout", "softmax", "elu"])
    def test_numbers_at_the_end_of_the_range_are_drawn(
        self, qtbot, preferences, panel_class, activation
    ):
        document = perceptron((2, 2), output=activation)
        node = document.outputs[0]
        document = with_parameters(
            set_activation(document, node.id, ActivationSpec(activation)),
            [np.full((2 * (1 + (activation == "maxout")), 2), 1e308)],
            [np.full(2 * (1 + (activation == "maxout")), -1e308)],
        )
        panel, workspace = open_panel(qtbot, panel_class, document, preferences)
        for iteration in range(1, 6):
            workspace.go_to(iteration)
            workspace.select(Quantity("a", node.id, 1))
            panel.grab()
        assert workspace.session.computed == 5


class TestSizes:
    @pytest.mark.parametrize("size", [(220, 140), (300, 240), (900, 700)])
    def test_nothing_overlaps_at_any_size(self, qtbot, panel, size):
        panel.resize(*size)
        QApplication.processEvents()
        parts = (panel.figure.caption, panel.plot, panel.figure.legend)
        rects = [part.geometry() for part in parts if part.isVisible()]
        for k, rect in enumerate(rects):
            assert not any(rect.intersects(other) for other in rects[k + 1 :])
        assert panel.plot.height() >= 60

    def test_presentation_zoom_makes_the_axes_larger(self, qtbot, qapp, plane, preferences):
        before = plane.plot.left.style["tickFont"].pointSizeF()
        font = qapp.font()
        larger = qapp.font()
        larger.setPointSizeF(font.pointSizeF() * 2)
        try:
            preferences.set_zoom(2.0)
            qapp.setFont(larger)
            QApplication.processEvents()
            assert plane.plot.left.style["tickFont"].pointSizeF() == pytest.approx(2 * before)
        finally:
            qapp.setFont(font)

    def test_a_caption_never_makes_the_plot_jump(self, qtbot, plane):
        top = plane.plot.pos()
        for iteration in range(1, 8):
            plane.workspace.go_to(iteration)
            QApplication.processEvents()
            assert plane.plot.pos() == top

    def test_a_label_keeps_the_height_it_once_took(self, qtbot):
        label = CalmLabel()
        qtbot.addWidget(label)
        label.resize(200, 20)
        label.show()
        label.set_text("many words " * 20)
        high = label.minimumHeight()
        label.set_text("few words")
        assert label.minimumHeight() == high
        label.resize(400, high)
        assert label.minimumHeight() < high


class TestRanges:
    @pytest.mark.parametrize(
        ("value", "step"),
        [
            (1, 1),
            (1.01, 2),
            (2, 2),
            (3, 5),
            (0.2, 0.2),
            (0.21, 0.5),
            (7e210, 1e211),
            (1e308, 1e300),
        ],
    )
    def test_axes_grow_along_one_two_five(self, value, step):
        assert step_up(value) == pytest.approx(step, rel=1e-9)

    @pytest.mark.parametrize("value", [0.0, -1.0, math.inf, math.nan])
    def test_there_is_no_step_above_what_is_no_size(self, value):
        with pytest.raises(ValueError):
            step_up(value)

    def test_a_span_leaves_a_margin_and_never_collapses(self):
        assert span([0, 1], 0.25) == (-0.25, 1.25)
        assert span([2, 2, math.nan]) == (1, 3)
        low, high = span([])
        assert low < high


class TestTicks:
    def test_numbers_have_the_decimal_mark_of_the_language(self, plane, preferences):
        assert plane.plot.left.tickStrings([-0.5, 0.0, 1.0], 1, 0.5) == ["-0.5", "0", "1"]
        preferences.set_locale("es")
        assert plane.plot.left.tickStrings([-0.5, 0.0, 1.25], 1, 0.25) == ["-0,5", "0", "1,25"]

    @pytest.mark.parametrize("height", range(200, 440, 23))
    def test_no_number_is_cut_off_at_the_edge(self, plane, height):
        plane.resize(420, height)
        QApplication.processEvents()
        image = QImage(8, 8, QImage.Format.Format_ARGB32)
        painter = QPainter(image)
        for axis in plane.plot.axes:
            _, _, texts = axis.generateDrawSpecs(painter)
            ascent = painter.fontMetrics().ascent()
            assert texts
            for rect, _, _ in texts:
                place = axis.mapRectToScene(rect)
                assert place.center().y() - ascent / 2 >= 0
                assert place.right() <= plane.plot.viewport().width()
        painter.end()

    def test_axes_are_not_kept_as_pixels(self, plane):
        # Kept ones left their old numbers beside the new when the panel shrank in its window.
        for axis in (plane.plot.left, plane.plot.bottom):
            assert axis.cacheMode() == axis.CacheMode.NoCache

    def test_a_low_plot_of_errors_still_has_its_numbers(self, qtbot, preferences):
        panel, workspace = open_panel(
            qtbot, LossPanel, gate_neuron("or"), preferences, size=(300, 260)
        )
        workspace.go_to(4)
        QApplication.processEvents()
        image = QImage(8, 8, QImage.Format.Format_ARGB32)
        painter = QPainter(image)
        _, _, texts = panel.plot.left.generateDrawSpecs(painter)
        painter.end()
        assert [text for _, _, text in texts] == ["0", "1"]

    def test_sums_of_tick_distances_show_no_dust(self, plane):
        assert plane.plot.left.tickStrings([0.1 + 0.2], 1, 0.1) == ["0.3"]

    def test_iterations_have_whole_ticks_only(self, plane):
        axis = plane.plot.bottom
        axis.is_whole = True
        assert axis.tickSpacing(0.0, 2.0, 400) == [(1.0, 0.0)]
