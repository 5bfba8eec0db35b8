"""How an operation becomes a node of the graph, and who records now: the engine, nobody, or a trace of `vectorize`."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from autograd.errors import checked_gradients, real_number, real_value, refuse
from autograd.numbers.extended import extended
from autograd.numbers.floats import floats
from autograd.text import visible

if TYPE_CHECKING:
    from autograd.condition import Condition
    from autograd.operation import Operation
    from autograd.value import Value
else:
    Condition = Value = object  # until `autograd.condition`, which stands on this module, says what nodes are

P = ParamSpec("P")
R = TypeVar("R")

writes = 0
"""How often the data of some Value has been written to. A node notes the count when it is recorded, and a Value when it
is written, so that a graph can tell (and name) a leaf that no longer holds what it was computed from."""


def record_of(operation: "Operation", m: Any = floats) -> Callable[..., Any]:
    """The function that applies an operation: to numbers it gives a number; if one is a Value, a node.

    The value is computed in the number system `m`, the local gradients in the extended reals.
    """
    value, local, arity, new = operation.value, operation.local, operation.arity, object.__new__
    role = f"an operand of {visible(operation.name)}"
    of_the_user = not operation.in_the_table

    def node(data: float, parents: "tuple[Value, ...]", local_grads: tuple[float, ...]) -> "Value":
        if of_the_user:
            local_grads = checked_gradients(operation, local_grads, len(parents))
            # An integer 0 of a user's rule says what `nothing` says: see `autograd.graph.passes`.
            local_grads = tuple(m.nothing if isinstance(x, int) and x == 0 else x for x in local_grads)
        self = new(Condition if operation.condition else Value)
        self._scalar = data
        self.grad = None
        self.name = None
        self.op = operation
        self.parents = parents
        self.local_grads = local_grads
        self.constant = False
        self.written = writes
        return self

    def leaf(data: float) -> "Value":
        return Condition(data) if operation.condition else Value(data)

    def record_one(a: Any) -> Any:
        if type(a) is not Value:
            return record_many(a)
        x = a._scalar
        try:
            data = value(m, x)
            if type(data) is not float:
                data = real_value(data, operation)
            if (now := current.get()) is not EAGER and now.paused:
                return leaf(data)
            return node(data, (a,), local(extended, data, x))
        except (ValueError, ArithmeticError) as error:
            refuse(operation, (a,), error)

    def record_two(a: Any, b: Any) -> Any:
        if type(a) is not Value or type(b) is not Value:
            if type(a) is Value and not isinstance(b, Value):
                b = constant(b, role)
            elif type(b) is Value and not isinstance(a, Value):
                a = constant(a, role)
            else:
                return record_many(a, b)
        x, y = a._scalar, b._scalar
        try:
            data = value(m, x, y)
            if type(data) is not float:
                data = real_value(data, operation)
            if (now := current.get()) is not EAGER and now.paused:
                return leaf(data)
            return node(data, (a, b), local(extended, data, x, y))
        except (ValueError, ArithmeticError) as error:
            refuse(operation, (a, b), error)

    def record_many(*operands: Any) -> Any:
        if arity is not None and len(operands) != arity:
            raise TypeError(f"{visible(operation.name)} takes {arity} operands, not {len(operands)}")
        now = current.get()
        if now is not EAGER and (taken := now.take(operation, operands)) is not None:
            return taken
        try:
            numbers = [x._scalar for x in operands]
        except AttributeError:  # a plain number among them
            if not any(isinstance(x, Value) for x in operands):
                return on_numbers(*operands)
            operands = tuple(x if isinstance(x, Value) else constant(x, role) for x in operands)
            numbers = [x._scalar for x in operands]
        if not operands:
            return on_numbers()
        try:
            data = value(m, *numbers)
            if type(data) is not float:
                data = real_value(data, operation)
            if now.paused:
                return leaf(data)
            return node(data, operands, local(extended, data, *numbers))
        except (ValueError, ArithmeticError) as error:
            refuse(operation, operands, error)

    def on_numbers(*operands: Any) -> float:
        numbers = [real_number(operand, role) for operand in operands]
        try:
            return real_value(value(m, *numbers), operation)
        except (ValueError, ArithmeticError) as error:
            refuse(operation, numbers, error)

    applied: Any = {1: record_one, 2: record_two}.get(arity or 0, record_many)
    applied.__name__ = applied.__qualname__ = operation.name
    applied.__doc__ = operation.__doc__
    return applied


def constant(number: Any, role: str = "a constant") -> "Value":
    """A leaf that stands for a plain number; a TypeError that names the `role` if it is none."""
    leaf = Value(number if type(number) is float else real_number(number, role))
    leaf.constant = True
    return leaf


def changed_operand(order: Iterable[Any]) -> tuple[Any, Any] | None:
    """The first node whose operands no longer give what it recorded, with the operand that was written to since.

    None if the whole graph would be recorded as it stands: then its values and local gradients may be computed anew.
    """
    for node in order:
        for parent in node.parents:
            if parent.written > node.written and not _as_recorded(node):
                return node, parent
    return None


def _as_recorded(node: Any) -> bool:
    operands = [parent.data for parent in node.parents]
    try:
        value = node.op.value(extended, *operands)
        local_grads = node.op.local(extended, value, *operands)
    except (ValueError, ArithmeticError):
        return False
    return all(map(_same, (value, *local_grads), (node.data, *node.local_grads)))


def _same(a: Any, b: Any) -> bool:
    return bool(a == b or (a != a and b != b))


def classes_of_nodes(value: Any, condition: Any) -> None:
    """Say what nodes are made of."""
    globals().update(Value=value, Condition=condition)


# The operators and methods of a Value, with their types


def unary(operation: "Operation") -> "Callable[[Value], Value]":
    return operation.record


def binary(operation: "Operation") -> "Callable[[Value, Value | float], Value]":
    return operation.record


def reflected(operation: "Operation") -> "Callable[[Value, float], Value]":
    record = operation.record
    return lambda b, a: record(a, b)


def truth(operation: "Operation") -> "Callable[[Value, Value | float], Condition]":
    return operation.record


# Who records now


class Recorder:
    """Is asked about each operation on Values. This one lets the engine record it as a node."""

    paused = False
    """Whether results are plain leaves."""

    def take(self, operation: "Operation", operands: tuple[Any, ...]) -> "Value | None":  # noqa: ARG002
        """The node to take for the operation on Values and numbers; None to let the engine make it."""
        return None

    def asked(self, value: Any, how: str) -> None:
        """Told that the program asks for the number of a Value, and how."""

    def pause(self) -> "Recorder":
        """Who records inside a `no_grad` block."""
        return Paused(self)

    def resume(self) -> "Recorder":
        """Who records after the block."""
        return self


class Paused(Recorder):
    """Lets the engine compute, and record nothing."""

    paused = True

    def __init__(self, outer: Recorder) -> None:
        self._outer = outer

    def resume(self) -> Recorder:
        return self._outer


EAGER = Recorder()

current: ContextVar[Recorder] = ContextVar("recorder", default=EAGER)
"""Who records in this thread or task."""


@contextmanager
def resumed() -> Iterator[None]:
    """Record inside, even where a `no_grad` is around: by the recorder around that block."""
    recorder = current.get()
    while recorder.paused:
        recorder = recorder.resume()
    token = current.set(recorder)
    try:
        yield
    finally:
        current.reset(token)


class no_grad:  # noqa: N801  (used as a function, like the torch name that people know)
    """Record nothing: results are plain leaves. A context manager and a decorator; it holds for this thread or task.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.data, y.parents
    (9.0, ())
    """

    def __enter__(self) -> None:
        current.set(current.get().pause())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        current.set(current.get().resume())

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            # Between two of its values a generator runs nothing, and the caller would find recording switched off.
            raise TypeError(
                f"no_grad cannot decorate the generator {function.__name__}: use it around the loop instead"
            )
        if inspect.iscoroutinefunction(function):

            @wraps(function)
            async def run_later(*args: Any, **kwargs: Any) -> Any:
                with self:
                    return await function(*args, **kwargs)

            return run_later  # type: ignore[return-value]  # R is the coroutine's type, which wraps() cannot express

        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            with self:
                return function(*args, **kwargs)

        return run
