"""How an operation becomes a node of the graph."""

import linecache
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Protocol, overload

from autograd.errors import checked_gradients, is_real, real_number, real_value, refuse
from autograd.graph import passes
from autograd.numbers import NOTHING
from autograd.numbers.extended import extended
from autograd.numbers.floats import floats
from autograd.recorder import EAGER, current
from autograd.text import visible
from autograd.untyped import AnyFunction, Anything, Real

if TYPE_CHECKING:
    from autograd.condition import Condition
    from autograd.operation import Operation
    from autograd.value import Value
else:
    Condition = Value = object  # until `autograd.condition`, which stands on this module, says what nodes are

writes = 0
"""How often the data of some Value has been written to. A node notes the count when it is recorded, and a Value when it
is written, so that a graph can tell (and name) a leaf that no longer holds what it was computed from."""

FIELDS = ("_grad", "_name", "_scalar", "constant", "line", "local_grads", "op", "parents", "written")
"""What a node holds. What somebody sets as its grad, name or data is looked at first: see `autograd.advice.advised`."""

_NODE = """
def for_operation(operation, value, local, m, role, others):
    new = object.__new__

    def record({operands}):
        {begin}
        try:
            data = value(m, {numbers})
            if type(data) is not float:
                data = real_value(data, operation)
            if (now := current.get()) is not EAGER and now.paused:
                return {kind}(data)
            local_grads = local(extended, data, {numbers})
            if not operation.in_the_table:
                local_grads = of_the_user(operation, local_grads, len({parents}))
        except (ValueError, ArithmeticError) as error:
            refuse(operation, {parents}, error)
        node = new({kind})
        node._scalar = data
        node._grad = None
        node._name = None
        node.op = operation
        node.parents = {parents}
        node.local_grads = local_grads
        node.constant = False
        node.written = writes
        if now is not EAGER:
            now.recorded(node)
        return node

    return record
"""
"""How a node is made, as text in which the operands are spelled out: ``*operands`` would need no text, and cost more at
each node. ``{begin}`` is one of the texts below: it takes the numbers of operands that are nodes, and leaves the others
to `others`."""

_ONE = """
        if type(a) is not Value:
            return others(a)
        x = a._scalar"""
_TWO = """
        if type(a) is not Value or type(b) is not Value:
            if type(a) is Value and not isinstance(b, Value):
                b = constant(b, role)
            elif type(b) is Value and not isinstance(a, Value):
                a = constant(a, role)
            else:
                return others(a, b)
        x, y = a._scalar, b._scalar"""
_MANY = """
        if {count} or current.get() is not EAGER:
            return others(*operands)
        try:
            numbers = [x._scalar for x in operands]
        except AttributeError:  # a plain number among them
            return others(*operands)"""
_OF_NODES = "numbers = [x._scalar for x in operands]"  # which are nodes already

_numbers = count(1)


@cache
def _for_operation(begin: str, operands: str, numbers: str, kind: str) -> Callable[..., AnyFunction]:
    """The function that `_NODE` gives, filled in."""
    parents = operands[1:] if operands[0] == "*" else f"({operands},)"
    text = _NODE.format(begin=begin.lstrip(), operands=operands, numbers=numbers, parents=parents, kind=kind)
    file = f"<autograd/nodes.py: a {kind} of {operands}, {next(_numbers)}>"
    linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file  # for tracebacks and debuggers
    defined: dict[str, Anything] = {}
    exec(compile(text, file, "exec"), globals(), defined)
    made: Callable[..., AnyFunction] = defined["for_operation"]
    return made


def of_the_user(operation: "Operation", local_grads: tuple[float, ...], count: int) -> tuple[float, ...]:
    """The local gradients that a user's rule gave, if they are such; its integer 0 says that nothing passes."""
    found = checked_gradients(operation, local_grads, count)
    return tuple(x if passes(x) else NOTHING for x in found) if 0 in found else found


def record_of(operation: "Operation", m: Anything = floats) -> AnyFunction:
    """The function that applies an operation: to numbers it gives a number; if one is a Value, a node.

    The value is computed in the number system `m`, the local gradients in the extended reals.
    """
    value, arity = operation.value, operation.arity
    role = f"an operand of {visible(operation.name)}"
    kind = "Condition" if operation.condition else "Value"

    def others(*operands: Anything) -> Anything:
        """For what the text leaves: numbers alone, numbers among nodes, Conditions, and what a trace takes."""
        if arity is not None and len(operands) != arity:
            raise TypeError(f"{visible(operation.name)} takes {arity} operands, not {len(operands)}")
        now = current.get()
        if now is not EAGER and (taken := now.take(operation, operands)) is not None:
            return taken
        if any(isinstance(x, Value) for x in operands):
            return of_nodes(*[x if isinstance(x, Value) else constant(x, role) for x in operands])
        numbers = [real_number(operand, role) for operand in operands]
        try:
            return real_value(value(m, *numbers), operation)
        except (ValueError, ArithmeticError) as error:
            refuse(operation, numbers, error)

    def filled_in(*texts: str) -> Anything:
        return _for_operation(*texts, kind)(operation, value, operation.local, m, role, others)

    of_nodes = filled_in(_OF_NODES, "*operands", "*numbers")
    if arity == 1:
        record = filled_in(_ONE, "a", "x")
    elif arity == 2:
        record = filled_in(_TWO, "a, b", "x, y")
    else:
        record = filled_in(
            _MANY.format(count=f"len(operands) != {arity}" if arity else "not operands"), "*operands", "*numbers"
        )
    record.__name__ = record.__qualname__ = operation.name
    record.__doc__ = operation.__doc__
    return record


