"""Qt's own words follow the language of the window, in its file dialog too."""

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel

ENGLISH = ["&Look in:", "File &name:", "Files of &type:"]


@pytest.fixture
def labels(qtbot, dressed, tmp_path):
    """``labels()``: what a file dialog of Qt's own says beside its fields."""

    def labels():
        dialog = QFileDialog(None, "", str(tmp_path))
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        qtbot.addWidget(dialog)
        with qtbot.waitExposed(dialog):
            dialog.show()
        names = ("lookInLabel", "fileNameLabel", "fileTypeLabel")
        return [dialog.findChild(QLabel, name).text() for name in names]

    return labels


def test_the_file_dialog_is_spanish_throughout(labels, preferences):
    preferences.set_locale("es")
    said = labels()
    assert said == ["&Buscar en:", "&Nombre del archivo:", "&Tipo de archivo:"]


def test_and_english_again(labels, preferences):
    assert labels() == ENGLISH
    preferences.set_locale("es")
    preferences.set_locale("en")
    assert labels() == ENGLISH


def test_the_kinds_of_files_in_its_list_are_spanish(qapp, dressed, preferences):
    preferences.set_locale("es")
    assert qapp.translate("QAbstractFileIconProvider", "Folder") == "Carpeta"
    assert qapp.translate("QAbstractFileIconProvider", "%1 File") == "Archivo %1"
    # What nobody translates stays as it is.
    assert qapp.translate("QFileDialog", "No such words") == "No such words"
