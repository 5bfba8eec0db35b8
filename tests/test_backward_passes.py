"""Backward passes as they are written have the verdict that running them by NumPy, and differences, give them."""

import numpy as np
import pytest
from backward_passes import DEVELOPED_ON, run

PROGRAMS = [pytest.param(program, id=program.name) for program in DEVELOPED_ON]


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_pages_are_what_they_are_said_to_be(program):
    """Of the pages, not of the engine: a gradient is right, m times too large, or wrong as its page says."""
    found = run(program)
    assert found
    for name, value in found.items():
        slope = program.network.slope(name)
        factor = 3 if f"d{name}" in program.scaled else 1
        right = np.allclose(value, factor * slope, rtol=1e-4, atol=1e-7)
        if {f"d{name}", f"grad_{name}"} & set(program.wrong):
            assert not right, name
        elif not program.wrong:
            assert right, (name, value, slope)
