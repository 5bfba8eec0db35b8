"""Fractions: exact values and gradients, as long as an operation stays among the rationals.

The transcendental functions are rational at one point only (exp 0 = 1, σ(0) = ½, log 1 = 0, …: Lindemann's theorem),
the square root and fractional powers at perfect powers. Everywhere else a function gives an `Irrational`, which says
which function it was: what does not depend on it is exact all the same.

The rule of a user's operation may hold floats. Compared with a number, a float is the decimal as written; computed
with, it makes a `Rounded` number of the result.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import wraps
from math import isfinite, isqrt

from autograd.numbers import Number, NumberSystem


@dataclass(frozen=True)
class Irrational:
    """What is not a rational number, an infinity included. Whatever is computed with it is this Irrational again."""

    written: str
    """The function that left the rationals, with its operands: ``exp(1/2)``."""

    def _again(self, *others: Number) -> "Irrational":
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = _again

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Irrational):
            return self.written == other.written
        raise TypeError(f"whether {self} is {other} is not known in fractions")

    def __bool__(self) -> bool:
        raise TypeError(f"whether {self} is 0 is not known in fractions")

    def __str__(self) -> str:
        return self.written


class Rounded(Irrational):
    """A float that the rule of an operation brought in."""


def _computed(name: str) -> Number:
    """The method of Fraction, with a result that is `Exact` again; `Rounded` with a float, and where it gives one."""
    method = getattr(Fraction, name)

    def computed(self: "Exact", *others: Number) -> Number:
        for other in others:
            if isinstance(other, float):
                return Rounded(repr(other))
        result = method(self, *others)
        if isinstance(result, float | complex):  # a power with an exponent that is not whole
            return Rounded(repr(result))
        return Exact(result) if type(result) is Fraction else result

    return computed


def _compared(name: str) -> Number:
    """The method of Fraction, for which a float is the decimal as written: 0.1 is 1/10 here, as it is in a leaf."""
    method = getattr(Fraction, name)

    def compared(self: "Exact", other: Number) -> bool:
        return method(self, as_written(other) if isinstance(other, float) and isfinite(other) else other)

    return compared


class Exact(Fraction):
    """A Fraction that does not become a float by meeting one.

    >>> third = Exact(1, 3)
    >>> 3 * third == 1, Exact(1, 10) >= 0.1, str(0.5 * third)
    (True, True, '0.5')
    """

    __slots__ = ()

    __add__, __radd__ = _computed("__add__"), _computed("__radd__")
    __sub__, __rsub__ = _computed("__sub__"), _computed("__rsub__")
    __mul__, __rmul__ = _computed("__mul__"), _computed("__rmul__")
    __truediv__, __rtruediv__ = _computed("__truediv__"), _computed("__rtruediv__")
    __floordiv__, __rfloordiv__ = _computed("__floordiv__"), _computed("__rfloordiv__")
    __mod__, __rmod__ = _computed("__mod__"), _computed("__rmod__")
    __pow__, __round__ = _computed("__pow__"), _computed("__round__")
    __neg__, __pos__, __abs__ = _computed("__neg__"), _computed("__pos__"), _computed("__abs__")

    __lt__, __le__ = _compared("__lt__"), _compared("__le__")
    __gt__, __ge__ = _compared("__gt__"), _compared("__ge__")
    __eq__, __hash__ = _compared("__eq__"), Fraction.__hash__

    def __rpow__(self, base: Number) -> Number:
        return Rounded(repr(base)) if isinstance(base, float) else Exact(base) ** self


def as_written(x: float) -> Exact:
    """The decimal as Python writes it: 0.1 is 1/10, not the nearest float."""
    return Exact(repr(float(x)))


def _or_irrational(function: Callable[..., Number]) -> Callable[..., Number]:
    """The function, with an Irrational where it gives None or divides by 0, and where an operand is one, or a float."""

    @wraps(function)
    def extended(self: "Rationals", *operands: Number) -> Number:
        for operand in operands:
            if isinstance(operand, Irrational):
                return operand
            if isinstance(operand, float):  # as exact as any Fraction, but rounded: 0.01 is not 1/100
                return Rounded(repr(operand))
        try:
            result = function(self, *operands)
        except ZeroDivisionError:
            result = None
        return Irrational(f"{function.__name__}({', '.join(map(str, operands))})") if result is None else result

    return extended


def _only_at(point: int, name: str, value: Fraction) -> Callable[..., Number]:
    def function(self: "Rationals", a: Number) -> Fraction | None:
        return value if a == point else None

    function.__name__ = name
    return _or_irrational(function)


class Rationals(NumberSystem):
    half = Exact(1, 2)
    pi = Irrational("π")

    def number(self, x: float) -> Exact:
        """The decimal as written."""
        if x - x != 0:
            raise ValueError(f"no exact gradient from {x}: a leaf must be finite")
        return as_written(x)

    def choose(self, textbook: Callable[[], Number], accurate: Callable[[], Number]) -> Number:
        """The textbook's form; where that leaves the rationals, the other if it does not: of 0ᵇ it takes no log 0."""
        found = textbook()
        if not isinstance(found, tuple):
            return found
        if not any(isinstance(slope, Irrational) for slope in found):
            return found
        return tuple(
            a if isinstance(b, Irrational) or not isinstance(a, Irrational) else b
            for a, b in zip(found, accurate(), strict=True)
        )

    def decide(
        self, condition: Number, true: Callable[[], tuple[Number, ...]], false: Callable[[], tuple[Number, ...]]
    ) -> tuple[Number, ...]:
        return false() if isinstance(condition, Irrational) or not condition else true()

    def where(self, condition: Number, a: Number, b: Number) -> Number:
        # Only the condition must be rational: a branch that is not taken does not matter.
        return condition if isinstance(condition, Irrational) else a if condition else b

    exp = _only_at(0, "exp", Exact(1))
    log = _only_at(1, "log", Exact(0))
    log1p = _only_at(0, "log1p", Exact(0))
    expm1 = _only_at(0, "expm1", Exact(0))
    sin = _only_at(0, "sin", Exact(0))
    cos = _only_at(0, "cos", Exact(1))
    tan = _only_at(0, "tan", Exact(0))
    asin = _only_at(0, "asin", Exact(0))
    acos = _only_at(1, "acos", Exact(0))
    atan = _only_at(0, "atan", Exact(0))
    sinh = _only_at(0, "sinh", Exact(0))
    cosh = _only_at(0, "cosh", Exact(1))
    tanh = _only_at(0, "tanh", Exact(0))
    sech2 = _only_at(0, "sech2", Exact(1))
    asinh = _only_at(0, "asinh", Exact(0))
    acosh = _only_at(1, "acosh", Exact(0))
    atanh = _only_at(0, "atanh", Exact(0))
    erf = _only_at(0, "erf", Exact(0))
    erfc = _only_at(0, "erfc", Exact(1))
    gaussian = _only_at(0, "gaussian", Exact(1))
    sigmoid = _only_at(0, "sigmoid", half)

    @_or_irrational
    def softplus(self, a: Number) -> None:
        return None

    @_or_irrational
    def logsumexp(self, *xs: Number) -> Number:
        return xs[0] if len(xs) == 1 else None

    @_or_irrational
    def divide(self, a: Number, b: Number) -> Fraction:
        return Exact(a) / b

    @_or_irrational
    def sqrt(self, a: Number) -> Fraction | None:
        return _power(a, self.half)

    @_or_irrational
    def cbrt(self, a: Number) -> Fraction | None:
        numerator, denominator = _cube_root(a.numerator), _cube_root(a.denominator)
        return None if numerator is None or not denominator else Exact(numerator, denominator)

    @_or_irrational
    def hypot(self, a: Number, b: Number) -> Fraction | None:
        return _power(Exact(a * a + b * b), self.half)

    @_or_irrational
    def leg(self, a: Number, b: Number) -> Fraction | None:
        return _power(Exact(a * a - b * b), self.half)

    @_or_irrational
    def atan2(self, a: Number, b: Number) -> Fraction | None:
        return Exact(0) if a == 0 and b >= 0 else None

    @_or_irrational
    def log2(self, a: Number) -> Fraction | None:
        return _logarithm(a, 2)

    @_or_irrational
    def log10(self, a: Number) -> Fraction | None:
        return _logarithm(a, 10)

    @_or_irrational
    def xlogy(self, a: Number, b: Number) -> Fraction | None:
        return Exact(0) if b == 1 or (a == 0 and b >= 0) else None

    @_or_irrational
    def floor(self, a: Number) -> Fraction:
        return Exact(math.floor(a))

    @_or_irrational
    def ceil(self, a: Number) -> Fraction:
        return Exact(math.ceil(a))

    @_or_irrational
    def clip(self, x: Number, low: Number, high: Number) -> Number:
        return super().clip(x, low, high)

    @_or_irrational
    def power(self, a: Number, b: Number) -> Fraction | None:
        return _power(Exact(a), Exact(b))

    @_or_irrational
    def absolute(self, a: Number) -> Number:
        return abs(a)

    @_or_irrational
    def relu(self, a: Number) -> Number:
        return max(a, Exact(0))

    @_or_irrational
    def step(self, a: Number) -> Fraction | int:
        return Exact(1) if a > 0 else self.nothing

    @_or_irrational
    def sign(self, a: Number) -> Fraction | int:
        return Exact((a > 0) - (a < 0)) if a else self.nothing

    share = _or_irrational(NumberSystem.share)

    @_or_irrational
    def maximum(self, a: Number, b: Number) -> Number:
        return max(a, b)

    @_or_irrational
    def minimum(self, a: Number, b: Number) -> Number:
        return min(a, b)

    @_or_irrational
    def less(self, a: Number, b: Number) -> Fraction:
        return Exact(a < b)

    @_or_irrational
    def less_equal(self, a: Number, b: Number) -> Fraction:
        return Exact(a <= b)

    @_or_irrational
    def equal(self, a: Number, b: Number) -> Fraction:
        return Exact(a == b)

    @_or_irrational
    def largest(self, *xs: Number) -> Number:
        return max(xs)

    def sum(self, *xs: Number) -> Number:
        total = Exact(0)
        for x in xs:
            total += x
        return total

    def prod(self, *xs: Number) -> Number:
        return math.prod(xs, start=Exact(1))


def _power(a: Fraction, b: Fraction) -> Fraction | None:
    if b.denominator == 2 and a >= 0:
        numerator, denominator = isqrt(a.numerator), isqrt(a.denominator)
        if numerator**2 == a.numerator and denominator**2 == a.denominator:
            return Exact(numerator, denominator) ** b.numerator
    return a**b.numerator if b.denominator == 1 else None


def _cube_root(n: int) -> int | None:
    size = abs(n)
    root = 1 << -(-size.bit_length() // 3)  # from above Newton's steps go down to the root
    while root**3 > size:
        root = (2 * root + size // root**2) // 3
    return None if root**3 != size else root if n >= 0 else -root


def _logarithm(a: Fraction, base: int) -> Fraction | None:
    """Of whole powers of the base: no other rational number has a rational one."""
    larger, smaller = max(a.numerator, a.denominator), min(a.numerator, a.denominator)
    power = round(math.log(larger, base)) if smaller == 1 else 0
    return Exact(power if a >= 1 else -power) if smaller == 1 and base**power == larger else None


rationals = Rationals()
