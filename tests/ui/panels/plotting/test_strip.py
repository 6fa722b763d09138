"""A second view in a plot shares one axis with the main one and has one to itself."""

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QWidget

from nnsim.ui.panels.plotting.bundles import Bar, Bars
from nnsim.ui.panels.plotting.plot import Plot


@pytest.fixture
def plot(qtbot, preferences):
    around = QWidget()
    qtbot.addWidget(around)
    plot = Plot(preferences, around)
    plot.resize(400, 300)
    around.resize(400, 300)
    with qtbot.waitExposed(around):
        around.show()
    yield plot
    around.close()


@pytest.fixture(params=["right", "below"])
def strip(request, plot):
    strip = plot.add_strip(request.param)
    QApplication.processEvents()
    return strip


def place(plot, strip, x, y):
    return plot.mapFromScene(strip.view.mapViewToScene(QPointF(x, y)))


def test_it_follows_the_main_view_along_the_axis_they_share(plot, strip):
    strip.set_reach(0.0, 7.0)
    plot.set_home(QRectF(-2, -30, 5, 40))
    plot.zoom_by(0.5)
    shared, own = (1, 0) if strip.side == "right" else (0, 1)
    assert strip.view.viewRange()[shared] == pytest.approx(plot.view.viewRange()[shared])
    assert strip.view.viewRange()[own] == pytest.approx([0, 7])


def test_it_lies_beside_the_main_view_or_below_it_and_covers_none_of_it(plot, strip):
    main = plot.view.sceneBoundingRect()
    assert not main.intersects(strip.place)
    if strip.side == "right":
        assert strip.place.left() > main.right()
        assert strip.place.top() == pytest.approx(main.top(), abs=1)
    else:
        assert strip.place.top() > main.bottom()
        assert strip.place.left() == pytest.approx(main.left(), abs=1)


def test_bars_stand_where_they_should(plot, strip):
    plot.set_home(QRectF(0, 0, 4, 4))
    strip.set_reach(0.0, 4.0)
    bars = Bars()
    strip.add(bars)
    bars.show_bars([Bar(1, 1, 2, 3, QColor("#ff0000"))])
    QApplication.processEvents()
    seen = plot.grab().toImage()
    for (x, y), is_red in (((1.5, 2), True), ((1.5, 3.5), False), ((2.5, 2), False)):
        color = seen.pixelColor(place(plot, strip, x, y))
        assert (color.red() > 250 and color.blue() < 5) == is_red


def test_the_mouse_is_told_of_in_its_own_coordinates(qtbot, plot, strip):
    strip.set_reach(0.0, 4.0)
    plot.set_home(QRectF(0, 0, 4, 4))
    QApplication.processEvents()
    hovered, clicked, main = [], [], []
    strip.hovered.connect(hovered.append)
    strip.clicked.connect(clicked.append)
    plot.clicked.connect(main.append)
    at = place(plot, strip, 2, 3)
    qtbot.mouseMove(plot.viewport(), at)
    QApplication.processEvents()
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert (hovered[-1].x(), hovered[-1].y()) == pytest.approx((2, 3), abs=0.1)
    assert (clicked[-1].x(), clicked[-1].y()) == pytest.approx((2, 3), abs=0.1)
    assert main == []
    qtbot.mouseMove(plot.viewport(), plot.place_of(QPointF(2, 2)).toPoint())
    assert hovered[-1] is None


def test_its_room_can_be_left_to_the_main_view(qtbot, plot):
    before = plot.view.sceneBoundingRect().height()
    strip = plot.add_strip("below")
    QApplication.processEvents()
    beside = plot.view.sceneBoundingRect().height()
    strip.show(False)
    QApplication.processEvents()
    assert beside < 0.9 * before
    assert plot.view.sceneBoundingRect().height() == pytest.approx(before, abs=2)
    strip.show(True)
    QApplication.processEvents()
    assert plot.view.sceneBoundingRect().height() == pytest.approx(beside, abs=2)


def test_its_axis_has_the_looks_and_the_language_of_the_others(plot, strip, preferences):
    preferences.set_locale("es")
    preferences.set_theme("dark")
    assert strip.axis.mark == ","
    assert strip.axis.textPen().color() == preferences.theme.color("muted")
    plot.set_titles("a", "b", "c")
    assert "c" in strip.axis.labelText
