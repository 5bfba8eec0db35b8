"""The recorded graph: its order, its replay in any number system, and the chain rule over it.

A node has ``op`` (None for a leaf), ``parents`` and ``data``; nothing here knows what else it is. A graph is walked
with explicit stacks, so that its depth is bounded by memory and not by Python's recursion limit.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

NOTHING = 0
"""The local gradient of an operand that does not matter. It is this very integer, by identity: a float 0.0 that some
derivative happened to evaluate to still makes NaN of 0 · ∞ and 0 · NaN, but in ``where(x > 0, sqrt(x), 0)`` at x = 0
the branch not taken must not."""


def topological_order(*outputs: Any, seen: set[Any] | None = None) -> list[Any]:
    """Every node that the outputs depend on, parents before children, each once; none that is in `seen`, which grows.

    The order follows the order of the outputs and of each node's parents alone (no set is iterated), so it is the same
    in every process.
    """
    order: list[Any] = []
    seen = set() if seen is None else seen
    stack: list[Any] = [*reversed(outputs)]
    while stack:
        node = stack.pop()
        if node is None:
            # All parents of the node below this mark are in order: it follows them.
            order.append(stack.pop())
        elif node not in seen:
            seen.add(node)
            if seen.issuperset(node.parents):
                # There are no cycles, so a parent that was seen is finished.
                order.append(node)
            else:
                # The node is finished once all that is stacked above it is.
                stack += (node, None)
                stack += node.parents[::-1]
    return order


def depending_on(order: Iterable[Any], inputs: Iterable[Any]) -> set[Any]:
    """The nodes of a topological order that are inputs or that some path from an input leads to."""
    found = set(inputs)
    for node in order:
        if any(parent in found for parent in node.parents):
            found.add(node)
    return found


def replay(order: Iterable[Any], m: Any, leaf: Callable[[Any], Any]) -> dict[Any, Any]:
    """The value of each node, computed anew in the number system `m`.

    `leaf` gives a node's value, or None for a node that is to be computed from its parents. So it gives the leaves, and
    may give inner nodes too: there the graph is cut.
    """
    values: dict[Any, Any] = {}
    for node in order:
        given = leaf(node)
        values[node] = node.op.value(m, *(values[p] for p in node.parents)) if given is None else given
    return values


def chain_rule(
    output: Any, order: Sequence[Any], inputs: Iterable[Any], m: Any, values: Mapping[Any, Any]
) -> dict[Any, Any]:
    """∂output/∂node for each node on a path from an input to the output, in the number system `m`.

    Each node in reverse order passes upstream gradient × local gradient to its parents; gradients add at branches.
    A node that no path reaches is not in the result.
    """
    on_a_path = depending_on(order, inputs)
    gradients: dict[Any, Any] = {output: 1}
    for node in reversed(order):
        if node.op is None or node not in gradients or node not in on_a_path:
            continue
        operands = [values[parent] for parent in node.parents]
        local_grads = node.op.local(m, values[node], *operands)
        for parent, local in zip(node.parents, local_grads, strict=True):
            if local is not NOTHING and parent in on_a_path:
                passed = _product(gradients[node], local)
                gradients[parent] = gradients[parent] + passed if parent in gradients else passed
    return gradients


def _product(upstream: Any, local: Any) -> Any:
    """upstream × local, without a node for a factor that is the integer 1."""
    if type(upstream) is int and upstream == 1:
        return local
    if type(local) is int and local == 1:
        return upstream
    return upstream * local


def changed_operand(order: Iterable[Any], m: Any) -> tuple[Any, Any] | None:
    """The first node whose operands no longer give what it recorded, with the operand that was written to since.

    None if the whole graph would be recorded as it stands: then its values and local gradients may be computed anew.
    """
    for node in order:
        for parent in node.parents:
            if parent.written > node.written and not _as_recorded(node, m):
                return node, parent
    return None


def _as_recorded(node: Any, m: Any) -> bool:
    operands = [parent.data for parent in node.parents]
    try:
        value = node.op.value(m, *operands)
        local_grads = node.op.local(m, value, *operands)
    except (ValueError, ArithmeticError):
        return False
    return all(map(_same, (value, *local_grads), (node.data, *node.local_grads)))


def _same(a: Any, b: Any) -> bool:
    return bool(a == b or (a != a and b != b))
