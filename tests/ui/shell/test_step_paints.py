"""A step paints what shows it, and what is painted bit by bit is what a fresh paint would show."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from nnsim.document.examples import load_example
from nnsim.session import Level
from nnsim.ui.bridge.scroll_bars import FlatBar
from nnsim.ui.shell.line import Line

WALK = [
    *[(1, Level.NEURON)] * 5,
    *[(1, Level.ITERATION)] * 12,
    *[(-1, Level.ITERATION)] * 3,
    *[(1, Level.PRODUCT)] * 3,
    *[(-1, Level.NEURON)] * 2,
]


class _Painted(QObject):
    """Notes which widgets are painted."""

    def __init__(self) -> None:
        super().__init__()
        self.widgets: set[QWidget] = set()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            self.widgets.add(watched)
        return False


def _settle() -> None:
    for _ in range(3):  # what is laid out anew asks for a paint of its own
        QApplication.sendPostedEvents()
        QApplication.processEvents()


def _pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return rows[..., :3].astype(int)


def test_a_step_paints_no_ground_below_what_changes(open_window):
    window = open_window(load_example("xor-2-2-1"))
    for _ in range(12):
        window.workspace.step(Level.ITERATION)
        _settle()
    painted = _Painted()
    QApplication.instance().installEventFilter(painted)
    window.workspace.step(Level.ITERATION)
    _settle()
    QApplication.instance().removeEventFilter(painted)
    changing = (*window.findChildren(Line), *window.findChildren(FlatBar))
    below = {widget.parentWidget() for widget in changing}
    assert painted.widgets & set(changing)
    assert not painted.widgets & {window, *below}


@pytest.mark.parametrize(("theme", "locale"), [("dark", "es"), ("light", "en")])
def test_after_any_steps_the_window_shows_what_a_fresh_paint_would(
    open_window, preferences, theme, locale
):
    window = open_window(load_example("xor-2-2-1"), (1920, 1080))
    preferences.set_theme(theme)
    preferences.set_locale(locale)
    _settle()
    for way, level in WALK:
        (window.workspace.step if way > 0 else window.workspace.step_back)(level)
        _settle()
    shown = window.screen().grabWindow(window.winId()).toImage()
    away = np.abs(_pixels(shown) - _pixels(window.grab().toImage())).max(axis=2)
    # Qt rounds the edge of a smooth line otherwise where it paints a part of it.
    assert away.max() <= 16
