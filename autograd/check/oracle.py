"""The slope of an operation, from its value alone: what its local gradients are checked against.

Two ways lead to it, and neither looks at a derivative that somebody wrote. The complex step Im f(x + ih)/h is right to
the last digit and fast; where an operation cannot take it, or is at a kink, mpmath takes difference quotients on either
side of the point, with so many digits that they converge before rounding is seen.

An operation of many operands has its slope along a direction (d₁, …, dₙ); for one operand, all d but one are 0.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from typing import TYPE_CHECKING

from autograd.numbers import Number
from autograd.numbers.complexes import Complexes
from autograd.operation import Operation
from autograd.text import number

if TYPE_CHECKING:
    from autograd.check.many_digits import ManyDigits

Direction = Sequence[float]

STEP = 2.0**-70
"""The complex step, relative to the operand: the error is of the order of its square, below any rounding."""
TINY = 1e-290
"""Where floats begin to lose digits to underflow."""
STEADY = 1e-9
"""How much less a difference may be at a smaller step for it to be that of a jump: a¹ᐟ¹⁰⁰⁰⁰⁰ at 0 does not jump."""


# The complex step


def _noting(name: str, is_kink: Callable[..., bool]) -> Number:
    """The function of complex numbers, taking note when it is called at a kink."""
    function = getattr(Complexes, name)

    def noting(self: "NotingKinks", *operands: complex) -> complex:
        if is_kink(*(complex(x).real for x in operands)):
            self.at_a_kink = True
        return function(self, *operands)

    return noting


class NotingKinks(Complexes):
    """Complex numbers that note when a function is called at one of its kinks, where the complex step sees one side."""

    at_a_kink = False
    """Whether that happened since this was last set to False."""

    relu, absolute, sign, step, sqrt = (
        _noting(name, lambda a: a == 0) for name in ("relu", "absolute", "sign", "step", "sqrt")
    )
    asin, acos, acosh = (_noting(name, lambda a: abs(a) == 1) for name in ("asin", "acos", "acosh"))
    cbrt = _noting("cbrt", lambda a: a == 0)
    floor, ceil = (_noting(name, lambda a: a == a // 1) for name in ("floor", "ceil"))
    hypot, xlogy = (_noting(name, lambda a, b: a == 0 == b) for name in ("hypot", "xlogy"))
    atan2 = _noting("atan2", lambda a, b: a == 0 >= b)
    maximum, minimum, less, less_equal, equal = (
        _noting(name, lambda a, b: a == b) for name in ("maximum", "minimum", "less", "less_equal", "equal")
    )
    power = _noting("power", lambda a, b: a == 0 and not (b >= 1 and b == b // 1))


class ComplexStep:
    """Called with an operation, its operands and a direction: the slope, or None where that cannot be trusted.

    It cannot where the operation has a kink, refuses complex numbers, or comes too close to the ends of the floats.

    >>> from autograd import tanh
    >>> ComplexStep()(tanh, [20.0], [1.0])
    1.6993417021166355e-17
    """

    def __init__(self) -> None:
        self._m = NotingKinks()

    def __call__(self, operation: Operation, operands: Sequence[float], direction: Direction) -> float | None:
        moved = [(min(abs(x), 1.0) or 1.0, abs(d)) for x, d in zip(operands, direction, strict=True) if d]
        step = STEP * min(x / d for x, d in moved)
        if not step * min(d for _, d in moved) > TINY:
            return None
        self._m.at_a_kink = False
        try:
            shifted = (complex(x, step * d) for x, d in zip(operands, direction, strict=True))
            rise = complex(operation.value(self._m, *shifted)).imag
        except Exception:  # whatever a user's operation raises on complex numbers: mpmath is asked next
            return None
        if self._m.at_a_kink or (abs(rise) < TINY and rise != 0) or not abs(rise) < inf:
            return None
        return rise / step


# Difference quotients in many digits


@dataclass(frozen=True)
class Sides:
    """The slopes to the left and to the right of a point; None on a side where there is no real value."""

    left: float | None
    right: float | None
    jumps: bool = False
    """Whether the value itself jumps there."""
    in_floats: bool = False
    """Whether some number was made a float on the way: its 53 bits are too few to show so small a step."""

    @property
    def kink(self) -> bool:
        """Whether the two sides differ."""
        return self.jumps or self.left is None or self.right is None or not same(self.left, self.right, 1e-9)

    def allow(self, slope: float, tolerance: float) -> bool:
        """Whether the slope is right, or at a kink one of those that may be chosen: between those of the sides.

        Where the value jumps it is the slope of the side that goes on from the value, or 0. Where there is no value on
        one side the slope of the other is right, and where there is none on both, NaN or an infinity, as a limit from
        elsewhere.
        """
        known = [side for side in (self.left, self.right) if side is not None]
        if self.jumps:
            return slope == 0 or any(isfinite(side) and same(slope, side, tolerance) for side in known)
        if not known:
            return not isfinite(slope)
        return min(known) < slope < max(known) or any(same(slope, side, tolerance) for side in known)

    def __str__(self) -> str:
        if self.jumps:
            return "the value jumps"
        left, right = ("no real value" if s is None else f"slope {number(s)}" for s in (self.left, self.right))
        return f"{left} on the left, {right} on the right"


def same(a: float, b: float, tolerance: float) -> bool:
    """Whether two numbers agree to a relative tolerance, as far as floats go down to 0."""
    return a == b or (isfinite(b) and abs(a - b) <= max(tolerance * abs(b), 1e-306))


def sides(operation: Operation, operands: Sequence[float], direction: Direction) -> Sides | None:
    """The slopes on both sides along the direction, by mpmath; None if no number of digits makes them converge."""
    for digits in (60, 400, 1600):
        found = _sides(operation, operands, direction, digits)
        # At few digits a step may reach over a pole, as that of tan(1.5707963267948966) does: then it is none of ours.
        if found is not None and (digits > 60 or inf not in map(abs, filter(None, (found.left, found.right)))):
            return found
    return None


def _sides(operation: Operation, operands: Sequence[float], direction: Direction, digits: int) -> Sides | None:
    from autograd.check.many_digits import many_digits as m

    mpf, isfinite = m.context.mpf, m.context.isfinite
    with m.precision(digits, [operation]):
        m.context.rounded = False
        # A step that is small beside every operand in play: in √(a² + b²) at a = 0 the scale is that of b.
        longest = max(map(abs, direction))
        scale = min([mpf(1), *(abs(mpf(x)) for x in operands if x)]) / longest
        steps = [scale * mpf(10) ** -(digits // part) for part in (4, 2)]

        def value(step: Number) -> Number | None:
            moved = (mpf(x) + step * mpf(d) if d else mpf(x) for x, d in zip(operands, direction, strict=True))
            try:
                result = operation.value(m, *moved)
            except Exception:  # outside of the domain, by whatever error a user's operation has for it
                return None
            if hasattr(result, "_mpc_"):
                return mpf(result.real) if result.imag == 0 else None
            return mpf(result) if isfinite(result) else None

        here = value(0)
        if here is None:
            return None
        # One unit in the last place of the value, seen as a slope.
        noise = 10 * (abs(here) + mpf(10) ** -digits) * mpf(10) ** -digits / steps[1]
        found: list[tuple[Number | None, bool]] = []
        for sign in (-1, 1):
            ends = [value(sign * step) for step in steps]
            if None in ends:
                found.append((None, False))
                continue
            far, near = (sign * (end - here) / step for end, step in zip(ends, steps, strict=True))
            limit, jumps = _limit(far, near, steps[0] / steps[1], noise)
            if limit is None:
                return None
            found.append((limit, jumps))
        (left, left_jumps), (right, right_jumps) = found
        sizes = [abs(side) for side in (left, right) if side is not None and isfinite(side)]
        if sizes and noise > mpf(10) ** -18 * max(sizes) and noise > mpf("1e-310"):
            return None
        in_floats = m.context.rounded or _gives_floats(m, operation, operands)
        return Sides(_as_float(left), _as_float(right), left_jumps or right_jumps, in_floats)


def replays(operation: Operation, operands: Sequence[float]) -> bool:
    """Whether mpmath's numbers go through an operation with all their digits.

    >>> import math
    >>> from autograd import exp
    >>> in_floats = Operation("in_floats", lambda m, a: math.exp(a), lambda m, y, a: (y,))
    >>> replays(exp, [2.0]), replays(in_floats, [2.0])
    (True, False)
    """
    from autograd.check.many_digits import many_digits as m

    with m.precision(60, [operation]):
        m.context.rounded = False
        try:
            operation.value(m, *map(m.context.mpf, operands))
        except Exception:  # as above
            return False
        return not m.context.rounded and not _gives_floats(m, operation, operands)


def _gives_floats(m: "ManyDigits", operation: Operation, operands: Sequence[float]) -> bool:
    """Whether the result is a float that is not a constant.

    ``math.exp(mpmath.sin(a))`` is one, and no number of ours was rounded: mpmath.sin gives a number of another context.
    """
    if operation.in_the_table:
        return False
    places = [[x + moved * (abs(x) or 1) for x in map(m.context.mpf, operands)] for moved in (0, 0.125)]
    try:
        here, elsewhere = (operation.value(m, *place) for place in places)
    except Exception:  # as above
        return False
    return isinstance(here, float) and here != elsewhere


def _limit(far: Number, near: Number, ratio: Number, noise: Number) -> tuple[Number | None, bool]:
    """The limit of a difference quotient from two steps, the nearer smaller by the `ratio`, and whether it is a jump's.

    (None, False) if they have not converged. A quotient that shrinks or grows like a power of the step has the limit 0
    or ∞; that of a jump grows as fast as the step shrinks.
    """
    if abs(far - near) <= abs(near) / 10**12 + noise:
        return near, False
    if abs(near) <= abs(far) / 2:
        return near * 0, False
    if abs(near) >= abs(far) * 2:
        return near * inf, bool(abs(near) >= abs(far) * ratio * (1 - STEADY))
    return None, False


def _as_float(number: Number | None) -> float | None:
    if number is None:
        return None
    try:
        return float(number)
    except OverflowError:
        return inf if number > 0 else -inf
