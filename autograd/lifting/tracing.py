"""Tracing: a scalar function runs once on placeholders, and what it records is its graph."""

import functools
import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from traceback import walk_tb
from typing import Never, NoReturn

from autograd import nodes, recorder
from autograd.condition import Condition
from autograd.lifting.examples import DataColumn, columns_of, filled
from autograd.nodes import constant
from autograd.operation import Operation
from autograd.recorder import Recorder
from autograd.text import printable, visible
from autograd.untyped import AnyFunction, Anything, Real
from autograd.users_lines import is_ours, place_of
from autograd.value import Value

CHOOSE = "choose with where(x > 0, a, b), maximum or minimum"
EQUAL = "equal(x, y) records whether two are equal, for where(equal(x, y), a, b)"
NO_STOP = "in a lifted program x.detach() stops the gradient of x; what is constant for all examples compute before"


detached = Operation("detach", lambda m, a: a, lambda m, y, a: (m.nothing,), doc="a, through which no gradient passes.")
"""What `detach` records here: it has another number at each call, as what it is detached from."""


class Placeholder(Value):
    """A Value that stands for any number: one of the traced function's inputs, or what was computed from them.

    It has a place in the graph and no number; whatever would need the number is refused.
    """

    __slots__ = ()

    @property
    def _scalar(self) -> float:  # type: ignore[override]  # it has no number, not even a slot for one
        raise AttributeError(f"{self!r} stands for any number: it is of use inside of the traced function only")

    def _refuse(self, what: str, instead: str = CHOOSE) -> NoReturn:
        _refuse(f"{what} needs a number", instead)

    def _known(self, what: str) -> float:
        trace = recorder.current.get()
        number = trace.known(self) if isinstance(trace, Trace) else None
        if number is None:
            self._refuse(what)
        return number

    @property
    def data(self) -> float:
        self._refuse(
            "reading .data",
            "compute with the Value itself, and choose with where(x > 0, a, b); "
            "softmax and logsumexp subtract the largest by themselves",
        )

    @data.setter
    def data(self, data: Real) -> None:  # noqa: ARG002
        self._refuse("writing .data", "compute a new Value")

    def backward(self, seed: Real = 1.0, **others: Never) -> None:  # noqa: ARG002
        self._refuse("backward()", "return the loss, and call value_and_gradients or backward of the program")

    def __bool__(self) -> bool:
        return self._known("a decision (if, and, or, not, max, sorted)") != 0

    def __float__(self) -> float:
        self._refuse("float() (which the functions of math call too)", "use the functions of autograd, as in exp(x)")

    def __int__(self) -> int:
        return int(self._known("int()"))

    def __index__(self) -> int:
        self._refuse("an index", "take(table, index) takes the entry of each example")

    def __eq__(self, other: object) -> Anything:  # type: ignore[override]  # may refuse
        return self._refuse("== (which in calls too)", EQUAL) if isinstance(other, Value) else super().__eq__(other)

    def __ne__(self, other: object) -> Anything:  # type: ignore[override]
        return self._refuse("!=", EQUAL) if isinstance(other, Value) else super().__ne__(other)

    __hash__ = Value.__hash__
    __complex__ = __float__

    def __repr__(self) -> str:
        return printable(f"Placeholder({visible(str(self.name or self.op))})")

    def __format__(self, specification: str) -> str:
        return repr(self) if not specification else self._refuse(f"the format {specification!r}", "leave it out")


class PlaceholderCondition(Placeholder, Condition):
    """A comparison of placeholders. `where` takes it; an ``if``, which needs to know whether it holds, is refused."""

    __slots__ = ()


def new_placeholder(operation: Operation | None, parents: tuple[Value, ...]) -> Placeholder:
    """A node without value and local gradients: a trace wants to know only what is computed from what."""
    node: Placeholder = object.__new__(
        PlaceholderCondition if operation is not None and operation.condition else Placeholder
    )
    node._grad = None
    node._name = None
    node.op = operation
    node.parents = parents
    node.local_grads = ()
    node.constant = False
    node.written = 0 if operation is None else nodes.writes  # as a constant among its parents is
    return node


