"""Characters as numbers, and the Spanish text that comes with nnsim."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnsim.core.randoms import generator
from nnsim.core.resources import resource_path
from nnsim.data.characters import Alphabet, read_text, spanish_text, windows
from nnsim.data.sets import make_data_set
from tests.support.data import refusal, refusals


class TestAlphabet:
    @given(text=st.text())
    def test_there_and_back(self, text):
        alphabet = Alphabet.of(text)
        assert alphabet.text(alphabet.indices(text)) == text
        if text:
            assert alphabet.text_of_one_hot(alphabet.one_hot(text)) == text

    def test_symbols_are_numbered_in_order(self):
        alphabet = Alphabet.of("banda")
        assert alphabet.symbols == ("a", "b", "d", "n")
        assert alphabet.indices("dana").tolist() == [2, 0, 3, 0]
        assert alphabet.one_hot("b").tolist() == [[0, 1, 0, 0]]

    def test_an_unknown_character_is_named_with_its_place(self):
        assert refusals(Alphabet.of("ab\n").indices, "ab\nabñ") == [
            ("text_data.unknown_character", {"character": "ñ", "line": 2, "column": 3})
        ]


class TestWindows:
    def test_targets_are_one_character_on(self):
        alphabet = Alphabet.of("abcdefg")
        data = windows("abcdefg", alphabet, steps=3, stride=2, name="letters")
        texts = [alphabet.text_of_one_hot(rows) for rows in data.inputs]
        following = [alphabet.text_of_one_hot(rows) for rows in data.targets]
        assert texts == ["abc", "cde"]
        assert following == ["bcd", "def"]

    def test_numbers_for_an_embedding(self):
        data = windows("abab", Alphabet.of("ab"), 3, 1, "letters", one_hot_inputs=False)
        assert data.inputs.tolist() == [[[0], [1], [0]]]

    def test_a_text_that_is_too_short(self):
        assert refusals(windows, "abc", Alphabet.of("abc"), 3, 1, "letters") == [
            ("text_data.too_short", {"n": 3, "steps": 3})
        ]


class TestFiles:
    def test_line_ends_are_made_alike(self, tmp_path):
        path = tmp_path / "a.txt"
        path.write_bytes("\ufeffuno\r\ndos\n".encode())
        assert read_text(path) == "uno\ndos\n"

    def test_what_is_no_text(self, tmp_path):
        path = tmp_path / "a.txt"
        path.write_bytes(b"\xff\xfe")
        assert refusal(read_text, path) == "text_data.unreadable"
        path.write_bytes(b" \n")
        assert refusal(read_text, path) == "text_data.empty"
        assert refusal(read_text, tmp_path / "none.txt") == "text_data.unreadable"

    def test_there_is_a_limit(self, tmp_path, monkeypatch):
        monkeypatch.setattr("nnsim.data.characters.MAX_CHARACTERS", 3)
        path = tmp_path / "a.txt"
        path.write_text("abcd")
        assert refusal(read_text, path) == "text_data.too_long"


class TestSpanishText:
    def test_about_ten_thousand_characters_of_cervantes(self):
        text = spanish_text()
        assert text.startswith("En un lugar de la Mancha, de cuyo nombre no quiero acordarme,")
        assert text.endswith("como todos los demás que a él y a sus cosas había puesto.\n")
        assert 10_000 < len(text) < 11_000
        assert len(Alphabet.of(text)) < 80

    def test_its_source_and_status_stand_beside_it(self):
        note = resource_path("datasets", "quijote-1605-capitulo-1.source.txt").read_text("utf-8")
        assert "1605" in note
        assert "public domain" in note

    @pytest.mark.parametrize(("encoding", "features"), [("one_hot", None), ("index", 1)])
    def test_as_samples(self, encoding, features):
        data = make_data_set("quijote", generator(0), steps=20, stride=10, encoding=encoding)
        size = len(Alphabet.of(spanish_text()))
        assert data.input_shape == (20, features or size)
        assert data.target_shape == (20, size)
        assert np.all(data.targets.sum(axis=2) == 1)
        assert data.licence.code == "licence.public_domain"
