"""One BLAS thread: the same bits on every run, and no collapse on a busy machine."""

from __future__ import annotations

import os

_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def use_one_blas_thread() -> None:
    """To be called before NumPy is imported, which reads this once; what the user set stays."""
    for name in _VARIABLES:
        os.environ.setdefault(name, "1")
