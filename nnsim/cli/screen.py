"""Whether there is a screen to open a window on.  Qt aborts the program where there is none."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

# Platforms of Qt that need no display server.
_WITHOUT_SERVER = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs")


def has_screen(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether Qt would find a display.  On macOS and Windows there always is one."""
    if sys.platform in ("win32", "darwin"):
        return True
    if environment.get("QT_QPA_PLATFORM", "").startswith(_WITHOUT_SERVER):
        return True
    if name := environment.get("WAYLAND_DISPLAY"):
        folder = environment.get("XDG_RUNTIME_DIR", "/nowhere")
        if (Path(folder) / name).is_socket():
            return True
    display = environment.get("DISPLAY", "")
    if not display:
        return False
    host, _, number = display.rpartition(":")
    if host not in ("", "unix"):
        return True  # on another machine, as with ssh -X: Qt will find out
    return _answers(number.split(".")[0])


def paint_unseen() -> None:
    """Let Qt paint without a screen, whatever is set for its windows.  Before it is started."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"


def _answers(number: str) -> bool:
    """Whether an X server of this number listens here, on a socket file or a nameless one."""
    import socket  # only here: what is imported delays the first window

    address = f"/tmp/.X11-unix/X{number}"
    for place in (address, f"\0{address}"):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(2.0)
            try:
                client.connect(place)
            except OSError:
                continue
            return True
    return False
