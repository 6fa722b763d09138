"""What there is to say about the document as a whole: title, counts, problems, notes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from nnsim.core.messages import Message, NnsimError
from nnsim.document.checks import Problem
from nnsim.document.edits import set_texts
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.settings_fields import Field, write_plain

_MAX_TITLE = 200
_MAX_NOTES = 100_000


def _read_title(text: str) -> str:
    title = " ".join(text.split())
    if len(title) > _MAX_TITLE:
        raise NnsimError.of("inspector.long_title", n=_MAX_TITLE)
    return title


class DocumentForm(QWidget):
    """Shown where nothing is chosen."""

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._preferences = preferences
        self._problems: tuple[Problem, ...] = ()
        self._labels = {name: QLabel() for name in ("title_field", "problems", "notes")}
        self._title = Field(preferences, _read_title, write_plain)
        self._title.setObjectName("inspector_title")
        self._title.edited.connect(self._set_title)
        self._counts = QLabel()
        self._counts.setObjectName("inspector_counts")
        self._counts.setWordWrap(True)
        self._list = QListWidget()
        self._list.setObjectName("inspector_problems")
        self._list.setWordWrap(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemClicked.connect(self._go)
        self._list.itemActivated.connect(self._go)
        self._notes = QPlainTextEdit()
        self._notes.setObjectName("inspector_notes")
        self._notes.setTabChangesFocus(True)
        self._notes.installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._labels["title_field"])
        layout.addWidget(self._title)
        layout.addSpacing(6)
        layout.addWidget(self._counts)
        layout.addSpacing(6)
        layout.addWidget(self._labels["problems"])
        layout.addWidget(self._list, 2)
        layout.addSpacing(6)
        layout.addWidget(self._labels["notes"])
        layout.addWidget(self._notes, 1)
        self.say()

    def refresh(self) -> None:
        """Show the document as it is now."""
        document = self._workspace.document
        self._title.set_value(document.title)
        if self._notes.toPlainText() != document.notes and not self._notes.hasFocus():
            self._notes.setPlainText(document.notes)
        self._count()
        self._show_problems()

    def _count(self) -> None:
        document = self._workspace.document
        say = self._preferences.say
        dense = [node for node in document.nodes if not node.is_input]
        inputs = sum(node.units for node in document.inputs)
        neurons = sum(node.units for node in dense)
        weights = sum(connection.weights.size for connection in document.connections)
        biases = sum(node.bias.size for node in dense)
        lines = (
            " · ".join((say("inspector.inputs", n=inputs), say("inspector.neurons", n=neurons))),
            " + ".join((say("inspector.weights", n=weights), say("inspector.biases", n=biases)))
            + " = "
            + say("inspector.parameters_count", n=weights + biases),
            say("inspector.samples", n=len(document.data)),
        )
        self._counts.setText("\n".join(lines))

    def _show_problems(self) -> None:
        self._problems = self._workspace.session.problems
        theme = self._preferences.theme
        self._list.clear()
        for problem in self._problems:
            item = QListWidgetItem(self._preferences.tell(problem.message), self._list)
            item.setForeground(theme.color("wrong" if problem.severity == "error" else "warning"))
            item.setData(Qt.ItemDataRole.UserRole, problem.message.node)
        if not self._problems:
            item = QListWidgetItem(self._preferences.say("inspector.no_problems"), self._list)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            item.setForeground(theme.color("right"))

    def _go(self, item: QListWidgetItem) -> None:
        node = item.data(Qt.ItemDataRole.UserRole)
        if node is not None:
            self._workspace.select_nodes((str(node),))

    # -- changing --------------------------------------------------------------------------------

    def _set_title(self, title: str) -> None:
        label = self._preferences.say("inspector.title_field")
        self._workspace.edit(lambda document: set_texts(document, title=title), label)

    def _keep_notes(self) -> None:
        notes = self._notes.toPlainText()
        if notes == self._workspace.document.notes:
            return
        if len(notes) > _MAX_NOTES:
            self._workspace.refuse(Message("inspector.long_notes", {"n": _MAX_NOTES}))
            return
        label = self._preferences.say("inspector.notes")
        self._workspace.edit(lambda document: set_texts(document, notes=notes), label)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._notes and event.type() == QEvent.Type.FocusOut:
            self._keep_notes()
        return super().eventFilter(watched, event)

    # -- words -----------------------------------------------------------------------------------

    def say(self) -> None:
        """Say the words again."""
        say = self._preferences.say
        for name, label in self._labels.items():
            label.setText(say(f"inspector.{name}"))
        self._title.line.setAccessibleName(say("inspector.title_field"))
        self._notes.setAccessibleName(say("inspector.notes"))
        self._notes.setPlaceholderText(say("inspector.notes_hint"))
        self._list.setAccessibleName(say("inspector.problems"))
        self.refresh()
