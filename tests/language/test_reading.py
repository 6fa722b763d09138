"""The quick reader of the catalogue reads what TOML says, and leaves the rest to tomllib."""

import tomllib

import pytest

from nnsim.core.resources import resource_path
from nnsim.language import LOCALES
from nnsim.language.catalogue import _flatten, _read

FILES = [path for locale in LOCALES for path in resource_path("i18n", locale).glob("*.toml")]


def parsed(content):
    return dict(_flatten(tomllib.loads(content), ""))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_file_is_read_as_toml_reads_it(path):
    assert dict(_read(path)) == parsed(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_file_makes_a_start_wait_for_tomllib(monkeypatch, path):
    monkeypatch.setattr("nnsim.language.catalogue._parsed", None)
    assert _read(path)


@pytest.mark.parametrize(
    "content",
    [
        'a = "plain"\n[t]\nb = "x"\n[t.u]\nc-d = "y"\n',
        '# a comment\n\na = "with \\"quotes\\" and \\n a \\\\ backslash and a \\t tab"\n',
        'a = """\nfirst\n  second\n"""\nb = "after"\n',
        # What it leaves to tomllib.
        "a = 'single'\n",
        'a = "x" # a comment behind\n',
        "a . b = 'dotted'\n",
        'a = """\none \\\n two\n"""\n',
        'a = """\nends here"""\nb = "after"\n',
        'a = "\\u00e9"\n',
        "[t]\nn = 3\n",
    ],
)
def test_any_toml_is_read_alike(tmp_path, content):
    path = tmp_path / "room.toml"
    path.write_text(content, encoding="utf-8")
    assert dict(_read(path)) == parsed(content)


def test_what_is_no_toml_is_refused(tmp_path):
    path = tmp_path / "room.toml"
    path.write_text('a = "open\n', encoding="utf-8")
    with pytest.raises(tomllib.TOMLDecodeError):
        _read(path)
