"""When two numbers count as equal: identically, or to the digits that a page gives."""

from typing import Any

from mpmath import mp

from autograd import ops
from autograd.derivation.claims import Apply, Expression, Numeral, World, evaluate, lone_numeral, plain, walk

IDENTICAL = 1e-11
_FULL_PRECISION = 15


def identical(claimed: Any, correct: Any, noise: Any = 0) -> bool:
    """Equal but for the rounding of constants that are floats, such as the 1/3 of a program."""
    return bool(abs(claimed - correct) <= IDENTICAL * max(abs(claimed), abs(correct)) + noise)


def to_its_digits(number: Numeral, claimed: Any, correct: Any) -> bool:
    """Whether a number written down is the correct one, as far as its digits go.

    It is within half a unit of its last digit. From five digits on a whole unit will do, since people calculate on with
    rounded numbers; so will 1e-10 of the size from 15 digits on, where they are those of a float. Zero and whole
    numbers are exact.
    """
    if number.whole:
        return identical(claimed, correct)
    unit = mp.mpf(number.unit.numerator) / number.unit.denominator
    allowed = unit * (1 if number.digits >= 5 else mp.mpf("0.5")) * (1 + mp.mpf("1e-9"))
    if number.digits >= _FULL_PRECISION:
        allowed = max(allowed, abs(correct) * mp.mpf("1e-10"))
    return bool(abs(claimed - correct) <= allowed)


def shared_digits(claimed: Any, correct: Any) -> int:
    """To how many significant digits two numbers agree, 15 at most."""
    difference = abs(claimed - correct)
    if difference == 0:
        return 15
    return 0 if correct == 0 else max(0, min(15, int(mp.floor(-mp.log10(2 * difference / abs(correct))))))


def rounding_of(part: Expression, world: World) -> Any:
    """By how much the rounded numerals in a formula may put its value off: 0.74 * 0.19 by 0.0046.

    Beside names, numerals of four digits on count as rounded (0.5 is a half, 0.75136507 an output); in plain arithmetic
    those of two digits on. At most a twentieth of the value is allowed for.
    """
    if lone_numeral(part) is not None:
        return mp.zero
    numerals = [piece for piece in walk(part) if isinstance(piece, Numeral) and not piece.whole]
    value, total = evaluate(part, world), mp.zero
    for numeral in {n for n in numerals if n.digits >= (2 if plain(part) else 4)}:
        moved = evaluate(_with(part, numeral), world)
        total += abs(moved - value) * (1 if numeral.digits >= 5 else mp.mpf("0.5"))
    return min(total, abs(value) / 20)


def _with(part: Expression, numeral: Numeral) -> Expression:
    """The expression with every occurrence of a numeral moved by one unit of its last digit."""
    if part == numeral:
        return Numeral(numeral.text, numeral.number + numeral.unit)
    if isinstance(part, Apply) and part.operation is not ops.where:
        return Apply(part.operation, tuple(_with(operand, numeral) for operand in part.operands))
    return part
