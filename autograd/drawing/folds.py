"""How a picture in which more is folded shows the steps of another."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

from autograd.drawing.attaching import FoldedView
from autograd.drawing.picture import UNKNOWN, DrawnEdge, DrawnNode, Picture, Row
from autograd.drawing.steps import Change, Recording
from autograd.graph import Node


@dataclass(slots=True)
class SumsOfGradients:
    """What only a picture has in which more is folded: sums of gradients that the steps show one by one. Each gets an
    id of its own, as if it stood in a node, and the steps change it too."""

    recording: Recording
    found: dict[tuple[Node, ...], str] = field(default_factory=dict)

    def id_of(self, row: Row) -> str | None:
        """The id of the sum that a row shows; None if the steps do not show all that it adds up."""
        if not row.word.endswith("grad") or not {*self._rows().values()}.issuperset(row.of):
            return None
        return self.found.setdefault(row.of, f"sum{len(self.found)}")

    def longest(self, row: Row) -> str:
        """The longest text that stands in the row at any step."""
        changes = [change for _, change in self._changes(row.of)]
        return max([UNKNOWN, *(change.number for change in changes)], key=len)

    def recorded(self, ids: Collection[str]) -> Recording:
        """The recording with some of the sums."""
        sums = {key: nodes for nodes, key in self.found.items() if key in ids}
        initial = {(key, 0): Change(key, 0, UNKNOWN) for key in sums}
        steps = [*self.recording.steps]
        for nodes in sums.values():
            for place, change in self._changes(nodes):
                steps[place] = replace(steps[place], changes=(*steps[place].changes, change))
        return replace(self.recording, initial={**self.recording.initial, **initial}, steps=tuple(steps), sums=sums)

    def _rows(self) -> dict[tuple[str, int], Node]:
        """Where the gradient of each node stands that is drawn as itself."""
        return {
            (node.id, place): row.of[0]
            for node in self.recording.picture.nodes
            for place, row in enumerate(node.rows)
            if row.word == "grad" and len(row.of) == 1
        }

    def _changes(self, nodes: tuple[Node, ...]) -> Iterator[tuple[int, Change]]:
        """The steps in which the sum becomes another one."""
        among = {*nodes}
        rows = {key: node for key, node in self._rows().items() if node in among}
        now: dict[Node, float] = {}
        complete: set[Node] = set()
        for place, step in enumerate(self.recording.steps):
            changes = [change for change in step.changes if (change.id, change.row) in rows]
            for change in changes:
                node = rows[change.id, change.row]
                now[node] = float(change.full)
                complete |= {node} if change.complete else set()
            if changes:
                total = float(sum(now.get(node, 0.0) for node in nodes))
                text, full = self.recording.words.number(total)
                yield place, Change(self.found[nodes], 0, text, full, complete == among)


def folds_of(shown: Picture, folded: Iterable[Picture], sums: SumsOfGradients) -> Iterator[FoldedView]:
    """The picture whose steps are shown, and then each in which more of it is folded.

    Args:
        shown: with the numbers after the last step, as `steps.record` leaves it.
        folded: pictures of the same graph.
        sums: gets those that these show.
    """
    yield FoldedView(shown)
    seen = {_size(shown)}
    for picture in folded:
        if _size(picture) not in seen:
            seen.add(_size(picture))
            yield _Relation(shown, picture).fold(sums)


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

    def fold(self, sums: SumsOfGradients) -> FoldedView:
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
            for i, (row, place) in enumerate(kept):
                if place is None and row.of and (key := sums.id_of(row)):
                    kept[i] = row, (key, 0)
                    longest[key, 0] = sums.longest(row)
            # What is left is of nodes that no step shows.
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
