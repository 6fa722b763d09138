"""The panel of the predictions table: part, filter, sorting, export."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from superqt import QFlowLayout

from nnsim.core.messages import Message, NnsimError
from nnsim.export.predictions import write_predictions
from nnsim.session.predictions import Examiner, Predictions, class_scores, value_scores
from nnsim.ui.bridge.calm_label import CalmLabel
from nnsim.ui.bridge.drawing import Drawing
from nnsim.ui.bridge.file_dialogs import choose_to_save
from nnsim.ui.bridge.icons import themed_icon
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.plotting.panel import suggested_path
from nnsim.ui.panels.predictions.model import PredictionsModel
from nnsim.ui.panels.predictions.view import PredictionsView
from nnsim.ui.panels.samples import fill_parts, go_to_sample

_MARGIN, _SPACING, _ICON = 8, 6, 16
_DIGITS = 4
# A panel lower than so many lines of text has no room for the summary.
_LINES_FOR_SUMMARY = 13


class PredictionsPanel(QWidget):
    """Every sample of a part: inputs, what is wanted, what the displayed network makes of it."""

    title_key = "predictions.title"

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("predictions_panel")
        self.workspace = workspace
        self.preferences = preferences
        self._examiner = Examiner()
        self._part = "all"
        self.model = PredictionsModel(preferences, self)
        self.view = PredictionsView(self.model, preferences, self)
        self._chooser = QComboBox()
        self._chooser.setObjectName("part")
        self._chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._chooser.activated.connect(self._choose_part)
        self._wrong = QCheckBox()
        self._wrong.setObjectName("only_wrong")
        self._wrong.toggled.connect(self._choose_rows)
        self._export = QAction(self)
        self._export.triggered.connect(lambda _=False: self.export())
        self._button = QToolButton()
        self._button.setObjectName("export_predictions")
        self._button.setAutoRaise(True)
        self._button.setDefaultAction(self._export)
        self._message = QLabel()
        self._message.setObjectName("message")
        self._message.setWordWrap(True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setMargin(_MARGIN)
        self._summary = CalmLabel(self)
        self._summary.setObjectName("summary")
        self._lay_out()
        self._drawing = Drawing(self, workspace.turns, self._draw)
        for signal in (workspace.position_changed, workspace.document_changed):
            signal.connect(self._drawing.ask)
        workspace.sample_changed.connect(self._point)
        self.view.pointed.connect(workspace.select_sample)
        self.view.chosen.connect(lambda sample: go_to_sample(workspace, sample))
        preferences.language_changed.connect(self._say)
        preferences.theme_changed.connect(self._say)
        preferences.zoom_changed.connect(self._say)
        self._say()

    def _lay_out(self) -> None:
        controls = QFlowLayout()
        controls.setHorizontalSpacing(_SPACING)
        controls.setVerticalSpacing(_SPACING)
        for control in (self._chooser, self._wrong, self._button):
            controls.addWidget(control)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._message)
        self._stack.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(_SPACING)
        layout.addLayout(controls)
        layout.addLayout(self._stack, 1)
        layout.addWidget(self._summary)

    # -- showing ---------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """What was missed while hidden is made up for."""
        super().showEvent(event)
        self._drawing.catch_up()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the table gets it, and the summary waits."""
        super().resizeEvent(event)
        needed = _LINES_FOR_SUMMARY * self.fontMetrics().lineSpacing()
        self._summary.setVisible(event.size().height() >= needed)

    def draw_if_stale(self) -> None:
        """Bring the table up to date now."""
        self._drawing.catch_up()

    def _draw(self) -> None:
        document, frame = self.workspace.document, self.workspace.frame
        if frame is None:
            self._show_words("predictions.not_ready")
            return
        self._part = fill_parts(self._chooser, document, self.preferences, self._part)
        is_new = self._examiner.take(document, frame, self._part)
        found = self._examiner.predictions
        assert found is not None
        if is_new or self.model.predictions is None:
            are_sequences = any(node.steps > 1 for node in document.inputs)
            self.model.show(document.data, found, are_sequences)
            self.view.mark()
        self._wrong.setEnabled(found.has_classes)
        self._export.setEnabled(True)
        self._summary.set_text(self._summary_of(found))
        if self.model.rowCount():
            self._stack.setCurrentWidget(self.view)
        else:
            self._stack.setCurrentWidget(self._message)
            self._message.setText(self.preferences.say("predictions.none_wrong"))

    def _show_words(self, key: str) -> None:
        self.model.show(self.workspace.document.data, None)
        self._message.setText(self.preferences.say(key))
        self._stack.setCurrentWidget(self._message)
        self._summary.set_text("")
        for control in (self._export, self._chooser, self._wrong):
            control.setEnabled(False)

    def _summary_of(self, found: Predictions) -> str:
        say, number = self.preferences.say, self.preferences.number
        if found.has_classes:
            accuracy = 100 * class_scores(found).accuracy
            wrong = int(found.is_wrong.sum())
            return say(
                "predictions.wrong", n=len(found), wrong=wrong, accuracy=number(accuracy, _DIGITS)
            )
        scores = value_scores(found)
        figures = {"r2": scores.r2, "mse": scores.mse, "mae": scores.mae}
        shown = {name: number(value, _DIGITS) for name, value in figures.items()}
        return say("predictions.values", n=len(found), **shown)

    def _point(self) -> None:
        if self.isVisible():
            self.view.point_at(self.workspace.sample)

    # -- acting ----------------------------------------------------------------------------------

    def _choose_part(self) -> None:
        self._part = self._chooser.currentData()
        self._draw()

    def _choose_rows(self, only_wrong: bool) -> None:
        self.model.choose(only_wrong)
        self._draw()
        self.view.mark()

    def export(self) -> None:
        """Ask for a file and write the shown rows as CSV, in the order in which they are shown."""
        self._draw()
        found = self._examiner.predictions
        if found is None or not self._export.isEnabled():
            return
        suggestion = suggested_path(self.workspace, self.preferences.say(self.title_key), ".csv")
        key = "plotting.csv_table"
        path = choose_to_save(self, self.preferences, suggestion, key, (".csv",))
        if path is not None:
            self._write(self.model.chosen_predictions(), path)

    def _write(self, found: Predictions, path: Path) -> None:
        try:
            write_predictions(found, self.workspace.document.data, path, self.preferences.mark)
        except NnsimError as error:
            self.workspace.refuse(*error.messages)
        else:
            self.workspace.told.emit(Message("projects.saved", {"path": str(path)}))

    # -- words -----------------------------------------------------------------------------------

    def _say(self) -> None:
        say = self.preferences.say
        self._chooser.setToolTip(say("samples.part_tip"))
        self._chooser.setAccessibleName(say("samples.part"))
        self._wrong.setText(say("predictions.only_wrong"))
        self._wrong.setToolTip(say("predictions.only_wrong_tip"))
        self._export.setText(say("plotting.csv"))
        self._export.setToolTip(say("predictions.export_tip"))
        size = round(_ICON * self.preferences.zoom)
        self._export.setIcon(themed_icon("table_export", self.preferences.theme, size))
        self._button.setIconSize(QSize(size, size))
        self.view.setAccessibleName(say(self.title_key))
        self.view.setToolTip(say("predictions.keys"))
        self.view.say()
        self._drawing.ask()
