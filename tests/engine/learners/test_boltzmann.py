"""General Boltzmann machines: exact sums, annealing, the encoder of 1985."""

import math

import numpy as np
import pytest

from nnsim.core.randoms import generator
from nnsim.engine.learners import Feed
from nnsim.engine.learners.boltzmann import (
    AnnealingSchedule,
    BoltzmannLearner,
    BoltzmannSettings,
    Machine,
    all_states,
    encoder_links,
    encoder_patterns,
)
from nnsim.engine.learners.boltzmann.machine import Annealing
from nnsim.engine.record import Record


def random_machine(units, visible, seed=0):
    random = generator(seed)
    half = np.triu(random.standard_normal((units, units)), 1)
    return Machine(half + half.T, random.standard_normal(units), visible)


def encoder(size=4, hidden=2, seed=0, **settings):
    patterns = encoder_patterns(size)
    return BoltzmannLearner(
        patterns,
        encoder_links(size, hidden),
        Feed(size),
        size,
        BoltzmannSettings(**settings),
        generator(seed),
    )


class TestMachine:
    def test_two_units_by_hand(self):
        """w = ln 4, b = (0, -ln 2): e^-E = 1, 1/2 (second), 1 (first), 2 (both); Z = 4.5."""
        w = math.log(4)
        machine = Machine(np.array([[0, w], [w, 0]]), np.array([0, -math.log(2)]), 1)
        np.testing.assert_allclose(
            np.exp(-machine.energy(all_states(2))), [1, 0.5, 1, 2], rtol=1e-15
        )
        np.testing.assert_allclose(machine.log_partition(), math.log(4.5), rtol=1e-15)
        v = np.array([[0.0], [1.0]])
        np.testing.assert_allclose(np.exp(machine.log_likelihood(v)), [1 / 3, 2 / 3], rtol=1e-14)
        np.testing.assert_array_equal(machine.likeliest_hidden(v), [[0], [1]])

    def test_a_high_temperature_makes_all_states_alike(self):
        machine = random_machine(5, 3)
        found = machine.log_likelihood(all_states(3), temperature=1e9)
        # Energies of a few units over 1e9.
        np.testing.assert_allclose(found, -math.log(8), atol=1e-7)

    def test_completion_finds_the_least_energy(self):
        machine = random_machine(6, 4)
        states = all_states(6)
        given = [0, 2]
        start = np.array([[1.0, 0, 0, 0, 0, 0]])
        fits = states[(states[:, given] == start[:, given]).all(axis=1)]
        expected = fits[machine.energy(fits).argmin()]
        np.testing.assert_array_equal(machine.completed(start, given), [expected])

    def test_annealing_at_temperature_1_samples_from_the_distribution(self):
        machine = random_machine(4, 4, seed=2)
        states = all_states(4)
        probabilities = np.exp(-machine.energy(states) - machine.log_partition())
        exact = states.T @ (states * probabilities[:, np.newaxis])
        start = np.zeros((4000, 4))
        schedule = AnnealingSchedule(((5, 2.0), (15, 1.0)), gather=10)
        annealing = Annealing(machine, schedule, start, np.arange(4), generator(6))
        annealing.run()
        # 4,000 chains: standard errors of at most 0.5 / 63.
        np.testing.assert_allclose(annealing.together, exact, atol=0.03)


class TestLinks:
    def test_the_groups_of_an_encoder(self):
        links = encoder_links(2, 1)
        #                    V1      V2     H
        assert links.astype(int).tolist() == [
            [0, 1, 0, 0, 1],
            [1, 0, 0, 0, 1],
            [0, 0, 0, 1, 1],
            [0, 0, 1, 0, 1],
            [1, 1, 1, 1, 0],
        ]

    def test_without_lateral_links_only_hidden_units_are_linked(self):
        links = encoder_links(2, 2, lateral=False)
        assert not links[:4, :4].any()
        assert links[:4, 4:].all()
        assert not links[4:, 4:].any()

    @pytest.mark.parametrize("links", [np.eye(2, dtype=bool), np.array([[0, 1], [0, 0]], bool)])
    def test_one_way_links_and_self_links_are_refused(self, links):
        with pytest.raises(ValueError, match="symmetric"):
            BoltzmannLearner(np.zeros((1, 2)), links, Feed(1), 1, BoltzmannSettings(), generator(0))


