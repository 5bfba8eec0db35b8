"""The gradients that an array should hold, and the mistake that gives all entries of a wrong one.

The right gradients are those of one backward sweep in floats; with a mistake in it, the sweep is made again.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from math import inf, isclose

import numpy as np

from autograd import ops
from autograd.derivation.kinds_of_mistake import (
    FACTOR_MISSING,
    FACTOR_OTHER,
    LEFT_OUT,
    MEAN_FOR_SUM,
    MEAN_LEFT_OUT,
    MEAN_TWICE,
    MISSING,
    NOT_SUMMED,
    ONE_EXAMPLE,
    ONE_TERM_MISSING,
    SHAPE,
    SIGN,
    TERM_EXTRA,
    TERM_MISSING,
    TERM_SCALED,
    TRANSPOSED,
    Mistake,
    mean_left_out,
    other_than,
)
from autograd.derivation.mistakes.classic_mistakes import scalings
from autograd.derivation.names import PageNames, Tree
from autograd.derivatives import recorded_order
from autograd.graph import contributions, topological_order
from autograd.numbers import Number
from autograd.numbers.textbook import textbook
from autograd.operation import Operation
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


_ACTIVATIONS = (ops.tanh, ops.sigmoid, ops.relu)


class MistakesInArrays:
    """What may have gone wrong with one array of gradients."""

    def __init__(self, array: GradientArray) -> None:
        self._array = array

    def of_the_shape(self, claimed: Number) -> Iterator[Mistake]:
        """What is wrong with an array of another shape."""
        right = self._array.right
        if claimed.T.shape == right.shape and self._array.same(claimed.T, right):
            yield Mistake(TRANSPOSED, f"it is {self._array.text} with rows and columns swapped")
            return
        for axis in range(claimed.ndim):
            summed = claimed.sum(axis)
            if summed.shape == right.shape and self._array.same(summed, right):
                yield Mistake(NOT_SUMMED, f"its entries along axis {axis} are still to be added up")
                return
        for name, slopes in self._matrices():
            for axis in (0, 1):
                whole, other = slopes.sum(axis), slopes.sum(1 - axis)
                if self._array.same(whole, right) and self._array.same(np.squeeze(claimed), other):
                    of = f"{self._array.text.partition('/')[0]}/d{name}"
                    words = f"it is {of} added up along axis {1 - axis}, where axis {axis} is meant"
                    yield Mistake(NOT_SUMMED, f"{words}: {self._shapes(claimed)}")
                    return
        yield Mistake(SHAPE, self._shapes(claimed))

    def _shapes(self, claimed: Number) -> str:
        return f"an array of shape {claimed.shape} where {self._array.name} has {self._array.right.shape}"

    def _matrices(self) -> Iterator[tuple[str, Number]]:
        """The names of the page's lists of lists that lie between, with the gradients by them."""
        for name, nodes in self._array.inner():
            tree = self._array.names.trees[name]
            rows = [[*values_in(row)] for row in tree] if isinstance(tree, list) else []
            if (
                len({len(row) for row in rows}) == 1
                and len(nodes) == len(rows) * len(rows[0])
                and self._array.affords()
            ):
                yield name, self._array.swept(by=np.array(rows, dtype=object))

    def of_the_entries(self, claimed: Number) -> Iterator[Mistake]:
        """The mistakes that give just these entries: the first kind that does."""
        for kind in (
            self._swapped,
            self._scaled,
            self._penalised,
            self._terms,
            self._sums,
            self._paths,
            self._slopes,
            self._operands,
            self._added,
        ):
            found = list(kind(claimed))
            if found:
                yield from found[:3]
                return

    def _swapped(self, claimed: Number) -> Iterator[Mistake]:
        if self._array.right.ndim == 2 and self._array.same(claimed.T, self._array.right):
            yield Mistake(TRANSPOSED, f"it is {self._array.text} with rows and columns swapped")

    def _scaled(self, claimed: Number) -> Iterator[Mistake]:
        what = self._array.text
        for m in self._counts:
            mean = self._array.is_mean_over(m)
            if mean and self._array.same(claimed / m, self._array.right):
                yield Mistake(MEAN_LEFT_OUT, f"it is {m} times {what}: {mean_left_out(m)}")
            if self._array.same(claimed * m, self._array.right):
                again = " once more" if mean else ""
                yield Mistake(MEAN_TWICE if again else MEAN_FOR_SUM, f"it is {what} divided by {m}{again}")
        for name, detail, scaled in scalings(what):
            if self._array.same(scaled(self._array.right), claimed):
                yield Mistake(name, detail())

    def _penalised(self, claimed: Number) -> Iterator[Mistake]:
        """A penalty's term is left out or counted wrongly, or all but that."""
        array = self._array
        for part in array.penalties:
            rest, (factor, text) = array.right - part, self._penalty_in_words(part)
            for mistake, share in self._shares(f"the penalty's {text}", factor):
                if array.same(rest + share * part, claimed):
                    yield mistake
            if array.same(rest + self._factors.get(factor, np.nan), claimed):
                yield Mistake(FACTOR_MISSING, f"{array.name}, beside {factor}")
        penalty = sum(array.penalties)
        if np.any(penalty):
            rest = array.right - penalty
            for mistake, share in self._shares("the data's part", ""):
                if array.same(penalty + share * rest, claimed):
                    yield mistake

    def _shares(self, what: str, factor: str) -> Iterator[tuple[Mistake, float]]:
        """What may happen to a part of a gradient, which has a factor, and how many times it is counted then."""
        yield Mistake(TERM_MISSING, what), 0.0
        yield Mistake(TERM_SCALED, f"{what} counts twice"), 2.0
        yield Mistake(TERM_SCALED, f"{what} counts by half"), 0.5
        yield Mistake(SIGN, f"{what} has the other sign"), -1.0
        for m in self._counts:
            mean = factor.endswith(f"/{m}") if factor else self._array.is_mean_over(m)
            if m == 2 and not mean:  # "counts twice" says it
                continue
            without = f"{mean_left_out(m)}, in {what}"
            yield (Mistake(MEAN_LEFT_OUT, without) if mean else Mistake(TERM_SCALED, f"{what} counts {m} times")), m
            again = f"{what} is divided by {m}"
            yield (Mistake(MEAN_TWICE, f"{again} once more") if mean else Mistake(MEAN_FOR_SUM, again)), 1 / m
        for name, node in self._array.names.trees.items():
            if name in factor and isinstance(node, Value) and node.op is None and node.data:
                yield Mistake(FACTOR_MISSING, f"{name}, in {what}"), 1 / node.data

    def _penalty_in_words(self, part: Number) -> tuple[str, str]:
        """What a penalty adds to the gradients: its factor, and all of it, as lam and "lam * W1"."""
        array = self._array
        weights = np.array([node.data for node in array.nodes.ravel()]).reshape(array.nodes.shape)
        for what, values in ((array.name, weights), (f"sign({array.name})", np.sign(weights))):
            for text, factor in self._factors.items():
                if array.same(factor * values, part):
                    return text, f"{text} * {what}" if text else what
        return "", "part"

    @cached_property
    def _counts(self) -> list[int]:
        """How many examples there are, and terms of the loss, where it is more than one."""
        found = dict.fromkeys((len(self._array.terms_of_loss), len(self._array.examples)))
        return [m for m in found if m > 1]

    @cached_property
    def _factors(self) -> dict[str, float]:
        """What may stand before a list that is added: numbers, and the leaves with a name of their own."""
        leaves = {name: node.data for name, node in self._array.names.trees.items() if isinstance(node, Value)}
        names = [name for name, node in self._array.names.trees.items() if isinstance(node, Value) and not node.op]
        found = {"": 1.0, "2": 2.0}
        found |= {f"{k}/{m}": k / m for k in (1, 2) for m in self._counts}
        for name in names:
            value = leaves[name]
            found |= {name: value, f"2 * {name}": 2 * value, f"{name}/2": value / 2}
            found |= {f"{name}/{m}": value / m for m in self._counts}
            found |= {f"2 * {name}/{m}": 2 * value / m for m in self._counts}
        return found

    def _terms(self, claimed: Number) -> Iterator[Mistake]:
        """One term of the outermost sum alone, such as one example of a batch, or all but one."""
        terms = self._array.terms_of_loss
        if not 1 < len(terms) <= MOST_STEPS // max(len(self._array.order), self._array.nodes.size):
            return
        each = {term: self._array.swept(start=term) for term in terms}
        parts = [each[term] for term in terms]
        total = sum(parts)
        largest = np.unravel_index(int(np.abs(total).argmax()), total.shape)
        right = self._array.right - sum(self._array.penalties)
        share = right[largest] / total[largest] if total[largest] else 1.0
        beside = self._array.right - share * total
        for index, part in enumerate(parts):
            which = f"term {index + 1} of the {len(terms)} of the loss"
            if self._array.same(self._array.right - share * part, claimed):
                yield Mistake(ONE_TERM_MISSING, f"{which} is left out")
            if self._kept(claimed, part, beside, (1.0, share)):
                yield Mistake(ONE_EXAMPLE, f"only {which} is kept")
        for index, group in enumerate(self._array.examples if len(self._array.examples) < len(terms) else ()):
            part, which = sum(each[term] for term in group), f"example {index + 1} of {len(self._array.examples)}"
            if self._array.same(self._array.right - share * part, claimed):
                yield Mistake(ONE_TERM_MISSING, f"{which} is left out")
            factors = (1.0, share, share * len(self._array.examples))
            if self._kept(claimed, part, beside, factors):
                yield Mistake(ONE_EXAMPLE, f"only {which} is kept")

    def _kept(self, claimed: Number, part: Number, beside: Number, factors: Iterable[float]) -> bool:
        """Whether it is one part, times one of some factors, that is claimed, with what is beside it or without."""
        ways = [factor * part + other for factor in factors for other in (0.0, beside)]
        return bool(part.any()) and any(self._array.same(claimed, way) for way in ways)

    def _sums(self, claimed: Number) -> Iterator[Mistake]:
        """Entries that were added up along an axis, and given to all of it."""
        for axis in range(self._array.right.ndim):
            summed = np.broadcast_to(self._array.right.sum(axis, keepdims=True), self._array.right.shape)
            if self._array.right.shape[axis] > 1 and self._array.same(summed, claimed):
                yield Mistake(
                    NOT_SUMMED, f"{self._array.text} is added up along axis {axis}, where each entry has its own"
                )

    def _paths(self, claimed: Number) -> Iterator[Mistake]:
        for name, nodes in self._array.inner():
            if (
                self._array.affords()
                and self._array.same(claimed, self._array.swept(cut=nodes))
                and np.abs(claimed).any()
            ):
                yield Mistake(MISSING, f"the paths via {name} are left out")

    def _slopes(self, claimed: Number) -> Iterator[Mistake]:
        for name, nodes in self._array.inner():
            curved = {node: node.op.name for node in nodes if node.op and node.op.is_call and node.op.arity == 1}
            flat = lambda node, curved=curved: (1.0,) if node in curved else node.local_grads  # noqa: E731
            if curved and self._array.affords() and self._array.same(claimed, self._array.swept(flat)):
                operation = next(iter(curved.values()))
                yield Mistake(LEFT_OUT, f"the derivative of {operation} at {name} is left out")
            kinds = {node.op for node in nodes}
            for other in _ACTIVATIONS if len(kinds) == 1 and not kinds.isdisjoint(_ACTIVATIONS) else ():
                if (
                    other not in kinds
                    and self._array.affords()
                    and self._array.same(claimed, self._array.swept(_with_slope(nodes, other)))
                ):
                    words = f"{other}'s slope where {next(iter(kinds))}'s belongs, at {name}"
                    yield Mistake(FACTOR_OTHER, words)

    def _operands(self, claimed: Number) -> Iterator[Mistake]:
        """What went into an activation stands where what came out of it belongs."""
        for name, nodes in self._array.inner():
            inputs = {node: node.parents[0].data for node in nodes if node.op in _ACTIVATIONS}
            with suppress(ArithmeticError, ValueError):  # of -0.3 there is no logarithm
                if (
                    not inputs
                    or not self._array.affords()
                    or not self._array.same(claimed, self._array.swept(_with_operands(inputs)))
                ):
                    continue
                before = {name for name, inside in self._array.inner() if inside[0] is nodes[0].parents[0]}
                what = next(iter(before), f"what goes into {nodes[0].op}")
                yield Mistake(FACTOR_OTHER, other_than(what, name))

    def _added(self, claimed: Number) -> Iterator[Mistake]:
        """A list of the page that is added, or forgotten, as a whole: the labels, or a penalty."""
        difference = claimed - self._array.right
        trees = self._array.names.trees
        recorded = set(self._array.order)
        for name, tree in trees.items():
            nodes = [*values_in(tree)]
            values = np.array([node.data for node in nodes])
            if not 1 < values.size == difference.size or not values.any():
                continue
            for text, factor in self._factors.items():
                for sign in ("-", ""):
                    term = (1 if sign else -1) * factor * values.reshape(difference.shape)
                    if self._array.hits(difference, term).all():
                        own = nodes[0] is self._array.nodes.ravel()[0]
                        missing = recorded.issuperset(nodes) and not (own and sign)  # nobody forgets to take away W
                        other = "" if sign else "-"
                        words = f"{sign if missing else other}{f'{text} * ' if text else ''}{name}"
                        yield Mistake(TERM_MISSING if missing else TERM_EXTRA, words)
                        return


def _with_slope(nodes: Collection[Value], other: Operation) -> Callable[[Value], Sequence[Number]]:
    """The local gradients where some activations have the slope of another one."""
    changed = set(nodes)

    def local_grads(node: Value) -> Sequence[Number]:
        return other.local(textbook, node.data, node.parents[0].data) if node in changed else node.local_grads

    return local_grads


def _with_operands(instead: Mapping[Value, float]) -> Callable[[Value], Sequence[Number]]:
    """The local gradients where some operands have other values."""

    def local_grads(node: Value) -> Sequence[Number]:
        if node.op is None or instead.keys().isdisjoint(node.parents):
            return node.local_grads
        operands = (instead.get(parent, parent.data) for parent in node.parents)
        return node.op.local(textbook, node.data, *operands)

    return local_grads
