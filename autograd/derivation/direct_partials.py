"""The direct partial ∂u/∂v: u's own formula, differentiated with the other named nodes in it held.

Textbooks write ``dy/dx = ∂y/∂x + ∂y/∂u·du/dx``, where d goes through all of the graph and ∂ through y's own formula
alone. Its own formula leads from y down to the nearest named nodes, and is differentiated by the table like any other.
"""

from collections.abc import Callable, Collection, Container
from functools import cache

from autograd import ops
from autograd.derivation.claims import Apply, Expression, Named, Numeral
from autograd.numbers import Number
from autograd.operation import Operation
from autograd.value import Value

_MOST_PIECES = 2_000


@cache
def by_operand(operation: Operation, k: int, count: int) -> Operation:
    """The derivative of an operation by its operand k, as a function of all its operands."""

    def local(m: Number, *operands: Number) -> Number:
        return operation.local(m, operation.value(m, *operands), *operands)[k]

    return Operation(f"∂{operation.name}", local, lambda m, y, *operands: (m.nothing,) * count, domain=operation.domain)


def own_formula(of: Value, named: Container[Value]) -> list[Value]:
    """The nodes of u's own formula, from the nearest named nodes up: these come first, and u last."""
    found: dict[Value, None] = {}
    stack = [of]
    while stack:
        node = stack[-1]
        inner = () if node in named and node is not of else node.parents
        below = [parent for parent in inner if parent not in found]
        if below:
            stack += below
        else:
            found[stack.pop()] = None
    return list(found)


def direct_partial(of: Value, by: Value, named: Container[Value]) -> Expression | None:
    """∂u/∂v as a formula; None if u's own formula has no v in it.

    Raises:
        OverflowError: if it is too long to be written out.

    >>> x = Value(3.0)
    >>> u = x * x
    >>> y = u * x
    >>> direct_partial(y, x, {x, u, y}) is None, direct_partial(y, x, {x, y}) is None
    (False, False)
    >>> direct_partial(u * 2, x, {x, u}) is None
    True
    """
    slopes: dict[Value, Expression] = {by: Numeral("1", 1)}  # type: ignore[arg-type]  # an int is as good as its Fraction
    sizes: dict[Value, int] = {by: 1}
    for node in own_formula(of, named):
        if node.op is None or node is by or (node in named and node is not of):
            continue
        terms: list[Expression] = []
        size = 0
        operands = tuple(Named(parent, "") for parent in node.parents)
        for k, parent in enumerate(node.parents):
            if parent in slopes:
                terms.append(Apply(ops.prod, (Apply(by_operand(node.op, k, len(operands)), operands), slopes[parent])))
                size += len(operands) + sizes[parent]
        if terms:
            slopes[node], sizes[node] = Apply(ops.sum, tuple(terms)), size
            if size > _MOST_PIECES:
                raise OverflowError("the formula of a direct partial is too long")
    return slopes.get(of)


def held(of: Value, by: Value, named: Container[Value], depending: Container[Value]) -> list[Value]:
    """What ∂u/∂v holds fixed as the direct partial, though it depends on v: the named nodes of u's own formula."""
    own = own_formula(of, named)
    return [node for node in own if node in named and node in depending and node is not of and node is not by]


def held_by_a_line(
    of: Value,
    by: Value,
    named: Container[Value],
    spoken: Container[Value],
    between: Callable[..., Collection[Value]],
) -> frozenset[Value]:
    """The named nodes at which u's formula ends if a line speaks of some: the others are opened where v is deeper.

    With h3 = tanh(a3) and a3 = u x3 + w h2, a line about h3, h2, w holds h2 fixed, and opens a3. What stands beside v
    in a formula is never opened. Of several nodes only those are that lead to what the line speaks of, if any do: with
    y = s t, where s is made of u, a line about y and u holds t, since otherwise a forgotten t would be right.

    Args:
        of: u.
        by: v.
        named: the nodes with names.
        spoken: those that the line speaks of.
        between: gives the nodes on the paths to its first argument from any of the others.

    >>> w, h2 = Value(0.5), Value(0.3)
    >>> a3 = w * h2
    >>> h3 = a3 * 2
    >>> held_by_a_line(h3, w, {w, h2, a3, h3}, {w, h2, h3}, lambda of, *by: ()) == {w, a3}
    True
    >>> held_by_a_line(h3, w, {w, h2, a3, h3}, {w, h2, h3}, lambda of, *by: {a3} if w in by else ()) == {w, h2}
    True
    """
    depending = between(of, by)
    said = [node for node in depending if node in spoken and node is not of and node is not by]
    found, opened, stack = {by}, {of}, [of]
    while stack:
        node = stack.pop()
        own = own_formula(node, named)
        ends = [each for each in own if each in named and each is not node]
        deeper = [] if by in own else [each for each in ends if each in depending]
        leading = [each for each in deeper if between(each, *said)]
        opens = [each for each in leading or deeper if each not in spoken]
        found.update(each for each in ends if each not in opens)
        stack += [each for each in opens if each not in opened]
        opened.update(opens)
    return frozenset(found)
