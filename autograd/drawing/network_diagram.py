"""The diagram of a network: columns of circles, a line a weight. It is written as DOT in which all stands at its place.

Graphviz lays nothing out here (``layout=nop2``): it draws circles and lines where they are put.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, pairwise
from math import fsum, hypot, inf, isfinite
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from autograd.drawing.dot import FONT, GREY, INK, LOOKS, NEGATIVE, NOT_FINITE, POSITIVE, escaped
from autograd.drawing.network_places import laid_out
from autograd.drawing.picture import UNKNOWN
from autograd.text import number, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import graphviz

    from autograd.drawing.network_places import Arrangement, Size
    from autograd.drawing.neurons import Connection, Network, Unit
    from autograd.graph import Node

ToldQuantity: TypeAlias = Literal["weights", "gradients", "activations"]
"""What the lines and the numbers of the diagram tell of."""
QUANTITIES: tuple[ToldQuantity, ...] = get_args(ToldQuantity)

MOST_DIGITS = 3
"""How many significant digits a number has in a circle, or on a line."""
THINNEST = 0.5
"""The width of a line whose number is 0."""
MOST_NUMBERS_ON_LINES = 20
"""Between two columns."""

PALE = {POSITIVE: "#8cc1ec", NEGATIVE: "#f3b08f"}
"""The fill of the circle with the largest activation of its sign: dark text on it has a contrast above 7 : 1."""


# What is shown of the network


def activation(unit: Unit) -> float | None:
    """What a unit gives; the mean, if it is applied several times. None of a model alone."""
    return fsum(node.data for node in unit.results) / len(unit.results) if unit.results else None


GradientOf: TypeAlias = "Callable[[Node], float | None]"
"""Where gradients are read; None before a backward has reached the node."""


def held(node: Node) -> float | None:
    """The gradient that a Value holds."""
    return node.grad


def gradient(unit: Unit, gradient_of: GradientOf = held) -> float | None:
    """The gradient of what a unit gives, or of the bias of a model alone; the sum, if it is applied several times."""
    nodes = unit.results or ([] if unit.bias is None else [unit.bias])
    gradients = [gradient_of(node) for node in nodes]
    return None if not gradients or None in gradients else fsum(g for g in gradients if g is not None)


def number_of_unit(unit: Unit, quantity: ToldQuantity, gradient_of: GradientOf = held) -> float | None:
    """The number in its circle."""
    if quantity == "gradients":
        return gradient(unit, gradient_of)
    if quantity == "weights" and unit.kind == "neuron":
        return None if unit.bias is None else float(unit.bias.data)
    return activation(unit)


def number_of_line(connection: Connection, quantity: ToldQuantity, gradient_of: GradientOf = held) -> float | None:
    """What the width and the colour of a line tell: the weight, its gradient, or weight × activation."""
    weight, tail = connection.weight, connection.tail
    if weight is None:
        return None
    if quantity == "gradients":
        return gradient_of(weight)
    if quantity == "weights":
        return float(weight.data)
    given = activation(tail)
    return None if given is None else weight.data * given + 0.0  # which makes 0.0 of -0.0


LEGENDS: Mapping[ToldQuantity, tuple[str, str]] = {
    "weights": ("a weight, the wider the larger", "the bias of a neuron"),
    "gradients": ("the gradient of a weight, the wider the larger", "a gradient"),
    "activations": ("weight × activation, the wider the larger", "an activation"),
}
"""What a line is, and the number in a circle."""


def legend(network: Network, quantity: ToldQuantity, gradient_of: GradientOf = held) -> list[str]:
    """What the diagram says below."""
    line, circle = LEGENDS[quantity]
    times = max(len(unit.results) for column in network.columns for unit in column)
    lines = [f"line: {line}; blue +, orange −", f"in a circle: {circle}"]
    if quantity == "gradients" and all(number_of_line(c, quantity, gradient_of) is None for c in network.connections):
        lines = ["no gradient yet: call backward() first"]
    if back := sum(c.tail.column >= c.head.column for c in network.connections):
        lines.append(f"{back:,} more weights lead back, to the same layer or one before it")
    if times > 1:
        lines.append(f"applied {times:,} times: activations are means, gradients sums")
    return [" · ".join(lines[:2]), *lines[2:]]


LEGEND_SIZE = 9.5


def _legend_in(width: float, lines: Iterable[str]) -> Iterator[str]:
    """The legend, whose lines are broken where they would be wider than the diagram."""
    for line in lines:
        fits = len(line) * LEGEND_SIZE * 0.5 < width
        yield from [line] if fits else line.split(" · ")


# As DOT


def network_digraph(
    network: Network,
    quantity: ToldQuantity = "weights",
    *,
    digits: int = MOST_DIGITS,
    gradient_of: GradientOf = held,
    background: str = "transparent",
    layout: Arrangement | None = None,
) -> graphviz.Digraph:
    """The diagram as a `graphviz.Digraph`: its nodes are ``u0``, ``u1``, … in the order of the columns.

    Args:
        network: what to draw.
        quantity: see `QUANTITIES`.
        digits: of numbers, at most `MOST_DIGITS`.
        gradient_of: where gradients are read.
        background: a colour.
        layout: where all stands; None for the full diagram.
    """
    import graphviz

    layout, digits = layout or laid_out(network), min(digits, MOST_DIGITS)
    graph = graphviz.Digraph(
        graph_attr={
            "layout": "nop2",
            "bgcolor": background,
            "pad": "0.1",
            "fontname": FONT,
            "outputorder": "edgesfirst",
        },
        node_attr={
            "fontname": FONT,
            "fontcolor": INK,
            "shape": "circle",
            "style": "filled",
            "fixedsize": "true",
            "width": f"{layout.size.radius / 36:.3f}",
            "penwidth": "1.2",
        },
        edge_attr={"fontname": FONT, "fontsize": f"{layout.size.on_lines:g}", "dir": "none"},
    )
    _write_titles(graph, network, layout)
    _write_circles(graph, network, layout, quantity, digits, gradient_of)
    _write_lines(graph, network, layout, quantity, digits, gradient_of)
    for place, text in enumerate(_legend_in(layout.width, legend(network, quantity, gradient_of))):
        y = -layout.size.radius - 18 - 13 * place
        _write_text(graph, f"legend{place}", layout.width / 2, y, [(text, LEGEND_SIZE, False)])
    return graph


def _write_text(
    graph: graphviz.Digraph, name: str, x: float, y: float, lines: Iterable[tuple[str, float, bool]]
) -> None:
    """Text on the background, its middle at a place: lines, each with its size and whether it is bold."""
    written = "<br/>".join(
        f'<font point-size="{size:g}">{f"<b>{escaped(text)}</b>" if bold else escaped(text)}</font>'
        for text, size, bold in lines
        if text
    )
    graph.node(
        name,
        f"<{written}>",
        shape="plaintext",
        style="",
        fixedsize="false",
        width="0",
        height="0",
        margin="0",
        fontcolor=GREY,
        pos=f"{x:.1f},{y:.1f}",
    )


def _write_titles(graph: graphviz.Digraph, network: Network, layout: Arrangement) -> None:
    y = layout.height + layout.size.radius + 22
    for place, x in layout.columns.items():
        first, second = title(network.columns[place])
        fits = int(layout.spacing / 6)
        _write_text(
            graph, f"column{place}", x, y, [(_end_of(first, fits), 10.5, True), (_fitted(second, fits), 9.5, False)]
        )
    if layout.hidden:
        x, count = layout.hidden
        _write_text(graph, "columns", x, layout.height / 2, [("…", 14, True), (f"{count} more", 9.5, False)])


def title(column: Sequence[Unit]) -> tuple[str, str]:
    """What stands above a column: what it is, and how many units there are of which activation."""
    first, count = column[0], f"{len(column):,}"
    if first.kind != "neuron":
        return f"{first.kind}s" if len(column) > 1 else first.kind, count if len(column) > 1 else ""
    paths = {unit.path.partition(".perceptrons.")[0] for unit in column}
    path = paths.pop() if len(paths) == 1 else ""
    activations = {activation_name(unit) for unit in column}
    activation = activations.pop() if len(activations) == 1 else ""
    return shown(path) if path else "neurons" if len(column) > 1 else "neuron", f"{count} {activation}".strip()


def activation_name(unit: Unit) -> str:
    """The operation that makes a neuron's result of its sum; "linear" if the sum is the result, "" if it is not one."""
    if not unit.results:
        return ""
    result, sum_ = unit.results[0], unit.sums[0]
    if result is sum_:
        return "linear"
    return shown(result.op.name) if result.parents == (sum_,) else ""


