"""Bundles of curves: gaps, single points, and which curve lies on top."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from nnsim.ui.panels.plotting.bundles import MOST_SMOOTH, Curves
from nnsim.ui.panels.plotting.items import pen
from nnsim.ui.panels.plotting.plot import Plot

RED, BLUE = QColor("#ff0000"), QColor("#0000ff")


@pytest.fixture
def plot(qtbot, preferences):
    plot = Plot(preferences)
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    with qtbot.waitExposed(plot):
        plot.show()
    plot.set_home(QRectF(0, 0, 10, 10))
    return plot


def shown(plot, x, heights, pens):
    curves = Curves()
    plot.addItem(curves, ignoreBounds=True)
    curves.show_curves(np.array(x, float), [np.array(y, float) for y in heights], pens)
    QApplication.processEvents()
    return curves


def colour(plot, x, y):
    return plot.grab().toImage().pixelColor(plot.place_of(QPointF(x, y)).toPoint())


def is_like(seen, wanted):
    return abs(seen.red() - wanted.red()) < 60 and abs(seen.blue() - wanted.blue()) < 60


def test_a_curve_has_a_gap_where_it_has_no_height(plot):
    shown(plot, range(7), [[5, 5, np.nan, np.nan, 5, 5, 5]], [pen(RED, 5)])
    assert is_like(colour(plot, 0.5, 5), RED)
    assert is_like(colour(plot, 5.5, 5), RED)
    assert not is_like(colour(plot, 2.5, 5), RED)


def test_a_point_without_neighbours_is_seen(plot):
    shown(plot, [1, 5, 9], [[np.nan, 4, np.nan]], [pen(RED, 7)])
    assert is_like(colour(plot, 5, 4), RED)


def test_the_last_curve_lies_on_top(plot):
    shown(plot, [0, 10], [[5, 5], [5, 5]], [pen(BLUE, 5), pen(RED, 5)])
    assert is_like(colour(plot, 3, 5), RED)


def test_curves_follow_the_view(plot):
    shown(plot, [0, 10], [[5, 5]], [pen(RED, 5)])
    plot.set_home(QRectF(0, 0, 10, 6))
    QApplication.processEvents()
    assert is_like(colour(plot, 3, 5), RED)
    assert not is_like(colour(plot, 3, 3), RED)


def test_many_points_are_drawn_too(plot):
    x = np.linspace(0, 10, MOST_SMOOTH + 20)
    shown(plot, x, [np.full(len(x), 5.0)], [pen(RED, 5)])
    assert is_like(colour(plot, 3.21, 5), RED)


def test_no_points_draw_nothing(plot):
    shown(plot, [], [[]], [pen(RED, 5)])
    assert not is_like(colour(plot, 3, 5), RED)
