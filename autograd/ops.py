"""The calculus, written once: each operation's value and its local gradients.

An entry is two functions of a number system ``m`` (see `autograd.numbers`): ``value(m, a, b, ...)``, and
``local(m, y, a, b, ...)``, the tuple ``(∂y/∂a, ∂y/∂b, ...)``, where ``y`` is the value.

Constants are integers or ``m.half``: ``0.5 * a`` would turn a Fraction into a float. Division, roots and logarithms
are those of ``m``, where √'(0) can be ∞. ``m.nothing`` says that the operand does not matter around the point: no
gradient passes, not even 0 · ∞. Where the textbook's formula loses its digits in the tails (1 − tanh² is 0 from 19.1
on), ``m.choose(textbook, accurate)`` holds both: people and sympy read the first, floats compute the second.
"""

# ruff: noqa: A001  (`sum`)

from collections.abc import Callable
from itertools import accumulate
from operator import mul
from typing import TYPE_CHECKING, Any

from autograd.interning import interned
from autograd.operands import factors_of_dot, recorded_condition, terms_of_sum
from autograd.operation import Operation
from autograd.text import POWER

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


def _power_slopes(m: Any, p: Any, a: Any, b: Any) -> tuple[Any, Any]:
    return b * m.power(a, b - 1), p * m.log(a)


def _power_at_0(m: Any, p: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """Those at a = 0, where 0 · 0⁻¹ and 0 · log 0 are NaN: a⁰ is the constant 1, and 0ᵇ is 0 around b > 0.

    A term 0 · √ is 0 with an infinite slope: that of 0ᵇ in a, up to b = 1, and of a¹ in b.
    """
    by_base = m.where(m.equal(b, 1), 1 + 0 * m.sqrt(b - 1), b * m.power(a, b - 1))
    by_exponent = m.where(m.less(0, b), m.where(m.less(1, b), m.nothing, 0 * m.sqrt(a)), p * m.log(a))
    constant = m.equal(b, 0)
    return m.where(constant, m.nothing, by_base), m.where(constant, m.nothing, by_exponent)


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
        def local(m: Any, y: Any, a: Any) -> tuple[Any]:
            p = m.number(exponent)
            return (p * m.power(a, p - 1) if exponent else m.nothing,)

        super().__init__(f"**{exponent}", lambda m, a: m.power(a, m.number(exponent)), local)
        self.exponent, self.is_call, self.binding = exponent, False, POWER
        if not isinstance(exponent, int):
            self.domain = "a base above 0" if exponent < 0 else "a base of 0 or more"
        elif exponent < 0:
            self.domain = "a base other than 0"

    def __reduce__(self) -> Any:
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


# Activations

tanh = Operation(
    "tanh",
    lambda m, a: m.tanh(a),
    lambda m, t, a: (m.choose(lambda: 1 - t * t, lambda: 4 * m.sigmoid(2 * a) * m.sigmoid(-2 * a)),),
    doc="The hyperbolic tangent.",
)
sigmoid = Operation(
    "sigmoid",
    lambda m, a: m.sigmoid(a),
    lambda m, s, a: (m.choose(lambda: s * (1 - s), lambda: s * m.sigmoid(-a)),),
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
step = Operation(
    "step",
    lambda m, a: m.step(a),
    lambda m, y, a: (m.nothing,),
    doc="The derivative of relu: 1 for a > 0, else 0.",
)
sign = Operation(
    "sign",
    lambda m, a: m.sign(a),
    lambda m, y, a: (m.nothing,),
    doc="The derivative of |a|: −1, 0 or 1.",
)


# Choices

maximum = Operation(
    "maximum",
    lambda m, a, b: m.maximum(a, b),
    lambda m, y, a, b: (m.share(a, b), m.share(b, a)),
    gate=True,
    doc="The larger of a and b. A tie splits the gradient evenly. NaN wins.",
)
minimum = Operation(
    "minimum",
    lambda m, a, b: m.minimum(a, b),
    lambda m, y, a, b: (m.share(b, a), m.share(a, b)),
    gate=True,
    doc="The smaller of a and b, as `maximum`.",
)
where = Operation(
    "where",
    lambda m, condition, a, b: m.where(condition, a, b),
    lambda m, y, condition, a, b: (m.nothing, m.where(condition, 1, m.nothing), m.where(condition, m.nothing, 1)),
    arguments=lambda condition, a, b: (recorded_condition(condition), a, b),
    doc="a where the condition, as ``x > y`` or ``equal(x, y)``, holds, else b. No gradient passes to the branch not "
    "taken. Both are computed, so both need a value: by a double ``where(x > 0, log(where(x > 0, x, 1)), 0)``, or "
    "`clip`.",
)


class Truth(Operation):
    """A comparison, or truths combined."""

    def __init__(self, name: str, value: Callable[..., Any], doc: str | None = None) -> None:
        super().__init__(name, value, lambda m, y, a, b: (m.nothing, m.nothing), infix=True, condition=True, doc=doc)

    if TYPE_CHECKING:

        def __call__(self, a: "Value | float", b: "Value | float") -> "Condition": ...  # type: ignore[override]


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


def _weighted_sum(m: Any, *operands: Any) -> Any:
    """Of the operands w₁ … wₙ, x₁ … xₙ and perhaps a bias."""
    n = len(operands) // 2
    return m.sum(*map(mul, operands[:n], operands[n:]), *operands[2 * n :])


def _weighted_sum_gradients(m: Any, y: Any, *operands: Any) -> tuple[Any, ...]:
    n = len(operands) // 2
    bias = (1,) * (len(operands) - 2 * n)
    return operands[n : 2 * n] + operands[:n] + bias


def _products_of_others(m: Any, y: Any, *factors: Any) -> tuple[Any, ...]:
    """The product before each factor times that after it: y / xᵢ could be 0/0."""
    before = accumulate(factors[:-1], mul, initial=1)
    after = accumulate(factors[:0:-1], mul, initial=1)
    return tuple(map(mul, before, reversed([*after])))[: len(factors)]  # of the empty product, none


def _softmax(m: Any, *xs: Any) -> tuple[Any, ...]:
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
