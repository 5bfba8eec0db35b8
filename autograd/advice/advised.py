"""Classes and functions that say what to write in place of what they do not have."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from inspect import CO_VARKEYWORDS, signature
from operator import attrgetter
from types import FunctionType
from typing import TYPE_CHECKING, Never, NoReturn, ParamSpec, TypeVar

from autograd.advice import ufuncs
from autograd.advice.names_elsewhere import (
    OF_A_CALL,
    OF_A_NEW_VALUE,
    OF_A_VALUE,
    OF_AN_OPERATION,
    OF_BACKWARD,
    Remedies,
)
from autograd.errors import described, no_float, real_number, refuse_call, refuse_keywords
from autograd.operation import Operation
from autograd.text import printable
from autograd.untyped import Anything

P = ParamSpec("P")
R = TypeVar("R")


_SPOKEN = {"__getitem__": "items, by index or one by one", "__len__": "len()"}
"""How the methods are spoken of that Python calls by itself."""


class Absent:
    """An attribute that a class does not have: an AttributeError with the remedy, and so False to ``hasattr``."""

    def __init__(self, name: str, remedy: str) -> None:
        self.name = name
        self.remedy = remedy

    def __get__(self, thing: Anything, owner: type) -> NoReturn:
        missing = _SPOKEN.get(self.name) or f"attribute {self.name!r}"
        told = printable(f"{owner.__name__!r} object has no {missing}: {self.remedy}")
        raise AttributeError(told, name=self.name, obj=thing)


class AbsentSlot(Absent):
    """One of a class with ``__slots__``, which cannot be set either, but on a subclass that has none."""

    def __get__(self, thing: Anything, owner: type) -> Anything:
        if self.name in getattr(thing, "__dict__", ()):
            return thing.__dict__[self.name]
        return super().__get__(thing, owner)

    def __set__(self, thing: Anything, content: Anything) -> None:
        if not hasattr(thing, "__dict__"):
            super().__get__(thing, type(thing))
        thing.__dict__[self.name] = content

    def __delete__(self, thing: Anything) -> None:
        self.__get__(thing, type(thing))
        del thing.__dict__[self.name]


def lacks(cls: type, remedies: Remedies, *, kind: type[Absent] = Absent) -> None:
    """Let a class answer for the attributes that it lacks. Type checkers see none of them."""
    for name, remedy in remedies.items():
        if name not in vars(cls):
            setattr(cls, name, kind(name, remedy))
    if "__len__" in remedies and not hasattr(cls, "__bool__"):
        cls.__bool__ = _true  # type: ignore[attr-defined]  # or Python would ask for the length


def _true(thing: Anything) -> bool:
    return True


def _checked(slot: str, check: Callable[[Anything], Anything]) -> property:
    """An attribute that keeps in a slot what is given to it, if it passes the check. The engine writes to the slot."""

    def give(value: Anything, given: Anything) -> None:
        setattr(value, slot, None if given is None else check(given))

    return property(attrgetter(slot), give)


def a_name(given: Anything) -> str:
    """The name that is given to a Value; a TypeError if it is none."""
    if not isinstance(given, str):
        raise TypeError(
            printable(
                f"the name of a Value is a string, not {described(given)}: operands are recorded by computing, as a * b"
            )
        )
    return given


class Advised:
    """What a `Value` says to operators, attributes and functions of NumPy that it does not have."""

    __slots__ = ()

    if TYPE_CHECKING:
        _grad: float | None
        _name: str | None

        def __array_ufunc__(self, ufunc: Anything, method: str, *operands: Anything, **named: Anything) -> Anything:
            """What type checkers ask about ``np.exp(v)``."""

    def __init_subclass__(cls) -> None:
        """Show the signatures of methods without the keywords that they take to refuse them."""
        for method in vars(cls).values():
            if isinstance(method, FunctionType) and method.__code__.co_flags & CO_VARKEYWORDS:
                with suppress(NameError):  # of an annotation that Python 3.14 would evaluate here, too early
                    hide_what_is_refused(method)

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if not isinstance(vars(Advised).get(name), Absent)]


def hide_what_is_refused(function: Callable[P, R]) -> Callable[P, R]:
    """Show the signature of a function without the parameters, marked ``Never``, that it takes to refuse them."""
    shown = signature(function)
    taken = [parameter for parameter in shown.parameters.values() if parameter.annotation is not Never]
    function.__signature__ = shown.replace(parameters=taken)  # type: ignore[attr-defined]
    return function


lacks(Advised, OF_A_VALUE, kind=AbsentSlot)
lacks(Operation, OF_AN_OPERATION)
Operation.keywords_elsewhere = OF_A_CALL

_WHOLE = "it is 0 or has no slope nearly everywhere; write floor(a / b), or a.data for numbers alone"
_BITS = "^ is Python's exclusive or; for a power write a ** b"
_TRUTHS = "it combines conditions, each in parentheses, as in (x > 0) & (y > 0)"
_OPERATORS = {
    "xor": ("^", _BITS),
    "floordiv": ("//", "for division write a / b; for the whole number below it, floor(a / b)"),
    "mod": ("%", "for the remainder write a - b * floor(a / b)"),
    "divmod": ("divmod()", "write q = floor(a / b) and a - b * q"),
    "matmul": ("@", "a Value is one number: write a * b, or dot(weights, inputs) for lists"),
    "and": ("&", _TRUTHS),
    "or": ("|", _TRUTHS),
    "lshift": ("<<", "write a * 2**b"),
    "rshift": (">>", "write a / 2**b"),
}
"""The operators that a Value does not have, by the names of their methods: how they are written, and what to write."""


def _refusal(written: str, remedy: str) -> Callable[[Anything, Anything], Anything]:
    def refused(self: Anything, other: Anything) -> NoReturn:
        raise TypeError(printable(f"{type(self).__name__!r} has no {written}, as with {described(other)}: {remedy}"))

    return refused


def _no_inversion(value: Anything) -> NoReturn:
    raise TypeError(f"{type(value).__name__!r} has no ~: it negates conditions, as in ~(x > 0)")


def _no_rounding(value: Anything, digits: Anything = None) -> NoReturn:
    raise TypeError(
        f"round() of a {type(value).__name__!r} would drop its gradient: write round(v.data, 2) for the number, "
        "f'{v:.2f}' to show it, or floor(v + 0.5) of autograd, which is recorded"
    )


def _itself(value: Anything) -> Anything:
    """The conjugate of a real number, for which np.var and np.std ask."""
    return value


for _name, (_written, _remedy) in _OPERATORS.items():
    for _reflected in ("", "r"):
        setattr(Advised, f"__{_reflected}{_name}__", _refusal(_written, _remedy))
for _name, _thing in {
    "__float__": no_float,
    "__int__": no_float,
    "__complex__": no_float,
    "__invert__": _no_inversion,
    "__round__": _no_rounding,
    "conjugate": _itself,
    "grad": _checked("_grad", lambda given: real_number(given, "a gradient")),
    "name": _checked("_name", a_name),
    "__array_ufunc__": ufuncs.applied_to_values,
    "__array_function__": ufuncs.called_with_values,
}.items():
    setattr(Advised, _name, _thing)  # not as definitions: type checkers are to find these operators missing


def refuse_leaf(name: object, others: Anything) -> None:
    """Refuse the name of a Value that is none, or keywords that it does not take."""
    if others:
        refuse_keywords("Value", others, OF_A_NEW_VALUE)
    a_name(name)


def refuse_backward(others: Anything) -> NoReturn:
    """Refuse keywords that `backward` does not take."""
    refuse_keywords("backward", others, OF_BACKWARD)


def with_advice(remedies: Remedies) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A decorator: for arguments that the function does not take, the error says what to write."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        known = signature(function)

        @wraps(function)
        def asked(*arguments: P.args, **named: P.kwargs) -> R:
            try:
                return function(*arguments, **named)
            except TypeError:
                refuse_call(function.__qualname__.removesuffix(".__init__"), known, arguments, named, remedies)
                raise

        return asked

    return decorate
