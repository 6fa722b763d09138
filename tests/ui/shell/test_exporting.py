"""Taking the trace and the pictures home from the window."""

import csv

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QListWidget, QRadioButton, QSpinBox

from nnsim.document.templates import gate_neuron, perceptron
from nnsim.export import verify
from nnsim.session import Level

CTRL = Qt.KeyboardModifier.ControlModifier


def told(window):
    bar = window.messages
    return bar.findChild(QLabel, "message_text").text() if bar.isVisible() else ""


def ask_for(qtbot, press, format, count=None):
    """In the export dialog: this format, so many iterations."""

    def act(dialog):
        combo = dialog.findChild(QComboBox, "export_format")
        combo.setFocus()
        qtbot.keyClick(combo, Qt.Key.Key_Home)
        while combo.currentData() != format:
            qtbot.keyClick(combo, Qt.Key.Key_Down)
        if count is not None:
            box = dialog.findChild(QSpinBox, "export_count")
            box.setFocus()
            box.selectAll()
            qtbot.keyClicks(box, str(count))
        press(dialog, "export_ok")

    return act


def test_the_seven_rows_as_markdown(qtbot, window, answer, press, choose_file, tmp_path):
    path = tmp_path / "or.md"
    answer("export_dialog", ask_for(qtbot, press, "md", 7))
    choose_file(path)
    qtbot.keyClick(window, Qt.Key.Key_E, CTRL)
    text = path.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len([row for row in rows if row.split("|")[1].strip().isdigit()]) == 7
    assert "7 iterations exported" in told(window)
    assert str(path) in told(window)


@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_what_the_window_writes_can_be_verified(
    qtbot, window, answer, press, choose_file, tmp_path, format
):
    path = tmp_path / f"or.{format}"
    answer("export_dialog", ask_for(qtbot, press, format))
    choose_file(path)
    qtbot.keyClick(window, Qt.Key.Key_E, CTRL)
    assert "Converged" in told(window)
    assert verify(path).rows == 9


def test_the_ending_is_that_of_the_format_whatever_is_typed(
    qtbot, window, answer, press, choose_file, tmp_path
):
    answer("export_dialog", ask_for(qtbot, press, "jsonl", 3))
    choose_file(tmp_path / "trace.xlsx")
    qtbot.keyClick(window, Qt.Key.Key_E, CTRL)
    assert [path.name for path in tmp_path.glob("trace*")] == ["trace.jsonl"]
    assert verify(tmp_path / "trace.jsonl").rows == 3
    assert str(tmp_path / "trace.jsonl") in told(window)


def test_an_existing_file_is_replaced_only_when_the_person_says_so(
    qtbot, window, answer, press, choose_file, wake, tmp_path
):
    path = tmp_path / "trace.jsonl"
    path.write_text("mine")

    def think_better(dialog):
        assert "trace.jsonl" in dialog.text()
        answer("file_dialog", lambda dialog: qtbot.keyClick(dialog, Qt.Key.Key_Escape))
        press(dialog, "replace_no")

    def export_to_it(then):
        answer("export_dialog", ask_for(qtbot, press, "jsonl", 3))
        choose_file(tmp_path / "trace.xlsx")
        answer("ask_to_replace", then)
        wake(window)
        qtbot.keyClick(window, Qt.Key.Key_E, CTRL)

    export_to_it(think_better)
    assert path.read_text() == "mine"
    export_to_it(lambda dialog: press(dialog, "replace_yes"))
    assert verify(path).rows == 3


def preselected(qtbot, window, answer, press):
    """The words of the extent that the export dialog offers first."""
    found = []

    def look(dialog):
        buttons = [b for b in dialog.findChildren(QRadioButton) if b.isChecked()]
        found.extend((b.objectName(), b.text()) for b in buttons)
        found.append(dialog.findChild(QSpinBox, "export_count").value())
        press(dialog, "export_cancel")

    answer("export_dialog", look)
    qtbot.keyClick(window, Qt.Key.Key_E, CTRL)
    return found


def test_an_exercise_is_offered_to_its_end_and_a_longer_look_as_it_was(
    qtbot, window, answer, press, wake
):
    ((name, words), _) = preselected(qtbot, window, answer, press)
    assert name == "export_until_end"
    assert "9 iterations" in words
    window.running.set_level(Level.ITERATION)
    wake(window)
    for _ in range(4):
        qtbot.keyClick(window, Qt.Key.Key_F8)
    ((name, words), _) = preselected(qtbot, window, answer, press)
    assert name == "export_seen"
    assert "4 iterations" in words


def test_of_a_network_what_was_computed_is_offered_or_an_epoch(
    qtbot, open_window, answer, press, wake
):
    window = open_window(perceptron((2, 2, 1)))
    ((name, _), count) = preselected(qtbot, window, answer, press)
    assert (name, count) == ("export_exactly", 4)
    window.running.set_level(Level.ITERATION)
    wake(window)
    for _ in range(3):
        qtbot.keyClick(window, Qt.Key.Key_F8)
    ((name, words), _) = preselected(qtbot, window, answer, press)
    assert name == "export_seen"
    assert "3 iterations" in words


