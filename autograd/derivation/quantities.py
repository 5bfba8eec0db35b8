"""What a slip may have put into a line or left out of it: nodes near the way of a derivative, and slopes on it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import nan

from autograd.derivation.claims import Derivative, Expression, Named, evaluate, walk
from autograd.derivation.setting import Setting
from autograd.derivation.sums_over_paths import Contributions, Use
from autograd.derivation.values_at_points import shown
from autograd.numbers import Number
from autograd.numbers.multiprecision import mp
from autograd.text import derivative
from autograd.value import Value

_MOST = 60
_MOST_SLOPES = 40

SLOPE = "slope"


@dataclass(frozen=True)
class Quantity:
    """Something with a value at each point: a node, a derivative, or a piece of the page."""

    text: str
    values: Sequence[Number]
    kind: Number = None
    """What it is alike to: the list, or the sort of node, that it belongs to."""

    @cached_property
    def first(self) -> float:
        """About its value at the first point; NaN if it has none."""
        try:
            return float(self.values[0])
        except TypeError:  # a complex root
            return nan


class Quantities:
    """The quantities that one wrong line may be asked about.

    Args:
        setting: that of the page.
        subject, part: what the claim is about, and its wrong part.
        edges, flows: the uses of nodes on the way of the derivative, if it is one, and what flows there at each point.
        count: the number of points that the part speaks of.
    """

    def __init__(
        self,
        setting: Setting,
        subject: Expression,
        part: Expression,
        edges: Sequence[Use],
        flows: Sequence[Contributions],
        count: int,
    ) -> None:
        self._setting, self._subject, self._part = setting, subject, part
        self._edges, self._flows = edges, flows
        self._names = setting.names.paths
        self.points = setting.points.each[:count]

    @cached_property
    def every(self) -> list[Quantity]:
        """The named nodes near the way, and the slopes on it; one of each value."""
        found: dict[Number, Quantity] = {}
        for quantity in (*self.nodes(), *self._slopes()):
            key = tuple(mp.nstr(value, 20) for value in quantity.values)
            if any(abs(abs(value) - 1) > 1e-12 for value in quantity.values) and all(quantity.values):
                known = found.setdefault(key, quantity)
                if known.kind != SLOPE and quantity.text[0] == "∂" and "=" not in known.text:
                    found[key] = Quantity(f"{known.text} = {quantity.text}", known.values, known.kind)
        return list(found.values())[:_MOST]

    def piece(self, expression: Expression) -> Quantity:
        """A piece of the page."""
        try:
            values = [evaluate(expression, point) for point in self.points]
        except ArithmeticError:
            values = [mp.nan] * len(self.points)
        return Quantity(shown(expression), values)

    def nodes(self) -> Iterator[Quantity]:
        """The named nodes near the way, and those that the page has here."""
        for node in self.near():
            yield Quantity(self._names[node], [point.values[node] for point in self.points], self.kind(node))

    def near(self) -> list[Value]:
        """These nodes."""
        near: dict[Value, None] = {}
        for edge in self._edges:
            near |= dict.fromkeys((edge.parent, edge.child, *edge.child.parents))
        for piece in walk(self._part):
            if isinstance(piece, Named):
                near[piece.node] = None
        if isinstance(self._subject, Named):
            near |= dict.fromkeys(self.named_below(self._subject.node))
        leaves = [node for node in self._setting.named if node.op is None]
        wide = self._setting.named if len(self._setting.named) <= 60 else leaves if len(leaves) <= 40 else []
        known = self.points[0].values
        return [node for node in dict.fromkeys((*near, *wide)) if node in self._names and node in known]

    def kind(self, node: Value) -> Number:
        """What a node is alike to."""
        name = self._names[node]
        return name.partition("[")[0] if "[" in name else node.op is None

    def gradients(self, piece: Derivative) -> Iterator[Quantity]:
        """The derivatives of the same node by others."""
        graph = self._setting.graph
        last = graph.position[piece.of]
        by = [node for node in self.near() if node is not piece.of and graph.position[node] < last]
        each = [point.derivatives(piece.of, by) for point in self.points]
        for node in by:
            text = derivative(self._names.get(piece.of, "it"), self._names[node], "d")
            yield Quantity(text, [slopes[node] for slopes in each], self.kind(node))

    def named_below(self, node: Value) -> Iterator[Value]:
        """The named nodes that a node is computed from, with none in between."""
        stack, seen = [*node.parents], {node}
        while stack and len(seen) < 1000:
            below = stack.pop()
            if below in seen:
                continue
            seen.add(below)
            if below in self._names:
                yield below
            else:
                stack += below.parents

    def _slopes(self) -> Iterator[Quantity]:
        """The derivatives between neighbours with names, and of activations."""
        own = (self._subject.of, self._subject.by) if isinstance(self._subject, Derivative) else None
        on_the_way = {node: None for edge in self._edges for node in (edge.child, edge.parent)}
        pairs = [
            (above, below)
            for above in on_the_way
            if above in self._names
            for below in self.named_below(above)
            if below in on_the_way and (above, below) != own
        ]
        for above, below in pairs[:_MOST_SLOPES]:
            text = derivative(self._names[above], self._names[below])
            yield Quantity(text, [point.derivative(above, below) for point in self.points], SLOPE)
        for k, edge in enumerate(self._edges[: 4 * _MOST]):
            if len(edge.child.parents) == 1 and edge.child.op is not None and edge.child.op.is_call:
                at = self._names.get(edge.child) or self._names.get(edge.parent)
                if at is not None:
                    yield Quantity(f"{edge.child.op}'s slope at {at}", [flow.local[k] for flow in self._flows], SLOPE)
