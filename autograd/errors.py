"""Errors that say what was given, what was expected and what to do, and the checks that raise them.

What a user wrote stands in them in characters that the standard output has, so that ``print(error)`` prints.
"""

import inspect
from collections.abc import Mapping
from decimal import Decimal
from math import inf, isfinite
from numbers import Real
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from autograd.text import Writer, few, printable, visible, with_numbers
from autograd.untyped import AnyFunction, Anything

if TYPE_CHECKING:
    from autograd.condition import Condition
    from autograd.operation import Operation
    from autograd.value import Value


def real_number(thing: Anything, role: str) -> float:
    """A real number as a float; a TypeError that says what to do about anything else."""
    if is_real(thing):
        try:
            found = float(thing)
        except OverflowError:
            found = inf
        if isfinite(found) or found != found or found == thing:
            return found
        size = f"this int has {thing.bit_length()} bits" if isinstance(thing, int) else f"it is {described(thing)}"
        raise OverflowError(f"{role} must fit a float, below 1.8e308 in size; {size}")
    raise TypeError(printable(f"{role} must be a real number, not {described(thing)}: {advice_on(thing)}"))


def whole_number(name: str, number: Anything, *, least: int, most: int | None = None) -> int:
    """The argument `name` as an int; a TypeError if it is not whole, a ValueError if it is out of its bounds."""
    try:
        whole = index(number)
    except TypeError:
        whole = None
    if whole is None or isinstance(number, bool):
        raise TypeError(printable(f"{name} must be a whole number, not {quoted(number)}"))
    if whole < least:
        raise ValueError(f"{name} must be at least {least}, not {quoted(number)}")
    if most is not None and whole > most:
        raise ValueError(f"{name} must be at most {most}, not {quoted(number)}")
    return whole


def path_of_file(path: Anything) -> Path:
    """The path that was given as one; a TypeError if it is none."""
    try:
        found = Path(path)
    except TypeError:
        raise TypeError(f"the path of a file is a string or a Path, not {described(path)}") from None
    if "\0" in str(found):
        raise ValueError(f"the path of a file holds no \\0, as {quoted(path)} does")
    return found


def checked_gradients(operation: "Operation", local_grads: Anything, count: int) -> tuple[float, ...]:
    """The local gradients that the rule of an operation gave; a TypeError if they are not `count` numbers."""
    if type(local_grads) is tuple and len(local_grads) == count and all(map(is_real, local_grads)):
        return local_grads
    called = printable(repr(operation.name))
    raise TypeError(
        f"the local gradients of operation {called} must be a tuple with one number for each of its {count} operands, "
        f"not {described(local_grads)}"
    )


def is_real(thing: object) -> bool:
    """Whether it counts as a real number: one of Python or NumPy, a Fraction, a Decimal, a truth."""
    kind = type(thing)
    if kind is float or kind is int:
        return True
    if kind.__name__ == "timedelta64":  # a whole number, says NumPy, of days or of nanoseconds
        return False
    return isinstance(thing, Real | Decimal) or kind.__name__ in ("bool", "bool_")


LONGEST_REPR = 200


def quoted(thing: object) -> str:
    """The repr of a thing that was given; cut if it is long."""
    try:
        text = repr(thing)
    except Exception:  # of a class that fails at it, or of lists in lists in lists
        text = object.__repr__(thing)
    return text if len(text) <= LONGEST_REPR else f"{text[: LONGEST_REPR - 3]}..."


def described(thing: object) -> str:
    """A thing that was given, and its type."""
    given = quoted(thing)
    return printable(f"{given if len(given) <= 80 else given[:77] + '...'} of type {type(thing).__name__}")


def advice_on(thing: object) -> str:
    """What to give in its place."""
    if hasattr(thing, "local_grads"):
        return "it is a Value already; v.detach() is a new leaf with its number, v.data the number"
    if thing is None:
        return "look for a function that ends without return"
    if isinstance(thing, complex):
        return (
            "only real numbers are differentiated; take .real, .imag or abs() first. Python makes one of a negative "
            "number to a power, as (-3.0) ** 0.5, which Value(-3.0) ** 0.5 refuses"
        )
    if isinstance(thing, str | bytes):
        return "convert it with float(...)"
    if type(thing).__name__ == "Value":
        return "it is of another library; make one of its number, as Value(v.data)"
    if getattr(thing, "shape", None) == ():
        return "an array or tensor without dimensions holds one number; take it out with .item()"
    if hasattr(thing, "__len__") or hasattr(thing, "__iter__") or hasattr(thing, "shape"):
        return (
            "a Value holds one number; take one element, or each, as in [Value(x) for x in data], [tanh(x) for x in xs]"
        )
    return "convert it with float(...) if it stands for a number"


def real_value(data: Anything, operation: "Operation") -> float:
    """What an operation computed, as a float: a user's rule may give an int or a NumPy scalar."""
    return real_number(data, f"the value of {visible(operation.name)}")


def applied(operation: "Operation", operands: Anything) -> str:
    """The operation with the names and numbers of its operands, Values or numbers, as in ``log(x) with x = -1.0``.

    Operands that were computed, and have no name, stand before it as they were: ``log(x - 2) = log(-1.0)``.
    """
    pairs = [(getattr(operand, "name", None), getattr(operand, "_scalar", operand)) for operand in operands]
    names = [name or str(number) for name, number in pairs]
    written = with_numbers(operation, names)
    formulas = [_computed(operand) or name for operand, name in zip(operands, names, strict=True)]
    if formulas != names:
        written = f"{with_numbers(operation, formulas)} = {written}"
    named = dict.fromkeys(f"{pair[0]} = {pair[1]}" for pair in few(operation, pairs) if pair and pair[0])
    return printable(visible(written + (f" with {' and '.join(named)}" if named else "")))


