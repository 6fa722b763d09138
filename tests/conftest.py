"""What holds for every test: no screen, one BLAS thread, fixed examples, own user folders."""

from __future__ import annotations

import gc
import itertools
import os
import sys
import threading

# Before anything imports Qt or NumPy: both read these once.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for _threads in (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
):
    os.environ[_threads] = "1"
# The language of the machine must not decide what a test sees.
os.environ["LC_ALL"] = "C.UTF-8"
os.environ.pop("LANGUAGE", None)

import pytest
from hypothesis import settings

# The same examples on every run and machine; `--hypothesis-profile=explore` looks for new ones.
settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile("steady")

_numbers = itertools.count()


@pytest.fixture(scope="session")
def _user_folders(tmp_path_factory):
    return tmp_path_factory.mktemp("user-folders")


@pytest.fixture(autouse=True)
def _own_user_folders(_user_folders, monkeypatch):
    """Settings, recent files and caches of each test go to a fresh folder of its own."""
    # Not below tmp_path: a test may look at all that it holds.  Nothing is made until it is used.
    root = _user_folders / str(next(_numbers))
    for kind in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(root / kind.lower()))
    if "PySide6.QtCore" in sys.modules:
        # QSettings reads XDG_CONFIG_HOME once per process, so it has to be told.
        from PySide6.QtCore import QSettings

        for file_format in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
            QSettings.setPath(file_format, QSettings.Scope.UserScope, str(root / "config"))


@pytest.fixture(autouse=True)
def _nothing_goes_on():
    """A test leaves no training behind, and garbage is collected in the next one.

    What a closed window still examines holds it back for a moment longer.
    """
    yield
    gc.enable()
    assert not [thread for thread in threading.enumerate() if thread.name == "training"]


def pytest_sessionfinish():
    """Empty the clipboard while Qt still lives.

    The offscreen clipboard frees what was copied when the process ends, after Python is gone, and
    what was copied from Python crashes it then.
    """
    if "PySide6.QtGui" in sys.modules:
        from PySide6.QtGui import QGuiApplication

        if QGuiApplication.instance() is not None:
            QGuiApplication.clipboard().clear()
