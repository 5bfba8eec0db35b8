"""Switching the recording off: `no_grad`."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

pauses: ContextVar[int] = ContextVar("no_grad", default=0)
"""How many `no_grad` blocks this thread or task is in."""


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
        pauses.set(pauses.get() + 1)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pauses.set(pauses.get() - 1)

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


@contextmanager
def recording() -> Iterator[None]:
    """Record inside, even where a `no_grad` is around."""
    token = pauses.set(0)
    try:
        yield
    finally:
        pauses.reset(token)
