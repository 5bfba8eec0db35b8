"""The slope of an operation that computes in floats alone, such as one that calls `math.erf`: by differences of floats.

They give some digits only, sometimes none: so an estimate says how far it may be off.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, isfinite

from autograd.numbers.floats import floats
from autograd.operation import Operation

STEPS = (2.0**-13, 2.0**-20, 2.0**-26)
"""How far apart the floats of a difference are, relative to the operand. The widest step gives the most digits; the
others serve where a bend of the function lies within it."""
NEARBY = 2.0**-47
"""A few units in the last place of the operand."""
DIGITS = 1e-5
"""The relative error up to which a recorded slope is said to agree."""


@dataclass(frozen=True)
class Estimate:
    """A slope, and how far it may be off.

    >>> Estimate(7.389, 0.0).agrees(7.38901), Estimate(7.389, 0.0).refutes(7.4)
    (True, True)
    """

    slope: float | None
    """None where floats show none: at a bend, or where they are too coarse."""
    error: float = 0.0
    """How far it may be off."""
    flat: bool = False
    """Whether the value is constant around the point, or on either side of a jump there, as far as floats show."""

    @property
    def shown(self) -> float | None:
        """The slope with the digits that it has."""
        return None if self.slope is None else float(f"{self.slope:.5g}")

    def agrees(self, slope: float) -> bool:
        """Whether a slope is the same to five digits."""
        if self.flat and slope == 0:
            return True
        return self.slope is not None and abs(slope - self.slope) <= DIGITS * abs(self.slope)

    def refutes(self, slope: float) -> bool:
        """Whether a slope is off by more than the error explains."""
        if self.slope is None or self.agrees(slope):
            return False
        return not abs(slope - self.slope) <= max(self.error, DIGITS * abs(self.slope))

    def supports(self, slope: float | None) -> bool:
        """Whether floats show a slope like that of another oracle.

        A slope of 0 has no support: an oracle whose small step was lost on the way finds it too.
        """
        return slope is not None and slope != 0 and self.slope is not None and not self.refutes(slope)


def estimate_slope(operation: Operation, operands: Sequence[float], direction: Sequence[float]) -> Estimate:
    """The slope of an operation along a direction."""
    scale = min(abs(x / d) or 1 / abs(d) for x, d in zip(operands, direction, strict=True) if d)

    def value(t: float) -> float:
        return float(operation.value(floats, *(x + t * d for x, d in zip(operands, direction, strict=True))))

    found = [_at_steps(value, size) for size in dict.fromkeys((scale, max(scale, 1.0)))]
    return min(found, key=lambda estimate: inf if estimate.slope is None else estimate.error)


def _at_steps(value: Callable[[float], float], scale: float) -> Estimate:
    """The slope of a function at 0, by the steps relative to the scale."""
    found: list[Estimate] = []
    bent: list[float] = []  # for each step with a bend in it, the steepest that the slope can be
    flat = False
    for relative in STEPS:
        step = relative * scale
        if step == 0:  # beside the smallest float there is none
            continue
        try:
            values = [value(k * step) for k in (-2, -1, 0, 1, 2)]
            level = value(-NEARBY * scale) == values[2] == value(NEARBY * scale)
        except Exception:  # whatever a user's operation raises; a smaller step may stay within its domain
            continue
        steepest = (max(values) - min(values)) / (4 * step)
        # Rounding makes any value level nearby. This one is flat if so steep a slope would have shown all the same.
        flat = flat or (level and steepest * NEARBY * scale > 2.0**-48 * abs(values[2]))
        seen = _differences(values, step)
        if seen is None:
            bent.append(steepest)
        else:
            found.append(seen)
    return _combined(found, bent, flat)


def _combined(found: Sequence[Estimate], bent: Sequence[float], flat: bool) -> Estimate:
    """What the steps say together."""
    sloping = [estimate for estimate in found if not estimate.flat]
    flat = flat or len(sloping) < len(found)
    if sloping:
        best = min(sloping, key=lambda estimate: estimate.error)
        slope = best.slope or 0.0
        # The steps should agree. What keeps them apart is more rounding, or a faster turn, than each of them can see.
        apart = max(abs((estimate.slope or 0.0) - slope) - estimate.error for estimate in sloping)
        unsure = 0.01 * abs(slope) if flat else 64 * best.error if bent else best.error
        return Estimate(slope, max(best.error, apart, unsure), flat)
    if found:
        # Level everywhere: the step of a staircase, or a slope below the rounding on the way.
        return Estimate(0.0, max([found[0].error, *bent]), flat=True)
    if len(bent) == len(STEPS) and bent[-1] < bent[0] / 1000:
        return Estimate(0.0, bent[-1], flat)  # as of a³ at 0
    return Estimate(None, flat=flat)


def _differences(values: Sequence[float], step: float) -> Estimate | None:
    """The slope in the middle of five values, a step apart, or None if they have a bend."""
    before2, before, here, after, after2 = values
    if not all(map(isfinite, values)):
        return None
    noise = 2.0**-49 * max(map(abs, values)) / step
    if before2 == before and after == after2:
        return Estimate(0.0, noise, flat=True)
    near, far = (after - before) / (2 * step), (after2 - before2) / (4 * step)
    # How the slope changes from left to right: where it is smooth, twice as much over twice the distance.
    turn, wide_turn = (after - 2 * here + before) / step, (after2 - 2 * here + before2) / (2 * step)
    size = max(abs(near), abs(far), abs(turn))
    bend, change = abs(turn - wide_turn / 2), abs(near - far)
    if bend > 1e-3 * size + 4 * noise or change > 1e-2 * size + 4 * noise:
        return None
    return Estimate((4 * near - far) / 3, 2 * (bend + change) + noise)
