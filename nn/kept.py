"""What a loss keeps from call to call: numbers that it counts, generators that it draws from."""

import warnings
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from io import IOBase
from operator import is_, length_hint
from random import Random
from types import (
    BuiltinMethodType,
    CodeType,
    FunctionType,
    GeneratorType,
    MemberDescriptorType,
    MethodType,
    MethodWrapperType,
    ModuleType,
)

from autograd import Value
from autograd.untyped import Anything

PLAIN = {int, float, bool, str, type(None), Value}
"""Types whose objects hold nothing further that a call may change; what is written to Values is counted elsewhere."""

LIMIT = 300_000
"""How many entries of containers are looked at, those near to the loss first."""

Reached = tuple[str, Anything]
"""A thing that the loss can reach, with the name that leads to it."""


class Kept:
    """What a model and a loss can reach, as it is now: closures, defaults, globals that their code names, attributes.

    A clock and a file are not among it, nor what other modules keep.
    """

    def __init__(self, model: Anything, loss: Anything) -> None:
        self._states: list[tuple[str, Anything, Callable[[Anything], list[Anything]], list[Anything]]] = []
        seen: set[int] = set()
        left = LIMIT
        queue: deque[Reached] = deque([("the model", model), ("the loss", loss)])
        while queue and left > 0:
            name, thing = queue.popleft()
            if type(thing) in PLAIN or id(thing) in seen:
                continue
            seen.add(id(thing))
            state = _state_of(thing)
            if state is not None:
                now = state(thing)
                left -= len(now)
                self._states.append((name, thing, state, now))
            queue.extend((path, part) for path, part in _parts(name, thing) if type(part) not in PLAIN)

    def changed(self) -> str | None:
        """What is not as it was, in words; None if nothing is."""
        for name, thing, state, before in self._states:
            now = state(thing)
            if _same(before, now):
                continue
            if _is_random(thing):
                return f"draws from {name}, a generator of random numbers"
            if isinstance(thing, FunctionType):
                variables = zip(_variables(thing), before, now, strict=True)
                name = next(variable for (variable, _), a, b in variables if not _same([a], [b]))
                return f"changes the variable {name}"
            return f"changes {name}, of type {type(thing).__name__}"
        return None


def _is_random(thing: Anything) -> bool:
    return isinstance(thing, Random) or _is_numpy(thing, "random")


def _is_numpy(thing: Anything, part: str = "") -> bool:
    """Whether its type is one of NumPy, without an import of NumPy."""
    names = str(type(thing).__module__).split(".")  # of a type of Cython's it is no text
    return names[0] == "numpy" and part in ("", *names)


def _state_of(thing: Anything) -> Callable[[Anything], list[Anything]] | None:
    """A function that lists what may change in such a thing; None if nothing is looked for."""
    for matches, state in STATES:
        if matches(thing):
            return state
    return None


STATES: list[tuple[Callable[[Anything], bool], Callable[[Anything], list[Anything]]]] = [
    (lambda x: isinstance(x, Random), lambda x: _of_random(x)),
    (lambda x: _is_numpy(x, "random") and hasattr(x, "bit_generator"), lambda x: [repr(x.bit_generator.state)]),
    (lambda x: _is_numpy(x, "random") and hasattr(x, "get_state"), lambda x: [repr(x.get_state())]),
    (lambda x: _is_numpy(x) and hasattr(x, "tobytes"), lambda x: [x.tobytes()] if x.size < LIMIT else []),
    (lambda x: isinstance(x, FunctionType) and not _is_ours(x), lambda x: [part for _, part in _variables(x)]),
    (lambda x: isinstance(x, dict), lambda x: [*x, *x.values()]),
    (lambda x: isinstance(x, list | tuple | deque), list),
    (lambda x: isinstance(x, set | frozenset), lambda x: [len(x)]),
    (lambda x: isinstance(x, GeneratorType), lambda x: _of_generator(x)),
    (lambda x: type(x).__module__ == "itertools" and type(x).__name__ == "count", lambda x: [repr(x)]),
    (lambda x: isinstance(x, ContextVar), lambda x: [x.get(None)]),
    (lambda x: isinstance(x, IOBase), lambda x: _of_file(x)),
    (lambda x: isinstance(x, Iterator), lambda x: [_of_iterator(x)]),
    (lambda x: isinstance(x, bytearray | array), lambda x: [bytes(x)]),
    (lambda x: not isinstance(x, ModuleType | Value), lambda x: [part for _, part in _attributes(x)]),
]


def _of_random(thing: Random) -> list[Anything]:
    try:
        return [thing.getstate()]
    except NotImplementedError:  # the system's entropy, which has no state to compare
        return []


