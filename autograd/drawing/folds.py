"""How a picture in which more is folded shows the steps of another."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from autograd.drawing.attaching import FoldedView
from autograd.drawing.picture import DrawnEdge, DrawnNode, Picture


def folds_of(shown: Picture, folded: Iterable[Picture]) -> Iterator[FoldedView]:
    """The picture whose steps are shown, and then each in which more of it is folded.

    Args:
        shown: with the numbers after the last step, as `steps.record` leaves it.
        folded: pictures of the same graph.
    """
    yield FoldedView(shown)
    seen = {_size(shown)}
    for picture in folded:
        if _size(picture) not in seen:
            seen.add(_size(picture))
            yield _Relation(shown, picture).fold()


def _size(picture: Picture) -> tuple[str, ...]:
    return tuple(node.id for node in picture.nodes)


class _Relation:
    """Which nodes, edges and numbers of a picture stand for which of the one whose steps are shown."""

    def __init__(self, shown: Picture, folded: Picture) -> None:
        self.shown, self.folded = shown, folded
        self.owner: dict[str, str] = {}
        """For each node of the picture with the steps, what it is part of in the folded one."""
        for node, key in shown.shown_as.items():
            if node in folded.shown_as:
                self.owner[key] = folded.shown_as[node]

    def fold(self) -> FoldedView:
        inside: dict[str, list[str]] = {}
        for node in self.shown.nodes:
            if node.id in self.owner:
                inside.setdefault(self.owner[node.id], []).append(node.id)
        nodes = {key: ids for key, ids in inside.items() if ids != [key]}
        places = {
            (row.word.endswith("grad"), row.of): (node.id, place)
            for node in self.shown.nodes
            for place, row in enumerate(node.rows)
            if row.of
        }
        longest = {(node.id, place): row.number for node in self.shown.nodes for place, row in enumerate(node.rows)}
        rows: dict[tuple[str, int], tuple[str, int]] = {}
        drawn = []
        for node in self.folded.nodes:
            kept = [(row, places.get((row.word.endswith("grad"), row.of))) for row in node.rows]
            # Of a sum over nodes that the steps show one by one there is no step in which it changes.
            kept = [(row, place) for row, place in kept if place or not row.of]
            rows |= {(node.id, i): place for i, (_, place) in enumerate(kept) if place}
            texts = [replace(row, number=longest[place]) if place else row for row, place in kept]
            drawn.append(replace(self._called(node), rows=tuple(texts)))
        edges = self._edges()
        return FoldedView(
            replace(self.folded, nodes=tuple(drawn), edges=self._summed(edges), note=""),
            nodes,
            {place: edges.get(place, []) for place in range(len(self.folded.edges))},
            rows,
        )

    def _called(self, node: DrawnNode) -> DrawnNode:
        """A node has one name in all pictures: an output that the steps call y is y."""
        output = next(
            (each for each in self.shown.nodes if each.is_output and self.owner.get(each.id) == node.id), None
        )
        if output is None or node.opens:
            return node
        return replace(node, title=output.title, short=output.short, line=output.line)

    def _edges(self) -> dict[int, list[int]]:
        places: dict[object, int] = {}
        for place, edge in enumerate(self.folded.edges):
            places.setdefault(edge.slot or (edge.tail, edge.head), place)
        found: dict[int, list[int]] = {}
        for place, edge in enumerate(self.shown.edges):
            ends = self.owner.get(edge.tail), self.owner.get(edge.head)
            here = places.get(edge.slot, places.get(ends))
            if here is not None:
                found.setdefault(here, []).append(place)
        return found

    def _summed(self, edges: dict[int, list[int]]) -> tuple[DrawnEdge, ...]:
        """The edges with the contributions of those that they stand for."""
        totals: Counter[int] = Counter()
        for place, inside in edges.items():
            for edge in inside:
                totals[place] += self.shown.edges[edge].contribution or 0.0  # type: ignore[assignment]  # floats add too
        return tuple(
            replace(edge, contribution=float(totals[place]) if edge.passes else edge.contribution)
            for place, edge in enumerate(self.folded.edges)
        )
