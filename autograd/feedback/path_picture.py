"""The small picture beside a line that left paths out: the path that it kept in one colour, the other dashed."""

from base64 import b64encode
from collections.abc import Collection, Mapping
from functools import lru_cache

from autograd.drawing.claimed_paths import Slot, of_line
from autograd.drawing.dot import digraph
from autograd.drawing.picture import DrawnEdge, DrawnNode, Picture
from autograd.drawing.rendering import RenderingError, render, renderer_in_use
from autograd.graph import Node
from autograd.report import Line
from autograd.text import label

KEPT, LEFT_OUT = "#1f7bc1", "#d1383d"
_MOST_NODES = 16
_MOST_NODES_IN_ALL = 60


def picture_of_paths(line: Line, names: Mapping[Node, str]) -> str | None:
    """The address of a picture, as ``data:``; None if the line left no path out, or there is no Graphviz here.

    `names` are those of the page, for nodes that have none of their own.
    """
    paths = of_line(line)
    if paths is None:
        return None
    of, by = getattr(line, "of"), getattr(line, "node")  # noqa: B009  (a line of a derivation: `of_line` asked)
    passing = dict.fromkeys(paths.kept, True) | dict.fromkeys(paths.missing, False)
    drawn = dict.fromkeys(end for node, operand in passing for end in (node, node.parents[operand]))
    if len(drawn) > _MOST_NODES:  # those without a name are passed over
        drawn = dict.fromkeys(node for node in drawn if node in names or node.name or node in (of, by))
    if len(drawn) > _MOST_NODES_IN_ALL:
        return None  # nobody could see anything
    ids = {node: f"n{k}" for k, node in enumerate(drawn)}
    nodes = tuple(
        DrawnNode(ids[node], "input" if node.op is None else "operation", label(node, names)) for node in drawn
    )
    edges = tuple(
        DrawnEdge(ids[below], ids[above], passes=kept) for (below, above), kept in _joined(passing, drawn).items()
    )
    graph = digraph(Picture(nodes, edges), "LR", on_page=True)
    graph.attr(ranksep="0.7")  # between neighbours there is room for more than one dash
    for place, edge in enumerate(edges):  # what does not pass is dashed by then
        graph.edge(
            edge.tail,
            edge.head,
            key=f"e{place}",
            color=KEPT if edge.passes else LEFT_OUT,
            penwidth="2",
            arrowsize="0.6",
        )
    write = _drawn if renderer_in_use() is None else _drawn.__wrapped__  # another may draw it otherwise
    svg = write(str(graph.source))
    return None if svg is None else f"data:image/svg+xml;base64,{b64encode(svg).decode()}"


def _joined(passing: Mapping[Slot, bool], drawn: Collection[Node]) -> dict[tuple[Node, Node], bool]:
    """The ways between nodes that are drawn, by way of those that are not; each with whether it was kept.

    Of two ways between the same nodes, the one left out shows.
    """
    below: dict[Node, list[tuple[Node, bool]]] = {}
    for (node, operand), kept in passing.items():
        below.setdefault(node, []).append((node.parents[operand], kept))
    found: dict[tuple[Node, Node], bool] = {}
    for above in drawn:
        stack, seen = below.get(above, [])[:], set()
        while stack:
            node, kept = stack.pop()
            if (node, kept) in seen:
                continue
            seen.add((node, kept))
            if node in drawn:
                found[node, above] = found.get((node, above), True) and kept
            else:
                stack += [(parent, kept and passes) for parent, passes in below.get(node, ())]
    return found


@lru_cache(maxsize=64)
def _drawn(source: str) -> bytes | None:
    """The picture, drawn once: many of a class leave the same path out."""
    try:
        return render(source, "svg")
    except RenderingError:
        return None
