"""Dual numbers, for forward mode: a + bε with ε² = 0, where b is how fast a changes.

An operation of them is one of the table, computed in the system that their two numbers belong to: f(a + bε) is
f(a) + f'(a) b ε. (W. K. Clifford, "Preliminary sketch of biquaternions", 1873.)
"""

from collections.abc import Callable

from autograd import ops
from autograd.graph import passes
from autograd.numbers import Number, NumberSystem, accurate_form, function
from autograd.operation import Operation


def _of(operation: Operation) -> Number:
    """The function of a number system that an operation of the table is."""

    def applied(self: "Duals", *operands: Number) -> Number:
        return self.applied(operation, *operands)

    return applied


def _method(operation: Operation) -> Number:
    def method(self: "Dual", *others: Number) -> Number:
        return self.m.applied(operation, self, *others)

    return method


def _reflected(operation: Operation) -> Number:
    def method(self: "Dual", other: Number) -> Number:
        return self.m.applied(operation, other, self)

    return method


class Dual:
    """A number, and how fast it changes. What does not change is a plain number of the base.

    >>> from autograd.numbers.extended import extended
    >>> m = Duals(extended)
    >>> square = Dual(3.0, 1.0, m) * Dual(3.0, 1.0, m)
    >>> square.primal, square.tangent
    (9.0, 6.0)
    """

    __slots__ = ("m", "primal", "tangent")

    def __init__(self, primal: Number, tangent: Number, m: "Duals") -> None:
        self.primal, self.tangent, self.m = primal, tangent, m

    __add__, __radd__ = _method(ops.add), _reflected(ops.add)
    __sub__, __rsub__ = _method(ops.subtract), _reflected(ops.subtract)
    __mul__, __rmul__ = _method(ops.multiply), _reflected(ops.multiply)
    __neg__ = _method(ops.negate)


class Duals(NumberSystem):
    """The number system.

    Args:
        base: that of the two numbers: `extended`, or `values` for derivatives that are graphs.
    """

    def __init__(self, base: Number) -> None:
        self.base = base
        self.half, self.pi = base.half, base.pi

    def applied(self, operation: Operation, *operands: Number) -> Number:
        """The operation of the operands."""
        return self.pushed(operation, operation.value(self.base, *map(_primal, operands)), operands)

    def pushed(self, operation: Operation, y: Number, operands: Number) -> Number:
        """The dual number of y, the value of the operation: it changes by Σ ∂y/∂operand · tangent."""
        parts = [
            local if type(x.tangent) is int and x.tangent == 1 else local * x.tangent
            for x, local in zip(operands, operation.local(self.base, y, *map(_primal, operands)), strict=True)
            if isinstance(x, Dual) and passes(local)
        ]
        if not parts:
            return y
        return Dual(y, parts[0] if len(parts) == 1 else self.base.sum(*parts), self)

    def number(self, x: float) -> Number:
        return self.base.number(x)

    def decide(self, condition: Number, true: Callable[[], Number], false: Callable[[], Number]) -> Number:
        return self.base.decide(_primal(condition), true, false)

    def share(self, a: Number, b: Number) -> Number:
        return self.base.share(_primal(a), _primal(b))

    def largest(self, *xs: Number) -> Number:
        return self.base.largest(*map(_primal, xs))

    def power(self, a: Number, b: Number) -> Number:
        plain = isinstance(b, int | float)
        return self.applied(ops.power_by(b), a) if plain else self.applied(ops.power, a, b)

    choose = function(accurate_form)
    divide = _of(ops.divide)
    absolute = _of(ops.absolute)
    sign = _of(ops.sign)
    step = _of(ops.step)
    exp = _of(ops.exp)
    log = _of(ops.log)
    log1p = _of(ops.log1p)
    expm1 = _of(ops.expm1)
    log2 = _of(ops.log2)
    log10 = _of(ops.log10)
    xlogy = _of(ops.xlogy)
    sqrt = _of(ops.sqrt)
    cbrt = _of(ops.cbrt)
    hypot = _of(ops.hypot)
    leg = _of(ops.leg)
    sin = _of(ops.sin)
    cos = _of(ops.cos)
    tan = _of(ops.tan)
    asin = _of(ops.asin)
    acos = _of(ops.acos)
    atan = _of(ops.atan)
    atan2 = _of(ops.atan2)
    sinh = _of(ops.sinh)
    cosh = _of(ops.cosh)
    tanh = _of(ops.tanh)
    sech2 = _of(ops.sech2)
    asinh = _of(ops.asinh)
    acosh = _of(ops.acosh)
    atanh = _of(ops.atanh)
    gaussian = _of(ops.gaussian)
    erf = _of(ops.erf)
    erfc = _of(ops.erfc)
    sigmoid = _of(ops.sigmoid)
    relu = _of(ops.relu)
    softplus = _of(ops.softplus)
    floor = _of(ops.floor)
    ceil = _of(ops.ceil)
    clip = _of(ops.clip)
    maximum = _of(ops.maximum)
    minimum = _of(ops.minimum)
    where = _of(ops.where)
    less = _of(ops.less)
    less_equal = _of(ops.less_equal)
    equal = _of(ops.equal)
    sum = _of(ops.sum)
    prod = _of(ops.prod)
    logsumexp = _of(ops.logsumexp)


def _primal(x: Number) -> Number:
    return x.primal if isinstance(x, Dual) else x
