"""The small picture beside a line that left paths out: the path that it kept in one colour, the other dashed."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from autograd.drawing.claimed_paths import of_line
from autograd.drawing.dot import digraph
from autograd.drawing.rendering import RenderingError, render
from autograd.drawing.selection import Choice, picture_of
from autograd.graph import Node
from autograd.report import Line
from autograd.text import label

KEPT, LEFT_OUT = "#1f7bc1", "#d1383d"
_MOST_NODES = 16
_MOST_NODES_IN_ALL = 400
"""Of a larger graph the picture would be folded."""


def picture_of_paths(line: Line, names: Mapping[Node, str]) -> str | None:
    """The address of a picture, as ``data:``; None if the line left no path out, or there is no Graphviz here.

    `names` are those of the page, for nodes that have none of their own.
    """
    paths = of_line(line)
    if paths is None:
        return None
    of = getattr(line, "of")  # noqa: B009  (a line of a derivation has it: `of_line` asked)
    picture = picture_of([of], Choice(show=(), limit=_MOST_NODES_IN_ALL))
    kept, missing = set(paths.kept), set(paths.missing)
    on_a_path = {end for node, operand in (*kept, *missing) for end in (node, node.parents[operand])}
    drawn = {picture.shown_as.get(node): node for node in on_a_path}
    if len(drawn) < len(on_a_path) or len(drawn) > _MOST_NODES:
        return None  # some stand for many, or nobody could see anything
    nodes = tuple(
        replace(node, title=label(drawn[node.id], names), line="", name="")
        for node in picture.nodes
        if node.id in drawn
    )
    edges = tuple(
        replace(edge, label="", contribution=None, passes=edge.slot not in missing)
        for edge in picture.edges
        if edge.slot in kept or edge.slot in missing
    )
    graph = digraph(replace(picture, nodes=nodes, edges=edges, note=""), "LR", on_page=True)
    for place, edge in enumerate(edges):  # what does not pass is dashed by then
        graph.edge(edge.tail, edge.head, key=f"e{place}", color=KEPT if edge.passes else LEFT_OUT, penwidth="2")
    svg = _drawn(str(graph.source))
    return None if svg is None else f"data:image/svg+xml;base64,{b64encode(svg).decode()}"


@lru_cache(maxsize=64)
def _drawn(source: str) -> bytes | None:
    """The picture, drawn once: many of a class leave the same path out."""
    try:
        return render(source, "svg")
    except RenderingError:
        return None
