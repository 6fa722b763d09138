"""nnsim as a process: other languages of the system, pipes, no Qt, no screen."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ON_UNIX = pytest.mark.skipif(os.name == "nt", reason="pipes and devices as on Unix")


def nnsim(*words, cwd=ROOT, **environment):
    return subprocess.run(
        [sys.executable, "-m", "nnsim", *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
    )


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_utf_8_whatever_the_terminal_says(encoding):
    done = nnsim("trace", "or-gate", "--locale", "es", LC_ALL="C", PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert "| Σ |" in done.stdout.decode("utf-8")


def test_errors_too_are_utf_8_and_one_line():
    done = nnsim("trace", "or-gate", "--format", "ñ", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode("utf-8").count("\n") == 1


@ON_UNIX
def test_a_file_name_that_is_no_text(tmp_path):
    name = os.fsdecode(b"a\xff.nnsim")
    done = nnsim("trace", name, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1


@ON_UNIX
def test_a_reader_who_has_had_enough_is_no_error():
    script = f"{sys.executable} -m nnsim trace or-gate --iterations 3000 | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "# OR gate\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full disk here")
def test_a_full_disk_is_one_line():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "nnsim", "trace", "or-gate"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "full" in done.stderr


class TestWithoutQt:
    """An environment in which PySide6 is not installed."""

    @pytest.fixture
    def without_qt(self, tmp_path):
        code = """
import sys
import time
for name in ("PySide6", "shiboken6", "pyqtgraph"):
    sys.modules[name] = None  # importing it now raises ImportError
from nnsim.__main__ import main
sys.exit(main(sys.argv[1:]))
"""

        def run(*words):
            return subprocess.run(
                [sys.executable, "-c", code, *words],
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
                capture_output=True,
                text=True,
            )

        return run

    def test_traces_are_exported_and_verified(self, without_qt):
        assert "| It |" in without_qt("trace", "or-gate").stdout
        assert without_qt("trace", "xor-2-2-1", "-o", "a.jsonl").returncode == 0
        assert without_qt("verify", "a.jsonl").returncode == 0
        assert without_qt("examples").returncode == 0

    @pytest.mark.parametrize("words", [(), ("picture", "or-gate", "-o", "a.svg")])
    def test_the_window_and_pictures_say_what_they_need(self, without_qt, words):
        done = without_qt(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1
        assert "PySide6" in done.stderr


def test_the_way_in_loads_neither_numpy_nor_qt():
    """The first window should not wait for what it does not show."""
    code = """
import sys
import time
import nnsim.__main__, nnsim.cli
nnsim.cli.wants_window([])
heavy = {"numpy", "pandas", "pydantic", "jinja2", "PySide6", "argparse"} & set(sys.modules)
sys.exit(str(heavy) if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as on Linux")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_an_experiment_that_is_ended_leaves_no_worker(ending):
    words = ["kfold", "digits", "--workers", "2", "--epochs", "100000", "--folds", "2"]
    with subprocess.Popen(
        [sys.executable, "-m", "nnsim", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        # Tests that run in the background of a shell have Ctrl-C ignored, and hand that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:
        try:
            # Two workers and what keeps count of shared resources.
            begun = wait_for(lambda: at_work(running.pid), 3)
            # Ctrl-C reaches all of them, as a terminal sends it.
            (os.killpg if ending == signal.SIGINT else os.kill)(running.pid, ending)
            output, errors = running.communicate(timeout=30)
        finally:
            running.kill()
    assert output == b""
    if ending == signal.SIGINT:
        assert (running.returncode, errors) == (130, b"")
    assert wait_for(lambda: [pid for pid in begun if Path(f"/proc/{pid}").exists()], 0) == []


def at_work(parent):
    """Children that are past their start: Ctrl-C is not for them."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [pid for pid in children if ignores_ctrl_c(pid)]


def ignores_ctrl_c(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    (mask,) = [line.split()[1] for line in status.splitlines() if line.startswith("SigIgn")]
    return bool(int(mask, 16) >> (signal.SIGINT - 1) & 1)


def wait_for(found, count):
    """What is found as soon as there are so many, or after half a minute."""
    deadline = time.monotonic() + 30
    while len(there := found()) != count and time.monotonic() < deadline:
        time.sleep(0.05)
    return there
