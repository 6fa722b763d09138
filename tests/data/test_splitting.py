"""Parts and folds: sizes that add up, every row once, classes in proportion."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import KFold

from nnsim.core.randoms import generator
from nnsim.data.splitting import Order, Shares, folds, largest_remainder, split
from nnsim.engine.learners.feed import Feed
from tests.support.data import refusal, refusals

weights = st.integers(0, 100)


class TestRounding:
    @pytest.mark.parametrize(
        ("count", "sizes"),
        [
            (100, (70, 15, 15)),
            (20, (14, 3, 3)),
            (10, (7, 2, 1)),
            (12, (8, 2, 2)),
            (4, (3, 1, 0)),
            (1, (1, 0, 0)),
            (1797, (1258, 270, 269)),
        ],
    )
    def test_70_15_15_by_the_largest_remainder(self, count, sizes):
        assert Shares().sizes(count) == sizes

    def test_shares_are_what_is_on_paper_and_not_its_binary_neighbour(self):
        # In binary 0.7 + 0.15 + 0.15 is 1, but 0.1 + 0.2 + 0.7 is less.
        assert Shares(0.7, 0.2, 0.1).fractions() == (
            Fraction(7, 10),
            Fraction(2, 10),
            Fraction(1, 10),
        )
        assert Shares(0.7, 0.2, 0.1).sizes(10) == (7, 2, 1)

    def test_shares_are_relative(self):
        assert Shares(2, 1, 1).sizes(8) == Shares(50, 25, 25).sizes(8) == (4, 2, 2)

    @given(count=st.integers(0, 10_000), shares=st.lists(weights, min_size=1, max_size=6))
    def test_sizes_add_up_and_are_next_to_the_exact_share(self, count, shares):
        whole = sum(shares) or 1
        fractions = [Fraction(share, whole) for share in shares]
        if not sum(shares):
            fractions[0] = Fraction(1)
        sizes = largest_remainder(count, fractions)
        assert sum(sizes) == count
        assert all(abs(n - f * count) < 1 for n, f in zip(sizes, fractions, strict=True))

    @pytest.mark.parametrize("shares", [(0, 0, 0), (-1, 1, 1), (np.nan, 1, 1), (np.inf, 1, 1)])
    def test_shares_that_are_none(self, shares):
        assert refusal(Shares(*shares).sizes, 10) == "split.shares"

    def test_training_is_needed(self):
        assert refusals(Shares(0, 50, 50).sizes, 10) == [("split.no_training", {"n": 10})]
        assert refusal(Shares().sizes, 0) == "split.no_training"


class TestSplit:
    def test_in_order(self):
        parts = split(10, generator(0), order=Order.IN_ORDER)
        assert parts.training.tolist() == list(range(7))
        assert parts.validation.tolist() == [7, 8]
        assert parts.test.tolist() == [9]

    @given(
        labels=st.lists(st.integers(0, 4), min_size=1, max_size=80),
        shares=st.tuples(st.integers(1, 100), weights, weights),
        order=st.sampled_from(Order),
        seed=st.integers(0, 100),
    )
    def test_every_row_is_in_one_part(self, labels, shares, order, seed):
        count, chosen = len(labels), Shares(*shares)
        if not largest_remainder(count, chosen.fractions())[0]:
            return
        parts = split(count, generator(seed), chosen, order, np.array(labels))
        rows = np.concatenate([parts.training, parts.validation, parts.test])
        assert sorted(rows.tolist()) == list(range(count))
        sizes = tuple(map(len, (parts.training, parts.validation, parts.test)))
        assert sizes == chosen.sizes(count)

    @given(
        members=st.lists(st.integers(1, 60), min_size=1, max_size=6),
        shares=st.tuples(st.integers(30, 100), weights, weights),
        seed=st.integers(0, 10),
    )
    def test_stratified_parts_have_each_class_in_proportion(self, members, shares, seed):
        labels = np.repeat(np.arange(len(members)), members)
        chosen = Shares(*shares)
        if not largest_remainder(len(labels), chosen.fractions())[0]:
            return
        parts = split(len(labels), generator(seed), chosen, Order.STRATIFIED, labels)
        for part, fraction in zip(
            (parts.training, parts.validation, parts.test), chosen.fractions(), strict=True
        ):
            found = np.bincount(labels[part], minlength=len(members))
            exact = [float(fraction * n) for n in members]
            # Less than one sample away, or two where the sizes of the parts leave no other way.
            assert np.abs(found - exact).max() < 2

    def test_stratified_digits(self):
        labels = np.repeat(np.arange(3), (50, 30, 20))
        parts = split(100, generator(1), order=Order.STRATIFIED, labels=labels)
        assert np.bincount(labels[parts.training]).tolist() == [35, 21, 14]
        assert np.bincount(labels[parts.test]).sum() == 15

    def test_shuffled_parts_depend_on_the_generator_alone(self):
        first, again, other = (split(50, generator(seed)).training for seed in (1, 1, 2))
        assert first.tolist() == again.tolist()
        assert first.tolist() != other.tolist()

    def test_parts_are_read_only(self):
        with pytest.raises(ValueError):
            split(10, generator(0)).training[0] = 1

    def test_stratified_needs_classes(self):
        assert refusal(split, 10, generator(0), order=Order.STRATIFIED) == "split.no_classes"
        assert refusal(folds, 10, 2, generator(0), Order.STRATIFIED) == "split.no_classes"


class TestFolds:
    @given(count=st.integers(2, 60), k=st.integers(2, 60), order=st.sampled_from(Order))
    def test_every_row_is_tested_once_and_trained_on_otherwise(self, count, k, order):
        if k > count:
            assert refusal(folds, count, k, generator(0), order) == "fold.number"
            return
        runs = folds(count, k, generator(0), order, np.zeros(count, dtype=np.int64))
        tested = np.concatenate([run.test for run in runs])
        assert sorted(tested.tolist()) == list(range(count))
        for run in runs:
            assert sorted([*run.training, *run.test]) == list(range(count))
        sizes = [len(run.test) for run in runs]
        assert max(sizes) - min(sizes) <= 1

    def test_in_order_as_scikit_learn_does(self):
        expected = [test.tolist() for _, test in KFold(3).split(np.zeros(10))]
        found = [run.test.tolist() for run in folds(10, 3, generator(0), Order.IN_ORDER)]
        assert found == expected == [[0, 1, 2, 3], [4, 5, 6], [7, 8, 9]]

    def test_stratified_folds_have_each_class_in_proportion(self):
        labels = np.repeat(np.arange(3), (50, 30, 20))
        for run in folds(100, 5, generator(2), Order.STRATIFIED, labels):
            assert np.bincount(labels[run.test]).tolist() == [10, 6, 4]

    def test_a_class_that_is_too_rare_is_refused(self):
        labels = np.repeat([0, 1], (8, 2))
        assert refusals(folds, 10, 3, generator(0), Order.STRATIFIED, labels) == [
            ("fold.rare_class", {"n": 2, "k": 3})
        ]

    def test_the_same_generator_gives_the_same_folds(self):
        first, again, other = (folds(20, 4, generator(seed))[0].test for seed in (1, 1, 2))
        assert first.tolist() == again.tolist()
        assert first.tolist() != other.tolist()


class TestBatches:
    def test_a_part_is_fed_in_batches_with_the_last_one_short(self):
        rows = split(30, generator(0)).training
        feed, batches = Feed(len(rows), shuffled=True, seed=5), []
        while True:
            batches.append(rows[feed.peek(8)].tolist())
            if feed.take(8):
                break
        assert [len(batch) for batch in batches] == [8, 8, 5]
        assert sorted(itertools.chain(*batches)) == sorted(rows.tolist())
