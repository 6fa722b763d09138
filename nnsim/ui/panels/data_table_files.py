"""Samples into a CSV file; where tables are looked for."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QWidget,
)

from nnsim.data import write_csv
from nnsim.document.model import Document
from nnsim.ui.bridge.file_dialogs import ask_no_question, may_replace, with_ending
from nnsim.ui.bridge.preferences import Preferences

# A table may be called .txt: it is text, and is read again under that name.
_WRITTEN = (".csv", ".txt")
#: Endings of the files that are read.
TABLE_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")
_FOLDER_KEY = "data_table/folder"
_MARKS = {".": "point", ",": "comma"}


def ask_export(parent: QWidget, preferences: Preferences, document: Document) -> Path | None:
    """Write the samples to a file that the person chooses, with the decimal mark they choose.

    Returns the file; None where they think better of it.  Raises NnsimError as ``write_csv``.
    """
    stem = re.sub(r'[\\/:*?"<>|]+', " ", document.title).strip()
    name = f"{stem or preferences.say('data_table.file_name')}.csv"
    while True:
        path, mark = _ask_to_save(parent, preferences, name)
        if path is None:
            return None
        if not path.exists() or may_replace(parent, preferences, path):
            write_csv(document.data, path, mark)
            return path
        name = path.name


def _ask_to_save(parent: QWidget, preferences: Preferences, name: str) -> tuple[Path | None, str]:
    """The file, with its ending, and the decimal mark of the chosen type."""
    say = preferences.say
    dialog = QFileDialog(parent, say("data_table.export_title"), tables_folder(preferences))
    dialog.setObjectName("data_export_dialog")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("csv")
    filters = {f"{say(f'data_table.csv_{word}')} (*.csv)": mark for mark, word in _MARKS.items()}
    dialog.setNameFilters(list(filters))
    chosen = next(name for name, mark in filters.items() if mark == preferences.mark)
    dialog.selectNameFilter(chosen)
    ask_no_question(dialog)
    dialog.selectFile(name)
    path = chosen_table(dialog, preferences)
    mark = filters.get(dialog.selectedNameFilter(), preferences.mark)
    return None if path is None else with_ending(path, _WRITTEN, _WRITTEN[0]), mark


def tables_folder(preferences: Preferences) -> str:
    """Where tables were last read or written."""
    home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return str(preferences.settings.value(_FOLDER_KEY, home))


def chosen_table(dialog: QFileDialog, preferences: Preferences) -> Path | None:
    """The file a person chooses in a dialog; its folder is remembered."""
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    names = dialog.selectedFiles()
    dialog.deleteLater()
    if not accepted or not names:
        return None
    path = Path(names[0])
    preferences.settings.setValue(_FOLDER_KEY, str(path.parent))
    return path
