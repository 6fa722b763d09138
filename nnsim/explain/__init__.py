"""A recorded number explained: its formula in symbols, with the numbers put in, and the result."""

from nnsim.explain.explaining import explain
from nnsim.explain.explanation import Explanation, Line, Role
from nnsim.explain.style import NumberStyle

__all__ = ["Explanation", "Line", "NumberStyle", "Role", "explain"]
