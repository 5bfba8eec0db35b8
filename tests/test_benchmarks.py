"""The benchmarks measure what is right: every row's contestants agree. Nothing is timed here."""

import pytest

from autograd import nodes
from benchmarks.__main__ import workloads
from benchmarks.accuracy import SUBJECTS, worst
from benchmarks.framework import Workload
from benchmarks.journeys import JOURNEYS, count


@pytest.mark.parametrize("workload", workloads(), ids=lambda workload: workload.work)
def test_the_contestants_agree(workload: Workload) -> None:
    if missing := workload.missing():
        pytest.skip(f"not installed: {', '.join(missing)}")
    workload.check()


def test_a_journey_counts_generated_code_as_the_file_that_writes_it():
    journey, _ = JOURNEYS["w * x"]
    assert nodes.__file__ in count(journey).files


@pytest.mark.parametrize("name", [name for name, (_, bound) in JOURNEYS.items() if bound is not None])
def test_a_journey_switches_between_files_no_more_often_than_it_may(name):
    journey, bound = JOURNEYS[name]
    assert count(journey).switches <= bound


@pytest.mark.parametrize("name", sorted(set(SUBJECTS) - {"tanh"}))  # tanh″ cancels near 0
def test_a_function_of_calculus_is_right_to_some_units_in_the_last_place(name):
    value, slope, second = worst(name, "autograd", count=100)
    assert value <= 2.5
    assert slope <= 4
    assert second <= 10
