"""Sympy expressions: values and gradients as formulas, in the form of the textbook."""

from collections.abc import Callable
from functools import lru_cache

import sympy

from autograd.numbers import Number, NumberSystem, function

MOST_OPERATIONS = 20_000
"""What has more, when it is written out, takes long to print, and nobody reads it."""
DEEPEST = 150
"""What is nested more deeply cannot be printed: sympy recurses."""
_DEEPEST_EVALUATED = 3


def _unless_deep(applied: Callable[..., Number]) -> Callable[..., Number]:
    """A function of sympy, which is not asked what it can make of an argument with many functions in each other.

    It asks whether the argument is 0, for which sympy takes some of them apart into real and imaginary parts, each
    twice as long as the one inside: minutes for y + tanh(y + tanh(y + ...)), ten times.
    """

    def apply(*operands: Number) -> Number:
        operands = tuple(map(sympy.sympify, operands))
        deep = max(map(_functions_in_each_other, operands)) >= _DEEPEST_EVALUATED
        return applied(*operands, evaluate=False) if deep else applied(*operands)

    return apply


class TooLongError(Exception):
    """It says of a formula what it has too much of."""


class WrittenOut:
    """How long and how deep formulas are when they are written out; their common parts are looked at once."""

    def __init__(self) -> None:
        self._known: dict[Number, tuple[int, int]] = {}

    def see_that_it_can_be_printed(self, formula: Number, times: int = 1) -> None:
        """Raise TooLongError for what is longer or deeper than can be printed, or so many times that."""
        operations, depth = self._of(sympy.sympify(formula))
        if operations > MOST_OPERATIONS * times:
            raise TooLongError(f"has {operations:.3g} operations when it is written out")
        if depth > DEEPEST * times:
            raise TooLongError(f"is nested too deeply for sympy, {depth} operations in each other")

    def _of(self, formula: Number) -> tuple[int, int]:
        stack = [formula]
        while stack:
            part = stack[-1]
            if missing := [operand for operand in part.args if operand not in self._known]:
                stack += missing
                continue
            operands = [self._known[operand] for operand in part.args]
            operations = min(bool(operands) + sum(count for count, _ in operands), 10**300)
            self._known[stack.pop()] = operations, 1 + max((depth for _, depth in operands), default=0)
        return self._known[formula]


@lru_cache(maxsize=10_000)  # as many as a formula that can be printed has, and none for ever
def _functions_in_each_other(formula: Number) -> int:
    return max(map(_functions_in_each_other, formula.args), default=0) + bool(formula.is_Function)


class Formulas(NumberSystem):
    half = sympy.Rational(1, 2)
    pi = sympy.pi

    absolute = function(_unless_deep(sympy.Abs))
    sign = function(_unless_deep(sympy.sign))
    exp = function(sympy.exp)
    log = function(sympy.log)
    sqrt = function(sympy.sqrt)
    sin = function(sympy.sin)
    cos = function(sympy.cos)
    tan = function(sympy.tan)
    asin = function(sympy.asin)
    acos = function(sympy.acos)
    atan = function(sympy.atan)
    atan2 = function(sympy.atan2)
    sinh = function(_unless_deep(sympy.sinh))
    cosh = function(_unless_deep(sympy.cosh))
    tanh = function(_unless_deep(sympy.tanh))
    asinh = function(sympy.asinh)
    acosh = function(sympy.acosh)
    atanh = function(sympy.atanh)
    erf = function(sympy.erf)
    erfc = function(sympy.erfc)
    floor = function(sympy.floor)
    ceil = function(sympy.ceiling)
    maximum = function(_unless_deep(sympy.Max))
    minimum = function(_unless_deep(sympy.Min))
    sum = function(sympy.Add)
    prod = function(sympy.Mul)

    def number(self, x: float) -> Number:
        """The decimal as written, exactly: 0.1 is 1/10. Infinities and NaN are sympy's."""
        # Not sympy.nsimplify, which makes 1/3 of 0.3333333333333333.
        return sympy.Rational(repr(float(x))) if abs(x) < float("inf") else sympy.Float(x)

    def expression(self, x: Number) -> Number:
        """What a rule gave, as an expression. A float shows as many digits as Python writes: sympy shows 15 of 17."""
        found = sympy.sympify(x)
        floats = {x: _with_all_digits(x) for x in found.atoms(sympy.Float)}
        return found.xreplace(floats) if floats else found

    def divide(self, a: Number, b: Number) -> Number:
        return sympy.sympify(a) / b

    def power(self, a: Number, b: Number) -> Number:
        a, b = sympy.sympify(a), sympy.sympify(b)
        if a.is_Mul and b.is_even:  # (sign(x)·∛|x|)⁻², as of a cube root, is ∛|x|⁻²
            sizes = {factor.as_base_exp()[0] for factor in a.args}
            signs = [s for s in a.args if s.func == sympy.sign and self.absolute(s.args[0]) in sizes]
            a = a.xreplace(dict.fromkeys(signs, sympy.Integer(1)))
        return a**b

    def log1p(self, a: Number) -> Number:
        return self.log(1 + a)

    def expm1(self, a: Number) -> Number:
        return self.exp(a) - 1

    def log2(self, a: Number) -> Number:
        return self.log(a) / self.log(2)

    def log10(self, a: Number) -> Number:
        return self.log(a) / self.log(10)

    def cbrt(self, a: Number) -> Number:
        return self.sign(a) * self.absolute(a) ** sympy.Rational(1, 3)  # sympy's root of −8 is complex

    def hypot(self, a: Number, b: Number) -> Number:
        return self.sqrt(a**2 + b**2)

    def leg(self, a: Number, b: Number) -> Number:
        return self.sqrt(a**2 - b**2)

    def xlogy(self, a: Number, b: Number) -> Number:
        return a * self.log(b)

    def sigmoid(self, a: Number) -> Number:
        return 1 / (1 + self.exp(-a))

    def softplus(self, a: Number) -> Number:
        return self.log(1 + self.exp(a))

    def relu(self, a: Number) -> Number:
        return self.maximum(a, 0)

    def step(self, a: Number) -> Number:
        return sympy.Heaviside(a, 0)

    def share(self, a: Number, b: Number) -> Number:
        return self.half * (1 + self.sign(a - b))

    def where(self, condition: Number, a: Number, b: Number) -> Number:
        return sympy.Piecewise((a, _truth(condition)), (b, True))

    def less(self, a: Number, b: Number) -> Number:
        return _indicator(sympy.Lt(a, b))

    def less_equal(self, a: Number, b: Number) -> Number:
        return _indicator(sympy.Le(a, b))

    def equal(self, a: Number, b: Number) -> Number:
        return _indicator(sympy.Eq(a, b))

    def logsumexp(self, *xs: Number) -> Number:
        return self.log(self.sum(*map(self.exp, xs)))


def _with_all_digits(x: Number) -> Number:
    digits = len(repr(float(x)).partition("e")[0].replace(".", "").strip("-0"))
    return sympy.Float(float(x), max(digits, 15))


def _indicator(truth: Number) -> Number:
    return sympy.Piecewise((1, truth), (0, True))


def _truth(condition: Number) -> Number:
    """The relation that an indicator stands for, so that a formula says x > 0 and not Piecewise(...) ≠ 0."""
    if isinstance(condition, sympy.Piecewise) and condition.args[0][0] == 1 and condition.args[1][0] == 0:
        return condition.args[0][1]
    return sympy.Ne(condition, 0)


formulas = Formulas()
