"""The calculus, written once: each operation's value and its local gradients.

An entry is two functions of ``m``, the number system that computes them (see `autograd.numbers`):

* ``value(m, a, b, ...)`` is the operation itself;
* ``local(m, y, a, b, ...)`` is the tuple ``(∂y/∂a, ∂y/∂b, ...)``, where ``y`` is the value.

Constants are integers or ``m.half``: ``0.5 * a`` would turn a Fraction into a float. Division, powers, roots and
logarithms go through ``m``, in which √'(0) can be ∞. A local gradient ``m.nothing``, the integer 0, says that the
operand does not matter around the point: no gradient passes, not even 0 · ∞. Where the textbook's formula loses its
digits in the tails (1 − tanh² is 0 from 19.1 on), ``m.choose(textbook, accurate)`` holds both: people and sympy read
the first, floats compute the second.
"""

# The operations carry the names of the mathematics, `sum` included; this module does not call the builtin.
# ruff: noqa: A001

from collections import deque
from collections.abc import Callable, Iterable
from operator import mul
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakValueDictionary

from autograd.errors import operands_in, recorded_condition
from autograd.operation import Operation
from autograd.text import POWER

if TYPE_CHECKING:
    from autograd.condition import Condition
    from autograd.value import Value

Term = TypeVar("Term")

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


