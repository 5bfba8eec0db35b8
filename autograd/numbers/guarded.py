"""Mpmath's numbers within the domains and the range of floats: one at a time, or a column of several at once.

A graph that is looked at from five points is computed once, with columns of five numbers. Its rules are written for one
number, so a choice that they make (``a if a > 0 else b``) must go the same way for all five: where it does not, the
column is refused, and the points are computed one by one.
"""

import operator
from collections import deque
from collections.abc import Callable, Iterable, MutableSequence, Sequence
from itertools import repeat
from math import inf
from operator import attrgetter

from autograd.numbers import Number
from autograd.numbers.multiprecision import Multiprecision, mp
from autograd.numbers.multiprecision import multiprecision as plain

_LARGEST_LOGARITHM = 1000


class Apart(ArithmeticError):  # noqa: N818  (an outcome, not an error)
    """A choice that goes one way for some entries of a column, and another way for others."""


def _arithmetic(operation: Callable[[Number, Number], Number]) -> tuple[Number, Number]:
    """The methods for ``column ∘ other`` and ``other ∘ column``."""

    def forward(self: "Column", other: Number) -> "Column":
        others = other.entries if isinstance(other, Column) else repeat(other)
        return Column(map(operation, self.entries, others))

    def backward(self: "Column", other: Number) -> "Column":
        return Column(map(operation, repeat(other), self.entries))

    return forward, backward


def _comparison(test: Callable[[Number, Number], bool]) -> Number:
    """The method that tells whether all entries pass a test, or none."""

    def compared(self: "Column", other: Number) -> bool:
        others = other.entries if isinstance(other, Column) else repeat(other)
        return _agreed(map(test, self.entries, others))

    return compared


def _agreed(truths: Iterable[bool]) -> bool:
    found = set(truths)
    if len(found) > 1:
        raise Apart("the entries of a column go different ways")
    return found.pop()


class Column:
    """Several numbers, computed side by side: arithmetic goes entry by entry, a comparison is one truth for all.

    >>> a = Column([mp.mpf(1), mp.mpf(3)])
    >>> (2 * a + 1).entries, a > 0
    ((mpf('3.0'), mpf('7.0')), True)
    >>> a > 2
    Traceback (most recent call last):
    autograd.numbers.guarded.Apart: the entries of a column go different ways
    """

    __slots__ = ("entries",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, entries: Iterable[Number]) -> None:
        self.entries = tuple(entries)

    __add__, __radd__ = _arithmetic(operator.add)
    __sub__, __rsub__ = _arithmetic(operator.sub)
    __mul__, __rmul__ = _arithmetic(operator.mul)
    __truediv__, __rtruediv__ = _arithmetic(operator.truediv)
    __pow__, __rpow__ = _arithmetic(operator.pow)
    __lt__, __le__ = _comparison(operator.lt), _comparison(operator.le)
    __gt__, __ge__ = _comparison(operator.gt), _comparison(operator.ge)
    __eq__, __ne__ = _comparison(operator.eq), _comparison(operator.ne)

    def __neg__(self) -> "Column":
        return Column(map(operator.neg, self.entries))

    def __abs__(self) -> "Column":
        return Column(map(abs, self.entries))

    def __bool__(self) -> bool:
        return _agreed(map(bool, self.entries))


def columns(rows: Iterable[Iterable[float]]) -> list[Column]:
    """A column of each row of numbers."""
    return [Column(map(mp.mpf, row)) for row in rows]


def _entrywise(function: Callable[..., Number] | str, inside: Callable[..., bool] | None = None) -> Number:
    """The method that applies a function of numbers to columns, entry by entry.

    Args:
        function: of numbers; or the name of one of `multiprecision`, which is asked for it in each thread.
        inside: tells whether operands are in its domain. Elsewhere it has no value.
    """
    function_of = attrgetter(function) if isinstance(function, str) else None

    def applied(self: "Guarded", *operands: Number) -> Number:
        f: Callable[..., Number] = function if function_of is None else function_of(plain)  # type: ignore[assignment]
        if not any(isinstance(operand, Column) for operand in operands):
            if inside is not None and not inside(*operands):
                raise ArithmeticError(OUTSIDE)
            return f(*operands)
        rows = [*zip(*(x.entries if isinstance(x, Column) else repeat(x) for x in operands), strict=False)]
        if inside is not None and not all(inside(*row) for row in rows):
            raise ArithmeticError(OUTSIDE)
        return Column([f(*row) for row in rows])

    return applied


OUTSIDE = "outside the domain"


def _power(a: Number, b: Number) -> Number:
    if (a < 0 and b != int(b)) or (a == 0 and b < 0):
        raise ArithmeticError(OUTSIDE)
    if a != 0 and abs(b * mp.log(abs(a))) > _LARGEST_LOGARITHM:
        raise ArithmeticError("no float: and to work it out would take for ever")
    return plain.power(a, b)


def _logsumexp(*xs: Number) -> Number:
    largest = max(xs)
    return plain.logsumexp(*(max(x, largest - 1_000_000) for x in xs))


