"""The palette in the real window: what is taken from it comes to stand on the canvas."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


def kinds(window):
    return [(node.kind, node.units) for node in window.workspace.document.nodes]


def test_a_double_click_puts_a_neuron_on_the_canvas(window):
    before = kinds(window)
    entry = window.palette_.entries["neuron"]
    QTest.mouseDClick(entry, LEFT, NONE, entry.rect().center())
    assert kinds(window) == [*before, ("dense", 1)]


def test_an_entry_is_dragged_onto_the_canvas(window):
    before = kinds(window)
    entry, viewport = window.palette_.entries["neuron"], window.canvas.viewport()
    start, target = entry.rect().center(), QPoint(60, viewport.height() - 60)
    end = entry.mapFromGlobal(viewport.mapToGlobal(target))
    QTest.mousePress(entry, LEFT, NONE, start)
    for share in (0.2, 0.6, 1.0):
        QTest.mouseMove(entry, start + (end - start) * share)
    QTest.mouseRelease(entry, LEFT, NONE, end)
    QApplication.processEvents()
    assert kinds(window) == [*before, ("dense", 1)]
    node = window.workspace.document.nodes[-1]
    dropped = window.canvas.mapToScene(target)
    # Within the grid it may snap to.
    away = QPointF(node.x, node.y) - dropped
    assert away.manhattanLength() <= 60


def test_what_was_put_down_is_taken_back_in_one_step(window):
    before = kinds(window)
    entry = window.palette_.entries["neuron"]
    QTest.mouseDClick(entry, LEFT, NONE, entry.rect().center())
    window.commands["undo"].trigger()
    assert kinds(window) == before
