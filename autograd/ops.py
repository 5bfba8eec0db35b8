"""The calculus, written once: each operation's value and its local gradients.

An entry is two functions of a number system ``m`` (see `autograd.numbers`): ``value(m, a, b, ...)``, and
``local(m, y, a, b, ...)``, the tuple ``(∂y/∂a, ∂y/∂b, ...)``, where ``y`` is the value.

Constants are integers or ``m.half``: ``0.5 * a`` would turn a Fraction into a float. Division, roots and logarithms
are those of ``m``, where √'(0) can be ∞. Through ``m.nothing`` no gradient passes, not even 0 · ∞: around the point the
operand does not matter. Where the textbook's formula loses its digits in the tails (1 − tanh² is 0 from 19.1 on),
``m.choose(textbook, accurate)`` holds both: people and sympy read the first, floats compute the second.

The derivatives are those of the NIST Digital Library of Mathematical Functions (dlmf.nist.gov), sections 4.7, 4.20,
4.24, 4.34, 4.38 and 7.10.
"""

# ruff: noqa: A001  (`sum`)

from collections.abc import Callable
from functools import reduce
from itertools import accumulate
from operator import mul
from typing import TYPE_CHECKING

from autograd.interning import interned
from autograd.numbers import Number, NumberSystem
from autograd.operands import factors_of_dot, operands_in, recorded_condition, terms_of_sum
from autograd.operation import Operation
from autograd.text import POWER
from autograd.untyped import AnyFunction, Anything, Real

if TYPE_CHECKING:
    from autograd.condition import Condition
    from autograd.value import Value

# Arithmetic

add = Operation("+", lambda m, a, b: a + b, lambda m, y, a, b: (1, 1), infix=True)
subtract = Operation("-", lambda m, a, b: a - b, lambda m, y, a, b: (1, -1), infix=True)
multiply = Operation("*", lambda m, a, b: a * b, lambda m, y, a, b: (b, a), infix=True)
divide = Operation(
    "/",
    lambda m, a, b: m.divide(a, b),
    lambda m, q, a, b: (m.divide(1, b), -m.divide(q, b)),
    infix=True,
    domain="a divisor other than 0",
)
negate = Operation("-", lambda m, a: -a, lambda m, y, a: (-1,), infix=True)


def _power_slopes(m: NumberSystem, p: Number, a: Number, b: Number) -> tuple[Number, Number]:
    return b * m.power(a, b - 1), p * m.log(a)


def _power_at_0(m: NumberSystem, p: Number, a: Number, b: Number) -> tuple[Number, ...]:
    """Those at a = 0, where 0 · 0⁻¹ and 0 · log 0 are NaN: a⁰ is the constant 1, and 0ᵇ is 0 around b > 0.

    A term 0 · √ is 0 with an infinite slope: that of 0ᵇ in a, up to b = 1, and of a¹ in b.
    """
    by_base, by_exponent = _power_slopes(m, p, a, b)
    by_base = m.where(m.equal(b, 1), 1 + 0 * m.sqrt(b - 1), by_base)
    by_exponent = m.where(m.less(0, b), m.where(m.less(1, b), m.nothing, 0 * m.sqrt(a)), by_exponent)
    return tuple(m.where(m.equal(b, 0), m.nothing, slope) for slope in (by_base, by_exponent))


power = Operation(
    "**",
    lambda m, a, b: m.power(a, b),
    lambda m, p, a, b: m.choose(
        lambda: _power_slopes(m, p, a, b),
        lambda: m.decide(m.equal(a, 0), lambda: _power_at_0(m, p, a, b), lambda: _power_slopes(m, p, a, b)),
    ),
    infix=True,
    domain="a base above 0, or a whole exponent (and not a negative power of 0)",
)


class PowerBy(Operation):
    """a ** exponent for a plain number: the general rule would take log a, for a < 0 too."""

    in_the_table = True

    def __init__(self, exponent: float) -> None:
        def local(m: NumberSystem, y: Number, a: Number) -> tuple[Number]:
            p = m.number(exponent)
            return (p * m.power(a, p - 1) if exponent else m.nothing,)

        super().__init__(f"**{exponent}", lambda m, a: m.power(a, m.number(exponent)), local)
        self.exponent, self.is_call, self.binding = exponent, False, POWER
        if not isinstance(exponent, int):
            self.domain = "a base above 0" if exponent < 0 else "a base of 0 or more"
        elif exponent < 0:
            self.domain = "a base other than 0"

    def __reduce__(self) -> Anything:
        return power_by, (self.exponent,)


