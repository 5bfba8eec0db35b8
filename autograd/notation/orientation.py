"""Which way round a weight matrix is a list: W[to][from] or W[from][to]."""

from collections.abc import Callable, Mapping

from autograd.notation.lookup import depth
from autograd.untyped import Anything
from autograd.value import Value

_FAR = 12
"""How many steps from a weight are looked at."""


def way_round(tree: Anything, children: Callable[[Value], list[Value]]) -> str:
    """[to][from] if a row of a matrix holds the weights of one neuron, [from][to] if a column does."""
    while depth(tree) > 2:
        tree = tree[0]
    if depth(tree) != 2 or len(tree) < 2 or not all(isinstance(row, list) and len(row) > 1 for row in tree[:2]):
        return ""
    corner, row, column = tree[0][0], tree[0][1], tree[1][0]
    if not all(isinstance(node, Value) for node in (corner, row, column)):
        return ""
    steps = {corner: 0}
    queue = [corner]
    for node in queue:
        if steps[node] < _FAR:
            for child in children(node):
                if child not in steps:
                    steps[child] = steps[node] + 1
                    queue.append(child)
    together = [_meet(children, steps, other) for other in (row, column)]
    if together[0] == together[1]:
        return ""
    return "[to][from]" if together[0] < together[1] else "[from][to]"


def _meet(children: Callable[[Value], list[Value]], steps: Mapping[Value, int], node: Value) -> int:
    """How many steps it takes from a node to what also depends on those of `steps`."""
    queue, seen = [(node, 0)], {node}
    for node, far in queue:
        if node in steps:
            return far + steps[node]
        if far < _FAR:
            new = [child for child in children(node) if child not in seen]
            seen.update(new)
            queue += [(child, far + 1) for child in new]
    return 2 * _FAR
