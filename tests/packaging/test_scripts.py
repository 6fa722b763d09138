"""The set-up scripts, as far as they can be tried without installing anything."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ["packaging/run", "packaging/test", "packaging/setup.sh", ".ci/run"]

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("bash") is None, reason="the scripts are for bash"
)


def bash(code, *args, cwd=ROOT, **environment):
    """Runs ``code`` after sourcing setup.sh, with ``args`` as $1, $2, ..."""
    code = f'set -euo pipefail\n. "{ROOT}/packaging/setup.sh"\n{code}'
    return subprocess.run(
        ["bash", "-c", code, "bash", *args],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def fake_command(folder, name, code):
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / name
    script.write_text(f"#!/bin/bash\n{code}\n", encoding="utf-8")
    script.chmod(0o755)


@pytest.mark.parametrize("script", SCRIPTS)
def test_bash_can_parse(script):
    subprocess.run(["bash", "-n", ROOT / script], check=True)


@pytest.mark.parametrize("script", [name for name in SCRIPTS if not name.endswith(".sh")])
def test_is_executable(script):
    assert os.access(ROOT / script, os.X_OK)


def test_missing_debs_are_those_that_dpkg_does_not_call_installed(tmp_path):
    # libb is known but was removed; libc is only there under its newer name; libd is unknown.
    listing = "installed:liba config-files:libb installed:libct64 "
    fake_command(tmp_path / "bin", "dpkg-query", f"printf '%s' '{listing}'; exit 1")
    done = bash(
        'missing_debs "$@"',
        *["liba", "libb", "libc", "libd"],
        PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}",
    )
    assert done.stdout.split() == ["libb", "libd"]


def test_without_root_and_sudo_the_command_to_run_is_named(tmp_path):
    fake_command(tmp_path / "bin", "dpkg-query", "exit 1")
    fake_command(tmp_path / "bin", "id", "echo 1000")
    done = bash('PATH=$1; install_debs "$2"', str(tmp_path / "bin"), "liba")
    assert done.returncode == 1
    assert done.stderr.endswith("apt-get install --no-install-recommends liba\n")


@pytest.fixture
def checkout(tmp_path):
    """A checkout with the scripts and an empty .venv, whose nnsim repeats its arguments."""
    root = tmp_path / "checkout"
    shutil.copytree(ROOT / "packaging", root / "packaging")
    (root / "pyproject.toml").write_text("one", encoding="utf-8")
    fake_command(root / ".venv/bin", "nnsim", 'echo "$PWD: $*"')
    (root / ".venv/bin/python").symlink_to(sys.executable)
    return root


def stamp(checkout, kind):
    bash('printf "%s\\n" "$1" "$(place)" "$(pins)" >"$stamp"', kind, cwd=checkout)


def is_up_to_date(checkout, kind):
    return bash('is_up_to_date "$1"', kind, cwd=checkout).returncode == 0


class TestUpToDate:
    """``is_up_to_date``: the quick second start, and its limits."""

    @pytest.mark.parametrize(
        ("was", "wanted", "enough"),
        [
            ("run", "run", True),
            ("test", "test", True),
            ("test", "run", True),
            ("run", "test", False),
        ],
    )
    def test_the_tests_need_more_than_the_program(self, checkout, was, wanted, enough):
        stamp(checkout, was)
        assert is_up_to_date(checkout, wanted) is enough

    def test_not_without_a_stamp_or_with_a_half_made_folder(self, checkout):
        assert not is_up_to_date(checkout, "run")
        (checkout / ".venv/.nnsim-set-up").write_text("unfinished\n", encoding="utf-8")
        assert not is_up_to_date(checkout, "run")

    @pytest.mark.parametrize("name", ["pyproject.toml", "packaging/constraints.txt"])
    def test_not_after_the_dependencies_changed(self, checkout, name):
        stamp(checkout, "run")
        (checkout / name).write_text("three", encoding="utf-8")
        assert not is_up_to_date(checkout, "run")

    def test_not_after_the_checkout_moved(self, checkout, tmp_path_factory):
        stamp(checkout, "run")
        moved = tmp_path_factory.mktemp("moved") / "nnsim"
        shutil.copytree(checkout, moved, symlinks=True)
        assert not is_up_to_date(moved, "run")

    def test_not_when_the_interpreter_is_gone(self, checkout):
        stamp(checkout, "run")
        (checkout / ".venv/bin/python").unlink()
        (checkout / ".venv/bin/python").symlink_to("/nonexistent/python3")
        assert not is_up_to_date(checkout, "run")


class TestRun:
    """``packaging/run`` once everything is there."""

    @staticmethod
    def run(checkout, cwd, *args, **environment):
        # Only what a bare session has: no display of the machine that tests may leak in.
        return subprocess.run(
            [checkout / "packaging/run", *args],
            cwd=cwd,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **environment},
            capture_output=True,
            text=True,
        )

    def test_arguments_and_folder_are_handed_on(self, checkout, tmp_path):
        stamp(checkout, "run")
        done = self.run(checkout, tmp_path, "trace", "my net.nnsim")
        assert (done.returncode, done.stdout) == (0, f"{tmp_path}: trace my net.nnsim\n")
        assert done.stderr == ""

    @pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
    @pytest.mark.parametrize(
        ("environment", "args", "job"),
        [
            ({}, [], "trace or-gate"),
            ({"DISPLAY": ":54321"}, ["--light"], "trace or-gate"),
            ({"WAYLAND_DISPLAY": "wayland-54321"}, ["net.nnsim"], "trace net.nnsim"),
            ({"QT_QPA_PLATFORM": "xcb"}, [], "trace or-gate"),
        ],
    )
    def test_without_a_screen_it_says_so_and_shows_the_job(
        self, checkout, tmp_path, environment, args, job
    ):
        stamp(checkout, "run")
        done = self.run(checkout, tmp_path, *args, **environment)
        assert (done.returncode, done.stdout) == (2, f"{tmp_path}: {job}\n")
        (sentence,) = done.stderr.splitlines()
        assert "no screen" in sentence
        assert sentence.endswith(f"./packaging/run {job}")
