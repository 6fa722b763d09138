"""The composition root: what a start loads before the window is seen."""

import os
import subprocess
import sys

# What panels, dialogs, exports, gestures and menus need is imported once the window is painted, or
# when it is asked for; numpy.random, when something is drawn.
LATER = [
    "csv",
    "jinja2",
    "multiprocessing",
    "nbformat",
    "numpy.random",
    "openpyxl",
    "pandas",
    "pydantic",
    "pyqtgraph",
    "qtawesome",
    "scipy",
    "sklearn",
    "superqt",
    "ziafont",
    "ziamath",
    "nnsim.data.scaling",
    "nnsim.data.splitting",
    "nnsim.document.clipboard",
    "nnsim.document.differences",
    "nnsim.engine.initialisers",
    "nnsim.engine.metrics",
    "nnsim.explain",
    "nnsim.export",
    "nnsim.session.table",
    "nnsim.ui.bridge.file_dialogs",
    "nnsim.ui.bridge.pictures",
    "nnsim.ui.canvas.clipboard",
    "nnsim.ui.canvas.field",
    "nnsim.ui.canvas.free_places",
    "nnsim.ui.canvas.gestures.box",
    "nnsim.ui.canvas.gestures.choose",
    "nnsim.ui.canvas.gestures.connect",
    "nnsim.ui.canvas.gestures.move",
    "nnsim.ui.canvas.gestures.pan",
    "nnsim.ui.canvas.gestures.place",
    "nnsim.ui.canvas.menus",
    "nnsim.ui.canvas.note_places",
    "nnsim.ui.canvas.picture",
    "nnsim.ui.canvas.tips",
    "nnsim.ui.canvas.typed",
    "nnsim.ui.panels",
    "numpy.random",
    "tomllib",
]

PAINTED = f"""
import sys
from nnsim import app as program
app = program.make_application()
window = program.make_window(app, program.Preferences())
window.grab()
print(*sorted(sys.modules.keys() & {set(LATER)!r}))
made = {{
    value
    for name, module in list(sys.modules.items())
    if name.startswith("nnsim")
    for value in vars(module).values()
    if isinstance(value, type) and "__dataclass_fields__" in vars(value)
}}
print(len(made))
"""

#: A start compiles the methods of each dataclass: small values are NamedTuples.
MOST_DATACLASSES = 28


def test_the_first_window_is_painted_without_what_is_needed_later(tmp_path):
    later, dataclasses = _painted(tmp_path)
    assert later == ""
    assert int(dataclasses) <= MOST_DATACLASSES


def _painted(tmp_path):
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-c", PAINTED], env=environment, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()
