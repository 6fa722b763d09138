"""Theme, presentation zoom and the few style rules that make the window calm."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from nnsim.core.resources import resource_path
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.theme import Theme, apply_theme

ZOOM_STEP = 1.1
# Another size to Qt, and none to the eye.
_HARDLY = 0.001


class Looks(QObject):
    """Applies theme and zoom to the application, now and when they change."""

    def __init__(self, app: QApplication, preferences: Preferences) -> None:
        super().__init__(app)
        self._app = app
        self._preferences = preferences
        self._font = QFont(app.font())
        preferences.theme_changed.connect(self._dress)
        # Connected before any widget exists: by the time they measure, the font is the new one.
        preferences.zoom_changed.connect(self._size)
        # After the rules of the windows, which every widget is given anew.
        preferences.zoom_changed.connect(self._size_titles, Qt.ConnectionType.QueuedConnection)
        self._dress()
        self._size()

    def _dress(self) -> None:
        apply_theme(self._app, self._preferences.theme)

    def _size(self) -> None:
        font = QFont(self._font)
        font.setPointSizeF(self._font.pointSizeF() * self._preferences.zoom)
        if font != self._app.font():
            self._app.setFont(font)

    def _size_titles(self) -> None:
        """Titles of docks too: Qt's style of rules paints them in the font that the program had
        before the rules were set, until it gets another one."""
        font = self._app.font()
        font.setPointSizeF(font.pointSizeF() + _HARDLY)
        self._app.setFont(font)


def window_style(theme: Theme, zoom: float) -> str:
    """Style rules of the main window and its dialogs: quiet titles and tabs, visible boxes.

    Fusion draws the boxes of checks and radio buttons in a darker shade of the ground, which on a
    dark ground cannot be seen; Qt's arrow for what a toolbar has no room for is black on either.
    """
    check = resource_path("icons", f"check_{theme.name}.svg").as_posix()
    size = round(13 * zoom)
    boxes = "QCheckBox::indicator, QAbstractItemView::indicator, QGroupBox::indicator"
    checked = ", ".join(f"{box}:checked" for box in boxes.split(", "))
    return f"""
    QMainWindow::separator {{ background: {theme.background}; width: 7px; height: 7px; }}
    QMainWindow::separator:hover {{ background: {theme.accent_soft}; }}
    QDockWidget {{ color: {theme.muted}; }}
    QDockWidget::title {{ background: {theme.background}; padding: 4px 8px; text-align: left; }}
    QToolBar {{ background: {theme.background}; border: none; padding: 5px 8px; spacing: 4px; }}
    QToolBarExtension {{
        background: {theme.muted}; border: none; border-radius: 3px; margin: 2px;
    }}
    QStatusBar {{ background: {theme.background}; color: {theme.text}; }}
    QStatusBar::item {{ border: none; }}
    QStatusBar QLabel {{ padding: 2px 8px; }}
    {boxes}, QRadioButton::indicator {{
        width: {size}px; height: {size}px;
        border: 1px solid {theme.neutral}; background: {theme.surface};
    }}
    {boxes} {{ border-radius: 3px; }}
    QRadioButton::indicator {{ border-radius: {size // 2 + 1}px; }}
    {checked} {{
        border-color: {theme.accent}; background: {theme.accent}; image: url("{check}");
    }}
    QRadioButton::indicator:checked {{
        width: {size - 8}px; height: {size - 8}px;
        border: 5px solid {theme.accent}; background: {theme.on_accent};
    }}
    QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{
        border-color: {theme.border}; background: {theme.raised};
    }}
    """
