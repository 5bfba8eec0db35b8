"""Kinds of programs lift to the numbers of the scalar engine and of array code, in as many lines for any size.

The slopes of the array code come of a complex step along a direction in NumPy, and of JAX where it is installed.
`test_vectorize_structure.py` compares those of `scalar_programs.py` with the scalar engine, and counts their lines.
"""

from functools import partial

import numpy as np
import pytest

from autograd import vectorize
from tests import programs_of_motion, programs_of_networks, programs_of_statistics  # noqa: F401  (entries of KINDS)
from tests.array_programs import ARRAY_PROGRAMS, OF_STEPS
from tests.kinds_of_programs import GROWING, KINDS, arrays_by_name
from tests.lifting import assert_lifts
from tests.scalar_programs import PROGRAMS

SIZE = 6
CLOSE = {"rtol": 1e-10, "atol": 1e-12}
BOTH = [*KINDS, *PROGRAMS]


def made(name, size):
    """A loss of scalars, the same on arrays, and examples for it."""
    if name in KINDS:
        return KINDS[name](size)
    loss, *arrays = PROGRAMS[name](size)
    return loss, ARRAY_PROGRAMS.get(name) or partial(OF_STEPS[name], size), *arrays


def lifted(name, size):
    loss, _, *arrays = made(name, size)
    return vectorize(loss, *(array[0] for array in arrays))


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_of_program_has_the_numbers_of_the_scalar_engine(name):
    loss, _, *arrays = made(name, SIZE)
    assert_lifts(loss, *arrays, tolerance=1e-10)


@pytest.mark.parametrize("name", BOTH)
def test_a_kind_of_program_has_the_numbers_of_numpy(name):
    loss, by_hand, *arrays = made(name, SIZE)
    program = vectorize(loss, *(array[0] for array in arrays))
    theta = program.read()
    direction = np.random.default_rng(1).normal(size=len(theta))
    P = arrays_by_name(np, program.parameters, theta + 1e-30j * direction)  # a complex step has no rounding

    expected = np.array([by_hand(np, P, *example) for example in zip(*arrays, strict=True)])

    np.testing.assert_allclose(program(*arrays), expected.real, **CLOSE)
    _, gradient = program.value_and_gradients(*arrays)
    np.testing.assert_allclose(gradient @ direction, expected.imag.mean() * 1e30, **CLOSE)


@pytest.mark.parametrize("name", BOTH)
def test_a_kind_of_program_has_the_gradients_of_jax(name):
    jax = pytest.importorskip("jax", reason="compares with jax, in the extra `peers`")
    jax.config.update("jax_enable_x64", True)
    loss, by_hand, *arrays = made(name, SIZE)
    program = vectorize(loss, *(array[0] for array in arrays))

    @jax.jit
    @jax.value_and_grad
    def mean(theta, *columns):
        P = arrays_by_name(jax.numpy, program.parameters, theta)
        return jax.vmap(lambda *example: by_hand(jax.numpy, P, *example))(*columns).mean()

    expected, slopes = mean(program.read(), *arrays)

    value, gradient = program.value_and_gradients(*arrays)
    np.testing.assert_allclose(value, expected, **CLOSE)
    np.testing.assert_allclose(gradient, slopes, **CLOSE)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.xfail if name in GROWING else ()) for name in KINDS]
)
def test_a_kind_of_program_takes_as_many_lines_for_any_size(name):
    small, large = (lifted(name, size).source.splitlines() for size in (12, 24))

    assert len(large) == len(small)


@pytest.mark.parametrize("name", KINDS)
def test_no_line_of_a_kind_of_program_is_longer_than_100_columns(name):
    assert max(map(len, lifted(name, SIZE).source.splitlines())) <= 100
