"""The number systems that can compute the table of `autograd.ops`, one small class each.

They are `floats` and `extended` (the eager engine: values, local gradients), `values` (gradients that are graphs
again), `rationals` (exact), `formulas` (sympy), `multiprecision` (mpmath), `complexes` (the complex step),
`polynomials` (the normal form of `vectorize`) and `source` (its code): each is the one instance of its class, in the
module of its name. A subclass may override one function, as `Extended` does. Derivations are judged in two more, made
anew for each use: `guarded` (mpmath within the range of floats, at several points at once) and `one_side` (sympy on
one side of every kink).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

function: Any = staticmethod
"""How a class takes a function that is there already: ``exp = function(math.exp)``. (As a staticmethod mypy would
compare it with the method of the base class, its ``self`` included.)"""


class NumberSystem(ABC):
    """What a rule of the table may ask of ``m``, the number system that computes it.

    The numbers of a system have ``+ - *`` and unary ``-`` among themselves and with integers. Everything else is a
    function of the system. Truths are the numbers 1 and 0.
    """

    half: Any
    """1/2."""
    nothing = 0
    """The local gradient of an operand that does not matter around the point: no gradient passes, not even 0 · ∞. It is
    `autograd.graph.NOTHING`, the integer, in every system: a zero that a number happened to be is another thing."""

    @abstractmethod
    def number(self, x: float) -> Any:
        """A Python number, in this system."""

    def choose(self, textbook: Callable[[], Any], accurate: Callable[[], Any]) -> Any:
        """Calls one of two functions that are equal on paper: `accurate` where numbers are rounded to floats."""
        return textbook()

    def decide(
        self, condition: Any, true: Callable[[], tuple[Any, ...]], false: Callable[[], tuple[Any, ...]]
    ) -> tuple[Any, ...]:
        """Local gradients by the function for the side that a condition is on. Only an `accurate` form asks for it."""
        return true() if condition else false()

    # Arithmetic

    @abstractmethod
    def divide(self, a: Any, b: Any) -> Any:
        """The quotient a / b."""

    @abstractmethod
    def power(self, a: Any, b: Any) -> Any:
        """aᵇ."""

    @abstractmethod
    def absolute(self, a: Any) -> Any:
        """|a|."""

    @abstractmethod
    def sign(self, a: Any) -> Any:
        """The derivative of |a|: −1 or 1, and at the kink nothing."""

    @abstractmethod
    def step(self, a: Any) -> Any:
        """The derivative of relu: 1 for a > 0, else nothing."""

    def share(self, a: Any, b: Any) -> Any:
        """The derivative of the larger of a and b by a: 1 or nothing, ½ for a tie; NaN for NaN."""
        return 1 if b < a else self.nothing if a < b else self.half if a == b else a + b

    # Functions of one number, as in `math`

    @abstractmethod
    def exp(self, a: Any) -> Any: ...

    @abstractmethod
    def log(self, a: Any) -> Any: ...

    @abstractmethod
    def log1p(self, a: Any) -> Any: ...

    @abstractmethod
    def expm1(self, a: Any) -> Any: ...

    @abstractmethod
    def sqrt(self, a: Any) -> Any: ...

    @abstractmethod
    def sin(self, a: Any) -> Any: ...

    @abstractmethod
    def cos(self, a: Any) -> Any: ...

    # Activations

    @abstractmethod
    def tanh(self, a: Any) -> Any: ...

    @abstractmethod
    def sigmoid(self, a: Any) -> Any:
        """1 / (1 + e⁻ᵃ)."""

    @abstractmethod
    def relu(self, a: Any) -> Any:
        """The larger of a and 0."""

    @abstractmethod
    def softplus(self, a: Any) -> Any:
        """log(1 + eᵃ)."""

    # Choices and comparisons

    @abstractmethod
    def maximum(self, a: Any, b: Any) -> Any: ...

    @abstractmethod
    def minimum(self, a: Any, b: Any) -> Any: ...

    @abstractmethod
    def where(self, condition: Any, a: Any, b: Any) -> Any:
        """a where the condition is 1, b where it is 0."""

    @abstractmethod
    def less(self, a: Any, b: Any) -> Any: ...

    @abstractmethod
    def less_equal(self, a: Any, b: Any) -> Any: ...

    @abstractmethod
    def equal(self, a: Any, b: Any) -> Any: ...

    # Functions of any number of operands

    @abstractmethod
    def sum(self, *xs: Any) -> Any: ...

    @abstractmethod
    def prod(self, *xs: Any) -> Any: ...

    @abstractmethod
    def logsumexp(self, *xs: Any) -> Any:
        """log(eˣ¹ + … + eˣⁿ)."""

    def largest(self, *xs: Any) -> Any:
        """The largest, as a constant that no gradient passes through. Only an `accurate` form asks for it."""
        return max(xs)
