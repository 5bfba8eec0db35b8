"""The calculus, written once: each operation's value and its local gradients.

An entry is two functions of ``m``, the number system that computes them (see `autograd.numbers`):

* ``value(m, a, b, ...)`` is the operation itself;
* ``local(m, y, a, b, ...)`` is the tuple ``(∂y/∂a, ∂y/∂b, ...)``, where ``y`` is the value.

Under floats an entry runs the eager engine; under Values its gradients are graphs again; under fractions, sympy,
mpmath and complex numbers the same lines give exact gradients, formulas and oracles. So three rules hold in here:

* constants are integers (or ``m.half``, ``m.number``): ``0.5 * a`` would turn a Fraction into a float;
* division, powers, roots and logarithms go through ``m``, which knows that √'(0) = ∞ although 1/0 is refused;
* the integer ``0`` as a local gradient says "does not depend on it": no gradient passes there, not even 0 · ∞.

Where the formula of the textbook loses its digits in the tails (1 − tanh² is 0 from 19.1 on),
``m.choose(textbook, accurate)`` holds both: people and sympy read the first, floats and Values compute the second.
"""

# The operations carry the names of the mathematics, `sum` and `abs` included; this module calls neither builtin.
# ruff: noqa: A001

import inspect
import sys
from collections.abc import Callable
from functools import cached_property, lru_cache
from operator import mul
from typing import Any, ClassVar


class Operation:
    """A differentiable function of scalars: one entry of the table, and at once the public function.

    Called on Values it records a node; called on plain numbers it returns a number. An operation of any number of
    operands (``lambda m, *xs: ...``) also takes them as one sequence.

    Args:
        name: what graphs and errors show.
        value: ``value(m, *operands)``, computed with the functions of the number system ``m``.
        local: ``local(m, y, *operands)``, a tuple with ∂y/∂operand for each operand, in order.
        domain: what the operands must satisfy, for the error of an operand outside, as in ``"a positive operand"``.
        infix: whether a formula writes ``a name b`` rather than ``name(a, b)``.
        condition: whether the value is a truth, 1 or 0, so that the node can stand in an ``if``.
        doc: the docstring of the public function.

    Raises:
        TypeError: if `value` or `local` is not a function of the form above.

    >>> from autograd import Operation, Value
    >>> cube = Operation("cube", value=lambda m, a: a * a * a, local=lambda m, y, a: (3 * a * a,))
    >>> x = Value(2.0)
    >>> y = cube(x)
    >>> y.backward()
    >>> y.data, x.grad, cube(2.0)
    (8.0, 12.0, 8.0)
    """

    engine: ClassVar[Callable[["Operation"], Callable[..., Any]]]
    """How to record an operation. `autograd.value` sets it; the table itself depends on nothing."""

    arity: int | None
    """How many operands it takes; None for any number."""

    def __init__(
        self,
        name: str,
        value: Callable[..., Any],
        local: Callable[..., Any],
        *,
        domain: str | None = None,
        infix: bool = False,
        condition: bool = False,
        doc: str | None = None,
    ) -> None:
        if not isinstance(name, str) or not name:
            raise TypeError(f"an Operation needs a name, a non-empty string, not {name!r}")
        operands = _operands_of(name, "value", value, leading="m")
        if _operands_of(name, "local", local, leading="m, y") not in (operands, None):
            raise TypeError(
                f"operation {name!r}: local takes (m, y, *operands) with the operands of value(m, *operands)"
            )
        self.name = name
        self.value = value
        self.local = local
        self.arity = operands
        self.domain = domain
        self.infix = infix
        self.condition = condition
        self.__doc__ = doc or f"The operation {name}."
        self.__name__ = self.__qualname__ = name
        # A pickle holds the operation by the name of the module-level variable that it is assigned to.
        self.__module__ = sys._getframe(1).f_globals.get("__name__", __name__)

    @cached_property
    def record(self) -> Callable[..., Any]:
        """The function that computes the value of some operands and, if one of them is a Value, records the node."""
        return Operation.engine(self)

    def __call__(self, *operands: Any) -> Any:
        if self.arity is None and len(operands) == 1 and hasattr(operands[0], "__iter__"):
            # The entries of a dict are its keys: it is refused as the one operand that it is then.
            operands = operands if isinstance(operands[0], dict) else tuple(operands[0])
        return self.record(*operands)

    def write(self, *operands: str) -> str:
        """The operation applied to operands given as text: ``a * b``, ``log(a)``, ``a ** 2``."""
        if self.infix:
            return f" {self.name} ".join(operands) if len(operands) > 1 else f"{self.name}{operands[0]}"
        return f"{self.name}({', '.join(operands)})"

    def __repr__(self) -> str:
        return f"Operation({self.name!r})"

    def __str__(self) -> str:
        return self.name

    def __reduce__(self) -> str | tuple[Any, ...]:
        module = vars(sys.modules[self.__module__]) if self.__module__ in sys.modules else {}
        for variable, thing in module.items():
            if thing is self:
                return variable
        raise TypeError(f"{self!r} can be pickled or copied only while a variable of module {self.__module__} holds it")


