"""What holds for every test of the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget


@pytest.fixture(autouse=True)
def _no_button_is_held():
    """Buttons that a test leaves pressed, as every double click of QTest does, are let go of.

    The next test would have a second button down, of which a slider, say, takes no notice.
    """
    yield
    held = QGuiApplication.mouseButtons()
    for button in Qt.MouseButton:
        if button & held:
            QTest.mouseRelease(QWidget(), button)
    assert QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton
