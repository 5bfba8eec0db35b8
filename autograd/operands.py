"""How the arguments of a call become the operands of an operation, where they are not the same."""

from collections.abc import Iterable
from functools import partial
from inspect import Signature, signature
from numbers import Real

from autograd.errors import advice_on, described, is_real, quoted
from autograd.untyped import AnyFunction, Anything


def signature_of(name: str, value: AnyFunction, arguments: AnyFunction | None) -> Signature:
    """That of an operation: of the function that makes its operands of arguments, else of ``value(m, *operands)``."""
    if arguments is None:
        return Signature([*signature(value).parameters.values()][1:])
    arguments.__qualname__ = name  # Python's own errors speak of it
    return signature(arguments).replace(return_annotation=Signature.empty)


def shown_call(operation: Anything, call: AnyFunction) -> AnyFunction:
    """What ``tanh.__call__`` gives. IPython shows its signature below that of ``tanh`` where they differ."""
    shown = partial(call, operation)
    shown.__signature__ = operation.__signature__  # type: ignore[attr-defined]  # a partial takes attributes
    shown.__doc__ = None  # that of `partial` would be shown, too
    return shown


def operands_in(things: Anything, function: str) -> tuple[Anything, ...]:
    """The Values and numbers of a list, or of anything else that gives them one by one.

    Anything else is a TypeError that names the `function`; so is a dict, whose entries are its keys, and a text.
    """
    if not isinstance(things, dict | str | bytes):
        try:
            entries = iter(things)
        except TypeError:
            pass  # refused below: an error on the way through a generator is its own
        else:
            return tuple(entries)
    advice = advice_on(things)
    if isinstance(things, dict):
        advice = "its entries are the keys; give list(d.values())"
    elif hasattr(things, "local_grads") or isinstance(things, Real):
        advice = "put it in a list, as in [a, b], if it is one of several"
    raise TypeError(f"{function} takes a list of Values or numbers, not {described(things)}: {advice}")


def terms_of_sum(values: Iterable[Anything], start: Anything = 0) -> tuple[Anything, ...]:
    """The operands of ``sum(values, start)``."""
    terms = operands_in(values, "sum")
    return terms if type(start) is int and start == 0 else (*terms, start)


def factors_of_dot(weights: Iterable[Anything], inputs: Iterable[Anything], bias: Anything = 0) -> tuple[Anything, ...]:
    """The operands of ``dot(weights, inputs, bias)``; a ValueError if there are more of the one than of the other."""
    weights, inputs = operands_in(weights, "dot"), operands_in(inputs, "dot")
    if len(weights) != len(inputs):
        raise ValueError(f"dot takes as many inputs as weights, not {len(inputs)} inputs and {len(weights)} weights")
    return (*weights, *inputs) if type(bias) is int and bias == 0 else (*weights, *inputs, bias)


class NoSuchPlaceError(IndexError, ValueError):
    """An index that is no place of the table."""


def place_in(index: Anything, count: int) -> int:
    """The index as a place among `count`, from 0 on; a `NoSuchPlaceError` if it is none."""
    number = index.data if hasattr(index, "local_grads") else index
    if not is_real(number):
        raise TypeError(f"the index of take must be a whole number, not {described(index)}")
    if number != number or not 0 <= number < count or number != int(number):
        raise NoSuchPlaceError(f"the index of take must be a whole number from 0 to {count - 1}, not {quoted(number)}")
    return int(number)


class UnrecordedTruthError(TypeError):
    """A `where` was given a Python truth."""


def recorded_condition(condition: Anything) -> Anything:
    """The condition of a `where`; a TypeError for a Python truth, which is not recorded, and may be an identity."""
    if type(condition).__name__ in ("bool", "bool_"):
        raise UnrecordedTruthError(
            f"where takes a recorded condition, such as x > y or equal(x, y), not {quoted(condition)}: a == b of two "
            "Values asks whether they are one Value, and what is known before needs no where but an if"
        )
    return condition
