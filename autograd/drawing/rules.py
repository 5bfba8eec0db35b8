"""The table's local gradients in the names of a graph, and with its numbers: 1 - y ** 2 for y = tanh(n)."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from autograd import ops
from autograd.numbers import NumberSystem, function
from autograd.numbers.extended import extended


class Expression:
    """A formula that a rule computes with. The writers of `autograd.text` know it as a node.

    ``data`` is its number, and `is_operand` says whether it stands for a node of the graph.
    """

    __slots__ = ("data", "is_operand", "name", "op", "parents")

    def __init__(self, name: str | None, op: Any, parents: Any, data: float, *, is_operand: bool = False) -> None:
        self.name, self.op, self.parents, self.data, self.is_operand = name, op, parents, data, is_operand

    def __add__(self, other: Any) -> Any:
        return _applied(ops.add, self, other)

    def __radd__(self, other: Any) -> Any:
        return _applied(ops.add, other, self)

    def __sub__(self, other: Any) -> Any:
        return _applied(ops.subtract, self, other)

    def __rsub__(self, other: Any) -> Any:
        return _applied(ops.subtract, other, self)

    def __mul__(self, other: Any) -> Any:
        if self is other:
            return _applied(ops.power_by(2), self)
        return self if _is_number(other, 1) else _applied(ops.multiply, self, other)

    def __rmul__(self, other: Any) -> Any:
        if _is_number(other, -1):
            return -self
        return self if _is_number(other, 1) else _applied(ops.multiply, other, self)

    def __neg__(self) -> Any:
        return _applied(ops.negate, self)


def _is_number(thing: Any, number: float) -> bool:
    return not isinstance(thing, Expression) and bool(thing == number)


def _applied(operation: Any, *operands: Any) -> Any:
    """An operation of the table as an expression; of numbers alone it is a number."""
    data = [operand.data if isinstance(operand, Expression) else operand for operand in operands]
    value = operation.value(extended, *data)
    if not any(isinstance(operand, Expression) for operand in operands):
        return value
    parents = [
        operand if isinstance(operand, Expression) else Expression(None, None, (), float(operand))
        for operand in operands
    ]
    return Expression(None, operation, parents, float(value))


def _function(operation: Any) -> Any:
    return function(partial(_applied, operation))


class Expressions(NumberSystem):
    """Formulas as people write them, of the side of each condition that the numbers are on."""

    half = 0.5

    divide = _function(ops.divide)
    absolute = _function(ops.absolute)
    sign = _function(ops.sign)
    step = _function(ops.step)
    exp = _function(ops.exp)
    log = _function(ops.log)
    log1p = _function(ops.log1p)
    expm1 = _function(ops.expm1)
    sqrt = _function(ops.sqrt)
    sin = _function(ops.sin)
    cos = _function(ops.cos)
    tanh = _function(ops.tanh)
    sigmoid = _function(ops.sigmoid)
    relu = _function(ops.relu)
    softplus = _function(ops.softplus)
    maximum = _function(ops.maximum)
    minimum = _function(ops.minimum)
    less = _function(ops.less)
    less_equal = _function(ops.less_equal)
    equal = _function(ops.equal)
    sum = _function(ops.sum)
    prod = _function(ops.prod)
    logsumexp = _function(ops.logsumexp)

    def number(self, x: float) -> float:
        return x

    def power(self, a: Any, b: Any) -> Any:
        if isinstance(b, Expression) or not isinstance(a, Expression):
            return _applied(ops.power, a, b)
        return a if b == 1 else 1 if b == 0 else _applied(ops.power_by(b), a)

    def share(self, a: Any, b: Any) -> Any:
        return self.half * (1 + self.sign(a - b))

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        return a if (condition.data if isinstance(condition, Expression) else condition) else b


expressions = Expressions()


def local_gradients(node: Any, names: Mapping[Any, str], data: Mapping[Any, float]) -> tuple[Any, ...]:
    """∂node/∂operand for each operand, as an `Expression` or a number; none if the rule is no formula.

    Args:
        node: an operation of the graph.
        names: what nodes are called.
        data: what each node held.

    >>> from autograd import Value
    >>> from autograd.text import label
    >>> n = Value(0.5, "n")
    >>> y = n.tanh()
    >>> [slope] = local_gradients(y, {y: "y", n: "n"}, {y: y.data, n: n.data})
    >>> label(slope), slope.data == y.local_grads[0]
    ('1 - y ** 2', True)
    """

    def expression(node: Any) -> Expression:
        return Expression(names.get(node), node.op, node.parents, data[node], is_operand=True)

    try:
        slopes = node.op.local(expressions, expression(node), *map(expression, node.parents))
    except Exception:  # a user's operation may know floats only
        return ()
    return tuple(slopes)
