"""How high the powers in an expression reach, known before any is worked out."""

from collections.abc import Mapping
from fractions import Fraction
from math import prod

from autograd import ops
from autograd.derivation.claims import Apply, Defined, Derivative, Expression, Node, Numeral, walk

HIGHEST_DEGREE = 1000


def constant(expression: Expression) -> Fraction | None:
    """The exponent as a number, if it is arithmetic of numbers without powers, as 3, -1/2 or 2 - 1."""
    if isinstance(expression, Numeral):
        return expression.number
    if not isinstance(expression, Apply):
        return None
    operands = [constant(operand) for operand in expression.operands]
    known = [operand for operand in operands if operand is not None]
    if len(known) < len(operands):
        return None
    match expression.operation, known:
        case ops.negate, [number]:
            return -number
        case ops.divide, [above, below] if below:
            return above / below
        case ops.sum, _:
            return sum(known, Fraction(0))
        case ops.prod, _:
            return prod(known, start=Fraction(1))
    return None


def degree(expression: Expression, definitions: Mapping[str, int]) -> int:
    """How high the powers in an expression multiply up to: a bound on the work of writing it out."""
    match expression:
        case Defined(name=name):
            return definitions.get(name, 1)
        case Apply(operation=operation, operands=operands):
            degrees = [degree(operand, definitions) for operand in operands] or [1]
            if operation.name.startswith("**"):
                if operation is ops.power:
                    return _integer_size(expression.operands[1], definitions) * degrees[0]
                return max(1, int(abs(float(operation.name[2:])))) * degrees[0]
            return sum(degrees) if operation in (ops.prod, ops.divide, ops.multiply, ops.dot) else max(degrees)
    return 1


def _integer_size(exponent: Expression, definitions: Mapping[str, int]) -> int:
    """An exponent that is computed from numbers alone, as in 9**9**9, is refused as one too high."""
    if any(isinstance(part, Node | Derivative | Defined) for part in walk(exponent)):
        return max(1, degree(exponent, definitions))
    return HIGHEST_DEGREE + 1
