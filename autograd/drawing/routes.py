"""The paths from every node to the outputs, in one sweep: how many there are, and the ones that matter most.

`autograd.paths` answers this for one input; a page that lets any node be asked would have to ask it for each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import frexp, inf, isfinite, ldexp, log
from typing import Any

from autograd.graph import NOTHING


@dataclass(frozen=True, slots=True)
class Route:
    """A path from a node to an output, as a chain: one edge, then a route of the node at its end."""

    head: Any
    """The node that the first edge leads to; None for an output itself, where the path ends."""
    operand: int
    """Which operand of the head the path starts from."""
    rank: int
    """Which of the head's routes goes on from there."""
    mantissa: float
    exponent: int

    @property
    def product(self) -> float:
        """The product of the local gradients along the whole path: what it adds to the gradient."""
        try:
            return ldexp(self.mantissa, self.exponent)
        except OverflowError:
            return inf if self.mantissa > 0 else -inf

    @property
    def size(self) -> float:
        """log |product|; what is not finite counts as largest."""
        if not isfinite(self.mantissa):
            return inf
        return log(abs(self.mantissa)) + self.exponent * log(2) if self.mantissa else -inf


@dataclass(frozen=True, slots=True)
class Routes:
    """The paths of one node."""

    count: int
    largest: tuple[Route, ...]
    """Those with the largest |product|, largest first."""


NONE = Routes(0, ())


def routes(outputs: Sequence[Any], order: Sequence[Any], most: int) -> dict[Any, Routes]:
    """For each node of a topological order its paths to the outputs; nodes without one are left out.

    >>> from autograd import Value
    >>> from autograd.graph import topological_order
    >>> x = Value(3.0)
    >>> y = x * x + x
    >>> found = routes([y], topological_order(y), most=2)[x]
    >>> found.count, [route.product for route in found.largest]
    (3, [3.0, 3.0])
    """
    found: dict[Any, Routes] = {}
    counts = dict.fromkeys(outputs, 1)
    candidates: dict[Any, list[Route]] = {output: [Route(None, 0, 0, 0.5, 1)] for output in counts}
    for node in reversed(order):
        if node not in candidates:
            continue
        largest = sorted(candidates.pop(node), key=lambda route: -route.size)[:most]
        found[node] = Routes(counts[node], tuple(largest))
        for operand, (parent, local) in enumerate(zip(node.parents, node.local_grads, strict=True)):
            if local is NOTHING:
                continue
            counts[parent] = counts.get(parent, 0) + counts[node]
            # No more than `most` are kept of those that came so far: a weight may be shared a thousand times.
            kept = candidates.setdefault(parent, [])
            kept += [_longer(node, operand, rank, local, route) for rank, route in enumerate(largest)]
            if len(kept) > 8 * most:
                kept.sort(key=lambda route: -route.size)
                del kept[most:]
    return found


def _longer(head: Any, operand: int, rank: int, local: float, route: Route) -> Route:
    mantissa, shift = frexp(local * route.mantissa)
    return Route(head, operand, rank, mantissa, route.exponent + shift)