@interned
def power_by(exponent: float) -> Operation:
    """The one `PowerBy` of an exponent."""
    return PowerBy(exponent)


absolute = Operation(
    "abs",
    lambda m, a: m.absolute(a),
    lambda m, y, a: (m.sign(a),),
    gate=True,
    doc="|a|, with abs'(0) = 0.",
)


# Elementary functions

exp = Operation(
    "exp",
    lambda m, a: m.exp(a),
    lambda m, e, a: (e,),
    doc="eᵃ.",
)
log = Operation(
    "log",
    lambda m, a: m.log(a),
    lambda m, y, a: (m.divide(1, a),),
    domain="an operand above 0",
    doc="The natural logarithm.",
)
log1p = Operation(
    "log1p",
    lambda m, a: m.log1p(a),
    lambda m, y, a: (m.divide(1, 1 + a),),
    domain="an operand above -1",
    doc="log(1 + a), to full precision near a = 0.",
)
expm1 = Operation(
    "expm1",
    lambda m, a: m.expm1(a),
    lambda m, y, a: (m.exp(a),),
    doc="eᵃ − 1, to full precision near a = 0.",
)
sqrt = Operation(
    "sqrt",
    lambda m, a: m.sqrt(a),
    lambda m, r, a: (m.divide(m.half, r),),
    domain="an operand of 0 or more",
    doc="√a. Its derivative at 0 is inf.",
)
sin = Operation(
    "sin",
    lambda m, a: m.sin(a),
    lambda m, y, a: (m.cos(a),),
    domain="a finite operand",
    doc="The sine of a, in radians.",
)
cos = Operation(
    "cos",
    lambda m, a: m.cos(a),
    lambda m, y, a: (-m.sin(a),),
    domain="a finite operand",
    doc="The cosine of a, in radians.",
)
tan = Operation(
    "tan",
    lambda m, a: m.tan(a),
    lambda m, t, a: (1 + t * t,),
    domain="a finite operand",
    doc="The tangent of a, in radians.",
)


def _slope_of_asin(m: NumberSystem, a: Number) -> Number:
    return m.divide(1, m.choose(lambda: m.sqrt(1 - a * a), lambda: m.leg(1, a)))


asin = Operation(
    "asin",
    lambda m, a: m.asin(a),
    lambda m, y, a: (_slope_of_asin(m, a),),
    domain="an operand from -1 to 1",
    doc="The angle from −π/2 to π/2 whose sine is a. Its derivative at −1 and 1 is inf.",
)
acos = Operation(
    "acos",
    lambda m, a: m.acos(a),
    lambda m, y, a: (-_slope_of_asin(m, a),),
    domain="an operand from -1 to 1",
    doc="The angle from 0 to π whose cosine is a. Its derivative at −1 and 1 is -inf.",
)


def _slope_of_atan(m: NumberSystem, a: Number) -> tuple[Number]:
    def of_the_huge() -> tuple[Number]:
        ratio = m.divide(1, a)
        return (m.divide(ratio * ratio, 1 + ratio * ratio),)

    textbook = lambda: (m.divide(1, 1 + a * a),)  # noqa: E731
    # Long before a² overflows, the derivative of this, which divides by its square, would be 0.
    return m.choose(textbook, lambda: m.decide(m.less(m.absolute(a), 2**64), textbook, of_the_huge))


atan = Operation(
    "atan",
    lambda m, a: m.atan(a),
    lambda m, y, a: _slope_of_atan(m, a),
    doc="The angle from −π/2 to π/2 whose tangent is a.",
)


def _slopes_of_angle(m: NumberSystem, large: Number, small: Number) -> tuple[Number, Number]:
    """large / (large² + small²) and small / (large² + small²), with no square that over- or underflows."""
    ratio = m.divide(small, large)
    share = m.divide(1, 1 + ratio * ratio)
    return m.divide(share, large), m.divide(ratio * share, large)


