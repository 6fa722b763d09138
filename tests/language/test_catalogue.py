"""The catalogue of texts: complete in both languages, and said with the right numbers."""

import ast
import re
import string
from fractions import Fraction
from pathlib import Path

import pytest

import nnsim
from nnsim.core.messages import Message, NnsimError
from nnsim.language import (
    LOCALES,
    decimal_mark,
    message_text,
    system_locale,
    text,
)
from nnsim.language.catalogue import catalogue

SOURCES = sorted(Path(nnsim.__file__).parent.rglob("*.py"))
KEY = re.compile(r"[a-z_]+(\.[A-Za-z0-9_-]+)+")
#: Calls whose first argument is a key.
SAYING = {"text", "say", "Message", "of", "_error", "_warning", "_message", "has_text"}

#: Names of columns in files ("new.w") and of records ("penalty.g") look like keys of these tables.
NO_TABLES = {"new", "change", "penalty"}


def placeholders(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


class TestBothLanguages:
    def test_have_the_same_keys(self):
        assert set(catalogue("en")) == set(catalogue("es"))

    def test_have_the_same_placeholders(self):
        english, spanish = catalogue("en"), catalogue("es")
        differing = {k for k in english if placeholders(english[k]) != placeholders(spanish[k])}
        assert differing == set()

    @pytest.mark.parametrize("locale", LOCALES)
    def test_say_something_for_every_key(self, locale):
        assert [key for key, sentence in catalogue(locale).items() if not sentence.strip()] == []


def codes_in(source):
    """Keys a module says: whole ones, and patterns of those put together from parts."""
    tables = {key.split(".")[0] for key in catalogue("en")}
    nodes = list(ast.walk(ast.parse(source.read_text(encoding="utf-8"))))
    pieces = {part for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in nodes:
        if node in pieces:
            continue
        # Codes also stand in tables and are handed on in variables.
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and KEY.fullmatch(node.value) and node.value.split(".")[0] in tables - NO_TABLES:
            yield re.escape(node.value)
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name not in SAYING:
            continue
        first = node.args[0]
        branches = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
        for branch in branches:
            if isinstance(branch, ast.Constant) and isinstance(branch.value, str):
                if KEY.fullmatch(branch.value):
                    yield re.escape(branch.value)
            elif isinstance(branch, ast.JoinedStr):
                parts = [
                    re.escape(part.value) if isinstance(part, ast.Constant) else r"[\w.-]+"
                    for part in branch.values
                ]
                if "\\." in "".join(parts):
                    yield "".join(parts)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(path.parents[2])))
def test_everything_a_module_says_has_a_sentence(source):
    keys = catalogue("en")
    for code in codes_in(source):
        # The window also says the beginnings of keys: "action.pause" for its text and its tip.
        rest = ".+" if code.endswith("_") else r"(\..*)?"
        known = re.compile(code + rest if "ui" in source.parts else code)
        assert any(known.fullmatch(key) for key in keys), f"{code} has no sentence"


def test_the_scan_finds_what_is_said():
    checks = next(path for path in SOURCES if path.name == "checks.py")
    found = set(codes_in(checks))
    assert {re.escape("check.no_input"), re.escape("check.cycle")} <= found
    assert any(code.startswith("rule") for code in found)


class TestSentences:
    @pytest.mark.parametrize(("locale", "mark"), [("en", "."), ("es", ",")])
    def test_numbers_have_the_mark_of_the_language(self, locale, mark):
        said = text("verdict.loss_reached", locale, iteration=3, target=0.01)
        assert f"0{mark}01" in said
        assert f"0{mark}5" in text(
            "verdict.stationary", locale, iteration=1, tolerance=Fraction(1, 2)
        )
        assert decimal_mark(locale) == mark

    def test_a_message_inside_a_message_is_said_in_the_same_language(self):
        rule = Message("rule.course")
        message = Message("check.rule_needs_step", {"rule": rule, "name": "N1"}, node="n3")
        assert "Regla del curso" in message_text(message, "es")
        assert "Course rule" in message_text(message, "en")

    def test_one_has_a_sentence_of_its_own_where_it_differs(self):
        assert text("cli.written", "en", n=1, path="a", outcome="b") == "a: 1 row. b"
        assert text("cli.written", "en", n=2, path="a", outcome="b") == "a: 2 rows. b"

    def test_an_unknown_key_or_language_is_a_defect(self):
        with pytest.raises(KeyError):
            text("no.such_key", "en")
        with pytest.raises(ValueError):
            text("answer.yes", "de")

    @pytest.mark.parametrize("locale", LOCALES)
    def test_text_with_braces_is_left_alone(self, locale):
        assert "{x}" in text("number.unreadable", locale, text="{x}")


class TestSystemLocale:
    @pytest.mark.parametrize(
        ("variables", "expected"),
        [
            ({"LC_ALL": "es_ES.UTF-8"}, "es"),
            ({"LANG": "es_AR.UTF-8"}, "es"),
            ({"LANG": "en_GB.UTF-8"}, "en"),
            ({"LANG": "fr_FR.UTF-8"}, "en"),
            ({"LC_ALL": "C", "LANG": "es_ES.UTF-8"}, "en"),
            ({"LC_MESSAGES": "es_ES", "LANG": "en_US"}, "es"),
        ],
    )
    def test_follows_the_environment(self, monkeypatch, variables, expected):
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        assert system_locale() == expected


def test_an_error_goes_through_a_process_whole():
    import pickle

    error = NnsimError(Message("edit.name", {"n": 3}, "n1"), Message("check.no_input"))
    assert pickle.loads(pickle.dumps(error)).messages == error.messages
