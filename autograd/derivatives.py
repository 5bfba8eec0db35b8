"""Derivatives of a recorded graph, in other number systems: as graphs again, as formulas, as exact fractions.

They compute the graph anew, so they first see that its leaves still hold what they held when it was recorded.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import wraps
from inspect import signature
from itertools import combinations
from math import isfinite
from traceback import walk_tb
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from autograd import recorder
from autograd.advice.advised import with_advice
from autograd.errors import quoted, refuse_call
from autograd.graph import chain_rule, depending_on, replay, topological_order
from autograd.nodes import changed_operand
from autograd.numbers import Number, NumberSystem
from autograd.numbers.extended import extended
from autograd.recorder import resumed
from autograd.text import printable, visible, with_numbers
from autograd.untyped import Anything
from autograd.value import Value

if TYPE_CHECKING:
    import sympy

P = ParamSpec("P")
R = TypeVar("R")


def _of_what_was_computed(function: Callable[P, R]) -> Callable[P, R]:
    """Refuse a function to differentiate, as other libraries take it, before Python misses the inputs; and say of
    another call that does not fit how it is written."""
    known = signature(function)

    @wraps(function)
    def asked(*arguments: P.args, **named: P.kwargs) -> R:
        if len(arguments) == 1 and not named and callable(arguments[0]):
            name = function.__name__
            raise TypeError(
                f"{name} takes what was computed, as in y = f(v); {name}({'[y]' if name == 'jacobian' else 'y'}, [v]), "
                "and not a function; those of a function are grad(f)(x), grad(grad(f))(x), hvp(f, x, v), jvp and vjp"
            )
        try:
            return function(*arguments, **named)
        except TypeError:
            refuse_call(function.__name__, known, arguments, named, {})
            raise

    return asked


@_of_what_was_computed
def gradients(output: Value, inputs: Iterable[Value]) -> list[Value]:
    """∂output/∂input for each input, as Values: graphs that can be differentiated, drawn and compiled again.

    Args:
        output: the Value to differentiate.
        inputs: leaves or inner nodes. For an inner node it is the derivative through everything computed from it.

    Returns:
        A Value for each input, in order; ``Value(0)`` where no path leads to the output. No ``grad`` is touched.

    Raises:
        TypeError: if `output` or an input is not a Value.
        ValueError: if a leaf was written to since the graph was recorded, by its name; if the rule of a user's
            operation computes in floats alone.

    >>> x = Value(3.0)
    >>> [slope] = gradients(x ** 3, [x])
    >>> [curvature] = gradients(slope, [x])
    >>> slope.data, curvature.data
    (27.0, 18.0)
    """
    from autograd.numbers.values import values

    inputs = values_in(inputs, "inputs")
    recorder.current.get().differentiated = True
    order = recorded_order(output)
    with naming_what_fails(order, "graph of the gradient"):
        found = chain_rule(output, order, inputs, values, {node: node for node in order})
    return [_as_value(found.get(node, 0)) for node in inputs]


@_of_what_was_computed
def hessian(output: Value, inputs: Iterable[Value]) -> list[list[Value]]:
    """The second derivatives ∂²output/∂inputᵢ∂inputⱼ, as a list of rows of Values. Raises as `gradients` does.

    >>> x, y = Value(2.0), Value(5.0)
    >>> [[f"{d:g}" for d in row] for row in hessian(x * x * y, [x, y])]
    [['10', '4'], ['4', '0']]
    """
    inputs = values_in(inputs, "inputs")
    recorder.current.get().differentiated = True
    # What is differentiated again must be a graph, under no_grad too, where it would be constants without slope.
    with resumed():
        slopes = gradients(output, inputs)
        traced = recorder.current.get().traces
    rows = jacobian(slopes, inputs)
    for i, j in () if traced else combinations(range(len(rows)), 2):
        # Of two that are equal one may not see that it is infinite: by b, xlogy(a, b) has no slope at all at (0, 0).
        if isfinite(rows[i][j].data) != isfinite(rows[j][i].data):
            rows[i][j] = rows[j][i] = rows[j][i] if isfinite(rows[i][j].data) else rows[i][j]
    return rows


@_of_what_was_computed
def jacobian(outputs: Iterable[Value], inputs: Iterable[Value]) -> list[list[Value]]:
    """∂outputᵢ/∂inputⱼ, as a list with a row for each output. Raises as `gradients` does.

    >>> x, y = Value(2.0), Value(5.0)
    >>> [[d.data for d in row] for row in jacobian([x * y, x - y], [x, y])]
    [[5.0, 2.0], [1.0, -1.0]]
    """
    inputs = values_in(inputs, "inputs")
    return [gradients(output, inputs) for output in values_in(outputs, "outputs")]


@with_advice({})
def formula(output: Value, input: Value | None = None, keep: Iterable[Value] = ()) -> "sympy.Expr":  # noqa: A002
    """The recorded graph as a sympy expression in the names of its nodes; with `input`, its derivative by that node.

    Args:
        output: the Value to write down.
        input: a node to differentiate by.
        keep: inner nodes that the formula keeps under their names, instead of what they were computed from.

    Returns:
        A sympy expression, as the rules give it: not simplified. With nodes kept, a derivative is the shortest equal
        one that is found, in their names: a - y for sigmoid and cross-entropy. A leaf without a name appears as its
        number, exactly as written in decimals (0.1 is 1/10).

    Raises:
        ValueError: if two different nodes have the same name, a kept node has none, a leaf was written to since the
            graph was recorded, or the formula is too long (20,000 operations) or too deep (150) for sympy to print.

    >>> x, w = Value(2.0, "x"), Value(-1.0, "w")
    >>> p = (w * x).sigmoid()
    >>> p.name = "p"
    >>> formula(p), formula(p, w, keep=[p])
    (1/(1 + exp(-w*x)), p*x*(1 - p))
    >>> y = Value(1.0, "y")
    >>> formula(-(y * p.log() + (1 - y) * (1 - p).log()), w, keep=[p])
    x*(p - y)
    """
    from autograd.numbers.formulas import TooLongError, WrittenOut, formulas
    from autograd.numbers.short_formulas import MOST_TERMS, shortest, terms

    order = recorded_order(output)
    kept = dict.fromkeys(values_in(keep, "keep"))
    if input is not None:
        values_in([input], "input")
    for node in kept:
        if node.name is None:
            raise ValueError(f"keep: {node!r} has no name to appear under; set its .name first")
    if input is not None:
        # A derivative of p[0] may be written in p[1], which is computed beside it, but not in what is computed from it.
        later = depending_on(topological_order(output, *kept), [output])
        order = recorded_order(output, *(node for node in kept if node not in later))
    symbols = _symbols([node for node in order if node in kept or node.op is None])
    values: dict[Value, Number] = {}
    written_out = WrittenOut()

    def leaf(node: Value) -> Number | None:
        if node in values:
            return values[node]
        return symbols[node] if node in symbols else formulas.number(node.data) if node.op is None else None

    def computed(node: Value) -> Number:
        operands = [values[parent] for parent in node.parents]
        return node.op.value(formulas, *operands) if node.op else values[node]

    try:
        with naming_what_fails(order, "formula"):
            for node in order:
                values |= replay([*node.parents, node], formulas, leaf)
                written_out.see_that_it_can_be_printed(values[node], times=2)
            _refuse_other_choices(order, values)
            if input is None:
                # A kept output has its name in what is computed from it; its own formula is what the name means.
                found = computed(output)
            else:
                found = chain_rule(output, order, [input], formulas, values).get(input, 0)
            written_out.see_that_it_can_be_printed(found)
            found = formulas.expression(found)
            if input is None or not kept or terms(found) > MOST_TERMS:
                return found
            return shortest(found, lambda: [(computed(node), symbols[node]) for node in order if node in kept])[0]
    except (RecursionError, TooLongError) as error:
        why = error if isinstance(error, TooLongError) else "is nested too deeply for sympy"
        raise ValueError(
            f"the formula of {output!r} {why}: give some nodes on the way to it names and keep them, as in "
            "formula(y, keep=[h]); then the formula holds the name h, and formula(h) is what it means"
        ) from None


@_of_what_was_computed
def exact_gradients(output: Value, inputs: Iterable[Value]) -> list[Fraction]:
    """∂output/∂input for each input as an exact fraction, taking every leaf as the decimal it prints as.

    What leaves the rational numbers is refused only if a gradient that was asked for depends on it.

    Raises:
        ValueError: if a gradient is irrational, infinite or computed in floats, by the operation that makes it so, as
            ``exp(1/2)``; if a leaf is not finite, or was written to since the graph was recorded.

    >>> x, y = Value(0.1), Value(0.3)
    >>> exact_gradients(x / y, [x, y])
    [Fraction(10, 3), Fraction(-10, 9)]
    """
    from autograd.numbers.rationals import Irrational, rationals

    inputs = values_in(inputs, "inputs")
    order = recorded_order(output)
    with naming_what_fails(order, "exact gradient"):
        values = replay(order, rationals, lambda node: rationals.number(node.data) if node.op is None else None)
        found = chain_rule(output, order, inputs, rationals, values)
    for node in inputs:
        if isinstance(gradient := found.get(node), Irrational | float):
            raise ValueError(_where_it_arose(gradient, order, rationals, values))
    return [Fraction(found.get(node, 0)) for node in inputs]


def _where_it_arose(gradient: Number, order: Iterable[Value], m: NumberSystem, values: Mapping[Value, Number]) -> str:
    """The message that names the operation whose value or rule first gave this number.

    The number itself may not tell: the rule of √ at 0 divides by 0, and all that it gives is ½ / 0.
    """
    from autograd.numbers.rationals import Irrational, Rounded

    for node in order:
        if node.op is None:
            continue
        operands = [values[parent] for parent in node.parents]
        results = (values[node], *node.op.local(m, values[node], *operands))
        rounded = any(isinstance(result, float | Rounded) for result in results)
        if rounded or any(isinstance(result, Irrational) and result == gradient for result in results):
            why = COMPUTES_IN_FLOATS if rounded else f"{gradient} is not a rational number"
            return printable(f"no exact gradient through {with_numbers(node.op, list(map(str, operands)))}: {why}")
    raise AssertionError(f"{gradient} comes from no operation")


def _refuse_other_choices(order: Iterable[Value], values: Mapping[Value, Number]) -> None:
    """Refuse a user's rule that chooses otherwise for the numbers of a formula than for floats.

    In ``a if a >= 0.1 else 0`` a leaf of 0.1 is 1/10, which is less than the float 0.1 by a little.
    """
    from autograd.numbers.formulas import formulas

    for node in order:
        if node.op is None or node.op.in_the_table:
            continue
        operands = [formulas.expression(values[parent]) for parent in node.parents]
        if any(operand.free_symbols for operand in operands):
            continue
        try:
            found = values[node], *node.op.local(formulas, values[node], *operands)
            floats = [float(operand) for operand in operands]
            value = node.op.value(extended, *floats)
            expected = value, *node.op.local(extended, value, *floats)
            differ = any(abs(float(a) - b) > 1e-6 * (1 + abs(b)) for a, b in zip(found, expected, strict=True))
        except (TypeError, ValueError, ArithmeticError, AttributeError):
            continue  # no float to compare with: what a rule cannot do, the formula that needs it will say
        if differ:
            written = with_numbers(node.op, list(map(str, operands)))
            raise ValueError(f"no formula through {written}: {COMPUTES_IN_FLOATS}")


COMPUTES_IN_FLOATS = (
    "its rule computes in floats; for other numbers too, write a constant as m.number(0.01) and a function as m.exp"
)


@contextmanager
def naming_what_fails(order: Iterable[Value], role: str) -> Iterator[None]:
    """Turn what a rule raises on the numbers of a system into a ValueError that names the operation."""
    try:
        yield
    except (TypeError, AttributeError) as error:
        running = {frame.f_code for frame, _ in walk_tb(error.__traceback__)}
        for operation in dict.fromkeys(node.op for node in order if node.op is not None):
            if not running.isdisjoint(getattr(rule, "__code__", None) for rule in (operation.value, operation.local)):
                raise ValueError(f"no {role} through {operation}: {COMPUTES_IN_FLOATS}") from error
        raise


def recorded_order(*outputs: Value) -> list[Value]:
    """The topological order of a graph that is about to be computed anew.

    Raises:
        TypeError: if an output is not a Value.
        ValueError: if a leaf was written to since, so that the graph would no longer give its recorded values.
    """
    order: list[Value] = topological_order(*values_in(outputs, "output"))
    if changed := changed_operand(order):
        node, operand = changed
        operation = printable(visible(node.op.name))
        raise ValueError(
            f"{operand!r} was written to after {node!r} was computed from it (operation {operation}): "
            "compute the output again, then differentiate it"
        )
    return order


def values_in(nodes: Iterable[Value], role: str) -> Sequence[Value]:
    """The nodes as a tuple; a TypeError that names the `role` if one of them is not a Value."""
    if isinstance(nodes, Value):
        raise TypeError(f"{role} must be a list of Values; for one, [value]")
    try:
        nodes = tuple(nodes)
    except TypeError:
        called = "; call it first, as in model(x)" if callable(nodes) else ""
        raise TypeError(f"{role} must be Values, not {quoted(nodes)} of type {type(nodes).__name__}{called}") from None
    for node in nodes:
        if not isinstance(node, Value):
            raise TypeError(
                printable(f"{role} must hold Values, not {quoted(node)} of type {type(node).__name__}{_meant_by(node)}")
            )
    return nodes


def _meant_by(thing: Anything) -> str:
    """What to give in the place of something that is no Value."""
    if callable(thing):
        return "; call it first, as in f(x)"
    if isinstance(thing, str):
        return "; give the Value itself, not its name"
    if isinstance(thing, list | tuple):
        return (
            "; give a Value where one is meant, as v for [v]: jacobian(outputs, inputs) takes several outputs, and "
            "gradients(output, inputs) several inputs"
        )
    return ""


def _as_value(number: Number) -> Value:
    return number if isinstance(number, Value) else Value(number)


def _symbols(nodes: Iterable[Value]) -> "dict[Value, sympy.Symbol]":
    import sympy

    named: dict[str, Value] = {}
    for node in nodes:
        if node.name is not None and named.setdefault(node.name, node) is not node:
            raise ValueError(printable(f"two different nodes are named {node.name!r}: a formula needs a name for each"))
    return {node: sympy.Symbol(name) for name, node in named.items()}
