"""What a click on a folded node shows: that node open, with what is around it as it was."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from autograd.drawing.attaching import FoldedView
from autograd.drawing.layouts import FRAMES, LEGIBLE, Arranging, Layout, Sketch, TakenLayout, sketched
from autograd.drawing.picture import LEAVES, DrawnEdge, DrawnNode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from autograd.drawing.picture import Picture
    from autograd.drawing.steps import Change

MOST_VIEWS = 40
"""How many pictures a page has of what is opened."""
AREA = 4500.0
"""How many square pixels of a frame a node takes at least: of more nodes nothing would be legible."""
FEW = (16, 8)
"""How many nodes of what is opened are drawn where all would not be legible: the others wait for another click."""
ROWS = ("rows", "short")
"""See `layouts.candidates_of`."""


def opened_layouts(
    taken: Sequence[TakenLayout], shown: Picture, initial: Mapping[tuple[str, int], Change]
) -> list[Layout]:
    """The layouts of some sketches, and after them those that a click in one of them shows.

    Args:
        taken: of the picture with the steps, and of those in which more is folded.
        shown: the picture with the steps.
        initial: the numbers before the first step.
    """
    parts = _Parts(shown)
    folded = [_Folded(parts, each.sketch.candidate.fold) for each in taken]
    views = [each.sketch.candidate.fold for each in taken]
    drawn = [each.sketch.layout(initial) for each in taken]
    came_from = [*range(len(taken))]
    """For each view the sketch in which the first click was made."""
    opens: list[dict[str, int]] = [{} for _ in taken]
    places: dict[tuple[int, tuple[str, ...]], int] = {}
    done = 0
    while done < len(views):
        wanted: list[_Wanted] = []
        for here in range(done, len(views)):
            for key, inside in views[here].nodes.items():
                what = came_from[here], tuple(inside)
                if what not in places and len(views) + len(wanted) < len(taken) + MOST_VIEWS:
                    places[what] = len(views) + len(wanted)
                    wanted.append(_Wanted(what[0], folded[what[0]], what[1], taken[what[0]].frames))
                if what in places:
                    opens[here][key] = places[what]
        done = len(views)
        for each, sketch in zip(wanted, _chosen(wanted), strict=True):
            views.append(sketch.candidate.fold)
            drawn.append(replace(sketch.layout(initial), by_hand=True))
            came_from.append(each.came_from)
            opens.append({})
    return [replace(each, opens=found) for each, found in zip(drawn, opens, strict=True)]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a click shows."""

    came_from: int
    folded: _Folded
    inside: tuple[str, ...]
    frames: Sequence[tuple[int, int]]

    def attempts(self) -> list[list[Arranging]]:
        width, height = self.frames[-1] if self.frames else FRAMES[1]
        ways = ("LR", "TB") if width > height else ("TB", "LR")
        return [
            [
                Arranging(view, way, rows, flat=way == "LR")
                # Alone it is to be legible, whichever way its edges lead.
                for way in (ways[:1] if place == 0 else ways)
                for rows in ("rows", "short")
            ]
            for place, view in enumerate(self.folded.attempts(self.inside, width * height / AREA))
        ]

    def text_of(self, sketch: Sketch) -> float:
        return min((sketch.size.text_in(frame) for frame in self.frames), default=LEGIBLE)


def _chosen(wanted: Sequence[_Wanted]) -> list[Sketch]:
    """For each the first layout that is legible in its frames, or else the one with the largest text."""
    best: dict[int, Sketch] = {}
    texts = [0.0] * len(wanted)
    attempts = [each.attempts() for each in wanted]
    # Most need but the first attempt; of the others all are drawn in one run.
    for some in (slice(1), slice(1, None)):
        asked = [
            (place, candidate)
            for place, text in enumerate(texts)
            if text < LEGIBLE
            for candidate in chain.from_iterable(attempts[place][some])
        ]
        for (place, _), sketch in zip(asked, sketched([candidate for _, candidate in asked]), strict=True):
            text = wanted[place].text_of(sketch)
            if texts[place] < min(text, LEGIBLE):
                best[place], texts[place] = sketch, text
    return [best[place] for place in range(len(wanted))]


