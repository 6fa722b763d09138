"""Learners: what turns a plan or a rule into iterations of predict, error, adjust.

Those of a single layer are here; ``gradient`` and the others, which bring much with them, are
imported from their own modules.
"""

from nnsim.engine.learners.base import Learner, Snapshot
from nnsim.engine.learners.feed import Feed
from nnsim.engine.learners.network import NetworkLearner, missed
from nnsim.engine.learners.rules import CourseRule, DeltaRule, PerceptronRule
from nnsim.engine.learners.verdict import Verdict, VerdictKind, Watch

__all__ = [
    "CourseRule",
    "DeltaRule",
    "Feed",
    "Learner",
    "NetworkLearner",
    "PerceptronRule",
    "Snapshot",
    "Verdict",
    "VerdictKind",
    "Watch",
    "missed",
]
