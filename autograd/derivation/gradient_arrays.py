"""The gradients that an array should hold, from one backward sweep in floats, and what they would be with a slip in it.

A wrong array is explained by a mistake that gives all of its entries: the sweep is made again with the mistake in it.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property
from math import inf, isclose

import numpy as np

from autograd import ops
from autograd.derivation.names import PageNames, Tree
from autograd.derivatives import recorded_order
from autograd.graph import contributions, topological_order
from autograd.numbers import Number
from autograd.value import Value

MOST_STEPS = 5_000_000
"""How many nodes all sweeps for mistakes may pass together."""


class GradientArray:
    """The gradients of a node by a nested list of Values.

    Args:
        of: the node that is differentiated.
        nodes: the Values, as an array of objects.
        name: what the page calls them.
        names: those of the page.
        tolerance: how far an entry may be off, relative to the largest right one.
    """

    def __init__(self, of: Value, nodes: Number, name: str, names: PageNames, tolerance: float) -> None:
        self.of, self.nodes, self.name, self.names = of, nodes, name, names
        self.text = f"d{names.paths.get(of, 'output')}/d{name}"
        self._tolerance = tolerance
        self._steps = 0
        self._penalties: dict[Value, list[Value]] = {}

    @cached_property
    def order(self) -> list[Value]:
        """The graph of what is differentiated."""
        return recorded_order(self.of)

    @cached_property
    def right(self) -> Number:
        """The right gradients."""
        return self.swept()

    def hits(self, claimed: Number, right: Number) -> Number:
        """Which entries are as they should be."""
        scale = np.abs(right).max(initial=0.0)
        with np.errstate(invalid="ignore"):
            return np.abs(claimed - right) <= self._tolerance * scale

    def same(self, claimed: Number, right: Number) -> bool:
        """Whether all entries are as they should be."""
        return claimed.shape == right.shape and bool(self.hits(claimed, right).all())

    def swept(
        self,
        local_grads: Callable[[Value], Sequence[Number]] = lambda node: node.local_grads,
        cut: Collection[Value] = (),
        start: Value | None = None,
        by: Number = None,
    ) -> Number:
        """The gradients, by other local gradients, with no path through the nodes that are `cut`, or of a `start`."""
        of, by = self.of if start is None else start, self.nodes if by is None else by
        found: dict[Value, Number] = {of: 1.0}
        order = self.order if start is None else topological_order(start)
        among = set(order) - set(cut) if cut else None
        for _ in contributions(order, found, local_grads, among):
            pass
        return np.array([float(found.get(node, 0.0)) for node in by.ravel()]).reshape(by.shape)

    def inner(self) -> Iterator[tuple[str, list[Value]]]:
        """The names on the page, each with its nodes that lie between."""
        own, inside = {*self.nodes.ravel()}, set(self.order)
        for name, tree in self.names.trees.items():
            nodes = [node for node in values_in(tree) if node in inside and node.op is not None and node is not self.of]
            if nodes and own.isdisjoint(nodes):
                yield name, nodes

    def affords(self) -> bool:
        """Whether there are steps left for another sweep."""
        self._steps += len(self.order)
        return self._steps <= MOST_STEPS

    # The terms of a loss

    @cached_property
    def _way_to_terms(self) -> list[Value]:
        """From the output down to the sum of the data's terms, as in a mean over examples; empty if there is none near.

        It leads past the penalties of ``J = mean(losses) + lam/2 * sum(squares)`` to the losses.
        """
        way = self._down_to_a_sum([self.of])
        rest = [term for term in added_up(way[-1]) if term not in self._penalties_in(way[-1])] if way else []
        below = self._down_to_a_sum([rest[0]]) if len(rest) == 1 else []
        return way + below

    def _down_to_a_sum(self, way: list[Value]) -> list[Value]:
        """A way goes on down to the nearest sum; empty if there is none near."""
        while way[-1].op not in (ops.sum, ops.mean, ops.add):
            inner = [parent for parent in way[-1].parents if parent.op is not None]
            if len(inner) != 1 or len(way) > 3:
                return []
            way = [*way, inner[0]]
        return way

    @property
    def terms_of_loss(self) -> list[Value]:
        """The terms of that sum that are no penalties."""
        way = self._way_to_terms
        return [term for term in added_up(way[-1]) if term not in self._penalties_in(way[-1])] if way else []

    @cached_property
    def penalties(self) -> list[Number]:
        """What each penalty on the way adds to the gradients, if it adds anything."""
        found = [term for node in self._way_to_terms for term in self._penalties_in(node)]
        parts = [self.right - self.swept(cut=(term,)) for term in found]
        return [part for part in parts if part.any()]

    def _penalties_in(self, node: Value) -> list[Value]:
        """The terms of a sum that are made of what another term has, too, and of no layer: those of weights alone."""
        if node not in self._penalties:
            self._penalties[node] = [*self._found_penalties(node)]
        return self._penalties[node]

    def _found_penalties(self, node: Value) -> Iterator[Value]:
        terms = added_up(node) if node.op in (ops.sum, ops.add) else []
        if not 1 < len(terms) <= MOST_STEPS // max(len(self.order), 1):
            return
        layers = {node for _, nodes in self._in_lists for node in nodes if node.op is not None}
        items = {node for _, nodes in self._in_lists for node in nodes}
        below = {term: {node for node in topological_order(term) if node in items} for term in terms}
        for term, inside in below.items():
            if inside and inside.isdisjoint(layers) and any(inside < other for other in below.values()):
                yield term

    @cached_property
    def _in_lists(self) -> list[tuple[str, list[Value]]]:
        return [(name, [*values_in(tree)]) for name, tree in self.names.trees.items() if not isinstance(tree, Value)]

    @cached_property
    def examples(self) -> list[list[Value]]:
        """The terms that belong to each row of a list of lists, if each depends on one row: the examples of a batch."""
        terms = self.terms_of_loss
        if not 1 < len(terms) <= MOST_STEPS // max(len(self.order), 1):
            return []
        below = [set(topological_order(term)) for term in terms]
        for tree in self.names.trees.values():
            rows = [set(values_in(row)) for row in tree] if isinstance(tree, list) else []
            groups: list[list[Value]] = [[] for _ in rows]
            for term, nodes in zip(terms, below, strict=True):
                found = [k for k, row in enumerate(rows) if not row.isdisjoint(nodes)]
                if len(found) != 1:
                    break
                groups[found[0]].append(term)
            else:
                if len(groups) > 1 and all(groups):
                    return groups
        return []

    def is_mean_over(self, m: int) -> bool:
        """Whether the loss divides its outermost sum by m, or by twice that, and so on."""
        way = self._way_to_terms
        found: dict[Value, Number] = {self.of: 1.0}
        for _ in contributions(way[::-1], found, among=set(way)):
            pass
        times = 1 / (abs(found.get(way[-1], 0)) or inf) / m  # a cross-entropy takes the negative of its sum
        return way[-1].op is ops.mean or (times >= 1 and isclose(times, round(times)))


def values_in(tree: Tree) -> Iterator[Value]:
    """The Values in nested lists and Modules."""
    if isinstance(tree, Value):
        yield tree
    elif tree is not None:
        for part in tree.values() if isinstance(tree, dict) else tree:
            yield from values_in(part)


def added_up(node: Value) -> list[Value]:
    """The terms of a sum or mean, and of one that is written with plus signs, from the left."""
    if node.op in (ops.sum, ops.mean):
        return [parent for parent in node.parents if not parent.constant]
    found, stack = [], [node]
    while stack:
        node = stack.pop()
        if node.op is ops.add:
            stack += node.parents[::-1]
        elif not node.constant:
            found.append(node)
    return found
