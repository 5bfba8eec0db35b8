"""Formulas as people write them, in the names of a graph, and with its numbers: 1 - y ** 2 for y = tanh(n)."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from autograd import ops
from autograd.numbers import Number, NumberSystem, function
from autograd.numbers.extended import extended
from autograd.operation import Operation
from autograd.untyped import Anything


class FormulaNode:
    """A formula that a rule computes with. The writers of `autograd.text` know it as a node.

    Args:
        op, parents: of an operation.
        name: of a node of the graph, if it has one.
        data: the number of a node of the graph, or of a constant; see `number_of` for others.
        is_operand: whether it stands for a node of the graph.
    """

    __slots__ = ("data", "is_operand", "name", "op", "parents")

    def __init__(
        self,
        op: Operation | None,
        parents: Sequence[Number],
        name: str | None = None,
        data: float | None = None,
        *,
        is_operand: bool = False,
    ) -> None:
        self.op, self.parents, self.name, self.data, self.is_operand = op, parents, name, data, is_operand

    def __add__(self, other: Number) -> Number:
        return _applied(ops.add, self, other)

    def __radd__(self, other: Number) -> Number:
        return _applied(ops.add, other, self)

    def __sub__(self, other: Number) -> Number:
        return _applied(ops.subtract, self, other)

    def __rsub__(self, other: Number) -> Number:
        return _applied(ops.subtract, other, self)

    def __mul__(self, other: Number) -> Number:
        if self is other:
            return _applied(ops.power_by(2), self)
        return self if _is_number(other, 1) else _applied(ops.multiply, self, other)

    def __rmul__(self, other: Number) -> Number:
        if _is_number(other, -1):
            return -self
        return self if _is_number(other, 1) else _applied(ops.multiply, other, self)

    def __neg__(self) -> Number:
        return _applied(ops.negate, self)


def number_of(formula: Number) -> Number:
    """The number of an expression, computed in floats; that of a number is itself."""
    if not isinstance(formula, FormulaNode):
        return formula
    if formula.op is None or formula.data is not None:
        return formula.data
    return formula.op.value(extended, *map(number_of, formula.parents))


def _is_number(thing: Number, number: float) -> bool:
    return not isinstance(thing, FormulaNode) and bool(thing == number)


def _applied(operation: Operation, *operands: Number) -> Number:
    """An operation of the table as an expression; of numbers alone it is a number."""
    if not any(isinstance(operand, FormulaNode) for operand in operands):
        return operation.value(extended, *operands)
    parents = [
        operand if isinstance(operand, FormulaNode) else FormulaNode(None, (), data=float(operand))
        for operand in operands
    ]
    return FormulaNode(operation, parents)


def _function(operation: Operation) -> Number:
    return function(partial(_applied, operation))


class Expressions(NumberSystem):
    """The number system; of a choice a formula has the side that the numbers are on.

    It is made anew for each rule, for it notes what the rule asked.
    """

    half = 0.5
    pi = extended.pi
    chose = False
    """Whether there was another form, which floats compute."""

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
    tan = _function(ops.tan)
    asin = _function(ops.asin)
    acos = _function(ops.acos)
    atan = _function(ops.atan)
    atan2 = _function(ops.atan2)
    sinh = _function(ops.sinh)
    cosh = _function(ops.cosh)
    tanh = _function(ops.tanh)
    sech2 = _function(ops.sech2)
    asinh = _function(ops.asinh)
    acosh = _function(ops.acosh)
    atanh = _function(ops.atanh)
    log2 = _function(ops.log2)
    log10 = _function(ops.log10)
    xlogy = _function(ops.xlogy)
    cbrt = _function(ops.cbrt)
    hypot = _function(ops.hypot)
    leg = _function(ops.leg)
    gaussian = _function(ops.gaussian)
    erf = _function(ops.erf)
    erfc = _function(ops.erfc)
    floor = _function(ops.floor)
    ceil = _function(ops.ceil)
    clip = _function(ops.clip)
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

    def choose(self, textbook: Callable[[], Number], accurate: Callable[[], Number]) -> Number:
        self.chose = True
        return textbook()

    def power(self, a: Number, b: Number) -> Number:
        if isinstance(b, FormulaNode) or not isinstance(a, FormulaNode):
            return _applied(ops.power, a, b)
        return a if b == 1 else 1 if b == 0 else _applied(ops.power_by(b), a)

    def share(self, a: Number, b: Number) -> Number:
        return self.half * (1 + self.sign(a - b))

    def where(self, condition: Number, a: Number, b: Number) -> Number:
        return a if number_of(condition) else b


def local_gradients(
    node: Anything, names: Mapping[Number, str], data: Mapping[Number, float]
) -> tuple[tuple[Number, ...], bool]:
    """∂node/∂operand for each operand, as a `FormulaNode` or a number; and whether floats compute it in this form.

    There is none if the rule computes in floats alone.

    Args:
        node: an operation of the graph.
        names: what nodes are called.
        data: what each node held.

    >>> from autograd import Value
    >>> from autograd.text import label
    >>> n = Value(0.5, "n")
    >>> y = n.tanh()
    >>> [slope], as_computed = local_gradients(y, {y: "y", n: "n"}, {y: y.data, n: n.data})
    >>> label(slope), as_computed
    ('1 - y ** 2', False)
    """

    def expression(node: Anything) -> FormulaNode:
        return FormulaNode(node.op, node.parents, names.get(node), data[node], is_operand=True)

    m = Expressions()
    try:
        return tuple(node.op.local(m, expression(node), *map(expression, node.parents))), not m.chose
    except Exception:  # a user's operation may know floats only
        return (), True