def _of_generator(thing: Anything) -> list[Anything]:
    frame = thing.gi_frame
    return [None] if frame is None else [frame.f_lasti, *frame.f_locals.values()]


def _of_file(thing: IOBase) -> list[Anything]:
    try:
        return [thing.tell()] if thing.readable() else []  # what is written to is a log
    except (OSError, ValueError):  # a stream, which has no place, or a file that is closed
        return []


def _of_iterator(thing: Anything) -> Anything:
    """Where an iterator of Python's own is: how many items are left, or how a copy would be made."""
    if hasattr(thing, "__length_hint__"):
        return length_hint(thing)
    if isinstance(thing, tuple):
        return tuple(map(_of_iterator, thing))
    if not isinstance(thing, Iterator):
        return len(thing) if isinstance(thing, list) else thing
    if type(thing).__module__ not in ("builtins", "itertools"):
        return tuple([part for _, part in _attributes(thing)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # from Python 3.14 on those of itertools have no copies
        try:
            return _of_iterator(thing.__reduce__()[1:])
        except TypeError:
            return None


CONTAINERS = (Value, list, dict, set, deque)


def _same(before: list[Anything], after: list[Anything]) -> bool:
    """Whether numbers and texts are the same ones. Another Value or container in a place is kept for others to read."""
    if len(before) != len(after):
        return False
    if all(map(is_, before, after)):
        return True
    return all(a is b or _equal(a, b) for a, b in zip(before, after, strict=True))


def _equal(a: Anything, b: Anything) -> bool:
    if isinstance(a, CONTAINERS) or isinstance(b, CONTAINERS):
        return True
    try:
        return bool(a == b) or (a != a and b != b)
    except Exception:  # whatever a comparison of the user's raises
        return True


def _parts(name: str, thing: Anything) -> list[Reached]:
    """What is looked at next: what a thing holds, and the functions that it calls."""
    if isinstance(thing, FunctionType):
        return [] if _is_ours(thing) else _variables(thing)
    if isinstance(thing, MethodType):
        return [(name, thing.__func__), (name, thing.__self__)]
    if isinstance(thing, BuiltinMethodType | MethodWrapperType):
        return [(name, thing.__self__)]
    if isinstance(thing, dict):
        return [(f"{name}[{key!r}]", part) for key, part in thing.items() if type(part) not in PLAIN]
    if isinstance(thing, list | tuple | deque):
        if PLAIN.issuperset(map(type, thing)):
            return []
        return [(f"{name}[{index}]", part) for index, part in enumerate(thing)]
    if isinstance(thing, ModuleType) or _is_numpy(thing):
        return []
    parts = [(f"{name}.{key}", part) for key, part in _attributes(thing)]
    if isinstance(thing, type):
        return [] if _is_foreign(thing) else parts
    if hasattr(thing, "func") and hasattr(thing, "args"):
        parts += [(name, thing.func), (name, thing.args), (name, getattr(thing, "keywords", {}))]
    return [*parts, *((kind.__name__, kind) for kind in type(thing).__mro__ if not _is_foreign(kind))]


def _attributes(thing: Anything) -> list[Reached]:
    """The attributes of a thing, those in slots too."""
    found = []
    if not isinstance(thing, type):
        for kind in type(thing).__mro__:
            slots = kind.__dict__.get("__slots__", ())
            for slot in (slots,) if isinstance(slots, str) else slots:
                if isinstance(member := kind.__dict__.get(slot), MemberDescriptorType):
                    try:
                        found.append((slot, member.__get__(thing)))
                    except AttributeError:  # it is not assigned yet
                        continue
    try:
        return [*found, *vars(thing).items()]
    except Exception:  # it has no attributes of its own, or a property of the user's in their place
        return found


def _is_ours(function: FunctionType) -> bool:
    return str(function.__globals__.get("__name__")).partition(".")[0] in ("autograd", "nn")


def _is_foreign(kind: type) -> bool:
    return kind.__module__.partition(".")[0] in ("builtins", "autograd", "nn", "numpy", "abc", "typing", "functools")


def _variables(function: FunctionType) -> list[Reached]:
    """The variables that its code may read: of the closure, the defaults, and those of the module that it names."""
    found: list[Reached] = []
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found.append((name, cell.cell_contents))
        except ValueError:  # it is not assigned yet
            found.append((name, None))
    found += [("a default", default) for default in function.__defaults__ or ()]
    found += (function.__kwdefaults__ or {}).items()
    found += vars(function).items()
    space = function.__globals__
    return found + [(name, space[name]) for name in _names(function.__code__) if name in space]


def _names(code: CodeType) -> list[str]:
    names = list(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names += _names(constant)
    return names
