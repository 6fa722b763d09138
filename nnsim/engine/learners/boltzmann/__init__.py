"""Boltzmann machines: restricted (contrastive divergence) and general (annealing)."""

from nnsim.engine.learners.boltzmann.enumeration import all_states
from nnsim.engine.learners.boltzmann.general import (
    BoltzmannLearner,
    BoltzmannSettings,
    encoder_links,
    encoder_patterns,
)
from nnsim.engine.learners.boltzmann.machine import AnnealingSchedule, Machine
from nnsim.engine.learners.boltzmann.restricted import (
    DivergenceSettings,
    RestrictedBoltzmannLearner,
)
from nnsim.engine.learners.boltzmann.restricted_machine import RestrictedMachine

__all__ = [
    "AnnealingSchedule",
    "BoltzmannLearner",
    "BoltzmannSettings",
    "DivergenceSettings",
    "Machine",
    "RestrictedBoltzmannLearner",
    "RestrictedMachine",
    "all_states",
    "encoder_links",
    "encoder_patterns",
]
