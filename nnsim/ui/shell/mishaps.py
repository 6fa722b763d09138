"""What nobody foresaw: logged, told calmly, and the work stays on screen and can be saved."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from nnsim import __version__
from nnsim.ui.bridge.preferences import Preferences

_MAX_LOG_BYTES = 1_000_000


def log_path() -> Path:
    """The file that mishaps are written to."""
    import platformdirs

    return Path(platformdirs.user_log_path("nnsim")) / "nnsim.log"


def write_log(error: BaseException) -> Path | None:
    """Append an error to the log; returns the file, or None where it cannot be written."""
    import traceback
    from datetime import datetime

    path = log_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > _MAX_LOG_BYTES:
            path.replace(path.with_suffix(".old.log"))
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now().isoformat(timespec='seconds')} nnsim {__version__}\n")
            file.write("".join(traceback.format_exception(error)))
            file.write("\n")
    except OSError:
        return None
    return path


class Mishaps(QObject):
    """Receives every exception that no code caught.

    ``save_as`` saves the project under another name; ``stop`` halts whatever repeats by itself.
    """

    # A signal, because an exception may come from any thread and windows live in one.
    _happened = Signal(object)

    def __init__(
        self,
        window: QWidget,
        preferences: Preferences,
        save_as: Callable[[], bool],
        stop: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._preferences = preferences
        self._save_as = save_as
        self._stop = stop
        self._is_told = False
        self._happened.connect(self._tell_soon)

    def install(self) -> None:
        """Receive exceptions of this and other threads from now on."""
        sys.excepthook = self.handle
        threading.excepthook = lambda args: self.handle(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )

    def handle(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Log an exception and tell about it; an interrupt from the keyboard ends the program."""
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        self._happened.emit(write_log(error.with_traceback(trace)))

    def _tell_soon(self, log: Path | None) -> None:
        self._stop()
        # One that comes again and again is told once at a time.
        if not self._is_told:
            self._is_told = True
            # Not from within the code that failed.
            QTimer.singleShot(0, self, lambda: self._tell(log))

    def _tell(self, log: Path | None) -> None:
        from PySide6.QtWidgets import QMessageBox

        say = self._preferences.say
        box = QMessageBox(self._window)
        box.setObjectName("mishap")
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(say("mishap.title"))
        box.setText(say("mishap.text"))
        more = [say("mishap.more")]
        if log is not None:
            more.append(say("mishap.log", path=str(log)))
        box.setInformativeText("\n\n".join(more))
        save = box.addButton(say("mishap.save"), QMessageBox.ButtonRole.ActionRole)
        save.setObjectName("mishap_save")
        go_on = box.addButton(say("mishap.go_on"), QMessageBox.ButtonRole.RejectRole)
        go_on.setObjectName("mishap_go_on")
        box.setDefaultButton(save)
        box.setEscapeButton(go_on)
        box.exec()
        self._is_told = False
        wants_to_save = box.clickedButton() is save
        box.deleteLater()
        if wants_to_save:
            self._save_as()
