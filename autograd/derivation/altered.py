"""A point at which some things have other than their true values: what follows from a slip."""

from collections.abc import Callable, Mapping
from typing import Any

from autograd.derivation.claims import Expression, evaluate
from autograd.derivation.flow import Flow
from autograd.derivation.points import Point
from autograd.value import Value


class Altered:
    """A world of claims: a point, with some nodes, derivatives and definitions replaced.

    A replaced derivative also counts on the way to others: with another dJ/dn, the dJ/dw that flows through n differs.

    Args:
        flow: the contributions between two nodes at this point.
        every: what every derivative is passed through; None for none.
    """

    def __init__(
        self,
        point: Point,
        texts: Mapping[str, Expression],
        *,
        nodes: Mapping[Value, Any] = {},
        derivatives: Mapping[tuple[Value, Value], Any] = {},
        definitions: Mapping[str, Any] = {},
        flow: Callable[[Value, Value], Flow] | None = None,
        every: Callable[[Value, Value], Any] | None = None,
    ) -> None:
        self.m = point.m
        self._point, self._texts = point, texts
        self._nodes, self._derivatives, self._definitions = nodes, derivatives, dict(definitions)
        self._flow, self._every = flow, every

    def value(self, node: Value) -> Any:
        """The value of a node."""
        return self._nodes[node] if node in self._nodes else self._point.value(node)

    def derivative(self, of: Value, by: Value) -> Any:
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
        # In dJ/dn by dJ/dp and dp/dn both may be wrong. What arrives at n itself says all of the way down to it.
        for (u, v), replaced in self._derivatives.items():
            if u is not of and u in flow.up and v in flow.up and not any(self._depends(v, n) for n in arriving):
                change = replaced - self._point.derivative(u, v)
                changes.append(self.derivative(of, u) * change * self._point.derivative(v, by))
        return sum(changes, total)

    def _depends(self, node: Value, on: Value) -> bool:
        return node in self._point.graph.between(node, on)

    def defined(self, name: str) -> Any:
        """The value of a definition, worked out anew."""
        if name not in self._definitions:
            self._definitions[name] = evaluate(self._texts[name], self)
        return self._definitions[name]
