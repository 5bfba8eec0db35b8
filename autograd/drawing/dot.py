"""A picture as DOT, the language of Graphviz."""

from __future__ import annotations

import html
import re
import textwrap
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite, sqrt
from typing import TYPE_CHECKING

from autograd.drawing.picture import FIRST_HERE, LEAVES
from autograd.scopes import last_step
from autograd.text import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import graphviz

    from autograd.drawing.picture import DrawnEdge, DrawnNode, Kind, Picture, Row
    from autograd.scopes import Scope

# How a picture looks. Text in nodes is dark on pale; all that lies on the background (edges, their labels, frames, the
# note) has a middle tone that stands out from white as from black by 4.5 : 1, so that one picture serves light and dark
# pages alike.

FONT = "Helvetica"
"""One name: of a list, Graphviz as WebAssembly knows no metrics and falls back to those of another font."""
INK = "#1f2328"
"""Text in nodes."""
FAINT_INK = "#57606a"
"""Words beside numbers in nodes."""
GREY = "#727780"
"""The colour of what lies on the background: frames, the note, edges before a backward."""
POSITIVE = "#1f7bc1"
NEGATIVE = "#c5532b"
NOT_FINITE, NOT_FINITE_IN_NODES = "#b743b7", "#8a0f7a"
"""NaN and the infinities."""

THINNEST, THICKEST = 0.9, 4.5
"""The width of an edge without a contribution, and of the one with the largest."""

MOST_IN_ORDER = 100
"""How many nodes a picture may have in which operands are held in their order: the search takes longer."""


@dataclass(frozen=True, slots=True)
class Look:
    """The shape and colours of a kind of node."""

    shape: str
    style: str
    fill: str
    line: str


LOOKS: dict[Kind, Look] = {
    "input": Look("box", "filled", "#d9f2e0", "#2f8f57"),
    "parameter": Look("cylinder", "filled", "#e8e1f9", "#8a63c9"),
    "constant": Look("note", "filled", "#eceef1", "#727780"),
    "operation": Look("box", "filled,rounded", "#deecfa", "#1f7bc1"),
    "output": Look("box", "filled,rounded,bold", "#fdebc8", "#b5730e"),
    "group": Look("folder", "filled", "#e4e8ee", "#5f7590"),
    "omission": Look("plaintext", "", "", ""),
}


# Labels are HTML-like: names in bold, numbers in a column. Theirs is the one syntax of Graphviz in which every text can
# be escaped; in the others \N, \l, | and { mean something. Colours are set with each node, because Graphviz would
# hand those of a cluster down to what is in it.


PORTS = {"LR": ("e", "w"), "RL": ("w", "e"), "TB": ("s", "n"), "BT": ("n", "s")}
"""The sides on which edges leave a node and arrive at one, for each direction."""


LONG_WAY = 1000
"""When the edges cross more columns than this in all, the layout saves time: with curves and a long search for few
crossings it would take minutes."""


LEFT = '<br align="left"/>'
"""The end of a line that stands to the left."""
LONGEST_NOTE = 90
"""How many characters stand in a line of the note: it is not to be wider than a small picture."""