class _Parts:
    """The picture with the steps, taken apart."""

    def __init__(self, shown: Picture) -> None:
        self.nodes = {node.id: node for node in shown.nodes}
        self.edges = shown.edges
        self.tails: dict[str, list[str]] = {}
        self.heads: dict[str, list[str]] = {}
        for edge in shown.edges:
            self.tails.setdefault(edge.head, []).append(edge.tail)
            self.heads.setdefault(edge.tail, []).append(edge.head)

    def behind(self, nodes: Iterable[str], drawn: Collection[str]) -> tuple[str, ...]:
        """What some nodes are computed from and what is not drawn, in the order of the picture."""
        found: set[str] = set()
        waiting = list(nodes)
        while waiting:
            for tail in self.tails.get(waiting.pop(), ()):
                if tail not in drawn and tail not in found and self.nodes[tail].kind != "omission":
                    found.add(tail)
                    waiting.append(tail)
        return tuple(key for key in self.nodes if key in found)


def with_stubs(shown: Picture, view: FoldedView, opens: Collection[str]) -> FoldedView:
    """The view in which a node that says how many more there are knows which they are.

    Args:
        opens: those that open as a graph of their own.
    """
    parts = _Parts(shown)
    nodes = [
        node if node.kind != "omission" or node.id in opens else replace(node, opens="") for node in view.picture.nodes
    ]
    view = replace(view, picture=replace(view.picture, nodes=tuple(nodes)))
    folded = _Folded(parts, view)
    boxes, owner = folded.boxes, folded.owner
    stubs = {}
    for edge in view.picture.edges:
        if boxes[edge.tail].kind == "omission":
            members = view.nodes.get(edge.head, (edge.head,))
            if hidden := parts.behind(members, owner):
                stubs[edge.tail] = hidden
    seen = {node.id for node in view.picture.nodes}
    hidden_nodes = [node for node in shown.nodes if node.id not in seen and node.kind != "omission"]
    leaves = sum(node.kind in LEAVES for node in hidden_nodes)
    many = f"{leaves:,} {'leaf is' if leaves == 1 else 'leaves are'}"
    if not stubs:
        words = "folded here"
    elif len(stubs) < len({**view.nodes, **stubs}):
        words = "folded or left out here"
    else:
        # Nothing else says why fewer nodes are in view than the note of the picture speaks of.
        words = f"left out here, {len(hidden_nodes):,} nodes in all"
    note = f"{many} {words}: what stands for many opens by a click" if leaves else ""
    return replace(view, nodes={**view.nodes, **stubs}, note=note)


