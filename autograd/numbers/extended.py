"""The extended reals, in which local gradients are computed: floats with 1/0 = ∞.

A derivative can be infinite where the value is an ordinary number: √'(0) = ∞ and d(aᵖ)/da = ∞ at a = 0 for 0 < p < 1.
So these functions give the limit (a zero counts as reached from above) where `floats` refuses.
"""

from math import copysign, inf, nan

from autograd.numbers import floats
from autograd.numbers.floats import (
    absolute,
    choose,
    cos,
    equal,
    half,
    largest,
    less,
    less_equal,
    logsumexp,
    maximum,
    minimum,
    number,
    prod,
    relu,
    sigmoid,
    sign,
    sin,
    softplus,
    step,
    sum,
    tanh,
    where,
)


def divide(a: float, b: float) -> float:
    try:
        return a / b
    except ZeroDivisionError:
        return a * inf if a == a and b == 0 else nan


def power(a: float, b: float) -> float:
    try:
        return floats.power(a, b)
    except OverflowError:
        return copysign(inf, a) if b % 2 == 1 else inf
    except ValueError:
        return inf if a == 0 else nan


def log(a: float) -> float:
    return floats.log(a) if a > 0 else -inf if a == 0 else nan


def log1p(a: float) -> float:
    return floats.log1p(a) if a > -1 else -inf if a == -1 else nan


def sqrt(a: float) -> float:
    return floats.sqrt(a) if a >= 0 else nan


def exp(a: float) -> float:
    try:
        return floats.exp(a)
    except OverflowError:
        return inf


def expm1(a: float) -> float:
    try:
        return floats.expm1(a)
    except OverflowError:
        return inf
