"""Making an exercise from the open project: the teacher's dialog."""

from nnsim.ui.exercise.making.dialog import MakingDialog

__all__ = ["MakingDialog"]
