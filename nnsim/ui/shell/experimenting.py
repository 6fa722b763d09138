"""The command that opens the window of the experiments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from nnsim.ui.experiments.window import ExperimentsWindow
    from nnsim.ui.shell.window import MainWindow


class ExperimentCommands(QObject):
    """Opens the window, which is imported then, and closes it with the main window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.opened: ExperimentsWindow | None = None
        window.commands.add("experiments", self.open, ("Ctrl+Shift+X",))

    def open(self) -> None:
        """Show the window, with what it last showed."""
        from nnsim.ui.experiments.window import ExperimentsWindow

        if self.opened is None:
            window = self._window
            self.opened = ExperimentsWindow(window.workspace, window.preferences, window)
        self.opened.show()
        self.opened.raise_()
        self.opened.activateWindow()

    def close(self) -> None:
        """Close the window; what runs is given up."""
        if self.opened is not None:
            self.opened.close()
