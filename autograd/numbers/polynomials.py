"""Polynomials as the number system: a rule computed here is Σ coefficient · a · b, the normal form of `vectorize`.

The unknowns are integers, the places of an operation's operands. A polynomial has terms of degree 2 at most: what leads
beyond, as ``a * b * c`` and ``tanh(a)`` do, is a `NotPolynomialError`. Over a number it is a `Quotient`, of which there
is nothing further: 49 · (1/49) is not 1 in floats, so x / 49 must not become x · (1/49). The coefficient of
a · 1e-170 · 1e-170 would be 0, so that is none either.
"""

from collections.abc import Mapping, Sequence
from math import frexp, inf, isfinite
from sys import float_info
from typing import NamedTuple

from autograd.numbers import Number, NumberSystem, function
from autograd.numbers.extended import extended
from autograd.untyped import AnyFunction

Factors = tuple[int, ...]
"""The unknowns of a term in ascending order: () for the number, (a,) for a, (a, b) for a · b."""


class NotPolynomialError(TypeError):
    """Raised where a rule computes something beyond the polynomials of degree 2."""


class Polynomial:
    """Σ coefficient · factors, where every pair of unknowns occurs once; a coefficient may be 0."""

    __slots__ = ("terms",)

    def __init__(self, terms: Mapping[Factors, float]) -> None:
        self.terms = terms

    def __bool__(self) -> bool:
        raise NotPolynomialError("a decision")

    def __eq__(self, other: object) -> bool:
        raise NotPolynomialError("a comparison")

    __hash__ = object.__hash__

    def __add__(self, other: Number) -> "Polynomial":
        return _sum(self, other)

    __radd__ = __add__

    def __neg__(self) -> "Polynomial":
        return self * -1.0

    def __sub__(self, other: Number) -> "Polynomial":
        return _sum(self, -other)

    def __rsub__(self, other: Number) -> "Polynomial":
        return _sum(-self, other)

    def __mul__(self, other: Number) -> "Polynomial":
        terms: dict[Factors, float] = {}
        for left, coefficient in self.terms.items():
            for right, factor in _terms(other):
                factors = tuple(sorted(left + right))
                if len(factors) > 2:
                    raise NotPolynomialError("a product of three unknowns")
                product = coefficient * factor
                if not float_info.min <= abs(product) < inf and coefficient and abs(factor) not in (0, 1):
                    raise NotPolynomialError("a product of coefficients that is too small or too large for a float")
                terms[factors] = terms.get(factors, 0.0) + product
        return Polynomial(terms)

    __rmul__ = __mul__

    def __truediv__(self, other: Number) -> "Polynomial":
        return polynomials.divide(self, other)

    def gradient(self) -> dict[int, "Polynomial"]:
        """The derivative by each unknown: a term c · a · b gives c · b to a and c · a to b."""
        slopes: dict[int, dict[Factors, float]] = {}
        for factors, coefficient in self.terms.items():
            for place, unknown in enumerate(factors):
                others = factors[:place] + factors[place + 1 :]
                slope = slopes.setdefault(unknown, {})
                slope[others] = slope.get(others, 0.0) + coefficient
        return {unknown: Polynomial(slope) for unknown, slope in slopes.items()}


class Quotient(NamedTuple):
    """A polynomial over a number."""

    dividend: Polynomial
    divisor: float


def _of_numbers(name: str) -> Number:
    """A function of numbers alone, such as log: ``m.log(2) * a`` is a polynomial, ``m.log(a)`` is not."""
    of_numbers = getattr(extended, name)

    def called(*operands: Number) -> Number:
        if any(isinstance(operand, Polynomial | Quotient) for operand in operands):
            raise NotPolynomialError(f"the {name} of unknowns")
        return of_numbers(*operands)

    return function(called)


