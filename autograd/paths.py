"""Paths through the recorded graph: which lead from an input to an output, how many, and the ones that matter most.

As in `autograd.graph`, a node is anything with ``parents`` and ``local_grads``. The number of paths can be exponential
in the number of nodes, so nothing here walks them all: counts and sums come from one sweep over the nodes, and the k
largest paths from a sweep that keeps k partial paths at each node.

Both sweeps go either way: from an input on, for the paths between two nodes, or from the outputs back, for the paths of
every node at once.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import starmap
from math import frexp, inf, log

from autograd.graph import Node, topological_order
from autograd.numbers import NOTHING
from autograd.numbers.floats import floats, scaled

LOG_2 = log(2)

Ways = dict[Node, list[int]]
"""For each node between an input and an output, in topological order: which of its operands come from the input."""


@dataclass(frozen=True)
class Path:
    """One way from an input to an output, and the product that the chain rule takes along it."""

    nodes: tuple[Node, ...]
    """From the input, first, to the output, last."""
    operands: tuple[int, ...]
    """``nodes[i]`` is operand number ``operands[i]`` (from 0) of ``nodes[i + 1]``: it tells the two paths of a + a."""
    local_grads: tuple[float, ...]
    """∂nodes[i + 1]/∂nodes[i], as recorded."""

    @property
    def product(self) -> float:
        """The product of the local gradients: what this path adds to the derivative. Through a shut gate it is 0."""
        return product(self.local_grads)

    @property
    def shut(self) -> Node | None:
        """The first gate on the path that is shut, as a relu that is off: nothing passes it, not even 0 · ∞."""
        steps = zip(self.nodes[1:], self.local_grads, strict=True)
        return next((node for node, local in steps if local is NOTHING), None)


def leads(node: Node, operand: int) -> bool:
    """Whether a path leads from an operand to the node: not from a condition or a branch not taken.

    Through a gate that is shut, such as a relu that is off, it does, with the product 0.
    """
    return node.local_grads[operand] is not NOTHING or bool(node.op.gate)


def ways(output: Node, input: Node) -> Ways:  # noqa: A002
    """The nodes that lie on some path from `input` to `output`, each with its operands that do.

    No path leads from a condition, or from the branch of a `where` that was not taken: see `leads`.
    """
    order = topological_order(output)
    reached: Ways = {}
    for node in order:
        if node is input:
            reached[node] = []
            continue
        if operands := [i for i, parent in enumerate(node.parents) if parent in reached and leads(node, i)]:
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
    if not between:
        return 0
    input_, output = _ends(between)
    return _counts(_towards_input(between), {input_})[output]


def largest_paths(between: Ways, most: int) -> list[Path]:
    """The paths with the largest |product|, largest first, at most so many; ties in the order of the operands.

    A path whose product is inf or NaN counts as largest. Takes time and memory in proportion to edges · most.
    """
    if not between:
        return []
    input_, output = _ends(between)
    found = _largest(_towards_input(between), {input_}, most)
    return [_path(output, rank, found) for rank in range(len(found[output]))]


def product(factors: Iterable[float]) -> float:
    """The product of local gradients, with no overflow or underflow on the way; 0 if one of them passes nothing."""
    factors = tuple(factors)
    return 0.0 if any(factor is NOTHING for factor in factors) else floats.prod(*factors)


@dataclass(frozen=True, slots=True)
class Route:
    """A path from a node to an output, as a chain: one edge, then a route of the node at its end."""

    head: Node | None
    """The node that the first edge leads to; None for an output itself, where the path ends."""
    operand: int
    """Which operand of the head the path starts from."""
    rank: int
    """Which of the head's routes goes on from there."""
    product: float
    """The product of the local gradients along the whole path: what it adds to the gradient. `NOTHING` if one of them
    is."""


@dataclass(frozen=True, slots=True)
class Routes:
    """The paths of one node to the outputs."""

    count: int
    largest: tuple[Route, ...]
    """Those with the largest |product|, largest first."""


