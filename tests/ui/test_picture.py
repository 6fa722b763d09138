"""A project as a picture, without a window."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from PySide6.QtGui import QImage
from PySide6.QtSvg import QSvgRenderer

from nnsim.core.messages import NnsimError
from nnsim.document.templates import empty, gate_neuron, perceptron
from nnsim.ui.picture import save_project_picture


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("suffix", ["svg", "pdf", "png"])
def test_every_format_and_theme(qapp, tmp_path, suffix, theme):
    path = tmp_path / f"or.{suffix}"
    save_project_picture(gate_neuron("or"), path, theme)
    assert path.stat().st_size > 1000
    if suffix == "png":
        lightness = QImage(str(path)).pixelColor(3, 3).lightness()
        assert lightness > 200 if theme == "light" else lightness < 60


def test_the_numbers_are_text_in_the_language_asked_for(qapp, tmp_path):
    path = tmp_path / "or.svg"
    save_project_picture(gate_neuron("or"), path, locale="es")
    text = path.read_text()
    assert ">0,5</text>" in text
    assert ">b = 1</text>" in text
    assert QSvgRenderer(str(path)).isValid()


def test_an_iteration_is_shown_as_it_ends(qapp, tmp_path):
    path = tmp_path / "or.svg"
    save_project_picture(gate_neuron("or"), path, iteration=3)
    text = path.read_text()
    assert ">-0.5</text>" in text
    assert ">b = -1</text>" in text


def test_large_and_empty_diagrams_are_pictures_too(qapp, tmp_path):
    save_project_picture(perceptron((64, 32, 10)), tmp_path / "large.png")
    save_project_picture(empty(), tmp_path / "empty.png")
    assert not QImage(str(tmp_path / "large.png")).isNull()
    assert not QImage(str(tmp_path / "empty.png")).isNull()


def test_a_diagram_that_cannot_run_is_drawn_but_has_no_iterations(qapp, tmp_path):
    broken = gate_neuron("or")
    broken = type(broken)(nodes=broken.nodes, next_id=9)
    save_project_picture(broken, tmp_path / "broken.png")
    with pytest.raises(NnsimError) as refused:
        save_project_picture(broken, tmp_path / "other.png", iteration=1)
    assert refused.value.messages[0].code.startswith("check.")
    assert not (tmp_path / "other.png").exists()


def test_it_needs_neither_an_application_nor_a_screen(tmp_path):
    path = tmp_path / "or.png"
    code = (
        "from pathlib import Path\n"
        "from nnsim.document.templates import gate_neuron\n"
        "from nnsim.ui.picture import save_project_picture\n"
        f"save_project_picture(gate_neuron('or'), Path({str(path)!r}))\n"
    )
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert path.exists()
