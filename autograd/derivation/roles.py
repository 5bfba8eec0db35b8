"""The part that a node plays in a network, read off the graph."""

from collections.abc import Iterable, Sequence

from autograd import ops
from autograd.derivation.sums_over_paths import Use
from autograd.value import Value

OF_LAYERS = (ops.tanh, ops.sigmoid, ops.relu, ops.softplus, ops.exp)
"""What the units of a layer share: one slip is made at all of them."""
_NO_ACTIVATIONS = (ops.negate, ops.step, ops.sign)


def activations(edges: Sequence[Use]) -> list[int]:
    """Which edges lead into activations."""
    return [k for k, edge in enumerate(edges) if activates(edge.child)]


def activates(node: Value) -> bool:
    """Whether people take it for an activation: a function of one operand."""
    if node.op is None or node.op in _NO_ACTIVATIONS:
        return False
    return len(node.parents) == 1 and node.op.exponent is None


def normalisers(nodes: Iterable[Value]) -> list[Value]:
    """Those that a softmax divides by, or the logarithms of that."""
    return [node for node in nodes if normalises(node)]


def normalises(node: Value) -> bool:
    """Whether it is what a softmax divides by, or the logarithm of that."""
    if node.op is ops.logsumexp:
        return True
    # Most sums fail at their last operand: then there is no need to walk through all of them.
    return adds(node) and node.parents[-1].op is ops.exp and all(term.op is ops.exp for term in terms(node))


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
