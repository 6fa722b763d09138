"""Support vector machines: the dual by sequential minimal optimisation."""

from nnsim.engine.learners.svm.kernels import KERNELS, KernelSpec, kernel_matrix
from nnsim.engine.learners.svm.smo import SmoLearner, SmoSettings

__all__ = ["KERNELS", "KernelSpec", "SmoLearner", "SmoSettings", "kernel_matrix"]
