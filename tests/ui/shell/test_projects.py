"""Opening and saving: nothing is lost without a question, nothing damaged is taken in."""

import os

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QRadioButton, QTabWidget

from nnsim.document.edits import set_texts
from nnsim.document.examples import load_example
from nnsim.document.file import load, save
from nnsim.document.templates import empty
from nnsim.ui.gallery.gallery import Gallery

CTRL = Qt.KeyboardModifier.ControlModifier


def told(window):
    bar = window.messages
    return bar.findChild(QLabel, "message_text").text() if bar.isVisible() else ""


def change(window, title="changed"):
    window.workspace.edit(lambda document: set_texts(document, title=title), "title")


@pytest.fixture
def project(tmp_path):
    path = tmp_path / "mine.nnsim"
    save(load_example("and-gate"), path)
    return path


# -- saving and opening


def test_save_asks_for_a_file_once_and_open_brings_it_back(
    qtbot, window, choose_file, wake, tmp_path
):
    change(window, "first")
    assert window.isWindowModified()
    choose_file(tmp_path / "first")
    qtbot.keyClick(window, Qt.Key.Key_S, CTRL)
    path = tmp_path / "first.nnsim"
    assert load(path).title == "first"
    assert not window.isWindowModified()
    assert window.windowTitle() == "first[*] — nnsim"
    assert str(path) in told(window)
    wake(window)
    change(window, "second")
    qtbot.keyClick(window, Qt.Key.Key_S, CTRL)
    assert load(path).title == "second"
    # The window is the same, the project another.
    window.projects.start(lambda: load_example("xor-2-2-1"))
    choose_file(path)
    qtbot.keyClick(window, Qt.Key.Key_O, CTRL)
    assert window.workspace.document.title == "second"
    assert window.workspace.undo_stack.count() == 0


def test_a_file_that_cannot_be_written_is_told_and_the_document_kept(
    qtbot, window, choose_file, tmp_path
):
    change(window)
    folder = tmp_path / "file"
    folder.write_text("not a folder")
    before = window.workspace.document
    window.projects._write(folder / "x.nnsim")
    assert "cannot be written" in told(window)
    assert window.workspace.document is before
    assert window.isWindowModified()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"PK\x03\x04 half a file", "damaged"), (b"plain text", "not an nnsim project")],
)
def test_a_damaged_or_foreign_file_changes_nothing(
    qtbot, window, choose_file, tmp_path, content, words
):
    path = tmp_path / "broken.nnsim"
    path.write_bytes(content)
    before = window.workspace.document
    change(window)
    changed = window.workspace.document
    choose_file(path)
    qtbot.keyClick(window, Qt.Key.Key_O, CTRL)
    assert words in told(window)
    assert window.workspace.document is changed
    window.workspace.undo_stack.undo()
    assert window.workspace.document is before
    assert window.projects.recent == ()


def test_the_message_is_closed_with_its_button(window, press):
    window.projects.open_recent(window.projects.folder() / "gone.nnsim")
    assert "no longer there" in told(window)
    press(window, "message_close")
    assert told(window) == ""


# -- unsaved changes


def test_cancel_keeps_everything(qtbot, window, answer, press, project):
    change(window)
    document = window.workspace.document
    answer("ask_to_save", lambda dialog: press(dialog, "answer_cancel"))
    window.projects.load(project)
    assert window.workspace.document is document
    answer("ask_to_save", lambda dialog: qtbot.keyClick(dialog, Qt.Key.Key_Escape))
    assert not window.close()
    assert window.isVisible()


def test_discard_leaves_the_changes_behind(window, answer, press, project):
    change(window)
    answer("ask_to_save", lambda dialog: press(dialog, "answer_discard"))
    window.projects.load(project)
    assert window.workspace.path == project.resolve()


def test_save_in_the_question_saves_first(window, answer, press, project, tmp_path):
    window.projects.load(project)
    change(window, "kept")
    answer("ask_to_save", lambda dialog: press(dialog, "answer_save"))
    assert window.close()
    assert load(project).title == "kept"