def _fitted(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[: characters - 1]}…"


def _end_of(path: str, characters: int) -> str:
    """A path whose end tells it from others: layers.12 as …ers.12."""
    return path if len(path) <= characters else f"…{path[1 - characters :]}"


def _write_circles(
    graph: graphviz.Digraph,
    network: Network,
    layout: Arrangement,
    quantity: ToldQuantity,
    digits: int,
    gradient_of: GradientOf,
) -> None:
    size = layout.size
    places = {unit: place for place, unit in enumerate(chain.from_iterable(network.columns))}
    inner = [unit for unit in places if unit.kind != "output"]  # a loss may be much larger than what leads to it
    given = [abs(x) for unit in inner if (x := activation(unit)) is not None and isfinite(x)]
    largest = max(given, default=0.0)
    for row in layout.spots:
        pos = f"{row.x:.1f},{row.y:.1f}"
        if row.unit is None:
            label = f'<<font point-size="{LEGEND_SIZE}">{escaped(f"⋮ {row.hidden:,} more")}</font>>'
            look = LOOKS["constant"]
            graph.node(
                f"dots{row.x:.0f}",
                label,
                shape="box",
                style="filled,rounded",
                fixedsize="false",
                width="0",
                height="0",
                margin="0.05,0.03",
                fillcolor=look.fill,
                color=look.line,
                pos=pos,
            )
            continue
        look = LOOKS[_kind(row.unit, network)]
        x = number_of_unit(row.unit, quantity, gradient_of)
        text = (
            ""
            if x is None and not (quantity == "gradients" and row.unit.results)
            else UNKNOWN
            if x is None
            else number(x, digits)
        )
        graph.node(
            f"u{places[row.unit]}",
            circle_label(row.unit, text, size),
            pos=pos,
            fillcolor=_fill(row.unit, largest) if quantity == "activations" else look.fill,
            color=look.line,
        )


