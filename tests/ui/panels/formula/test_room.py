"""The formula in little room, taken home and painted again."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu

from nnsim.document import edits
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.record import Quantity
from nnsim.session import Level
from nnsim.ui.bridge.pictures import picture_image, save_picture
from nnsim.ui.bridge.typesetting import Typeset
from tests.support.formula_panel import content, press, view

LEFT = Qt.MouseButton.LeftButton
SUM = Quantity("z", "n3")


class TestRoom:
    """Formulas go on in further lines, get smaller, or are scrolled to: never cut off."""

    def is_all_within(self, panel):
        sheet = view(panel).sheet
        scale = 1 / 100
        wide = [f.at.x() + f.formula.width * f.em * scale for f in sheet._formulas + sheet.chips]
        across = view(panel).viewport().width() + view(panel).horizontalScrollBar().maximum()
        down = view(panel).viewport().height() + view(panel).verticalScrollBar().maximum()
        low = [f.at.y() + f.formula.descent * f.em * scale for f in sheet._formulas]
        return max(wide) <= across and max(low) <= down and sheet.height <= down + 1

    @pytest.mark.parametrize("size", [(220, 120), (300, 400), (700, 300)])
    def test_in_any_panel(self, make, size):
        document = perceptron((2, 2, 1))
        training = replace(document.training, rule="gradient_descent")
        panel, workspace = make(edits.set_training(document, training), size)
        workspace.go_to(1)
        for quantity in (Quantity("L"), Quantity("gw", "c3"), Quantity("dz", "n2", 1)):
            workspace.select(quantity)
            assert content(panel).blocks
            assert self.is_all_within(panel)

    def test_a_narrower_panel_breaks_lines_in_place_of_scrolling_sideways(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"), (700, 400))
        workspace.go_to(3)
        workspace.select(SUM)
        QApplication.processEvents()
        wide = view(panel).sheet.height
        panel.resize(190, 400)
        qtbot.waitUntil(lambda: view(panel).sheet.height > wide)
        assert view(panel).horizontalScrollBar().maximum() == 0
        assert self.is_all_within(panel)

    def test_what_no_line_break_makes_narrow_enough_is_painted_smaller(self, make):
        sizes = []
        for width in (500, 170):
            panel, workspace = make(perceptron((2, 2, 1)), (width, 400))
            workspace.go_to(2)
            workspace.select(Quantity("a", "n2"))
            QApplication.processEvents()
            sizes.append(min(f.em for f in view(panel).sheet._formulas))
            assert self.is_all_within(panel)
        assert 0.6 * sizes[0] < sizes[1] < sizes[0]

    def test_zoom_makes_it_larger(self, make, preferences, qapp):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(SUM)
        QApplication.processEvents()
        before = view(panel).sheet.height
        font = panel.font()
        font.setPointSizeF(font.pointSizeF() * 2)
        preferences.set_zoom(2.0)
        panel.setFont(font)
        assert view(panel).sheet.height > 1.5 * before
        assert self.is_all_within(panel)


class TestTakingItHome:
    def choose(self, qtbot, panel, name):
        def pick():
            menu = QApplication.activePopupWidget()
            if not isinstance(menu, QMenu):
                QTimer.singleShot(10, pick)
                return
            action = next(a for a in menu.actions() if a.objectName() == f"formula_{name}")
            qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())

        QTimer.singleShot(0, pick)
        press(qtbot, panel, "more")

    def test_as_latex(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(SUM)
        QApplication.processEvents()
        self.choose(qtbot, panel, "copy_latex")
        assert QGuiApplication.clipboard().text().splitlines() == [
            r"\[ \Sigma = x_{1}\,w_{1} + x_{2}\,w_{2} + b \]",
            r"\[ \Sigma = 0 \cdot 0.5 + 1 \cdot 0.5 - 1 \]",
            r"\[ \Sigma = {-}0.5 \]",
        ]

    def test_as_latex_with_the_keyboard(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(SUM)
        QApplication.processEvents()
        view(panel).setFocus()
        qtbot.keyClick(view(panel), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert r"\Sigma = {-}0.5" in QGuiApplication.clipboard().text()

    def test_as_a_picture(self, qtbot, make, tmp_path):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(SUM)
        QApplication.processEvents()
        self.choose(qtbot, panel, "copy_picture")
        assert not QGuiApplication.clipboard().image().isNull()

        picture = panel.picture()
        for ending in ("svg", "pdf", "png"):
            save_picture(picture, tmp_path / f"formula.{ending}")
            assert (tmp_path / f"formula.{ending}").stat().st_size > 1000
        image = picture_image(picture)
        dark = sum(
            image.pixelColor(x, y).lightness() < 100
            for x in range(0, image.width(), 3)
            for y in range(0, image.height(), 3)
        )
        assert dark > 200


class TestPaintingAgain:
    """Of another explanation only what differs is painted; what stays is the same pixel by pixel.

    Each step is compared with painting all of it.
    """

    @pytest.fixture
    def shown(self, make):
        panel, workspace = make(gate_neuron("or"))
        panel.resize(420, 520)
        workspace.go_to(2)
        workspace.select(SUM)
        self.settle(panel)
        return panel, workspace

    @staticmethod
    def settle(panel):
        for _ in range(3):  # told, laid out, painted
            QApplication.processEvents()
        return panel.screen().grabWindow(panel.winId()).toImage()

    @pytest.mark.parametrize("level", [Level.PRODUCT, Level.NEURON, Level.ITERATION])
    def test_the_screen_shows_what_a_whole_paint_would(self, shown, level):
        panel, workspace = shown
        steps = [workspace.step] * 6 + [workspace.step_back] * 4
        for step in steps:
            step(level)
            seen = self.settle(panel)
            view(panel).viewport().update()
            assert self.settle(panel) == seen

    def test_symbols_stay_while_their_numbers_change(self, shown, monkeypatch):
        panel, workspace = shown
        painted = []
        monkeypatch.setattr(Typeset, "paint", lambda formula, *_: painted.append(formula))
        workspace.step(Level.ITERATION)
        self.settle(panel)
        symbols = view(panel).sheet._formulas[0].formula
        assert painted
        assert symbols not in painted
