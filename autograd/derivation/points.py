"""The recorded point and fresh ones: where a claim is put to the test, with many digits.

At a fresh point the named leaves have other values, near enough that every choice in the graph (relu, abs, maximum,
where, a comparison) falls out as it did when the graph was recorded. The numbers are mpmath's, with so many digits that
no cancellation on the page or in the graph can make a right claim look wrong. All points are computed at once, in
columns; what a column cannot hold (a rule for floats alone, a choice that differs) is computed point by point.
"""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from math import inf
from random import Random

from autograd.derivation.claims import Expression, World, evaluate
from autograd.derivation.names import PageNames
from autograd.graph import chain_rule, contributions, depending_on, replay, topological_order
from autograd.numbers import Number
from autograd.numbers.extended import extended
from autograd.numbers.guarded import Column, Guarded, columns, guarded
from autograd.numbers.multiprecision import mp
from autograd.value import Value

FRESH = 4
_HALVINGS = 40
_LARGEST = 1e308

Definitions = Mapping[str, Expression]
"""The formula of each name that a page defines."""

Columns = Mapping[Value, Number]
"""The values of nodes at several points: columns, or numbers that are the same at all."""


class Graph:
    """What a page speaks of: the nodes that it mentions and all that they were computed from, in order.

    It holds the children of each node, so that it finds what lies between two nodes without a walk over the whole
    graph: that may have ten thousand nodes, and a page two hundred claims about a few of them each.
    """

    def __init__(self, order: Sequence[Value]) -> None:
        self.order = order
        self.position = {node: k for k, node in enumerate(order)}
        self.children: dict[Value, list[Value]] = {}
        for node in order:
            for parent in dict.fromkeys(node.parents):
                self.children.setdefault(parent, []).append(node)

    def between(self, of: Value, *by: Value) -> list[Value]:
        """The nodes on the paths from one of `by` to `of`, ends included, in order; none if there is no path."""
        last = self.position[of]
        reached = {node for node in by if self.position.get(node, last + 1) <= last}
        stack = [*reached]
        while stack:
            for child in self.children.get(stack.pop(), ()):
                if child not in reached and self.position[child] <= last:
                    reached.add(child)
                    stack.append(child)
        found = {of} & reached
        stack = [*found]
        while stack:
            for parent in stack.pop().parents:
                if parent in reached and parent not in found:
                    found.add(parent)
                    stack.append(parent)
        return sorted(found, key=self.position.__getitem__)


class Points:
    """Several points of one graph, and a world of claims whose numbers are columns: an entry for each point.

    Args:
        count: how many points.
        values: the values of each node, with an entry for each point.
        definitions: what the page defines.
    """

    def __init__(self, graph: Graph, count: int, values: Columns, definitions: Definitions) -> None:
        self.graph, self.definitions = graph, definitions
        self.m: Number = guarded
        self._values = values
        self._defined: dict[str, list[Number]] = {}
        self._sums: dict[int, Number] = {}
        self._local_gradients: dict[Value, Number] = {}
        self.has_values_everywhere = True
        """Whether all derivatives that were asked for together have a value at each point."""
        entries = [(node, _entries(column, count)) for node, column in values.items()]
        self.each = [Point(self, k, {node: column[k] for node, column in entries}) for k in range(count)]

    def values(self, expression: Expression) -> list[Number]:
        """What an expression comes to at each point; None where it has no value."""
        try:
            return [_finite(entry) for entry in _entries(evaluate(expression, self, self._sums), len(self.each))]
        except Exception:  # A rule may be written for one number: point by point it has a value, or its own error.
            return values_of(expression, self.each)

    def value(self, node: Value) -> Column:
        """The value of a node."""
        return self._values[node]

    def derivative(self, of: Value, by: Value) -> Column:
        """d of / d by: the chain rule over what lies between."""
        self.derive(of, [by])
        return Column([point.derivative(of, by) for point in self.each])

    def derive(self, of: Value, by: Iterable[Value]) -> None:
        """Work out the derivatives by several nodes in one sweep, for when they are asked for."""
        missing = [node for node in by if any((of, node) not in point.known for point in self.each)]
        if not missing:
            return
        try:
            found = chain_rule(of, self.graph.between(of, *missing), missing, self.m, self._values)
            entries = {node: _entries(found.get(node, 0), len(self.each)) for node in missing}
        except Exception:  # as in `values`
            self.has_values_everywhere = False
            for point in self.each:
                try:
                    point.derivatives(of, missing)
                except ArithmeticError:
                    continue  # An infinite derivative: each is asked for on its own.
        else:
            for k, point in enumerate(self.each):
                point.known.update({(of, node): mp.mpf(column[k]) for node, column in entries.items()})

    def local_gradients(self, node: Value) -> Number:
        """The local gradients of a node, each a column or a number; None if they cannot be computed side by side."""
        if node not in self._local_gradients:
            assert node.op is not None
            operands = [self._values[parent] for parent in node.parents]
            try:
                self._local_gradients[node] = node.op.local(self.m, self._values[node], *operands)
            except Exception:  # as in `values`
                self._local_gradients[node] = None
        return self._local_gradients[node]

    def defined(self, name: str) -> Column:
        """The value of a definition."""
        return Column([point.defined(name) for point in self.each])

    def moved(self, point: "Point", leaves: Mapping[Value, Number]) -> "Point":
        """One of these points with other values of some leaves, and of all that depends on them."""
        given = {node: leaves.get(node, point.values[node]) for node in self.graph.order if node.op is None}
        return Points(self.graph, 1, replay(self.graph.order, self.m, given.get), self.definitions).each[0]

    def definition(self, name: str) -> list[Number]:
        """The value of a definition at each point; None where it has none."""
        if name not in self._defined:
            self._defined[name] = self.values(self.definitions[name])
        return self._defined[name]