def _atan2_gradients(m: NumberSystem, y: Number, a: Number, b: Number) -> tuple[Number, Number]:
    def on_the_right() -> tuple[Number, Number]:
        by_a, by_b = _slopes_of_angle(m, b, a)
        return by_a, -by_b

    def above() -> tuple[Number, Number]:
        by_b, by_a = _slopes_of_angle(m, a, b)
        return by_a, -by_b

    def accurate() -> tuple[Number, Number]:
        return m.decide(m.less(m.absolute(b), m.absolute(a)), above, on_the_right)

    return m.choose(
        lambda: (m.divide(b, a * a + b * b), -m.divide(a, a * a + b * b)),
        lambda: m.decide(m.equal(m.hypot(a, b), 0), lambda: (m.nothing, m.nothing), accurate),
    )


atan2 = Operation(
    "atan2",
    lambda m, a, b: m.atan2(a, b),
    _atan2_gradients,
    doc="The angle from −π to π of the point (b, a): that of b + ai. The slopes at (0, 0) are 0.",
)
sinh = Operation(
    "sinh",
    lambda m, a: m.sinh(a),
    lambda m, y, a: (m.cosh(a),),
    doc="The hyperbolic sine, which is too large for a float beyond ±710.4.",
)
cosh = Operation(
    "cosh",
    lambda m, a: m.cosh(a),
    lambda m, y, a: (m.sinh(a),),
    doc="The hyperbolic cosine, which is too large for a float beyond ±710.4.",
)
asinh = Operation(
    "asinh",
    lambda m, a: m.asinh(a),
    lambda m, y, a: (m.divide(1, m.choose(lambda: m.sqrt(1 + a * a), lambda: m.hypot(1, a))),),
    doc="The number whose hyperbolic sine is a.",
)
acosh = Operation(
    "acosh",
    lambda m, a: m.acosh(a),
    lambda m, y, a: (m.divide(1, m.choose(lambda: m.sqrt(a * a - 1), lambda: m.leg(a, 1))),),
    domain="an operand of 1 or more",
    doc="The number from 0 on whose hyperbolic cosine is a. Its derivative at 1 is inf.",
)


def _one_minus_square(m: NumberSystem, a: Number) -> Number:
    """1 − a², in the form that keeps its digits, and those of its derivative, on either side of ½."""
    near_0 = m.less(m.absolute(a), m.half)
    return m.choose(lambda: 1 - a * a, lambda: m.where(near_0, 1 - a * a, (1 - a) * (1 + a)))


atanh = Operation(
    "atanh",
    lambda m, a: m.atanh(a),
    lambda m, y, a: (m.divide(1, _one_minus_square(m, a)),),
    domain="an operand between -1 and 1",
    doc="The number whose hyperbolic tangent is a.",
)
log2 = Operation(
    "log2",
    lambda m, a: m.log2(a),
    lambda m, y, a: (m.divide(m.divide(1, m.log(m.number(2))), a),),
    domain="an operand above 0",
    doc="The logarithm to base 2.",
)
log10 = Operation(
    "log10",
    lambda m, a: m.log10(a),
    lambda m, y, a: (m.divide(m.divide(1, m.log(m.number(10))), a),),
    domain="an operand above 0",
    doc="The logarithm to base 10.",
)
xlogy = Operation(
    "xlogy",
    lambda m, a, b: m.xlogy(a, b),
    lambda m, y, a, b: (
        m.log(b),
        m.choose(lambda: m.divide(a, b), lambda: m.where(m.equal(a, 0) * m.equal(b, 0), m.nothing, m.divide(a, b))),
    ),
    domain="a second operand above 0, or two zeros",
    doc="a · log b, which is 0 at (0, 0). There no gradient passes to b, and the slope by a is -inf.",
)
cbrt = Operation(
    "cbrt",
    lambda m, a: m.cbrt(a),
    lambda m, r, a: (m.divide(m.power(r, -2), 3),),
    doc="The cube root of a, which is real for a < 0 too. Its derivative at 0 is inf.",
)


def _by_ratio(m: NumberSystem, large: Number, small: Number) -> tuple[Number, Number]:
    """The slopes of √(large² + small²), of which neither they nor their own slopes lose digits."""
    ratio, sign = m.divide(small, large), m.sign(large)
    length = m.hypot(1, ratio)
    return m.divide(sign, length), m.divide(sign * ratio, length)


