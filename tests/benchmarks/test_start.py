"""How long the first window takes, against a bare window with the same libraries.

Both are started in fresh processes, one after the other by turns, and measured from the start of
the process until the whole window, with the view in the middle, is painted for the first time.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNS = 11
MOST = 2.0

#: Tells of the first paint of the main window.  It must not be what makes a program load something,
#: names of Qt or classes of widgets, nor load anything sooner than the program itself does.
_EAR = """
import os, sys

def listen():
    from PySide6 import QtCore, QtWidgets

    class Paint(QtCore.QObject):
        def eventFilter(self, watched, event):
            if event.type() == QtCore.QEvent.Type.Paint:
                watched.removeEventFilter(self)
                # Told when the whole window is painted, and before what the program has put off:
                # 1 is Qt.HighEventPriority.
                QtCore.QCoreApplication.postEvent(self, QtCore.QEvent(QtCore.QEvent.Type.User), 1)
            return False

        def customEvent(self, event):
            print("painted", flush=True)
            os._exit(0)

    paint = Paint()

    def show(window):
        window.installEventFilter(paint)
        QtWidgets.QWidget.show(window)

    QtWidgets.QMainWindow.show = show
"""

#: QtWidgets, NumPy and a window with a QGraphicsView in which something stands.
BARE = f"""
{_EAR}
import numpy
from PySide6 import QtWidgets
listen()
app = QtWidgets.QApplication(sys.argv)
window = QtWidgets.QMainWindow()
scene = QtWidgets.QGraphicsScene()
scene.addEllipse(0, 0, 80, 80)
scene.addText("OR")
view = QtWidgets.QGraphicsView(scene)
window.setCentralWidget(view)
window.resize(1600, 1000)
window.show()
app.exec()
"""

#: The command ``nnsim`` itself.
NNSIM = f"""
{_EAR}
class Listener:
    def find_spec(name, path=None, target=None):
        if name == "nnsim.ui.shell.window":
            listen()

sys.meta_path.insert(0, Listener)
from nnsim.__main__ import main
main([])
"""


#: Both windows have room for the 1600 × 1000 pixels they wish for.
SCREEN = {
    "screens": [
        {"name": "screen", "x": 0, "y": 0, "width": 1920, "height": 1080}
        | {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    ]
}


def seconds_to_first_paint(program, folder):
    screen = folder / "screen.json"
    screen.write_text(json.dumps(SCREEN), encoding="utf-8")
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": f"offscreen:configfile={screen}",
        "OPENBLAS_NUM_THREADS": "1",
        "XDG_CONFIG_HOME": str(folder),
        "PYTHONPATH": str(ROOT),
    }
    # Both keep their byte code, as they do where a person starts them.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        seconds = time.perf_counter() - start
    assert line == "painted\n"
    return seconds


def test_the_first_window_takes_at_most_twice_as_long_as_a_bare_one(tmp_path, capsys):
    bare, nnsim = [], []
    # The first of each fills the caches of the disk and writes byte code.
    for program in (BARE, NNSIM):
        seconds_to_first_paint(program, tmp_path)
    for _ in range(RUNS):
        bare.append(seconds_to_first_paint(BARE, tmp_path))
        nnsim.append(seconds_to_first_paint(NNSIM, tmp_path))
    # Pair by pair: what slows the machine down for a while slows both of a pair down.
    ratio = statistics.median(ours / theirs for ours, theirs in zip(nnsim, bare, strict=True))
    with capsys.disabled():
        print(
            f"\nfirst window: nnsim {1000 * statistics.median(nnsim):.0f} ms,"
            f" bare {1000 * statistics.median(bare):.0f} ms, ratio {ratio:.2f}"
        )
    assert ratio <= MOST
