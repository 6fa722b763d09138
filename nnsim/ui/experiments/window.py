"""The window of the experiments: the form on the left, progress below it, results on the right."""

from __future__ import annotations

import itertools
import math
import re
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, QStandardPaths, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from nnsim.core.messages import Message, NnsimError
from nnsim.document.naming import parameter_name
from nnsim.session.experiments.landscape import (
    Terrain,
    Weight,
    landscape,
    most_moved,
    survey,
    weights_of,
)
from nnsim.session.experiments.request import Result, perform
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.experiments.form import LANDSCAPE, Form
from nnsim.ui.experiments.job import Job
from nnsim.ui.experiments.landscape_chart import LandscapeChart
from nnsim.ui.experiments.results import Results
from nnsim.ui.shell.message_bar import MessageBar

_SIZE = QSize(1180, 760)
_SHARE_OF_SCREEN = 0.94
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]+')
_TICK_MILLISECONDS = 500
_MOST_WEIGHTS = 2000


class ExperimentsWindow(QDialog):
    """Asks, runs, shows.  Closing it gives up what runs and keeps what was found."""

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("experiments_window")
        self.setWindowFlags(
            Qt.WindowType.Window
            | Qt.WindowType.WindowMinMaxButtonsHint
            | Qt.WindowType.WindowCloseButtonHint
        )
        self._workspace = workspace
        self._preferences = preferences
        self._job: Job | None = None
        self._done = self._total = 0
        self._weights: dict[str, Weight] = {}
        self._terrain: Terrain | None = None
        self.form = Form(preferences)
        self.results = Results(preferences, self._suggested)
        self.messages = MessageBar(preferences)
        self._button = QPushButton()
        self._button.setObjectName("experiment_run")
        self._button.setDefault(True)
        self._bar = QProgressBar()
        self._bar.setObjectName("experiment_progress")
        self._bar.setTextVisible(False)
        self._told = QLabel()
        self._told.setObjectName("experiment_told")
        self._told.setWordWrap(True)
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MILLISECONDS)
        self._lay_out()
        self._button.clicked.connect(self._toggle)
        self._clock.timeout.connect(self._say_progress)
        self.messages.node_chosen.connect(lambda node: workspace.select_nodes((node,)))
        self.results.refused.connect(self.messages.tell)
        self.results.told.connect(lambda message: self.messages.tell((message,), "done"))
        self.form.changed.connect(self.messages.clear)
        self.form.changed.connect(lambda: QTimer.singleShot(0, self._make_more_room))
        self.form.kind_choice.currentIndexChanged.connect(self._offer_weights)
        workspace.document_changed.connect(self._document_changed)
        preferences.language_changed.connect(self.say)
        self.say()
        room = self.screen().availableGeometry().size() * _SHARE_OF_SCREEN
        self.resize((_SIZE * preferences.zoom).boundedTo(room))

    def _lay_out(self) -> None:
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.form)
        use_flat_bars(scroll, self._preferences)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll, 1)
        column.addWidget(self._told)
        row = QHBoxLayout()
        row.addWidget(self._bar, 1)
        row.addWidget(self._button)
        column.addLayout(row)
        self._splitter = QSplitter()
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(left)
        self._splitter.addWidget(self.results)
        self._splitter.setStretchFactor(0, 0)
        self._splitter.setStretchFactor(1, 1)
        self._scroll = scroll
        layout = QVBoxLayout(self)
        layout.addWidget(self.messages)
        layout.addWidget(self._splitter, 1)

    # -- words -----------------------------------------------------------------------------------

    def say(self) -> None:
        """Say everything again in the person's language."""
        self.setWindowTitle(self._preferences.say("experiments.title"))
        self._say_state()
        # When all labels have their words and letters.
        QTimer.singleShot(0, self._make_room)

    def _make_room(self) -> None:
        """The form is never cut off at its side."""
        self._scroll.setMinimumWidth(self._wanted_width())

    def _make_more_room(self) -> None:
        """Other rows may be wider; for narrower ones nothing moves to and fro."""
        self._scroll.setMinimumWidth(max(self._scroll.minimumWidth(), self._wanted_width()))

    def _wanted_width(self) -> int:
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        return self.form.minimumSizeHint().width() + bar

    def changeEvent(self, event: QEvent) -> None:
        """The presentation zoom changes the font of the application."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            QTimer.singleShot(0, self._make_room)

    def _say_state(self) -> None:
        is_running = self._job is not None
        self._button.setText(
            self._preferences.say("experiments.cancel" if is_running else "experiments.run")
        )
        self._bar.setVisible(is_running)
        self._told.setVisible(is_running)
        self._say_progress()

    def _say_progress(self) -> None:
        if self._job is None:
            return
        say = self._preferences.say
        if not self._total:
            self._told.setText(say("experiments.preparing"))
            return
        left = self._job.left
        told: str = say("experiments.progress", done=self._done, total=self._total)
        if left is not None and self._done < self._total:
            told += " " + say("experiments.left", time=shown_time(left))
        self._told.setText(told)

    # -- running ---------------------------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        """Whether an experiment is under way."""
        return self._job is not None

    def showEvent(self, event: QShowEvent) -> None:
        """The project may be another than when the window was last seen."""
        super().showEvent(event)
        self._see_project()

    def _document_changed(self, *_: object) -> None:
        if self.isVisible():
            self._see_project()

    def _see_project(self) -> None:
        if not self.is_running:
            session = self._workspace.session
            self.form.see_project(session.document, session.is_ready)
            self._offer_weights()

    def _toggle(self) -> None:
        if self.is_running:
            self.give_up()
        else:
            self.run()

    def run(self) -> None:
        """Begin what the form asks for; what it cannot be is told above."""
        self.messages.clear()
        document = self._workspace.document
        path = self._workspace.path
        name = (
            str(path)
            if path
            else document.title or str(self._preferences.say("experiments.project"))
        )
        try:
            processes = self.form.processes
            if self.form.kind == LANDSCAPE:
                self._terrain = self._surveyed()
                self._start(Job(landscape, self._terrain, processes, self))
            else:
                request = self.form.request(document, name)
                self._start(Job(perform, request, processes, self))
        except NnsimError as error:
            self.messages.tell(error.messages)

    # -- the landscape ---------------------------------------------------------------------------

    def _offer_weights(self) -> None:
        """The weights of the open project; at first the two that moved most."""
        if self.form.kind != LANDSCAPE or self.is_running:
            return
        session = self._workspace.session
        document = session.document
        weights = list(itertools.islice(weights_of(document), _MOST_WEIGHTS))
        moved = most_moved(session) if session.is_ready else None
        # Of a large diagram not all can be listed, but those that moved most always are.
        weights = list(dict.fromkeys([*weights, *(moved or ())]))
        names = {str(each): parameter_name(document, each.name, each.place) for each in weights}
        self._weights = {str(each): each for each in weights}
        chosen = moved or tuple(weights[:2])
        self.form.offer_weights(names, [str(each) for each in chosen])

    def _surveyed(self) -> Terrain:
        first, second, reach, side = self.form.terrain
        if not {first, second} <= set(self._weights):
            raise NnsimError.of("experiment.no_weights")
        pair = (self._weights[first], self._weights[second])
        return survey(self._workspace.session, *pair, reach, side)

    def _start(self, job: Job) -> None:
        self._job, self._done, self._total = job, 0, 0
        job.progressed.connect(self._progressed)
        job.found.connect(self._found)
        job.refused.connect(self._refused)
        self._bar.setRange(0, 0)
        self._clock.start()
        self.form.setEnabled(False)
        self._say_state()

    def _progressed(self, done: int, total: int) -> None:
        self._done, self._total = done, total
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._say_progress()

    def _found(self, result: Result) -> None:
        self._ended()
        self.results.show_result(result)
        for chart in self.results.charts:
            if isinstance(chart, LandscapeChart):
                chart.terrain = self._terrain

    def _refused(self, messages: tuple[Message, ...]) -> None:
        self._ended()
        self.messages.tell(messages)

    def _ended(self) -> None:
        self._job = None
        self._clock.stop()
        self.form.setEnabled(True)
        self._say_state()

    def give_up(self) -> None:
        """End what runs at once."""
        if self._job is not None:
            self._job.give_up()
            self._ended()
            self.messages.tell((Message("experiments.given_up"),), "info")

    # -- events ----------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        """Whatever runs is given up."""
        self.give_up()
        super().closeEvent(event)

    def reject(self) -> None:
        """Escape gives up what runs, and else closes."""
        if self.is_running:
            self.give_up()
        else:
            super().reject()

    def _suggested(self, title: str) -> Path:
        """Where to save something of this title: beside the project."""
        document, path = self._workspace.document, self._workspace.path
        name = _NOT_IN_NAMES.sub(" ", f"{document.title} {title}").strip()
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        folder = path.parent if path else Path(QStandardPaths.writableLocation(documents))
        return folder / name


def shown_time(seconds: float) -> str:
    """Minutes and seconds, rounded up: nobody minds when it is done sooner."""
    whole = max(math.ceil(seconds), 1)
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