def digraph(
    picture: Picture,
    direction: str,
    *,
    background: str = "transparent",
    close: bool = False,
    on_page: bool = False,
    flat: bool = False,
    widest: float = 0.0,
) -> graphviz.Digraph:
    """The picture as a `graphviz.Digraph`, in the order of its nodes and edges.

    Args:
        picture: what to draw.
        direction: a key of `PORTS`.
        background: a colour.
        close: draw nodes close together, and texts of about one size, because the smallest has to be legible.
        on_page: draw for the page: close together, and edges have ids in the SVG, ``e0``, ``e1``, … (nodes have theirs
            as their titles).
        flat: write a leaf in one line.
        widest: how many points wide it is drawn at most; 0 is as wide as it is.
    """
    import graphviz

    close = close or on_page
    # Where edges are many they all leave a node on one side and arrive on one. Where they are very many, what labels
    # there are stand free (xlabel): room for labels between two columns is taken once for each edge, labelled or not.
    edges_per_node = len(picture.edges) / len(picture.nodes)
    many, very_many = edges_per_node > 1.5, edges_per_node > 4
    columned = close and any(node.scope for node in picture.nodes)  # see `_operands`
    out, into = PORTS[direction] if many else (None, None)
    label = "xlabel" if very_many else "label"
    graph = graphviz.Digraph(
        graph_attr={
            "rankdir": direction,
            "bgcolor": background,
            "fontname": FONT,
            "fontsize": "11",
            "fontcolor": GREY,
            "nodesep": "0.05" if close else "0.2",
            "ranksep": _between_columns(edges_per_node, close),
            "pad": "0.08" if close else "0.15",
            # Between layers that are fully connected no order has fewer crossings than another, and a long search for
            # one only shuffles what stands in no module.
            "mclimit": "0.1" if many and not columned else "1",
            # The second search, of all frames at once, shuffles perceptrons, and weights against all constraints.
            "remincross": "false" if columned else "true",
        },
        node_attr={
            "fontname": FONT,
            "fontsize": "12",
            "fontcolor": INK,
            "margin": "0.05,0.01" if close else "0.08,0.04",
            "height": "0",
            "width": "0",
        },
        edge_attr={"fontname": FONT, "fontsize": "11" if close else "10", "arrowsize": "0.6"},
    )
    if _columns_crossed(picture) > LONG_WAY:
        graph.attr(splines="line", nslimit="0.1", nslimit1="1", mclimit="0.05")
    if widest:
        graph.attr(size=f"{widest / 72:.2f},1000")
    if picture.note:
        lines = textwrap.wrap(picture.note, LONGEST_NOTE)
        graph.attr(label=f"<{LEFT.join(map(escaped, lines))}{LEFT}>", labelloc="b", labeljust="l")
    sideways = direction in ("LR", "RL")
    columns = _columns(picture, in_modules=on_page)
    for scope, inside in (_operands(picture) if close else {}).items():
        columns.setdefault(scope, []).extend(inside)
    if sideways:
        # In a frame the first stands at the bottom.
        columns = {scope: [column[::-1] if scope else column for column in some] for scope, some in columns.items()}
    _write_nodes(graph, picture, _Labels(close, flat, columns))
    for head, pairs in _operands_in_order(picture).items():
        graph.node(head, ordering="in")  # of its edges; their tails might still stand the other way round
        for pair in pairs:
            _write_column(graph, pair)
    largest = max((abs(c) for edge in picture.edges if (c := edge.contribution) is not None and isfinite(c)), default=0)
    apart = _entering_a_module(picture)
    for place, edge in enumerate(picture.edges):
        colour = _colour(edge)
        graph.edge(
            edge.tail,
            edge.head,
            id=f"e{place}" if on_page else None,
            key=f"e{place}" if on_page else None,  # so that a later statement may be about this very edge
            **({label: _padded(edge.label)} if edge.label else {}),
            tailport=out,
            headport=into,
            color=colour,
            fontcolor=NOT_FINITE if is_odd(edge.label) else colour,
            penwidth=f"{_width(edge, largest):.2f}",
            style=None if edge.passes else "dashed",
            minlen="2" if (edge.tail, edge.head) in apart else None,
        )
    return graph


def _between_columns(edges_per_node: float, close: bool) -> str:
    """The room that edges need between two columns, in inches."""
    if edges_per_node > 4:
        return f"{0.3 * edges_per_node:.2f}"
    many = edges_per_node > 1.5
    return ("0.4" if many else "0.22") if close else "0.6" if many else "0.35"


def _columns_crossed(picture: Picture) -> int:
    """How many columns the edges cross in all: one each in a chain, but as many as there are for a leaf that every
    step of it uses. Graphviz puts a point of each edge into every column, and moves them all about."""
    column: dict[str, int] = {}
    crossed = 0
    places = {node.id: place for place, node in enumerate(picture.nodes)}
    for edge in sorted(picture.edges, key=lambda edge: places[edge.head]):
        column[edge.head] = max(column.get(edge.head, 0), column.get(edge.tail, 0) + 1)
    for edge in picture.edges:
        crossed += column[edge.head] - column.get(edge.tail, 0)
    return crossed


