"""The Reber grammar."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnsim.core.randoms import generator
from nnsim.data.reber import SYMBOLS, is_valid, possible_next, reber_string, reber_text
from nnsim.data.sets import make_data_set

#: The same language as a regular expression: after the first T, S repeats and X leads on; after
#: the first P, T repeats and V leads on; PXT*V is the way round the inner loop.
PLAIN = re.compile(r"B(?:TS*X(?:S|XT*V(?:PXT*V)*(?:V|PS))|PT*V(?:PXT*V)*(?:V|PS))E")
EMBEDDED = re.compile(rf"B(?:T{PLAIN.pattern}T|P{PLAIN.pattern}P)E")


class TestGrammar:
    @pytest.mark.parametrize("text", ["BTXSE", "BPVVE", "BTSSXXTVVE", "BPTVPXTTVVE", "BTXXVPSE"])
    def test_strings_of_the_grammar(self, text):
        assert is_valid(text)
        assert is_valid(f"BT{text}TE", embedded=True)
        assert is_valid(f"BP{text}PE", embedded=True)

    @pytest.mark.parametrize("text", ["", "B", "BTXS", "BTXSEE", "TXSE", "BTE", "BXXSE", "btxse"])
    def test_strings_that_are_none(self, text):
        assert not is_valid(text)
        assert not is_valid(f"BT{text}TE", embedded=True)

    @pytest.mark.parametrize("text", ["BTBTXSEPE", "BTBTXSET", "BTBTXSETEE", "BXBTXSEXE", "BTXSE"])
    def test_embedded_strings_end_as_they_began(self, text):
        assert not is_valid(text, embedded=True)

    @given(text=st.text("BTPSXVE", max_size=9), embedded=st.booleans())
    def test_any_string_is_judged_as_the_regular_expression_does(self, text, embedded):
        pattern = EMBEDDED if embedded else PLAIN
        assert is_valid(text, embedded) == bool(pattern.fullmatch(text))

    @given(seed=st.integers(0, 10_000), embedded=st.booleans())
    def test_what_is_drawn_is_valid(self, seed, embedded):
        text = reber_string(generator(seed), embedded)
        pattern = EMBEDDED if embedded else PLAIN
        assert is_valid(text, embedded)
        assert pattern.fullmatch(text)
        for place, symbol in enumerate(text):
            assert symbol in possible_next(text[:place], embedded)

    def test_what_may_follow(self):
        assert possible_next("B") == {"T", "P"}
        assert possible_next("BTS") == {"S", "X"}
        assert possible_next("BTXSE") == frozenset()
        assert possible_next("BTBTXSE", embedded=True) == {"T"}
        assert possible_next("BPBTXSEP", embedded=True) == {"E"}
        with pytest.raises(ValueError):
            possible_next("BE")


class TestDataset:
    def test_inputs_are_the_string_and_targets_the_next_symbols(self):
        data = make_data_set("reber", generator(1), count=20)
        for sample in range(20):
            length = data.lengths[sample]
            text = reber_text(data, sample)
            wanted = [SYMBOLS[k] for k in data.targets[sample, :length].argmax(axis=1)]
            assert is_valid(text + wanted[-1], embedded=True)
            assert "".join(wanted[:-1]) == text[1:]

    def test_steps_after_the_end_are_zeros(self):
        data = make_data_set("reber", generator(1), count=20)
        steps = data.inputs.shape[1]
        past = np.arange(steps) >= data.lengths[:, np.newaxis]
        assert past.any()
        assert not data.inputs[past].any()
        assert not data.targets[past].any()
        assert (data.inputs[~past].sum(axis=1) == 1).all()

    def test_all_possible_symbols_as_targets(self):
        data = make_data_set("reber", generator(1), count=5, embedded=False, targets="possible")
        text = reber_text(data, 0)
        for step in range(len(text)):
            wanted = {SYMBOLS[k] for k in np.flatnonzero(data.targets[0, step])}
            assert wanted == possible_next(text[: step + 1])

    def test_no_string_is_longer_than_asked_for(self):
        data = make_data_set("reber", generator(1), count=50, longest=12)
        assert data.inputs.shape[1] <= 11