def _computed(operand: Anything) -> str | None:
    """How an operand without a name was computed; None for others."""
    return Writer().operation(operand).text if getattr(operand, "op", None) and operand.name is None else None


def refuse(operation: "Operation", operands: Anything, error: Exception) -> NoReturn:
    """Raise the error of an operation that has no value at its operands, Values or numbers."""
    name, written = visible(operation.name), applied(operation, operands)
    if isinstance(error, OverflowError):
        # The operands are in the domain: to recite it would blame, say, the base of 10000.0 ** 100.
        raise OverflowError(f"{written} is too large for a float, which ends at 1.8e308") from error
    advice = printable(f": {name} needs {operation.domain}" if operation.domain else f": {error}")
    # The mean of nothing divides by zero, but no operand of the user's is at fault.
    kind: type[Exception] = ValueError
    if operands and isinstance(error, ArithmeticError):
        kind = ZeroDivisionError if isinstance(error, ZeroDivisionError) else ArithmeticError
    raise kind(f"{written} has no real value{advice}") from error


def shown_value(value: "Value") -> str:
    """A Value as errors and its repr show it."""
    name = f", name={value.name!r}" if value.name is not None else ""
    return printable(f"Value(data={value._scalar}, grad={value.grad}{name})")


def no_float(value: "Value") -> Anything:
    """Refuse ``float(value)``."""
    raise TypeError(
        f"float() of {value!r} would drop its gradient without a word (math functions call it too): "
        "use the functions of autograd, as in autograd.exp(v), or v.data if only the number is wanted"
    )


def no_float_of_a_truth(condition: "Condition") -> Anything:
    """Refuse ``float(x > 1)``."""
    raise TypeError(
        f"{condition!r} is a truth, to be asked for with bool(c) or computed with as a Value, as in c * x and "
        "where(c, a, b); c.data is its number, 1.0 or 0.0"
    )


def no_truth(value: "Value") -> bool:
    """Refuse ``if value:``."""
    raise TypeError(
        f"the truth of {value!r} is ambiguous: compare it, as in v > 0, or ask v.data != 0, or v is not None"
    )


def arity_of(name: str, value: AnyFunction, local: AnyFunction, domain: str | None) -> int | None:
    """How many operands the functions of an operation take, None for any number; a TypeError if they do not agree."""
    if not isinstance(name, str) or not name:
        raise TypeError(printable(f"an Operation needs a name, a non-empty string, not {quoted(name)}"))
    if not isinstance(domain, str | None):
        raise TypeError(
            printable(f"operation {name!r}: its domain is text, as 'a number above 0', not {quoted(domain)}")
        )
    arity = _operand_count(name, "value", value, leading="m")
    if _operand_count(name, "local", local, leading="m, y") not in (arity, None):
        message = f"operation {name!r}: local takes (m, y, *operands) with the operands of value(m, *operands)"
        raise TypeError(printable(message))
    return arity


def _operand_count(name: str, role: str, function: AnyFunction, leading: str) -> int | None:
    """The number of operands after the `leading` parameters, or None for ``*operands``."""
    needed = f"operation {name!r}: {role} must be a function of ({leading}, *operands)"
    if not callable(function):
        raise TypeError(printable(f"{needed}, not {quoted(function)}"))
    parameters = list(inspect.signature(function).parameters.values())
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return None
    count = len(parameters) - len(leading.split(", "))
    if count < 1:
        raise TypeError(printable(f"{needed}, with an operand"))
    return count


def refuse_to_set(node: "Value") -> NoReturn:
    """Refuse ``node.data = 2.0`` for a node that was computed."""
    raise ValueError(f"{node!r} was computed ({node.op}): its data cannot be set; compute it anew, or detach() a leaf")


def refuse_keywords(function: str, given: Anything, remedies: Mapping[str, str]) -> NoReturn:
    """A TypeError about keywords that a function does not have."""
    name = next(iter(given))
    advice = remedies.get(name, "see help() for those that there are")
    raise TypeError(printable(f"{function} has no argument {name!r}: {advice}"))


def refuse_call(
    function: str,
    known: inspect.Signature,
    arguments: Anything,
    named: Anything,
    remedies: Mapping[str, str],
    said: str = "",
) -> None:
    """Where a call does not fit a signature, raise the TypeError that shows it, with the remedy if there is one.

    Of too many arguments the remedy is that of the name with parentheses, as ``log()``. What the function `said` itself
    stays in the error.
    """
    try:
        known.bind(*arguments, **named)
    except TypeError as error:
        unknown = next((name for name in named if name not in known.parameters), None)
        if unknown is not None and (unknown in remedies or not said):
            refuse_keywords(function, [unknown], remedies)
        names = ", ".join(name for name in known.parameters if name != "self")
        by_name = [name for name, parameter in known.parameters.items() if parameter.kind is parameter.KEYWORD_ONLY]
        advice = ""
        if str(error).startswith("too many positional"):
            by_itself = f"; give by name {', '.join(f'{name}=' for name in by_name)}" if by_name else ""
            advice = f"; {remedies[f'{function}()']}" if f"{function}()" in remedies else by_itself
        call = f"{function}({names})"
        raise TypeError(printable(f"{said}: write {call}{advice}" if said else f"{call}: {error}{advice}")) from None