def _write_nodes(graph: graphviz.Digraph, picture: Picture, labels: _Labels) -> None:
    """Each module's nodes in a cluster of its own, inside those of the modules around it."""
    modules = [node.scope[: depth + 1] for node in picture.nodes for depth in range(len(node.scope))]
    # In the order in which they are computed: by their last nodes, because the first are weights.
    scopes = list(dict.fromkeys(reversed(modules)))[::-1]
    clusters: dict[Scope, list[tuple[Scope, str]]] = {}
    for place, scope in enumerate(scopes):
        clusters.setdefault(scope[:-1], []).append((scope, f"cluster_{place}"))
    nodes: dict[Scope, list[DrawnNode]] = {}
    for node in picture.nodes:
        nodes.setdefault(node.scope, []).append(node)
    _write_scope(graph, (), clusters, nodes, labels)


def _write_column(graph: graphviz.Digraph, column: Sequence[str]) -> None:
    """Let nodes stand in a column, in this order."""
    with graph.subgraph(graph_attr={"rank": "same"}) as same:
        for above, below in pairwise(column):
            same.edge(above, below, style="invis")


def _operands(picture: Picture) -> dict[Scope, list[list[str]]]:
    """The leaves in each module that one operation alone uses, in the order of its operands. (The square of a weight in
    a penalty is no other use: it has no order.)"""
    nodes = {node.id: node for node in picture.nodes}
    operands: dict[str, dict[str, None]] = {}
    for edge in picture.edges:
        operands.setdefault(edge.head, {})[edge.tail] = None
    uses = Counter(tail for tails in operands.values() if len(tails) > 1 for tail in tails)
    found: dict[Scope, list[list[str]]] = {}
    for head, tails in operands.items():
        scope = nodes[head].scope
        among = [nodes[tail] for tail in tails if uses[tail] <= 1 and nodes[tail].scope == scope]
        if scope and len(tails) > 1 and (column := [tail.id for tail in among if tail.kind in LEAVES]):
            found.setdefault(scope, []).append(column)
    return found


def _operands_in_order(picture: Picture) -> dict[str, list[tuple[str, str]]]:
    """For each node outside of modules whose operands are to stand in their order, those that stand in one column, in
    pairs: one before the other.

    Of two nodes that others use as well there may be both orders, and edges would cross; they are left to Graphviz.
    Beside frames it keeps no order.
    """
    if len(picture.nodes) > MOST_IN_ORDER:
        return {}
    nodes = {node.id: node for node in picture.nodes}
    columns = columns_of(picture)
    operands: dict[str, dict[str, DrawnNode]] = {}
    for edge in picture.edges:
        operands.setdefault(edge.head, {})[edge.tail] = nodes[edge.tail]
    uses = Counter(tail for tails in operands.values() for tail in tails)
    found: dict[str, list[tuple[str, str]]] = {}
    for head, tails in operands.items():
        if nodes[head].scope or any(tail.scope for tail in tails.values()):
            continue
        alone = {tail for tail in tails if uses[tail] == 1}
        if alone == {*tails} or any(tails[tail].kind in LEAVES for tail in alone):
            found[head] = []
        for column in dict.fromkeys(columns[tail] for tail in tails):
            beside = [tail for tail in tails if columns[tail] == column]
            if pairs := [pair for pair in pairwise(beside) if alone.intersection(pair)]:
                found.setdefault(head, []).extend(pairs)
    return found


def columns_of(picture: Picture) -> dict[str, int]:
    """Which column each node stands in: a leaf right before what uses it."""
    column = {node.id: 0 for node in picture.nodes}
    places = {node.id: place for place, node in enumerate(picture.nodes)}
    apart = _entering_a_module(picture)
    for edge in sorted(picture.edges, key=lambda edge: places[edge.head]):
        step = 2 if (edge.tail, edge.head) in apart else 1
        column[edge.head] = max(column[edge.head], column[edge.tail] + step)
    kinds = {node.id: node.kind for node in picture.nodes}
    nearest: dict[str, int] = {}
    for edge in picture.edges:
        if kinds[edge.tail] in LEAVES:
            nearest[edge.tail] = min(nearest.get(edge.tail, column[edge.head]), column[edge.head] - 1)
    return column | nearest


