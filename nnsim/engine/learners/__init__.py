"""Learners: what turns a plan or a rule into iterations of predict, error, adjust."""

from nnsim.engine.learners.base import Learner, Snapshot
from nnsim.engine.learners.feed import Feed
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.learners.network import NetworkLearner, missed
from nnsim.engine.learners.rules import CourseRule, DeltaRule, PerceptronRule
from nnsim.engine.learners.updates import Update
from nnsim.engine.learners.verdict import Verdict, VerdictKind, Watch

__all__ = [
    "CourseRule",
    "DeltaRule",
    "Feed",
    "GradientLearner",
    "Learner",
    "NetworkLearner",
    "PerceptronRule",
    "Snapshot",
    "Update",
    "Verdict",
    "VerdictKind",
    "Watch",
    "missed",
]
