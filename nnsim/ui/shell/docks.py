"""The panels around the canvas: frames that are there at once, panels built after the first paint.

A frame has its final size before its panel exists, so nothing jumps while the panels, which
import plots and mathematical type, are built one by one in order of importance.
"""

from __future__ import annotations

import importlib
from functools import partial
from typing import NamedTuple

import shiboken6
from PySide6.QtCore import QByteArray, QEvent, QObject, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QDockWidget,
    QMainWindow,
    QTabBar,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.shell import layouts

# Raised whenever the default layout changes so that an older one no longer fits.
_STATE_VERSION = 2
_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


class PanelSpec(NamedTuple):
    """A panel by name: where it is written, and the smallest size it is readable at."""

    name: str
    module: str
    class_name: str
    title_key: str
    smallest: tuple[int, int]


#: In order of importance: the first are built first.
PANELS: tuple[PanelSpec, ...] = (
    PanelSpec("step_table", "step_table", "StepTablePanel", "step_table.title", (240, 110)),
    PanelSpec("formula", "formula", "FormulaPanel", "formula.title", (220, 120)),
    PanelSpec("data", "data_table", "DataPanel", "data_table.title", (150, 110)),
    PanelSpec("training", "settings", "TrainingPanel", "training.title", (190, 120)),
    PanelSpec("lab", "lab", "LabPanel", "lab.title", (190, 120)),
    PanelSpec("plane", "plane", "PlanePanel", "plane.title", (220, 140)),
    PanelSpec("inspector", "inspector", "InspectorPanel", "inspector.title", (190, 120)),
    PanelSpec("loss", "loss", "LossPanel", "loss_panel.title", (220, 140)),
    PanelSpec("activation", "activation", "ActivationPanel", "activation_panel.title", (220, 140)),
    PanelSpec("confusion", "confusion", "ConfusionPanel", "confusion.title", (220, 140)),
    PanelSpec("diagnosis", "diagnosis", "DiagnosisPanel", "diagnosis.title", (220, 140)),
    PanelSpec("predictions", "predictions", "PredictionsPanel", "predictions.title", (200, 110)),
    PanelSpec("gradients", "gradients", "GradientsPanel", "gradients.title", (220, 140)),
    PanelSpec("weights", "weights", "WeightsPanel", "weights.title", (220, 140)),
)


class _Frame(QWidget):
    """Holds the place of a panel; what is in it does not decide how small it may become.

    Until there is one it says so.

    Qt moves the docks behind a tab out of sight and calls them visible still.  The frame hides its
    panel then, so that a panel which nobody sees does no work.
    """

    def __init__(self, smallest: QSize, preferences: Preferences) -> None:
        super().__init__()
        self._smallest = smallest
        self._preferences = preferences
        self._panel: QWidget | None = None
        #: whether the dock is in sight, or closed or behind a tab
        self.is_in_sight = True
        # Opaque: where a panel changes, neither the dock nor the window below is painted again.
        self.setAutoFillBackground(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)

    def hold(self, panel: QWidget) -> None:
        """Put the panel in its place."""
        self._panel = panel
        layout = self.layout()
        assert layout is not None
        layout.addWidget(panel)
        panel.setVisible(self.is_in_sight)

    def set_in_sight(self, is_in_sight: bool) -> None:
        """The dock has come into sight or gone out of it."""
        self.is_in_sight = is_in_sight
        if self._panel is not None:
            self._panel.setVisible(is_in_sight)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._panel is None:
            painter = QPainter(self)
            painter.setPen(self._preferences.theme.color("muted"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), flags, self._preferences.say("dock.building"))
            painter.end()

    def minimumSizeHint(self) -> QSize:
        return self._smallest

    def sizeHint(self) -> QSize:
        return self._smallest


