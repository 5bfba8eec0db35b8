"""The recorded point and fresh ones: where a claim is put to the test, with many digits.

At a fresh point the named leaves have other values, near enough that every choice in the graph (relu, abs, maximum,
where, a comparison) falls out as it did when the graph was recorded. The numbers are mpmath's, with so many digits that
no cancellation on the page or in the graph can make a right claim look wrong.
"""

from collections import deque
from collections.abc import Callable, Container, Iterable, Mapping, MutableSequence, Sequence
from math import inf
from random import Random
from types import SimpleNamespace
from typing import Any

from mpmath import mp

from autograd.derivation.names import Names
from autograd.graph import chain_rule, replay, topological_order
from autograd.numbers.multiprecision import multiprecision
from autograd.value import Value

DIGITS = 50
FRESH = 4
_HALVINGS = 40
_LARGEST_LOGARITHM = 1000


class Graph:
    """What the page speaks of: the nodes it mentions and all that they were computed from, in order."""

    def __init__(self, order: Sequence[Value]) -> None:
        self.order = order
        self.position = {node: k for k, node in enumerate(order)}
        self.children: dict[Value, list[Value]] = {}
        for node in order:
            for parent in dict.fromkeys(node.parents):
                self.children.setdefault(parent, []).append(node)

    def between(self, of: Value, *by: Value) -> list[Value]:
        """The nodes that are computed from one of `by` and come no later than `of`, in order."""
        last = self.position[of]
        found = {node for node in by if self.position.get(node, last + 1) <= last}
        stack = [*found]
        while stack:
            for child in self.children.get(stack.pop(), ()):
                if child not in found and self.position[child] <= last:
                    found.add(child)
                    stack.append(child)
        return sorted(found, key=self.position.__getitem__)


class Point:
    """One point: every node's value there, and the derivatives that are asked for.

    It is a world of claims: `definitions` maps a defined name to its value here, and `given` holds derivatives to take
    instead of the true ones, when the question is what follows from a mistake.
    """

    def __init__(self, graph: Graph, values: Mapping[Value, Any]) -> None:
        self.graph = graph
        self.m: Any = number_system(deque(maxlen=0))
        self.values = values
        self.definitions: dict[str, Any] = {}
        self._derivatives: dict[tuple[Value, Value], Any] = {}

    def value(self, node: Value) -> Any:
        """The value of a node."""
        return self.values[node]

    def defined(self, name: str) -> Any:
        """The value of a definition. ArithmeticError if it has none here."""
        value = self.definitions[name]
        if value is None:
            raise ArithmeticError(f"{name} has no value here")
        return value

    def derivative(self, of: Value, by: Value, beside: Iterable[Value] = ()) -> Any:
        """d of / d by: the chain rule over what lies between; and in the same sweep those by the nodes `beside`."""
        if (of, by) not in self._derivatives:
            self.derivatives(of, [by, *beside])
        return self._derivatives[of, by]

    def derivatives(self, of: Value, by: Iterable[Value]) -> dict[Value, Any]:
        """d of / d node for each node of `by`, in one sweep."""
        by = list(by)
        missing = [node for node in by if (of, node) not in self._derivatives]
        if missing:
            order = self.graph.between(of, *missing)
            found = chain_rule(of, order, missing, self.m, self.values)
            for node in missing:
                self._derivatives[of, node] = mp.mpf(found.get(node, 0))
        return {node: self._derivatives[of, node] for node in by}


def points(
    order: Sequence[Value], names: Names, fixed: Container[Value] = (), sums: Iterable[Sequence[Value]] = ()
) -> tuple[list[Point], dict[Value, list[int]]]:
    """The recorded point and up to `FRESH` others; and the kinks: for each node that chooses, the sides it is on.

    A side is 1, −1, or 0 for a tie; the leaves that lead to a tie keep their values, for any step would leave it, and
    so do those of `fixed`. The leaves of each group in `sums` are varied so that their sum stays as it is.
    """
    graph = Graph(order)
    recorded = {node: mp.mpf(node.data) for node in order if node.op is None}
    sides: list[int] = []
    values = replay(order, number_system(sides), recorded.get)
    kinks = _kinks(order, values) if sides else {}
    tied = set(topological_order(*(node for node, turns in kinks.items() if 0 in turns)))
    free = [leaf for leaf in recorded if not leaf.constant and (leaf in names or leaf.name)]
    free = [leaf for leaf in free if leaf not in tied and leaf not in fixed]
    found = [Point(graph, values)]
    random = Random("fresh points")
    for _ in range(FRESH if free else 0):
        step = {leaf: _step(leaf.data, random) for leaf in free}
        _keep_the_sums(sums, step)
        for halving in range(_HALVINGS):
            moved = recorded | {leaf: mp.mpf(leaf.data + by / 2**halving) for leaf, by in step.items()}
            turns: list[int] = []
            try:
                values = replay(order, number_system(turns), moved.get)
            except ArithmeticError:
                continue
            if turns == sides:
                found.append(Point(graph, values))
                break
    return found, kinks