def _operands_of(name: str, role: str, function: Callable[..., Any], leading: str) -> int | None:
    """The number of operands after the `leading` parameters, or None for ``*operands``."""
    if not callable(function):
        raise TypeError(f"operation {name!r}: {role} must be a function of ({leading}, *operands), not {function!r}")
    parameters = list(inspect.signature(function).parameters.values())
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return None
    count = len(parameters) - len(leading.split(", "))
    if count < 1:
        raise TypeError(f"operation {name!r}: {role} must be a function of ({leading}, *operands), with an operand")
    return count


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

power = Operation(
    "**",
    lambda m, a, b: m.power(a, b),
    lambda m, p, a, b: (
        # x**0 is the constant 1 at x = 0 too, where 0 · 0⁻¹ is not a number; elsewhere 0 · x⁻¹ still depends on b.
        m.choose(
            lambda: b * m.power(a, b - 1),
            lambda: m.where(m.equal(a, 0) * m.equal(b, 0), 0, b * m.power(a, b - 1)),
        ),
        # 0**y is 0 on both sides of every y > 0, where 0 · log 0 is not a number.
        m.choose(lambda: p * m.log(a), lambda: m.where(m.equal(a, 0), 0, p * m.log(a))),
    ),
    infix=True,
    domain="a base above 0, or a whole exponent (and not a negative power of 0)",
)


@lru_cache(maxsize=1024)
def power_by(exponent: float) -> Operation:
    """The operation ``a ** exponent`` for a plain number: the general power's rule would take log a, for a < 0 too."""
    whole = int(exponent) if exponent == exponent // 1 else exponent
    if isinstance(whole, int):
        domain = "a base other than 0" if whole < 0 else None
    else:
        domain = "a base above 0" if exponent < 0 else "a base of 0 or more"

    def local(m: Any, y: Any, a: Any) -> tuple[Any]:
        p = m.number(whole)
        return (p * m.power(a, p - 1) if whole else 0,)

    return _PowerBy(f"**{whole}", lambda m, a: m.power(a, m.number(whole)), local, domain=domain)


class _PowerBy(Operation):
    """An operation that `power_by` made, and makes again when a pickle is read."""

    def write(self, *operands: str) -> str:
        return f"{operands[0]} ** {self.name[2:]}"

    def __reduce__(self) -> tuple[Any, ...]:
        return power_by, (float(self.name[2:]),)


absolute = Operation(
    "abs",
    lambda m, a: m.absolute(a),
    lambda m, y, a: (m.sign(a),),
    doc="|a|. Its derivative is sign(a), with abs'(0) = 0: the middle of the slopes −1 and 1.",
)


# Elementary functions

exp = Operation(
    "exp",
    lambda m, a: m.exp(a),
    lambda m, e, a: (e,),
    doc="eᵃ. OverflowError above 709.78, where the result is no float.",
)
log = Operation(
    "log",
    lambda m, a: m.log(a),
    lambda m, y, a: (m.divide(1, a),),
    domain="an operand above 0",
    doc="The natural logarithm of a > 0; ValueError elsewhere.",
)
log1p = Operation(
    "log1p",
    lambda m, a: m.log1p(a),
    lambda m, y, a: (m.divide(1, 1 + a),),
    domain="an operand above -1",
    doc="log(1 + a) for a > −1, to full precision near a = 0; ValueError elsewhere.",
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
    doc="√a for a ≥ 0; ValueError elsewhere. Its derivative at 0 is inf.",
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
    doc="The hyperbolic tangent. Its derivative 1 − tanh²(a) = sech²(a) keeps its digits in the tails.",
)
sigmoid = Operation(
    "sigmoid",
    lambda m, a: m.sigmoid(a),
    lambda m, s, a: (m.choose(lambda: s * (1 - s), lambda: s * m.sigmoid(-a)),),
    doc="σ(a) = 1 / (1 + e⁻ᵃ), for every a. Its derivative σ(a)(1 − σ(a)) = σ(a)σ(−a) keeps its digits in the tails.",
)
relu = Operation(
    "relu",
    lambda m, a: m.relu(a),
    lambda m, y, a: (m.step(a),),
    doc="max(a, 0), with relu'(0) = 0. NaN stays NaN.",
)
softplus = Operation(
    "softplus",
    lambda m, a: m.softplus(a),
    lambda m, y, a: (m.sigmoid(a),),
    doc="log(1 + eᵃ), for every a: a smooth relu whose derivative is the sigmoid.",
)
step = Operation(
    "step",
    lambda m, a: m.step(a),
    lambda m, y, a: (0,),
    doc="The derivative of relu: 1 for a > 0, else 0.",
)
sign = Operation(
    "sign",
    lambda m, a: m.sign(a),
    lambda m, y, a: (0,),
    doc="The derivative of |a|: −1, 0 or 1.",
)


# Choices


