"""Mpmath's numbers, at the precision that their context is set to: an oracle to any number of digits."""

from typing import Any

import mpmath

from autograd.numbers import Number, NumberSystem, function
from autograd.numbers.floats import Floats


class Multiprecision(NumberSystem):
    """The numbers of one context of mpmath.

    Args:
        context: holds the precision; by default the one that `mpmath.workdps` sets, which is one for the process.
    """

    def __init__(self, context: Any = mpmath.mp) -> None:
        self.context = context
        self.half = context.mpf(1) / 2
        self.one, self.zero = context.one, context.zero

    @property
    def pi(self) -> Number:
        # As many digits as the context has now.
        return +self.context.pi

    def number(self, x: float) -> Number:
        return self.context.mpf(x)

    def divide(self, a: Number, b: Number) -> Number:
        return self.context.mpf(a) / b

    def power(self, a: Number, b: Number) -> Number:
        return self.context.power(a, b)

    def absolute(self, a: Number) -> Number:
        return abs(a)

    def sign(self, a: Number) -> Number:
        return self.context.sign(a) if a else self.nothing

    def step(self, a: Number) -> Number:
        return self.one if a > 0 else a if a != a else self.nothing

    def exp(self, a: Number) -> Number:
        return self.context.exp(a)

    def log(self, a: Number) -> Number:
        return self.context.log(a)

    def log1p(self, a: Number) -> Number:
        return self.context.log1p(a)

    def expm1(self, a: Number) -> Number:
        return self.context.expm1(a)

    def sqrt(self, a: Number) -> Number:
        return self.context.sqrt(a)

    def sin(self, a: Number) -> Number:
        return self.context.sin(a)

    def cos(self, a: Number) -> Number:
        return self.context.cos(a)

    def tan(self, a: Number) -> Number:
        return self.context.tan(a)

    def asin(self, a: Number) -> Number:
        return self.context.asin(a)

    def acos(self, a: Number) -> Number:
        return self.context.acos(a)

    def atan(self, a: Number) -> Number:
        return self.context.atan(a)

    def atan2(self, a: Number, b: Number) -> Number:
        return self.context.atan2(a, b)

    def sinh(self, a: Number) -> Number:
        return self.context.sinh(a)

    def cosh(self, a: Number) -> Number:
        return self.context.cosh(a)

    def tanh(self, a: Number) -> Number:
        return self.context.tanh(a)

    def asinh(self, a: Number) -> Number:
        return self.context.asinh(a)

    def acosh(self, a: Number) -> Number:
        return self.context.acosh(a)

    def atanh(self, a: Number) -> Number:
        return self.context.atanh(a)

    def log2(self, a: Number) -> Number:
        return self.log(a) / self.log(2)

    def log10(self, a: Number) -> Number:
        return self.log(a) / self.log(10)

    def cbrt(self, a: Number) -> Number:
        return -self.context.cbrt(-a) if a < 0 else self.context.cbrt(a)

    def hypot(self, a: Number, b: Number) -> Number:
        return self.context.hypot(a, b)

    def erf(self, a: Number) -> Number:
        return self.context.erf(a)

    def erfc(self, a: Number) -> Number:
        return self.context.erfc(a)

    def floor(self, a: Number) -> Number:
        return self.context.floor(a)

    def ceil(self, a: Number) -> Number:
        return self.context.ceil(a)

    def clip(self, x: Number, low: Number, high: Number) -> Number:
        if low > high:
            raise ArithmeticError("low is above high")
        return super().clip(x, low, high)

    def sigmoid(self, a: Number) -> Number:
        return 1 / (1 + self.exp(-a))

    def softplus(self, a: Number) -> Number:
        return self.log1p(self.exp(a))

    def relu(self, a: Number) -> Number:
        return a if a > 0 or a != a else self.zero

    maximum, minimum = function(Floats.maximum), function(Floats.minimum)
    where = function(Floats.where)

    def less(self, a: Number, b: Number) -> Number:
        return self.one if a < b else self.zero

    def less_equal(self, a: Number, b: Number) -> Number:
        return self.one if a <= b else self.zero

    def equal(self, a: Number, b: Number) -> Number:
        return self.one if a == b else self.zero

    def sum(self, *xs: Number) -> Number:
        return self.context.fsum(xs)

    def prod(self, *xs: Number) -> Number:
        return self.context.fprod(xs)


multiprecision = Multiprecision()