class Guarded(Multiprecision):
    """The number system. What has no real value raises ArithmeticError, and so does what is beyond the floats.

    The limits of derivatives at an edge (√'(0) = ∞) have no value here.

    Args:
        sides: where to note which way each choice went: 1, −1, or 0 for a tie.
        expected: which way the choices are to go. The first that goes another way raises ArithmeticError.
    """

    def __init__(self, sides: MutableSequence[int] | None = None, expected: Sequence[int] | None = None) -> None:
        self._sides = deque[int](maxlen=0) if sides is None else sides
        self._expected = expected

    exp = _entrywise("exp", lambda a: a < 710)
    expm1 = _entrywise("expm1", lambda a: a < 710)
    log = _entrywise("log", lambda a: a > 0)
    log1p = _entrywise("log1p", lambda a: a > -1)
    sqrt = _entrywise("sqrt", lambda a: a >= 0)
    sin = _entrywise("sin", lambda a: abs(a) < inf)
    cos = _entrywise("cos", lambda a: abs(a) < inf)
    tan = _entrywise("tan", lambda a: abs(a) < inf)
    asin = _entrywise("asin", lambda a: abs(a) <= 1)
    acos = _entrywise("acos", lambda a: abs(a) <= 1)
    atan = _entrywise("atan")
    sinh = _entrywise("sinh", lambda a: abs(a) < 711)
    cosh = _entrywise("cosh", lambda a: abs(a) < 711)
    asinh = _entrywise("asinh")
    acosh = _entrywise("acosh", lambda a: a >= 1)
    atanh = _entrywise("atanh", lambda a: abs(a) < 1)
    log2 = _entrywise("log2", lambda a: a > 0)
    log10 = _entrywise("log10", lambda a: a > 0)
    atan2 = _entrywise("atan2")
    hypot = _entrywise("hypot")
    xlogy = _entrywise("xlogy", lambda a, b: b > 0 or (a == 0 and b == 0))
    power = _entrywise(_power)
    # Beyond these, e to the −a differs from 0 only past every digit; the exact number would take for ever.
    sigmoid = _entrywise(lambda a: plain.sigmoid(a) if abs(a) < 1e6 else mp.mpf(a > 0))
    softplus = _entrywise(lambda a: plain.softplus(a) if abs(a) < 1e6 else max(a, mp.zero))
    tanh = _entrywise(lambda a: plain.tanh(a) if abs(a) < 1e6 else mp.sign(a))
    erf = _entrywise(lambda a: plain.erf(a) if abs(a) < 1e6 else mp.sign(a))
    erfc = _entrywise(lambda a: plain.erfc(a) if abs(a) < 1e6 else 1 - mp.sign(a))
    gaussian = _entrywise(lambda a: plain.gaussian(a) if abs(a) < 1e6 else mp.zero)
    logsumexp = _entrywise(_logsumexp)
    sum = _entrywise(lambda *xs: mp.fsum(xs))

    def choose(self, textbook: Callable[[], Number], accurate: Callable[[], Number]) -> Number:
        try:
            return textbook()
        except ZeroDivisionError:  # a/√(a² + b²) at (0, 0), where the table has a convention
            return accurate()

    def divide(self, a: Number, b: Number) -> Number:
        return (a if isinstance(a, Column) else mp.mpf(a)) / b

    # What chooses, or has a kink: written for one number, and right for a column that goes one way.

    def absolute(self, a: Number) -> Number:
        return abs(self._turn(a))

    def sign(self, a: Number) -> Number:
        return self._sign(a) if self._turn(a) != 0 else self.nothing

    _sign = _entrywise(lambda a: mp.sign(a))

    def cbrt(self, a: Number) -> Number:
        return self._cbrt(self._turn(a))

    _cbrt = _entrywise("cbrt")

    def floor(self, a: Number) -> Number:
        return self._on_one_level(self._floor(a))

    def ceil(self, a: Number) -> Number:
        return self._on_one_level(self._ceil(a))

    _floor, _ceil = _entrywise("floor"), _entrywise("ceil")

    def _on_one_level(self, whole: Number) -> Number:
        level = whole.entries[0] if isinstance(whole, Column) else whole
        if whole == level:  # a column of several levels is Apart
            self._note(int(level))
        return whole

    def step(self, a: Number) -> Number:
        return super().step(self._turn(a))

    def relu(self, a: Number) -> Number:
        return super().relu(self._turn(a))

    def maximum(self, a: Number, b: Number) -> Number:
        return a if self._turn(a - b) > 0 else b

    def minimum(self, a: Number, b: Number) -> Number:
        return a if self._turn(a - b) < 0 else b

    def less(self, a: Number, b: Number) -> Number:
        return super().less(self._turn(self._difference(a, b)), 0)

    def less_equal(self, a: Number, b: Number) -> Number:
        return super().less_equal(self._turn(self._difference(a, b)), 0)

    def equal(self, a: Number, b: Number) -> Number:
        return super().equal(self._turn(self._difference(a, b)), 0)

    def where(self, condition: Number, a: Number, b: Number) -> Number:
        true = bool(condition)
        self._note(1 if true else -1)
        return a if true else b

    def _difference(self, a: Number, b: Number) -> Number:
        return (a if isinstance(a, Column) else mp.mpf(a)) - b

    def _turn(self, a: Number) -> Number:
        self._note((a > 0) - (a < 0))
        return a

    def _note(self, side: int) -> None:
        if self._expected is not None:
            known = len(self._sides)
            if known == len(self._expected) or self._expected[known] != side:
                raise Apart("the choice goes another way")
        self._sides.append(side)


guarded = Guarded()
"""The one that notes nothing."""
