"""Which samples come next."""

import pytest

from nnsim.engine.learners import Feed


def epochs(feed, batch, count):
    """Batches of ``count`` epochs as lists of row numbers, one list an epoch."""
    seen = []
    for _ in range(count):
        batches, ended = [], False
        while not ended:
            rows = feed.peek(batch)
            batches.append(rows.tolist())
            ended = feed.take(len(rows))
        seen.append(batches)
    return seen


def test_in_the_given_order_every_epoch_is_alike():
    assert epochs(Feed(3), 1, 2) == [[[0], [1], [2]]] * 2


def test_the_last_batch_is_short():
    assert epochs(Feed(5), 2, 2) == [[[0, 1], [2, 3], [4]]] * 2


def test_a_batch_larger_than_the_data_is_all_of_them():
    assert epochs(Feed(3), 10, 1) == [[[0, 1, 2]]]


def test_22_batches_of_700_samples():
    """Exercise 30: 700 samples in batches of 32: 22 batches, the last of 28."""
    (batches,) = epochs(Feed(700), 32, 1)
    assert (len(batches), len(batches[-1])) == (22, 28)


def test_shuffled_epochs_hold_every_sample_once_in_ever_other_orders():
    feed = Feed(20, shuffled=True, seed=3)
    seen = [[row for batch in epoch for row in batch] for epoch in epochs(feed, 3, 4)]
    assert all(sorted(epoch) == list(range(20)) for epoch in seen)
    assert len({tuple(epoch) for epoch in seen}) == 4


def test_the_seed_decides_the_order():
    one, same, other = (epochs(Feed(8, True, seed), 1, 2) for seed in (1, 1, 2))
    assert one == same != other


def test_a_state_leads_back_to_the_same_samples_also_over_the_end_of_an_epoch():
    feed = Feed(7, shuffled=True, seed=5)
    feed.take(3)
    state = feed.state()
    first = epochs(feed, 2, 3)
    feed.restore(state)
    assert epochs(feed, 2, 3) == first


def test_peeking_takes_nothing():
    feed = Feed(3)
    assert feed.peek(2).tolist() == feed.peek(2).tolist() == [0, 1]
    assert (feed.place, feed.epoch) == (0, 1)


def test_no_samples_are_refused():
    with pytest.raises(ValueError):
        Feed(0)
