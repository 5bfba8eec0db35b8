"""A number that a line of a program computes: what rules compute with where they are written down as lines."""

from autograd.numbers import Number, NumberSystem


class Variable:
    """A number that a line of the program computes, or an operand.

    Args:
        text: what it is called.
        m: the lines that it belongs to, a number system with `binary` and `negative`.
        is_truth: whether it is true or false until it is counted.
        can_be_nothing: whether it may say, as a local gradient, that nothing passes.
    """

    # NumPy takes no part: a rule that calls np.exp(x) is refused, and np.float64(2) * x is what __rmul__ makes of it.
    __array_ufunc__ = None
    __slots__ = ("can_be_nothing", "is_truth", "m", "text")

    def __init__(self, text: str, m: NumberSystem, *, is_truth: bool = False, can_be_nothing: bool = False) -> None:
        self.text, self.m, self.is_truth, self.can_be_nothing = text, m, is_truth, can_be_nothing

    def __bool__(self) -> bool:
        # A rule that says `a if m.less(0, a) else b` would take a for every number.
        raise TypeError("a number that is not known yet is neither true nor false: choose with m.where")

    def __eq__(self, other: object) -> bool:
        raise TypeError("two numbers that are not known yet are compared with m.equal(a, b)")

    __hash__ = object.__hash__

    def __add__(self, other: Number) -> Number:
        return self.m.binary(self, "+", other)

    def __radd__(self, other: Number) -> Number:
        return self.m.binary(other, "+", self)

    def __sub__(self, other: Number) -> Number:
        return self.m.binary(self, "-", other)

    def __rsub__(self, other: Number) -> Number:
        return self.m.binary(other, "-", self)

    def __mul__(self, other: Number) -> Number:
        return self.m.binary(self, "*", other)

    def __rmul__(self, other: Number) -> Number:
        return self.m.binary(other, "*", self)

    def __truediv__(self, other: Number) -> Number:
        return self.m.divide(self, other)

    def __rtruediv__(self, other: Number) -> Number:
        return self.m.divide(other, self)

    def __pow__(self, other: Number) -> Number:
        return self.m.power(self, other)

    def __rpow__(self, other: Number) -> Number:
        return self.m.power(other, self)

    def __abs__(self) -> Number:
        return self.m.absolute(self)

    def __neg__(self) -> Number:
        return self.m.negative(self)


def passes_nothing(thing: Number) -> bool:
    """Whether it is a plain number that says that nothing passes: see `autograd.graph.passes`."""
    return isinstance(thing, int) and thing == 0
