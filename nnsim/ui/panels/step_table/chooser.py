"""Which columns the step table shows, and how that is remembered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtWidgets import (
    QMenu,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from nnsim.document.model import Document
from nnsim.document.naming import is_single_neuron
from nnsim.engine.plan import PlanSpec
from nnsim.session.table import (
    Column,
    Group,
    TableStyle,
    available_groups,
    columns_for,
    default_groups,
)
from nnsim.ui.bridge.preferences import Preferences

# A network with more parameters than this does not show them all where nobody asked for them.
_MOST_PARAMETERS = 60
# Nor does one with more sums than this, as recurrent layers have them at every time step.
_MOST_VALUES = 300
_ID = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Choice:
    """What a person chose for documents of one shape; None: nothing, so the default holds.

    ``hidden`` are the ids of nodes whose columns are not shown.
    """

    is_course: bool = True
    course: frozenset[Group] | None = None
    numbers: frozenset[Group] | None = None
    hidden: frozenset[str] = field(default_factory=frozenset)

    def style(self, spec: PlanSpec) -> TableStyle:
        """The style of the table for this plan."""
        return "course" if self.is_course and is_single_neuron(spec) else "numbers"

    def groups(self, document: Document, spec: PlanSpec) -> frozenset[Group]:
        """The groups of columns to show."""
        style = self.style(spec)
        chosen = self.course if style == "course" else self.numbers
        if chosen is not None:
            return chosen
        groups = default_groups(document, style)
        values = sum(layer.rows * spec.steps(layer.node) for layer in spec.learning)
        if values > _MOST_VALUES:
            groups = (groups - {Group.SUMS, Group.ACTIVATIONS}) | {Group.OUTPUTS}
        size = sum(node.bias.size + node.recurrent.size for node in document.nodes)
        size += sum(connection.weights.size for connection in document.connections)
        return groups - {Group.AFTER} if size > _MOST_PARAMETERS else groups

    def columns(self, document: Document, spec: PlanSpec) -> tuple[Column, ...]:
        """The columns to show."""
        groups = self.groups(document, spec)
        nodes = {layer.node for layer in spec.learning} - self.hidden
        return columns_for(document, spec, groups, self.style(spec), nodes)


def choice_key(document: Document) -> str:
    """The settings key for documents of this shape: what is chosen for one serves its likes."""
    shape = [(n.kind, n.units, n.activation.name) for n in document.nodes]
    digest = hashlib.sha256(json.dumps(shape).encode()).hexdigest()[:12]
    return f"step_table/{digest}"


def load_choice(settings: QSettings, document: Document) -> Choice:
    """What was chosen for documents of this shape; the default where that cannot be read."""
    try:
        stored = json.loads(str(settings.value(choice_key(document), "{}")))
        places = [node.id for node in document.nodes]
        return Choice(
            bool(stored.get("is_course", True)),
            _groups(stored.get("course")),
            _groups(stored.get("numbers")),
            frozenset(places[place] for place in stored.get("hidden", ())),
        )
    except (ValueError, TypeError, IndexError, AttributeError):
        # Settings are a text file that anyone may have edited.
        return Choice()


def _groups(names: Sequence[str] | None) -> frozenset[Group] | None:
    return None if names is None else frozenset(Group(name) for name in names)


def save_choice(settings: QSettings, document: Document, choice: Choice) -> None:
    """Remember a choice for documents of this shape."""
    stored = {
        "is_course": choice.is_course,
        "course": None if choice.course is None else sorted(choice.course),
        "numbers": None if choice.numbers is None else sorted(choice.numbers),
        # By place and not by id: another document of this shape has other ids.
        "hidden": [k for k, node in enumerate(document.nodes) if node.id in choice.hidden],
    }
    settings.setValue(choice_key(document), json.dumps(stored))


class ColumnMenu(QMenu):
    """A tree of check boxes: kinds of columns, and neurons and layers.

    ``chosen(groups, hidden)``: other boxes are ticked; groups None: the default is wanted again.
    """

    chosen = Signal(object, object)

    def __init__(self, preferences: Preferences, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("step_table_columns")
        self._preferences = preferences
        self._tree = QTreeWidget()
        self._tree.setObjectName("step_table_tree")
        self._tree.setHeaderHidden(True)
        self._tree.setRootIsDecorated(False)
        self._tree.itemChanged.connect(self._changed)
        self._default = QPushButton()
        self._default.setObjectName("step_table_default")
        self._default.clicked.connect(lambda: self.chosen.emit(None, frozenset()))
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self._tree)
        layout.addWidget(self._default)
        action = QWidgetAction(self)
        action.setDefaultWidget(inside)
        self.addAction(action)

    def fill(self, document: Document, spec: PlanSpec, choice: Choice) -> None:
        """Show what can be chosen for this document, and what is."""
        say, tree = self._preferences.say, self._tree
        tree.blockSignals(True)
        tree.clear()
        shown = choice.groups(document, spec)
        kinds = self._heading(say("step_table.columns"))
        for group in available_groups(document):
            if group is not Group.ITERATION:
                self._box(kinds, say(f"column_group.{group}"), str(group), group in shown)
        if not is_single_neuron(spec):
            nodes = self._heading(say("step_table.neurons"))
            names = {node.id: node.name for node in document.nodes}
            for layer in spec.learning:
                self._box(nodes, names[layer.node], layer.node, layer.node not in choice.hidden)
        tree.expandAll()
        tree.blockSignals(False)
        tree.setAccessibleName(say("step_table.columns"))
        self._default.setText(say("step_table.default_columns"))
        rows = sum(1 + len(_children(heading)) for heading in _headings(tree))
        height = tree.sizeHintForRow(0)
        tree.setFixedHeight(min(rows, 22) * height + 2 * tree.frameWidth() + 2)
        tree.setMinimumWidth(tree.sizeHintForColumn(0) + 40)

    def _heading(self, text: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(self._tree, [text])
        font = item.font(0)
        font.setBold(True)
        item.setFont(0, font)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        return item

    def _box(self, parent: QTreeWidgetItem, text: str, name: str, ticked: bool) -> None:
        item = QTreeWidgetItem(parent, [text])
        item.setData(0, _ID, name)
        item.setFlags(
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsUserCheckable
            | Qt.ItemFlag.ItemIsSelectable
        )
        item.setCheckState(0, Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)

    def _changed(self) -> None:
        groups = self._ticked(0, Qt.CheckState.Checked)
        hidden = self._ticked(1, Qt.CheckState.Unchecked)
        self.chosen.emit(frozenset(Group(name) for name in groups), frozenset(hidden))

    def _ticked(self, heading: int, state: Qt.CheckState) -> list[str]:
        headings = _headings(self._tree)
        items = _children(headings[heading]) if heading < len(headings) else []
        return [str(item.data(0, _ID)) for item in items if item.checkState(0) == state]


def _headings(tree: QTreeWidget) -> list[QTreeWidgetItem]:
    items = (tree.topLevelItem(k) for k in range(tree.topLevelItemCount()))
    return [item for item in items if item is not None]


def _children(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    items = (item.child(k) for k in range(item.childCount()))
    return [child for child in items if child is not None]
