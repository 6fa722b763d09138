"""Hopfield networks: patterns stored by Hebb's rule, recalled one unit at a time."""

from nnsim.engine.learners.hopfield.capacity import stable_share
from nnsim.engine.learners.hopfield.hebbian import HebbianLearner, energy, fields
from nnsim.engine.learners.hopfield.recall import Recall

__all__ = ["HebbianLearner", "Recall", "energy", "fields", "stable_share"]
