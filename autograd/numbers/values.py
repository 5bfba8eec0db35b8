"""Values as the number system: local gradients are recorded in their turn, so a gradient is a graph again.

Each function is the recorder of the operation of that name, computing in the extended reals: the gradient of √x at 0 is
a Value of ∞, where the user's own 1/0 is refused.
"""

from collections.abc import Callable
from functools import lru_cache, reduce
from itertools import repeat

from autograd import ops
from autograd.nodes import record_of
from autograd.numbers import Number, NumberSystem, accurate_form, function
from autograd.numbers.extended import extended
from autograd.operation import Operation
from autograd.recorder import EAGER, current
from autograd.value import Value


def _recorded(operation: Operation) -> Number:
    return function(record_of(operation, extended))


@lru_cache(maxsize=64)
def _power_by(exponent: float) -> Callable[[Number], Number]:
    return record_of(ops.power_by(exponent), extended)


class Values(NumberSystem):
    half = 0.5
    pi = extended.pi
    choose = function(accurate_form)

    divide = _recorded(ops.divide)
    absolute = _recorded(ops.absolute)
    _sign = _recorded(ops.sign)
    _step = _recorded(ops.step)
    exp = _recorded(ops.exp)
    log = _recorded(ops.log)
    log1p = _recorded(ops.log1p)
    expm1 = _recorded(ops.expm1)
    sqrt = _recorded(ops.sqrt)
    sin = _recorded(ops.sin)
    cos = _recorded(ops.cos)
    tan = _recorded(ops.tan)
    asin = _recorded(ops.asin)
    acos = _recorded(ops.acos)
    atan = _recorded(ops.atan)
    atan2 = _recorded(ops.atan2)
    sinh = _recorded(ops.sinh)
    cosh = _recorded(ops.cosh)
    tanh = _recorded(ops.tanh)
    sech2 = _recorded(ops.sech2)
    asinh = _recorded(ops.asinh)
    acosh = _recorded(ops.acosh)
    atanh = _recorded(ops.atanh)
    log2 = _recorded(ops.log2)
    log10 = _recorded(ops.log10)
    xlogy = _recorded(ops.xlogy)
    cbrt = _recorded(ops.cbrt)
    hypot = _recorded(ops.hypot)
    leg = _recorded(ops.leg)
    gaussian = _recorded(ops.gaussian)
    erf = _recorded(ops.erf)
    erfc = _recorded(ops.erfc)
    floor = _recorded(ops.floor)
    ceil = _recorded(ops.ceil)
    clip = _recorded(ops.clip)
    sigmoid = _recorded(ops.sigmoid)
    relu = _recorded(ops.relu)
    softplus = _recorded(ops.softplus)
    maximum = _recorded(ops.maximum)
    minimum = _recorded(ops.minimum)
    less = _recorded(ops.less)
    less_equal = _recorded(ops.less_equal)
    equal = _recorded(ops.equal)
    sum = _recorded(ops.sum)
    prod = _recorded(ops.prod)
    logsumexp = _recorded(ops.logsumexp)
    _power = _recorded(ops.power)
    _where = _recorded(ops.where)

    def number(self, x: float) -> float:
        return x

    def largest(self, *xs: Number) -> Number:
        if all(_has_number(x) for x in xs if isinstance(x, Value)):
            return extended.largest(*(x.data if isinstance(x, Value) else x for x in xs))
        return reduce(self.maximum, xs)  # by what is shifted by it, the derivatives cancel

    def power(self, a: Number, b: Number) -> Number:
        return self._power(a, b) if isinstance(b, Value) else _power_by(b)(a)

    def where(self, condition: Number, a: Number, b: Number) -> Number:
        """The branch that is taken: a graph of gradients stands for the side of each condition that it was made on.

        So the branch may be `nothing`: a node of value 0 would make NaN of 0 · ∞.
        """
        if isinstance(condition, Value):
            if not _has_number(condition):
                return self._where(condition, a, b)
            condition = condition.data
        return a if condition else b

    def decide(self, condition: Number, true: Callable[[], Number], false: Callable[[], Number]) -> Number:
        if not isinstance(condition, Value):
            return true() if condition else false()
        if not _has_number(condition):
            return tuple(map(self._where, repeat(condition), true(), false()))
        return true() if condition.data else false()

    def share(self, a: Number, b: Number) -> Number:
        if _has_number(a) and _has_number(b):
            return extended.share(a.data, b.data)
        return self.half * (1 + self.sign(a - b))

    def step(self, a: Number) -> Number:
        return self.nothing if _has_number(a) and extended.step(a.data) is self.nothing else self._step(a)

    def sign(self, a: Number) -> Number:
        return self.nothing if _has_number(a) and extended.sign(a.data) is self.nothing else self._sign(a)


def _has_number(value: Number) -> bool:
    """Whether it is a Value with a number: in a trace a placeholder has none, nor has what depends on parameters. These
    are on both sides of a condition."""
    return hasattr(value, "_scalar") and ((now := current.get()) is EAGER or now.may_read(value))


values = Values()
