"""Messages lie over the canvas: nothing moves to make room for them."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication

from nnsim.core.messages import Message

LEFT = Qt.MouseButton.LeftButton


def places(window):
    """Where palette and canvas are, and what the canvas shows."""
    widgets = (window.palette_, window.canvas, window.canvas.viewport())
    return [QRect(w.mapToGlobal(QPoint()), w.size()) for w in widgets], window.canvas.transform()


def rectangle(widget):
    return QRect(widget.mapToGlobal(QPoint()), widget.size())


@pytest.fixture
def tell(window):
    def tell(*names):
        messages = (Message("projects.gone", {"path": name}) for name in names)
        window.workspace.refuse(*messages)
        QApplication.processEvents()

    return tell


def test_a_message_moves_nothing_when_it_comes_and_when_it_goes(window, tell, press):
    before = places(window)
    tell("one", "two", "three")
    assert window.messages.isVisible()
    assert places(window) == before
    press(window, "message_close")
    QApplication.processEvents()
    assert not window.messages.isVisible()
    assert places(window) == before


def test_it_lies_over_the_top_of_the_canvas_whole(window, tell):
    tell("one")
    canvas, bar = rectangle(window.canvas), rectangle(window.messages)
    assert canvas.contains(bar)
    assert bar.top() - canvas.top() < 10
    assert bar.height() < canvas.height() / 4
    one = bar.height()
    tell("one", "two", "three")
    assert rectangle(window.messages).height() > one


def test_it_follows_the_canvas(window, tell):
    tell("one")
    window.resize(1100, 760)
    QApplication.processEvents()
    assert rectangle(window.canvas).contains(rectangle(window.messages))
    assert window.messages.height() >= window.messages.heightForWidth(window.messages.width())


def test_it_is_clicked_and_the_canvas_beside_it_too(qtbot, window):
    node = window.workspace.document.outputs[0].id
    window.workspace.refuse(Message("projects.gone", {"path": "x"}, node=node))
    QApplication.processEvents()
    bar = window.messages
    corner = window.canvas.mapTo(window, QPoint(20, window.canvas.height() - 20))
    assert window.childAt(corner) is window.canvas.viewport()
    assert bar.isAncestorOf(window.childAt(bar.mapTo(window, bar.rect().center())))
    bar.clear()
    QApplication.processEvents()
    top = window.canvas.mapTo(window, QPoint(40, 20))
    assert window.childAt(top) is window.canvas.viewport()


def test_an_export_under_way_and_a_message_stand_below_each_other(window, tell):
    before = places(window)
    window.menu_commands.export_bar.begin("long.csv")
    tell("one")
    bars = [rectangle(bar) for bar in (window.messages, window.menu_commands.export_bar)]
    assert bars[0].bottom() < bars[1].top()
    assert all(rectangle(window.canvas).contains(bar) for bar in bars)
    assert places(window) == before
    window.menu_commands.export_bar.hide()