def _hypot_gradients(m: NumberSystem, h: Number, a: Number, b: Number) -> tuple[Number, Number]:
    def accurate() -> tuple[Number, Number]:
        longer = m.less(m.absolute(b), m.absolute(a))
        return m.decide(longer, lambda: _by_ratio(m, a, b), lambda: _by_ratio(m, b, a)[::-1])

    return m.choose(
        lambda: (m.divide(a, h), m.divide(b, h)),
        lambda: m.decide(m.equal(h, 0), lambda: (m.nothing, m.nothing), accurate),
    )


hypot = Operation(
    "hypot",
    lambda m, a, b: m.hypot(a, b),
    _hypot_gradients,
    doc="√(a² + b²), with no overflow. The slopes at (0, 0) are 0.",
)
leg = Operation(
    "leg",
    lambda m, a, b: m.leg(a, b),
    lambda m, c, a, b: (m.divide(a, c), -m.divide(b, c)),
    domain="a first operand that is at least as large as the second",
    doc="√(a² − b²), the leg of a right triangle with the hypotenuse a and the other leg b.",
)
gaussian = Operation(
    "gaussian",
    lambda m, a: m.gaussian(a),
    lambda m, g, a: (m.choose(lambda: -2 * a * g, lambda: m.where(m.equal(g, 0), -g, -2 * a * g)),),
    doc="e to the −a², to full precision in the tails.",
)
erf = Operation(
    "erf",
    lambda m, a: m.erf(a),
    lambda m, y, a: (m.divide(2, m.sqrt(m.pi)) * m.gaussian(a),),
    doc="The error function, 2/√π times the integral of e to the −t² from 0 to a.",
)
erfc = Operation(
    "erfc",
    lambda m, a: m.erfc(a),
    lambda m, y, a: (-m.divide(2, m.sqrt(m.pi)) * m.gaussian(a),),
    doc="1 − erf(a), to full precision in the tails.",
)


# Activations

sech2 = Operation(
    "sech2",
    lambda m, a: m.sech2(a),
    lambda m, y, a: (-2 * y * m.tanh(a),),
    doc="1 / cosh² a, the square of the hyperbolic secant, to full precision in the tails.",
)
tanh = Operation(
    "tanh",
    lambda m, a: m.tanh(a),
    lambda m, t, a: (m.choose(lambda: 1 - t * t, lambda: m.sech2(a)),),
    doc="The hyperbolic tangent.",
)
sigmoid = Operation(
    "sigmoid",
    lambda m, a: m.sigmoid(a),
    lambda m, s, a: (m.choose(lambda: s * (1 - s), lambda: m.divide(m.sech2(m.half * a), 4)),),
    doc="σ(a) = 1 / (1 + e⁻ᵃ).",
)
relu = Operation(
    "relu",
    lambda m, a: m.relu(a),
    lambda m, y, a: (m.step(a),),
    gate=True,
    doc="max(a, 0), with relu'(0) = 0. NaN stays NaN.",
)
softplus = Operation(
    "softplus",
    lambda m, a: m.softplus(a),
    lambda m, y, a: (m.sigmoid(a),),
    doc="log(1 + eᵃ), a smooth relu.",
)


# Choices


def _nan_or(m: NumberSystem, y: Number, slopes: Callable[[], tuple[Number, ...]]) -> tuple[Number, ...]:
    """The slopes of a choice, or NaN where its value is NaN, of which no comparison tells."""
    return m.choose(slopes, lambda: m.decide(m.equal(y, y), slopes, lambda: (y,) * len(slopes())))


step = Operation(
    "step",
    lambda m, a: m.step(a),
    lambda m, y, a: _nan_or(m, y, lambda: (m.nothing,)),
    doc="The derivative of relu: 1 for a > 0, else 0.",
)
sign = Operation(
    "sign",
    lambda m, a: m.sign(a),
    lambda m, y, a: _nan_or(m, y, lambda: (m.nothing,)),
    doc="The derivative of |a|: −1, 0 or 1. Its own is 0.",
)
floor = Operation(
    "floor",
    lambda m, a: m.floor(a),
    lambda m, y, a: _nan_or(m, y, lambda: (m.nothing,)),
    doc="The largest whole number up to a. Its derivative is 0, at the jumps too.",
)
ceil = Operation(
    "ceil",
    lambda m, a: m.ceil(a),
    lambda m, y, a: _nan_or(m, y, lambda: (m.nothing,)),
    doc="The smallest whole number from a on. Its derivative is 0, at the jumps too.",
)