def _step(x: float, random: Random) -> float:
    """A step away from x, of a tenth to a half of its size."""
    size = max(abs(x), 0.25) if abs(x) < inf else 0.0
    return size * random.choice((-1, 1)) * random.uniform(0.1, 0.5)


def _keep_the_sums(sums: Iterable[Sequence[Value]], step: dict[Value, float]) -> None:
    for leaves in sums:
        if all(leaf in step for leaf in leaves):
            step[leaves[-1]] = -sum(step[leaf] for leaf in leaves[:-1])


def _kinks(order: Sequence[Value], values: Mapping[Value, Any]) -> dict[Value, list[int]]:
    found = {}
    for node in order:
        if node.op is not None:
            turns: list[int] = []
            node.op.value(number_system(turns), *(values[parent] for parent in node.parents))
            if turns:
                found[node] = turns
    return found


def number_system(sides: MutableSequence[int]) -> Any:
    """Mpmath's numbers within the domains and the range of floats, noting in `sides` which way each choice went.

    What has no real value raises ArithmeticError. The limits of derivatives at an edge (√'(0) = ∞) have no value here.
    """
    base = multiprecision

    def within(function: Callable[..., Any], inside: Callable[..., bool]) -> Callable[..., Any]:
        def guarded(*operands: Any) -> Any:
            if not inside(*operands):
                raise ArithmeticError("outside the domain")
            return function(*operands)

        return guarded

    def turn(a: Any) -> Any:
        sides.append((a > 0) - (a < 0))
        return a

    def power(a: Any, b: Any) -> Any:
        if (a < 0 and b != int(b)) or (a == 0 and b < 0):
            raise ArithmeticError("outside the domain")
        if a != 0 and abs(b * mp.log(abs(a))) > _LARGEST_LOGARITHM:
            raise ArithmeticError("no float: and to work it out would take for ever")
        return base.power(a, b)

    def where(condition: Any, a: Any, b: Any) -> Any:
        sides.append(1 if condition else -1)
        return a if condition else b

    def compared(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda a, b: function(turn(mp.mpf(a) - b), 0)

    m = SimpleNamespace(**{name: getattr(base, name) for name in dir(base) if not name.startswith("_")})
    m.exp, m.expm1 = (within(f, lambda a: a < 710) for f in (base.exp, base.expm1))
    m.sin, m.cos = (within(f, lambda a: abs(a) < mp.inf) for f in (base.sin, base.cos))
    m.log, m.log1p = within(base.log, lambda a: a > 0), within(base.log1p, lambda a: a > -1)
    m.sqrt, m.power, m.where = within(base.sqrt, lambda a: a >= 0), power, where
    # Beyond these, e to the −a differs from 0 only past every digit; the exact number would take for ever.
    m.sigmoid = lambda a: base.sigmoid(a) if abs(a) < 1e6 else mp.mpf(a > 0)
    m.softplus = lambda a: base.softplus(a) if abs(a) < 1e6 else max(a, mp.zero)
    m.tanh = lambda a: base.tanh(a) if abs(a) < 1e6 else mp.sign(a)
    m.logsumexp = lambda *xs: base.logsumexp(*(max(x, max(xs) - 1_000_000) for x in xs))
    m.absolute, m.sign = lambda a: base.absolute(turn(a)), lambda a: base.sign(turn(a))
    m.step, m.relu = lambda a: base.step(turn(a)), lambda a: base.relu(turn(a))
    m.maximum = lambda a, b: a if turn(a - b) > 0 else b
    m.minimum = lambda a, b: a if turn(a - b) < 0 else b
    m.less, m.less_equal, m.equal = map(compared, (base.less, base.less_equal, base.equal))
    return m
