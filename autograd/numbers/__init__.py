"""The number systems that can compute the table of `autograd.ops`, one small class each.

They are `floats` and `extended` (the eager engine: values, local gradients), `values` (gradients that are graphs
again), `rationals` (exact), `formulas` (sympy), `multiprecision` (mpmath), `complexes` (the complex step),
`polynomials` (the normal form of `vectorize`) and `source` (its code): each is the one instance of its class, in the
module of its name. A subclass may override one function, as `Extended` does; so do `signed_zeros` (NumPy's 1/0) and
`textbook` (rules as arrays compute them). Seven more are made anew for each use: `guarded` (mpmath within the range of
floats, at several points at once), `rational_functions` (quotients of polynomials, which show whether they are equal)
and `one_side` (sympy on one side of every kink), in which derivations are judged, `expressions` (rules as a page writes
them), `javascript` (rules as a page computes them), `python_lines` (rules as a tape computes them: lines of floats)
and `duals` (forward mode, over floats or Values). `variables` has what lines compute with; `short_formulas` writes
sympy's expressions as textbooks do.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import reduce
from operator import add, mul
from typing import Any, TypeAlias

Number: TypeAlias = Any
"""A number of some system, or of several: floats, Fractions, formulas and expressions have no type in common."""

function: Any = staticmethod
"""How a class takes a function that is there already: ``exp = function(math.exp)``. (As a staticmethod mypy would
compare it with the method of the base class, its ``self`` included.)"""


def accurate_form(textbook: Callable[[], Number], accurate: Callable[[], Number]) -> Number:
    """The `choose` of a system whose numbers are rounded to floats."""
    return accurate()


class Nothing(int):
    """A zero that shows as a local gradient does. It computes as an integer: a Fraction times 0.0 would be rounded."""

    def __repr__(self) -> str:
        return "0.0"

    def __reduce__(self) -> str:
        return "NOTHING"


NOTHING = Nothing()
"""The local gradient of an operand that does not matter around the point, by identity: a zero that some derivative came
to makes NaN of 0 · ∞, but the branch not taken of ``where(x > 0, sqrt(x), 0)`` must not."""


class NumberSystem(ABC):
    """What a rule of the table may ask of ``m``, the number system that computes it.

    The numbers of a system have ``+ - *`` and unary ``-`` among themselves and with integers. Everything else is a
    function of the system. Truths are the numbers 1 and 0.
    """

    half: Number
    """1/2."""
    pi: Number
    """π."""
    nothing = NOTHING
    """The local gradient of an operand that does not matter around the point: no gradient passes, not even 0 · ∞. It is
    the same in every system: a zero that a number happened to be is another thing."""

    @abstractmethod
    def number(self, x: float) -> Number:
        """A Python number, in this system."""

    def choose(self, textbook: Callable[[], Number], accurate: Callable[[], Number]) -> Number:
        """Calls one of two functions that are equal on paper: `accurate` where numbers are rounded to floats."""
        return textbook()

    def decide(
        self, condition: Number, true: Callable[[], tuple[Number, ...]], false: Callable[[], tuple[Number, ...]]
    ) -> tuple[Number, ...]:
        """Local gradients by the function for the side that a condition is on. Only an `accurate` form asks for it."""
        return true() if condition else false()

    def __getattr__(self, name: str) -> Any:
        raise missing(name)

    # Arithmetic

    @abstractmethod
    def divide(self, a: Number, b: Number) -> Number:
        """The quotient a / b."""

    @abstractmethod
    def power(self, a: Number, b: Number) -> Number:
        """aᵇ."""

    @abstractmethod
    def absolute(self, a: Number) -> Number:
        """|a|."""

    @abstractmethod
    def sign(self, a: Number) -> Number:
        """The derivative of |a|: −1 or 1, and at the kink nothing."""

    @abstractmethod
    def step(self, a: Number) -> Number:
        """The derivative of relu: 1 for a > 0, else nothing."""

    def share(self, a: Number, b: Number) -> Number:
        """The derivative of the larger of a and b by a: 1 or nothing, ½ for a tie; NaN for NaN."""
        return 1 if b < a else self.nothing if a < b else self.half if a == b else a + b

    # Functions of one number, as in `math`

    @abstractmethod
    def exp(self, a: Number) -> Number: ...

    @abstractmethod
    def log(self, a: Number) -> Number: ...

    @abstractmethod
    def log1p(self, a: Number) -> Number: ...

    @abstractmethod
    def expm1(self, a: Number) -> Number: ...

    @abstractmethod
    def sqrt(self, a: Number) -> Number: ...

    @abstractmethod
    def sin(self, a: Number) -> Number: ...

    @abstractmethod
    def cos(self, a: Number) -> Number: ...

    @abstractmethod
    def tan(self, a: Number) -> Number: ...

    @abstractmethod
    def asin(self, a: Number) -> Number: ...

    @abstractmethod
    def acos(self, a: Number) -> Number: ...

    @abstractmethod
    def atan(self, a: Number) -> Number: ...

    @abstractmethod
    def sinh(self, a: Number) -> Number: ...

    @abstractmethod
    def cosh(self, a: Number) -> Number: ...

    @abstractmethod
    def tanh(self, a: Number) -> Number: ...

    def sech2(self, a: Number) -> Number:
        """1 / cosh² a."""
        return self.power(self.cosh(a), -2)

    @abstractmethod
    def asinh(self, a: Number) -> Number: ...

    @abstractmethod
    def acosh(self, a: Number) -> Number: ...

    @abstractmethod
    def atanh(self, a: Number) -> Number: ...

    @abstractmethod
    def log2(self, a: Number) -> Number: ...

    @abstractmethod
    def log10(self, a: Number) -> Number: ...

    @abstractmethod
    def cbrt(self, a: Number) -> Number:
        """The real cube root, for a < 0 too."""

    @abstractmethod
    def erf(self, a: Number) -> Number: ...

    @abstractmethod
    def erfc(self, a: Number) -> Number: ...

    def gaussian(self, a: Number) -> Number:
        """e to the −a²."""
        return self.exp(-(a * a))

    @abstractmethod
    def floor(self, a: Number) -> Number: ...

    @abstractmethod
    def ceil(self, a: Number) -> Number: ...

    # Functions of two or three

    @abstractmethod
    def atan2(self, a: Number, b: Number) -> Number:
        """The angle of the point (b, a)."""

    @abstractmethod
    def hypot(self, a: Number, b: Number) -> Number:
        """√(a² + b²)."""

    def leg(self, a: Number, b: Number) -> Number:
        """√(a² − b²)."""
        return self.sqrt(a - b) * self.sqrt(a + b)

    def xlogy(self, a: Number, b: Number) -> Number:
        """a · log b, and 0 at (0, 0)."""
        return a if a == 0 and b == 0 else a * self.log(b)

    def clip(self, x: Number, low: Number, high: Number) -> Number:
        """The nearest number to x from low to high."""
        return self.minimum(self.maximum(x, low), high)

    # Activations

    @abstractmethod
    def sigmoid(self, a: Number) -> Number:
        """1 / (1 + e⁻ᵃ)."""

    @abstractmethod
    def relu(self, a: Number) -> Number:
        """The larger of a and 0."""

    @abstractmethod
    def softplus(self, a: Number) -> Number:
        """log(1 + eᵃ)."""

    # Choices and comparisons

    @abstractmethod
    def maximum(self, a: Number, b: Number) -> Number: ...

    @abstractmethod
    def minimum(self, a: Number, b: Number) -> Number: ...

    @abstractmethod
    def where(self, condition: Number, a: Number, b: Number) -> Number:
        """a where the condition is 1, b where it is 0."""

    @abstractmethod
    def less(self, a: Number, b: Number) -> Number: ...

    @abstractmethod
    def less_equal(self, a: Number, b: Number) -> Number: ...

    @abstractmethod
    def equal(self, a: Number, b: Number) -> Number: ...

    # Functions of any number of operands

    def sum(self, *xs: Number) -> Number:
        """x₁ + … + xₙ, from the left."""
        return reduce(add, xs) if xs else 0

    def prod(self, *xs: Number) -> Number:
        """x₁ ⋯ xₙ, from the left."""
        return reduce(mul, xs) if xs else 1

    def logsumexp(self, *xs: Number) -> Number:
        """log(eˣ¹ + … + eˣⁿ), with no overflow."""
        top = self.largest(*xs)
        return top + self.log(self.sum(*(self.exp(x - top) for x in xs)))

    def largest(self, *xs: Number) -> Number:
        """The largest, as a constant that no gradient passes through."""
        return max(xs)


def missing(name: str) -> AttributeError:
    """The error that a rule asks for a function that number systems do not have."""
    from difflib import get_close_matches

    functions = [known for known in dir(NumberSystem) if not known.startswith("_")]
    near = get_close_matches(name, functions)
    advice = f"did you mean m.{near[0]}?" if near else f"they have {', '.join(functions)}"
    return AttributeError(f"number systems have no m.{name}: {advice}")
