"""Value: a number that remembers how it was computed, and backpropagation over what it remembers."""

from collections.abc import Callable
from contextvars import ContextVar
from math import isfinite
from typing import Any, ClassVar

from autograd import copying, ops
from autograd.errors import checked_gradients, real_number, real_value, refuse
from autograd.graph import NOTHING, topological_order
from autograd.numbers.extended import extended
from autograd.numbers.floats import floats
from autograd.ops import Operation
from autograd.recorder import pauses
from autograd.text import visible

# Recording


def recorder(operation: Operation, m: Any = floats) -> Callable[..., Any]:
    """The function that computes `operation` in the floats `m` and records a node if an operand is a Value.

    There is one recorder for each arity, because ``record(*operands)`` alone would double the cost of ``a * b``.
    """
    value, local, is_condition, new = operation.value, operation.local, operation.condition, object.__new__
    role = f"an operand of {visible(operation.name)}"
    of_the_user = operation.__module__ != ops.__name__  # the rules of the table need not be checked at every node

    def node(data: float, parents: "tuple[Value, ...]", local_grads: tuple[float, ...]) -> "Value":
        if of_the_user:
            checked_gradients(operation, local_grads, len(parents))
        self = new(Condition if is_condition else Value)
        self._scalar = data
        self.grad = None
        self.name = None
        self.op = operation
        self.parents = parents
        self.local_grads = local_grads
        self.constant = False
        self.written = _writes
        return self

    def record_one(a: Any) -> Any:
        if type(a) is not Value:
            if not isinstance(a, Value):
                return compute(a)
            if a.takes_over is not None:
                return a.takes_over(operation, (a,))
        x = a._scalar
        try:
            data = value(m, x)
            if type(data) is not float:
                data = real_value(data, operation)
            if pauses.get():
                return Condition(data) if is_condition else Value(data)
            return node(data, (a,), local(extended, data, x))
        except (ValueError, ArithmeticError) as error:
            refuse(operation, (a,), error)

    def record_two(a: Any, b: Any) -> Any:
        if type(b) is not Value or type(a) is not Value:
            if not isinstance(b, Value):
                if not isinstance(a, Value):
                    return compute(a, b)
                b = constant(b, role)
            elif not isinstance(a, Value):
                a = constant(a, role)
            if take_over := a.takes_over or b.takes_over:
                return take_over(operation, (a, b))
        x, y = a._scalar, b._scalar
        try:
            data = value(m, x, y)
            if type(data) is not float:
                data = real_value(data, operation)
            if pauses.get():
                return Condition(data) if is_condition else Value(data)
            return node(data, (a, b), local(extended, data, x, y))
        except (ValueError, ArithmeticError) as error:
            refuse(operation, (a, b), error)

    def record_many(*operands: Any) -> Any:
        if operation.arity not in (None, len(operands)):
            raise TypeError(f"{visible(operation.name)} takes {operation.arity} operands, not {len(operands)}")
        if not operands:
            return compute()
        try:
            numbers = [x._scalar for x in operands]
        except AttributeError:
            if not any(isinstance(x, Value) for x in operands):
                return compute(*operands)
            operands = tuple(x if isinstance(x, Value) else constant(x, role) for x in operands)
            if take_over := next(filter(None, (x.takes_over for x in operands)), None):
                return take_over(operation, operands)
            numbers = [x._scalar for x in operands]
        try:
            data = value(m, *numbers)
            if type(data) is not float:
                data = real_value(data, operation)
            if pauses.get():
                return Condition(data) if is_condition else Value(data)
            return node(data, operands, local(extended, data, *numbers))
        except (ValueError, ArithmeticError) as error:
            refuse(operation, operands, error)

    def compute(*operands: Any) -> float:
        numbers = [real_number(operand, role) for operand in operands]
        try:
            return real_value(value(m, *numbers), operation)
        except (ValueError, ArithmeticError) as error:
            refuse(operation, numbers, error)

    record: Any = {1: record_one, 2: record_two}.get(operation.arity or 0, record_many)
    record.__name__ = record.__qualname__ = operation.name
    record.__doc__ = operation.__doc__
    return record


Operation.engine = recorder

asking: ContextVar[Callable[["Value", str], None] | None] = ContextVar("asking", default=None)
"""Told of every Value whose number the program asks for, and how: `vectorize` refuses what a graph cannot show."""

_writes = 0
"""How often the data of some Value has been written to. A node notes the count when it is recorded, and a Value when it
is written, so that a graph can tell (and name) a leaf that no longer holds what it was computed from."""