class Point:
    """One of these points: every node's value there, and the derivatives that are asked for. It is a world of claims.

    Attributes:
        known: the derivatives that are worked out so far.
    """

    def __init__(self, points: Points, number: int, values: Mapping[Value, Number]) -> None:
        self._points, self._number = points, number
        self.graph, self.m, self.definitions = points.graph, points.m, points.definitions
        self.values = values
        self.known: dict[tuple[Value, Value], Number] = {}

    def value(self, node: Value) -> Number:
        """The value of a node."""
        return self.values[node]

    def defined(self, name: str) -> Number:
        """The value of a definition. ArithmeticError if it has none here."""
        value = self._points.definition(name)[self._number]
        if value is None:
            raise ArithmeticError(f"{name} has no value here")
        return value

    def local_gradients(self, nodes: Iterable[Value]) -> dict[Value, Sequence[Number]]:
        """The local gradients of some nodes, each with one for each of its operands."""
        found: dict[Value, Sequence[Number]] = {}
        for node in nodes:
            assert node.op is not None
            columns = self._points.local_gradients(node)
            if columns is None:
                found[node] = self._local_gradients(node)
            else:
                found[node] = [x.entries[self._number] if isinstance(x, Column) else x for x in columns]
        return found

    def _local_gradients(self, node: Value) -> Sequence[Number]:
        """Those of a node; at an edge, where this system has none, those of the engine: infinite, or nothing.

        So what lies below a relu that is off does not matter: dK/dx of x + √relu(−x) is 1 at x = 2, and not ∞.
        """
        assert node.op is not None
        operands = [self.values[parent] for parent in node.parents]
        try:
            found: Sequence[Number] = node.op.local(self.m, self.values[node], *operands)
        except ArithmeticError:
            found = node.op.local(extended, float(self.values[node]), *map(float, operands))
        return found

    def derivative(self, of: Value, by: Value, beside: Iterable[Value] = ()) -> Number:
        """d of / d by: the chain rule over what lies between; and in the same sweep those by the nodes `beside`."""
        if (of, by) not in self.known:
            self.derivatives(of, [by, *beside])
        return self.known[of, by]

    def derivatives(self, of: Value, by: Iterable[Value]) -> dict[Value, Number]:
        """d of / d node for each node of `by`, in one sweep."""
        by = list(by)
        missing = [node for node in by if (of, node) not in self.known]
        if missing:
            order = self.graph.between(of, *missing)
            try:
                found = chain_rule(of, order, missing, self.m, self.values)
            except ArithmeticError:
                found = {of: mp.one}
                for _ in contributions(order, found, self._local_gradients, depending_on(order, missing)):
                    pass
            self.known.update({(of, node): mp.mpf(found.get(node, 0)) for node in missing})
        return {node: self.known[of, node] for node in by}


def values_of(expression: Expression, worlds: Iterable[World]) -> list[Number]:
    """What an expression comes to in each of several worlds; None where it has no value."""
    found: list[Number] = []
    for world in worlds:
        try:
            found.append(_finite(evaluate(expression, world)))
        except (ArithmeticError, ValueError, TypeError):
            found.append(None)
    return found


def _finite(value: Number) -> Number:
    value = mp.mpf(value)
    return value if abs(value) < _LARGEST else None


def _entries(value: Number, count: int) -> Sequence[Number]:
    return value.entries if isinstance(value, Column) else [value] * count


