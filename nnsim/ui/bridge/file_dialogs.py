"""Asking for a file to open or to save.

Qt's file dialog is named where it is opened: a start does not wait until it is loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6 import QtWidgets
from PySide6.QtWidgets import QWidget

from nnsim.ui.bridge.preferences import Preferences


def choose_to_open(
    parent: QWidget, preferences: Preferences, folder: Path, filter_key: str, endings: Sequence[str]
) -> Path | None:
    """An existing file with one of these endings; None where the person thinks better of it."""
    dialog = _dialog(parent, preferences.say("files.open"), folder)
    dialog.setAcceptMode(QtWidgets.QFileDialog.AcceptMode.AcceptOpen)
    dialog.setFileMode(QtWidgets.QFileDialog.FileMode.ExistingFile)
    patterns = " ".join(f"*{ending}" for ending in endings)
    everything = preferences.say("files.all")
    dialog.setNameFilters([f"{preferences.say(filter_key)} ({patterns})", f"{everything} (*)"])
    return _chosen(dialog)


def choose_to_save(
    parent: QWidget,
    preferences: Preferences,
    suggestion: Path,
    filter_key: str,
    endings: Sequence[str],
) -> Path | None:
    """A file to be written, with one of these endings (the first is added where there is none);
    None where the person thinks better of it.  An existing file is only chosen knowingly."""
    dialog = _dialog(parent, preferences.say("files.save"), suggestion.parent)
    dialog.setAcceptMode(QtWidgets.QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QtWidgets.QFileDialog.FileMode.AnyFile)
    name = preferences.say(filter_key)
    dialog.setNameFilters([f"{name} (*{ending})" for ending in endings])
    dialog.setDefaultSuffix(endings[0].lstrip("."))
    dialog.filterSelected.connect(
        lambda chosen: dialog.setDefaultSuffix(chosen.rpartition("*.")[2].rstrip(")"))
    )
    dialog.selectNameFilter(f"{name} (*{suggestion.suffix})")
    dialog.selectFile(suggestion.name)
    return _chosen(dialog)


def _chosen(dialog: QtWidgets.QFileDialog) -> Path | None:
    accepted = dialog.exec() == QtWidgets.QFileDialog.DialogCode.Accepted
    names = dialog.selectedFiles()
    dialog.deleteLater()
    return Path(names[0]) if accepted and names else None


def _dialog(parent: QWidget, title: str, folder: Path) -> QtWidgets.QFileDialog:
    dialog = QtWidgets.QFileDialog(parent, title, str(folder))
    dialog.setObjectName("file_dialog")
    return dialog
