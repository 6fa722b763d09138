"""The compiled plan: a flat list of operations over preallocated arrays."""

from nnsim.engine.ops.base import NodeSpec, Source
from nnsim.engine.ops.dense import LayerSpec
from nnsim.engine.plan.plan import Plan
from nnsim.engine.plan.spec import ObjectiveSpec, PlanSpec
from nnsim.engine.plan.workspace import Workspace

__all__ = ["LayerSpec", "NodeSpec", "ObjectiveSpec", "Plan", "PlanSpec", "Source", "Workspace"]
