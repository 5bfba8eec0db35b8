"""Mpmath's numbers, at the precision that their context is set to: an oracle to any number of digits."""

import threading
from operator import attrgetter

from mpmath import MPContext

from autograd.numbers import Number, NumberSystem, function
from autograd.numbers.floats import Floats

DIGITS = 50
"""How many decimal digits there are, unless a precision is set."""


class OwnContext(threading.local, MPContext):  # type: ignore[misc]  # mpmath has no types
    """A context of mpmath that each thread has for itself, with a precision and a class of numbers of its own.

    `mpmath.mp` is one for the process: a precision that is set there changes numbers of the user's, and one thread
    would put back what another has just set.
    """

    def __init__(self) -> None:
        super().__init__()
        self.dps = DIGITS


mp = OwnContext()


def _of_context(name: str) -> Number:
    """A function of the context, called with nothing in between."""
    return property(attrgetter(f"context.{name}"))


class Multiprecision(NumberSystem):
    """The numbers of one context of mpmath."""

    context: Number = mp
    """Holds the precision."""

    half = property(lambda self: self.context.one / 2)
    one, zero = _of_context("one"), _of_context("zero")
    number = _of_context("mpf")
    power = _of_context("power")
    exp = _of_context("exp")
    log = _of_context("log")
    log1p = _of_context("log1p")
    expm1 = _of_context("expm1")
    sqrt = _of_context("sqrt")
    sin = _of_context("sin")
    cos = _of_context("cos")
    tan = _of_context("tan")
    asin = _of_context("asin")
    acos = _of_context("acos")
    atan = _of_context("atan")
    atan2 = _of_context("atan2")
    sinh = _of_context("sinh")
    cosh = _of_context("cosh")
    tanh = _of_context("tanh")
    asinh = _of_context("asinh")
    acosh = _of_context("acosh")
    atanh = _of_context("atanh")
    hypot = _of_context("hypot")
    erf = _of_context("erf")
    erfc = _of_context("erfc")
    floor = _of_context("floor")
    ceil = _of_context("ceil")
    sigmoid = _of_context("sigmoid")

    @property
    def pi(self) -> Number:
        # As many digits as the context has now.
        return +self.context.pi

    def divide(self, a: Number, b: Number) -> Number:
        return self.context.mpf(a) / b

    def absolute(self, a: Number) -> Number:
        return abs(a)

    def sign(self, a: Number) -> Number:
        return self.context.sign(a) if a else self.nothing

    def step(self, a: Number) -> Number:
        return self.one if a > 0 else a if a != a else self.nothing

    def log2(self, a: Number) -> Number:
        return self.log(a) / self.log(2)

    def log10(self, a: Number) -> Number:
        return self.log(a) / self.log(10)

    def cbrt(self, a: Number) -> Number:
        return -self.context.cbrt(-a) if a < 0 else self.context.cbrt(a)

    def clip(self, x: Number, low: Number, high: Number) -> Number:
        if low > high:
            raise ArithmeticError("low is above high")
        return super().clip(x, low, high)

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


multiprecision = Multiprecision()
