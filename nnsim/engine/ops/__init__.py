"""Operations of a plan: one class each, forward above backward, bound to their arrays."""

from nnsim.engine.ops.activate import Activate
from nnsim.engine.ops.linear import Incoming, Linear
from nnsim.engine.ops.objective import Objective

__all__ = ["Activate", "Incoming", "Linear", "Objective"]