def routes(outputs: Iterable[Node], order: Sequence[Node], most: int) -> dict[Node, Routes]:
    """For each node of a topological order its paths to the outputs: how many, and at most so many of the largest.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> y = x * x + x
    >>> found = routes([y], topological_order(y), most=2)[x]
    >>> found.count, [route.product for route in found.largest]
    (3, [3.0, 3.0])
    """
    ends, edges = set(outputs), _towards_outputs(order)
    counts, found = _counts(edges.items(), ends), _largest(edges.items(), ends, most)
    return {node: Routes(counts[node], tuple(starmap(_route, largest))) for node, largest in found.items()}


def _route(mantissa: float, exponent: int, head: Node | None, operand: int, rank: int) -> Route:
    return Route(head, operand, rank, NOTHING if mantissa is NOTHING else scaled(mantissa, exponent))


# The sweeps

Onward = tuple[Node, int, float]
"""A node that a path goes on to, the number of the operand (whichever end of the edge is the operand of the other), and
the local gradient."""
Sweep = Iterable[tuple[Node, list[Onward]]]
"""Each node with its edges, which lead to nodes that came before it."""


def _ends(between: Ways) -> tuple[Node, Node]:
    """The input and the output."""
    return next(iter(between)), next(reversed(between))


def _towards_input(between: Ways) -> Sweep:
    """The edges from each node to its operands."""
    for node, operands in between.items():
        parents, local_grads = node.parents, node.local_grads
        yield node, [(parents[i], i, local_grads[i]) for i in operands]


def _towards_outputs(order: Sequence[Node]) -> dict[Node, list[Onward]]:
    """The edges from each node to those computed from it."""
    edges: dict[Node, list[Onward]] = {node: [] for node in reversed(order)}
    for node in edges:
        for operand, (parent, local) in enumerate(zip(node.parents, node.local_grads, strict=True)):
            if leads(node, operand):
                edges[parent].append((node, operand, local))
    return edges


def _counts(sweep: Sweep, ends: Set[Node]) -> dict[Node, int]:
    """How many paths each node has to the ends."""
    counts: dict[Node, int] = {}
    for node, edges in sweep:
        counts[node] = int(node in ends)
        for onward, _, _ in edges:
            counts[node] += counts[onward]
    return counts


Found = tuple[float, int, Node | None, int, int]
"""A path as a chain: its product as a mantissa and an exponent of 2, the node that its first edge leads to (None where
the path ends), the number of the operand, and which of the paths found for that node goes on from there."""


def _largest(sweep: Sweep, ends: Set[Node], most: int) -> dict[Node, list[Found]]:
    """The paths of each node to the ends with the largest |product|; ties in the order of the edges.

    Only the k largest of one node can be part of the k largest of another.
    """
    found: dict[Node, list[Found]] = {}
    for node, edges in sweep:
        paths: list[Found] = [(0.5, 1, None, 0, 0)] if node in ends else []
        for onward, operand, local in edges:
            for rank, path in enumerate(found[onward]):
                mantissa, exponent = path[0], path[1]
                if mantissa is NOTHING or local is NOTHING:
                    mantissa = NOTHING  # and stays it: not even 0 · ∞ passes a gate that is shut
                else:
                    digits, power_of_2 = frexp(local)
                    mantissa, carry = frexp(mantissa * digits)
                    exponent += power_of_2 + carry
                paths.append((mantissa, exponent, onward, operand, rank))
        if len(paths) > 1:
            paths.sort(key=_smallness)
        found[node] = paths[:most]
    return found


def _smallness(path: Found) -> float:
    """−log |product|, to sort by: products that differ by rounding alone are ties. What is not finite is largest."""
    size = abs(path[0])
    if size < 1:  # as a mantissa is, unless it is not finite
        return -log(size) - path[1] * LOG_2 if size else inf
    return -inf


def _path(output: Node, rank: int, found: Mapping[Node, list[Found]]) -> Path:
    """A path that a sweep from the input found at the output."""
    nodes: list[Node] = [output]
    operands: list[int] = []
    local_grads: list[float] = []
    while True:
        *_, parent, operand, rank = found[nodes[-1]][rank]
        if parent is None:
            return Path(tuple(reversed(nodes)), tuple(reversed(operands)), tuple(reversed(local_grads)))
        operands.append(operand)
        local_grads.append(nodes[-1].local_grads[operand])
        nodes.append(parent)
