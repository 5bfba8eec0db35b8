"""What each path between two nodes contributes to a derivative, and what comes of it when one of them is changed.

A slip in a derivation is a change of contributions: a path dropped or doubled, a local gradient left out or taken
elsewhere. Every wrong value here is made of the local gradients of the one table of calculus.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite

from autograd.derivation.claims import evaluate
from autograd.derivation.points import Graph, Point
from autograd.numbers import NOTHING, Number
from autograd.numbers.multiprecision import mp
from autograd.paths import leads
from autograd.value import Value


@dataclass(frozen=True)
class Use:
    """One use of a node: `parent` is operand number `operand` of `child`."""

    child: Value
    operand: int
    parent: Value


class Between:
    """All that lies on a path from `by` to `of`: the nodes, and the uses of nodes as edges, `of` first.

    Mistakes are made at edges: of two branches at one node one is lost. So the edges are numbered here, and each is
    known to have a local gradient and a number of paths of its own, where a sweep over nodes would have added them up.
    """

    def __init__(self, graph: Graph, of: Value, by: Value) -> None:
        self.of, self.by = of, by
        in_order = graph.between(of, by)
        reached = set(in_order)
        wanted = {of} & reached
        # A slip at a relu that is off is a slip: its edge counts. But where a slope below it is infinite, as that of
        # √(x) at 0 in relu(√(x) - 1), there is no telling what would pass.
        finite = all(isfinite(local) for node in in_order for local in node.local_grads)
        self.edges: list[Use] = []
        self.nodes: list[Value] = []
        for node in reversed(in_order):
            if node not in wanted:
                continue
            self.nodes.append(node)
            for operand, parent in enumerate(node.parents if node is not by else ()):
                passes = node.local_grads[operand] is not NOTHING or (finite and leads(node, operand))
                if parent in reached and passes:
                    self.edges.append(Use(node, operand, parent))
                    wanted.add(parent)
        self.uses: dict[Value, list[int]] = {}
        self.operands: dict[Value, list[int]] = {}
        for k, edge in enumerate(self.edges):
            self.uses.setdefault(edge.parent, []).append(k)
            self.operands.setdefault(edge.child, []).append(k)
        from_by, to_of = self._path_counts()
        self.passing = {node: from_by[node] * to_of[node] for node in self.nodes}
        """How many paths pass each node."""
        self.paths = from_by.get(of, 0)
        self.paths_through = [from_by[edge.parent] * to_of[edge.child] for edge in self.edges]

    def _path_counts(self) -> tuple[dict[Value, int], dict[Value, int]]:
        from_by, to_of = dict.fromkeys(self.nodes, 0), dict.fromkeys(self.nodes, 0)
        from_by[self.by] = to_of[self.of] = 1
        for edge in self.edges:
            to_of[edge.parent] += to_of[edge.child]
        for edge in reversed(self.edges):
            from_by[edge.child] += from_by[edge.parent]
        return from_by, to_of


class Contributions:
    """What flows from `by` to `of` at one point.

    Attributes:
        local: the local gradient of each edge.
        up, down: d of/dn and dn/d by, for each node n.
        total: the derivative.
        through: what all paths over each edge contribute to it.
    """

    def __init__(self, between: Between, point: Point) -> None:
        self.between, self.point = between, point
        gradients = point.local_gradients(between.operands)
        self.local = [gradients[edge.child][edge.operand] for edge in between.edges]
        self.up = self.sweep(self.local)
        self.down = dict.fromkeys(between.nodes, mp.zero)
        self.down[between.by] = mp.one
        for k in range(len(between.edges) - 1, -1, -1):
            edge = between.edges[k]
            self.down[edge.child] += self.local[k] * self.down[edge.parent]
        self.total = self.up.get(between.by, mp.zero)
        self.through = [
            self.up[edge.child] * local * self.down[edge.parent]
            for edge, local in zip(between.edges, self.local, strict=True)
        ]

    def sweep(self, local: list[Number]) -> dict[Value, Number]:
        """d of/dn for each node n, with these local gradients of the edges."""
        up = dict.fromkeys(self.between.nodes, mp.zero)
        up[self.between.of] = mp.one
        for edge, gradient in zip(self.between.edges, local, strict=True):
            up[edge.parent] += up[edge.child] * gradient
        return up

    def with_locals(self, changed: Mapping[int, Number]) -> Number:
        """The derivative if the edges of `changed` had other local gradients."""
        if len(changed) == 1:
            [(k, local)] = changed.items()
            edge = self.between.edges[k]
            return self.total + self.up[edge.child] * (local - self.local[k]) * self.down[edge.parent]
        return self.sweep([changed.get(k, local) for k, local in enumerate(self.local)]).get(self.between.by, mp.zero)

    def with_operands(self, moved: Mapping[Value, Number]) -> Number:
        """The derivative if the local gradients were taken with other values of some operands."""
        values, gradients = self.point.values, dict[Value, Number]()
        for node in self.between.operands:
            assert node.op is not None
            operands = [moved.get(parent, values[parent]) for parent in node.parents]
            gradients[node] = node.op.local(self.point.m, values[node], *operands)
        return self.sweep([gradients[edge.child][edge.operand] for edge in self.between.edges]).get(
            self.between.by, mp.zero
        )

    def with_gradient(self, node: Value, gradient: Number) -> Number:
        """The derivative if another gradient arrived at an inner node."""
        return self.total + (gradient - self.up[node]) * self.down[node]


@dataclass(frozen=True)
class Candidate:
    """A mistake that may have been made: its name, what it would be here, and the derivative that it would give."""

    name: str
    detail: Callable[[], str]
    value: Callable[[Contributions], Number]


class ChangedPoint:
    """A world of claims: a point, with some nodes, derivatives and definitions replaced.

    A replaced derivative also counts on the way to others: with another dJ/dn, the dJ/dw that flows through n differs.

    Args:
        flow: the contributions between two nodes at this point.
        every: what every derivative is passed through; None for none.
    """

    def __init__(
        self,
        point: Point,
        *,
        nodes: Mapping[Value, Number] = {},
        derivatives: Mapping[tuple[Value, Value], Number] = {},
        definitions: Mapping[str, Number] = {},
        flow: Callable[[Value, Value], Contributions] | None = None,
        every: Callable[[Value, Value], Number] | None = None,
    ) -> None:
        self.m = point.m
        self._point = point
        self._nodes, self._derivatives, self._definitions = nodes, derivatives, dict(definitions)
        self._flow, self._every = flow, every

    def value(self, node: Value) -> Number:
        """The value of a node."""
        return self._nodes[node] if node in self._nodes else self._point.value(node)

    def derivative(self, of: Value, by: Value) -> Number:
        """The derivative, replaced or through what is replaced."""
        if (of, by) in self._derivatives:
            return self._derivatives[of, by]
        if self._every is not None:
            return self._every(of, by)
        total = self._point.derivative(of, by)
        if self._flow is None or not self._derivatives:
            return total
        flow = self._flow(of, by)
        arriving = [v for u, v in self._derivatives if u is of and v in flow.up]
        changes = [flow.with_gradient(v, self._derivatives[of, v]) - flow.total for v in arriving]
        # A replaced dJ/dn says all about the way from J to n: a replaced dp/dm on that way changes nothing more.
        for (u, v), replaced in self._derivatives.items():
            if u is of or u not in flow.up or v not in flow.up or self._depends(v, u):
                continue  # Among these: one that is written upside down, as dn/dJ. It lies on no way to J.
            if not any(self._depends(v, n) for n in arriving):
                change = replaced - self._point.derivative(u, v)
                changes.append(self.derivative(of, u) * change * self._point.derivative(v, by))
        return sum(changes, total)

    def _depends(self, node: Value, on: Value) -> bool:
        return node in self._point.graph.between(node, on)

    def defined(self, name: str) -> Number:
        """The value of a definition, worked out anew."""
        if name not in self._definitions:
            self._definitions[name] = evaluate(self._point.definitions[name], self)
        return self._definitions[name]
