"""What is taken home of a recurrent layer: traces of every format, with U and the time steps."""

import io

import pytest

from nnsim.export.trace import Options, export_trace, printing
from nnsim.export.verify import verify
from nnsim.language import LOCALES
from tests.support.sequences import recurrent


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("format", ["md", "html", "latex"])
def test_the_head_tells_layers_steps_and_u(format, locale):
    file = io.StringIO()
    document = recurrent((2,), steps=3, count=3)
    printing(document, file, format, Options(locale=locale))
    text = file.getvalue()
    assert {"en": "recurrent, ", "es": "recurrente, "}[locale] in text
    assert {"en": "3 time steps of 2", "es": "3 pasos de tiempo de 2"}[locale] in text
    assert "u = (" in text


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "xlsx"])
def test_files_hold_every_step_and_verify(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    export_trace(recurrent((2, 2), steps=3, count=4), path, suffix)
    assert path.stat().st_size > 0
    if suffix != "xlsx":
        assert "h.R1[2](t=3)" in path.read_text(encoding="utf-8")
        assert verify(path).ok