class Variation:
    """The recorded values of a graph's leaves, and points near them, on the same side of every kink.

    Args:
        fixed: the leaves that keep their values everywhere.

    Attributes:
        sides: which way each choice in the graph went when it was recorded: 1, −1, or 0 for a tie.
    """

    def __init__(self, graph: Graph, names: PageNames, fixed: Container[Value] = ()) -> None:
        self._graph = graph
        self._recorded = {node: node._scalar for node in graph.order if node.op is None}
        free = (leaf for leaf in self._recorded if not leaf.constant and leaf not in fixed)
        self._free = [leaf for leaf in free if leaf in names.paths or leaf.name]
        self.sides: list[int] = []

    def recorded_and_fresh(self, sums: Collection[Sequence[Value]]) -> tuple[int, Columns]:
        """The values at the recorded point and, after it, at up to `FRESH` others (see `fresh`)."""
        leaves = [self._recorded, *map(self._moved, self._steps((), sums))]
        columns = self._at_once(leaves, self.sides, None)
        if columns is not None and 0 not in self.sides:
            return len(leaves), columns
        self.sides.clear()
        recorded = self._replayed(self._recorded, Guarded(self.sides))
        if 0 in self.sides:
            # Every step would leave a tie: what leads to it keeps its value.
            tied = set(topological_order(*_ties(self._graph.order, recorded)))
            self._free = [leaf for leaf in self._free if leaf not in tied]
        return _columns([recorded, *self._one_by_one(self._steps((), sums))])

    def fresh(self, fixed: Container[Value], sums: Collection[Sequence[Value]]) -> tuple[int, Columns]:
        """The values at up to `FRESH` points. The leaves of `fixed` keep theirs, as do the sums of those in `sums`."""
        steps = self._steps(fixed, sums)
        columns = self._at_once(list(map(self._moved, steps)), [], self.sides) if steps else {}
        return (len(steps), columns) if columns is not None else _columns(self._one_by_one(steps))

    def roughly_recorded(self, bits: int) -> tuple[int, Columns]:
        """The values at the recorded point, worked out with so many bits; none if a choice then goes another way.

        The leaves are rounded at random, since many, such as 0.75, would be exact with few bits.
        """
        random = Random(bits)
        moved = {leaf: x * (1 + random.uniform(-1, 1) / 2**bits) for leaf, x in self._recorded.items()}
        constants = {leaf: x for leaf, x in self._recorded.items() if leaf.constant}
        try:
            return _columns([self._replayed(moved | constants, Guarded([], self.sides))])
        except ArithmeticError:
            return _columns([])

    def _steps(self, fixed: Container[Value], sums: Collection[Sequence[Value]]) -> list[dict[Value, float]]:
        """For each fresh point, how far each leaf moves."""
        random = Random("fresh points")
        free = [leaf for leaf in self._free if leaf not in fixed]
        steps = []
        for _ in range(FRESH if free else 0):
            step = {leaf: _step(self._recorded[leaf], random) for leaf in free}
            for leaves in sums:
                if all(leaf in step for leaf in leaves):
                    step[leaves[-1]] = -sum(step[leaf] for leaf in leaves[:-1])
            steps.append(step)
        return steps

    def _moved(self, step: Mapping[Value, float], halvings: int = 0) -> dict[Value, float]:
        return self._recorded | {leaf: self._recorded[leaf] + by / 2**halvings for leaf, by in step.items()}

    def _at_once(
        self, points: Sequence[Mapping[Value, float]], sides: list[int], expected: Sequence[int] | None
    ) -> Columns | None:
        """The values at several points; None if they cannot be computed side by side."""
        rows = [[point[leaf] for point in points] for leaf in self._recorded]
        leaves = dict(zip(self._recorded, columns(rows), strict=True))
        try:
            values = replay(self._graph.order, Guarded(sides, expected), leaves.get)
        except Exception:  # as in `Points.values`
            return None
        return values if expected is None or len(sides) == len(expected) else None

    def _one_by_one(self, steps: Iterable[Mapping[Value, float]]) -> list[dict[Value, Number]]:
        """The values at each fresh point, near enough that no choice goes another way; without those that never are."""
        found = []
        for step in steps:
            for halvings in range(_HALVINGS):
                sides: list[int] = []
                try:
                    values = self._replayed(self._moved(step, halvings), Guarded(sides, self.sides))
                except ArithmeticError:
                    continue
                if len(sides) == len(self.sides):
                    found.append(values)
                    break
        return found

    def _replayed(self, leaves: Mapping[Value, float], m: Guarded) -> dict[Value, Number]:
        return replay(self._graph.order, m, {leaf: mp.mpf(number) for leaf, number in leaves.items()}.get)


def _step(x: float, random: Random) -> float:
    """A step away from x, of a tenth to a half of its size."""
    size = max(abs(x), 0.25) if abs(x) < inf else 0.0
    return size * random.choice((-1, 1)) * random.uniform(0.1, 0.5)


def _ties(order: Iterable[Value], values: Mapping[Value, Number]) -> Iterator[Value]:
    """The nodes that stand at a kink, or choose between equals."""
    for node in order:
        if node.op is not None:
            sides: list[int] = []
            node.op.value(Guarded(sides), *(values[parent] for parent in node.parents))
            if 0 in sides:
                yield node


def _columns(points: Sequence[Mapping[Value, Number]]) -> tuple[int, Columns]:
    nodes = points[0] if points else ()
    rows = [[values[node] for values in points] for node in nodes]
    return len(points), dict(zip(nodes, columns(rows), strict=True))
