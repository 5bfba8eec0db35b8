"""Sympy expressions as expressions of the page, so that the judge can prove what is shown as right."""

from collections.abc import Callable
from functools import reduce

import sympy

from autograd import ops
from autograd.derivation.claims import Apply, Expression, Numeral
from autograd.numbers import Number

_FUNCTIONS = {"Abs": "absolute", "asinh": "asinh", "ceiling": "ceil"}


class NoExpressionError(ValueError):
    """There is no such operation in the table."""


def expression_of(formula: Number, symbol: Callable[[Number], Expression]) -> Expression:
    """The formula in operations of the table; `symbol` gives what a symbol stands for.

    Raises:
        NoExpressionError: if it has a number or a function that the table has not.
    """

    def of(part: Number) -> Expression:
        return expression_of(part, symbol)

    if formula.is_Symbol:
        return symbol(formula)
    if formula.is_Rational:
        return _number(formula)
    if formula.is_Add or formula.is_Mul:
        operation = ops.add if formula.is_Add else ops.multiply
        return reduce(lambda a, b: Apply(operation, (a, b)), map(of, formula.args))
    if isinstance(formula, sympy.exp):
        return Apply(ops.exp, (of(formula.args[0]),))
    if formula.is_Pow:
        base, exponent = formula.args
        if exponent.is_Rational and exponent.is_negative:
            return Apply(ops.divide, (_number(sympy.Integer(1)), of(base**-exponent)))
        if exponent == sympy.Rational(1, 2):
            return Apply(ops.sqrt, (of(base),))
        if exponent.is_Rational:
            return Apply(ops.power_by(float(exponent)), (of(base),))
        return Apply(ops.power, (of(base), of(exponent)))
    name = type(formula).__name__
    operation_by_name = ops.OPERATIONS.get(_FUNCTIONS.get(name, name))
    if operation_by_name is None or not formula.args:
        raise NoExpressionError(name)
    return Apply(operation_by_name, tuple(map(of, formula.args)))


def _number(number: Number) -> Expression:
    """A fraction as a quotient: as one float it would be rounded."""
    whole = number.is_Integer or sympy.Rational(repr(float(number))) == number
    if whole:
        numeral = Numeral(repr(float(abs(number))).removesuffix(".0"), abs(number))
        return Apply(ops.negate, (numeral,)) if number < 0 else numeral
    if sympy.Rational(repr(float(1 / number))) == 1 / number:
        return Apply(ops.divide, (_number(sympy.Integer(1)), _number(1 / number)))
    return Apply(ops.divide, (_number(sympy.Integer(number.p)), _number(sympy.Integer(number.q))))