class TestOneIteration:
    @pytest.mark.parametrize("update", ["sign", "gradient"])
    def test_what_is_recorded_follows_from_each_other(self, update):
        taught = encoder(update=update)
        for _ in range(3):
            record = Record()
            metrics = taught.iterate(record)
        a = record.arrays
        assert a["a:v"].tolist() == np.repeat(encoder_patterns(4), 2, axis=0).tolist()
        np.testing.assert_array_equal(a["s_clamped:0"][:, :8], a["clamped:v"])
        for phase in ("clamped", "free"):
            self.replay(a, phase)
        difference = a["positive:s"] - a["negative:s"]
        links = taught.links
        np.testing.assert_array_equal(a["gw:s"], -difference * links)
        np.testing.assert_array_equal(a["gb:s"], -difference.diagonal())
        change = np.sign(difference) if update == "sign" else difference
        np.testing.assert_array_equal(a["dw:s"], 2.0 * change * links)
        np.testing.assert_array_equal(a["db:s"], 2.0 * change.diagonal())
        assert metrics.loss == pytest.approx(np.abs(difference[links]).mean(), rel=1e-14)
        np.testing.assert_array_equal(a["w+:s"], a["w+:s"].T)

    def replay(self, a, phase):
        """Every chance, from what is recorded of it, and the statistics over the last ten."""
        states = a[f"s_{phase}:0"].copy()
        chains = np.arange(len(states))
        machine = Machine(a["w:s"], a["b:s"], 8)
        temperatures = a[f"T:{phase}"][0]
        assert temperatures.tolist() == [20] * 2 + [15] * 2 + [12] * 2 + [10] * 14
        together, chances = np.zeros((10, 10)), 0
        for time, temperature in enumerate(temperatures, 1):
            rows = (a[f"{kind}_{phase}:{time}"].T for kind in ("unit", "sum", "prob", "draw"))
            for unit, total, probability, draw in zip(*rows, strict=True):
                expected = (a["w:s"][unit] * states).sum(axis=1) + a["b:s"][unit]
                # The bias is added at another place.
                np.testing.assert_allclose(total, expected, rtol=0, atol=1e-13)
                np.testing.assert_allclose(probability, 1 / (1 + np.exp(-total / temperature)))
                states[chains, unit] = draw < probability
                if time > 10:
                    together += states.T @ states
                    chances += 1
            np.testing.assert_array_equal(a[f"s_{phase}:{time}"], states)
            np.testing.assert_array_equal(a[f"E_{phase}:{time}"][:, 0], machine.energy(states))
        if phase == "clamped":
            np.testing.assert_array_equal(states[:, :8], a["clamped:v"])
        found = a["positive:s" if phase == "clamped" else "negative:s"]
        np.testing.assert_allclose(found, together / (chances * len(states)), rtol=1e-14)

    def test_without_noise_the_patterns_are_clamped_as_they_are(self):
        record = Record()
        encoder(off_noise=0.0, on_noise=0.0).iterate(record)
        np.testing.assert_array_equal(record.arrays["clamped:v"], record.arrays["a:v"])

    def test_noise_turns_bits_off_and_on(self):
        taught = encoder(repeats=500)
        record = Record()
        taught.iterate(record)
        pattern, clamped = record.arrays["a:v"], record.arrays["clamped:v"]
        # 4,000 ones and 12,000 zeros: standard errors 0.006 and 0.002.
        assert abs((clamped[pattern == 1] == 0).mean() - 0.15) < 0.02
        assert abs((clamped[pattern == 0] == 1).mean() - 0.05) < 0.008


def test_the_encoder_finds_a_code_for_every_pattern():
    """Four patterns through two hidden units, as in 1985; most seeds find all four codes."""
    found = 0
    for seed in range(4):
        taught = encoder(seed=seed)
        for _ in range(180):
            taught.iterate()
        found += len(np.unique(taught.codes(), axis=0)) == 4
    assert found >= 3


def test_learning_raises_the_likelihood_of_what_is_clamped():
    taught = encoder(2, 1, update="gradient", step=10.0)
    before = taught.machine.log_likelihood(taught.patterns, 10.0).mean()
    for _ in range(60):
        taught.iterate()
    after = taught.machine.log_likelihood(taught.patterns, 10.0).mean()
    assert before == pytest.approx(-4 * math.log(2), rel=1e-12)  # all 16 states alike
    assert after > before + 1.0


def test_a_machine_of_visible_units_alone_learns_too():
    """Two units that are always alike: nothing is annealed while both are clamped."""
    links = np.array([[False, True], [True, False]])
    settings = BoltzmannSettings("gradient", 10.0, off_noise=0.0, on_noise=0.0)
    taught = BoltzmannLearner(np.eye(2)[:, [0, 0]], links, Feed(2), 2, settings, generator(0))
    record = Record()
    taught.iterate(record)
    assert record.arrays["positive:s"].tolist() == [[0.5, 0.5], [0.5, 0.5]]
    for _ in range(150):
        taught.iterate()
    found = np.exp(taught.machine.log_likelihood(all_states(2), 10.0))
    assert found[[0, 3]].sum() > 0.9  # at first 1/2


@pytest.mark.parametrize("settings", [{"update": "both"}, {"repeats": 0}, {"on_noise": 1.5}])
def test_settings_that_make_no_sense_are_refused(settings):
    with pytest.raises(ValueError):
        BoltzmannSettings(**settings)


@pytest.mark.parametrize("schedule", [((0, 1.0),), ((1, 0.0),), ()])
def test_schedules_that_make_no_sense_are_refused(schedule):
    with pytest.raises(ValueError):
        AnnealingSchedule(schedule)