def _clip_gradients(m: NumberSystem, y: Number, x: Number, low: Number, high: Number) -> tuple[Number, ...]:
    below, above = m.less(x, low), m.less(high, x)
    inside = m.where(m.equal(low, high), m.nothing, 1)  # between equal ends it is constant
    return (
        m.where(below, m.nothing, m.where(above, m.nothing, inside)),
        m.where(below, 1, m.nothing),
        m.where(above, 1, m.nothing),
    )


clip = Operation(
    "clip",
    lambda m, x, low, high: m.clip(x, low, high),
    lambda m, y, x, low, high: _nan_or(m, y, lambda: _clip_gradients(m, y, x, low, high)),
    gate=True,
    arguments=lambda x, low, high: (x, low, high),  # by their names too
    domain="a low of at most high",
    doc="The nearest number to x from low to high. Its derivative by x is 1 inside and at both ends, else 0; "
    "it is 0 where low is high.",
)


def _equal_shares(m: NumberSystem, y: Number, *xs: Number) -> tuple[Number, ...]:
    hits = [m.equal(x, y) for x in xs]
    return _nan_or(m, y, lambda: tuple(m.where(hit, m.divide(1, m.sum(*hits)), m.nothing) for hit in hits))


def _extreme(better: Callable[[Number, Number], Number], xs: tuple[Number, ...]) -> Number:
    return reduce(better, xs) if xs else max(xs)  # which refuses


largest = Operation(
    "maximum",
    lambda m, *xs: _extreme(m.maximum, xs),
    _equal_shares,
    gate=True,
    domain="at least one operand",
)
smallest = Operation(
    "minimum",
    lambda m, *xs: _extreme(m.minimum, xs),
    _equal_shares,
    gate=True,
    domain="at least one operand",
)


class Extremum(Operation):
    """An operation of two operands, which is lifted to arrays, and `of_many`."""

    def __init__(self, of_many: Operation, value: AnyFunction, local: AnyFunction, doc: str) -> None:
        super().__init__(of_many.name, value, local, gate=True, doc=doc)
        self.of_many, self.__signature__ = of_many, of_many.__signature__

    if not TYPE_CHECKING:

        def __call__(self, *operands: Anything, **named: Anything) -> Anything:
            if len(operands) == 1 and not named:
                operands = operands_in(operands[0], self.name)
            operation = self if len(operands) + len(named) == 2 else self.of_many
            return operation.record(*operands, **named)


maximum = Extremum(
    largest,
    lambda m, a, b: m.maximum(a, b),
    lambda m, y, a, b: (m.share(a, b), m.share(b, a)),
    doc="The largest of some values. A tie splits the gradient evenly. NaN wins.",
)
minimum = Extremum(
    smallest,
    lambda m, a, b: m.minimum(a, b),
    lambda m, y, a, b: (m.share(b, a), m.share(a, b)),
    doc="The smallest of some values, as `maximum`.",
)
where = Operation(
    "where",
    lambda m, condition, a, b: m.where(condition, a, b),
    lambda m, y, condition, a, b: (m.nothing, m.where(condition, 1, m.nothing), m.where(condition, m.nothing, 1)),
    arguments=lambda condition, a, b: (recorded_condition(condition), a, b),
    doc="a where the condition, as ``x > y`` or ``equal(x, y)``, holds, else b. No gradient passes to the branch not "
    "taken, but it needs a value: by a double ``where(x > 0, log(where(x > 0, x, 1)), 0)``, or `clip`.",
)


def _entry_at(m: NumberSystem, index: Number, *entries: Number) -> Number:
    chosen = entries[0]
    for place, other in enumerate(entries[1:], 1):
        chosen = m.where(m.equal(index, place), other, chosen)
    return chosen


entry = Operation(
    "entry",
    _entry_at,
    lambda m, y, index, *entries: (
        m.nothing,
        *(m.where(m.equal(index, place), 1, m.nothing) for place in range(len(entries))),
    ),
    domain="an index and at least one entry",
    doc="The entry at an index that counts from 0. No gradient passes to the others.",
)


