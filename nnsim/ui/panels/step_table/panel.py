"""The step table: every computed iteration as rows, before, change and after."""

from __future__ import annotations

import time

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnsim.core.messages import Message
from nnsim.document.model import Document
from nnsim.document.naming import is_single_neuron
from nnsim.engine.record import Quantity
from nnsim.session import Session
from nnsim.session.versions import valid_iterations
from nnsim.ui.bridge.icons import themed_icon
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.step_table.chooser import Choice, ColumnMenu, load_choice, save_choice
from nnsim.ui.panels.step_table.copying import Copying
from nnsim.ui.panels.step_table.model import StepTableModel
from nnsim.ui.panels.step_table.outcome import OutcomeBar, endless_iterations, outcome_of
from nnsim.ui.panels.step_table.view import StepTableView

_ICON_SIZE = 18
# How long "go to iteration" may compute ahead before it asks to run instead.
_AHEAD_SECONDS = 0.2
# While a run leaps so many iterations at a time, the table follows so often.
_FAR, _RUSH_SECONDS = 20, 0.2
# A run tells of its progress more often than this: when it has ended the table follows at once.
_QUIET_MS = 60


class StepTablePanel(QWidget):
    """The trace as a table; a click on a number goes there and selects it in every view."""

    title_key = "step_table.title"

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("step_table_panel")
        self._workspace = workspace
        self._preferences = preferences
        self._choice = Choice()
        self._told: Message | None = None
        self._valid: int | None = 0
        self._session: Session | None = None
        self._shown, self._leapt_at = 1, 0.0
        self._catch_up = QTimer(self)
        self._catch_up.setObjectName("step_table_catch_up")
        self._catch_up.setSingleShot(True)
        self._catch_up.setInterval(_QUIET_MS)
        self._catch_up.timeout.connect(self._come_to_rest)
        self._model = StepTableModel(workspace, preferences, self)
        self._view = StepTableView(self._model, preferences, self)
        self._copying = Copying(self._model, preferences, self)
        self._style = QToolButton()
        self._style.setObjectName("step_table_style")
        self._style.setCheckable(True)
        self._style.clicked.connect(self._toggle_style)
        self._menu = ColumnMenu(preferences, self)
        self._menu.chosen.connect(self._choose_columns)
        self._columns = QToolButton()
        self._columns.setObjectName("step_table_columns_button")
        self._columns.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._columns.setMenu(self._menu)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._goto = QLineEdit()
        self._goto.setObjectName("step_table_goto")
        self._goto.setMaxLength(9)
        self._goto.returnPressed.connect(self._go)
        self._goto_label = QLabel()
        self._goto_label.setBuddy(self._goto)
        self._message = QLabel()
        self._message.setObjectName("step_table_message")
        self._message.setWordWrap(True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setContentsMargins(24, 12, 24, 12)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._message)
        self._stack.addWidget(self._view)
        self._outcome = OutcomeBar(preferences)
        self._outcome.chosen.connect(workspace.go_to)
        self._lay_out()
        self._connect()
        self._paint()
        self._say()

    # -- widgets ---------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._bar = QWidget()
        # Where there is no room for their words the buttons keep their drawings.
        self._bar.setMinimumWidth(1)
        bar = QHBoxLayout(self._bar)
        bar.setContentsMargins(2, 2, 2, 2)
        bar.setSpacing(6)
        bar.addWidget(self._style)
        bar.addWidget(self._columns)
        bar.addStretch(1)
        bar.addWidget(self._goto_label)
        bar.addWidget(self._goto)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._bar)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self._outcome)

    def _connect(self) -> None:
        workspace, preferences, view = self._workspace, self._preferences, self._view
        workspace.document_changed.connect(self._document_changed)
        workspace.position_changed.connect(self._forget_told)
        workspace.position_changed.connect(self._follow)
        workspace.computed_changed.connect(self._say_outcome)
        workspace.selection_changed.connect(self._selected)
        preferences.language_changed.connect(self._say)
        preferences.theme_changed.connect(self._paint)
        preferences.zoom_changed.connect(self._paint)
        view.chosen.connect(self._show)
        view.copy_wanted.connect(self.copy)
        view.is_narrow.connect(lambda: workspace.turns.ask(view.make_room))
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._open_menu)
        self._copying.progressed.connect(
            lambda done, total: self._tell("copying", n=done, total=total)
        )
        self._copying.finished.connect(lambda count: self._tell("copied", n=count))
        go = QShortcut(QKeySequence("Ctrl+G"), self)
        go.activated.connect(self.ask_iteration)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_bar()

    def _fit_bar(self) -> None:
        """Words beside the drawings of the tool bar where there is room for them."""
        styles = Qt.ToolButtonStyle
        for style in (styles.ToolButtonTextBesideIcon, styles.ToolButtonIconOnly):
            has_words = style is styles.ToolButtonTextBesideIcon
            for button in (self._style, self._columns):
                button.setToolButtonStyle(style)
            self._goto_label.setVisible(has_words)
            layout = self._bar.layout()
            assert layout is not None
            if layout.sizeHint().width() <= self.width():
                return

    # -- following the workspace -----------------------------------------------------------------

    def _document_changed(self, before: Document, after: Document) -> None:
        valid = valid_iterations(before, after)
        if self._valid is None or (valid is not None and valid < self._valid):
            self._valid = valid
        self._told = None
        self._copying.stop()
        if self.isVisible():
            self._take_document()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._take_document()
        self._moved()

    def _take_document(self) -> None:
        """Make the rows and columns of the document; what did not change stays as it is."""
        session = self._workspace.session
        # Another project starts anew, even with an equal document.
        if session is not self._session:
            self._model.drop_extra()
            self._goto.clear()
        self._model.forget(self._valid if session is self._session else 0)
        self._valid, self._session = None, session
        if session.is_ready:
            self._choice = load_choice(self._preferences.settings, session.document)
            self._make_columns()
        else:
            self._model.set_columns((), False)
        self._say_state()

    def _make_columns(self) -> None:
        session = self._workspace.session
        spec = session.spec_at(session.position.iteration)
        style = self._choice.style(spec)
        self._view.is_exact = spec.arithmetic == "exact"
        self._model.set_columns(self._choice.columns(session.document, spec), style == "numbers")
        self._style.setVisible(is_single_neuron(spec))
        self._style.setChecked(style == "course")
        self._fit_bar()

    def _follow(self) -> None:
        self._workspace.turns.follow(self._moved)

    def _moved(self) -> None:
        if not self.isVisible() or not self._workspace.session.is_ready or self._is_rushing():
            return
        self._model.sync()
        self._view.fit_rows()
        self._say_outcome()
        self._view.mark(self._workspace.session.position.iteration, self._marked_rows())
        self._view.follow()
        self._view.fetch()

    def _forget_told(self) -> None:
        self._told = None

    def _is_rushing(self) -> bool:
        """Whether a run goes past faster than rows can be read: then now and then is enough."""
        iteration, now = self._workspace.session.position.iteration, time.perf_counter()
        if abs(iteration - self._shown) > _FAR:
            if now - self._leapt_at < _RUSH_SECONDS:
                self._catch_up.start()
                return True
            self._leapt_at = now
        self._catch_up.stop()
        self._shown = iteration
        return False

    def _come_to_rest(self) -> None:
        self._workspace.turns.follow(self._catch_up_now)

    def _catch_up_now(self) -> None:
        # However long ago the last leap was shown: a timer may be early.
        self._leapt_at = 0.0
        self._moved()

    def _selected(self) -> None:
        frame = self._workspace.frame
        if self.isVisible() and frame is not None:
            self._view.mark(self._workspace.session.position.iteration, self._marked_rows())
            self._view.follow_selection(frame.last)

    # -- what a person does ------------------------------------------------------------------------

    def _show(self, iteration: int, quantity: Quantity | None) -> None:
        if quantity is None:
            self._workspace.go_to(iteration)
        else:
            self._workspace.show(quantity, iteration)

    def ask_iteration(self) -> None:
        """Let a person type which iteration to go to."""
        self._goto.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._goto.selectAll()

    def _go(self) -> None:
        session, text = self._workspace.session, self._goto.text().strip()
        if not session.is_ready:
            return
        if not text.isdecimal() or int(text) < 1:
            self._tell("goto_number", text=text)
            return
        target = int(text)
        # A few iterations more are computed at once; many are for a run, which can be stopped.
        end = time.perf_counter() + _AHEAD_SECONDS
        while session.computed < target and time.perf_counter() < end:
            session.compute()
        if session.computed < target:
            self._workspace.computed()
            self._tell("goto_far", iteration=target, n=session.computed)
            return
        self._workspace.go_to(target)
        self._view.setFocus()

    def copy(self) -> None:
        """Put the selected rows on the clipboard; the current one where none is selected."""
        rows = self._view.selected_rows()
        current = self._model.current_row
        if not rows and current is not None:
            rows = [current]
        self._copying.start(self._workspace.session, rows)

    def _open_menu(self, where: object) -> None:
        menu = QMenu(self)
        menu.setObjectName("step_table_context")
        for name, slot in (("copy", self.copy), ("select_all", self._view.selectAll)):
            action = QAction(self._preferences.say(f"step_table.{name}"), menu)
            action.setObjectName(f"step_table_{name}")
            action.triggered.connect(lambda checked=False, slot=slot: slot())
            menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._view.viewport().mapToGlobal(where))  # type: ignore[call-overload]

    # -- columns ---------------------------------------------------------------------------------

    def _fill_menu(self) -> None:
        session = self._workspace.session
        if session.is_ready:
            spec = session.spec_at(session.position.iteration)
            self._menu.fill(session.document, spec, self._choice)

    def _choose_columns(self, groups: object, hidden: frozenset[str]) -> None:
        is_course = self._choice.is_course and self._is_single()
        chosen = groups if isinstance(groups, frozenset) else None
        self._choice = Choice(
            self._choice.is_course,
            chosen if is_course else self._choice.course,
            self._choice.numbers if is_course else chosen,
            hidden,
        )
        self._keep_choice()
        if chosen is None:
            self._fill_menu()

    def _toggle_style(self, checked: bool) -> None:
        choice = self._choice
        self._choice = Choice(checked, choice.course, choice.numbers, choice.hidden)
        self._keep_choice()

    def _keep_choice(self) -> None:
        save_choice(self._preferences.settings, self._workspace.document, self._choice)
        self._make_columns()
        self._moved()

    def _is_single(self) -> bool:
        session = self._workspace.session
        return is_single_neuron(session.spec_at(session.position.iteration))

    # -- words and colours -------------------------------------------------------------------------

    def _tell(self, word: str, **params: object) -> None:
        self._told = Message(f"step_table.{word}", params)
        self._say_outcome()

    def _say_state(self) -> None:
        """The table, or why there is none."""
        session = self._workspace.session
        errors = [p.message for p in session.problems if p.severity == "error"]
        self._stack.setCurrentIndex(1 if session.is_ready else 0)
        self._columns.setEnabled(session.is_ready)
        self._goto.setEnabled(session.is_ready)
        if errors:
            self._style.setVisible(False)
            said = self._preferences.tell(errors[0])
            self._message.setText(f"{self._preferences.say('step_table.cannot_run')}\n\n{said}")
        self._say_outcome()

    def _say_outcome(self) -> None:
        """The sentence below the table: what the run has come to, or what to do."""
        if not self.isVisible():
            return
        if self._told is not None:
            self._outcome.tell(self._told, "border", ())
        else:
            self._outcome.tell(*outcome_of(self._workspace.session, self._model.reached))

    def _marked_rows(self) -> list[int]:
        """The rows that a sentence about an endless run speaks of."""
        iterations = endless_iterations(self._workspace.session, self._model.reached)
        rows = [self._model.rows_of(iteration) for iteration in iterations]
        return [row for found in rows for row in found[-1:]]

    def _say(self) -> None:
        say = self._preferences.say
        self._style.setText(say("step_table.course"))
        self._style.setToolTip(say("step_table.course_tip"))
        self._columns.setText(say("step_table.columns"))
        self._columns.setToolTip(say("step_table.columns_tip"))
        self._columns.setAccessibleName(say("step_table.columns"))
        self._goto_label.setText(say("step_table.goto"))
        self._goto.setToolTip(say("step_table.goto_tip"))
        self._goto.setAccessibleName(say("step_table.goto_tip"))
        self._style.setAccessibleName(say("step_table.course"))
        self._view.setAccessibleName(say("step_table.title"))
        self._view.say()
        self._fit_bar()
        self._say_state()

    def _paint(self) -> None:
        theme, zoom = self._preferences.theme, self._preferences.zoom
        size = round(_ICON_SIZE * zoom)
        self._columns.setIcon(themed_icon("columns", theme, size))
        self._style.setIcon(themed_icon("course_table", theme, size))
        for button in (self._columns, self._style):
            button.setIconSize(QSize(size, size))
            button.setAutoRaise(True)
        self._message.setStyleSheet(f"color: {theme.muted}; background: {theme.surface};")
        self._goto.setFixedWidth(self.fontMetrics().averageCharWidth() * 9)
        self._view.say()
        self._fit_bar()
        self._say_outcome()
