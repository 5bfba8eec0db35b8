"""The recorded graph: its order, its replay in any number system, and the chain rule over it.

A node has ``op`` (None for a leaf), ``parents`` and ``data``; nothing here knows what else it is. A graph is walked
with explicit stacks, so that its depth is bounded by memory and not by Python's recursion limit.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from autograd.numbers import Number, NumberSystem

Node: TypeAlias = Any
"""A node of a graph: a `Value`, say. That class is made of what stands here, so it cannot be named here."""

NOTHING = 0
"""The local gradient of an operand that does not matter, by identity: a float 0.0 that some derivative happened to
evaluate to still makes NaN of 0 · ∞, but in ``where(x > 0, sqrt(x), 0)`` at x = 0 the branch not taken must not."""


def leads(node: Node, operand: int) -> bool:
    """Whether a path leads from an operand to the node: not from a condition, nor from a branch that was not taken.

    Through a gate that is shut, such as a relu that is off, it does, with the product 0.
    """
    return node.local_grads[operand] is not NOTHING or bool(node.op.gate)


def topological_order(*outputs: Node, seen: set[Node] | None = None) -> list[Node]:
    """Every node that the outputs depend on, parents before children, each once; none that is in `seen`, which grows.

    The order follows the order of the outputs and of each node's parents alone (no set is iterated), so it is the same
    in every process.
    """
    order: list[Node] = []
    seen = set() if seen is None else seen
    stack: list[Node | None] = [*reversed(outputs)]
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


def depending_on(order: Iterable[Node], inputs: Iterable[Node]) -> set[Node]:
    """The nodes of a topological order that are inputs or that some path from an input leads to."""
    found = set(inputs)
    for node in order:
        if any(parent in found for parent in node.parents):
            found.add(node)
    return found


def between(order: Sequence[Node], of: Node, by: Iterable[Node]) -> list[Node]:
    """The nodes of a topological order on a path from one of `by` to `of`, both ends included, in order."""
    reached, needed = depending_on(order, by), {of}
    found = []
    for node in reversed(order):
        if node in needed and node in reached:
            found.append(node)
            needed.update(node.parents)
    return found[::-1]


def replay(order: Iterable[Node], m: "NumberSystem", leaf: "Callable[[Node], Number | None]") -> "dict[Node, Number]":
    """The value of each node, computed anew in the number system `m`.

    `leaf` gives a node's value, or None for a node that is to be computed from its parents. So it gives the leaves, and
    may give inner nodes too: there the graph is cut.
    """
    values: dict[Node, Number] = {}
    for node in order:
        given = leaf(node)
        values[node] = node.op.value(m, *(values[p] for p in node.parents)) if given is None else given
    return values


def chain_rule(
    output: Node, order: Sequence[Node], inputs: Iterable[Node], m: "NumberSystem", values: "Mapping[Node, Number]"
) -> "dict[Node, Number]":
    """∂output/∂node for each node on a path from an input to the output, in the number system `m`.

    A node that no path reaches is not in the result.
    """

    def local_grads(node: Node) -> "tuple[Number, ...]":
        local: tuple[Number, ...] = node.op.local(m, values[node], *[values[parent] for parent in node.parents])
        return local

    gradients: dict[Node, Number] = {output: 1}
    for _ in contributions(order, gradients, local_grads, depending_on(order, inputs)):
        pass
    return gradients


def contributions(
    order: Sequence[Node],
    gradients: "dict[Node, Number]",
    local_grads: "Callable[[Node], Sequence[Number]]" = attrgetter("local_grads"),
    among: Container[Node] | None = None,
) -> "Iterator[tuple[Node, int, Number]]":
    """The chain rule step by step: (node, operand, contribution), by then added to the gradient of that operand.

    Each node passes upstream gradient × local gradient to its parents, the last one first; gradients add at branches.

    Args:
        order: the nodes, in topological order.
        gradients: those of the outputs; the others are added.
        local_grads: the local gradients of a node; by default those recorded.
        among: the nodes that take part; by default all.
    """
    for node in reversed(order):
        if node.op is None or node not in gradients or (among is not None and node not in among):
            continue
        upstream = gradients[node]
        for operand, (parent, local) in enumerate(zip(node.parents, local_grads(node), strict=True)):
            if local is not NOTHING and (among is None or parent in among):
                passed = _product(upstream, local)
                gradients[parent] = gradients[parent] + passed if parent in gradients else passed
                yield node, operand, passed


def _product(upstream: "Number", local: "Number") -> "Number":
    """upstream × local, without a node for a factor that is the integer 1."""
    if type(upstream) is int and upstream == 1:
        return local
    if type(local) is int and local == 1:
        return upstream
    return upstream * local
