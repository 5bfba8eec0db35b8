"""Which operands are to stand in their order: to Graphviz each order is as good as any other."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from autograd.drawing.picture import LEAVES

if TYPE_CHECKING:
    from autograd.drawing.picture import DrawnNode, Picture


MOST_IN_ORDER = 100
"""How many nodes a picture may have in which operands are held in their order: the search takes longer."""


def operands_in_order(picture: Picture) -> dict[str, list[tuple[str, str]]]:
    """For each node outside of modules whose operands are to stand in their order, those that stand in one column, in
    pairs: one before the other.

    Of two nodes that others use as well there may be both orders, and edges would cross; they are left to Graphviz.
    Beside frames it keeps no order.
    """
    if len(picture.nodes) > MOST_IN_ORDER:
        return {}
    nodes = {node.id: node for node in picture.nodes}
    columns = columns_of(picture)
    operands: dict[str, dict[str, DrawnNode]] = {}
    for edge in picture.edges:
        operands.setdefault(edge.head, {})[edge.tail] = nodes[edge.tail]
    uses = Counter(tail for tails in operands.values() for tail in tails)
    found: dict[str, list[tuple[str, str]]] = {}
    for head, tails in operands.items():
        if nodes[head].scope or any(tail.scope for tail in tails.values()):
            continue
        alone = {tail for tail in tails if uses[tail] == 1}
        if alone == {*tails} or any(tails[tail].kind in LEAVES for tail in alone):
            found[head] = []
        for column in dict.fromkeys(columns[tail] for tail in tails):
            beside = [tail for tail in tails if columns[tail] == column]
            if pairs := [pair for pair in pairwise(beside) if alone.intersection(pair)]:
                found.setdefault(head, []).extend(pairs)
    return found


def columns_of(picture: Picture) -> dict[str, int]:
    """Which column each node stands in: a leaf right before what uses it."""
    column = {node.id: 0 for node in picture.nodes}
    places = {node.id: place for place, node in enumerate(picture.nodes)}
    apart = entering_a_module(picture)
    for edge in sorted(picture.edges, key=lambda edge: places[edge.head]):
        step = 2 if (edge.tail, edge.head) in apart else 1
        column[edge.head] = max(column[edge.head], column[edge.tail] + step)
    kinds = {node.id: node.kind for node in picture.nodes}
    nearest: dict[str, int] = {}
    for edge in picture.edges:
        if kinds[edge.tail] in LEAVES:
            nearest[edge.tail] = min(nearest.get(edge.tail, column[edge.head]), column[edge.head] - 1)
    return column | nearest


def entering_a_module(picture: Picture) -> set[tuple[str, str]]:
    """The edges that come into a module with parameters drawn beside: they are longer, so that these parameters stand
    to the right of the layer before. Frames that share a column would have to be put one above the other."""
    scopes = {node.id: node.scope for node in picture.nodes}
    parameters = {node.id for node in picture.nodes if node.kind == "parameter"}
    with_parameters = {edge.head for edge in picture.edges if edge.tail in parameters}
    return {
        (edge.tail, edge.head)
        for edge in picture.edges
        if edge.head in with_parameters and scopes[edge.head] and scopes[edge.tail] != scopes[edge.head]
    }
