"""Values at the points of a check: whether they are the same, or a plain number; and a formula's terms and factors."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import gcd

from autograd import ops
from autograd.derivation.claims import Apply, Expression, Numeral
from autograd.notation.writing import written
from autograd.numbers import Number
from autograd.numbers.multiprecision import mp

EQUAL = 1e-11
_ONE = Numeral("1", Fraction(1))
_ROOTS = (2, 3, 5, 6, 7, 8, 10)

AtPoints = Sequence[Number]


def equal(a: AtPoints, b: AtPoints) -> bool:
    """Whether values are the same at every point."""
    if len(a) != len(b) or not a:
        return False
    try:
        return all(abs(x - y) <= EQUAL * max(abs(x), abs(y)) for x, y in zip(a, b, strict=True))
    except TypeError:  # a complex root
        return False


def times(a: AtPoints, b: AtPoints) -> list[Number]:
    return [x * y for x, y in zip(a, b, strict=True)]


def raised(values: AtPoints, exponent: Number) -> list[Number]:
    try:
        return [value ** mp.mpf(exponent) if value > 0 or exponent == int(exponent) else mp.nan for value in values]
    except ArithmeticError:
        return []


def plain_number(values: AtPoints) -> str | None:
    """The text of a number of a plain form that some values all are; None if they differ, or for an odd number."""
    first = values[0]
    if not mp.isfinite(first) or not first or not equal(values, [first] * len(values)):
        return None
    near = Fraction(float(first)).limit_denominator(12)
    if abs(first - mp.mpf(near.numerator) / near.denominator) <= EQUAL * abs(first):
        return str(near)
    for text, _, number in common_constants():
        if abs(abs(first) - number) <= EQUAL * number:
            return f"{'-' if first < 0 else ''}{text}"
    return None


def common_constants() -> Iterator[tuple[str, str, Number]]:
    """Numbers with their text, and that of one over them where that is as plain."""
    yield from ((str(n), f"1/{n}", n) for n in range(3, 101))
    for q in range(3, 10):
        yield from ((f"{p}/{q}", f"{q}/{p}", mp.mpf(p) / q) for p in range(2, q) if gcd(p, q) == 1)
    yield from ((f"√{n}", "", mp.sqrt(n)) for n in _ROOTS)
    yield from (("ln 2", "", mp.log(2)), ("ln 10", "", mp.log(10)), ("π", "", mp.pi), ("2π", "", 2 * mp.pi))
    yield ("√π", "", mp.sqrt(mp.pi))


def shown(expression: Expression) -> str:
    """An expression as a page has it: a - b for a + -b."""
    return written(expression).replace(" + -", " - ")


def factors_of(expression: Expression) -> list[Expression]:
    """The factors of a product, through products of products; what is divided by is one over it."""
    match expression:
        case Apply(operation=ops.prod | ops.multiply, operands=operands):
            return [factor for operand in operands for factor in factors_of(operand)]
        case Apply(operation=ops.negate, operands=(operand,)):
            return factors_of(operand)
        case Apply(operation=ops.divide, operands=(above, below)):
            return [*factors_of(above), Apply(ops.divide, (_ONE, below))]
    return [expression]


def terms_of(expression: Expression) -> list[Expression]:
    """The terms of a sum, through sums of sums, with their signs."""
    match expression:
        case Apply(operation=ops.sum | ops.add, operands=operands):
            return [term for operand in operands for term in terms_of(operand)]
        case Apply(operation=ops.subtract, operands=(a, b)):
            return [*terms_of(a), *(Apply(ops.negate, (term,)) for term in terms_of(b))]
        case Apply(operation=ops.negate, operands=(operand,)):
            return [Apply(ops.negate, (term,)) for term in terms_of(operand)]
        case Apply(operation=ops.divide, operands=(above, below)) if len(terms := terms_of(above)) > 1:
            return [Apply(ops.divide, (term, below)) for term in terms]
    return [expression]