class Trace(Recorder):
    """One run of a function on placeholders, and what it recorded.

    Attributes:
        outputs: the Values that it returned, flat.
        structure: what it returned, with the index of an output in the place of each Value.
        arguments: for each argument, its name and how many columns it has.
        examples: for each argument, its example.
        columns: the arrays of a batch, those of all arguments in a row.
        shapes, names: those of the columns.
        positions: for each placeholder, its column and its position in that column, flat.
        indices: for each placeholder that is the index of a table, how many entries that has.
        start: how many writes to Values there were before the run.
        born: whether a leaf was made during the run. It is asked once, before somebody writes to the leaf: slopes of
            each example are lifted when they are first asked for.
        known: tells the number of a placeholder that is asked for a truth or an int; None if it is to refuse, as all do
            unless the function that runs sets this.
    """

    traces = True

    def __init__(
        self, function: AnyFunction, examples: Sequence[Anything], named: Mapping[str, Anything] | None = None
    ) -> None:
        named = named or {}
        self.arguments: list[tuple[str, int]] = []
        self.columns: list[DataColumn] = []
        self.positions: dict[Value, tuple[int, int]] = {}
        self.indices: dict[Value, int] = {}
        self.known: Callable[[Value], float | None] = lambda asked: None
        self.examples = [*examples, *named.values()]
        given = [*zip(_parameter_names(function, len(examples)), examples, strict=True), *named.items()]
        arguments = [self._placeholders(name, example) for name, example in given]
        self.names, self.shapes = ([column.name for column in self.columns], [column.shape for column in self.columns])
        self.start = nodes.writes
        self.born: dict[Value, bool] = {}
        nodes.writes += 1  # so that a leaf made from now on is younger than all that were there
        keywords = dict(zip(named, arguments[len(examples) :], strict=True))
        returned = self._run(functools.partial(function, *arguments[: len(examples)], **keywords))
        self.outputs: list[Value] = []
        self.structure = self._collect(returned)
        if not self.outputs:
            raise TypeError(f"the function must return a Value or a list of Values, not {returned!r}")

    def __getstate__(self) -> dict[str, Anything]:
        """For a pickle: who answers the function is asked no more."""
        return {name: thing for name, thing in vars(self).items() if name != "known"}

    def _placeholders(self, name: str, example: Anything) -> Anything:
        """An argument made like its example, of placeholders."""
        columns = columns_of(example, name)
        self.arguments.append((name, len(columns)))
        made = {column.path: iter(self._of_column(column)) for column in columns}
        return filled(example, made)

    def _of_column(self, column: DataColumn) -> list[Placeholder]:
        """The placeholders of a column, for its places in order."""
        made = [new_placeholder(None, ()) for _ in range(math.prod(column.shape))]
        for position, placeholder in enumerate(made):
            placeholder._name = column.name + (f"[{position}]" if column.shape else "")
            self.positions[placeholder] = len(self.columns), position
        self.columns.append(column)
        return made

    def born_inside(self, leaf: Value) -> bool:
        """Whether a leaf was made during the run: it is a constant then."""
        return leaf.written > self.start

    def take(self, operation: Operation, operands: tuple[Anything, ...]) -> Value | None:
        """A placeholder for what is computed from placeholders; what is computed from parameters is a Value."""
        placeholders = numbers = False
        for operand in operands:
            if isinstance(operand, Placeholder):
                placeholders = True
            elif not isinstance(operand, Value):
                numbers = True
        if placeholders and numbers:
            role = f"an operand of {visible(operation.name)}"
            operands = tuple([x if isinstance(x, Value) else constant(x, role) for x in operands])
        return new_placeholder(operation, operands) if placeholders else None

    def pause(self) -> NoReturn:
        """Refuse a `no_grad`, which would freeze parameters at their numbers."""
        _refuse("no_grad() would freeze what it computes", NO_STOP)

    def may_read(self, value: Value) -> bool:
        """A parameter, and what is computed from one, has another number at each call."""
        return value.op is None and (value.constant or self.born_inside(value))

    def asked(self, value: Value, how: str) -> None:
        """Refuse what would freeze a Value at the number that it has just now."""
        if not self.may_read(value):
            _refuse(f"{how} would freeze {value!r} at its number", CHOOSE)

    def detached(self, value: Value, leaf: type[Value]) -> Value:  # noqa: ARG002
        node: Value = detached.record(value)
        return node

    def differs(self, index: Anything, count: int) -> bool:
        """That of data does: a program sees that it is a place of the table."""
        if not isinstance(index, Placeholder):
            return False
        if index not in self.positions:
            index._refuse("an index that is computed", "give it as data, and compute it before")
        self.indices[index] = min(count, self.indices.get(index, count))
        return True

    def _run(self, function: AnyFunction) -> Anything:
        """What the function returns. It records, even where `vectorize` is called under no_grad."""
        token = recorder.current.set(self)
        try:
            return function()
        except TypeError as error:
            if f"{Placeholder.__name__}'" not in str(error) and f"type {Placeholder.__name__}" not in str(error):
                raise
            # What Python, or any Value, says by itself, as of x[0], np.isnan(x) or round(x).
            frames = [frame for frame, _ in walk_tb(error.__traceback__)]
            frames = [frame for frame in frames if not is_ours(frame)] or frames
            raise TypeError(
                f"{error}; {place_of(frames[-1])} runs on placeholders for every example: use the functions of autograd"
            ) from error
        finally:
            recorder.current.reset(token)

    def _collect(self, returned: Anything) -> Anything:
        if isinstance(returned, list | tuple):
            return [self._collect(part) for part in returned]
        if not isinstance(returned, Value):
            returned = constant(returned, "what the function returns")
        self.outputs.append(returned)
        return len(self.outputs) - 1


def _parameter_names(function: AnyFunction, count: int) -> list[str]:
    """The names of the function's parameters; ``x0``, ``x1``, … for those of ``*args``."""
    try:
        parameters = inspect.signature(function).parameters.values()
        names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)][:count]
    except (TypeError, ValueError):
        names = []
    return [*names, *(f"x{index}" for index in range(len(names), count))]


def _refuse(problem: str, instead: str) -> NoReturn:
    raise TypeError(f"{problem}, but {place_of()} runs on placeholders for every example: {instead}")
