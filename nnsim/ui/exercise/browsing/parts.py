"""What the dialogs have in common: buttons, labels, links between a label and its field."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QAbstractItemView, QDialog, QLabel, QPushButton, QTableView, QWidget

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars

_SHARE_OF_SCREEN = 0.94
_LEAST_SHARE = 0.6
_LEAST_LETTERS = 24
_ROW_HEIGHT = 1.6


def button(preferences: Preferences, name: str) -> QPushButton:
    """A button that Enter does not press by itself; its words are ``exercise_browse.<name>``."""
    made = QPushButton(preferences.say(f"exercise_browse.{name}"))
    made.setObjectName(f"browse_{name}")
    made.setAutoDefault(False)
    return made


def label_of(preferences: Preferences, name: str, field: QWidget) -> QLabel:
    """The label of a field, whose key leads to it."""
    made = QLabel(preferences.say(f"exercise_browse.{name}"))
    made.setBuddy(field)
    field.setAccessibleName(str(made.text()).replace("&", ""))
    return made


def size_dialog(dialog: QDialog, preferences: Preferences, size: QSize) -> None:
    """A size for normal letters, larger with them, and never larger than the screen."""
    room = dialog.screen().availableGeometry().size() * _SHARE_OF_SCREEN
    wanted = (size * preferences.zoom).boundedTo(room)
    dialog.setMinimumSize((wanted * _LEAST_SHARE).expandedTo(dialog.minimumSizeHint()))
    dialog.resize(wanted)


def dress_table(table: QTableView, preferences: Preferences) -> None:
    """A quiet table of whole rows, out of which Tab leads on."""
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)
    table.setAlternatingRowColors(True)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(round(_ROW_HEIGHT * table.fontMetrics().height()))
    table.horizontalHeader().setHighlightSections(False)
    use_flat_bars(table, preferences)


def give_rest(table: QTableView, column: int) -> None:
    """Give a column the width that the others leave, but always enough to be read."""
    header = table.horizontalHeader()
    others = header.length() - header.sectionSize(column)
    least = _LEAST_LETTERS * table.fontMetrics().averageCharWidth()
    header.resizeSection(column, max(table.viewport().width() - others, least))


def dated(moment: datetime) -> str:
    """Date and time as they sort and as nobody misreads them, in the time of this machine."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
