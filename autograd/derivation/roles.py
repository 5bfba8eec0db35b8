"""The part that a node plays in a network, read off the graph: activation, normaliser, weight, sum."""

from collections.abc import Sequence

from autograd import ops
from autograd.derivation.points import Graph
from autograd.value import Value

_NOT_ACTIVATIONS = (ops.negate, ops.step, ops.sign)


def activates(node: Value) -> bool:
    """Whether it is a function of one operand such as people take for an activation."""
    return len(node.parents) == 1 and node.op not in _NOT_ACTIVATIONS and not str(node.op).startswith("**")


def normalises(node: Value) -> bool:
    """Whether it is what a softmax divides by, or the logarithm of that."""
    if node.op is ops.logsumexp:
        return True
    # The last operand tells most sums apart, without a walk through all of each.
    return adds(node) and node.parents[-1].op is ops.exp and all(term.op is ops.exp for term in terms(node))


def factors(node: Value) -> tuple[Sequence[Value], Sequence[Value]]:
    """The first and the second factors of the products in a node: of w*x, or of a weighted sum."""
    if node.op is ops.multiply:
        return node.parents[:1], node.parents[1:]
    n = len(node.parents) // 2 if node.op is ops.dot else 0
    return node.parents[:n], node.parents[n : 2 * n]


def weighs(graph: Graph, leaf: Value) -> bool:
    """Whether a leaf is a weight: the factor of something computed, or the first factor where both are leaves."""
    for child in graph.children.get(leaf, ()) if leaf.op is None else ():
        first, second = factors(child)
        for a, b in zip(first, second, strict=True):
            if a is leaf or (b is leaf and a.op is not None):
                return True
    return False


def adds(node: Value) -> bool:
    """Whether it is a sum."""
    return node.op in (ops.add, ops.sum)


def terms(node: Value) -> list[Value]:
    """The different terms of a sum, through sums of sums."""
    found: dict[Value, None] = {}
    seen, stack = {node}, [node]
    while stack:
        term = stack.pop()
        if not adds(term):
            found[term] = None
            continue
        new = [parent for parent in dict.fromkeys(term.parents) if parent not in seen]
        seen.update(new)
        stack += reversed(new)
    return list(found)