def _entering_a_module(picture: Picture) -> set[tuple[str, str]]:
    """The edges that come into a module with parameters drawn beside: they are longer, so that these parameters stand
    to the right of the layer before. Frames that share a column would have to be put one above the other."""
    scopes = {node.id: node.scope for node in picture.nodes}
    parameters = {node.id for node in picture.nodes if node.kind == "parameter"}
    with_parameters = {edge.head for edge in picture.edges if edge.tail in parameters}
    return {
        (edge.tail, edge.head)
        for edge in picture.edges
        if edge.head in with_parameters and scopes[edge.head] and scopes[edge.tail] != scopes[edge.head]
    }


def _write_scope(
    graph: graphviz.Digraph,
    scope: Scope,
    clusters: Mapping[Scope, list[tuple[Scope, str]]],
    nodes: Mapping[Scope, list[DrawnNode]],
    labels: _Labels,
) -> None:
    """The nodes of a module and the clusters inside it. Recursive: `modules_in` lets no modules be nested deep."""
    # Where no column says how nodes stand, Graphviz mostly puts the last on top; of perceptrons far apart, the first.
    leaves = any(node.kind != "group" for node in nodes.get(scope, ()))
    from_below = scope and leaves != labels.close and scope not in labels.columns
    for node in nodes.get(scope, ())[:: -1 if from_below else 1]:
        _write_node(graph, node, labels)
    for column in labels.columns.get(scope, ()):
        _write_column(graph, column)
    for inner, name in clusters.get(scope, ()):
        with graph.subgraph(name=name) as cluster:
            cluster.attr(
                label=f"<{escaped(shown(last_step(inner[-1], scope)))}>",
                labeljust="l",
                labelloc="t",
                style="rounded",
                color=GREY,
                fontcolor=GREY,
                penwidth="0.8",
                margin=labels.margin,
            )
            _write_scope(cluster, inner, clusters, nodes, labels)


def _columns(picture: Picture, *, in_modules: bool) -> dict[Scope, list[list[str]]]:
    """The nodes outside of modules, and the perceptrons drawn as one, that have the same neighbours: they are to stand
    in a column, in the order of the graph. Graphviz, to which it is all one, would shuffle them."""
    tails: dict[str, set[str]] = {}
    heads: dict[str, set[str]] = {}
    for edge in picture.edges:
        tails.setdefault(edge.head, set()).add(edge.tail)
        heads.setdefault(edge.tail, set()).add(edge.head)
    alike: dict[tuple[Scope, object], list[str]] = {}
    for node in picture.nodes:
        if (in_modules and node.kind == "group") if node.scope else node.kind != "omission":
            # One of the perceptrons may have a use more, as the right class has in a loss.
            used_by = frozenset() if node.scope else frozenset(heads.get(node.id, ()))
            neighbours = frozenset(tails.get(node.id, ())), used_by
            alike.setdefault((node.scope, (node.kind, neighbours)), []).append(node.id)
    found: dict[Scope, list[list[str]]] = {}
    for (scope, _), column in alike.items():
        if len(column) > 1:
            found.setdefault(scope, []).append(column)
    return found


def escaped(text: str) -> str:
    """The text as it stands inside an HTML-like label of Graphviz: in ASCII, which any stream and any file can hold.

    >>> escaped("<θ> & {x|y}")
    '&lt;&#952;&gt; &amp; {x|y}'
    """
    # Graphviz takes spaces at the ends and in a row for one, unless they do not break.
    spaced = re.sub(r"^ | $|(?<= ) ", "\N{NO-BREAK SPACE}", text)
    # Graphviz makes the node's id of \N even here, and its SVG takes a text that looks like an entity for one.
    parted = re.sub(r"\\|&(?=#?\w+;)", lambda match: match[0] + "\N{ZERO WIDTH NON-JOINER}", spaced)
    return html.escape(parted).encode("ascii", "xmlcharrefreplace").decode()


