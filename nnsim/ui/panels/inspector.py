"""The inspector: everything about what is chosen in the diagram, or about the document."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from nnsim.document.edits import draw_weights, set_parameters
from nnsim.document.model import Connection, Document, Node
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.inspector_document import DocumentForm
from nnsim.ui.panels.inspector_nodes import NodeForm
from nnsim.ui.panels.inspector_table import ParameterTable
from nnsim.ui.panels.settings_fields import Field, whole_reader, write_plain

_LARGEST_SEED = 2**63 - 1


class InspectorPanel(QWidget):
    """Follows the chosen nodes and connections."""

    title_key: ClassVar[str] = "inspector.title"

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("inspector_panel")
        self._workspace = workspace
        self._preferences = preferences
        self._nodes: list[Node] = []
        self._connections: list[Connection] = []
        self._document_form = DocumentForm(workspace, preferences)
        self._heading = QLabel()
        self._heading.setObjectName("inspector_heading")
        self._about = QLabel()
        self._about.setObjectName("inspector_about")
        self._about.setWordWrap(True)
        self._form = NodeForm(workspace, preferences)
        self._table_title = QLabel()
        self._table = ParameterTable(workspace, preferences)
        self._table.parameters.typed.connect(self._typed)
        self._seed = Field(preferences, whole_reader(0, _LARGEST_SEED), write_plain)
        self._seed.setObjectName("inspector_seed")
        self._seed.set_value(1)
        self._seed.edited.connect(self._seed.set_value)
        self._seed_label = QLabel()
        self._seed_label.setBuddy(self._seed.line)
        self._draw = QPushButton()
        self._draw.setObjectName("inspector_draw")
        self._draw.clicked.connect(self._draw_weights)
        self._build()
        workspace.nodes_changed.connect(self.refresh)
        workspace.document_changed.connect(self.refresh)
        workspace.position_changed.connect(self._moved)
        workspace.selection_changed.connect(self._mark)
        preferences.language_changed.connect(self._say)
        preferences.theme_changed.connect(self._paint)
        preferences.zoom_changed.connect(self._paint)
        self._say()
        self._paint()

    def _build(self) -> None:
        chosen = QWidget()
        column = QVBoxLayout(chosen)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._heading)
        column.addWidget(self._about)
        column.addWidget(self._form)
        column.addSpacing(6)
        column.addWidget(self._table_title)
        column.addWidget(self._table, 1)
        # Without parameters there is no table, and what stands above it stays above.
        self._rest = QWidget()
        column.addWidget(self._rest, 1)
        self._pages = QStackedLayout()
        self._pages.addWidget(self._document_form)
        self._pages.addWidget(chosen)
        self._drawing = QWidget()
        row = QHBoxLayout(self._drawing)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._draw, 2)
        row.addWidget(self._seed_label)
        row.addWidget(self._seed, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        layout.addLayout(self._pages, 1)
        layout.addWidget(self._drawing)

    # -- what is chosen --------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show what is chosen, as it is now."""
        if not self.isVisible():
            return
        document = self._workspace.document
        chosen = self._workspace.nodes
        self._nodes = [node for node in document.nodes if node.id in chosen]
        self._connections = [c for c in document.connections if c.id in chosen]
        has_chosen = bool(self._nodes or self._connections)
        self._pages.setCurrentIndex(1 if has_chosen else 0)
        if has_chosen:
            self._show_chosen(document)
        else:
            self._document_form.refresh()
        self._drawing.setVisible(bool(self._drawn()))

    def _show_chosen(self, document: Document) -> None:
        self._form.setVisible(bool(self._nodes))
        if self._nodes:
            self._form.show_nodes(self._nodes)
            self._form.say()
        self._heading.setText(self._heading_words(document))
        about = self._about_words(document)
        self._about.setText(about)
        self._about.setVisible(bool(about))
        self._table.show_parameters(
            [node.id for node in self._nodes] + [c.id for c in self._connections]
        )
        has_parameters = self._table.parameters.rowCount() > 0
        self._table.setVisible(has_parameters)
        self._table_title.setVisible(has_parameters)
        self._rest.setVisible(not has_parameters)
        self._mark()

    def _heading_words(self, document: Document) -> str:
        say = self._preferences.say
        nodes, connections = self._nodes, self._connections
        if len(nodes) == 1 and not connections:
            return nodes[0].name
        if len(connections) == 1 and not nodes:
            (connection,) = connections
            names = (document.node(id_).name for id_ in (connection.source, connection.target))
            return " → ".join(names)
        parts: list[str] = []
        if nodes:
            parts.append(say("inspector.nodes", n=len(nodes)))
        if connections:
            parts.append(say("inspector.connections", n=len(connections)))
        return ", ".join(parts)

    def _about_words(self, document: Document) -> str:
        say = self._preferences.say
        lines: list[str] = []
        if len(self._nodes) == 1:
            (node,) = self._nodes
            kind = "input" if node.is_input else "neuron" if node.units == 1 else "layer"
            kind = "recurrent" if node.is_recurrent else "sequence" if node.steps > 1 else kind
            lines.append(say(f"inspector.about.{kind}"))
        elif not self._nodes and len(self._connections) == 1:
            rows, columns = self._connections[0].weights.shape
            lines.append(say("inspector.about.connection", rows=rows, columns=columns))
        chosen = {node.id for node in self._nodes}
        lines += [
            self._preferences.tell(problem.message)
            for problem in self._workspace.session.problems
            if problem.message.node in chosen
        ]
        return "\n".join(lines)

    def _moved(self) -> None:
        if self.isVisible() and self._pages.currentIndex() == 1:
            self._table.parameters.move()

    def _mark(self) -> None:
        if self.isVisible() and self._pages.currentIndex() == 1:
            self._table.mark(self._workspace.selection)

    # -- changing --------------------------------------------------------------------------------

    def _typed(self, rows: frozenset[int], column: int, value: float) -> None:
        is_start = self._table.parameters.is_start(column)
        iteration = 0 if is_start else self._workspace.session.completed
        places: dict[str, list[tuple[int, ...]]] = {}
        for row in sorted(rows):
            name, index = self._table.parameters.place(row)
            places.setdefault(name, []).append(index)

        def edit(document: Document) -> Document:
            for name, indices in places.items():
                document = set_parameters(document, name, indices, value, iteration)
            return document

        label = "start_value" if iteration == 0 else "value"
        self._workspace.edit(edit, self._preferences.say(f"inspector.{label}"))

    def _drawn(self) -> list[str]:
        """Connections that new weights would be drawn for."""
        document = self._workspace.document
        if not self._nodes and not self._connections:
            return [connection.id for connection in document.connections]
        nodes = {node.id for node in self._nodes}
        chosen = {connection.id for connection in self._connections}
        return [c.id for c in document.connections if c.target in nodes or c.id in chosen]

    def _draw_weights(self) -> None:
        connections, seed = self._drawn(), int(self._seed.value)
        label = self._preferences.say("inspector.draw_undo", seed=seed)
        if self._workspace.edit(lambda d: draw_weights(d, connections, seed), label):
            # The next draw is another one.
            self._seed.set_value(min(seed + 1, _LARGEST_SEED))

    # -- words and colours -----------------------------------------------------------------------

    def _say(self) -> None:
        say = self._preferences.say
        self._document_form.say()
        self._form.say()
        self._table.say()
        self._table_title.setText(say("inspector.parameters"))
        self._seed_label.setText(say("inspector.seed"))
        self._seed.line.setAccessibleName(say("inspector.seed"))
        self._draw.setText(say("inspector.draw"))
        self._draw.setToolTip(say("inspector.draw_tip"))
        self.refresh()

    def _paint(self) -> None:
        palette = self._about.palette()
        palette.setColor(self._about.foregroundRole(), self._preferences.theme.color("muted"))
        self._about.setPalette(palette)
        font = self.font()
        font.setBold(True)
        self._table_title.setFont(font)
        font.setPointSizeF(font.pointSizeF() * 1.2)
        self._heading.setFont(font)
        self.refresh()
