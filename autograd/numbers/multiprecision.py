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

    def tanh(self, a: Number) -> Number:
        return self.context.tanh(a)

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
