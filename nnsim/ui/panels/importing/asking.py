"""Asking for a file and for the roles of its columns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from nnsim.document.edits import set_data
from nnsim.document.lab import with_table
from nnsim.document.model import Document, Origin
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.data_table_files import TABLE_ENDINGS, chosen_table, tables_folder
from nnsim.ui.panels.importing.dialog import ImportDialog


def ask_import(
    parent: QWidget, preferences: Preferences, document: Document, path: Path | None = None
) -> Callable[[Document], Document] | None:
    """The edit that takes over the samples of a file which the person chooses and looks at.

    None where they think better of it.  The edit fits the network too, where that is wanted.
    """
    path = path or _ask_to_open(parent, preferences)
    if path is None:
        return None
    units = [sum(node.units for node in nodes) for nodes in (document.inputs, document.outputs)]
    dialog = ImportDialog(path, (units[0], units[1]), preferences, parent)
    if dialog.exec() != QDialog.DialogCode.Accepted:
        dialog.deleteLater()
        return None
    table, fits, origin = dialog.table(), dialog.fits_network, Origin(path.name[:200])
    dialog.deleteLater()
    take_over = with_table if fits else set_data
    return lambda document: take_over(document, table, origin)


def _ask_to_open(parent: QWidget, preferences: Preferences) -> Path | None:
    say = preferences.say
    dialog = QFileDialog(parent, say("importing.title"), tables_folder(preferences))
    dialog.setObjectName("data_import_file_dialog")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    endings = " ".join(f"*{ending}" for ending in TABLE_ENDINGS)
    dialog.setNameFilters(
        [f"{say('importing.tables')} ({endings})", f"{say('importing.all_files')} (*)"]
    )
    return chosen_table(dialog, preferences)
