"""The setting of a check: what all that judge the lines of one derivation share.

Labels that are probabilities are part of it: leaves that add up to 1, and are varied so that they still do.
``dL/dz1 = p1 - y1`` for a softmax with cross-entropy is right for such labels alone. Leaves between 0 and 1 that add up
to 1 are taken for labels if they make up a list, or stand before the logarithms of one sum, as in
``-(y1*log(p1) + y2*log(p2))``.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from autograd import ops
from autograd.derivation.claims import Apply, Claim, Derivative, Expression, Named
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


_LOGARITHMS = (ops.log, ops.log1p, ops.logsumexp, ops.softplus)
_SUMS = (ops.add, ops.subtract, ops.negate, ops.sum)
_DEEPEST = 4
_MOST_SUMMANDS = 200


def probabilities(order: Sequence[Value], names: PageNames) -> list[list[Value]]:
    """The leaves among the nodes of an order that are probabilities, in groups that add up to 1."""
    recorded = set(order)
    found: list[list[Value]] = []
    taken: set[Value] = set()
    for leaves in (*_lists(names), *_before_logarithms(order)):
        if taken.isdisjoint(leaves) and not recorded.isdisjoint(leaves):
            found.append(leaves)
            taken.update(leaves)
    return found


def condition_of(leaves: Sequence[Value], names: PageNames) -> str:
    """What holds of a group, as a page writes it: ``y1 + y2 + y3 = 1``."""
    shown = [names.paths.get(leaf) or leaf.name or "a label" for leaf in leaves]
    return f"{' + '.join(shown if len(shown) <= 4 else [shown[0], '…', shown[-1]])} = 1"


def of_two_classes(order: Sequence[Value]) -> list[Value]:
    """The leaves y that are 0 or 1, and stand before logarithms as in ``y*log(a) + (1 - y)*log(1 - a)``."""
    weighing = {label for node in order for label in _weighing_logarithms(node)}
    found = []
    for node in order:
        if node.op is ops.subtract and node.parents[0].constant and node.parents[0].data == 1 and node in weighing:
            label = node.parents[1]
            if label in weighing and label.op is None and not label.constant and label.data in (0, 1):
                found.append(label)
    return found


def one_hot(groups: Sequence[Sequence[Value]], order: Sequence[Value]) -> list[Sequence[Value]]:
    """The groups of probabilities of which one is 1 and the others are 0: the true class, and the others.

    The labels of two examples with two classes each, 1 and 0, are no such group.
    """
    found = [leaves for leaves in groups if {leaf.data for leaf in leaves} == {0, 1}]
    alone = set(of_two_classes(order)) if found else set()
    return [leaves for leaves in found if alone.isdisjoint(leaves)]


def _lists(names: PageNames) -> Iterator[list[Value]]:
    by_columns: set[int] = set()
    for _, rows in names.lists:
        columns = _columns(rows)
        if columns and all(map(_add_up, columns)) and not all(map(_add_up, rows)):
            by_columns.update(map(id, rows))  # each column is an example
            yield from columns
    for _, items in names.lists:
        if id(items) in by_columns:
            continue
        leaves = [item for item in items if isinstance(item, Value) and item.op is None]
        if len(leaves) == len(items) and _add_up(leaves):
            yield leaves


def _columns(rows: Sequence[Number]) -> list[list[Value]]:
    """The columns of a matrix of leaves; none if it is something else."""
    if not rows or not all(isinstance(row, list) and len(row) == len(rows[0]) for row in rows):
        return []
    leaves = all(isinstance(item, Value) and item.op is None for row in rows for item in row)
    return [list(column) for column in zip(*rows, strict=True)] if leaves else []


def _add_up(leaves: Sequence[Value]) -> bool:
    """Whether these are probabilities of several things, that add up to 1."""
    numbers = [leaf.data for leaf in leaves]
    return len(set(leaves)) == len(leaves) > 1 and all(0 <= x <= 1 for x in numbers) and abs(sum(numbers) - 1) < 1e-9


def _before_logarithms(order: Sequence[Value]) -> Iterator[list[Value]]:
    children: dict[Value, list[Value]] = {}
    for node in order:
        for parent in dict.fromkeys(node.parents):
            children.setdefault(parent, []).append(node)
    beneath: dict[Value, list[Value]] = {}
    for node in order:
        labels = _labels(node)
        above: Value | None = node if labels else None
        while above is not None:
            beneath.setdefault(above, []).extend(labels)
            above = next((child for child in children.get(above, ()) if child.op in _SUMS), None)
            if above is not None and len(beneath.get(above, ())) > _MOST_SUMMANDS:
                break
    position = {node: k for k, node in enumerate(order)}
    for node in sorted(beneath, key=position.__getitem__, reverse=True):
        yield from _split(list(dict.fromkeys(beneath[node])))


def _labels(node: Value) -> list[Value]:
    """The leaves that a node multiplies by logarithms."""
    factors = (label.parents[0] if label.op is ops.negate else label for label in _weighing_logarithms(node))
    return [leaf for leaf in factors if leaf.op is None and not leaf.constant]


def _weighing_logarithms(node: Value) -> list[Value]:
    """What a node multiplies by logarithms."""
    if node.op is ops.multiply:
        pairs = [(node.parents[0], node.parents[1]), (node.parents[1], node.parents[0])]
    elif node.op is ops.dot:
        n = len(node.parents) // 2
        first, second = node.parents[:n], node.parents[n : 2 * n]
        pairs = [*zip(first, second, strict=True), *zip(second, first, strict=True)]
    else:
        return []
    return [label for label, factor in pairs if _logarithmic(factor)]


def _logarithmic(node: Value, depth: int = 0) -> bool:
    """Whether it is a logarithm, or a sum or multiple of one."""
    if node.op in _LOGARITHMS:
        return True
    if depth == _DEEPEST:
        return False
    if node.op in _SUMS:
        return any(_logarithmic(parent, depth + 1) for parent in node.parents)
    if node.op is ops.multiply and any(parent.constant for parent in node.parents):
        return any(_logarithmic(parent, depth + 1) for parent in node.parents)
    return False


def _split(leaves: list[Value]) -> Iterator[list[Value]]:
    """The labels of one sum: those of one example, or of several of one size."""
    total = round(sum(leaf.data for leaf in leaves))
    if total < 1 or len(leaves) % total:
        return
    size = len(leaves) // total
    groups = [leaves[k : k + size] for k in range(0, len(leaves), size)]
    if all(map(_add_up, groups)):
        yield from groups
