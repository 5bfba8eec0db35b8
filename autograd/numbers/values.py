"""Values as the number system: local gradients are recorded in their turn, so a gradient is a graph again.

Each function is the recorder of the operation of that name, computing in the extended reals: the gradient of √x at 0 is
a Value of ∞, where the user's own 1/0 is refused.
"""

from collections.abc import Callable
from typing import Any

from autograd import ops
from autograd.numbers import NumberSystem, function
from autograd.numbers.extended import extended
from autograd.operation import Operation
from autograd.recorder import record_of
from autograd.value import Value


def _recorded(operation: Operation) -> Any:
    return function(record_of(operation, extended))


class Values(NumberSystem):
    half = 0.5

    divide = _recorded(ops.divide)
    absolute = _recorded(ops.absolute)
    sign = _recorded(ops.sign)
    step = _recorded(ops.step)
    exp = _recorded(ops.exp)
    log = _recorded(ops.log)
    log1p = _recorded(ops.log1p)
    expm1 = _recorded(ops.expm1)
    sqrt = _recorded(ops.sqrt)
    sin = _recorded(ops.sin)
    cos = _recorded(ops.cos)
    tanh = _recorded(ops.tanh)
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

    def choose(self, textbook: Callable[[], Any], accurate: Callable[[], Any]) -> Any:
        return accurate()

    def largest(self, *xs: Any) -> float:
        return extended.largest(*(x.data if isinstance(x, Value) else x for x in xs))

    def power(self, a: Any, b: Any) -> Any:
        return self._power(a, b) if isinstance(b, Value) else record_of(ops.power_by(b), extended)(a)

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        """As a local gradient, ``where(condition, 1, 0)`` is the 1 or the 0 itself.

        The integer 0 says that no gradient passes to the branch not taken; a node of value 0 would make NaN of 0 · ∞
        there. So a graph of gradients stands for the side of the condition that it was taken on.
        """
        plain = not isinstance(a, Value) and not isinstance(b, Value)
        if plain and not isinstance(condition, Value):
            return extended.where(condition, a, b)
        if plain and hasattr(condition, "_scalar"):  # a placeholder has none: it is on either side
            return extended.where(condition.data, a, b)
        return self._where(condition, a, b)


values = Values()