@dataclass(slots=True)
class _Folded:
    """A view in which more is folded, and what becomes of it if something is opened."""

    parts: _Parts
    view: FoldedView

    @property
    def boxes(self) -> dict[str, DrawnNode]:
        return {node.id: node for node in self.view.picture.nodes}

    @property
    def owner(self) -> dict[str, str]:
        """For each node of the picture with the steps what stands for it."""
        return {
            inside: node.id
            for node in self.view.picture.nodes
            if node.kind != "omission"
            for inside in self.view.nodes.get(node.id, (node.id,))
        }

    def attempts(self, inside: tuple[str, ...], room: float) -> Iterator[FoldedView]:
        """The view with some nodes open, all others being as they were, if there is room for so many; then those
        alone, with what is next to them; then fewer of them."""
        owner = self.owner
        if len({*owner.values()}) + len(inside) <= room:
            yield self._with(inside, owner | {key: key for key in inside})
        for most in (len(inside), *FEW):
            some = self._last(inside, most)
            near = {other for key in some for other in self._beside(key)} - set(inside)
            beside = {owner[other] for other in near if other in owner}
            kept = {key: drawn for key, drawn in owner.items() if drawn in beside and key not in inside}
            yield self._with(some, kept | {key: key for key in some}, alone=inside)

    def _beside(self, key: str) -> list[str]:
        return [*self.parts.tails.get(key, ()), *self.parts.heads.get(key, ())]

    def _last(self, inside: Sequence[str], most: int) -> tuple[str, ...]:
        """Those that are nearest to what uses them outside, at most so many."""
        if most >= len(inside):
            return tuple(inside)
        among = set(inside)
        found = [key for key in inside if not among.issuperset(self.parts.heads.get(key, ("",)))][-most:]
        for key in found:
            found += [tail for tail in self.parts.tails.get(key, ()) if tail in among and tail not in found]
        return tuple(found[:most])

    def _with(
        self, opened: Sequence[str], owner: Mapping[str, str], alone: Collection[str] | None = None
    ) -> FoldedView:
        """A view in which each node that has an owner is drawn as that, the opened ones as themselves; if they are
        alone, what is next to them has no edges but to them."""
        boxes, nodes = self.boxes, self.parts.nodes
        # What the picture with the steps leaves out before a node is left out here as well.
        left_out = [
            each.tail
            for each in self.parts.edges
            if nodes[each.tail].kind == "omission" and owner.get(each.head) == each.head
        ]
        owner = {**owner, **{key: key for key in left_out}}
        members: dict[str, list[str]] = {}
        for key in nodes:
            if key in owner:
                members.setdefault(owner[key], []).append(key)
        # In the order in which they are computed: what is folded, at the place of its last.
        keys = [owner[key] for key in nodes if key in owner and members[owner[key]][-1] == key]
        drawn = [nodes[key] if key in opened or key in left_out else boxes[key] for key in keys]
        folded = {key: tuple(ids) for key, ids in members.items() if key not in opened and ids != [key]}
        edges, places = self._edges(owner, None if alone is None else {*opened})
        known = self.owner
        for node in tuple(drawn):
            tails = {tail for each in members[node.id] for tail in self.parts.tails.get(each, ())}
            if (alone is None or node.id in opened) and (missing := len(tails - {*owner})):
                stub = DrawnNode(f"{node.id}more", "omission", f"{missing:,} more", scope=node.scope)
                drawn.append(stub)
                edges.append(DrawnEdge(stub.id, node.id, passes=False))
                hidden = self.parts.behind(members[node.id], owner)
                if hidden := tuple(key for key in hidden if key not in known or key in (alone or ())):
                    folded[stub.id] = hidden
        rows = {place: number for place, number in self.view.rows.items() if place[0] not in opened}
        picture = replace(self.view.picture, nodes=tuple(drawn), edges=tuple(edges))
        return FoldedView(picture, folded, dict(enumerate(places)), rows)

    def _edges(
        self, owner: Mapping[str, str], touching: Collection[str] | None
    ) -> tuple[list[DrawnEdge], list[list[int]]]:
        """The edges, of which one end may have to be among some nodes, and for each those of the picture with the
        steps that it stands for: one where both ends are drawn as themselves, else all between the two."""
        edges: list[DrawnEdge] = []
        places: list[list[int]] = []
        merged: dict[tuple[str, str], int] = {}
        totals: Counter[int] = Counter()
        for place, edge in enumerate(self.parts.edges):
            ends = owner.get(edge.tail), owner.get(edge.head)
            tail, head = ends
            if tail is None or head is None or tail == head:
                continue
            if touching is not None and edge.tail not in touching and edge.head not in touching:
                continue
            itself = ends == (edge.tail, edge.head)
            here = len(edges) if itself else merged.setdefault((tail, head), len(edges))
            if here == len(edges):
                edges.append(edge if itself else replace(edge, tail=tail, head=head, label="", slot=None))
                places.append([])
            elif edge.passes:
                edges[here] = replace(edges[here], passes=True)
            places[here].append(place)
            totals[here] += edge.contribution or 0.0  # type: ignore[assignment]  # floats add too
        summed = [
            replace(edge, contribution=float(totals[here]) if edge.passes else edge.contribution)
            for here, edge in enumerate(edges)
        ]
        return summed, places
