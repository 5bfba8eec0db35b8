"""Mpmath's numbers within the domains and the range of floats: one at a time, or a column of several at once.

A graph that is looked at from five points is computed once, with columns of five numbers. Its rules are written for one
number, so a choice that they make (``a if a > 0 else b``) must go the same way for all five: where it does not, the
column is refused, and the points are computed one by one.
"""

import operator
from collections import deque
from collections.abc import Callable, Iterable, MutableSequence, Sequence
from itertools import repeat
from typing import Any

from mpmath import mp

from autograd.numbers import Number
from autograd.numbers.multiprecision import Multiprecision
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


def _comparison(test: Callable[[Number, Number], bool]) -> Any:
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


def _entrywise(function: Callable[..., Number]) -> Any:
    """The method that applies a function of numbers to columns, entry by entry."""

    def applied(self: "Guarded", *operands: Number) -> Number:
        if not any(isinstance(operand, Column) for operand in operands):
            return function(*operands)
        rows = zip(*(x.entries if isinstance(x, Column) else repeat(x) for x in operands), strict=False)
        return Column([function(*row) for row in rows])

    return applied


def _within(function: Callable[..., Number], inside: Callable[..., bool]) -> Any:
    """The method for a function that has a value only inside its domain."""

    def guarded(*operands: Number) -> Number:
        if not inside(*operands):
            raise ArithmeticError("outside the domain")
        return function(*operands)

    return _entrywise(guarded)


def _power(a: Number, b: Number) -> Number:
    if (a < 0 and b != int(b)) or (a == 0 and b < 0):
        raise ArithmeticError("outside the domain")
    if a != 0 and abs(b * mp.log(abs(a))) > _LARGEST_LOGARITHM:
        raise ArithmeticError("no float: and to work it out would take for ever")
    return mp.power(a, b)


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
        super().__init__()
        self._sides = deque[int](maxlen=0) if sides is None else sides
        self._expected = expected

    exp = _within(mp.exp, lambda a: a < 710)
    expm1 = _within(mp.expm1, lambda a: a < 710)
    log = _within(mp.log, lambda a: a > 0)
    log1p = _within(mp.log1p, lambda a: a > -1)
    sqrt = _within(mp.sqrt, lambda a: a >= 0)
    sin = _within(mp.sin, lambda a: abs(a) < mp.inf)
    cos = _within(mp.cos, lambda a: abs(a) < mp.inf)
    tan = _within(mp.tan, lambda a: abs(a) < mp.inf)
    asin = _within(mp.asin, lambda a: abs(a) <= 1)
    acos = _within(mp.acos, lambda a: abs(a) <= 1)
    atan = _entrywise(mp.atan)
    sinh = _within(mp.sinh, lambda a: abs(a) < 711)
    cosh = _within(mp.cosh, lambda a: abs(a) < 711)
    asinh = _entrywise(mp.asinh)
    acosh = _within(mp.acosh, lambda a: a >= 1)
    atanh = _within(mp.atanh, lambda a: abs(a) < 1)
    log2 = _within(plain.log2, lambda a: a > 0)
    log10 = _within(plain.log10, lambda a: a > 0)
    atan2 = _entrywise(mp.atan2)
    hypot = _entrywise(mp.hypot)
    xlogy = _within(plain.xlogy, lambda a, b: b > 0 or (a == 0 and b == 0))
    power = _entrywise(_power)
    # Beyond these, e to the −a differs from 0 only past every digit; the exact number would take for ever.
    sigmoid = _entrywise(lambda a: plain.sigmoid(a) if abs(a) < 1e6 else mp.mpf(a > 0))
    softplus = _entrywise(lambda a: plain.softplus(a) if abs(a) < 1e6 else max(a, mp.zero))
    tanh = _entrywise(lambda a: mp.tanh(a) if abs(a) < 1e6 else mp.sign(a))
    erf = _entrywise(lambda a: mp.erf(a) if abs(a) < 1e6 else mp.sign(a))
    erfc = _entrywise(lambda a: mp.erfc(a) if abs(a) < 1e6 else 1 - mp.sign(a))
    gaussian = _entrywise(lambda a: plain.gaussian(a) if abs(a) < 1e6 else mp.zero)
    logsumexp = _entrywise(_logsumexp)
    sum, prod = _entrywise(plain.sum), _entrywise(plain.prod)

    def divide(self, a: Number, b: Number) -> Number:
        return (a if isinstance(a, Column) else mp.mpf(a)) / b

    # What chooses, or has a kink: written for one number, and right for a column that goes one way.

    def absolute(self, a: Number) -> Number:
        return abs(self._turn(a))

    def sign(self, a: Number) -> Number:
        return self._sign(a) if self._turn(a) != 0 else self.nothing

    _sign = _entrywise(mp.sign)

    def cbrt(self, a: Number) -> Number:
        return self._cbrt(self._turn(a))

    _cbrt = _entrywise(plain.cbrt)

    def floor(self, a: Number) -> Number:
        return self._on_one_level(self._floor(a))

    def ceil(self, a: Number) -> Number:
        return self._on_one_level(self._ceil(a))

    _floor, _ceil = _entrywise(mp.floor), _entrywise(mp.ceil)

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
