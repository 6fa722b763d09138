"""Only what changes is painted again, and what is seen is as if everything had been."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEventLoop
from PySide6.QtGui import QImage, QPixmapCache
from PySide6.QtWidgets import QApplication

from nnsim.document.edits import set_parameter
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.session import Level
from nnsim.ui.canvas.canvas import Canvas
from nnsim.ui.canvas.node_item import NodeItem

DOCUMENTS = {
    "neuron": lambda: gate_neuron("or"),
    "layers": lambda: perceptron((2, 3, 1)),
    "lines": lambda: perceptron((2, 8, 8, 8, 1)),
    "blocks": lambda: perceptron((64, 32, 10)),
}


#: A kept picture is laid over the paper, which rounds colours once more.
ROUNDING = 2


def settle() -> None:
    for _ in range(3):
        QApplication.sendPostedEvents()
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)


def on_screen(canvas: Canvas) -> QImage:
    """What the screen shows now, painted piece by piece as it changed."""
    return canvas.screen().grabWindow(canvas.winId()).toImage()


def painted_anew(canvas: Canvas) -> QImage:
    """What it shows when nothing is kept from before."""
    QPixmapCache.clear()
    for item in canvas.diagram.items():
        item.update()
    canvas.resetCachedContent()
    canvas.viewport().update()
    settle()
    return on_screen(canvas)


def differ(seen: QImage, wanted: QImage) -> int:
    """By how much two pictures differ at most, of 255."""
    pixels = [
        np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint8)
        for image in (seen, wanted)
    ]
    return int(np.abs(pixels[0].astype(int) - pixels[1]).max())


def rest(canvas: Canvas, qtbot) -> None:
    qtbot.waitUntil(lambda: canvas.quality.is_full)
    settle()


@pytest.mark.parametrize("zoom", [1.0, 0.4])
@pytest.mark.parametrize("name", list(DOCUMENTS))
def test_steps_leave_nothing_stale(hand, qtbot, name, zoom):
    canvas = hand(DOCUMENTS[name](), size=(1000, 700)).canvas
    canvas.zoom_normal()
    if zoom < 1:
        canvas.navigation.zoom_by(zoom)
    settle()
    for level in (Level.PRODUCT, Level.NEURON, Level.LAYER, Level.PHASE, Level.ITERATION):
        for walk in (canvas.workspace.step, canvas.workspace.step_back):
            for _ in range(5):
                walk(level)
                settle()
            rest(canvas, qtbot)
            seen = on_screen(canvas)
            assert differ(seen, painted_anew(canvas)) <= ROUNDING, (level, walk.__name__)


def test_what_else_changes_the_picture_leaves_nothing_stale(hand, qtbot, preferences):
    acting = hand(perceptron((2, 3, 1)), size=(1000, 700))
    canvas, workspace = acting.canvas, acting.workspace
    hidden, output = workspace.document.nodes[1], workspace.document.nodes[2]
    weight = workspace.document.incoming(output.id)[0]

    def check() -> None:
        rest(canvas, qtbot)
        seen = on_screen(canvas)
        assert differ(seen, painted_anew(canvas)) <= ROUNDING

    workspace.step(Level.PHASE)
    check()
    acting.hover((hidden.x, hidden.y))
    check()
    acting.drag((hidden.x, hidden.y), (hidden.x + 40, hidden.y + 60))
    check()
    workspace.edit(lambda d: set_parameter(d, f"w:{weight.id}", (0, 0), 3.0, 0), "a weight")
    check()
    workspace.undo_stack.undo()
    check()
    workspace.select_nodes((weight.id,))
    check()
    preferences.set_theme("dark")
    check()
    preferences.set_locale("es")
    check()
    preferences.set_digits(3)
    check()


def test_a_step_paints_only_the_nodes_that_it_changes(hand, monkeypatch):
    painted: list[str] = []
    paint = NodeItem.paint

    def note(self, *args) -> None:
        painted.append(self.node.name)
        paint(self, *args)

    monkeypatch.setattr(NodeItem, "paint", note)
    acting = hand(perceptron((2, 3, 3, 1)))
    workspace = acting.workspace
    settle()
    inputs, first, second, _ = (node.name for node in workspace.document.nodes)

    def step() -> str:
        workspace.step(Level.NEURON)
        settle()
        acting.canvas.viewport().update()
        settle()
        return workspace.document.node(workspace.frame.last.node).name

    while step() != second:
        pass
    step()
    painted.clear()
    assert step() == second
    assert second in painted
    assert not {inputs, first} & set(painted)


def test_a_picture_holds_what_was_drawn_and_not_its_pixels(hand, tmp_path):
    from nnsim.ui.bridge.pictures import save_picture

    canvas = hand(gate_neuron("or")).canvas
    canvas.workspace.step(Level.PHASE)
    settle()
    save_picture(canvas.picture(), tmp_path / "picture.svg")
    drawn = (tmp_path / "picture.svg").read_text(encoding="utf-8")
    assert "<image" not in drawn
    assert "<path" in drawn
    settle()
    seen = on_screen(canvas)
    assert differ(seen, painted_anew(canvas)) <= ROUNDING


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_has_the_ground_that_plots_have(hand, theme):
    from nnsim.ui.bridge.pictures import picture_image

    canvas = hand(gate_neuron("or")).canvas
    canvas.preferences.set_theme(theme)
    settle()
    image = picture_image(canvas.picture())
    grounds = canvas.preferences.theme
    colours = {
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
    }
    assert image.pixelColor(1, 1) == grounds.color("surface")
    # Nor do the numbers on lines stand on patches of another colour.
    assert grounds.color("background").name() not in colours
