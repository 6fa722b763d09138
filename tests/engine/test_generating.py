"""Noise that a generator begins with, and how much of the real samples generated ones cover."""

import numpy as np
import pytest

from nnsim.core.randoms import generator
from nnsim.data.patterns import centres_of, ring_centres
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.ops.chance import NoiseSpec
from nnsim.engine.plan import LayerSpec, Plan, PlanSpec, Source
from nnsim.engine.probes import coverage, modes_found


class TestNoise:
    def plan(self, seed=3):
        nodes = (
            NoiseSpec("z", 2),
            LayerSpec("g", 3, ActivationSpec("tanh"), (Source("c", "z"),)),
            LayerSpec("d", 1, ActivationSpec("sigmoid"), (Source("e", "x"),)),
        )
        spec = PlanSpec((("x", 2),), nodes, ("d",), arithmetic="float64")
        start = {"w:c": np.ones((3, 2)), "b:g": np.zeros(3), "w:e": np.ones((1, 2)), "b:d": [0.0]}
        return Plan(spec, start, generator(seed))

    @pytest.mark.parametrize("training", [True, False])
    def test_it_is_drawn_in_every_forward_run_in_evaluation_too(self, training):
        plan = self.plan()
        workspace = plan.workspace(500, training)
        workspace.load(np.zeros((500, 2)))
        workspace.forward()
        first = workspace.a["z"].copy()
        workspace.forward()
        expected = generator(3).standard_normal((2, 500)).T
        np.testing.assert_array_equal(first, expected)
        assert not np.array_equal(workspace.a["z"], first)
        np.testing.assert_allclose(workspace.a["g"][:, 0], np.tanh(workspace.a["z"].sum(axis=1)))

    def test_who_does_not_need_it_draws_none(self):
        plan = self.plan()
        workspace = plan.workspace(4)
        workspace.load(np.zeros((4, 2)))
        workspace.forward_to(["d"])
        np.testing.assert_array_equal(plan.random.random(3), generator(3).random(3))

    def test_another_generator_for_a_while(self):
        plan = self.plan()
        workspace = plan.workspace(4)
        with plan.drawing_from(generator(8)):
            workspace.forward_to(["z"])
        expected = generator(8).standard_normal((2, 4)).T
        np.testing.assert_array_equal(workspace.a["z"], expected)
        np.testing.assert_array_equal(plan.random.random(3), generator(3).random(3))

    def test_nothing_leads_into_it(self):
        spec = PlanSpec((("x", 2),), (NoiseSpec("z", 2, (Source("c", "x"),)),), ("z",))
        with pytest.raises(ValueError, match="made of nothing"):
            _ = spec.shapes


class TestCoverage:
    def test_by_hand(self):
        """Neighbours at distance 1 on a line: 0.9 is near to 0 and 1, and 1.1 away from 2."""
        real = np.array([[0.0], [1.0], [2.0], [3.0]])
        assert coverage(real, np.array([[0.9]]), neighbours=1) == 0.5
        assert coverage(real, np.array([[0.9], [2.5]]), neighbours=1) == 1.0
        assert coverage(real, np.array([[50.0]]), neighbours=1) == 0.0

    def test_of_one_distribution_it_is_nearly_whole(self):
        random = generator(0)
        real, same = random.normal(size=(2, 400, 2))
        assert coverage(real, same) > 0.9
        assert coverage(real, same * 0.01) < 0.1

    def test_without_neighbours_or_with_numbers_gone_astray_there_is_none(self):
        assert np.isnan(coverage(np.zeros((3, 2)), np.zeros((3, 2))))
        assert np.isnan(coverage(np.zeros((9, 2)), np.full((3, 2), np.inf)))


class TestModes:
    def test_a_mode_needs_its_part_of_the_samples(self):
        centres = ring_centres(8, 2.0)
        generated = np.repeat(centres[:3], 50, axis=0)
        assert modes_found(generated, centres, 0.3) == 3
        few = np.vstack([generated, centres[3:4]])
        assert modes_found(few, centres, 0.3) == 3
        assert modes_found(generated + 1.0, centres, 0.3) == 0
        assert modes_found(np.full((4, 2), np.nan), centres, 0.3) == 0

    def test_centres_are_those_the_ring_was_made_of(self):
        centres, deviation = centres_of("ring-of-gaussians", {"modes": 4, "radius": 3.0})
        np.testing.assert_array_equal(centres, ring_centres(4, 3.0))
        assert deviation == 0.1
        assert centres_of("circle", {}) is None
