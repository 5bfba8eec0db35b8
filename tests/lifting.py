"""What the tests of `vectorize` share: the scalar engine as the oracle of a lifted function."""

import numpy as np
import pytest

import autograd
from autograd import Value, vectorize


def as_values(numbers):
    """Nested lists of numbers as nested lists of leaves."""
    return [as_values(part) for part in numbers] if isinstance(numbers, list) else Value(numbers)


def assert_lifts(function, *arrays, parameters=None, dtype="float64", tolerance=1e-11):
    """The lifted function gives the values and gradients of the scalar engine, in arrays of `dtype`; the program."""
    arrays = [np.asarray(array, float) for array in arrays]
    program = vectorize(function, *(array[0] for array in arrays), parameters=parameters, dtype=dtype)
    for parameter in program.parameters:
        parameter.grad = None
    examples = zip(*(array.tolist() for array in arrays), strict=True) if arrays else [()]
    losses = [function(*map(as_values, example)) for example in examples]
    mean = autograd.mean(losses)
    mean.backward()
    expected = np.array([parameter.grad or 0.0 for parameter in program.parameters])
    close = {"rtol": tolerance, "atol": tolerance}

    value, gradient = program.value_and_gradients(*arrays)
    outputs = program(*arrays)

    assert value == pytest.approx(mean.data, rel=tolerance, abs=tolerance)
    np.testing.assert_allclose(gradient, expected, **close)
    np.testing.assert_allclose(outputs, [loss.data for loss in losses], **close)
    assert (gradient.dtype, outputs.dtype) == (np.dtype(dtype), np.dtype(dtype))
    return program
