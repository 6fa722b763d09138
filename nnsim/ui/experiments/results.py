"""What came of an experiment: the sentences, its charts, the table, and the file to take home."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from nnsim.core.files import replacing
from nnsim.core.messages import Message, NnsimError
from nnsim.export.experiments import REPORT_FORMATS, report_pieces, shown_table
from nnsim.session.experiments.request import Result
from nnsim.ui.bridge.file_dialogs import choose_to_save
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.exercise.browsing.simple_table import SimpleTable
from nnsim.ui.experiments.chart import Chart
from nnsim.ui.experiments.kfold_charts import FoldCurves, FoldParts, FoldScores
from nnsim.ui.experiments.landscape_chart import LandscapeChart
from nnsim.ui.experiments.race_chart import RaceCurves
from nnsim.ui.experiments.sweep_charts import CourseSweep, Fits, StatisticalParts

#: The charts of each kind of report, the first one first seen.
CHARTS: Mapping[str, tuple[type[Chart], ...]] = {
    "kfold": (FoldCurves, FoldParts, FoldScores),
    "bias_variance_course": (CourseSweep,),
    "bias_variance_statistical": (StatisticalParts, Fits),
    "race": (RaceCurves,),
    "landscape": (LandscapeChart,),
}
_ENDINGS = tuple(f".{each}" for each in ("csv", "jsonl", "md"))


class Results(QWidget):
    """Shows a result.

    ``refused(messages)`` and ``told(message)``: about files.
    """

    refused = Signal(object)
    told = Signal(object)

    def __init__(
        self,
        preferences: Preferences,
        suggest: Callable[[str], Path],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._suggest = suggest
        self.result: Result | None = None
        self._sentences = QLabel()
        self._sentences.setObjectName("experiment_sentences")
        self._sentences.setWordWrap(True)
        self._tabs = QTabWidget()
        self._tabs.setObjectName("experiment_tabs")
        self._tabs.setDocumentMode(True)
        self._export = QPushButton()
        self._export.setObjectName("experiment_export")
        self._export.setAutoDefault(False)
        self._export.clicked.connect(self.export)
        self._empty = QLabel()
        self._empty.setObjectName("experiment_empty")
        self._empty.setWordWrap(True)
        self._empty.setMargin(24)
        self._charts: dict[str, tuple[Chart, ...]] = {}
        self._shown: tuple[Chart, ...] = ()
        self._table: SimpleTable | None = None
        self._lay_out()
        preferences.language_changed.connect(self.say)
        self.say()

    def _lay_out(self) -> None:
        below = QHBoxLayout()
        below.addStretch(1)
        below.addWidget(self._export)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._sentences)
        column.addWidget(self._tabs, 1)
        column.addLayout(below)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(page)

    # -- showing ---------------------------------------------------------------------------------

    def show_result(self, result: Result) -> None:
        """Show another result in place of the former."""
        self.result = result
        kind = result.report.kind
        if kind not in self._charts:
            self._charts[kind] = tuple(
                make(self._preferences, self._suggest) for make in CHARTS[kind]
            )
            for chart in self._charts[kind]:
                chart.figure.refused.connect(self.refused)
                chart.figure.saved.connect(self.told)
        former = self._tabs.currentIndex() if self._shown == self._charts[kind] else 0
        self._shown = self._charts[kind]
        for chart in self._shown:
            chart.show_result(result)
        self._fill_tabs(max(former, 0))
        self._say_sentences()
        self._stack.setCurrentIndex(1)

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The charts that are shown."""
        return self._shown

    @property
    def table(self) -> SimpleTable | None:
        """The table that is shown."""
        return self._table

    def _fill_tabs(self, current: int) -> None:
        assert self.result is not None
        while self._tabs.count():
            self._tabs.removeTab(0)
        for chart in self._shown:
            self._tabs.addTab(chart, chart.title)
        headings, rows = shown_table(self.result.report, self._preferences.locale)
        if self._table is not None:
            self._table.deleteLater()
        self._table = SimpleTable(
            "experiment_table", headings, len(headings) - 1, self._preferences
        )
        self._table.show_rows(rows)
        self._tabs.addTab(self._table, self._preferences.say("experiments.table"))
        self._tabs.setCurrentIndex(current)

    def say(self) -> None:
        """Say everything again in the person's language."""
        say = self._preferences.say
        self._empty.setText(say("experiments.empty"))
        self._export.setText(say("experiments.export"))
        self._export.setToolTip(say("experiments.export_tip"))
        if self.result is not None:
            self._fill_tabs(max(self._tabs.currentIndex(), 0))
            self._say_sentences()

    def _say_sentences(self) -> None:
        assert self.result is not None
        told = [self._preferences.tell(each) for each in self.result.report.sentences]
        self._sentences.setText("\n".join(told))

    # -- taking it home --------------------------------------------------------------------------

    def export(self) -> None:
        """Ask for a file and write the report, as its ending says."""
        if self.result is None:
            return
        title = str(self._preferences.say(f"experiment.title.{self.result.report.kind}"))
        suggestion = self._suggest(title)
        suggestion = suggestion.with_name(suggestion.name + _ENDINGS[0])
        path = choose_to_save(
            self, self._preferences, suggestion, "experiments.report_file", _ENDINGS
        )
        if path is not None:
            self.write(path)

    def write(self, path: Path) -> None:
        """Write the report as CSV, JSON Lines or Markdown, by the ending of the file."""
        assert self.result is not None
        ending = path.suffix.lower().removeprefix(".")
        format = next(each for each in REPORT_FORMATS if each == ending)
        report, run = self.result
        try:
            with (
                replacing(path) as temporary,
                temporary.open("w", encoding="utf-8", newline="\n") as file,
            ):
                file.writelines(report_pieces(report, run, format, self._preferences.locale))
        except NnsimError as error:
            self.refused.emit(error.messages)
        else:
            self.told.emit(Message("projects.saved", {"path": str(path)}))
