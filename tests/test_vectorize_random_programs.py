"""Random scalar programs give the same values and gradients lifted to arrays as on the scalar engine.

`python -m benchmarks.fuzzing` goes on with other seeds, and tells ties and bad conditioning apart.
"""

import pytest

from tests.lifting import assert_lifts
from tests.random_scalar_programs import KINDS
from tests.support import seeds


@pytest.mark.parametrize("seed", seeds(100, 1000))
@pytest.mark.parametrize("kind", KINDS)
def test_a_random_program_lifts_to_the_same_value_and_gradients(kind, seed):
    function, *arrays = KINDS[kind](seed)
    assert_lifts(function, *arrays, parameters=function.parameters, tolerance=1e-9)
