"""What flows from one node to another: the derivative as a sum over paths, and that sum with a piece changed.

A slip in a derivation is a change of contributions: a path dropped or doubled, a local gradient left out or taken
elsewhere. Every wrong value here is made of the local gradients of the one table of calculus.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mpmath import mp

from autograd.derivation.points import Graph, Point
from autograd.graph import NOTHING
from autograd.value import Value


@dataclass(frozen=True)
class Edge:
    """One use of a node: `parent` is operand number `operand` of `child`."""

    child: Value
    operand: int
    parent: Value


class Between:
    """All that lies on a path from `by` to `of`: the nodes in order, and the edges, `of` first."""

    def __init__(self, graph: Graph, of: Value, by: Value) -> None:
        self.of, self.by = of, by
        reached = set(graph.between(of, by))
        wanted = {of} & reached
        self.edges: list[Edge] = []
        self.nodes: list[Value] = []
        for node in sorted(reached, key=graph.position.__getitem__, reverse=True):
            if node not in wanted:
                continue
            self.nodes.append(node)
            for operand, parent in enumerate(node.parents if node is not by else ()):
                if parent in reached and node.local_grads[operand] is not NOTHING:
                    self.edges.append(Edge(node, operand, parent))
                    wanted.add(parent)
        self.uses: dict[Value, list[int]] = {}
        self.operands: dict[Value, list[int]] = {}
        for k, edge in enumerate(self.edges):
            self.uses.setdefault(edge.parent, []).append(k)
            self.operands.setdefault(edge.child, []).append(k)
        from_by, to_of = self._path_counts()
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


class Flow:
    """The contributions at one point: `up[n]` is d of/dn, `down[n]` is dn/d by, `local[k]` the gradient of edge k."""

    def __init__(self, between: Between, point: Point) -> None:
        self.between, self.point = between, point
        self.local = self._locals({})
        self.up = self.sweep(self.local)
        self.down = dict.fromkeys(between.nodes, mp.zero)
        self.down[between.by] = mp.one
        for k in range(len(between.edges) - 1, -1, -1):
            edge = between.edges[k]
            self.down[edge.child] += self.local[k] * self.down[edge.parent]

    @property
    def total(self) -> Any:
        """The derivative."""
        return self.up[self.between.by]

    def through(self, k: int) -> Any:
        """What all paths over edge k contribute."""
        edge = self.between.edges[k]
        return self.up[edge.child] * self.local[k] * self.down[edge.parent]

    def sweep(self, local: list[Any]) -> dict[Value, Any]:
        """The gradients of `of` that come of other local gradients."""
        up = dict.fromkeys(self.between.nodes, mp.zero)
        up[self.between.of] = mp.one
        for edge, gradient in zip(self.between.edges, local, strict=True):
            up[edge.parent] += up[edge.child] * gradient
        return up

    def with_locals(self, changed: Mapping[int, Any]) -> Any:
        """The derivative, had the edges of `changed` other local gradients."""
        if len(changed) == 1:
            [(k, local)] = changed.items()
            edge = self.between.edges[k]
            return self.total + self.up[edge.child] * (local - self.local[k]) * self.down[edge.parent]
        return self.sweep([changed.get(k, local) for k, local in enumerate(self.local)])[self.between.by]

    def with_operands(self, moved: Mapping[Value, Any]) -> Any:
        """The derivative, had the local gradients been taken with other values of some operands."""
        return self.sweep(self._locals(moved))[self.between.by]

    def with_gradient(self, node: Value, gradient: Any) -> Any:
        """The derivative, had the gradient that arrives at an inner node been another one."""
        return self.total + (gradient - self.up[node]) * self.down[node]

    def local_at(self, k: int, at: Callable[[Any, Any], Any]) -> Any:
        """The local gradient of an edge into a one-operand node, taken with `at(y, a)` for its output y."""
        child = self.between.edges[k].child
        assert child.op is not None
        a, y = self.point.values[child.parents[0]], self.point.values[child]
        return child.op.local(self.point.m, at(y, a), a)[0]

    def _locals(self, moved: Mapping[Value, Any]) -> list[Any]:
        values, found = self.point.values, []
        for node, edges in self.between.operands.items():
            assert node.op is not None
            operands = [moved.get(parent, values[parent]) for parent in node.parents]
            local = node.op.local(self.point.m, values[node], *operands)
            found += [local[self.between.edges[k].operand] for k in edges]
        return found