def test_a_window_is_not_closed_when_saving_fails(window, answer, press, project, tmp_path):
    window.projects.load(project)
    change(window)
    project.unlink()
    project.mkdir()
    (project / "full").touch()
    answer("ask_to_save", lambda dialog: press(dialog, "answer_save"))
    assert not window.close()
    assert window.isVisible()
    assert "cannot be written" in told(window)


def test_nothing_is_asked_where_nothing_changed(window, project):
    window.projects.load(project)
    change(window)
    window.workspace.undo_stack.undo()
    assert not window.isWindowModified()
    assert window.close()


# -- recent files


def test_recent_files_are_offered_and_missing_ones_told_and_removed(
    qtbot, window, project, tmp_path
):
    other = tmp_path / "other.nnsim"
    save(load_example("nor-gate"), other)
    window.projects.load(project)
    window.projects.load(other)
    actions = window.menus["recent"].actions()
    assert "other.nnsim" in actions[0].text()
    assert "mine.nnsim" in actions[1].text()
    actions[1].trigger()
    assert window.workspace.path == project.resolve()
    os.unlink(other)
    second = window.menus["recent"].actions()[1]
    assert "other.nnsim" in second.text()
    second.trigger()
    assert "no longer there" in told(window)
    assert window.projects.recent == (project.resolve(),)
    assert window.workspace.path == project.resolve()


def test_the_list_of_recent_files_is_emptied(window, project):
    window.projects.load(project)
    window.menus["recent"].actions()[-1].trigger()
    assert window.projects.recent == ()
    assert not window.menus["recent"].isEnabled()


# -- templates and examples


def test_a_neuron_for_another_gate(qtbot, window, answer, press):
    def act(dialog):
        combo = dialog.findChild(QComboBox, "new_gate")
        combo.setFocus()
        qtbot.keyClick(combo, Qt.Key.Key_Down)
        press(dialog, "new_ok")

    answer("new_dialog", act)
    qtbot.keyClick(window, Qt.Key.Key_N, CTRL)
    assert window.workspace.document.data.targets.ravel().tolist() == [0, 0, 0, 1]
    assert window.workspace.path is None


def test_any_network_by_typing_its_sizes(qtbot, window, answer, press):
    def act(dialog):
        line = dialog.findChild(QLineEdit, "new_layers")
        line.setFocus()
        line.selectAll()
        qtbot.keyClicks(line, "2-x")
        assert dialog.findChild(QRadioButton, "new_layers").isChecked()
        assert "is not a network" in dialog.findChild(QLabel, "new_layers_told").text()
        line.selectAll()
        qtbot.keyClicks(line, "3-5-2")
        assert "32 parameters" in dialog.findChild(QLabel, "new_layers_told").text()
        press(dialog, "new_ok")

    answer("new_dialog", act)
    qtbot.keyClick(window, Qt.Key.Key_N, CTRL)
    assert [node.units for node in window.workspace.document.nodes] == [3, 5, 2]


def test_sizes_that_are_none_cannot_be_created(qtbot, window, answer, press):
    def act(dialog):
        line = dialog.findChild(QLineEdit, "new_layers")
        line.setFocus()
        line.selectAll()
        qtbot.keyClicks(line, "7")
        press(dialog, "new_ok")
        assert dialog.isVisible()
        press(dialog, "new_cancel")

    before = window.workspace.document
    answer("new_dialog", act)
    qtbot.keyClick(window, Qt.Key.Key_N, CTRL)
    assert window.workspace.document is before


def test_an_example_opens_from_the_dialog_of_new_projects(qtbot, window, answer, press):
    def act(dialog):
        dialog.findChild(QTabWidget, "new_tabs").setCurrentIndex(1)
        gallery = dialog.findChild(Gallery, "gallery")
        gallery.examples.choose("nor-gate")
        press(dialog, "new_ok")

    answer("new_dialog", act)
    qtbot.keyClick(window, Qt.Key.Key_N, CTRL)
    assert window.workspace.document.title == "NOR gate"


@pytest.mark.parametrize(("locale", "title"), [("en", "Untitled"), ("es", "Sin título")])
def test_a_project_without_a_name_begins_its_title_with_a_capital(
    open_window, preferences, locale, title
):
    preferences.set_locale(locale)
    window = open_window(empty())
    assert window.windowTitle().startswith(title)