def circle_label(unit: Unit, text: str, size: Size) -> str:
    """A unit's name, and below it a number."""
    name = _fitted(unit.name, int(size.radius * 3 / size.name))
    label = f'<font point-size="{size.name:g}"><b>{escaped(name)}</b></font>'
    return f'<{label}<br/><font point-size="{size.number:g}">{escaped(text)}</font>>' if text else f"<{label}>"


def _kind(unit: Unit, network: Network) -> Literal["input", "operation", "output"]:
    if unit.kind == "input":
        return "input"
    return "output" if unit in network.columns[-1] else "operation"


def _fill(unit: Unit, largest: float) -> str:
    """White for 0, the pale colour of its sign for the largest."""
    given = activation(unit)
    if given is None or given != given:
        return "#eceef1"
    share = 1.0 if not isfinite(given) else min(1.0, abs(given) / largest) if largest else 0.0
    end = PALE[POSITIVE if given >= 0 else NEGATIVE]
    channels = [int(end[place : place + 2], 16) for place in (1, 3, 5)]
    return "#" + "".join(f"{round(255 + share * (channel - 255)):02x}" for channel in channels)


def _write_lines(
    graph: graphviz.Digraph,
    network: Network,
    layout: Arrangement,
    quantity: ToldQuantity,
    digits: int,
    gradient_of: GradientOf,
) -> None:
    names = {unit: f"u{place}" for place, unit in enumerate(chain.from_iterable(network.columns))}
    numbers = {connection: number_of_line(connection, quantity, gradient_of) for connection in network.connections}
    largest = max((abs(x) for x in numbers.values() if x is not None and isfinite(x)), default=0.0)
    seen = layout.places
    texts = {
        connection: number(x, digits)
        for connection, x in numbers.items()
        if x is not None and connection.tail in seen and connection.head in seen
    }
    lines = lines_of(network, layout, texts)
    places = {connection: place for place, connection in enumerate(lines_of(network, laid_out(network), {}))}
    for connection, line in lines.items():
        place, x = places[connection], numbers[connection]
        colour = GREY if not x else NOT_FINITE if not isfinite(x) else POSITIVE if x > 0 else NEGATIVE
        graph.edge(
            names[connection.tail],
            names[connection.head],
            id=f"e{place}",
            key=f"e{place}",  # so that a later statement may be about this very line
            label=line.text or None,
            lp=f"{line.middle[0]:.1f},{line.middle[1]:.1f}" if line.text else None,
            pos=line.pos,
            color=colour,
            fontcolor=colour,
            penwidth=f"{line_width(x, largest, layout.size.thickest):.2f}",
            style="dashed" if connection.weight is None else None,
        )


