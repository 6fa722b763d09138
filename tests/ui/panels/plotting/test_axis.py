"""Axes and their backdrop: what is kept as pixels is what would be painted anew."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QGraphicsItem

from nnsim.document.examples import load_example
from nnsim.session import Level
from nnsim.ui.panels.activation import ActivationPanel
from nnsim.ui.panels.loss import LossPanel
from nnsim.ui.panels.plane import PlanePanel
from tests.support.plots import open_panel

PANELS = (PlanePanel, LossPanel, ActivationPanel)
# Steps of every kind, forward and back.
WALK = [
    *[(1, Level.NEURON)] * 7,
    *[(-1, Level.NEURON)] * 3,
    *[(1, Level.ITERATION)] * 6,
    *[(-1, Level.PRODUCT)] * 2,
]


def on_screen(panel):
    """What the screen shows of a window, as it was painted bit by bit."""
    for _ in range(3):  # what is laid out anew asks for a paint of its own
        QApplication.processEvents()
    return panel.screen().grabWindow(panel.winId()).toImage()


def painted_anew(panel):
    """The whole panel with nothing kept from before."""
    plot = panel.plot
    plot._backdrop._prints.clear()
    for axis in plot.axes:
        axis.picture = None
    for item in plot.scene().items():
        mode = item.cacheMode()
        if mode != QGraphicsItem.CacheMode.NoCache:
            item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
            item.setCacheMode(mode)
    return panel.grab().toImage()


def pixels(image):
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return rows[..., :3].astype(int)


def is_same(one, other):
    """To the eye: Qt rounds the edge of a smooth line otherwise where it paints a part of it."""
    return np.abs(pixels(one) - pixels(other)).max() <= 4


@pytest.mark.parametrize("panel_class", PANELS, ids=lambda panel: panel.__name__)
@pytest.mark.parametrize("example", ["or-gate", "xor-2-2-1"])
def test_after_any_steps_the_screen_shows_what_a_fresh_paint_would(
    qtbot, preferences, panel_class, example
):
    panel, workspace = open_panel(qtbot, panel_class, load_example(example), preferences)
    for way, level in WALK:
        (workspace.step if way > 0 else workspace.step_back)(level)
        shown = on_screen(panel)
    assert is_same(shown, painted_anew(panel))


@pytest.mark.parametrize("panel_class", PANELS, ids=lambda panel: panel.__name__)
def test_no_old_number_stays_when_a_panel_changes_its_size_theme_or_language(
    qtbot, preferences, panel_class
):
    panel, workspace = open_panel(qtbot, panel_class, load_example("or-gate"), preferences)
    workspace.go_to(5)
    on_screen(panel)
    for change in (
        lambda: panel.resize(340, 330),
        lambda: preferences.set_theme("dark"),
        lambda: preferences.set_locale("es"),
        lambda: panel.plot.zoom_by(0.8),
        lambda: panel.resize(520, 480),
    ):
        change()
        shown = on_screen(panel)
        assert is_same(shown, painted_anew(panel))


@pytest.mark.parametrize("panel_class", PANELS, ids=lambda panel: panel.__name__)
def test_the_backdrop_has_the_pixels_of_the_axes_themselves(qtbot, preferences, panel_class):
    panel, workspace = open_panel(qtbot, panel_class, load_example("xor-2-2-1"), preferences)
    workspace.go_to(5)
    QApplication.processEvents()
    plot = panel.plot
    color = preferences.theme.color("surface")
    images = []
    for number in range(2):
        image = QImage(plot.viewport().size(), QImage.Format.Format_RGB32)
        image.fill(color)
        painter = QPainter(image)
        if number == 0:
            plot._backdrop.paint(painter, plot.sceneRect(), color)
        else:
            for axis in plot.axes:
                painter.setTransform(axis.sceneTransform())
                axis.draw_on(painter)
        painter.end()
        images.append(pixels(image))
    # Where translucent lines cross, each way rounds by itself.
    away = np.abs(images[0] - images[1])
    assert (away > 2).any(axis=2).sum() <= 60
    assert (images[1] != [color.blue(), color.green(), color.red()]).any()


def test_a_neuron_seen_before_needs_no_axes_drawn_again(qtbot, preferences, monkeypatch):
    panel, _ = open_panel(qtbot, ActivationPanel, load_example("xor-2-2-1"), preferences)
    backdrop, drawn = panel.plot._backdrop, []
    made = backdrop._made
    monkeypatch.setattr(backdrop, "_made", lambda *of: drawn.append(of) or made(*of))
    homes = [QRectF(-5, -0.1, 10, 1.2), QRectF(-10, -0.1, 20, 1.2)]
    for home in homes * 3:
        panel.plot.set_home(home)
        on_screen(panel)
    assert len(drawn) == len(homes)


def test_in_files_the_numbers_of_the_axes_are_letters(qtbot, preferences):
    panel, workspace = open_panel(qtbot, LossPanel, load_example("or-gate"), preferences)
    workspace.go_to(5)
    picture = panel.picture()
    image = QImage(picture.size.toSize() * 3, QImage.Format.Format_RGB32)
    image.fill(preferences.theme.color("surface"))
    painter = QPainter(image)
    painter.scale(3, 3)
    picture.paint(painter)
    painter.end()
    # Enlarged pixels would make squares of three by three that are all alike.
    left = panel.plot.mapTo(panel.figure, QPoint(0, 0))
    numbers = pixels(image)[3 * (left.y() + 6) :, : 3 * 40]
    height, width = (side // 3 * 3 for side in numbers.shape[:2])
    squares = numbers[:height, :width].reshape(height // 3, 3, width // 3, 3, 3)
    spread = squares.max(axis=(1, 3)) - squares.min(axis=(1, 3))
    assert (spread > 50).any(axis=-1).sum() > 50
