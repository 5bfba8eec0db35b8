"""What the page's script reads: names, numbers as text, and which place each belongs to."""

from collections.abc import Sequence
from typing import Any

from autograd.drawing.overlay import Mark
from autograd.drawing.picture import Node
from autograd.drawing.recording import Change, Recording, Step
from autograd.paths import Route, routes
from autograd.text import shown

MOST_PATHS = 4
"""How many paths of a node the page lists."""


def as_data(recording: Recording, marks: Sequence[Mark]) -> dict[str, Any]:
    """The recording as lists, dictionaries and strings. Every number is a string that Python wrote."""
    return {
        "nodes": _Nodes(recording).entries(),
        "edges": [[edge.tail, edge.head] for edge in recording.picture.edges],
        "initial": [_change(change) for change in recording.initial.values()],
        "steps": [_step(step) for step in recording.steps],
        "marks": [[mark.id, mark.holds, mark.claim, mark.message] for mark in marks],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "phase": step.phase,
        "sentence": step.sentence,
        "lines": [[line.caption, line.pieces] for line in step.lines],
        "nodes": step.ids,
        "edges": step.edges,
        "changes": [_change(change) for change in step.changes],
    }


def _change(change: Change) -> list[Any]:
    return [change.id, change.row, change.number, change.full, int(change.complete)]


class _Nodes:
    def __init__(self, recording: Recording) -> None:
        self.words, self.backward = recording.words, recording.backward
        self.picture = recording.picture
        self.paths = routes(recording.outputs, recording.order, MOST_PATHS)
        self.nodes = {id: node for node, id in self.picture.shown_as.items()}  # noqa: A001
        self.groups = {node.id for node in self.picture.nodes if node.kind == "group"}
        self.edge_of_slot = {edge.slot: place for place, edge in enumerate(self.picture.edges) if edge.slot}
        self.edge_between = {(e.tail, e.head): place for place, e in enumerate(self.picture.edges) if not e.slot}

    def entries(self) -> dict[str, Any]:
        return {
            drawn.id: self._group(drawn) if drawn.kind in ("group", "omission") else self._single(drawn)
            for drawn in self.picture.nodes
        }

    def _group(self, drawn: Node) -> dict[str, Any]:
        name = f"{shown(drawn.scope[-1])}.{drawn.title}" if drawn.scope else drawn.title
        return {"kind": drawn.kind, "name": name, "rows": [row.word for row in drawn.rows]}

    def _single(self, drawn: Node) -> dict[str, Any]:
        node, words = self.nodes[drawn.id], self.words
        found = self.paths[node]
        computed = [] if node.op is None else words.computed(node, self.picture.data).pieces
        return {
            "kind": drawn.kind,
            "name": words.name(node),
            "rows": [row.word for row in drawn.rows],
            "formula": computed,
            "gradient": words.gradient(node),
            "total": words.number(self.backward.gradients.get(node, 0.0)),
            "count": _count(found.count),
            "paths": [self._path(drawn.id, route) for route in found.largest],
        }

    def _path(self, tail: str, route: Route) -> list[Any]:
        """The first edge of a path, which path of the node at its end goes on (-1 where that is not in the picture
        itself), the local gradient and the product; nothing for the path that ends here."""
        if route.head is None:
            return []
        head = self.picture.shown_as.get(route.head)
        between = self.edge_between.get((tail, head), -1) if head else -1
        edge = self.edge_of_slot.get((route.head, route.operand), between)
        goes_on = head is not None and head not in self.groups
        local = route.head.local_grads[route.operand]
        return [edge, route.rank if goes_on else -1, self.words.number(local), self.words.number(route.product)]


def _count(paths: int) -> str:
    return f"{paths:,}" if paths < 10**9 else f"about 10^{len(str(paths)) - 1}" if paths < 10**4000 else "countless"
