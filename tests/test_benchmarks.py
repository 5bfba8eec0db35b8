"""The benchmarks measure what is right: every row's contestants agree. Nothing is timed here."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mpf
from support import examples

from autograd import nodes
from benchmarks.__main__ import workloads
from benchmarks.accuracy import SUBJECTS, errors, off, worst
from benchmarks.framework import Workload
from benchmarks.journeys import JOURNEYS, count
from benchmarks.since import HERE, ROWS, seconds, unpacked


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


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_function_of_calculus_is_right_to_some_units_in_the_last_place_over_all_floats(name):
    """`python -m benchmarks.accuracy` prints the worst, beside PyTorch's and JAX's; so does this test, with -s."""
    found = [worst(name, "autograd", count=40) or []]

    @settings(max_examples=examples(40))
    @given(x=st.floats(SUBJECTS[name].low, SUBJECTS[name].high))
    def is_right(x):
        found.extend(errors(name, "autograd", [x]) or [])
        value, slope, second = found[-1]
        assert value <= 2
        assert slope <= 3
        assert second <= 7

    is_right()
    print(f"{name}: at most {', '.join(f'{max(column):.2g}' for column in zip(*found, strict=True))} ulp off")  # noqa: T201


@pytest.mark.parametrize(("found", "expected", "units"), [(1.0, 1 + 2**-52, 1), (math.nan, 1, math.inf), (0.0, 0, 0)])
def test_units_in_the_last_place_are_those_of_the_right_number(found, expected, units):
    assert off(found, mpf(expected)) == units


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_comparison_with_a_revision_runs(row):
    prepare, step = ROWS[row]
    exec(f"{prepare}\n{step}", {})


def test_a_side_of_the_comparison_is_timed_in_a_process_of_its_own():
    assert seconds(HERE, "a neuron and its backward", shortest=0) > 0


def test_a_comparison_with_no_revision_says_so():
    with pytest.raises(SystemExit, match="no revision nowhere"):
        unpacked("nowhere", HERE)
