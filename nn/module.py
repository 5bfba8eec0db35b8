"""Module: something with parameters, each named by the path that leads to it."""

from abc import ABCMeta
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from inspect import Signature, signature
from typing import TYPE_CHECKING

from autograd import Value
from autograd.advice.advised import lacks, with_advice
from autograd.errors import is_real, refuse_call
from autograd.text import ParameterName, printable
from autograd.untyped import AnyFunction, Anything
from nn.habits import OF_A_MODULE, OF_A_NEW_MODULE, OF_ZERO_GRAD


class _NamesItsParameters(ABCMeta):
    """Once a Module is constructed, by whatever ``__init__``, its parameters carry the paths that lead to them.

    It is an ABCMeta, so that a Module may be an abstract class as well.
    """

    if not TYPE_CHECKING:  # so that editors and type checkers show and check the ``__init__`` of each class

        def __call__(cls, *args: Anything, **kwargs: Anything) -> Anything:
            try:
                module = super().__call__(*args, **kwargs)
            except TypeError:
                refuse_call(cls.__name__, signature(cls), args, kwargs, OF_A_NEW_MODULE)
                raise
            for path, parameter in module.named_parameters():
                # The shorter name is the one that an inner Module gave; a name that the user gave stays.
                if parameter.name is None or path.endswith(f".{parameter.name}"):
                    parameter.name = ParameterName(path)
            return module

    @property
    def __signature__(cls: "type[Anything]") -> Signature:
        """That of the ``__init__`` of each class, for `inspect`."""
        if cls.__init__ is object.__init__:
            return Signature()
        shown = signature(cls.__init__)
        return shown.replace(parameters=[*shown.parameters.values()][1:], return_annotation=Signature.empty)


class Module(metaclass=_NamesItsParameters):
    """The base of layers and networks: whatever its attributes hold of leaf Values are its parameters.

    Attributes are searched in the order in which they were set, through lists, tuples, dicts and other Modules. A
    parameter is named by its path, as ``layers.0.perceptrons.3.weights.1``; one that is shared has its first path.
    What was computed from Values is not a parameter; but under `no_grad` a result is a leaf, which counts on a Module:
    keep its ``.data`` instead.

    Raises:
        TypeError: when the parameters are listed, if some are in a set, a deque or a NumPy array of objects.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = Value(2.0), Value(1.0)
    ...     def __call__(self, x):
    ...         return self.slope * x + self.offset
    >>> [parameter.name for parameter in Line().parameters()]
    ['slope', 'offset']
    """

    if TYPE_CHECKING:
        __call__: AnyFunction  # a subclass says what it takes
    else:

        def __call__(self, *arguments: Anything, **named: Anything) -> Anything:  # noqa: ARG002  (to be refused)
            name = type(self).__name__
            instead = "call it __call__, and not forward" if hasattr(self, "forward") else "define __call__"
            raise TypeError(
                printable(
                    f"{name!r} object is not callable: {instead}, as in def __call__(self, x): ... in class {name}"
                )
            )

        def __setattr__(self, name: str, thing: Anything) -> None:
            _see_that_parameters_stay(self, name, thing)
            super().__setattr__(name, thing)

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Each parameter once, with its path, in a fixed order."""
        seen = {id(self)}
        for name, thing in vars(self).items():
            yield from _parameters_in(thing, name, seen)

    def parameters(self) -> list[Value]:
        """Every parameter once, in a fixed order."""
        return [parameter for _, parameter in self.named_parameters()]

    @with_advice(OF_ZERO_GRAD)
    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0.0, for the next `backward` to add to."""
        for parameter in self.parameters():
            parameter.grad = 0.0

    def __repr__(self) -> str:
        return printable(f"{type(self).__name__}({len(self.parameters())} parameters)")


lacks(Module, OF_A_MODULE)


def is_parameter(thing: Anything) -> bool:
    """Whether it is a Value to be learnt: a leaf that no computation made of a plain number."""
    return isinstance(thing, Value) and thing.op is None and not thing.constant


def parts(thing: Anything) -> Iterable[tuple[Anything, Anything]] | None:
    """What is searched for parameters, each with its key: what a Module, a dict, a list or a tuple holds."""
    if isinstance(thing, Module):
        return vars(thing).items()
    if isinstance(thing, dict):
        return thing.items()
    return enumerate(thing) if isinstance(thing, list | tuple) else None


def _parameters_in(thing: Anything, path: str, seen: set[int]) -> Iterator[tuple[str, Value]]:
    inside = parts(thing)
    found = is_parameter(thing)
    if id(thing) in seen:
        return
    if inside is None and not found:
        _see_that_it_hides_none(thing, path, seen)
        return
    seen.add(id(thing))
    if found:
        yield path, thing
    for key, part in inside or ():
        yield from _parameters_in(part, f"{path}.{key}", seen)


def _see_that_it_hides_none(thing: Anything, path: str, seen: set[int]) -> None:
    """A TypeError about parameters where none are looked for: in silence they would stay as they are for ever."""
    if isinstance(thing, set | frozenset | deque):
        hidden = iter(thing)
    elif str(getattr(thing, "dtype", None)) == "object":  # a NumPy array, without an import of NumPy
        hidden = iter(thing.ravel().tolist())
    else:
        return
    if any(True for part in hidden for _ in _parameters_in(part, path, seen)):
        raise TypeError(
            f"{path} holds Values in a {type(thing).__name__}, which is not searched for parameters: "
            "keep them in a list, a tuple, a dict or a Module"
        )


def _see_that_parameters_stay(module: Module, name: str, thing: Anything) -> None:
    """A TypeError about numbers in the place of parameters, which would be trained no more.

    A plain 0 leaves the parameter out, as the bias of a perceptron without one.
    """
    there = vars(module).get(name)
    if is_parameter(there) and is_real(thing) and thing != 0:
        instead = f"write .{name}.data = {thing} to set its number, or Value({thing}) for another parameter"
    elif _is_list_of(is_parameter, there) and _is_list_of(is_real, thing):
        instead = f"write .{name}[0].data = {thing[0]} to set a number, or give a list of Values for other parameters"
    elif _is_plain(thing) and (inside := _named_beneath(module, name)):
        instead = f"write w.data = 1.0 for a parameter w such as {inside}, or make a new model for another size"
    else:
        return
    raise TypeError(
        printable(f"{name} of {type(module).__name__} would not be learnt with plain numbers in its place: {instead}")
    )


def _is_plain(thing: Anything) -> bool:
    """Whether it is a number, or an empty list or one of numbers."""
    return is_real(thing) or (isinstance(thing, list | tuple) and all(map(is_real, thing)))


def _named_beneath(module: Module, name: str) -> str | None:
    """The path of the first parameter within what the attribute holds, but not of an attribute that is one.

    Those without the name of their path are no parameters of a finished Module: an ``__init__`` that calls the one of
    its base may empty a list of layers and fill it anew, and a list of results may be emptied at any time.
    """
    held = vars(module).get(name)
    if is_parameter(held) or parts(held) is None:
        return None
    found = _parameters_in(held, name, set())
    written = ((path, parameter.name) for path, parameter in found)
    return next((path for path, called in written if f".{called}".endswith(f".{path}")), None)


def _is_list_of(kind: Callable[[Anything], bool], thing: Anything) -> bool:
    listed = isinstance(thing, list | tuple) or bool(getattr(thing, "shape", ()))
    return listed and len(thing) > 0 and all(map(kind, thing))
