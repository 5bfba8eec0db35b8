"""The setting of a check: what all that judge the lines of one derivation share."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from autograd.derivation.claims import Claim, Derivative, nodes_in
from autograd.derivation.labels_that_sum_to_one import probabilities
from autograd.derivation.names import PageNames
from autograd.derivation.points import Definitions, Graph, Points, Variation
from autograd.derivatives import recorded_order
from autograd.value import Value

RATES = ("eta", "lr", "alpha", "learning_rate", "η", "α")
"""What a page may call its learning rate, for it to be known as one."""


@dataclass(frozen=True)
class Setting:
    """The graph that a derivation is about, in its own names, and the points where its claims are put to the test."""

    names: PageNames
    graph: Graph
    named: Sequence[Value]
    """The nodes of the graph that have a name, in order."""
    definitions: Definitions
    labels: Sequence[Sequence[Value]]
    """The leaves that are probabilities, in groups that add up to 1."""
    variation: Variation
    points: Points
    """The recorded point, and after it the fresh ones."""

    def varied(self, fixed: Collection[Value], sums: Collection[Sequence[Value]] | None = None) -> Points:
        """Fresh points where some leaves keep their values; without `sums`, the labels stay probabilities."""
        found = self.variation.fresh(fixed, self.labels if sums is None else sums)
        return Points(self.graph, *found, self.definitions)

    def roughly_recorded(self, bits: int) -> Points:
        """The recorded point, worked out with so many bits; no point if a choice then goes another way."""
        return Points(self.graph, *self.variation.roughly_recorded(bits), self.definitions)


def setting_of(claims: Sequence[Claim], names: PageNames) -> Setting:
    """The setting of some claims.

    Raises:
        ValueError: if a leaf was written to since the graph was recorded.
    """
    definitions = {claim.defines: claim.parts[0] for claim in claims if claim.defines is not None}
    mentioned = dict.fromkeys(node for claim in claims for node in nodes_in(claim))
    mentioned |= dict.fromkeys(node for name in definitions for node in names.as_derivative(name) or ())
    mentioned |= dict.fromkeys(node for name in RATES if isinstance(node := names.trees.get(name), Value))
    graph = Graph(recorded_order(*mentioned))
    labels = probabilities(graph.order, names)
    variation = Variation(graph, names)
    points = Points(graph, *variation.recorded_and_fresh(labels), definitions)
    # All derivatives of one node are worked out at once, so that 200 lines about J cost one sweep.
    wanted: dict[Value, dict[Value, None]] = {}
    for claim in claims:
        for piece in claim.pieces:
            if isinstance(piece, Derivative):
                wanted.setdefault(piece.of, {})[piece.by] = None
    for of, by in wanted.items():
        points.derive(of, by)
    named = [node for node in graph.order if node in names.paths]
    return Setting(names, graph, named, definitions, labels, variation, points)
