"""The columns of a file, one a row: name, role, what is in it, its first cells."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnsim.data.roles import Role, has_words, is_word, suggested_roles
from nnsim.data.sheets import Sheet
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars

_HEADINGS = ("column", "role", "holds", "first")
_ROLE = 1
_FIRST_CELLS = 6
# Cells looked at to say what a column holds.
_LOOKED_AT = 1000
# Boxes are made for so many columns; the others are set by the buttons below alone.
_MOST_BOXES = 64


class ColumnList(QWidget):
    """``changed()``: a column has got another role."""

    changed = Signal()

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        self._roles: list[Role] = []
        self._items: list[list[QTableWidgetItem]] = []
        say = preferences.say
        self.table = QTableWidget(0, len(_HEADINGS))
        self.table.setObjectName("import_columns")
        self.table.setAccessibleName(say("importing.columns"))
        self.table.setHorizontalHeaderLabels([say(f"importing.{name}") for name in _HEADINGS])
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setStretchLastSection(True)
        use_flat_bars(self.table, preferences)
        buttons = QHBoxLayout()
        for role in Role:
            button = QPushButton(say(f"importing.make.{role}"))
            button.setObjectName(f"import_make_{role}")
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, role=role: self.set_selected(role))
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)

    @property
    def roles(self) -> tuple[Role, ...]:
        """The role of each column."""
        return tuple(self._roles)

    def show_sheet(self, sheet: Sheet) -> None:
        """Show the columns of a file, with roles to start from."""
        self._roles = list(suggested_roles(sheet))
        self._items = []
        self.table.setRowCount(0)
        self.table.setRowCount(len(sheet.names))
        row_height = round(1.7 * self.fontMetrics().height())
        self.table.verticalHeader().setDefaultSectionSize(row_height)
        for row, name in enumerate(sheet.names):
            cells = sheet.column(row)
            texts = (name, "", self._holds(cells), " · ".join(cells[:_FIRST_CELLS]))
            items = [QTableWidgetItem(text) for text in texts]
            for column, item in enumerate(items):
                item.setToolTip(item.text())
                self.table.setItem(row, column, item)
            self._items.append(items)
            if row < _MOST_BOXES:
                self.table.setCellWidget(row, _ROLE, self._box(row, name))
            self._show_role(row)
        mode = QHeaderView.ResizeMode.ResizeToContents
        for column in range(len(_HEADINGS) - 1):
            self.table.horizontalHeader().setSectionResizeMode(column, mode)
        self.table.setCurrentCell(0, 0)

    def _box(self, row: int, name: str) -> QComboBox:
        box = QComboBox()
        box.setObjectName(f"import_role_{row + 1}")
        box.setAccessibleName(f"{name}: {self._preferences.say('importing.role')}")
        for role in Role:
            box.addItem(self._preferences.say(f"importing.roles.{role}"), role)
        box.activated.connect(lambda: self._set(row, Role(box.currentData())))
        return box

    def _holds(self, cells: Sequence[str]) -> str:
        """Numbers or words, how many different ones, how many are missing."""
        say, looked_at = self._preferences.say, cells[:_LOOKED_AT]
        kind = "words" if has_words(looked_at) else "numbers"
        # What is a mark of a missing number among numbers is a word like others among words.
        given = [cell for cell in looked_at if cell and (kind == "words" or not is_word(cell))]
        said = [say(f"importing.holds_{kind}"), say("importing.different", n=len(set(given)))]
        if len(given) < len(looked_at):
            said.append(say("importing.missing", n=len(looked_at) - len(given)))
        return ", ".join(said)

    # -- roles -----------------------------------------------------------------------------------

    def set_selected(self, role: Role) -> None:
        """Give the selected columns a role."""
        rows = {index.row() for index in self.table.selectedIndexes()}
        for row in rows:
            self._roles[row] = role
            self._show_role(row)
        if rows:
            self.changed.emit()

    def _set(self, row: int, role: Role) -> None:
        self._roles[row] = role
        self._show_role(row)
        self.changed.emit()

    def _show_role(self, row: int) -> None:
        role = self._roles[row]
        box, items = self.table.cellWidget(row, _ROLE), self._items[row]
        if isinstance(box, QComboBox):
            box.setCurrentIndex(box.findData(role))
        else:
            items[_ROLE].setText(self._preferences.say(f"importing.roles.{role}"))
        color = self._preferences.theme.color("muted" if role is Role.IGNORE else "text")
        for item in items:
            item.setForeground(color)
        font = items[0].font()
        font.setBold(role in (Role.TARGET, Role.CLASS))
        items[0].setFont(font)