def _power_at_0(m: Any, p: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """The slopes of aᵇ at a = 0, where 0 · 0⁻¹ and 0 · log 0 are no numbers.

    By a: x⁰ is the constant 1 there too. By b: 0ᵇ is 0 on both sides of every b > 0. These slopes have slopes again: up
    to b = 1 that zero has an infinite one in a, and so has the slope of x¹ in b.
    """
    by_base = m.where(m.equal(b, 1), 1 + 0 * m.sqrt(b - 1), b * m.power(a, b - 1))
    by_exponent = m.where(m.less(0, b), m.where(m.less(1, b), m.nothing, 0 * m.sqrt(a)), p * m.log(a))
    constant = m.equal(b, 0)
    return m.where(constant, m.nothing, by_base), m.where(constant, m.nothing, by_exponent)


power = Operation(
    "**",
    lambda m, a, b: m.power(a, b),
    lambda m, p, a, b: m.choose(
        lambda: (b * m.power(a, b - 1), p * m.log(a)),
        lambda: m.decide(m.equal(a, 0), lambda: _power_at_0(m, p, a, b), lambda: (b * m.power(a, b - 1), p * m.log(a))),
    ),
    infix=True,
    domain="a base above 0, or a whole exponent (and not a negative power of 0)",
)


class PowerBy(Operation):
    """a ** exponent for a plain number: the general power's rule would take log a, for a < 0 too."""

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


def power_by(exponent: float) -> Operation:
    """The one `PowerBy` of an exponent, as long as a node has it."""
    whole = int(exponent) if exponent == exponent // 1 else exponent
    key = whole if whole == whole else "nan"
    operation = _POWERS.get(key)
    if operation is None:
        operation = _POWERS[key] = PowerBy(whole)
        _KEPT.append(operation)
    return operation


_POWERS: WeakValueDictionary[float | str, Operation] = WeakValueDictionary()
_KEPT: deque[Operation] = deque(maxlen=64)  # so that x**2 is not made anew for each of many graphs

absolute = Operation(
    "abs",
    lambda m, a: m.absolute(a),
    lambda m, y, a: (m.sign(a),),
    gate=True,
    doc="|a|. Its derivative is sign(a), with abs'(0) = 0.",
)


# Elementary functions

exp = Operation(
    "exp",
    lambda m, a: m.exp(a),
    lambda m, e, a: (e,),
    doc="eᵃ. OverflowError above 709.78.",
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
    doc="eᵃ − 1, to full precision near a = 0. OverflowError above 709.78.",
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
    doc="The hyperbolic tangent. Its derivative, sech²(a), keeps its digits in the tails.",
)
sigmoid = Operation(
    "sigmoid",
    lambda m, a: m.sigmoid(a),
    lambda m, s, a: (m.choose(lambda: s * (1 - s), lambda: s * m.sigmoid(-a)),),
    doc="σ(a) = 1 / (1 + e⁻ᵃ). Its derivative, σ(a)σ(−a), keeps its digits in the tails.",
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
    doc="log(1 + eᵃ): a smooth relu whose derivative is the sigmoid.",
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
    doc="The smaller of a and b. A tie splits the gradient evenly. NaN wins.",
)
where = Operation(
    "where",
    lambda m, condition, a, b: m.where(condition, a, b),
    lambda m, y, condition, a, b: (m.nothing, m.where(condition, 1, m.nothing), m.where(condition, m.nothing, 1)),
    arguments=lambda condition, a, b: (recorded_condition(condition), a, b),
    doc="a where the condition (``x > y``, ``x == 0``, ``equal(x, y)``) holds, else b. No gradient passes to the "
    "branch not taken. Both are computed, so each must have a value: give the one not taken a harmless operand by "
    "another where, as in where(x > 0, log(where(x > 0, x, 1)), 0), or by `clip`.",
)


class Truth(Operation):
    """A comparison, or truths combined: constant on either side of where it turns."""

    def __init__(self, name: str, value: Callable[..., Any], doc: str | None = None) -> None:
        super().__init__(name, value, lambda m, y, a, b: (m.nothing, m.nothing), infix=True, condition=True, doc=doc)

    if TYPE_CHECKING:

        def __call__(self, a: "Value | float", b: "Value | float") -> "Condition": ...  # type: ignore[override]


less = Truth("<", lambda m, a, b: m.less(a, b))
less_equal = Truth("<=", lambda m, a, b: m.less_equal(a, b))
greater = Truth(">", lambda m, a, b: m.less(b, a))
greater_equal = Truth(">=", lambda m, a, b: m.less_equal(b, a))
equal = Truth("==", lambda m, a, b: m.equal(a, b), "Whether two numbers are equal, recorded. NaN equals nothing.")
unequal = Truth("!=", lambda m, a, b: 1 - m.equal(a, b))
both = Truth("and", lambda m, a, b: a * b)
either = Truth("or", lambda m, a, b: m.maximum(a, b))
opposite = Operation("not", lambda m, a: 1 - a, lambda m, y, a: (m.nothing,), infix=True, condition=True)


# Operations of any number of operands


def _terms(values: Iterable[Any], start: Any = 0) -> tuple[Any, ...]:
    terms = operands_in(values, "sum")
    return terms if type(start) is int and start == 0 else (*terms, start)


def _factors(weights: Iterable[Any], inputs: Iterable[Any], bias: Any = 0) -> tuple[Any, ...]:
    weights, inputs = operands_in(weights, "dot"), operands_in(inputs, "dot")
    if len(weights) != len(inputs):
        raise ValueError(f"dot takes as many inputs as weights, not {len(inputs)} inputs and {len(weights)} weights")
    return (*weights, *inputs) if type(bias) is int and bias == 0 else (*weights, *inputs, bias)


def _weighted_sum(m: Any, *operands: Any) -> Any:
    """w₁x₁ + … + wₙxₙ (+ bias) of the operands w₁ … wₙ, x₁ … xₙ (, bias)."""
    n = len(operands) // 2
    return m.sum(*map(mul, operands[:n], operands[n:]), *operands[2 * n :])


def _weighted_sum_gradients(m: Any, y: Any, *operands: Any) -> tuple[Any, ...]:
    n = len(operands) // 2
    bias = (1,) * (len(operands) - 2 * n)
    return operands[n : 2 * n] + operands[:n] + bias


def _products_of_others(m: Any, y: Any, *factors: Any) -> tuple[Any, ...]:
    """∂(x₁ ⋯ xₙ)/∂xᵢ as the product before i times that after it: y / xᵢ would be 0/0 at a zero factor."""
    before, after = [1], [1]
    for factor in factors[:-1]:
        before.append(before[-1] * factor)
    for factor in factors[:0:-1]:
        after.append(after[-1] * factor)
    return tuple(map(mul, before, reversed(after)))[: len(factors)]  # of the empty product there is none


def _softmax(m: Any, *xs: Any) -> tuple[Any, ...]:
    """exp(xᵢ) / Σ exp(xⱼ), which does not change when the largest x is taken off."""
    shift = m.largest(*xs)
    weights = [m.exp(x - shift) for x in xs]
    total = m.sum(*weights)
    return tuple(m.divide(weight, total) for weight in weights)


sum = Operation(
    "sum",
    lambda m, *xs: m.sum(*xs),
    lambda m, y, *xs: (1,) * len(xs),
    arguments=_terms,
    doc="""sum(values, start=0): start + x₁ + … + xₙ as one node, rounded once, so in any order.

    >>> from autograd import Value, sum
    >>> x = Value(2.0)
    >>> y = sum([x, 3.0, x])
    >>> y.backward()
    >>> y.data, x.grad, sum([1e16, 1, -1e16])
    (7.0, 2.0, 1.0)
    """,
)
mean = Operation(
    "mean",
    lambda m, *xs: m.divide(m.sum(*xs), len(xs)),
    lambda m, y, *xs: (m.divide(1, len(xs)),) * len(xs),
    domain="at least one operand",
    doc="The arithmetic mean of some values, as one node.",
)
prod = Operation(
    "prod",
    lambda m, *xs: m.prod(*xs),
    _products_of_others,
    doc="The product of some values, as one node; the empty product is 1. Its gradients are right at zero factors too; "
    "where factors are beyond 1e±150 they may over- or underflow on the way.",
)
dot = Operation(
    "dot",
    _weighted_sum,
    _weighted_sum_gradients,
    arguments=_factors,
    doc="""dot(weights, inputs, bias=0): w₁x₁ + … + wₙxₙ + bias as one node, the weighted sum of a neuron.

    ValueError if there are more or fewer weights than inputs.

    >>> from autograd import Value, dot
    >>> w = [Value(0.5), Value(-1.0)]
    >>> y = dot(w, [2.0, 3.0], bias=1.0)
    >>> y.backward()
    >>> y.data, [p.grad for p in w]
    (-1.0, [2.0, 3.0])
    """,
)
logsumexp = Operation(
    "logsumexp",
    lambda m, *xs: m.logsumexp(*xs),
    lambda m, y, *xs: m.choose(lambda: tuple(m.exp(x - y) for x in xs), lambda: _softmax(m, *xs)),
    domain="at least one operand",
    doc="log(eˣ¹ + … + eˣⁿ) as one node, with no overflow. Its gradients, the softmax p, are right to a rounding of "
    "the largest operand, relative to themselves; its second derivatives p − p², of a p near 1, absolutely.",
)


def clip(x: "Value | float", low: "Value | float", high: "Value | float") -> "Value":
    """The nearest number to x from low to high: minimum(maximum(x, low), high)."""
    return minimum(maximum(x, low), high)


def softmax(values: Iterable[Term]) -> list[Term]:
    """exp(xᵢ) / Σⱼ exp(xⱼ) for each value, over one shared logsumexp: no overflow, and a sum of 1.

    Each p is right to about 1e-16 · max(1, |xⱼ|), relative to p; what a p near 1 lacks of it, and p(1 − p), absolutely.

    >>> from autograd import Value
    >>> [f"{p:.3f}" for p in softmax([Value(-2.85), Value(0.86), Value(0.28)])]
    ['0.015', '0.631', '0.353']
    """
    operands = operands_in(values, "softmax")
    total = logsumexp.record(*operands)
    return [exp.record(subtract.record(x, total)) for x in operands]


OPERATIONS = {name: thing for name, thing in list(globals().items()) if isinstance(thing, Operation)}
"""The table, by the names that the number systems and the public functions use."""
