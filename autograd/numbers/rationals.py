"""Fractions: exact values and gradients, as long as an operation stays among the rationals.

The transcendental functions are rational at one point only (exp 0 = 1, σ(0) = ½, log 1 = 0, …: Lindemann's theorem),
the square root and fractional powers at perfect powers; everywhere else they raise a ValueError.
"""

from collections.abc import Callable
from fractions import Fraction
from math import isqrt
from math import prod as _prod
from typing import Any, NoReturn

half = Fraction(1, 2)


def number(x: float) -> Fraction:
    """The decimal as written: 0.1 is 1/10, not the nearest float."""
    return Fraction(repr(float(x)))


def choose(textbook: Any, accurate: Any) -> Any:
    return textbook()


def _leaves() -> NoReturn:
    raise ValueError("the result is not a rational number")


def _only_at(point: int, value: Fraction) -> Callable[[Any], Fraction]:
    return lambda a: value if a == point else _leaves()


exp = _only_at(0, Fraction(1))
log = _only_at(1, Fraction(0))
log1p = expm1 = sin = tanh = _only_at(0, Fraction(0))
cos = _only_at(0, Fraction(1))
sigmoid = _only_at(0, half)


def softplus(a: Any) -> NoReturn:
    _leaves()


def logsumexp(*xs: Any) -> Any:
    return xs[0] if len(xs) == 1 else _leaves()


def divide(a: Any, b: Any) -> Fraction:
    return Fraction(a) / b


def sqrt(a: Any) -> Fraction:
    return power(a, half)


def power(a: Any, b: Any) -> Fraction:
    b = Fraction(b)
    if b.denominator == 2 and a >= 0:
        numerator, denominator = isqrt(a.numerator), isqrt(a.denominator)
        if numerator**2 == a.numerator and denominator**2 == a.denominator:
            return Fraction(numerator, denominator) ** b.numerator
    return Fraction(a) ** b.numerator if b.denominator == 1 else _leaves()


def absolute(a: Any) -> Any:
    return abs(a)


def relu(a: Any) -> Any:
    return max(a, Fraction(0))


def step(a: Any) -> Fraction:
    return Fraction(a > 0)


def sign(a: Any) -> Fraction:
    return Fraction((a > 0) - (a < 0))


def maximum(a: Any, b: Any) -> Any:
    return max(a, b)


def minimum(a: Any, b: Any) -> Any:
    return min(a, b)


def where(condition: Any, a: Any, b: Any) -> Any:
    return a if condition else b


def less(a: Any, b: Any) -> Fraction:
    return Fraction(a < b)


def less_equal(a: Any, b: Any) -> Fraction:
    return Fraction(a <= b)


def equal(a: Any, b: Any) -> Fraction:
    return Fraction(a == b)


def sum(*xs: Any) -> Any:
    total = Fraction(0)
    for x in xs:
        total += x
    return total


def prod(*xs: Any) -> Any:
    return _prod(xs, start=Fraction(1))