class Polynomials(NumberSystem):
    half = 0.5
    pi = extended.pi

    absolute = _of_numbers("absolute")
    sign = _of_numbers("sign")
    step = _of_numbers("step")
    exp = _of_numbers("exp")
    log = _of_numbers("log")
    log1p = _of_numbers("log1p")
    expm1 = _of_numbers("expm1")
    sqrt = _of_numbers("sqrt")
    sin = _of_numbers("sin")
    cos = _of_numbers("cos")
    tan = _of_numbers("tan")
    asin = _of_numbers("asin")
    acos = _of_numbers("acos")
    atan = _of_numbers("atan")
    atan2 = _of_numbers("atan2")
    sinh = _of_numbers("sinh")
    cosh = _of_numbers("cosh")
    tanh = _of_numbers("tanh")
    sech2 = _of_numbers("sech2")
    asinh = _of_numbers("asinh")
    acosh = _of_numbers("acosh")
    atanh = _of_numbers("atanh")
    log2 = _of_numbers("log2")
    log10 = _of_numbers("log10")
    xlogy = _of_numbers("xlogy")
    cbrt = _of_numbers("cbrt")
    hypot = _of_numbers("hypot")
    leg = _of_numbers("leg")
    gaussian = _of_numbers("gaussian")
    erf = _of_numbers("erf")
    erfc = _of_numbers("erfc")
    floor = _of_numbers("floor")
    ceil = _of_numbers("ceil")
    clip = _of_numbers("clip")
    sigmoid = _of_numbers("sigmoid")
    relu = _of_numbers("relu")
    softplus = _of_numbers("softplus")
    maximum = _of_numbers("maximum")
    minimum = _of_numbers("minimum")
    where = _of_numbers("where")
    less = _of_numbers("less")
    less_equal = _of_numbers("less_equal")
    equal = _of_numbers("equal")
    logsumexp = _of_numbers("logsumexp")
    _quotient = _of_numbers("divide")
    _power = _of_numbers("power")

    def number(self, x: float) -> float:
        return x

    def divide(self, a: Number, b: Number) -> Number:
        if isinstance(a, Polynomial) and not isinstance(b, Polynomial | Quotient) and b != 0:
            return a * (1 / b) if abs(frexp(b)[0]) == 0.5 and isfinite(1 / b) else Quotient(a, b)
        return self._quotient(a, b)

    def power(self, a: Number, b: Number) -> Number:
        return self.prod(*[a] * int(b)) if isinstance(a, Polynomial) and b in (0, 1, 2) else self._power(a, b)

    def prod(self, *xs: Number) -> Number:
        numbers = [x for x in xs if not isinstance(x, Polynomial | Quotient)]
        if len(numbers) < len(xs) and sum(abs(x) != 1 for x in numbers) > 1:
            raise NotPolynomialError("a product of numbers, which floats do not multiply first")
        return super().prod(*xs)

    def sum(self, *xs: Number) -> Polynomial:
        return _sum(*xs)


polynomials = Polynomials()


def _sum(*xs: Number) -> Polynomial:
    terms: dict[Factors, float] = {}
    for x in xs:
        for factors, coefficient in _terms(x):
            terms[factors] = terms[factors] + coefficient if factors in terms else coefficient
    return Polynomial(terms)


def _terms(x: Number) -> Number:
    if isinstance(x, Quotient):
        raise NotPolynomialError("a quotient")
    return x.terms.items() if isinstance(x, Polynomial) else (((), x),)


def polynomial_of(
    value: AnyFunction, local: AnyFunction, operands: Sequence[float | None]
) -> Polynomial | Quotient | None:
    """What an operation with these two rules is as a polynomial, or one over a number; None if it leaves them.

    An operand is a number, or None for an unknown. Both rules must agree: the local gradients are the derivatives of
    the value. So ``both``, a product that passes no gradient, is not read as ``a * b``.
    """
    unknowns = [place for place, number in enumerate(operands) if number is None]
    numbers = [Polynomial({(place,): 1.0}) if number is None else number for place, number in enumerate(operands)]
    try:
        y = value(polynomials, *numbers)
        local_grads = local(polynomials, y, *numbers)
        found = y if isinstance(y, Quotient) else _sum(y)
        dividend, divisor = _fraction(found)
        gradient = dividend.gradient()
        agree = all(_is(local_grads[place], gradient.get(place), divisor) for place in unknowns)
    except (TypeError, ValueError, ArithmeticError, AttributeError, LookupError):
        return None  # what is wrong with a rule of the user's, the system that computes it will say
    return found if agree else None


def _is(local: Number, derivative: Polynomial | None, divisor: float) -> bool:
    """Whether the local gradient is the derivative over the divisor.

    There is none by an unknown that does not occur: nothing passes, or an integer 0.
    """
    if isinstance(local, int) and local == 0:
        return derivative is None
    return derivative is not None and _coefficients(*_fraction(local)) == _coefficients(derivative, divisor)


def _fraction(x: Number) -> tuple[Number, float]:
    return x if isinstance(x, Quotient) else (x, 1.0)


def _coefficients(dividend: Number, divisor: float) -> dict[Factors, float]:
    return {factors: coefficient / divisor for factors, coefficient in _terms(dividend)}
