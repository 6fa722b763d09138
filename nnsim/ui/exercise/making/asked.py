"""Which steps and columns an exercise shows, and which of them are blank."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnsim.exercises.making import COUNTED, Draft
from nnsim.exercises.tracing import MAX_ITERATIONS
from nnsim.session.cells import Group
from nnsim.session.table import available_groups
from nnsim.ui.bridge.preferences import Preferences

_ID = Qt.ItemDataRole.UserRole
_SHOWN, _BLANK = 1, 2
_ENDS = ("epoch", "end", "last")


class Asked(QWidget):
    """Iterations, columns, nodes and layout."""

    changed = Signal()

    def __init__(self, preferences: Preferences, draft: Draft) -> None:
        super().__init__()
        self._preferences = preferences
        say = preferences.say
        self._first = _spin("making_first", draft.question.first)
        self._last = _spin("making_last", draft.question.last or max(draft.question.first, 1))
        self._end = QComboBox()
        self._end.setObjectName("making_end")
        for end in _ENDS:
            self._end.addItem(say(f"making_dialog.end.{end}"), end)
        self._end.setCurrentIndex(
            _ENDS.index("last" if draft.question.last else draft.question.until)
        )
        self._layout = QComboBox()
        self._layout.setObjectName("making_layout")
        for layout in ("table", "list"):
            self._layout.addItem(say(f"making_dialog.layout.{layout}"), layout)
        self._layout.setCurrentIndex(self._layout.findData(draft.question.layout))
        self._columns = self._tree_of_columns(draft)
        self._nodes = self._tree_of_nodes(draft)
        self._build()
        self._refresh()
        for spin in (self._first, self._last):
            spin.valueChanged.connect(self._tell)
        for box in (self._end, self._layout):
            box.currentIndexChanged.connect(self._tell)
        self._columns.itemChanged.connect(self._column_changed)
        self._nodes.itemChanged.connect(self._tell)

    def _tree_of_columns(self, draft: Draft) -> QTreeWidget:
        say = self._preferences.say
        tree = QTreeWidget()
        tree.setObjectName("making_columns")
        tree.setRootIsDecorated(False)
        tree.setColumnCount(3)
        tree.setHeaderLabels(
            [say("making_dialog.column"), say("making_dialog.shown"), say("making_dialog.blank")]
        )
        for group in available_groups(draft.document):
            item = QTreeWidgetItem([say(f"column_group.{group}"), "", ""])
            item.setData(0, _ID, group)
            item.setSizeHint(0, self._line())
            item.setCheckState(_SHOWN, _check(group in draft.question.shown))
            if group not in COUNTED:
                item.setCheckState(_BLANK, _check(group in draft.question.asked))
            tree.addTopLevelItem(item)
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (_SHOWN, _BLANK):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        return tree

    def _tree_of_nodes(self, draft: Draft) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setObjectName("making_nodes")
        tree.setRootIsDecorated(False)
        tree.setHeaderLabels([self._preferences.say("making_dialog.nodes")])
        chosen = draft.question.nodes
        for node in draft.document.nodes:
            if node.is_input:
                continue
            item = QTreeWidgetItem([node.name])
            item.setData(0, _ID, node.id)
            item.setSizeHint(0, self._line())
            item.setCheckState(0, _check(chosen is None or node.id in chosen))
            tree.addTopLevelItem(item)
        tree.setVisible(tree.topLevelItemCount() > 1)
        return tree

    def _line(self) -> QSize:
        """Lines with some air between them."""
        return QSize(0, round(1.6 * self.fontMetrics().height()))

    def _build(self) -> None:
        say = self._preferences.say
        steps = QHBoxLayout()
        steps.addWidget(self._first)
        steps.addWidget(QLabel(say("making_dialog.to")))
        steps.addWidget(self._end, 1)
        steps.addWidget(self._last)
        form = QFormLayout()
        form.addRow(_label(say("making_dialog.iterations"), self._first), steps)
        form.addRow(_label(say("making_dialog.layout.name"), self._layout), self._layout)
        trees = QHBoxLayout()
        trees.addWidget(self._columns, 3)
        trees.addWidget(self._nodes, 2)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addLayout(trees, 1)

    # -- what is chosen --------------------------------------------------------------------------

    def _column_changed(self, item: QTreeWidgetItem, column: int) -> None:
        """What is blank is shown, and what is not shown is not blank."""
        with QSignalBlocker(self._columns):
            if column == _BLANK and item.checkState(_BLANK) is Qt.CheckState.Checked:
                item.setCheckState(_SHOWN, Qt.CheckState.Checked)
            elif (
                column == _SHOWN
                and item.checkState(_SHOWN) is Qt.CheckState.Unchecked
                and item.data(0, _ID) not in COUNTED
            ):
                item.setCheckState(_BLANK, Qt.CheckState.Unchecked)
        self._tell()

    def _tell(self) -> None:
        self._refresh()
        self.changed.emit()

    def _refresh(self) -> None:
        self._last.setVisible(self._end.currentData() == "last")
        self._last.setMinimum(self._first.value())

    def _groups(self, column: int) -> frozenset[Group]:
        return frozenset(
            Group(item.data(0, _ID))
            for item in _items(self._columns)
            if item.checkState(column) is Qt.CheckState.Checked
            and (column == _SHOWN or item.data(0, _ID) not in COUNTED)
        )

    def applied(self, draft: Draft) -> Draft:
        """The draft with what is chosen here."""
        end = self._end.currentData()
        items = _items(self._nodes)
        chosen = {i.data(0, _ID) for i in items if i.checkState(0) is Qt.CheckState.Checked}
        question = replace(
            draft.question,
            first=self._first.value(),
            last=self._last.value() if end == "last" else None,
            until="epoch" if end == "last" else end,
            shown=self._groups(_SHOWN),
            asked=self._groups(_BLANK),
            nodes=None if len(chosen) == len(items) else frozenset(chosen),
            layout=self._layout.currentData(),
        )
        return replace(draft, question=question)


def _items(tree: QTreeWidget) -> list[QTreeWidgetItem]:
    found = [tree.topLevelItem(number) for number in range(tree.topLevelItemCount())]
    return [item for item in found if item is not None]


def _check(is_checked: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if is_checked else Qt.CheckState.Unchecked


def _spin(name: str, value: int) -> QSpinBox:
    spin = QSpinBox()
    spin.setObjectName(name)
    spin.setRange(1, MAX_ITERATIONS)
    spin.setValue(value)
    return spin


def _label(words: str, buddy: QWidget) -> QLabel:
    label = QLabel(words)
    label.setBuddy(buddy)
    return label


def check_box(name: str, words: str, is_checked: bool) -> QCheckBox:
    """A check box with a name."""
    box = QCheckBox(words)
    box.setObjectName(name)
    box.setChecked(is_checked)
    return box
