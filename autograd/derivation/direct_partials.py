"""The direct partial ∂u/∂v: u's own formula, differentiated with the other named nodes in it held.

Textbooks write ``dy/dx = ∂y/∂x + ∂y/∂u·du/dx``, where d goes through all of the graph and ∂ through y's own formula
alone. Its own formula leads from y down to the nearest named nodes, and is differentiated by the table like any other.
"""

from collections.abc import Container
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
