"""Where a number that is not finite came from: errors that name the operation and its operands."""

from collections.abc import Iterable, Sequence
from importlib import import_module
from itertools import chain
from math import isfinite, isinf, isnan
from traceback import walk_tb
from types import ModuleType
from typing import NoReturn

from autograd import Value
from autograd.errors import applied, refuse
from autograd.graph import topological_order
from autograd.nonfinite import births_of_gradients, module_of, origin_of
from autograd.untyped import AnyArray
from nn.optimizers import Optimizer

PLAIN = (ValueError, TypeError, AssertionError, ArithmeticError, OverflowError, ZeroDivisionError, FloatingPointError)


def all_finite(numbers: list[float]) -> bool:
    """Whether each is a number: their sum tells of NaN and infinity, unless it is too large itself."""
    return isfinite(sum(numbers)) or all(map(isfinite, numbers))


def raise_at(place: str, error: Exception, cause: BaseException | None) -> NoReturn:
    """Raise the error with its place before what it says; one of a class with a form of its own gets a note instead."""
    if type(error) not in PLAIN:
        error.add_note(f"({place})")
        raise error
    found = type(error)(f"{place}: {str(error) or 'the loss raises it without a word'}")
    for note in getattr(error, "__notes__", ()):
        found.add_note(note)
    raise found from cause


def of_an_operation(error: Exception) -> bool:
    """Whether the engine raised it, for an operation that has no value; not the program that uses the engine."""
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    return frames[-1].f_code is refuse.__code__


def error_of_value(output: Value) -> Exception:
    """The error of an output that is not finite: it names the operation that the output has that from."""
    node = origin_of(output)
    if node.op is None and isnan(output.data) and isinf(node.data):
        node = _first_nan(output)  # an infinity that was given is a number, as a masked logit is
    operation = node.op
    if operation is None:
        return ValueError(f"{node!r} is not finite, and the loss depends on it")
    written = f"{applied(operation, node.parents)}{_module_of(node, output)}"
    if isinf(node.data):
        return OverflowError(f"{written} is too large for a float, which ends at 1.8e308")
    return ArithmeticError(f"{written} is {node.data}")


def _first_nan(output: Value) -> Value:
    """The node that NaN comes from: none of its operands is NaN."""
    node = output
    while worse := [parent for parent in node.parents if isnan(parent.data)]:
        node = worse[0]
    return node


def _module_of(node: Value, output: Value) -> str:
    module = module_of(node, topological_order(output))
    return f", in {module}," if module else ""


def error_of_gradients(output: Value, parameters: Iterable[Value]) -> Exception | None:
    """The error of the first gradient that is not finite and reaches a parameter; None if all parameters have one."""
    order = topological_order(output)
    parameters = set(order).intersection(parameters)
    gradients: dict[AnyArray, float] = {output: 1.0}
    births = [*births_of_gradients(order, gradients, parameters)]
    bad = {parameter for parameter in parameters if not isfinite(gradients.get(parameter, 0.0))}
    if not bad:
        return None
    for node, operand, upstream in births:
        if not bad.isdisjoint(topological_order(node.parents[operand])):
            written, local = applied(node.op, node.parents), node.local_grads[operand]
            by = f"its operand {operand + 1}" if len(node.parents) > 1 else "its operand"
            if isfinite(local):
                return OverflowError(
                    f"the gradient {upstream} that comes to {written} times the derivative {local} by {by} "
                    "is too large for a float"
                )
            return ArithmeticError(f"the derivative of {written} by {by} is {local}, and no step can be taken")
    parameter = next(iter(bad))
    return OverflowError(f"the gradient of {parameter!r} is {gradients[parameter]}: it is too large for a float")


def is_finite(numbers: AnyArray) -> bool:
    """Whether an array, or a number, is finite throughout. It is asked after each step, so it is quick."""
    kind = type(numbers)
    if kind is float or kind is int:
        return isfinite(numbers)
    if getattr(numbers, "dtype", None) is None:
        return True
    # One product of an array with itself tells, unless it is too large for a float.
    if numbers.ndim == 1 and isfinite(numbers.dot(numbers)):
        return True
    import numpy as np

    return bool(np.isfinite(numbers).all())


def clipped(gradient: AnyArray, longest: float, np: ModuleType | None = None) -> AnyArray:
    """A gradient that is no longer than that: shortened, if it is, in its direction. `np` is the array library."""
    np = np or import_module("numpy")
    largest = np.max(np.abs(gradient))
    largest = np.where(largest > 0, largest, 1.0)
    length = largest * np.linalg.norm(gradient / largest)  # no square of a large number overflows
    return np.where(length <= longest, gradient, gradient * (longest / np.where(length > 0, length, 1.0)))


def still_finite(before: Sequence[AnyArray], after: Sequence[AnyArray]) -> bool:
    """Whether no number of an optimizer's states became NaN or infinite; one that began so may stay it."""
    found = _parts(after)
    if all_finite(found) if type(found[0]) is float else all(map(is_finite, found)):
        return True
    import numpy as np

    pairs = zip(_parts(before), found, strict=True)
    return not any(bool(np.any(np.isfinite(old) & ~np.isfinite(new))) for old, new in pairs)


def _parts(states: Iterable[AnyArray]) -> list[AnyArray]:
    """The numbers or arrays of some states, each of which is one or a tuple of them."""
    states = [*states]
    if len(states) == 1:  # the arrays of all parameters
        [state] = states
        return _parts(state) if type(state) is tuple else states
    kinds = {*map(type, states)}
    if kinds == {tuple}:
        return _parts(chain.from_iterable(states))
    return _parts(s if type(s) is tuple else (s,) for s in states) if tuple in kinds else states


def error_of_step(
    optimizer: Optimizer, parameters: Sequence[Value], before: AnyArray, after: AnyArray, gradients: AnyArray
) -> OverflowError:
    """The error of a step whose gradients were finite, and whose parameters or states are not."""
    rows = list(zip(parameters, map(float, before), map(float, after), gradients, strict=True))
    lost = [row for row in rows if not isfinite(row[2])]
    parameter, old, new, gradient = (lost or [max(rows, key=lambda row: abs(row[3] or 0.0))])[0]
    what = f"takes {old} to {new}" if lost else "makes a number of its state infinite"
    name = "a parameter" if parameter.name is None else f"the parameter {parameter.name}"
    return OverflowError(f"the step of {optimizer!r} {what} for {name}, by the gradient {gradient}")


def finite_numbers(optimizer: Optimizer) -> list[float]:
    """What the parameters hold; ValueError if one is not finite, for no step would mend it."""
    optimizer.see_to_states()
    numbers = [parameter.data for parameter in optimizer.parameters]
    if not all_finite(numbers):
        parameter = next(p for p in optimizer.parameters if not isfinite(p.data))
        raise ValueError(f"the parameter {parameter!r} is not finite: give it a number before training goes on")
    return numbers