def _unary(operation: Operation) -> Callable[["Value"], "Value"]:
    return operation.record


def _binary(operation: Operation) -> Callable[["Value", "Value | float"], "Value"]:
    return operation.record


def _reflected(operation: Operation) -> Callable[["Value", float], "Value"]:
    record = operation.record
    return lambda b, a: record(a, b)


def _comparison(operation: Operation) -> Callable[["Value", "Value | float"], "Condition"]:
    return operation.record


def _power(a: "Value", exponent: "Value | float") -> "Value":
    """a ** exponent; a plain number as the exponent makes an operation of its own (see `autograd.ops.power_by`)."""
    if isinstance(exponent, Value):
        return ops.power.record(a, exponent)
    return ops.power_by(real_number(exponent, "an exponent")).record(a)


# The class


class Value:
    """A scalar in a computation graph: its number, the operation and operands that gave it, and its gradient.

    Arithmetic on Values, and on Values and plain numbers, records a node with its local gradients; `backward` then
    gives every node it was computed from the derivative of the result in `grad`.

    Args:
        data: a real number: int, float, bool, Fraction or NumPy scalar; held as a float.
        name: what graphs, formulas and reports call it.

    Raises:
        TypeError: if `data` is no real number: a string, None, complex, a list, an array.

    Equality and hash are identity; comparisons with ``< <= > >=`` give a `Condition`.

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> y = a * b + a
    >>> y.backward()
    >>> y.data, a.grad, b.grad
    (-4.0, -2.0, 2.0)
    """

    __slots__ = ("_scalar", "constant", "grad", "local_grads", "name", "op", "parents", "written")

    # NumPy must not spread itself over a Value: with this, np.float64(2) * v asks Value.__rmul__, and so does an array.
    __array_ufunc__ = None

    takes_over: ClassVar[Any] = None
    """What a subclass sets to record operations on its instances itself, as the placeholders of `vectorize` do."""

    grad: float | None
    """∂output/∂self of the last `backward` (summed over calls, for a leaf); None until a backward reaches it."""
    name: str | None
    """What graphs, formulas and reports call it."""
    op: Operation | None
    """The operation that gave it; None for a leaf."""
    parents: tuple["Value", ...]
    """The operands, in order; ``a + a`` has two. Empty for a leaf."""
    local_grads: tuple[float, ...]
    """∂self/∂parent for each parent, computed when the node was recorded."""
    constant: bool
    """Whether it was made of a plain number that met a Value, as the 2 in ``2 * x``."""
    written: int
    """When its data was last set, in writes to any Value: see `autograd.graph.changed_operand`."""

    def __init__(self, data: float, name: str | None = None) -> None:
        if name is not None and not isinstance(name, str):
            raise TypeError(f"the name of a Value is a string, not {name!r}")
        self._scalar = data if type(data) is float else real_number(data, "the data of a Value")
        self.grad = None
        self.name = name
        self.op = None
        self.parents = ()
        self.local_grads = ()
        self.constant = False
        self.written = _writes

    __deepcopy__ = copying.deepcopy
    __reduce_ex__ = copying.reduce

    def __setstate__(self, state: tuple[object, dict[str, Any]]) -> None:
        """Restore a pickle or a copy. A later write must count as later, in the process that reads the pickle too."""
        global _writes
        for slot, content in state[1].items():
            setattr(self, slot, content)
        _writes = max(_writes, self.written)

    @property
    def data(self) -> float:
        """The number. On a leaf it may be set, as an optimizer does; what was recorded from it stays as it was.

        Raises:
            ValueError: when set on a computed node, which would no longer be what its operation gives.
        """
        if asked := asking.get():
            asked(self, "reading .data")
        return self._scalar

    @data.setter
    def data(self, data: float) -> None:
        global _writes
        if self.op is not None:
            raise ValueError(
                f"{self!r} was computed ({self.op}): its data cannot be set; compute it anew, or detach() a leaf"
            )
        self._scalar = data if type(data) is float else real_number(data, "the data of a Value")
        _writes += 1
        self.written = _writes

    def backward(self, seed: float = 1.0) -> None:
        """Give every node that self was computed from its gradient: ``node.grad = seed · ∂self/∂node``.

        Nodes are taken in reverse topological order; each passes its upstream gradient times a local gradient to every
        parent, and gradients add at branches, as the multivariate chain rule asks. The local gradients are those that
        were recorded, whatever happened to any ``data`` since. Leaves add the new gradient to the one they have (so two
        losses give the gradient of their sum), inner nodes start anew.

        Raises:
            TypeError: if `seed` is no real number.
        """
        seed = real_number(seed, "the seed of backward")
        order = topological_order(self)
        for node in order:
            if node.parents:
                node.grad = NOTHING
            elif node.grad is None:
                node.grad = 0.0
        self.grad = self.grad + seed if self.grad else seed
        for node in reversed(order):
            upstream = node.grad
            if upstream is NOTHING:
                node.grad = 0.0
                continue
            if upstream == 0 and isfinite(sum(node.local_grads)):
                # 0 times a number adds nothing: the weights of a relu that is off need not be visited.
                continue
            for parent, local in zip(node.parents, node.local_grads):  # noqa: B905  (as long: the recorder saw to it)
                if local is not NOTHING:
                    parent.grad += upstream * local

    def detach(self) -> "Value":
        """A new leaf with the same data and name: gradients stop here."""
        return Value(self._scalar, self.name)

    __add__ = _binary(ops.add)
    __radd__ = _reflected(ops.add)
    __sub__ = _binary(ops.subtract)
    __rsub__ = _reflected(ops.subtract)
    __mul__ = _binary(ops.multiply)
    __rmul__ = _reflected(ops.multiply)
    __truediv__ = _binary(ops.divide)
    __rtruediv__ = _reflected(ops.divide)
    __pow__ = _power
    __rpow__ = _reflected(ops.power)
    __neg__ = _unary(ops.negate)
    __abs__ = abs = _unary(ops.absolute)

    def __pos__(self) -> "Value":
        return self

    __lt__ = _comparison(ops.less)
    __le__ = _comparison(ops.less_equal)
    __gt__ = _comparison(ops.greater)
    __ge__ = _comparison(ops.greater_equal)

    exp = _unary(ops.exp)
    log = _unary(ops.log)
    log1p = _unary(ops.log1p)
    expm1 = _unary(ops.expm1)
    sqrt = _unary(ops.sqrt)
    sin = _unary(ops.sin)
    cos = _unary(ops.cos)
    tanh = _unary(ops.tanh)
    sigmoid = _unary(ops.sigmoid)
    relu = _unary(ops.relu)
    softplus = _unary(ops.softplus)
    maximum = _binary(ops.maximum)
    minimum = _binary(ops.minimum)

    def __repr__(self) -> str:
        name = f", name={self.name!r}" if self.name is not None else ""
        return f"Value(data={self._scalar}, grad={self.grad}{name})"

    def __format__(self, specification: str) -> str:
        return format(self._scalar, specification) if specification else str(self)

    def __float__(self) -> float:
        raise TypeError(
            f"float() of {self!r} would drop its gradient without a word (math functions call it too): "
            "use the functions of autograd, as in autograd.exp(v), or v.data if only the number is wanted"
        )

    __int__ = __float__
    __complex__ = __float__

    def __bool__(self) -> bool:
        raise TypeError(
            f"the truth of {self!r} is ambiguous: compare it, as in v > 0, or ask v.data != 0, or v is not None"
        )