class Truth(Operation):
    """A comparison, or truths combined."""

    def __init__(self, name: str, value: AnyFunction, doc: str | None = None) -> None:
        super().__init__(name, value, lambda m, y, a, b: (m.nothing, m.nothing), infix=True, condition=True, doc=doc)

    if TYPE_CHECKING:

        def __call__(self, a: "Value | Real", b: "Value | Real") -> "Condition": ...  # type: ignore[override]


less = Truth("<", lambda m, a, b: m.less(a, b))
less_equal = Truth("<=", lambda m, a, b: m.less_equal(a, b))
greater = Truth(">", lambda m, a, b: m.less(b, a))
greater_equal = Truth(">=", lambda m, a, b: m.less_equal(b, a))
equal = Truth("==", lambda m, a, b: m.equal(a, b), doc="Whether two numbers are equal, recorded. NaN equals nothing.")
unequal = Truth("!=", lambda m, a, b: 1 - m.equal(a, b))
both = Truth("and", lambda m, a, b: a * b)
either = Truth("or", lambda m, a, b: m.maximum(a, b))
opposite = Operation("not", lambda m, a: 1 - a, lambda m, y, a: (m.nothing,), infix=True, condition=True)


# Operations of any number of operands, as one node


def _weighted_sum(m: NumberSystem, *operands: Number) -> Number:
    """Of the operands w₁ … wₙ, x₁ … xₙ and perhaps a bias."""
    n = len(operands) // 2
    return m.sum(*map(mul, operands[:n], operands[n:]), *operands[2 * n :])


def _weighted_sum_gradients(m: NumberSystem, y: Number, *operands: Number) -> tuple[Number, ...]:
    n = len(operands) // 2
    bias = (1,) * (len(operands) - 2 * n)
    return operands[n : 2 * n] + operands[:n] + bias


def _products_of_others(m: NumberSystem, y: Number, *factors: Number) -> tuple[Number, ...]:
    """The product before each factor times that after it: y / xᵢ could be 0/0."""
    before = accumulate(factors[:-1], mul, initial=1)
    after = accumulate(factors[:0:-1], mul, initial=1)
    return tuple(map(mul, before, reversed([*after])))[: len(factors)]  # of the empty product, none


def _softmax(m: NumberSystem, *xs: Number) -> tuple[Number, ...]:
    """exp(xᵢ) / Σ exp(xⱼ), with no overflow."""
    shift = m.largest(*xs)
    weights = [m.exp(x - shift) for x in xs]
    total = m.sum(*weights)
    return tuple(m.divide(weight, total) for weight in weights)


sum = Operation(
    "sum",
    lambda m, *xs: m.sum(*xs),
    lambda m, y, *xs: (1,) * len(xs),
    arguments=terms_of_sum,
    doc="start + x₁ + … + xₙ, rounded once: ``sum([1e16, 1, -1e16])`` is 1.",
)
mean = Operation(
    "mean",
    lambda m, *xs: m.divide(m.sum(*xs), len(xs)),
    lambda m, y, *xs: (m.divide(1, len(xs)),) * len(xs),
    domain="at least one operand",
    doc="The arithmetic mean of some values.",
)
prod = Operation(
    "prod",
    lambda m, *xs: m.prod(*xs),
    _products_of_others,
    doc="The product of some values.",
)
dot = Operation(
    "dot",
    _weighted_sum,
    _weighted_sum_gradients,
    lists=2,
    arguments=factors_of_dot,
    doc="w₁x₁ + … + wₙxₙ + bias, the weighted sum of a neuron. ValueError if the lengths differ.",
)
logsumexp = Operation(
    "logsumexp",
    lambda m, *xs: m.logsumexp(*xs),
    lambda m, y, *xs: m.choose(lambda: tuple(m.exp(x - y) for x in xs), lambda: _softmax(m, *xs)),
    domain="at least one operand",
    doc="log(eˣ¹ + … + eˣⁿ), with no overflow. Its gradients are the softmax.",
)


OPERATIONS = {name: thing for name, thing in list(globals().items()) if isinstance(thing, Operation)}
"""The table, by its names."""

for _entry in OPERATIONS.values():
    _entry.in_the_table = True
