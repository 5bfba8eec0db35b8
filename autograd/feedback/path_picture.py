"""The small picture beside a line that left paths out: the path that it kept in one colour, the other dashed."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace

from autograd.drawing.claimed_paths import of_line
from autograd.drawing.dot import digraph
from autograd.drawing.rendering import RenderingError, render
from autograd.drawing.selection import Choice, picture_of
from autograd.graph import Node
from autograd.report import Line

KEPT, LEFT_OUT, OTHER = "#1f7bc1", "#c5302b", "#9aa0a8"
_MOST_NODES = 30


def picture_of_paths(line: Line, names: Mapping[Node, str]) -> str | None:
    """The address of a picture, as ``data:``; None if the line left no path out, or there is no Graphviz here.

    `names` are those of the page, for nodes that have none of their own.
    """
    paths = of_line(line)
    if paths is None:
        return None
    of = getattr(line, "of")  # noqa: B009  (a line of a derivation has it: `of_line` asked)
    choice = Choice(show=(), depth=None, detail=None, expand=(), limit=_MOST_NODES, parameters=frozenset(), digits=4)
    picture = picture_of([of], choice)
    kept, missing = set(paths.kept), set(paths.missing)
    on_a_path = {id(node) for node, operand in (*kept, *missing) for node in (node, node.parents[operand])}
    drawn = {shown for node, shown in picture.shown_as.items() if id(node) in on_a_path}
    called = {shown: names[node] for node, shown in picture.shown_as.items() if node in names}
    nodes = tuple(
        replace(node, title=called[node.id], line="", name="") if node.id in called else node
        for node in picture.nodes
        if node.id in drawn
    )
    edges = tuple(
        replace(edge, label="", contribution=None)
        for edge in picture.edges
        if edge.tail in drawn and edge.head in drawn
    )
    graph = digraph(replace(picture, nodes=nodes, edges=edges, note=""), "LR", on_page=True)
    for place, edge in enumerate(edges):
        if edge.slot is None:
            continue
        colour = LEFT_OUT if edge.slot in missing else KEPT if edge.slot in kept else OTHER
        style = "dashed" if edge.slot in missing else "solid"
        graph.edge(edge.tail, edge.head, key=f"e{place}", color=colour, style=style, penwidth="2")
    try:
        svg = render(str(graph.source), "svg")
    except RenderingError:
        return None
    return f"data:image/svg+xml;base64,{b64encode(svg).decode()}"
