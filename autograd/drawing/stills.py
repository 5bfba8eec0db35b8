"""A picture that stands still is to be read where it is shown about 1,000 pixels wide, as in a notebook.

What makes it wider is left out of it, as far as it takes: room between the nodes first, with the local gradients on
edges, and then long names. A long chain, which is too wide even then, leads downwards. No layout is made for that:
widths are estimated, so that DOT can be written without Graphviz.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autograd.drawing.dot import columns_of, title_lines
from autograd.drawing.picture import LEAVES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograd.drawing.picture import DrawnNode, Picture

WIDEST = 1200
"""Points: drawn 1,000 pixels wide, a picture of this width has text of 9 pixels."""
BESIDE = 8
"""Points between two nodes of one row, and what an edge takes that goes through a row."""
BOLD, PLAIN, ON_EDGES = 6.8, 5.9, 5.4
"""How wide a character is: of titles, of rows, of labels of edges."""


@dataclass(frozen=True, slots=True)
class Still:
    """A picture, and whether its nodes stand close together."""

    picture: Picture
    close: bool
    is_legible: bool
    turned: bool = False
    """Whether its edges lead downwards, though they were to lead sideways."""


def fitted(picture: Picture, *, sideways: bool, whole: bool) -> Still:
    """The picture with as much as is legible.

    Args:
        picture: all that is to be drawn.
        sideways: whether its edges lead to the right or to the left; else its width is what it is.
        whole: whether nothing may be left out.
    """
    for still in _candidates(picture) if sideways else ():
        if estimated_width(still, close=still is not picture) <= WIDEST:
            return Still(still, still is not picture, True)
        if whole:
            return Still(picture, False, False)
    for still in _candidates(picture) if sideways else ():
        if estimated_width(still, close=True, downwards=True) <= WIDEST:
            return Still(still, True, True, turned=True)
    return Still(picture, False, False)


def _candidates(picture: Picture) -> Iterator[Picture]:
    yield picture
    edges = tuple(replace(edge, label="") for edge in picture.edges)
    note = "; ".join(filter(None, [picture.note, "for want of room local gradients are left out"]))
    yield replace(picture, edges=edges, note=note)
    nodes = tuple(replace(node, title=node.short or node.title, line="") for node in picture.nodes)
    note = "; ".join(filter(None, [picture.note, "for want of room local gradients and long names are left out"]))
    yield replace(picture, nodes=nodes, edges=edges, note=note)


def estimated_width(picture: Picture, *, close: bool, downwards: bool = False) -> float:
    """About how wide the picture is in points, if its edges lead sideways, or downwards."""
    columns = columns_of(picture)
    if downwards:
        rows: dict[int, float] = {}
        for node in picture.nodes:
            rows[columns[node.id]] = rows.get(columns[node.id], 0.0) + _width(node, close=close) + BESIDE
        for edge in picture.edges:
            # Through the rows between its ends an edge goes as well.
            for row in range(columns[edge.tail] + 1, columns[edge.head]):
                rows[row] = rows.get(row, 0.0) + BESIDE
            rows[columns[edge.tail]] += len(edge.label) * ON_EDGES
        return max(rows.values())
    wide: dict[int, float] = {}
    for node in picture.nodes:
        wide[columns[node.id]] = max(wide.get(columns[node.id], 0.0), _width(node, close=close))
    labels: dict[int, float] = {}
    for edge in picture.edges:
        if edge.label:
            here = columns[edge.head]
            labels[here] = max(labels.get(here, 0.0), len(edge.label) * ON_EDGES + 12)
    many = len(picture.edges) / len(picture.nodes) > 1.5
    between = (29 if many else 16) if close else (43 if many else 25)
    around = (50 if close else 40) * len({node.scope[0] for node in picture.nodes if node.scope})
    return sum(wide.values()) + sum(labels.values()) + between * (len(wide) - 1) + around


def _width(node: DrawnNode, *, close: bool) -> float:
    computed = node.kind not in LEAVES and not node.line
    lines = title_lines(node.title) if close and computed else [node.title]
    rows = [len(row.word) + len(row.number) + (2 if close else 3) for row in node.rows]
    texts = [*(len(line) * BOLD for line in lines), len(node.line) * PLAIN, *(count * PLAIN for count in rows)]
    return max(texts) + (14 if close else 20)
