"""pyproject.toml and the pinned versions: nothing is left out."""

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins():
    lines = (ROOT / "packaging/constraints.txt").read_text(encoding="utf-8").splitlines()
    requirements = [Requirement(line) for line in lines if line and not line.startswith("#")]
    by_name = {canonicalize_name(one.name): one for one in requirements}
    assert len(by_name) == len(requirements), "a package is pinned twice"
    return by_name


def test_every_pin_is_one_version():
    for one in pins().values():
        assert re.fullmatch(r"==[^,*]+", str(one.specifier)), one


def test_pins_cover_and_satisfy_all_that_pyproject_asks_for():
    asked = [*PROJECT["build-system"]["requires"], *PROJECT["project"]["dependencies"]]
    for extra in PROJECT["project"]["optional-dependencies"].values():
        asked += extra
    pinned = pins()
    for requirement in map(Requirement, asked):
        if requirement.name != "nnsim":
            (pin,) = pinned[canonicalize_name(requirement.name)].specifier
            assert requirement.specifier.contains(pin.version), requirement


def test_pins_cover_what_the_dependencies_ask_for_in_turn():
    pinned = pins()
    seen = set()
    waiting = [("nnsim", frozenset({"test", "lint"}))]
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        assert name == "nnsim" or name in pinned, f"{name} is not pinned"
        for requirement in map(Requirement, distribution(name).requires or []):
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""}):
                waiting.append((canonicalize_name(requirement.name), frozenset(requirement.extras)))
    assert len(seen) > 30


def test_every_room_has_its_layer():
    (layers,) = [
        contract["layers"]
        for contract in PROJECT["tool"]["importlinter"]["contracts"]
        if contract["id"] == "layers"
    ]
    listed = set(re.findall(r"\w+", " ".join(layers)))
    rooms = {
        path.stem
        for path in (ROOT / "nnsim").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert rooms - {"__init__"} <= listed


def test_all_but_the_window_imports_without_qt():
    code = """
import importlib, pkgutil, sys
for name in ("PySide6", "shiboken6", "pyqtgraph", "qtpy", "superqt", "qtawesome"):
    sys.modules[name] = None  # importing it now raises ImportError
import nnsim
# walk_packages imports the packages it enters; those of the window may fail here.
for module in pkgutil.walk_packages(nnsim.__path__, "nnsim.", onerror=lambda name: None):
    if not module.name.startswith(("nnsim.ui", "nnsim.app")):
        importlib.import_module(module.name)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
