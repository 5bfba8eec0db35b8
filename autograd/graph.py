"""The recorded graph: its order, its replay in any number system, and the chain rule over it.

A node has ``op`` (None for a leaf), ``parents`` and ``data``. Stacks are explicit, so that memory bounds a graph's
depth, and not Python's recursion limit.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import TypeAlias

from autograd.numbers import Number, NumberSystem

Node: TypeAlias = Number
"""A `Value`, whose class stands on this module."""


def passes(local: Number) -> bool:
    """Whether anything passes through a local gradient: all but `nothing`, and the integer 0 of a user's rule."""
    return not (isinstance(local, int) and local == 0)


def topological_order(*outputs: Node, seen: set[Node] | None = None) -> list[Node]:
    """Every node that the outputs depend on, parents before children, each once; none that is in `seen`, which grows.

    No set is iterated, so the order is the same in every process.
    """
    order: list[Node] = []
    path: list[Iterator[Node] | Node] = []
    seen = set() if seen is None else seen
    parents = iter(outputs)
    while True:
        for node in parents:
            if node not in seen:
                seen.add(node)
                if node.parents:
                    # First its parents, then itself and the rest of these.
                    path += (parents, node)
                    parents = iter(node.parents)
                    break
                order.append(node)
        else:
            if not path:
                return order
            order.append(path.pop())
            parents = path.pop()


def depending_on(order: Iterable[Node], inputs: Iterable[Node]) -> set[Node]:
    """The nodes of a topological order that a path from an input leads to, the inputs included."""
    found = set(inputs)
    for node in order:
        if any(parent in found for parent in node.parents):
            found.add(node)
    return found


def replay(order: Iterable[Node], m: NumberSystem, leaf: Callable[[Node], Number | None]) -> dict[Node, Number]:
    """The value of each node, computed anew in the number system `m`.

    `leaf` gives the values of leaves, and None for others. Where it gives that of an inner node, the graph is cut.
    """
    values: dict[Node, Number] = {}
    for node in order:
        given = leaf(node)
        value = node.op.value(m, *(values[p] for p in node.parents)) if given is None else given
        # What is `nothing` as a slope is a number as a value: sign(0) · √'(0) is NaN.
        values[node] = value if passes(value) else m.number(0.0)
    return values


def chain_rule(
    output: Node, order: Sequence[Node], inputs: Iterable[Node], m: NumberSystem, values: Mapping[Node, Number]
) -> dict[Node, Number]:
    """∂output/∂node for each node on a path from an input, in the number system `m`."""

    def local_grads(node: Node) -> Number:
        return node.op.local(m, values[node], *[values[parent] for parent in node.parents])

    gradients: dict[Node, Number] = {output: 1}
    among = depending_on(order, inputs)
    # Not of an input itself: by s = √u, d(s²)/ds has a value at u = 0, where ds/du has none.
    inner = [node for node in order if not among.isdisjoint(node.parents)]
    for _ in contributions(inner, gradients, local_grads, among):
        pass
    return gradients


def contributions(
    order: Sequence[Node],
    gradients: dict[Node, Number],
    local_grads: Callable[[Node], Sequence[Number]] = attrgetter("local_grads"),
    among: Container[Node] | None = None,
) -> Iterator[tuple[Node, int, Number]]:
    """The chain rule step by step: (node, operand, contribution), by then added to that operand's gradient.

    Each node passes upstream gradient × local gradient to its parents; gradients add at branches. `gradients` begins
    with those of the outputs, `among` are the nodes that take part.
    """
    for node in reversed(order):
        if node.op is None or node not in gradients or (among is not None and node not in among):
            continue
        upstream = gradients[node]
        for operand, (parent, local) in enumerate(zip(node.parents, local_grads(node), strict=True)):
            if passes(local) and (among is None or parent in among):
                passed = _product(upstream, local)
                gradients[parent] = gradients[parent] + passed if parent in gradients else passed
                yield node, operand, passed


def _product(upstream: Number, local: Number) -> Number:
    """upstream × local; where that is 1 · x, without a node."""
    if type(upstream) is int and upstream == 1:
        return local
    if type(local) is int and local == 1:
        return upstream
    return upstream * local