def constant(number: Anything, role: str = "a constant") -> "Value":
    """A leaf that stands for a plain number; a TypeError that names the `role` if it is none."""
    leaf = object.__new__(Value)
    leaf._scalar = number if type(number) is float else real_number(number, role)
    leaf._grad = leaf._name = leaf.op = None
    leaf.parents = leaf.local_grads = ()
    leaf.constant = True
    leaf.written = writes
    return leaf


def changed_operands(order: Iterable[Anything]) -> Iterator[tuple[Anything, Anything]]:
    """Each node whose operands no longer give what it recorded, with each operand that was written to since."""
    for node in order:
        written = [parent for parent in node.parents if parent.written > node.written]
        if written and not _as_recorded(node):
            yield from ((node, parent) for parent in written)


def changed_operand(order: Iterable[Anything]) -> tuple[Anything, Anything] | None:
    """The first of the `changed_operands`.

    None if the whole graph would be recorded as it stands: then its values and local gradients may be computed anew.
    """
    return next(changed_operands(order), None)


def _as_recorded(node: Anything) -> bool:
    operands = [parent.data for parent in node.parents]
    try:
        value = node.op.value(extended, *operands)
        local_grads = node.op.local(extended, value, *operands)
    except (ValueError, ArithmeticError):
        return False
    return all(map(_same, (value, *local_grads), (node.data, *node.local_grads)))


def _same(a: Anything, b: Anything) -> bool:
    return bool(a == b or (a != a and b != b))


def classes_of_nodes(value: Anything, condition: Anything) -> None:
    """Say what nodes are made of."""
    globals().update(Value=value, Condition=condition)


# The operators and methods of a Value, with their types


def unary(operation: "Operation") -> "Callable[[Value], Value]":
    return operation.record


def binary(operation: "Operation") -> "Callable[[Value, Value | Real], Value]":
    return operation.record


def reflected(operation: "Operation") -> "Callable[[Value, Real], Value]":
    record = operation.record
    return lambda b, a: record(a, b)


def truth(operation: "Operation") -> "Callable[[Value, Value | Real], Condition]":
    return operation.record


class Method(Protocol):
    """Like `unary`, for a method with a name: of a Callable, Jedi shows an editor no arguments."""

    @overload
    def __get__(self, value: None, kind: type, /) -> "Callable[[Value], Value]": ...
    @overload
    def __get__(self, value: "Value", kind: type, /) -> "OfNothing": ...


class OfNothing(Protocol):
    """A function of the Value: the operation of the same name, as `autograd.tanh`, says which."""

    def __call__(self) -> "Value": ...


class MethodOfOther(Protocol):
    """Like `binary`, for a method with a name."""

    @overload
    def __get__(self, value: None, kind: type, /) -> "Callable[[Value, Value | Real], Value]": ...
    @overload
    def __get__(self, value: "Value", kind: type, /) -> "OfOther": ...


class OfOther(Protocol):
    """A function of the Value and another number: the operation of the same name, as `autograd.maximum`, says which."""

    def __call__(self, other: "Value | Real", /) -> "Value": ...


def method(operation: "Operation") -> Method:
    return operation.record


def method_of_other(operation: "Operation") -> MethodOfOther:
    return operation.record


class Equality(Protocol):
    @overload
    def __call__(self, other: Real) -> "Condition": ...  # type: ignore[overload-overlap]  # a float is an object too
    @overload
    def __call__(self, other: object) -> bool: ...


def equality(operation: "Operation") -> Equality:
    """``==`` or ``!=``: recorded against a real number; against a Value, identity; else the other thing is asked."""
    record, of_one = operation.record, operation.name == "=="

    def compared(a: Anything, b: Anything) -> Anything:
        if is_real(b):
            return record(a, b)
        return (a is b) == of_one if hasattr(b, "local_grads") else NotImplemented

    return compared  # type: ignore[return-value]  # a function becomes a method, and a protocol does not say so
