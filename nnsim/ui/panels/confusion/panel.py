"""The confusion panel: the matrix with the samples behind a cell, or values as a scatter plot."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QToolButton, QVBoxLayout, QWidget

from nnsim.data import Table
from nnsim.engine.classes import NO_CLASS
from nnsim.session.predictions import Examiner, Predictions, class_scores, value_scores
from nnsim.ui.bridge.calm_label import CalmLabel
from nnsim.ui.bridge.icons import themed_icon
from nnsim.ui.bridge.pictures import Picture
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.confusion.matrix import Cell, MatrixView
from nnsim.ui.panels.confusion.scatter import Scatter
from nnsim.ui.panels.confusion.taking import MatrixMenu
from nnsim.ui.panels.plotting.panel import PlotPanel, fill_chooser, suggested_path
from nnsim.ui.panels.plotting.words import name_html, swatch
from nnsim.ui.panels.predictions.model import PredictionsModel
from nnsim.ui.panels.predictions.view import PredictionsView
from nnsim.ui.panels.samples import fill_parts, go_to_sample

_SEPARATOR = " &nbsp;&nbsp; "
_DIGITS = 4
# Heights of the matrix and of the list of samples below it.
_SHARES = (3, 2)
# A panel lower than so many lines of text shows one or the other.
_LINES_FOR_BOTH = 22
_ICON = 14


class ConfusionPanel(PlotPanel):
    """How good the displayed network is on a part of the samples, and on which it is not."""

    title_key = "confusion.title"

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(workspace, preferences, parent)
        self.setObjectName("confusion_panel")
        self._examiner = Examiner()
        self._part = "all"
        self._output = 0
        self._drawn: tuple[object, ...] | None = None
        self._part_chooser = self.add_chooser("part")
        self._part_chooser.activated.connect(self._choose)
        self._output_chooser = self.add_chooser("output")
        self._output_chooser.activated.connect(self._choose)
        self.add_reset()
        self._scatter = Scatter(self.plot, preferences)
        self.matrix = MatrixView(preferences)
        self._caption = CalmLabel()
        self._caption.setObjectName("matrix_caption")
        self._page = self._make_page()
        self._stack.addWidget(self._page)
        self._menu = MatrixMenu(self.matrix, workspace, preferences, self._matrix_picture)
        self.matrix.chosen.connect(self._choose_cell)
        self.matrix.pointed.connect(self._say_cell)
        self.plot.clicked.connect(self._click)
        workspace.sample_changed.connect(self._mark_sample)
        self.say()

    def _make_page(self) -> QSplitter:
        """The matrix, and below it the samples behind a cell that is chosen."""
        self.samples = PredictionsModel(self.preferences, self)
        self.list = PredictionsView(self.samples, self.preferences, self)
        self.list.setObjectName("cell_samples")
        self._behind = QLabel()
        self._behind.setObjectName("cell_words")
        self._behind.setWordWrap(True)
        self._close = QToolButton()
        self._close.setObjectName("close_samples")
        self._close.setAutoRaise(True)
        self._close.clicked.connect(lambda: self.matrix.choose(None))
        self._above, self._below = QWidget(), QWidget()
        above, below = QVBoxLayout(self._above), QVBoxLayout(self._below)
        heading = QHBoxLayout()
        heading.addWidget(self._behind, 1)
        heading.addWidget(self._close)
        above.addWidget(self._caption)
        above.addWidget(self.matrix, 1)
        below.addLayout(heading)
        below.addWidget(self.list, 1)
        for layout in (above, below):
            layout.setContentsMargins(0, 0, 0, 0)
        self._below.hide()
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self._below)
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(lambda: self.matrix.choose(None))
        self.list.pointed.connect(self.workspace.select_sample)
        self.list.chosen.connect(lambda sample: go_to_sample(self.workspace, sample))
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        for number, page in enumerate((self._above, self._below)):
            splitter.addWidget(page)
            splitter.setStretchFactor(number, _SHARES[number])
        splitter.setSizes([_SHARES[0] * 1000, _SHARES[1] * 1000])
        return splitter

    # -- drawing ---------------------------------------------------------------------------------

    def forget(self) -> None:
        """Everything is drawn anew, on axes of its own."""
        self._drawn = None
        self._scatter.forget()

    def redraw(self) -> None:
        """The matrix or the scatter plot at the present position."""
        document, frame = self.workspace.document, self.workspace.frame
        if frame is None:
            self._show_words("confusion.not_ready")
            return
        self._part = fill_parts(self._part_chooser, document, self.preferences, self._part)
        is_new = self._examiner.take(document, frame, self._part)
        found = self._examiner.predictions
        assert found is not None
        self._fill_outputs(found)
        if not len(found):
            self._show_words("confusion.no_samples")
            return
        self._reset.setVisible(not found.has_classes)
        key = (self._part, self._output)
        if is_new or key != self._drawn:
            self._drawn = key
            if found.has_classes:
                self._show_matrix(found)
            else:
                self._show_values(found)

    def _show_words(self, key: str) -> None:
        self.matrix.choose(None)
        self.show_message(self.words(key))

    def _show_matrix(self, found: Predictions) -> None:
        self._stack.setCurrentWidget(self._page)
        scores = class_scores(found)
        self.matrix.show_scores(scores, found.classes)
        right = len(found) - int(found.is_wrong.sum())
        accuracy = self.preferences.number(100 * scores.accuracy, _DIGITS)
        words = self.words("confusion.accuracy", n=len(found), right=right, accuracy=accuracy)
        if scores.undecided:
            told = self.words("confusion.undecided", n=scores.undecided)
            words += f'{_SEPARATOR}<span style="color:{self.preferences.theme.wrong}">{told}</span>'
        self._caption.set_text(words)
        self.samples.show(self.workspace.document.data, found)
        self.list.mark()
        self._mark_cell()
        self._say_behind()

    def _show_values(self, found: Predictions) -> None:
        self.matrix.choose(None)
        self.show_figure()
        self._scatter.show(found, self._output)
        self._scatter.ring(self.workspace.sample)
        name = self.workspace.document.data.target_names[self._output]
        self.plot.set_titles(
            self.words("confusion.axis_wanted", name=name_html(name)),
            self.words("confusion.axis_predicted", name=name_html(name)),
        )
        scores = value_scores(found.of_output(self._output))
        figures = {"r2": scores.r2, "mse": scores.mse, "mae": scores.mae}
        shown = {k: self.preferences.number(value, _DIGITS) for k, value in figures.items()}
        self.figure.caption.set_text(
            self.words("confusion.values", name=name_html(name), n=len(found), **shown)
        )
        self.figure.legend.set_text(_SEPARATOR.join(self._legend(len(found))))

    def _legend(self, count: int) -> list[str]:
        theme, scatter = self.preferences.theme, self._scatter
        parts = [
            swatch("●", theme.positive, self.words("confusion.legend_sample")),
            swatch("╌", theme.muted, self.words("confusion.legend_diagonal")),
        ]
        if scatter.outside:
            parts.append(self.words("confusion.outside", n=scatter.outside))
        if scatter.undrawn:
            words = self.words("confusion.undrawn", n=scatter.undrawn)
            parts.append(f'<span style="color:{theme.wrong}">{words}</span>')
        drawn = len(scatter.rows)
        if drawn < count - scatter.undrawn:
            parts.append(self.words("plane.legend_thinned", shown=drawn, n=count))
        return parts

    # -- choosing --------------------------------------------------------------------------------

    def _choose(self) -> None:
        self._part = self._part_chooser.currentData()
        output = self._output_chooser.currentData()
        self._output = 0 if output is None else output
        self.plot.reset_view()
        self.refresh_all()

    def _fill_outputs(self, found: Predictions) -> None:
        names = () if found.has_classes else self.workspace.document.data.target_names
        self._output = min(self._output, max(len(names) - 1, 0))
        fill_chooser(self._output_chooser, [(n, k) for k, n in enumerate(names)], self._output)
        self._output_chooser.setVisible(len(names) > 1)

    def _choose_cell(self, cell: Cell | None) -> None:
        self.samples.choose(cell=cell)
        self._share_room()
        self.list.scrollToTop()
        self.list.mark()
        self._say_behind()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the samples take the place of the matrix."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        is_chosen = self.matrix.cell is not None
        has_room = self.height() >= _LINES_FOR_BOTH * self.fontMetrics().lineSpacing()
        self._below.setVisible(is_chosen)
        self._above.setVisible(has_room or not is_chosen)

    def _say_behind(self) -> None:
        if self.matrix.cell is not None:
            self._behind.setText(self.matrix.words_of(self.matrix.cell))

    def _say_cell(self, cell: Cell | None) -> None:
        if self.matrix.scores is not None:
            hint = self.words("confusion.hint")
            self._readout.set_text(self.matrix.words_of(cell) if cell else hint)

    def _mark_sample(self) -> None:
        if self.isVisible():
            self.list.point_at(self.workspace.sample)
            self._scatter.ring(self.workspace.sample)
            self._mark_cell()

    def _mark_cell(self) -> None:
        """The cell of the selected sample, and in words what it is taken for."""
        found, sample = self._examiner.predictions, self.workspace.sample
        place = None
        if found is not None and found.has_classes and sample is not None:
            place = found.place_of(sample)
        if found is None or place is None:
            self.matrix.mark(None)
            if self._stack.currentWidget() is self._page:
                self._say_cell(None)
            return
        wanted, taken = int(found.wanted_classes[place]), int(found.found_classes[place])
        self.matrix.mark(None if taken == NO_CLASS else (wanted, taken))
        name = self.words("predictions.no_class") if taken == NO_CLASS else found.classes[taken]
        self._readout.set_text(
            self.words(
                "confusion.sample",
                n=int(found.rows[place]) + 1,
                wanted=found.classes[wanted],
                found=name,
            )
        )

    def _click(self, place: QPointF) -> None:
        sample = self._scatter.nearest(place)
        if sample is not None:
            self.workspace.select_sample(sample)

    # -- words and numbers -----------------------------------------------------------------------

    def say_words(self) -> None:
        """Words of the controls, the matrix and the list."""
        self._part_chooser.setToolTip(self.words("samples.part_tip"))
        self._part_chooser.setAccessibleName(self.words("samples.part"))
        self._output_chooser.setToolTip(self.words("confusion.output_tip"))
        self._output_chooser.setAccessibleName(self.words("confusion.output"))
        self.matrix.setAccessibleName(self.words(self.title_key))
        self.list.setAccessibleName(self.words("confusion.samples"))
        self.list.setToolTip(self.words("predictions.keys"))
        self._menu.say()
        self._close.setToolTip(self.words("confusion.close"))
        self._close.setAccessibleName(self.words("confusion.close"))

    def _dress(self) -> None:
        super()._dress()
        self.list.say()
        size = round(_ICON * self.preferences.zoom)
        self._close.setIcon(themed_icon("close", self.preferences.theme, size))
        self._close.setIconSize(QSize(size, size))

    def readout_at(self, x: float, y: float) -> str:
        """The sample at a place of the scatter plot, with what is wanted and predicted."""
        sample = self._scatter.nearest(QPointF(x, y))
        if sample is None:
            return self.words("plotting.hint")
        found = self._examiner.predictions
        assert found is not None
        place = found.place_of(sample)
        assert place is not None
        number = self.preferences.number
        return self.words(
            "confusion.readout",
            n=sample + 1,
            wanted=number(float(found.wanted[place, self._output])),
            predicted=number(float(found.predicted[place, self._output])),
        )

    def table(self) -> Table | None:
        """Row numbers with what is wanted and predicted of the output that is plotted."""
        found = self._examiner.predictions
        if found is None or found.has_classes or not self.has_figure:
            return None
        one = found.of_output(self._output)
        return Table(
            ("row",),
            ("wanted", "predicted"),
            (one.rows + 1).astype(np.float64)[:, np.newaxis],
            np.hstack([one.wanted, one.predicted]),
        )

    def picture(self) -> Picture | None:
        """The matrix or the scatter plot as it stands."""
        self.draw_if_stale()
        if self._stack.currentWidget() is self._page:
            return self._matrix_picture()
        return super().picture()

    def _matrix_picture(self) -> Picture:
        if not self.matrix.isVisible():
            self.matrix.resize(self.matrix.size().expandedTo(self.matrix.sizeHint()))
        caption = self._caption.document(self.matrix.width()).toPlainText()
        return self.matrix.picture(caption, suggested_path(self.workspace, self.title).name)

    @property
    def title(self) -> str:
        """The title of the panel, in words."""
        return self.words(self.title_key)