def _shares(m: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """1 for the larger of a and b and 0 for the other; ½ and ½ for a tie, that of two infinities too."""
    side = m.sign(m.choose(lambda: a - b, lambda: m.where(m.equal(a, b), 0, a - b)))  # ∞ − ∞ is no number
    return m.half * (1 + side), m.half * (1 - side)


maximum = Operation(
    "maximum",
    lambda m, a, b: m.maximum(a, b),
    lambda m, y, a, b: _shares(m, a, b),
    doc="The larger of a and b. A tie splits the gradient evenly. NaN wins.",
)
minimum = Operation(
    "minimum",
    lambda m, a, b: m.minimum(a, b),
    lambda m, y, a, b: _shares(m, b, a),
    doc="The smaller of a and b. A tie splits the gradient evenly. NaN wins.",
)
where = Operation(
    "where",
    lambda m, condition, a, b: m.where(condition, a, b),
    lambda m, y, condition, a, b: (0, m.where(condition, 1, 0), m.where(condition, 0, 1)),
    doc="a where the condition (``x > y``, a bool) holds, else b. The branch not taken gets no gradient, not even 0·∞.",
)

# A truth is constant on either side of where it turns: it passes no gradient.
less = Operation("<", lambda m, a, b: m.less(a, b), lambda m, y, a, b: (0, 0), infix=True, condition=True)
less_equal = Operation("<=", lambda m, a, b: m.less_equal(a, b), lambda m, y, a, b: (0, 0), infix=True, condition=True)
greater = Operation(">", lambda m, a, b: m.less(b, a), lambda m, y, a, b: (0, 0), infix=True, condition=True)
greater_equal = Operation(
    ">=", lambda m, a, b: m.less_equal(b, a), lambda m, y, a, b: (0, 0), infix=True, condition=True
)
equal = Operation("==", lambda m, a, b: m.equal(a, b), lambda m, y, a, b: (0, 0), infix=True, condition=True)
both = Operation("and", lambda m, a, b: a * b, lambda m, y, a, b: (0, 0), infix=True, condition=True)
either = Operation("or", lambda m, a, b: m.maximum(a, b), lambda m, y, a, b: (0, 0), infix=True, condition=True)
opposite = Operation("not", lambda m, a: 1 - a, lambda m, y, a: (0,), condition=True)


# Operations of any number of operands


def _weighted_sum(m: Any, *operands: Any) -> Any:
    """w₁x₁ + … + wₙxₙ (+ bias) of the operands w₁ … wₙ, x₁ … xₙ (, bias)."""
    n = len(operands) // 2
    return m.sum(*map(mul, operands[:n], operands[n:]), *operands[2 * n :])


def _weighted_sum_gradients(m: Any, y: Any, *operands: Any) -> tuple[Any, ...]:
    n = len(operands) // 2
    bias = (1,) * (len(operands) - 2 * n)
    return operands[n : 2 * n] + operands[:n] + bias


def _products_of_others(m: Any, y: Any, *factors: Any) -> tuple[Any, ...]:
    """∂(x₁ ⋯ xₙ)/∂xᵢ as the product before i times the product after it: y / xᵢ would be 0/0 at a zero factor."""
    before, after = [1], [1]
    for factor in factors[:-1]:
        before.append(before[-1] * factor)
    for factor in factors[:0:-1]:
        after.append(after[-1] * factor)
    return tuple(map(mul, before, reversed(after)))[: len(factors)]  # of the empty product there is none


def _softmax(m: Any, *xs: Any) -> tuple[Any, ...]:
    """exp(xᵢ) / Σ exp(xⱼ), with the largest x taken off as a constant: softmax does not change with it."""
    shift = m.largest(*xs)
    weights = [m.exp(x - shift) for x in xs]
    total = m.sum(*weights)
    return tuple(m.divide(weight, total) for weight in weights)


sum = Operation("sum", lambda m, *xs: m.sum(*xs), lambda m, y, *xs: (1,) * len(xs))
mean = Operation(
    "mean",
    lambda m, *xs: m.divide(m.sum(*xs), len(xs)),
    lambda m, y, *xs: (m.divide(1, len(xs)),) * len(xs),
    domain="at least one operand",
    doc="The arithmetic mean of some values, as one node. ValueError for none.",
)
prod = Operation(
    "prod",
    lambda m, *xs: m.prod(*xs),
    _products_of_others,
    doc="The product of some values, as one node; right at zero factors too. The empty product is 1. Its gradients, "
    "products of the factors before and after, may over- or underflow on the way where factors are beyond 1e±150.",
)
dot = Operation("dot", _weighted_sum, _weighted_sum_gradients)
logsumexp = Operation(
    "logsumexp",
    lambda m, *xs: m.logsumexp(*xs),
    lambda m, y, *xs: m.choose(lambda: tuple(m.exp(x - y) for x in xs), lambda: _softmax(m, *xs)),
    domain="at least one operand",
    doc="log(eˣ¹ + … + eˣⁿ) as one node, with no overflow; its gradients are the softmax, each right to a rounding of "
    "the largest operand, relative to itself. The second derivative p − p² of a p near 1 is right to that absolutely. "
    "ValueError for none.",
)


OPERATIONS = {name: thing for name, thing in list(globals().items()) if isinstance(thing, Operation)}
"""The table, by the names that the number systems and the public functions use."""
