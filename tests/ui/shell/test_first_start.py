"""The first start: no empty window, and the OR exercise a few keys away."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView

from nnsim.app import first_document
from nnsim.document.examples import load_example
from nnsim.document.head import head_of
from nnsim.ui.shell.docks import PANELS
from nnsim.ui.shell.line import Line

#: Seven iterations as the course writes them: (x1, x2), Σ, S_neu, S_real, w, b.
OR_ROWS = [
    ((0, 0), 1, 1, 0, (0.5, 0.5), -1),
    ((0, 0), -1, 0, 0, (0.5, 0.5), -1),
    ((0, 1), -0.5, 0, 1, (0.5, 1), -1),
    ((0, 1), 0, 1, 1, (0.5, 1), -1),
    ((1, 0), -0.5, 0, 1, (1, 1), -1),
    ((1, 0), 0, 1, 1, (1, 1), -1),
    ((1, 1), 1, 1, 1, (1, 1), -1),
]


def state(window):
    frame = window.workspace.frame
    value = {name: frame.record.arrays[name] for name in ("z:n3", "y", "t", "w+:c4", "w+:c5")}
    inputs = tuple(float(frame.record.arrays[f"a:{n}"][0, 0]) for n in ("n1", "n2"))
    weights = tuple(float(value[n][0, 0]) for n in ("w+:c4", "w+:c5"))
    numbers = [float(value[n][0, 0]) for n in ("z:n3", "y", "t")]
    return (inputs, *numbers, weights, float(frame.record.arrays["b+:n3"][0]))


def counter(window):
    return window.findChild(Line, "transport_counter").text()


def next_told(window):
    return window.findChild(Line, "status_next").text()


def test_the_first_document_is_the_shipped_example():
    first, shipped = first_document(), load_example("or-gate")
    assert head_of(first) == head_of(shipped)
    assert first.data.values.tolist() == shipped.data.values.tolist()
    for a, b in zip(first.connections, shipped.connections, strict=True):
        assert a.weights.tolist() == b.weights.tolist()
    assert [n.bias.tolist() for n in first.nodes] == [n.bias.tolist() for n in shipped.nodes]


def test_everything_is_there_at_the_first_start(window):
    assert window.canvas.isVisible()
    for name in ("step_table", "formula", "data", "plane"):
        panel = window.docks.panels[name]
        assert panel.isVisible(), name
        assert panel.width() > 100, name
        assert panel.height() > 80, name
    data = window.docks.panels["data"].findChild(QTableView)
    assert [data.model().index(1, column).data() for column in range(3)] == ["0", "1", "1"]
    assert counter(window) == "Iteration 1 · epoch 1 · start"
    assert next_told(window).startswith("Next: N1 adds inputs × weights")
    assert window.windowTitle() == "OR[*] — nnsim"
    assert not window.isWindowModified()


def test_every_panel_has_the_title_its_dock_had_before_it_was_there(window):
    for spec in PANELS:
        assert window.docks.panel(spec.name).title_key == spec.title_key
        assert window.docks.dock(spec.name).windowTitle() == window.preferences.say(spec.title_key)


def test_the_seven_rows_by_the_step_key(qtbot, window):
    seen = []
    for _ in OR_ROWS:
        for _ in range(3):
            qtbot.keyClick(window, Qt.Key.Key_F8)
        assert window.workspace.frame.is_complete
        seen.append(state(window))
    assert seen == OR_ROWS
    assert counter(window) == "Iteration 7 · epoch 1 · complete"


def test_back_again_to_the_very_start(qtbot, window):
    seen = []
    for _ in range(21):
        seen.append((window.workspace.session.position, counter(window), next_told(window)))
        qtbot.keyClick(window, Qt.Key.Key_F8)
    for expected in reversed(seen):
        qtbot.keyClick(window, Qt.Key.Key_F7)
        now = (window.workspace.session.position, counter(window), next_told(window))
        assert now == expected
    assert not window.commands["back"].isEnabled()


@pytest.mark.parametrize("key", ["1", "3", "4", "6", "7"])
def test_the_size_of_a_step_is_chosen_by_key(qtbot, window, key):
    qtbot.keyClick(window, getattr(Qt.Key, f"Key_{key}"), Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, Qt.Key.Key_F8)
    frame = window.workspace.frame
    last = frame.last.quantity.kind
    expected = {"1": "p", "3": "a", "4": "a", "6": "b+", "7": "b+"}[key]
    assert last == expected
    iteration = window.workspace.session.position.iteration
    assert iteration == (7 if key == "7" else 1)
