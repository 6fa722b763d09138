"""The diagram of a project as a picture, without a window."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from nnsim.document.model import Document
from nnsim.ui.bridge.pictures import save_picture
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.canvas.picture import diagram_picture
from nnsim.ui.canvas.scene import DiagramScene


def save_project_picture(
    document: Document,
    path: Path,
    theme: str = "light",
    locale: str = "en",
    iteration: int | None = None,
) -> None:
    """Draw a project into an SVG, PDF or PNG file, as the canvas shows it.

    ``iteration``: as it stands at the end of that iteration (from 1); None: at its start.  The
    settings of the person are neither read nor changed.
    Raises NnsimError ``picture.format`` and ``file.cannot_write``, and what keeps the document
    from running where an iteration is asked for; ValueError for an unknown theme or locale.
    """
    app = QApplication.instance()
    if app is None:
        # No window is opened, so no screen is needed either.
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        app = QApplication([])
    preferences = Preferences(QSettings("", QSettings.Format.IniFormat))
    preferences.set_theme(theme)
    preferences.set_locale(locale)
    workspace = Workspace(document)
    if iteration is not None:
        workspace.session.go_to(iteration)
        workspace.computed()
    diagram = DiagramScene(workspace, preferences)
    save_picture(diagram_picture(diagram, document.title or path.stem), path)