class Condition(Value):
    """A recorded comparison: the Value 1 where it holds, else 0; true or false in an ``if``; what `where` takes.

    Combine conditions with ``&``, ``|`` and ``~``. No gradient passes through one.

    >>> x = Value(2.0)
    >>> x > 1
    Condition(True)
    >>> bool((x > 1) & (x < 2))
    False
    """

    __slots__ = ()

    __and__ = _comparison(ops.both)
    __rand__ = _reflected(ops.both)
    __or__ = _comparison(ops.either)
    __ror__ = _reflected(ops.either)
    __invert__: Callable[["Condition"], "Condition"] = ops.opposite.record

    def __bool__(self) -> bool:
        if asked := asking.get():
            asked(self, "a decision (if, and, or, not, max, sorted)")
        return self._scalar != 0

    def __float__(self) -> float:
        raise TypeError(
            f"{self!r} is a truth, to be asked for with bool(c) or computed with as a Value, as in c * x and "
            "where(c, a, b); c.data is its number, 1.0 or 0.0"
        )

    __int__ = __float__
    __complex__ = __float__

    def __repr__(self) -> str:
        return f"Condition({self._scalar != 0})"


def constant(number: Any, role: str = "a constant") -> Value:
    """A leaf that stands for a plain number; a TypeError that names the `role` if it is none."""
    leaf = Value(number if type(number) is float else real_number(number, role))
    leaf.constant = True
    return leaf
