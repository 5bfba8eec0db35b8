"""Mpmath's numbers, at the precision that their context is set to: an oracle to any number of digits."""

from typing import Any

import mpmath

from autograd.numbers import NumberSystem


class Multiprecision(NumberSystem):
    """The numbers of one context of mpmath.

    Args:
        context: holds the precision; by default the one that `mpmath.workdps` sets, which is one for the process.
    """

    def __init__(self, context: Any = mpmath.mp) -> None:
        self.context = context
        self.half = context.mpf(1) / 2
        self.one, self.zero = context.one, context.zero

    def number(self, x: float) -> Any:
        return self.context.mpf(x)

    def divide(self, a: Any, b: Any) -> Any:
        return self.context.mpf(a) / b

    def power(self, a: Any, b: Any) -> Any:
        return self.context.power(a, b)

    def absolute(self, a: Any) -> Any:
        return abs(a)

    def sign(self, a: Any) -> Any:
        return self.context.sign(a) if a else self.nothing

    def step(self, a: Any) -> Any:
        return self.one if a > 0 else a if a != a else self.nothing

    def exp(self, a: Any) -> Any:
        return self.context.exp(a)

    def log(self, a: Any) -> Any:
        return self.context.log(a)

    def log1p(self, a: Any) -> Any:
        return self.context.log1p(a)

    def expm1(self, a: Any) -> Any:
        return self.context.expm1(a)

    def sqrt(self, a: Any) -> Any:
        return self.context.sqrt(a)

    def sin(self, a: Any) -> Any:
        return self.context.sin(a)

    def cos(self, a: Any) -> Any:
        return self.context.cos(a)

    def tanh(self, a: Any) -> Any:
        return self.context.tanh(a)

    def sigmoid(self, a: Any) -> Any:
        return 1 / (1 + self.exp(-a))

    def softplus(self, a: Any) -> Any:
        return self.log1p(self.exp(a))

    def relu(self, a: Any) -> Any:
        return a if a > 0 or a != a else self.zero

    def maximum(self, a: Any, b: Any) -> Any:
        return a if a > b or a != a else b

    def minimum(self, a: Any, b: Any) -> Any:
        return a if a < b or a != a else b

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        return a if condition else b

    def less(self, a: Any, b: Any) -> Any:
        return self.one if a < b else self.zero

    def less_equal(self, a: Any, b: Any) -> Any:
        return self.one if a <= b else self.zero

    def equal(self, a: Any, b: Any) -> Any:
        return self.one if a == b else self.zero

    def sum(self, *xs: Any) -> Any:
        return self.context.fsum(xs)

    def prod(self, *xs: Any) -> Any:
        return self.context.fprod(xs)

    def logsumexp(self, *xs: Any) -> Any:
        top = max(xs)
        return top + self.log(self.sum(*(self.exp(x - top) for x in xs)))


multiprecision = Multiprecision()
