"""The formula of the selected number: symbols, numbers put in, result, and where it comes from."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, QSizeF, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QToolButton, QVBoxLayout, QWidget

from nnsim.engine.record import Quantity
from nnsim.ui.bridge.drawing import Drawing
from nnsim.ui.bridge.icons import themed_icon
from nnsim.ui.bridge.pictures import Picture, copy_picture
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.formula_content import content_of
from nnsim.ui.panels.formula_sheet import Sheet
from nnsim.ui.panels.formula_view import FormulaView

_ICON_SIZE = 16
_MOST_KEPT = 100
# A picture is at least so wide, in pixels, that short formulas have their words in one line.
_PICTURE_WIDTH = 560


class FormulaPanel(QWidget):
    """Explains ``workspace.selection``, with links to the numbers it was computed from."""

    title_key = "formula.title"

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("formula_panel")
        self._workspace = workspace
        self._preferences = preferences
        self._past: list[Quantity] = []
        self._future: list[Quantity] = []
        self._view = FormulaView(preferences, self)
        self._drawing = Drawing(self, workspace.turns, self.refresh)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._view)
        self._back = self._button("back", "history_back", self.go_back)
        self._forward = self._button("forward", "history_forward", self.go_forward)
        self._more = self._button("more", "more", None)
        self._menu = self._make_menu()
        self._more.setMenu(self._menu)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._connect()
        self._paint()
        self._say()

    # -- widgets ---------------------------------------------------------------------------------

    def _button(self, name: str, icon: str, slot: object) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"formula_{name}")
        button.setProperty("icon_name", icon)
        button.setAutoRaise(True)
        if callable(slot):
            button.clicked.connect(lambda: slot())
        return button

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        for name, slot in (("copy_latex", self.copy_latex), ("copy_picture", self.copy_picture)):
            action = QAction(menu)
            action.setObjectName(f"formula_{name}")
            action.triggered.connect(lambda checked=False, slot=slot: slot())
            menu.addAction(action)
        return menu

    def _connect(self) -> None:
        workspace, preferences, view = self._workspace, self._preferences, self._view
        workspace.selection_changed.connect(self._drawing.ask)
        workspace.position_changed.connect(self._drawing.ask)
        workspace.document_changed.connect(self._drawing.ask)
        workspace.project_changed.connect(self._forget)
        preferences.language_changed.connect(self._say)
        preferences.theme_changed.connect(self._paint)
        preferences.zoom_changed.connect(self._paint)
        view.chosen.connect(self.follow)
        view.copy_wanted.connect(self.copy_latex)
        view.back_wanted.connect(self.go_back)
        view.customContextMenuRequested.connect(self._open_menu)
        view.setContextMenuPolicy(view.contextMenuPolicy().CustomContextMenu)

    # -- showing ---------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # After the first paint: the first formula brings the mathematical font with it.
        QTimer.singleShot(0, self, self.refresh)

    def refresh(self) -> None:
        """Explain what is selected now."""
        if self.isVisible():
            self._view.show_content(content_of(self._workspace, self._preferences))
            for button in (self._back, self._forward, self._more):
                button.setVisible(bool(self._view.content.blocks))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_buttons()

    def _place_buttons(self) -> None:
        x = self.width() - self._view.verticalScrollBar().sizeHint().width() - 2
        buttons = (self._more, self._forward, self._back)
        for button in buttons:
            size = button.sizeHint()
            x -= size.width()
            button.setGeometry(x, 4, size.width(), size.height())
            button.raise_()
        margin = float(sum(button.width() for button in buttons))
        if margin != self._view.title_margin:
            self._view.title_margin = margin
            if self._view.sheet is not None:
                self._view.lay_out()

    # -- history ---------------------------------------------------------------------------------

    def follow(self, quantity: Quantity) -> None:
        """Go to a number that the selected one was computed from."""
        if self._workspace.selection is not None:
            self._past.append(self._workspace.selection)
            del self._past[:-_MOST_KEPT]
        self._future.clear()
        self._workspace.select(quantity)
        self._enable()

    def go_back(self) -> None:
        """Back to the number from which a link was followed."""
        self._go(self._past, self._future)

    def go_forward(self) -> None:
        """Forward again to where ``go_back`` came from."""
        self._go(self._future, self._past)

    def _go(self, source: list[Quantity], target: list[Quantity]) -> None:
        if not source:
            return
        if self._workspace.selection is not None:
            target.append(self._workspace.selection)
        self._workspace.select(source.pop())
        self._enable()

    def _forget(self) -> None:
        self._past.clear()
        self._future.clear()
        self._enable()

    def _enable(self) -> None:
        self._back.setEnabled(bool(self._past))
        self._forward.setEnabled(bool(self._future))

    # -- taking it home ----------------------------------------------------------------------------

    def copy_latex(self) -> None:
        """Put the formulas on the clipboard as LaTeX."""
        if self._view.content.latex:
            QGuiApplication.clipboard().setText(self._view.content.latex)

    def copy_picture(self) -> None:
        """Put the explanation on the clipboard as a picture."""
        copy_picture(self.picture())

    def picture(self) -> Picture:
        """The explanation as it is shown, without links to click on."""
        self.refresh()
        content = self._view.content
        width = max(_PICTURE_WIDTH * self._preferences.zoom, self._view.viewport().width())
        sheet = Sheet(content.without_terms(), width, self.font(), self._preferences.zoom)
        theme = self._preferences.theme

        def paint(painter: QPainter) -> None:
            painter.fillRect(0, 0, round(sheet.width), round(sheet.height), theme.color("surface"))
            sheet.paint(painter, theme)

        size = QSizeF(round(sheet.width), round(sheet.height))
        return Picture(size, paint, self._preferences.say("formula.file_name"))

    def _open_menu(self, where: QPoint) -> None:
        self._menu.popup(self._view.viewport().mapToGlobal(where))

    # -- words and colours -------------------------------------------------------------------------

    def _say(self) -> None:
        say = self._preferences.say
        for button in (self._back, self._forward, self._more):
            said = say(button.objectName().replace("formula_", "formula.button_"))
            button.setToolTip(said)
            button.setAccessibleName(said)
        for action in self._menu.actions():
            action.setText(say(action.objectName().replace("formula_", "formula.")))
        self._view.setAccessibleName(say("formula.title"))
        self._enable()
        self._drawing.ask()

    def _paint(self) -> None:
        size = round(_ICON_SIZE * self._preferences.zoom)
        for button in (self._back, self._forward, self._more):
            icon = themed_icon(button.property("icon_name"), self._preferences.theme, size)
            button.setIcon(icon)
            button.setIconSize(QSize(size, size))
        self._more.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self._place_buttons()
        if self._view.sheet is not None:
            self._view.lay_out()
