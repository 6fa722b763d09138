"""Markov chains: transitions counted, the chain looked through, its distribution followed."""

from nnsim.engine.learners.markov.chain import ChainClass, MarkovChain
from nnsim.engine.learners.markov.counting import CountingLearner, perplexity, transitions
from nnsim.engine.learners.markov.power import PowerIteration

__all__ = [
    "ChainClass",
    "CountingLearner",
    "MarkovChain",
    "PowerIteration",
    "perplexity",
    "transitions",
]