def line_width(x: float | None, largest: float, thickest: float) -> float:
    """In proportion to the size of the number."""
    if x is None or x != x:
        return 1.0
    share = 1.0 if not isfinite(x) else abs(x) / largest if largest else 0.0
    return THINNEST + (thickest - THINNEST) * share


# Lines


@dataclass(slots=True)
class Stroke:
    """A straight line from circle to circle, and the number on it."""

    tail: tuple[float, float]
    head: tuple[float, float]
    text: str = ""
    middle: tuple[float, float] = (0.0, 0.0)
    """Where the number stands."""
    pos: str = ""
    """As Graphviz reads it: the pieces of the line that no number lies on."""


def lines_of(network: Network, layout: Arrangement, texts: Mapping[Connection, str]) -> dict[Connection, Stroke]:
    """The lines between the circles that are shown, with numbers where there is room for them."""
    places = layout.places
    between: dict[tuple[int, int], dict[Connection, Stroke]] = {}
    for connection in network.connections:
        tail, head = connection.tail, connection.head
        if tail in places and head in places and tail.column < head.column:
            between.setdefault((tail.column, head.column), {})[connection] = Stroke(places[tail], places[head])
    for (left, right), lines in between.items():
        share = _share_for_numbers(list(lines.values()), layout) if right == left + 1 else None
        for connection, line in lines.items():
            if share is not None:
                line.text = texts.get(connection, "")
                line.middle = _at(line, share)
        for line in lines.values():
            line.pos = _pieces(line, [other for other in lines.values() if other.text], layout.size)
    return {connection: line for lines in between.values() for connection, line in lines.items()}


def _at(line: Stroke, share: float) -> tuple[float, float]:
    (x0, y0), (x1, y1) = line.tail, line.head
    return x0 + (x1 - x0) * share, y0 + (y1 - y0) * share


def _share_for_numbers(lines: Sequence[Stroke], layout: Arrangement) -> float | None:
    """How far along the lines between two columns their numbers stand; None where there is no room for all of them."""
    nearest = round(100 * (layout.size.radius + 16) / layout.spacing)
    shares = [share / 100 for share in range(nearest, 101 - nearest)]
    if len(lines) > MOST_NUMBERS_ON_LINES or not shares:
        return None

    def room(share: float) -> float:
        heights = sorted(_at(line, share)[1] for line in lines)
        return min((b - a for a, b in pairwise(heights)), default=inf)

    # In the middle, if there is plenty of room.
    best = max(shares, key=lambda share: (min(room(share), 2 * layout.size.on_lines), -abs(share - 0.5)))
    return best if room(best) >= layout.size.on_lines else None


def _pieces(line: Stroke, numbers: Iterable[Stroke], size: Size) -> str:
    """The line as Graphviz reads it, with a gap wherever a number stands on it."""
    (x0, y0), (x1, y1) = line.tail, line.head
    length = hypot(x1 - x0, y1 - y0)
    start, end = size.radius / length, 1 - size.radius / length
    gaps = []
    for other in numbers:
        x, y = other.middle
        wide, high = len(other.text) * 0.28 * size.on_lines + 2, 0.6 * size.on_lines
        across = sorted(((x - wide - x0) / (x1 - x0), (x + wide - x0) / (x1 - x0)))
        along = sorted(((y - high - y0) / (y1 - y0), (y + high - y0) / (y1 - y0))) if y1 != y0 else [-inf, inf]
        enters, leaves = max(across[0], along[0]), min(across[1], along[1])
        if enters < leaves and (y1 != y0 or abs(y - y0) < high):
            gaps.append((enters, leaves))
    pieces = []
    for enters, leaves in sorted(gaps):
        if enters > start:
            pieces.append((start, enters))
        start = max(start, leaves)
    if start < end:
        pieces.append((start, end))
    return ";".join(
        " ".join("{:.1f},{:.1f}".format(*_at(line, a + (b - a) * k / 3)) for k in range(4)) for a, b in pieces
    )
