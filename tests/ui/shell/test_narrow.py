"""The window on half of a usual screen, as it is at 200 %."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QComboBox, QToolButton

from nnsim.ui.shell.line import Line


@pytest.mark.parametrize("locale", ["en", "es"])
def test_it_becomes_780_pixels_wide(open_window, preferences, locale):
    preferences.set_locale(locale)
    window = open_window(size=(780, 640))
    QApplication.processEvents()
    assert window.width() == 780
    for kind, name in ((QComboBox, "transport_level"), (Line, "transport_counter")):
        part = window.findChild(kind, name)
        assert part.isVisible()
        assert part.mapTo(window, QPoint(part.width(), 0)).x() <= 780


def test_the_arrow_of_a_toolbar_stands_out_in_the_dark(open_window, preferences):
    preferences.set_theme("dark")
    window = open_window(size=(800, 640))
    # No window is so narrow by itself.
    window.transport.setMaximumWidth(200)
    QApplication.processEvents()
    arrow = window.transport.findChild(QToolButton, "qt_toolbar_ext_button")
    assert arrow.isVisible()
    picture = arrow.grab().toImage()
    middle = picture.height() // 2
    lights = [QColor(picture.pixel(x, middle)).lightness() for x in range(picture.width())]
    assert max(lights) - min(lights) > 90
