"""Every rule of the table proved by sympy: its local gradients are the derivatives of its value."""

import pytest
import sympy
from sympy import symbols

from autograd.numbers.formulas import Formulas, formulas
from autograd.ops import OPERATIONS, power_by

a, b, c, d, e = symbols("a b c d e", real=True)
p, q = symbols("p q", positive=True)
n = symbols("n", nonzero=True)

ANYWHERE_ONE, ANYWHERE_TWO, ANYWHERE_THREE = [(a,)], [(a, b)], [(a, b, c)]
EITHER_SIDE_OF_ZERO = [(p,), (-p,)]
EITHER_SIDE_OF_A_TIE = [(b + p, b), (b - p, b)]
WITHIN_ONE = [(1 / (2 + p),), (-1 / (2 + p),), (1 - 1 / (2 + p),)]  # on either side of ½, where the accurate form turns
BETWEEN_WHOLE_NUMBERS = [(p / (1 + p),), (-p / (1 + p),)]

# Where to prove each rule: the operands as expressions, one tuple for each smooth piece of the operation.
PIECES = {
    "add": ANYWHERE_TWO,
    "subtract": ANYWHERE_TWO,
    "multiply": ANYWHERE_TWO,
    "divide": [(a, n)],
    "negate": ANYWHERE_ONE,
    "power": [(p, n)],
    "absolute": EITHER_SIDE_OF_ZERO,
    "exp": ANYWHERE_ONE,
    "log": [(p,)],
    "log1p": [(p - 1,)],
    "expm1": ANYWHERE_ONE,
    "sqrt": [(p,)],
    "sin": ANYWHERE_ONE,
    "cos": ANYWHERE_ONE,
    "tan": ANYWHERE_ONE,
    "asin": WITHIN_ONE,
    "acos": WITHIN_ONE,
    "atan": [(p / (1 + p),), (-p / (1 + p),), (2**64 + p,), (-(2**64) - p,)],
    "atan2": [(p, p + q), (-p, p + q), (p, -p - q), (p + q, p), (-p - q, p), (p + q, -p), (0, p), (p, 0)],
    "sinh": ANYWHERE_ONE,
    "cosh": ANYWHERE_ONE,
    "sech2": ANYWHERE_ONE,
    "tanh": ANYWHERE_ONE,
    "asinh": ANYWHERE_ONE,
    "acosh": [(1 + p,)],
    "atanh": WITHIN_ONE,
    "log2": [(p,)],
    "log10": [(p,)],
    "xlogy": [(a, p)],
    "cbrt": EITHER_SIDE_OF_ZERO,
    "leg": [(p + q, p), (p + q, -p)],
    "hypot": [(p + q, p), (p, p + q), (-p - q, p), (p, -p - q)],
    "gaussian": ANYWHERE_ONE,
    "erf": ANYWHERE_ONE,
    "erfc": ANYWHERE_ONE,
    "sigmoid": ANYWHERE_ONE,
    "relu": EITHER_SIDE_OF_ZERO,
    "softplus": ANYWHERE_ONE,
    "step": EITHER_SIDE_OF_ZERO,
    "sign": EITHER_SIDE_OF_ZERO,
    "floor": BETWEEN_WHOLE_NUMBERS,
    "ceil": BETWEEN_WHOLE_NUMBERS,
    "clip": [(b - p, b, b + q), (b + p, b, b + p + q), (b + p + q, b, b + p)],
    "largest": [(b + p + q, b, b + p), (b, b + p + q, b + p), (b, b + p, b + p + q)],
    "smallest": [(b + p + q, b, b + p), (b, b + p + q, b + p), (b, b + p, b + p + q)],
    "maximum": EITHER_SIDE_OF_A_TIE,
    "minimum": EITHER_SIDE_OF_A_TIE,
    "where": [(1, a, b), (0, a, b)],
    "entry": [(0, a, b, c), (1, a, b, c), (2, a, b, c)],
    "sum": ANYWHERE_THREE,
    "mean": ANYWHERE_THREE,
    "prod": ANYWHERE_THREE,
    "dot": [(a, b, c, d), (a, b, c, d, e)],
    "logsumexp": ANYWHERE_THREE,
}
POWERS = [-2, -1, 0, 1, 2, 3, 0.5, 2.5, -0.1]


class Accurate(Formulas):
    """The formulas, but with the form that floats compute wherever a rule gives two."""

    choose = staticmethod(lambda textbook, accurate: accurate())
    largest = staticmethod(lambda *xs: symbols("largest", real=True))  # what is taken off may be any constant


def unproved(operation, operands, m):
    """What sympy cannot make 0 of ∂value/∂variable − Σ local gradient · ∂operand/∂variable, for each variable."""
    operands = [sympy.sympify(operand) for operand in operands]
    value = sympy.sympify(operation.value(m, *operands))
    local_grads = operation.local(m, value, *operands)
    assert len(local_grads) == len(operands)
    variables = sorted(set().union(*(operand.free_symbols for operand in operands)), key=str)
    assert variables
    claims = [
        sum((g * x.diff(v) for g, x in zip(local_grads, operands, strict=True)), sympy.Integer(0)) for v in variables
    ]
    return [
        remainder
        for v, claim in zip(variables, claims, strict=True)
        if (remainder := sympy.simplify((_slope(value, v) - claim).rewrite(sympy.exp))) != 0
    ]


def _slope(value, variable):
    """∂value/∂variable. Between whole numbers floor and ceiling are constant, which sympy knows from 1.14 on."""
    return value.diff(variable).replace(
        lambda part: isinstance(part, sympy.Subs) and part.has(sympy.floor, sympy.ceiling),
        lambda part: sympy.Integer(0),
    )


each_piece_of_each_rule = pytest.mark.parametrize(
    ("operation", "operands"),
    [pytest.param(OPERATIONS[name], piece, id=f"{name}{piece}") for name, pieces in PIECES.items() for piece in pieces]
    + [pytest.param(power_by(exponent), (p,), id=f"power_by({exponent})") for exponent in POWERS],
)


def test_every_operation_with_a_gradient_has_a_proof():
    assert set(PIECES) == {name for name, operation in OPERATIONS.items() if not operation.condition}


@each_piece_of_each_rule
def test_the_local_gradients_of_the_textbook_are_the_derivatives_of_the_value(operation, operands):
    assert unproved(operation, operands, formulas) == []


@each_piece_of_each_rule
def test_the_local_gradients_that_floats_compute_are_the_derivatives_of_the_value(operation, operands):
    assert unproved(operation, operands, Accurate()) == []


def test_a_wrong_rule_would_not_be_proved():
    class Halved:
        value = staticmethod(lambda m, x: m.tanh(x))
        local = staticmethod(lambda m, y, x: (1 - x * x,))

    assert unproved(Halved, (a,), formulas) != []


@pytest.mark.parametrize("name", [name for name, operation in OPERATIONS.items() if operation.condition])
def test_a_condition_passes_no_gradient(name):
    operation = OPERATIONS[name]
    operands = (a, b)[: operation.arity]
    assert operation.local(formulas, operation.value(formulas, *operands), *operands) == (0,) * operation.arity


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_a_tie_splits_the_gradient_evenly_in_formulas_too(name):
    assert OPERATIONS[name].local(formulas, a, a, a) == (sympy.Rational(1, 2), sympy.Rational(1, 2))


@pytest.mark.parametrize("name", ["absolute", "relu", "step", "sign"])
def test_the_slope_at_the_kink_is_zero_in_formulas_too(name):
    zero = sympy.Integer(0)
    assert OPERATIONS[name].local(formulas, zero, zero) == (0,)