def _write_node(graph: graphviz.Digraph, node: DrawnNode, labels: _Labels) -> None:
    look = LOOKS[node.kind]
    if node.kind == "omission":
        graph.node(node.id, f"<{escaped(node.title)}>", shape=look.shape, fontcolor=GREY, fontsize="10")
        return
    rim = LOOKS["output"].line if node.is_output else look.line
    graph.node(
        node.id,
        labels.of(node),
        shape="box" if labels.flat and node.kind == "parameter" else look.shape,  # a cylinder is higher than its text
        style=look.style,
        fillcolor=look.fill,
        color=rim,
        penwidth="2" if node.is_output else "1.2",
        peripheries="2" if node.kind == "output" else None,
    )


def _padded(label: str) -> str:
    """An edge's label with a margin, which keeps the text off the edge."""
    return f'<<table border="0" cellspacing="0" cellpadding="3"><tr><td>{escaped(label)}</td></tr></table>>'


def is_odd(number: str) -> bool:
    """Whether a number as it is written is NaN or an infinity."""
    return number.lstrip("-") in ("nan", "inf")


LONGEST_LINE = 18
"""How many characters of a title stand in one line, if there is a space at which to break it."""


def title_lines(title: str) -> list[str]:
    """A title in one line, or in two if it is long.

    >>> title_lines("dot([weights.0, …], …, bias)")
    ['dot([weights.0,', '…], …, bias)']
    """
    spaces = [match.end() for match in re.finditer(r" (?=\S)", title)]
    if len(title) <= LONGEST_LINE or not spaces:
        return [title]
    middle = min(spaces, key=lambda place: abs(2 * place - len(title)))
    return [title[: middle - 1], title[middle:]]


@dataclass(frozen=True, slots=True)
class _Labels:
    """Writes what stands in nodes, and knows which of them stand in columns."""

    close: bool
    flat: bool
    columns: Mapping[Scope, Sequence[Sequence[str]]]
    """See `_operands` and `_columns`."""

    @property
    def margin(self) -> str:
        """Around what is in a frame, in points."""
        return "4" if self.close else "10"

    def of(self, node: DrawnNode) -> str:
        computed = node.kind in ("operation", "output", "group") and not node.line
        lines = title_lines(node.title) if self.close and computed else [node.title]
        title = "<br/>".join(f"<b>{escaped(line)}</b>" for line in lines)
        if self.flat and node.kind in LEAVES:
            cells = "".join(f"<td>{part}</td>" for row in node.rows for part in self._row(row))
            rows = [f"<tr><td>{title}</td>{cells}</tr>"]
        else:
            rows = [f'<tr><td colspan="2">{title}</td></tr>']
            if node.line:
                rows.append(f'<tr><td colspan="2">{escaped(node.line)}</td></tr>')
            rows += [self._tall(row) for row in node.rows]
        return f'<<table border="0" cellspacing="0" cellpadding="1">{"".join(rows)}</table>>'

    def _tall(self, row: Row) -> str:
        word, number = self._row(row)
        if not row.word:
            return f'<tr><td colspan="2">{number}</td></tr>'
        return f'<tr><td align="left">{word}</td><td align="right">{number}</td></tr>'

    def _row(self, row: Row) -> tuple[str, str]:
        faint = f'color="{FAINT_INK}" point-size="{11 if self.close else 10}"'
        ink = f' color="{NOT_FINITE_IN_NODES}"' if is_odd(row.number) or row.number == FIRST_HERE else ""
        return (
            f"<font {faint}>{escaped(row.word)}{'&#160;' * (1 if self.close else 2)}</font>" if row.word else "",
            f'<font point-size="11"{ink}>{escaped(row.number)}</font>',
        )


def _width(edge: DrawnEdge, largest: float) -> float:
    """By the square root of the contribution's size: in proportion to it, all but the largest would be hairlines."""
    contribution = edge.contribution
    if contribution is None or contribution != contribution or not edge.passes:
        return THINNEST
    share = 1.0 if not isfinite(contribution) else abs(contribution) / largest if largest else 0.0
    return THINNEST + (THICKEST - THINNEST) * sqrt(share)


def _colour(edge: DrawnEdge) -> str:
    contribution = edge.contribution or 0.0
    return POSITIVE if contribution > 0 else NEGATIVE if contribution < 0 else GREY
