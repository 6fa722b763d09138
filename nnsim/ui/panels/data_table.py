"""The samples: a truth table or data set that is edited in place, imported and exported."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QMenu,
    QPushButton,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import parse_number
from nnsim.data import Table, gate_table
from nnsim.data.editing import (
    pasted,
    renamed,
    with_columns,
    with_new_rows,
    without_column,
    without_rows,
)
from nnsim.document.edits import set_data
from nnsim.document.templates import GATES
from nnsim.ui.bridge.icons import themed_icon
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.data_table_files import TABLE_ENDINGS, ask_export
from nnsim.ui.panels.data_table_model import DataModel
from nnsim.ui.panels.data_table_view import DataView
from nnsim.ui.panels.flow_strip import FlowStrip

_ICON_SIZE = 20
#: What is wrong with the samples, as opposed to the diagram.
_DATA_PROBLEMS = ("check.no_samples", "check.input_sizes", "check.output_sizes")


class DataPanel(QWidget):
    """The samples of the document, the current one marked; every change can be undone."""

    title_key = "data_table.title"

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("data_panel")
        self.setAcceptDrops(True)
        self._workspace = workspace
        self._preferences = preferences
        self._actions: dict[str, QAction] = {}
        self._icons: dict[QAction | QToolButton, str] = {}
        self._refusals: tuple[Message, ...] = ()
        self._model = DataModel(preferences, self)
        self.view = DataView(self._model, preferences, self)
        self._bar = self._make_bar()
        self._flow = FlowStrip(preferences, self)
        self._flow.hide()
        self._banner = QFrame()
        self._banner.setObjectName("data_banner")
        self._problem = QLabel()
        self._problem.setObjectName("data_problem")
        self._problem.setWordWrap(True)
        self._fit = QPushButton()
        self._fit.setObjectName("data_fit")
        self._fit.clicked.connect(self._fit_columns)
        self._told = QLabel()
        self._told.setObjectName("data_message")
        self._told.setWordWrap(True)
        self._lay_out()
        self._connect()
        self._paint()
        self._say()

    # -- widgets ---------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        inside = QVBoxLayout(self._banner)
        inside.setContentsMargins(8, 4, 8, 4)
        inside.setSpacing(4)
        inside.addWidget(self._problem)
        inside.addWidget(self._fit, 0, Qt.AlignmentFlag.AlignRight)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._bar)
        layout.addWidget(self._flow)
        layout.addWidget(self._banner)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._told)

    def _make_bar(self) -> QToolBar:
        bar = QToolBar()
        bar.setObjectName("data_bar")
        for name, slot in (("row_add", self._add_row), ("row_remove", self._remove_rows)):
            bar.addAction(self._action(name, slot, icon=name))
        columns = QMenu(bar)
        for name, slot in (
            ("input_add", lambda: self._add_column(1, 0)),
            ("target_add", lambda: self._add_column(0, 1)),
            ("column_remove", self._remove_column),
            ("rename", self._rename_current),
            ("fit", self._fit_columns),
        ):
            columns.addAction(self._action(name, slot))
        self._add_menu(bar, "columns", columns)
        gates = QMenu(bar)
        for gate in GATES:
            gates.addAction(self._action(f"gate_{gate}", functools.partial(self._use_gate, gate)))
        self._add_menu(bar, "gate", gates)
        bar.addSeparator()
        bar.addAction(self._action("import", lambda: self.import_table(None), icon="table_import"))
        bar.addAction(self._action("export", self._export, icon="table_export"))
        for action in bar.actions():
            # Qt keeps the buttons of a tool bar out of the way of the Tab key.
            bar.widgetForAction(action).setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return bar

    def _action(self, name: str, slot: Callable[[], object], icon: str = "") -> QAction:
        action = QAction(self)
        action.setObjectName(f"data_{name}")
        action.triggered.connect(lambda checked=False: slot())
        self._actions[name] = action
        if icon:
            self._icons[action] = icon
        return action

    def _add_menu(self, bar: QToolBar, icon: str, menu: QMenu) -> None:
        button = QToolButton()
        button.setObjectName(f"data_{icon}_menu")
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._icons[button] = icon
        bar.addWidget(button)

    def _connect(self) -> None:
        workspace, preferences, view = self._workspace, self._preferences, self.view
        workspace.document_changed.connect(self._document_changed)
        workspace.project_changed.connect(self._tell)
        workspace.position_changed.connect(self._mark)
        workspace.selection_changed.connect(self._mark)
        workspace.sample_changed.connect(self._mark)
        preferences.language_changed.connect(self._say)
        preferences.theme_changed.connect(self._paint)
        preferences.zoom_changed.connect(self._paint)
        self._model.typed.connect(self._typed)
        view.problem_found.connect(lambda problem: self._tell(*filter(None, [problem])))
        view.pasted.connect(self._paste)
        view.removal_wanted.connect(self._remove_rows)
        view.insertion_wanted.connect(self._add_row)
        view.renamed.connect(self._rename)
        view.clicked.connect(lambda index: self._select(index.row(), index.column()))

    # -- showing ---------------------------------------------------------------------------------

    def offer_steps(self, go_to: Callable[[str], object]) -> None:
        """Show the way of the data, and go to a step by its name where one is pressed."""
        self._flow.step_wanted.connect(go_to)
        self._flow.show()
        self._refresh_flow()

    def _refresh_flow(self) -> None:
        if self._flow.isVisibleTo(self):
            self._flow.show_document(self._workspace.document)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._flow.fit(self.size())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def _document_changed(self) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        table = self._workspace.document.data
        if table is not self._model.table:
            self._model.show(table)
        self._mark()
        self._say_problem()
        self._refresh_flow()

    def _mark(self) -> None:
        if not self.isVisible():
            return
        before = self._model.current
        workspace = self._workspace
        changed = self._model.mark(workspace.frame, workspace.selection, workspace.sample)
        if not changed:
            return
        self.view.repaint_rows(changed)
        current = self._model.current
        if current is not None and current != before and not self.view.is_editing:
            # Scrolls only where the row is out of sight.
            self.view.scrollTo(self._model.index(current, self.view.left_column))

    def _select(self, row: int, column: int) -> None:
        quantity = self._model.quantity_at(self._workspace.frame, row, column)
        if quantity is not None:
            self._workspace.select(quantity)
        elif not self._model.is_new_row(row):
            self._workspace.select_sample(row)

    # -- edits -----------------------------------------------------------------------------------

    def _edit(self, change: Callable[[Table], Table], label: str, **params: object) -> bool:
        """Change the samples; a refusal is told below the table."""
        try:
            table = change(self._workspace.document.data)
        except NnsimError as error:
            self._tell(*error.messages)
            return False
        self._tell()
        said = self._preferences.say(f"data_table.undo.{label}", **params)
        return self._workspace.edit(lambda document: set_data(document, table), said)

    def _typed(self, row: int, column: int, text: str) -> None:
        value = parse_number(text)

        def change(table: Table) -> Table:
            if row >= len(table):
                table = with_new_rows(table, len(table))
            return table.with_cell(row, column, value)

        self._edit(change, "cell", row=row + 1, column=self._model.table.names[column])

    def _add_row(self) -> None:
        index = self.view.currentIndex()
        count = len(self._model.table)
        at = min(index.row() + 1, count) if index.isValid() else count
        if self._edit(lambda table: with_new_rows(table, at), "row_add"):
            self.view.go_to(at, max(index.column(), 0))

    def _remove_rows(self) -> None:
        rows = self.view.selected_rows()
        if not rows:
            self._tell(Message("data_table.no_row_selected"))
            return
        column = max(self.view.currentIndex().column(), 0)
        if self._edit(lambda table: without_rows(table, rows), "row_remove", n=len(rows)):
            self.view.go_to(min(rows[0], len(self._model.table)), column)

    def _paste(self, row: int, column: int, text: str) -> None:
        row = min(row, len(self._model.table))
        self._edit(lambda table: pasted(table, row, column, text), "paste")

    def _add_column(self, inputs: int, targets: int) -> None:
        table = self._model.table
        inputs, targets = len(table.input_names) + inputs, len(table.target_names) + targets
        self._edit(lambda table: with_columns(table, inputs, targets), "column_add")

    def _remove_column(self) -> None:
        index = self.view.currentIndex()
        if not index.isValid():
            self._tell(Message("data_table.no_column_selected"))
            return
        name = self._model.table.names[index.column()]
        column = index.column()
        self._edit(lambda table: without_column(table, column), "column_remove", name=name)

    def _rename_current(self) -> None:
        self.view.edit_heading(max(self.view.currentIndex().column(), 0))

    def _rename(self, column: int, name: str) -> None:
        self._edit(lambda table: renamed(table, column, name), "rename", name=name)

    def _fit_columns(self) -> None:
        document = self._workspace.document
        inputs = max(sum(node.units for node in document.inputs), 1)
        targets = max(sum(node.units for node in document.outputs), 1)
        self._edit(lambda table: with_columns(table, inputs, targets), "fit")

    def _use_gate(self, gate: str) -> None:
        name = self._preferences.say(f"data_table.gate.{gate}")
        self._edit(lambda table: gate_table(GATES[gate]), "gate", name=name)

    # -- files -----------------------------------------------------------------------------------

    def import_table(self, path: Path | None) -> None:
        """Put the samples of a table file in place of these, after a look at them."""
        # Spreadsheets and their dialog are read about when a person asks for one.
        from nnsim.ui.panels.importing import ask_import

        take_over = ask_import(self, self._preferences, self._workspace.document, path)
        if take_over is not None:
            self._tell()
            self._workspace.edit(take_over, self._preferences.say("data_table.undo.import"))

    def _export(self) -> None:
        try:
            path = ask_export(self, self._preferences, self._workspace.document)
        except NnsimError as error:
            self._tell(*error.messages)
            return
        if path is not None:
            self._tell(Message("data_table.exported", {"path": str(path)}))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_file(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped_file(event)
        if path is not None:
            event.acceptProposedAction()
            self.import_table(path)

    # -- words and colours -------------------------------------------------------------------------

    def _tell(self, *messages: Message) -> None:
        self._refusals = messages
        self._told.setText("\n".join(self._preferences.tell(message) for message in messages))
        self._told.setVisible(bool(messages))

    def _say_problem(self) -> None:
        say, session = self._preferences.say, self._workspace.session
        messages = [p.message for p in session.problems if p.message.code in _DATA_PROBLEMS]
        text = self._preferences.tell(messages[0]) if messages else ""
        if messages and messages[0].code == "check.no_samples":
            text = say("data_table.empty")
        can_fit = bool(messages) and messages[0].code != "check.no_samples"
        self._problem.setText(text)
        self._fit.setVisible(can_fit)
        self._banner.setVisible(bool(messages))
        self._actions["fit"].setEnabled(can_fit)

    def _say(self) -> None:
        say = self._preferences.say
        for name, action in self._actions.items():
            key = name.replace("gate_", "gate.")
            action.setText(say(f"data_table.{key}"))
            action.setToolTip(say(f"data_table.{key}"))
        for widget, name in self._icons.items():
            if isinstance(widget, QToolButton):
                widget.setToolTip(say(f"data_table.{name}_menu"))
                widget.setAccessibleName(say(f"data_table.{name}_menu"))
        self._fit.setText(say("data_table.fit_now"))
        self._fit.setToolTip(say("data_table.fit"))
        self.view.setAccessibleName(say("data_table.title"))
        self._bar.setWindowTitle(say("data_table.title"))
        self._tell(*self._refusals)
        self._say_problem()
        self._refresh_flow()
        self.view.say()

    def _paint(self) -> None:
        theme, zoom = self._preferences.theme, self._preferences.zoom
        size = round(_ICON_SIZE * zoom)
        self._bar.setIconSize(QSize(size, size))
        for target, name in self._icons.items():
            target.setIcon(themed_icon(name, theme, size))
        self._banner.setStyleSheet(
            f"#data_banner {{ background: {theme.mixed('warning', 0.14).name()};"
            f" border: 1px solid {theme.warning}; border-radius: 4px; }}"
        )
        self._told.setStyleSheet(f"color: {theme.text}; padding: 2px 6px;")
        self.view.say()


def _dropped_file(event: QDropEvent) -> Path | None:
    """The one table file that is being dropped."""
    urls = event.mimeData().urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return path if path.suffix.lower() in TABLE_ENDINGS else None
