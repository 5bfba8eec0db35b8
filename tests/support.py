"""What several test files share: comparing to full precision, and differentiating with many digits."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import settings
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


def examples(number: int) -> int:
    """How many examples Hypothesis draws for a test that asks for `number`; in a campaign, many times that."""
    return number * settings.default.max_examples // 100


def seeds(sample: int, campaign: int) -> list[Any]:
    """The seeds 0, 1, … of a campaign, as parameters of a test; those beyond the sample are marked slow."""
    return [seed if seed < sample else pytest.param(seed, marks=pytest.mark.slow) for seed in range(campaign)]


def finite_difference(
    function: Callable[..., Any], point: Sequence[float], orders: Sequence[int], digits: int = 250
) -> Any:
    """A partial derivative of a function of mpmath's numbers, by central differences with many digits.

    The step is 1e-60 of the operand, hence the error 1e-120 of the result, and two orders take 120 of the digits.
    """

    def differentiated(operands: list[Any], left: list[int]) -> Any:
        k = next((k for k, order in enumerate(left) if order), None)
        if k is None:
            return function(*operands)
        step = (abs(operands[k]) or 1) * mp.mpf(10) ** -60
        left = [order - (i == k) for i, order in enumerate(left)]
        above, below = (
            differentiated([x + sign * step if i == k else x for i, x in enumerate(operands)], left) for sign in (1, -1)
        )
        return (above - below) / (2 * step)

    with mp.workdps(digits):
        return differentiated([mp.mpf(x) for x in point], list(orders))
