"""Sympy expressions on one side of every kink: a choice goes the way it goes at a given point, and that is noted."""

import math
from collections.abc import Callable

import sympy

from autograd.numbers import Number
from autograd.numbers.formulas import Formulas


class OneSide(Formulas):
    """The number system. For |x| it has x or −x, and notes whether x > 0 or x < 0.

    Args:
        recorded: what a symbol is at the point.
        names_kept: whether the activations keep their names: ``sigmoid(n)``, not ``1/(1 + exp(-n))``.
    """

    def __init__(self, recorded: Callable[[Number], float], *, names_kept: bool = False) -> None:
        self._recorded = recorded
        self.sides: dict[Number, int] = {}
        """For each expression that a choice asked about, its sign at the point."""
        self._kept: dict[Number, Callable[..., Number]] = {}
        if names_kept:
            for name in ("sigmoid", "softplus", "logsumexp", "log1p", "expm1"):
                self._kept[sympy.Function(name)] = getattr(self, name)
            for function in self._kept:
                setattr(self, str(function), function)

    def power(self, a: Number, b: Number) -> Number:
        if isinstance(b, sympy.Number) and not abs(b) <= 1000:
            raise OverflowError("a power too high to write out")
        return super().power(a, b)

    def sign(self, a: Number) -> Number:
        return sympy.Integer(self._side(a))

    def step(self, a: Number) -> Number:
        return sympy.Integer(self._side(a) > 0)

    def cbrt(self, a: Number) -> Number:
        return self._side(a) * (self._side(a) * a) ** sympy.Rational(1, 3)

    def floor(self, a: Number) -> Number:
        whole = sympy.Integer(math.floor(self._number(sympy.sympify(a))))
        self._side(a - whole)
        self._side(whole + 1 - a)
        return whole

    def ceil(self, a: Number) -> Number:
        return -self.floor(-a)

    def absolute(self, a: Number) -> Number:
        return self._side(a) * a

    def relu(self, a: Number) -> Number:
        return a if self._side(a) > 0 else sympy.Integer(0)

    def maximum(self, a: Number, b: Number) -> Number:
        return a if self._side(a - b) > 0 else b

    def minimum(self, a: Number, b: Number) -> Number:
        return a if self._side(a - b) < 0 else b

    def less(self, a: Number, b: Number) -> Number:
        return sympy.Integer(self._side(b - a) > 0)

    def less_equal(self, a: Number, b: Number) -> Number:
        return sympy.Integer(self._side(b - a) >= 0)

    def equal(self, a: Number, b: Number) -> Number:
        return sympy.Integer(self._side(a - b) == 0)

    def where(self, condition: Number, a: Number, b: Number) -> Number:
        return a if condition != 0 else b

    def _number(self, a: Number) -> float:
        here = {symbol: sympy.Float(self._recorded(symbol)) for symbol in a.free_symbols}
        number = a.xreplace(here)
        for function, formula in self._kept.items():
            number = number.replace(function, formula)  # the name alone has no value
        return float(number.evalf())

    def _side(self, a: Number) -> int:
        a = sympy.sympify(a)
        value = self._number(a)
        sign = (value > 0) - (value < 0)
        if a.free_symbols and -a not in self.sides:
            self.sides.setdefault(a, sign)
        return sign
