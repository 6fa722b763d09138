"""Random generators, resource files and threads: the same on every run and machine."""

import os

from nnsim.core.randoms import generator, restore_state, state_of
from nnsim.core.resources import resource_path
from nnsim.core.threads import use_one_blas_thread


def test_the_same_seed_gives_the_same_numbers():
    # PCG64 is specified: these stay what they are on every machine and version.
    assert generator(0).integers(0, 1000, 5).tolist() == [850, 636, 511, 269, 307]
    assert generator(1).random() != generator(2).random()


def test_a_restored_state_goes_on_alike():
    random = generator(3)
    random.random(10)
    state = state_of(random)
    first = random.random(5).tolist()
    restore_state(random, state)
    assert random.random(5).tolist() == first


def test_resources_are_found():
    assert resource_path("i18n", "en", "messages.toml").is_file()
    assert resource_path("examples").is_dir()


def test_threads_a_person_asked_for_are_left(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    use_one_blas_thread()
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
