"""The benchmarks measure what is right: every row's contestants agree. Nothing is timed here."""

import pytest

from benchmarks.__main__ import workloads
from benchmarks.framework import Workload


@pytest.mark.parametrize("workload", workloads(), ids=lambda workload: workload.work)
def test_the_contestants_agree(workload: Workload) -> None:
    if missing := workload.missing():
        pytest.skip(f"not installed: {', '.join(missing)}")
    workload.check()
