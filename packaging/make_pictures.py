"""Makes the pictures of the README, packaging/pictures/*.png, from the real program.

Run it as  .venv/bin/python packaging/make_pictures.py ; it needs no screen.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The person's own settings must not show in a picture, nor attempts be left among theirs.
os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp()
os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp()

from PySide6.QtTest import QTest

from nnsim.app import make_application, make_window
from nnsim.document.examples import load_example
from nnsim.engine.record import Quantity
from nnsim.session import Level
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.shell.docks import PANELS
from nnsim.ui.shell.window import MainWindow

PICTURES = Path(__file__).parent / "pictures"
_SETTLE_MS = 1500


@dataclass(frozen=True)
class Scene:
    """One picture: an example, how the window looks, and what was done in it."""

    name: str
    example: str
    act: Callable[[MainWindow], None]
    locale: str = "en"
    theme: str = "light"


def third_row(window: MainWindow) -> None:
    """In the middle of the third iteration of OR: the error is known, the weights are not yet."""
    workspace = window.workspace
    for _ in range(2):
        workspace.step(Level.ITERATION)
    for _ in range(2):
        workspace.step(Level.PHASE)
    workspace.select(Quantity("z", workspace.document.outputs[0].id))


def hidden_delta(window: MainWindow) -> None:
    """Backpropagation has reached the hidden layer."""
    workspace = window.workspace
    hidden = workspace.document.nodes[1].id
    quantity = Quantity("dz", hidden, 0)
    while workspace.frame is not None and not workspace.frame.is_shown(quantity):
        workspace.step(Level.PRODUCT)


def converged(window: MainWindow) -> None:
    """OR has been learnt."""
    workspace = window.workspace
    for _ in range(7):
        workspace.step(Level.ITERATION)
    workspace.select(Quantity("b+", workspace.document.outputs[0].id))


def exercise(window: MainWindow) -> None:
    """The OR exercise half solved: a slip, and what follows from it."""
    from nnsim.exercises.bank import exercise_of

    assert window.menu_commands is not None
    exercising = window.menu_commands.exercising
    exercising.open_exercise(exercise_of("or-course-rule").variant())
    assert exercising.room is not None
    run = exercising.room.run
    typed = ("1", "1", "-", "-1", "-1", "0", "-", "-", "-0,5", "0", "(1; 0,5)")
    for cell, text in zip(run.sheet.asked, typed, strict=False):
        run.go_to(cell.key)
        run.enter(cell.key, text)
    run.take_hint()
    run.take_hint()


def _train(window: MainWindow, iterations: int) -> None:
    window.docks.arrange("training")
    window.player.run(iterations)
    while window.player.is_running:
        QTest.qWait(_SETTLE_MS // 10)


def training(window: MainWindow) -> None:
    """The spiral has been learnt: a map in every neuron, the plane, the losses of all parts."""
    _train(window, 2500)


def diagnosis(window: MainWindow) -> None:
    """A network all of whose units have died, and what cures it."""
    _train(window, 120)
    window.docks.show_panel("diagnosis")


SCENES = (
    Scene("or-gate", "or-gate", third_row),
    Scene("backprop", "backprop-2-2-2", hidden_delta),
    Scene("dark-es", "or-gate", converged, locale="es", theme="dark"),
    Scene("exercise-es", "or-gate", exercise, locale="es"),
    Scene("training", "spiral", training),
    Scene("diagnosis-es", "dying-relu", diagnosis, locale="es"),
)


def main() -> int:
    """Make every picture; returns the exit status."""
    app = make_application()
    preferences = Preferences()
    PICTURES.mkdir(exist_ok=True)
    for scene in SCENES:
        preferences.set_locale(scene.locale)
        preferences.set_theme(scene.theme)
        window = make_window(app, preferences)
        window.resize(1600, 1000)
        window.show()
        window.workspace.open(load_example(scene.example))
        # However busy the machine is, every panel is there before anything is done.
        open_ones = [spec.name for spec in PANELS if not window.docks.dock(spec.name).isHidden()]
        while not window.docks.panels.keys() >= set(open_ones):
            QTest.qWait(_SETTLE_MS // 10)
        QTest.qWait(_SETTLE_MS)
        scene.act(window)
        QTest.qWait(_SETTLE_MS)
        window.grab().save(str(PICTURES / f"{scene.name}.png"))
        window.workspace.undo_stack.setClean()
        window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
