"""The program with a window, put together (the composition root)."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from pathlib import Path

# What needs no Qt stands first: PySide reads the source of every module that is imported after it,
# to see whether that uses PySide, and a start takes longer by a twentieth.
import nnsim.language
import nnsim.session  # noqa: F401
from nnsim import __version__
from nnsim.document.edits import set_texts
from nnsim.document.model import Document
from nnsim.document.templates import gate_neuron

# isort: split
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.shell.looks import Looks
from nnsim.ui.shell.mishaps import Mishaps
from nnsim.ui.shell.qt_words import QtWords
from nnsim.ui.shell.window import MainWindow

_SWITCH_SECONDS = 5e-5


def first_document() -> Document:
    """What a first start shows: the shipped example or-gate, made without opening a file."""
    return set_texts(gate_neuron("or"), title="OR")


def make_application(arguments: Sequence[str] = ()) -> QApplication:
    """The application object with its names; Qt takes the arguments it knows."""
    QCoreApplication.setApplicationName("nnsim")
    QCoreApplication.setOrganizationName("nnsim")
    QCoreApplication.setApplicationVersion(__version__)
    QGuiApplication.setDesktopFileName("nnsim")
    # Fusion takes our own colours.  Chosen here and not by setStyle, whose answer would make
    # Python know a few hundred names of QStyle that a start has no use for.
    return QApplication(["nnsim", "-style", "fusion", *arguments])


def make_window(app: QApplication, preferences: Preferences) -> MainWindow:
    """The window with the first document, not shown yet."""
    # A thread that trains lets the window have Python at once and not after 5 ms.
    sys.setswitchinterval(_SWITCH_SECONDS)
    # They listen to the preferences before any widget does: when widgets measure and say their
    # words again, fonts, colours and Qt's own words are the new ones.
    Looks(app, preferences)
    QtWords(app, preferences)
    return MainWindow(first_document(), preferences)


def main(arguments: Sequence[str] = ()) -> int:
    """Show the window until it is closed; an argument that Qt does not know is a file to open.

    Returns the exit status.
    """
    app = make_application(arguments)
    preferences = Preferences()
    window = make_window(app, preferences)
    Mishaps(window, preferences, window.projects.save_as, window.player.pause).install()
    files = QCoreApplication.arguments()[1:]
    if files:
        window.projects.load(Path(files[0]))
    window.painted.connect(_look_for_garbage)
    window.show()
    return app.exec()


def _look_for_garbage() -> None:
    """As usual from now on; what the start has made is there to stay, and is not looked through."""
    gc.freeze()
    gc.enable()
