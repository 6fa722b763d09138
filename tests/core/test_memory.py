"""Memory of large arrays is used again."""

from __future__ import annotations

import platform

import numpy as np
import pytest

from nnsim.core.memory import keep_freed_memory


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries decide themselves")
def test_large_arrays_that_come_and_go_get_no_fresh_pages():
    import resource

    def fetched() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

    def come_and_go() -> None:
        arrays = [np.zeros(2**17) + 1.0 for _ in range(4)]
        assert len(arrays) == 4

    keep_freed_memory()
    come_and_go()
    before = fetched()
    for _ in range(10):
        come_and_go()
    # Of 10 x 4 MiB, some 10,000 pages.
    assert fetched() - before < 1000
