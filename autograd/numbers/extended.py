"""The extended reals, in which local gradients are computed: floats with 1/0 = ∞.

A derivative can be infinite where the value is an ordinary number: √'(0) = ∞ and d(aᵖ)/da = ∞ at a = 0 for 0 < p < 1.
So these functions give the limit (a zero counts as reached from above) where `floats` refuses.
"""

import math
from math import copysign, inf, nan

from autograd.numbers.floats import Floats, as_module


class Extended(Floats):
    @staticmethod
    def divide(a: float, b: float) -> float:
        try:
            return a / b
        except ZeroDivisionError:
            return a * inf if a == a and b == 0 else nan

    @staticmethod
    def power(a: float, b: float) -> float:
        try:
            return math.pow(a, b)
        except OverflowError:
            return copysign(inf, a) if b % 2 == 1 else inf
        except ValueError:
            return inf if a == 0 else nan

    @staticmethod
    def log(a: float) -> float:
        return math.log(a) if a > 0 else -inf if a == 0 else nan

    @staticmethod
    def log1p(a: float) -> float:
        return math.log1p(a) if a > -1 else -inf if a == -1 else nan

    @staticmethod
    def log2(a: float) -> float:
        return math.log2(a) if a > 0 else -inf if a == 0 else nan

    @staticmethod
    def log10(a: float) -> float:
        return math.log10(a) if a > 0 else -inf if a == 0 else nan

    @staticmethod
    def xlogy(a: float, b: float) -> float:
        return 0.0 if a == 0 and b >= 0 else a * extended.log(b)

    @staticmethod
    def sqrt(a: float) -> float:
        return math.sqrt(a) if a >= 0 else nan

    @staticmethod
    def sin(a: float) -> float:
        return math.sin(a) if abs(a) < inf else nan

    @staticmethod
    def cos(a: float) -> float:
        return math.cos(a) if abs(a) < inf else nan

    @staticmethod
    def tan(a: float) -> float:
        return math.tan(a) if abs(a) < inf else nan

    @staticmethod
    def hypot(a: float, b: float) -> float:
        return math.hypot(a, b) if a == a and b == b else nan

    @staticmethod
    def leg(a: float, b: float) -> float:
        return Floats.leg(a, b) if abs(b) <= a else nan

    @staticmethod
    def clip(x: float, low: float, high: float) -> float:
        return Floats.minimum(Floats.maximum(x, low), high) if low <= high else nan

    @staticmethod
    def asin(a: float) -> float:
        return math.asin(a) if abs(a) <= 1 else nan

    @staticmethod
    def acos(a: float) -> float:
        return math.acos(a) if abs(a) <= 1 else nan

    @staticmethod
    def acosh(a: float) -> float:
        return math.acosh(a) if a >= 1 else nan

    @staticmethod
    def atanh(a: float) -> float:
        return math.atanh(a) if abs(a) < 1 else copysign(inf, a) if abs(a) == 1 else nan

    @staticmethod
    def sinh(a: float) -> float:
        try:
            return math.sinh(a)
        except OverflowError:
            return copysign(inf, a)

    @staticmethod
    def cosh(a: float) -> float:
        try:
            return math.cosh(a)
        except OverflowError:
            return inf

    @staticmethod
    def exp(a: float) -> float:
        try:
            return math.exp(a)
        except OverflowError:
            return inf

    @staticmethod
    def expm1(a: float) -> float:
        try:
            return math.expm1(a)
        except OverflowError:
            return inf


extended = as_module(Extended())
