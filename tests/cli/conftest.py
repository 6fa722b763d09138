"""Commands as words: what they print, and how they refuse."""

import re

import pytest

from nnsim.cli import main


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Runs a command in an empty folder; returns status, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        status = main(words)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def printed(run):
    """What a command that goes well prints."""

    def printed(*words):
        status, output, errors = run(*words)
        assert (status, errors) == (0, "")
        return output

    return printed


@pytest.fixture
def refused(run):
    """Runs a command that fails; returns the one line it says."""

    def refused(*words, status=2):
        found, output, errors = run(*words)
        assert (found, output) == (status, "")
        assert re.fullmatch(r"nnsim: [^\n]+\n", errors)
        return errors

    return refused