class Docks(QObject):
    """The docks of the window.  ``built(name)``: a panel has come to stand in its frame."""

    built = Signal(str)

    def __init__(self, window: QMainWindow, workspace: Workspace, preferences: Preferences) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = workspace
        self._preferences = preferences
        self._docks: dict[str, QDockWidget] = {}
        self._panels: dict[str, QWidget] = {}
        area = Qt.DockWidgetArea
        window.setDockNestingEnabled(True)
        window.setTabPosition(area.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.setCorner(Qt.Corner.BottomLeftCorner, area.BottomDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, area.RightDockWidgetArea)
        for spec in PANELS:
            self._add(spec)
        self._layout = "lesson"
        self._is_arranging = False
        self.arrange()
        workspace.turns.rested.connect(self._build_rest)
        preferences.language_changed.connect(self._say)
        self._say()

    def _add(self, spec: PanelSpec) -> None:
        dock = QDockWidget(self._window)
        dock.setObjectName(f"dock_{spec.name}")
        frame = _Frame(QSize(*spec.smallest), self._preferences)
        dock.setWidget(frame)
        dock.visibilityChanged.connect(frame.set_in_sight)
        dock.installEventFilter(self)
        dock.visibilityChanged.connect(partial(self._seen, spec.name))
        dock.visibilityChanged.connect(self._tidy_titles)
        dock.topLevelChanged.connect(self._tidy_titles)
        dock.dockLocationChanged.connect(self._tidy_titles)
        self._docks[spec.name] = dock

    # -- layout ----------------------------------------------------------------------------------

    def arrange(self, layout: str = "lesson") -> None:
        """Put every panel where the layout of this name has it (``layouts.LAYOUTS``)."""
        self._layout = layout
        # Each dock that moves or shows would have all of them tidied; once in the end will do.
        self._is_arranging = True
        layouts.arrange(self._window, self._docks, layouts.LAYOUTS[layout])
        self._is_arranging = False
        self.share()
        self._tidy_titles()

    def share(self) -> None:
        """Sizes in proportion to the window."""
        layouts.share(self._window, self._docks, layouts.LAYOUTS[self._layout])

    def save(self, settings: QSettings) -> None:
        """Remember where everything is."""
        settings.setValue("window/geometry", self._window.saveGeometry())
        settings.setValue("window/state", self._window.saveState(_STATE_VERSION))

    def restore(self, settings: QSettings) -> bool:
        """Put everything where it was; False where nothing fitting is remembered."""
        geometry, state = settings.value("window/geometry"), settings.value("window/state")
        if not isinstance(geometry, QByteArray) or not isinstance(state, QByteArray):
            return False
        if not self._window.restoreGeometry(geometry):
            return False
        restored = self._window.restoreState(state, _STATE_VERSION)
        self._tidy_titles()
        return restored

    def put_away(self) -> QByteArray:
        """Hide every dock; ``bring_back`` takes what this returns."""
        state = self._window.saveState(_STATE_VERSION)
        for dock in self._docks.values():
            dock.hide()
        return state

    def bring_back(self, state: QByteArray) -> None:
        """Everything where it was when it was put away."""
        self._window.restoreState(state, _STATE_VERSION)
        self._tidy_titles()

    def _tidy_titles(self) -> None:
        """Docks in tabs have their name on the tab; a title above it would say it twice."""
        # A window that is destroyed unclosed hides its docks when it is a window no longer.
        if self._is_arranging or not shiboken6.isValid(self._window):
            return
        for tabs in self._window.findChildren(QTabBar, options=_DIRECT):
            # Where there is little room names are scrolled through, not cut.
            tabs.setElideMode(Qt.TextElideMode.ElideNone)
            tabs.setUsesScrollButtons(True)
        for dock in self._docks.values():
            in_tabs = bool(self._window.tabifiedDockWidgets(dock)) and not dock.isFloating()
            has_own = dock.titleBarWidget() is None
            if in_tabs and has_own:
                dock.setTitleBarWidget(QWidget(dock))
            elif not in_tabs and not has_own:
                empty = dock.titleBarWidget()
                dock.setTitleBarWidget(None)  # type: ignore[arg-type]  # Qt's own title again
                empty.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # It may be opened behind a tab.
        if event.type() == QEvent.Type.Show:
            for name, dock in self._docks.items():
                if dock is watched:
                    self._build_seen(name)
        return super().eventFilter(watched, event)

    # -- panels ----------------------------------------------------------------------------------

    def build(self) -> None:
        """Build the panels one after another, with the window alive in between.

        While a run goes on, which needs Python for itself, those that nobody sees wait.
        """
        waiting = [
            spec.name
            for spec in PANELS
            if spec.name not in self._panels and not self._docks[spec.name].isHidden()
        ]
        if self._workspace.turns.one_by_one:
            waiting = [name for name in waiting if self._frame(name).is_in_sight]
        if waiting:
            self.panel(waiting[0])
            QTimer.singleShot(0, self, self.build)

    def _build_rest(self) -> None:
        if self._panels:
            self.build()

    def _seen(self, name: str, is_seen: bool) -> None:
        if is_seen:
            self._build_seen(name)

    def _build_seen(self, name: str) -> None:
        # One that was closed, or nobody saw, when the others were built.
        if self._panels and name not in self._panels:
            QTimer.singleShot(0, self, lambda: self.panel(name))

    def _frame(self, name: str) -> _Frame:
        frame = self._docks[name].widget()
        assert isinstance(frame, _Frame)
        return frame

    def panel(self, name: str) -> QWidget:
        """The panel of this name, built now if it is not there yet."""
        if name not in self._panels:
            spec = next(spec for spec in PANELS if spec.name == name)
            # Modules are imported several times as slowly beside a thread that trains.
            self._workspace.session.halt()
            module = importlib.import_module(f"nnsim.ui.panels.{spec.module}")
            panel = getattr(module, spec.class_name)(self._workspace, self._preferences)
            self._panels[name] = panel
            self._frame(name).hold(panel)
            self.built.emit(name)
        return self._panels[name]

    def by_title(self) -> dict[str, QWidget]:
        """The panels that are built, by the key of their title, in order."""
        return {
            spec.title_key: self._panels[spec.name] for spec in PANELS if spec.name in self._panels
        }

    @property
    def panels(self) -> dict[str, QWidget]:
        """The panels that are built, by name."""
        return dict(self._panels)

    def dock(self, name: str) -> QDockWidget:
        """The dock of a panel, which is there before the panel is."""
        return self._docks[name]

    @property
    def toggles(self) -> list[QAction]:
        """One action a panel that shows or hides it."""
        return [self._docks[spec.name].toggleViewAction() for spec in PANELS]

    def show_panel(self, name: str) -> QWidget:
        """Bring a panel to the front."""
        panel = self.panel(name)
        self._docks[name].show()
        self._docks[name].raise_()
        return panel

    def _say(self) -> None:
        say = self._preferences.say
        for spec in PANELS:
            self._docks[spec.name].setWindowTitle(say(spec.title_key))
        # Qt says these only once, in the language of that moment.
        for name, key in (("closebutton", "dock.close"), ("floatbutton", "dock.float")):
            for button in self._window.findChildren(QAbstractButton, f"qt_dockwidget_{name}"):
                button.setToolTip(say(key))
                button.setAccessibleName(say(key))
