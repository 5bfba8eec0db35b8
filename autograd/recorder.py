"""Who records now: the engine, nobody, a trace of `vectorize`, or a `debug` block."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from functools import wraps
from types import TracebackType
from typing import TYPE_CHECKING, Never, ParamSpec, TypeVar

from autograd.untyped import Anything

if TYPE_CHECKING:
    from autograd.operation import Operation
    from autograd.value import Value

P = ParamSpec("P")
R = TypeVar("R")


class Recorder:
    """Who is asked about each operation on Values. This one lets the engine record it as a node."""

    paused = False
    """Whether results are plain leaves."""
    traces = False
    """Whether it records for other numbers than those that are there."""
    differentiated = False
    """Whether gradients were asked for; of results that are plain leaves they are 0."""

    def take(self, operation: "Operation", operands: tuple[Anything, ...]) -> "Value | None":  # noqa: ARG002
        """The node to take for the operation on Values and numbers; None to let the engine make it."""
        return None

    def recorded(self, node: Anything) -> None:
        """The engine recorded an operation as this node."""

    def backward(self, output: Anything, seed: float) -> None:
        """The gradients of an output are about to be computed."""

    def may_read(self, value: Anything) -> bool:  # noqa: ARG002
        """Whether the number of a Value is known, and stays what it is."""
        return True

    def asked(self, value: Anything, how: str) -> None:
        """The program asks for the number of a Value: how, in words."""

    def detached(self, value: "Value", leaf: "type[Value]") -> "Value":
        """What stands for a Value where gradients stop."""
        return leaf(value._scalar, value.name)

    def differs(self, index: Anything, count: int) -> bool:  # noqa: ARG002
        """Whether an index, a place among `count`, differs from example to example."""
        return False

    def pause(self) -> "Paused":
        """Who records inside a `no_grad` block."""
        return Paused(self)


class Within(Recorder):
    """Who records in a block, until the block is over.

    Attributes:
        over: a block can end in another thread or task than it began in. Where it began this recorder stays then, and
            lets the one around it record::

                def numbers():
                    with no_grad():
                        yield 1

                generator = numbers()
                next(generator)
                Thread(target=generator.close).start()
    """

    def __init__(self, outer: Recorder) -> None:
        self._outer = outer
        self.over = False

    def around(self) -> Recorder:
        """Who records after the block."""
        outer = self._outer
        return outer.around() if isinstance(outer, Within) and outer.over else outer


class Paused(Within):
    """One who lets the engine compute, and record nothing."""

    @property
    def paused(self) -> bool:  # type: ignore[override]  # it can change
        return not self.over or self._outer.paused


EAGER = Recorder()

current: ContextVar[Recorder] = ContextVar("recorder", default=EAGER)
"""Who records in this thread or task."""


@contextmanager
def resumed() -> Iterator[None]:
    """Record inside, even where a `no_grad` is around: by the recorder around that block."""
    recorder = current.get()
    while isinstance(recorder, Within) and recorder.paused:  # by its own block, or by one around it
        recorder = recorder.around()
    token = current.set(recorder)
    try:
        yield
    finally:
        current.reset(token)


class ToBeCalled(type):
    """Of a class that is forgotten to be called: ``with no_grad:``."""

    if not TYPE_CHECKING:  # to a type checker it has no such method

        def __enter__(cls):
            raise TypeError(f"{cls.__name__} is to be called: with {cls.__name__}(): ..., with parentheses")

        def __exit__(cls, *error):
            """Never reached, and looked for first."""


class RecordingBlock(metaclass=ToBeCalled):
    """A block in which another recorder records, in this thread or task.

    Wherever it ends, it gives back what it found.
    """

    def __init__(self) -> None:
        self._entered: list[tuple[Within, Token[Recorder]]] = []

    def inside(self, around: Recorder) -> Within:
        """Who records in the block."""
        raise NotImplementedError

    def __enter__(self) -> None:
        inner = self.inside(current.get())
        self._entered.append((inner, current.set(inner)))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        now = current.get()
        ended = next((entry for entry in self._entered if entry[0] is now), self._entered[-1])
        self._entered.remove(ended)
        inner, token = ended
        try:
            current.reset(token)
        except ValueError:  # it began in another thread or task
            inner.over = True
        else:
            current.set(inner.around() if now is inner else now)
            inner.over = now is not inner  # a block inside of this one, which is not over, began before it ended


class no_grad(RecordingBlock):  # noqa: N801  (used as a function, like the torch name that people know)
    """Record nothing: results are plain leaves. A context manager and a decorator; it holds for this thread or task.

    A generator that yields inside the block leaves its caller inside, too, until it goes on and the block ends.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.data, y.parents
    (9.0, ())
    """

    def __init__(self, *given: Never) -> None:
        if given:
            raise TypeError(
                f"no_grad takes nothing, not {given[0]!r}: write @no_grad() above a function, with parentheses"
            )
        super().__init__()

    def inside(self, around: Recorder) -> Within:
        return around.pause()

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            # Between two of its values a generator runs nothing, and the caller would find recording switched off.
            raise TypeError(
                f"no_grad cannot decorate the generator {function.__name__}: use it around the loop instead"
            )
        if inspect.iscoroutinefunction(function):

            @wraps(function)
            async def run_later(*args: Anything, **kwargs: Anything) -> Anything:
                with no_grad():
                    return await function(*args, **kwargs)

            return run_later  # type: ignore[return-value]  # R is the coroutine's type, which wraps() cannot express

        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            with no_grad():  # of its own, for many threads may be in it
                return function(*args, **kwargs)

        return run
