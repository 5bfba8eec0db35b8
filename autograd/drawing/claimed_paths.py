"""Which paths a wrong claim on a derivative kept, and which it left out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, combinations
from math import isclose
from typing import TYPE_CHECKING

from autograd.graph import Node, contributions, depending_on, passes, topological_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence, Set

Slot = tuple[Node, int]
"""An edge of the graph: a node, and which of its operands."""

CLOSE = 1e-3
"""How near a claimed number has to be, for numbers on paper are rounded."""
_MOST_STEPS = 2000
_MOST_IN_PAIRS = 40


@dataclass(frozen=True, slots=True)
class ClaimedPaths:
    """The edges of the paths between two nodes that a claim kept, and those of the others."""

    kept: Sequence[Slot]
    missing: Sequence[Slot]


def paths_of_claim(of: Node, by: Node, claimed: float) -> ClaimedPaths | None:
    """The paths that a claim on d of/d by left out: all those over one edge, or through one node, without which the sum
    is what it claims. None if there are no such paths.

    >>> from autograd import Value
    >>> x = Value(3.0, "x")
    >>> h = x * 2
    >>> y = h + x * 5
    >>> found = paths_of_claim(y, x, 5.0)
    >>> [node is h for node, _ in found.missing]
    [True, False]
    """
    order = topological_order(of)
    among = depending_on(order, [by])
    inside = [node for node in order if node in among]
    slots = [
        (node, operand)
        for node in inside
        if node is not by
        for operand, parent in enumerate(node.parents)
        if parent in among and passes(node.local_grads[operand])
    ]
    up: dict[Node, float] = {of: 1.0}
    for _ in contributions(order, up, among=among):
        pass
    down: dict[Node, float] = {by: 1.0}
    for node, operand in slots:
        down[node] = down.get(node, 0.0) + node.local_grads[operand] * down.get(node.parents[operand], 0.0)
    total = down.get(of, 0.0)

    def through(slot: Slot) -> float:
        node, operand = slot
        return up.get(node, 0.0) * float(node.local_grads[operand]) * down.get(node.parents[operand], 0.0)

    ways = [({slot}, through(slot)) for slot in slots]
    ways += [
        ({slot for slot in slots if slot[0] is node}, up.get(node, 0.0) * down.get(node, 0.0))
        for node in inside
        if node is not of and node is not by
    ]
    near = ((cut, product and total - product) for cut, product in ways)
    rarer = ((cut, _sum_without(of, by, slots, cut)) for cut in _rarer(of, by, slots))
    for cut, sum_left in chain(near, rarer):
        if sum_left and isclose(sum_left, claimed, rel_tol=CLOSE, abs_tol=CLOSE * abs(total)):
            kept = _without(slots, cut, of, by)
            if 0 < len(kept) < len(slots):
                return ClaimedPaths(kept, [slot for slot in slots if slot not in set(kept)])
    return None


def _rarer(of: Node, by: Node, slots: Sequence[Slot]) -> Iterator[set[Slot]]:
    """What else may be left out: all uses of a node but one, all paths but one, or the paths through two nodes."""
    uses: dict[Node, list[Slot]] = {}
    operands: dict[Node, list[Slot]] = {}
    for node, operand in slots:
        uses.setdefault(node.parents[operand], []).append((node, operand))
        operands.setdefault(node, []).append((node, operand))
    for several in uses.values():
        yield from ({*several} - {kept} for kept in several if len(several) > 1)
    ways: list[tuple[Node, tuple[Slot, ...]]] = [(of, ())]
    for _ in range(_MOST_STEPS):
        if not ways:
            break
        node, path = ways.pop()
        if node is by:
            yield {*slots} - {*path}
        else:
            ways += [(above.parents[k], (*path, (above, k))) for above, k in operands.get(node, ())]
    inner = [node for node in operands if node is not of][:_MOST_IN_PAIRS]
    yield from ({*operands[a], *operands[b]} for a, b in combinations(inner, 2))


def _sum_without(of: Node, by: Node, slots: Sequence[Slot], cut: Set[Slot]) -> float:
    """The derivative over the paths that go over none of some edges."""
    down: dict[Node, float] = {by: 1.0}
    for slot in slots:
        node, operand = slot
        if slot not in cut and node.parents[operand] in down:
            down[node] = down.get(node, 0.0) + float(node.local_grads[operand]) * down[node.parents[operand]]
    return down.get(of, 0.0)


def _without(slots: Sequence[Slot], cut: Set[Slot], of: Node, by: Node) -> list[Slot]:
    """The edges on the paths that go over none of some edges."""
    reached, left = {by}, [slot for slot in slots if slot not in cut]
    for node, operand in left:
        if node.parents[operand] in reached:
            reached.add(node)
    needed, found = {of}, []
    for node, operand in reversed(left):
        parent = node.parents[operand]
        if node in needed and parent in reached:
            needed.add(parent)
            found.append((node, operand))
    return found[::-1]


def of_line(line: object) -> ClaimedPaths | None:
    """See `paths_of_claim`, of a line of a report: of one that is about a derivative, if paths are what it lacks."""
    words = [getattr(line, "verdict", ""), *getattr(line, "mistakes", ())]
    if not any("left out" in word for word in words):
        return None
    of, by, claimed = (getattr(line, name, None) for name in ("of", "node", "claimed"))
    return None if of is None or by is None or claimed is None else paths_of_claim(of, by, float(claimed))


def places(slots: Iterable[Slot], edges: dict[Slot, int]) -> list[int]:
    """Where edges of the graph are drawn."""
    return list(dict.fromkeys(edges[slot] for slot in slots if slot in edges))
