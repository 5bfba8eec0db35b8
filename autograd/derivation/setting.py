"""The setting of a check: what all that judge the lines of one derivation share."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from autograd.derivation.claims import Apply, Claim, Derivative, Expression, Named
from autograd.derivation.labels_that_sum_to_one import one_hot, probabilities
from autograd.derivation.names import PageNames
from autograd.derivation.points import Graph, Points, Variation
from autograd.derivatives import recorded_order
from autograd.numbers import Number
from autograd.value import Value

_MOST_KEPT = 100_000
"""For how many nodes values at fresh points are remembered."""
RATES = ("eta", "lr", "alpha", "learning_rate", "η", "α")
"""What a page may call its learning rate, for it to be known as one."""


@dataclass(frozen=True)
class Setting:
    """The graph that a derivation is about, in its own names, and the points where its claims are put to the test."""

    names: PageNames
    graph: Graph
    named: Sequence[Value]
    """The nodes of the graph that have a name, in order."""
    definitions: dict[str, Expression]
    labels: Sequence[Sequence[Value]]
    """The leaves that are probabilities, in groups that add up to 1."""
    variation: Variation
    points: Points
    """The recorded point, and after it the fresh ones."""

    varied_before: dict[Number, Points] = field(default_factory=dict)
    """Fresh points that were asked for, as the lines of a page ask for the same ones; of large graphs, few."""

    def varied(self, fixed: Collection[Value], sums: Collection[Sequence[Value]] | None = None) -> Points:
        """Fresh points where some leaves keep their values; without `sums`, the labels stay probabilities."""
        sums = self.labels if sums is None else sums
        key = frozenset(fixed), tuple(map(tuple, sums))
        if key not in self.varied_before:
            if len(self.varied_before) * len(self.graph.order) > _MOST_KEPT:
                self.varied_before.clear()
            self.varied_before[key] = Points(self.graph, *self.variation.fresh(key[0], sums), self.definitions)
        return self.varied_before[key]

    def roughly_recorded(self, bits: int) -> Points:
        """The recorded point, worked out with so many bits; no point if a choice then goes another way."""
        return Points(self.graph, *self.variation.roughly_recorded(bits), self.definitions)


def setting_of(claims: Sequence[Claim], names: PageNames) -> Setting:
    """The setting of some claims.

    Raises:
        ValueError: if a leaf was written to since the graph was recorded.
    """
    definitions = {claim.defines: claim.parts[0] for claim in claims if claim.defines is not None}
    pieces = _different_pieces(claims)
    mentioned: dict[Value, None] = {}
    # All derivatives of one node are worked out at once, so that 200 lines about J cost one sweep.
    wanted: dict[Value, dict[Value, None]] = {}
    for piece in pieces:
        match piece:
            case Named(node=mention):
                mentioned[mention] = None
            case Derivative(of=of, by=by, direct=direct):
                mentioned[of] = mentioned[by] = None
                if direct is None:
                    wanted.setdefault(of, {})[by] = None
    mentioned |= dict.fromkeys(node for name in RATES if isinstance(node := names.trees.get(name), Value))
    graph = Graph(recorded_order(*mentioned))
    groups = probabilities(graph.order, names)
    # Of L = -log P[i][y] no node is computed from a one-hot Y: there is no other y that another Y could belong to.
    groups_of_classes = one_hot(groups, graph.order) if groups else []
    beside = [leaves for leaves in groups_of_classes if graph.children.keys().isdisjoint(leaves)]
    labels = [leaves for leaves in groups if leaves not in beside]
    variation = Variation(graph, names, {leaf for leaves in beside for leaf in leaves})
    points = Points(graph, *variation.recorded_and_fresh(labels), definitions)
    for upper, lower in wanted.items():
        points.derive(upper, lower)
    named = [node for node in graph.order if node in names.paths]
    return Setting(names, graph, named, definitions, labels, variation, points)


def _different_pieces(claims: Sequence[Claim]) -> Iterator[Expression]:
    """All that the claims consist of; what several of them share, such as a long sum, comes once."""
    seen: set[int] = set()
    for claim in claims:
        stack: list[Expression] = [*claim.parts[::-1], claim.subject]
        while stack:
            piece = stack.pop()
            if isinstance(piece, Apply):
                if id(piece) in seen:
                    continue
                seen.add(id(piece))
                stack += piece.operands[::-1]
            yield piece
