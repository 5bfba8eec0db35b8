"""Sympy expressions: values and gradients as formulas, in the form of the textbook."""

from typing import Any

import sympy
from sympy import Abs as absolute
from sympy import Max as maximum
from sympy import Min as minimum
from sympy import cos, exp, log, sign, sin, sqrt, tanh

half = sympy.Rational(1, 2)


def number(x: float) -> Any:
    """The decimal as written, exactly: 0.1 is 1/10. Infinities and NaN are sympy's."""
    # Not sympy.nsimplify, which makes 1/3 of 0.3333333333333333.
    return sympy.Rational(repr(float(x))) if abs(x) < float("inf") else sympy.Float(x)


def expression(x: Any) -> Any:
    """An integer that a rule gave, as an expression."""
    return sympy.sympify(x)


def choose(textbook: Any, accurate: Any) -> Any:
    return textbook()


def divide(a: Any, b: Any) -> Any:
    return sympy.sympify(a) / b


def power(a: Any, b: Any) -> Any:
    return a**b


def log1p(a: Any) -> Any:
    return log(1 + a)


def expm1(a: Any) -> Any:
    return exp(a) - 1


def sigmoid(a: Any) -> Any:
    return 1 / (1 + exp(-a))


def softplus(a: Any) -> Any:
    return log(1 + exp(a))


def relu(a: Any) -> Any:
    return maximum(a, 0)


def step(a: Any) -> Any:
    return sympy.Heaviside(a, 0)


def where(condition: Any, a: Any, b: Any) -> Any:
    return sympy.Piecewise((a, _truth(condition)), (b, True))


def less(a: Any, b: Any) -> Any:
    return _indicator(sympy.Lt(a, b))


def less_equal(a: Any, b: Any) -> Any:
    return _indicator(sympy.Le(a, b))


def equal(a: Any, b: Any) -> Any:
    return _indicator(sympy.Eq(a, b))


def _indicator(truth: Any) -> Any:
    return sympy.Piecewise((1, truth), (0, True))


def _truth(condition: Any) -> Any:
    """The relation that an indicator stands for, so that a formula says x > 0 and not Piecewise(...) ≠ 0."""
    if isinstance(condition, sympy.Piecewise) and condition.args[0][0] == 1 and condition.args[1][0] == 0:
        return condition.args[0][1]
    return sympy.Ne(condition, 0)


def sum(*xs: Any) -> Any:
    return sympy.Add(*xs)


def prod(*xs: Any) -> Any:
    return sympy.Mul(*xs)


def logsumexp(*xs: Any) -> Any:
    return log(sympy.Add(*map(exp, xs)))
