"""Floats, the numbers of the eager engine.

``+ - *`` are Python's own: beyond 1.8e308 they give inf. In the functions, what has no real value is an error
(``ValueError``, ``ZeroDivisionError``, ``OverflowError``), never a NaN or a complex number made up on the way; a NaN
that comes in goes through. A function whose value is a float does not overflow on the way to it, and sums are rounded
once (`math.fsum`), so they depend neither on their order nor on the version of Python. But the terms of a sum are
floats in their turn: a product in a `dot` that is beyond 1.8e308 is inf, and so is the sum that a `mean` divides.
"""

import math
from collections.abc import Callable
from math import copysign, exp, frexp, fsum, inf, ldexp, log1p, nan, sqrt
from types import ModuleType
from typing import TypeVar

from autograd.numbers import Number, NumberSystem, accurate_form, function

System = TypeVar("System", bound=NumberSystem)


class Floats(NumberSystem):
    """The functions call `math` and not each other, for speed."""

    half = 0.5
    pi = math.pi

    exp = function(math.exp)
    log = function(math.log)
    log1p = function(math.log1p)
    expm1 = function(math.expm1)
    sqrt = function(math.sqrt)
    sin = function(math.sin)
    cos = function(math.cos)
    tan = function(math.tan)
    asin = function(math.asin)
    acos = function(math.acos)
    atan = function(math.atan)
    atan2 = function(math.atan2)
    sinh = function(math.sinh)
    cosh = function(math.cosh)
    tanh = function(math.tanh)
    asinh = function(math.asinh)
    acosh = function(math.acosh)
    atanh = function(math.atanh)
    log2 = function(math.log2)
    log10 = function(math.log10)
    erf = function(math.erf)
    erfc = function(math.erfc)
    power = function(math.pow)
    choose = function(accurate_form)

    @staticmethod
    def number(x: float) -> float:
        return x

    @staticmethod
    def divide(a: float, b: float) -> float:
        return a / b

    @staticmethod
    def absolute(a: float) -> float:
        return -a if a < 0 else a + 0.0

    @staticmethod
    def cbrt(a: float) -> float:
        if not 1e-280 < abs(a) < inf:
            return ldexp(floats.cbrt(ldexp(a, 900)), -300) if 0 < abs(a) < 1 else math.cbrt(a)
        # The C library is off by up to 4 units: one step of Newton's, with a − r³ = a − h³ − (r − h)(3rh + (r − h)²),
        # where h has so few digits that its cube has no rounding.
        r = math.cbrt(a)
        digits, exponent = frexp(r)
        h = ldexp(int(digits * 2**17), exponent - 17)
        rest = r - h
        return r + (a - h * h * h - rest * (3 * r * h + rest * rest)) / (3 * r * r)

    @staticmethod
    def hypot(a: float, b: float) -> float:
        if (h := math.hypot(a, b)) == inf and a - a == b - b:
            raise OverflowError
        return h if a == a and b == b else nan  # math.hypot(inf, nan) is inf

    @staticmethod
    def leg(a: float, b: float) -> float:
        square = (a - b) * (a + b) if a < 2 * abs(b) else a * a - b * b
        return sqrt(square) if a > 0 and 1e-290 < square < inf else sqrt(a - b) * sqrt(a + b)

    @staticmethod
    def sech2(a: float) -> float:
        e = exp(-2 * abs(a))
        return 4 * e / ((1 + e) * (1 + e))

    @staticmethod
    def gaussian(a: float) -> float:
        if not abs(a) < 28:
            return a if a != a else 0.0
        # The rounding of a² would be that of the exponent: h has so few digits that h² has none.
        h = round(a * 1024) / 1024
        return exp(-h * h) * exp((h - a) * (h + a))

    @staticmethod
    def floor(a: float) -> float:
        return copysign(math.floor(a), a) if a - a == 0 else a  # of -0.0, as that of arrays, it is -0.0

    @staticmethod
    def ceil(a: float) -> float:
        return copysign(math.ceil(a), a) if a - a == 0 else a

    @staticmethod
    def xlogy(a: float, b: float) -> float:
        return 0.0 if a == 0 and b >= 0 else a * floats.log(b) if a == a else a

    @staticmethod
    def clip(x: float, low: float, high: float) -> float:
        if low > high:
            raise ValueError("low is above high")
        return floats.minimum(floats.maximum(x, low), high)

    @staticmethod
    def sigmoid(a: float) -> float:
        if a >= 0:
            return 1 / (1 + exp(-a))
        e = exp(a)
        return e / (1 + e)

    @staticmethod
    def softplus(a: float) -> float:
        return log1p(exp(a)) if a < 0 else a + log1p(exp(-a))

    @staticmethod
    def relu(a: float) -> float:
        return a if a > 0 or a != a else 0.0

    @staticmethod
    def step(a: float) -> float:
        return 1.0 if a > 0 else a if a != a else NumberSystem.nothing

    @staticmethod
    def sign(a: float) -> float:
        return 1.0 if a > 0 else -1.0 if a < 0 else a if a != a else NumberSystem.nothing

    @staticmethod
    def share(a: float, b: float) -> float:
        return 1.0 if b < a else NumberSystem.nothing if a < b else 0.5 if a == b else a + b

    @staticmethod
    def decide(condition: float, true: Callable[[], Number], false: Callable[[], Number]) -> Number:
        return true() if condition else false()

    @staticmethod
    def maximum(a: float, b: float) -> float:
        return a if a > b or a != a else b

    @staticmethod
    def minimum(a: float, b: float) -> float:
        return a if a < b or a != a else b

    @staticmethod
    def where(condition: float, a: float, b: float) -> float:
        return a if condition else b

    @staticmethod
    def less(a: float, b: float) -> float:
        return 1.0 if a < b else 0.0

    @staticmethod
    def less_equal(a: float, b: float) -> float:
        return 1.0 if a <= b else 0.0

    @staticmethod
    def equal(a: float, b: float) -> float:
        return 1.0 if a == b else 0.0

    @staticmethod
    def sum(*xs: float) -> float:
        try:
            return fsum(xs)
        except ValueError:
            return nan  # inf - inf
        except OverflowError:
            # A partial sum is beyond the floats, as in 1e308 + 1e308 - 1e308; the sum itself need not be.
            return fsum([x * 2.0**-64 for x in xs]) * 2.0**64

    @staticmethod
    def prod(*xs: float) -> float:
        # Mantissas and exponents apart: [1e200, 1e200, 1e-300] gives 1e100, and [1e-200, 1e-200, 1e300] gives 1e-100.
        mantissa, exponent = 1.0, 0
        for x in xs:
            digits, power_of_2 = frexp(x)
            mantissa, carry = frexp(mantissa * digits)
            exponent += power_of_2 + carry
        return scaled(mantissa, exponent)

    @staticmethod
    def logsumexp(*xs: float) -> float:
        top = max(xs)
        if top in (inf, -inf):
            return nan if any(x != x for x in xs) else top
        others = list(xs)
        others.remove(top)
        # log1p of the others keeps the digits of log(e⁰ + e⁻⁴⁰), which log(1 + e⁻⁴⁰) would round to 0.
        return top + log1p(fsum([exp(x - top) for x in others]))


def scaled(mantissa: float, exponent: int) -> float:
    """mantissa · 2 to the exponent, infinite beyond the floats."""
    try:
        return ldexp(mantissa, exponent)
    except OverflowError:
        return mantissa * inf


def as_module(system: System) -> System:
    """The functions of a number system as those of a module object.

    Every node of the eager engine calls ``m.exp(a)`` or its like, and CPython finds a function of a module sooner than
    a static method of an instance: with instances in place of `floats` and `extended`, a node of ``a / b`` took 8 % and
    one of ``sqrt(a)`` 11 % more time.
    """
    module: Number = ModuleType(type(system).__name__)
    for name in dir(system):
        if not name.startswith("_"):
            setattr(module, name, getattr(system, name))
    module.__getattr__ = system.__getattr__  # of a name that is not there
    return module


floats = as_module(Floats())
