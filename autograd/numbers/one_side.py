"""Sympy expressions on one side of every kink: a choice goes the way it goes at a given point, and that is noted."""

from collections.abc import Callable
from typing import Any

import sympy

from autograd.numbers.formulas import Formulas


class OneSide(Formulas):
    """The number system. For |x| it has x or −x, and notes whether x > 0 or x < 0.

    Args:
        recorded: what a symbol is at the point.
        names_kept: whether the activations keep their names: ``sigmoid(n)``, not ``1/(1 + exp(-n))``.
    """

    def __init__(self, recorded: Callable[[Any], float], *, names_kept: bool = False) -> None:
        self._recorded = recorded
        self.sides: dict[Any, int] = {}
        """For each expression that a choice asked about, its sign at the point."""
        self._kept: dict[Any, Callable[..., Any]] = {}
        if names_kept:
            for name in ("sigmoid", "softplus", "logsumexp", "log1p", "expm1"):
                self._kept[sympy.Function(name)] = getattr(self, name)
            for function in self._kept:
                setattr(self, str(function), function)

    def power(self, a: Any, b: Any) -> Any:
        if isinstance(b, sympy.Number) and not abs(b) <= 1000:
            raise OverflowError("a power too high to write out")
        return super().power(a, b)

    def sign(self, a: Any) -> Any:
        return sympy.Integer(self._side(a))

    def step(self, a: Any) -> Any:
        return sympy.Integer(self._side(a) > 0)

    def absolute(self, a: Any) -> Any:
        return self._side(a) * a

    def relu(self, a: Any) -> Any:
        return a if self._side(a) > 0 else sympy.Integer(0)

    def maximum(self, a: Any, b: Any) -> Any:
        return a if self._side(a - b) > 0 else b

    def minimum(self, a: Any, b: Any) -> Any:
        return a if self._side(a - b) < 0 else b

    def less(self, a: Any, b: Any) -> Any:
        return sympy.Integer(self._side(b - a) > 0)

    def less_equal(self, a: Any, b: Any) -> Any:
        return sympy.Integer(self._side(b - a) >= 0)

    def equal(self, a: Any, b: Any) -> Any:
        return sympy.Integer(self._side(a - b) == 0)

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        return a if condition != 0 else b

    def _side(self, a: Any) -> int:
        a = sympy.sympify(a)
        here = {symbol: sympy.Float(self._recorded(symbol)) for symbol in a.free_symbols}
        number = a.xreplace(here)
        for function, formula in self._kept.items():
            number = number.replace(function, formula)  # the name alone has no value
        value = float(number.evalf())
        sign = (value > 0) - (value < 0)
        if a.free_symbols and -a not in self.sides:
            self.sides.setdefault(a, sign)
        return sign
