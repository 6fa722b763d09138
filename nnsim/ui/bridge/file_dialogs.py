"""Asking for a file to open or to save.

Qt's file dialog is named where it is opened: a start does not wait until it is loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6 import QtWidgets
from PySide6.QtWidgets import QWidget

from nnsim.ui.bridge.preferences import Preferences

# Endings that say what a file holds, next to those nnsim writes: they give way to the right one.
_SPEAKING = frozenset(
    f".{word}"
    for word in (
        *("txt", "tsv", "json", "xls", "ods", "htm", "markdown", "doc", "docx", "odt"),
        *("jpg", "jpeg", "gif", "bmp", "eps", "zip"),
    )
)


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


def choose_folder(parent: QWidget, preferences: Preferences, folder: Path) -> Path | None:
    """An existing folder; None where the person thinks better of it."""
    dialog = _dialog(parent, preferences.say("files.folder"), folder)
    dialog.setFileMode(QtWidgets.QFileDialog.FileMode.Directory)
    dialog.setOption(QtWidgets.QFileDialog.Option.ShowDirsOnly)
    return _chosen(dialog)


def choose_to_save(
    parent: QWidget,
    preferences: Preferences,
    suggestion: Path,
    filter_key: str,
    endings: Sequence[str],
) -> Path | None:
    """A file to be written, which has one of these endings; None where the person thinks better
    of it.

    What is typed without one gets that of the chosen type; see ``with_ending``.  A file that
    exists under the name at which it arrives is only chosen knowingly.
    """
    dialog = _dialog(parent, preferences.say("files.save"), suggestion.parent)
    dialog.setAcceptMode(QtWidgets.QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QtWidgets.QFileDialog.FileMode.AnyFile)
    ask_no_question(dialog)
    name = preferences.say(filter_key)
    dialog.setNameFilters([f"{name} (*{ending})" for ending in endings])
    dialog.setDefaultSuffix(endings[0].lstrip("."))
    dialog.filterSelected.connect(
        lambda chosen: dialog.setDefaultSuffix(chosen.rpartition("*.")[2].rstrip(")"))
    )
    dialog.selectNameFilter(f"{name} (*{suggestion.suffix})")
    dialog.selectFile(suggestion.name)
    typed = _chosen(dialog)
    if typed is None:
        return None
    path = with_ending(typed, endings, f".{dialog.defaultSuffix()}")
    if not path.exists() or may_replace(parent, preferences, path):
        return path
    return choose_to_save(parent, preferences, path, filter_key, endings)


def ask_no_question(dialog: QtWidgets.QFileDialog) -> None:
    """Qt would ask whether to replace the file as typed, which need not be the one written."""
    dialog.setOption(QtWidgets.QFileDialog.Option.DontConfirmOverwrite)


def with_ending(path: Path, endings: Sequence[str], wanted: str) -> Path:
    """The path with one of the endings: as it is, or with the wanted one.

    The wanted ending takes the place of one that says the file holds something else
    ("trace.xlsx" becomes "trace.jsonl"); after anything else it is put ("trace 0.5.jsonl").
    """
    if path.suffix.lower() in endings:
        return path
    if path.suffix.lower() in _speaking_endings():
        return path.with_suffix(wanted)
    return path.with_name(f"{path.name.rstrip('.')}{wanted}")


def _speaking_endings() -> frozenset[str]:
    from nnsim.export import SUFFIXES
    from nnsim.ui.bridge.pictures import PICTURE_SUFFIXES

    return _SPEAKING.union(SUFFIXES.values(), PICTURE_SUFFIXES, (".nnsim",))


def may_replace(parent: QWidget, preferences: Preferences, path: Path) -> bool:
    """Whether an existing file may be replaced: the person says so."""
    say = preferences.say
    box = QtWidgets.QMessageBox(parent)
    box.setObjectName("ask_to_replace")
    box.setIcon(QtWidgets.QMessageBox.Icon.Warning)
    box.setWindowTitle(say("files.save"))
    box.setText(say("files.exists", name=path.name))
    box.setInformativeText(say("files.exists_more", folder=str(path.parent)))
    role = QtWidgets.QMessageBox.ButtonRole
    replace = box.addButton(say("files.replace"), role.DestructiveRole)
    replace.setObjectName("replace_yes")
    other = box.addButton(say("files.other_name"), role.RejectRole)
    other.setObjectName("replace_no")
    box.setDefaultButton(other)
    box.setEscapeButton(other)
    box.exec()
    is_chosen = box.clickedButton() is replace
    box.deleteLater()
    return is_chosen


def _chosen(dialog: QtWidgets.QFileDialog) -> Path | None:
    accepted = dialog.exec() == QtWidgets.QFileDialog.DialogCode.Accepted
    names = dialog.selectedFiles()
    dialog.deleteLater()
    return Path(names[0]) if accepted and names else None


def _dialog(parent: QWidget, title: str, folder: Path) -> QtWidgets.QFileDialog:
    dialog = QtWidgets.QFileDialog(parent, title, str(folder))
    dialog.setObjectName("file_dialog")
    return dialog