def test_columns_are_chosen(qtbot, window, answer, press, choose_file, tmp_path):
    path = tmp_path / "few.csv"

    def act(dialog):
        ask = ask_for(qtbot, lambda *_: None, "csv", 3)
        ask(dialog)
        columns = dialog.findChild(QListWidget, "export_columns")
        for row in range(columns.count()):
            state = Qt.CheckState.Checked if row == 0 else Qt.CheckState.Unchecked
            columns.item(row).setCheckState(state)
        press(dialog, "export_ok")

    answer("export_dialog", act)
    choose_file(path)
    qtbot.keyClick(window, Qt.Key.Key_E, CTRL)
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    (heading, *rows) = csv.reader(lines)
    assert len(heading) == 1
    assert [row[0] for row in rows] == ["1", "2", "3"]


def test_a_long_trace_is_written_by_a_worker_while_the_window_lives(
    qtbot, open_window, answer, press, choose_file, wake, tmp_path
):
    window = open_window(gate_neuron("xor"))
    path = tmp_path / "long.csv"
    answer("export_dialog", ask_for(qtbot, press, "csv", 20_000))
    choose_file(path)
    qtbot.keyClick(window, Qt.Key.Key_E, CTRL)
    assert window.menu_commands.export_bar.isVisible()
    assert not window.commands["export_trace"].isEnabled()
    # The window goes on meanwhile.
    wake(window)
    qtbot.keyClick(window, Qt.Key.Key_F8)
    assert window.workspace.session.position.done > 0
    qtbot.waitUntil(lambda: not window.menu_commands.export_bar.isVisible(), timeout=120_000)
    assert "20000 iterations exported" in told(window)
    assert window.commands["export_trace"].isEnabled()
    with path.open(encoding="utf-8") as file:
        assert sum(1 for line in file if line[0].isdigit()) == 20_000


def test_a_long_export_is_cancelled_and_leaves_no_file(
    qtbot, open_window, answer, press, choose_file, tmp_path
):
    window = open_window(gate_neuron("xor"))
    path = tmp_path / "gone" / "long.csv"
    path.parent.mkdir()
    answer("export_dialog", ask_for(qtbot, press, "csv", 9_000_000))
    choose_file(path)
    qtbot.keyClick(window, Qt.Key.Key_E, CTRL)
    assert window.menu_commands.export_bar.isVisible()
    press(window, "export_bar_cancel")
    qtbot.waitUntil(lambda: not window.menu_commands.export_bar.isVisible(), timeout=60_000)
    assert list(path.parent.iterdir()) == []


def test_closing_the_window_gives_an_export_up(
    qtbot, open_window, answer, press, choose_file, tmp_path
):
    window = open_window(gate_neuron("xor"))
    path = tmp_path / "gone" / "long.csv"
    path.parent.mkdir()
    answer("export_dialog", ask_for(qtbot, press, "csv", 9_000_000))
    choose_file(path)
    qtbot.keyClick(window, Qt.Key.Key_E, CTRL)
    assert window.close()
    assert list(path.parent.iterdir()) == []


def test_an_export_that_cannot_be_written_is_told(
    qtbot, window, answer, press, choose_file, tmp_path, monkeypatch
):
    from nnsim.core.messages import NnsimError
    from nnsim.ui.shell import export_job

    def full(*arguments):
        raise NnsimError.of("file.cannot_write", path="x", reason="y")
        yield

    monkeypatch.setattr(export_job, "exporting", full)
    answer("export_dialog", ask_for(qtbot, press, "csv"))
    choose_file(tmp_path / "x.csv")
    qtbot.keyClick(window, Qt.Key.Key_E, CTRL)
    assert "cannot be written" in told(window)
    assert window.commands["export_trace"].isEnabled()


@pytest.mark.parametrize("ending", [".svg", ".pdf", ".png"])
def test_canvas_and_plots_are_saved_as_pictures(qtbot, window, choose_file, tmp_path, ending):
    qtbot.keyClick(window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: not window.player.is_running)
    begins = {".svg": b"<?xml", ".pdf": b"%PDF", ".png": b"\x89PNG"}
    window.menus["export_picture"].aboutToShow.emit()
    actions = window.menus["export_picture"].actions()
    assert len(actions) >= 4
    for number, action in enumerate(actions):
        path = tmp_path / f"{number}{ending}"
        choose_file(path)
        action.trigger()
        assert path.read_bytes().startswith(begins[ending]), action.text()


def test_a_picture_is_copied(qtbot, window, qapp):
    window.menus["copy_picture"].aboutToShow.emit()
    window.menus["copy_picture"].actions()[0].trigger()
    assert not qapp.clipboard().image().isNull()
    assert "clipboard" in told(window)


def test_a_network_is_exported_too(qtbot, open_window, answer, press, choose_file, tmp_path):
    window = open_window(perceptron((2, 2, 1)))
    path = tmp_path / "net.csv"
    answer("export_dialog", ask_for(qtbot, press, "csv", 8))
    choose_file(path)
    qtbot.keyClick(window, Qt.Key.Key_E, CTRL)
    assert verify(path).rows == 8
