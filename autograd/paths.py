"""Paths through the recorded graph: which lead from an input to an output, how many, and the ones that matter most.

As in `autograd.graph`, a node is anything with ``parents`` and ``local_grads``. The number of paths can be exponential
in the number of nodes, so nothing here walks them all: counts and sums come from one sweep over the nodes, and the k
largest paths from a sweep that keeps k partial paths at each node.
"""

from dataclasses import dataclass
from math import frexp, inf, isfinite, ldexp, log
from typing import Any

from autograd.graph import NOTHING, topological_order

Ways = dict[Any, list[int]]
"""For each node between an input and an output, in topological order: which of its operands come from the input."""


@dataclass(frozen=True)
class Path:
    """One way from an input to an output, and the product that the chain rule takes along it."""

    nodes: tuple[Any, ...]
    """From the input, first, to the output, last."""
    operands: tuple[int, ...]
    """``nodes[i]`` is operand number ``operands[i]`` (from 0) of ``nodes[i + 1]``: it tells the two paths of a + a."""
    local_grads: tuple[float, ...]
    """∂nodes[i + 1]/∂nodes[i], as recorded."""

    @property
    def product(self) -> float:
        """The product of the local gradients: what this path adds to the derivative."""
        return product(self.local_grads)


def ways(output: Any, input: Any) -> Ways:  # noqa: A002
    """The nodes that lie on some path from `input` to `output`, each with its operands that do; empty if there is none.

    An edge whose local gradient is `NOTHING` is no way: a condition, the branch of a `where` that was not taken.
    """
    order = topological_order(output)
    reached: Ways = {}
    for node in order:
        if node is input:
            reached[node] = []
            continue
        edges = enumerate(zip(node.parents, node.local_grads, strict=True))
        if operands := [i for i, (parent, local) in edges if local is not NOTHING and parent in reached]:
            reached[node] = operands
    needed = {output}
    for node in reversed(order):
        if node in needed and node in reached:
            parents = node.parents
            needed.update(parents[i] for i in reached[node])
    return {node: operands for node, operands in reached.items() if node in needed}


def count_paths(between: Ways) -> int:
    """How many paths there are, exactly, however many.

    >>> from autograd import Value
    >>> x = y = Value(1.0)
    >>> for _ in range(60):
    ...     y = y + y
    >>> count_paths(ways(y, x)) == 2**60
    True
    """
    counts: dict[Any, int] = {}
    for node, operands in between.items():
        parents = node.parents
        counts[node] = sum(counts[parents[i]] for i in operands) if operands else 1
    return counts[next(reversed(between))] if between else 0


def largest_paths(between: Ways, most: int) -> list[Path]:
    """The paths with the largest |product|, largest first, at most so many; ties in the order of the operands.

    A path whose product is inf or NaN counts as largest. Takes time and memory in proportion to edges · most.
    """
    # For each node its best partial paths, as (log |product|, operand, which of that operand's partial paths).
    best: dict[Any, list[tuple[float, int, int]]] = {}
    for node, operands in between.items():
        if not operands:
            best[node] = [(0.0, -1, -1)]
            continue
        parents, sizes = node.parents, [_size(local) for local in node.local_grads]
        candidates = [
            (_add(size, sizes[i]), i, rank) for i in operands for rank, (size, _, _) in enumerate(best[parents[i]])
        ]
        candidates.sort(key=lambda candidate: -candidate[0])
        best[node] = candidates[:most]
    if not between:
        return []
    output = next(reversed(between))
    paths = [_path(output, rank, best) for rank in range(len(best[output]))]
    return sorted(paths, key=lambda path: -_size(path.product))


def product(factors: tuple[float, ...]) -> float:
    """The product, rounded as from left to right, but with no overflow or underflow on the way."""
    mantissa, exponent = 1.0, 0
    for factor in factors:
        mantissa, shift = frexp(mantissa * factor)
        exponent += shift
    try:
        return ldexp(mantissa, exponent)
    except OverflowError:
        return inf if mantissa > 0 else -inf


def _path(output: Any, rank: int, best: dict[Any, list[tuple[float, int, int]]]) -> Path:
    nodes, operands, local_grads = [output], [], []
    node = output
    while (step := best[node][rank])[1] >= 0:
        _, operand, rank = step
        operands.append(operand)
        local_grads.append(node.local_grads[operand])
        node = node.parents[operand]
        nodes.append(node)
    return Path(tuple(reversed(nodes)), tuple(reversed(operands)), tuple(reversed(local_grads)))


def _size(local: float) -> float:
    """log |local|; inf for what is not finite."""
    return inf if not isfinite(local) else log(abs(local)) if local else -inf


def _add(a: float, b: float) -> float:
    return inf if inf in (a, b) else a + b
