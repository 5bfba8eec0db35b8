"""What several test files share: comparing to full precision, and differentiating with many digits."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from mpmath import mp

from autograd import Value


def exactly(expected: Any, relative: float = 1e-13, absolute: float = 0.0) -> Any:
    """Equal but for a few roundings; pytest's own default would pass anything below 1e-12 for zero."""
    return pytest.approx(expected, rel=relative, abs=absolute)


def leaves(*numbers: float, names: str = "") -> list[Value]:
    """A new leaf for each number, named by the words of `names` if they are given."""
    return [Value(x, name) for x, name in zip(numbers, names.split() or [None] * len(numbers), strict=True)]


def grads(output: Value, inputs: Sequence[Value]) -> list[float | None]:
    """The gradients that a backward of `output` leaves at the inputs."""
    output.backward()
    return [node.grad for node in inputs]


def derivative(function: Callable[..., Any], point: Sequence[float], orders: Sequence[int], digits: int = 60) -> float:
    """The partial derivative of a function of mpmath's numbers, by finite differences with many digits."""
    with mp.workdps(digits):
        return float(mp.diff(function, tuple(map(mp.mpf, point)), tuple(orders)))
