"""The page of a network: its diagram, stepped through layer by layer, and each neuron as the scalar graph it is."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from autograd.drawing.layouts import SVG, Fold, Layout, layouts
from autograd.drawing.network_diagram import (
    MOST_DIGITS,
    MOST_UNITS,
    QUANTITIES,
    activation_name,
    held,
    laid_out,
    lines_of,
    network_digraph,
    number_of_line,
    title,
)
from autograd.drawing.page import Page, Scene, assembled
from autograd.drawing.page_data import MOST_PATHS, as_data
from autograd.drawing.picture import UNKNOWN, DrawnEdge, DrawnNode
from autograd.drawing.rendering import render
from autograd.drawing.selection import picture_of
from autograd.drawing.steps import backward_pass, record
from autograd.graph import between, topological_order
from autograd.ops import multiply
from autograd.paths import routes
from autograd.text import label, number, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from autograd.drawing.network_diagram import GradientOf, Quantity
    from autograd.drawing.neurons import Network, Unit
    from autograd.drawing.picture import Picture
    from autograd.drawing.selection import Choice
    from autograd.graph import Node
    from autograd.paths import Routes
    from autograd.report import Report
    from autograd.text import NumberPiece, Piece

MOST_LINES = 8
"""How many formulas a step says."""
MOST_TERMS = 4
"""Of a weighted sum that is written out."""
MOST_OPENED, MOST_NODES_OPENED = 40, 60_000
"""How many neurons a click opens, each in a picture of its own, and for how many nodes of the graph their steps are
recorded, all of them together: of a large network fewer are."""
ANY_FRAME = ((10_000, 10_000),)
"""The picture of a neuron is made for frames of all sizes alike."""
DATA, GRADIENT = 0, 1
"""The numbers of a unit, by their places."""


def page_of_network(
    network: Network, outputs: Sequence[Node], quantity: Quantity, choice: Choice, report: Report | None
) -> Page:
    """The page for a network; of a model alone (no outputs), a page without passes.

    Raises:
        RenderingError: if there is no Graphviz on this machine.
        TypeError: if the report has no lines.
    """
    return _NetworkPage(network, outputs, choice).page(quantity, report)


class _NetworkPage:
    def __init__(self, network: Network, outputs: Sequence[Node], choice: Choice) -> None:
        self.network, self.outputs, self.choice = network, outputs, choice
        self.digits = min(choice.digits, MOST_DIGITS)
        self.order = topological_order(*outputs)
        backward = backward_pass(outputs, self.order)
        self.gradients = backward.gradients
        self.moments = {node: moment for moment, node in enumerate(self.order)}
        self.n_contributions = len(backward.contributions)
        self.last_passed = {event.node: moment for moment, event in enumerate(backward.contributions)}
        self.gradient_of: GradientOf = (lambda node: self.gradients.get(node, 0.0)) if outputs else held
        arrangement = laid_out(network)
        self.lines = list(lines_of(network, arrangement, {}))
        self.ids = {unit: f"u{place}" for place, unit in enumerate(chain.from_iterable(network.columns))}
        self.shown = [unit for unit in self.ids if unit in arrangement.places]
        self.loss = shown(label(outputs[0])) if outputs else "J"

    def page(self, quantity: Quantity, report: Report | None) -> Page:
        steps = list(self._steps())
        quantities = [quantity, *(each for each in QUANTITIES if each != quantity)]
        if not self.outputs:
            quantities.remove("activations")
        pictures = [self._layout(each) for each in quantities]
        neurons = [unit for unit in self.shown if unit.kind == "neuron" and unit.results]
        neurons = neurons[: min(MOST_OPENED, MOST_NODES_OPENED // max(len(self.order), 1))]
        opens = {self.ids[unit]: place for place, unit in enumerate(neurons, 1)}
        scene = Scene(self._data(steps, opens), pictures, opens, quantities)
        scenes = [scene, *(self._neuron(unit, report) for unit in neurons)]
        sizes = "-".join(str(len(column)) for column in self.network.columns if column[0].kind != "output")
        return Page(assembled(f"A network {sizes}", self._notes(), scenes), pictures[0].svg, len(steps))

    def _notes(self) -> list[str]:
        hidden = len(self.ids) - len(self.shown)
        return [f"{hidden:,} of {len(self.ids):,} units are left out of the picture"] if hidden else []

    # The picture

    def _layout(self, quantity: Quantity) -> Layout:
        digraph = network_digraph(self.network, quantity, digits=self.digits, gradient_of=self.gradient_of)
        root = ElementTree.fromstring(render(str(digraph.source), "svg"))
        units = {id_: unit for unit, id_ in self.ids.items()}
        ElementTree.register_namespace("", SVG)
        for group in root.iter(f"{{{SVG}}}g"):
            name = group.find(f"{{{SVG}}}title")
            if name is None:
                continue
            group.remove(name)  # browsers would show it as a tooltip
            if group.get("class") == "edge":
                place = int(group.attrib["id"].removeprefix("e"))
                x = number_of_line(self.lines[place], quantity, self.gradient_of)
                sign = "" if not x or x != x else " positive" if x > 0 else " negative"
                group.attrib |= {"class": f"edge{sign}", "data-edges": str(place)}
            elif name.text in units:
                self._attach(group, units[name.text], quantity)
            elif group.get("class") == "node":
                group.attrib["class"] = "caption"
        width, height = (float(root.attrib.pop(side).removesuffix("pt")) for side in ("width", "height"))
        root.attrib |= {"role": "group", "aria-label": "the network", "class": f"network {quantity}"}
        smallest = min(float(text.get("font-size", "14")) for text in root.iter(f"{{{SVG}}}text"))
        return Layout(ElementTree.tostring(root, encoding="unicode"), width, height, smallest)

    def _attach(self, group: ElementTree.Element, unit: Unit, quantity: Quantity) -> None:
        ellipse = group.find(f"{{{SVG}}}ellipse")
        assert ellipse is not None  # every unit is a circle
        x, y, radius = (float(ellipse.attrib[name]) for name in ("cx", "cy", "rx"))
        group.attrib |= {
            "id": self.ids[unit],
            "data-kind": unit.kind,
            "data-corner": f"{x + radius:.2f} {y - radius:.2f}",
        }
        group.attrib |= {"tabindex": "0", "role": "button", "data-name": self._name(unit)}
        texts = group.findall(f"{{{SVG}}}text")
        for text in texts:
            text.attrib |= {"text-anchor": "middle", "x": f"{x:.2f}"}
        changes = quantity != "weights" or unit.kind != "neuron"
        if self.outputs and changes and len(texts) > 1:
            row = GRADIENT if quantity == "gradients" else DATA
            texts[-1].attrib |= {"data-node": self.ids[unit], "data-row": str(row)}
            texts[-1].text = str(self._initial(unit)[row][2])

    def _name(self, unit: Unit) -> str:
        return shown(unit.path) if unit.path and unit.name.isdecimal() else unit.name

    # What the script reads

    def _data(self, steps: Sequence[Mapping[str, object]], opens: Mapping[str, int]) -> dict[str, object]:
        return {
            "nodes": {
                self.ids[unit]: {
                    "kind": "group" if self.ids[unit] in opens else unit.kind,
                    "name": self._name(unit),
                    "rows": ["data", "grad"] if self.outputs else [],
                }
                for unit in self.shown
            },
            "edges": [[self.ids[line.tail], self.ids[line.head]] for line in self.lines],
            "initial": [change for unit in self.shown for change in self._initial(unit)],
            "steps": steps,
            "marks": [],
        }

    def _initial(self, unit: Unit) -> list[list[object]]:
        known = unit.kind == "input" and unit.results
        data = self._change(unit, DATA, self._activation(unit)) if known else [self.ids[unit], DATA, UNKNOWN, "", 1]
        return [data, [self.ids[unit], GRADIENT, UNKNOWN, "", 1]]

    def _change(self, unit: Unit, row: int, x: float) -> list[object]:
        return [self.ids[unit], row, *self._number(x), 1]

    def _number(self, x: float) -> NumberPiece:
        return number(x, self.digits), repr(float(x))

    # Numbers of units. Of one that is applied several times, activations are those of the first time in formulas.

    def _activation(self, unit: Unit) -> float:
        return float(sum(node.data for node in unit.results) / len(unit.results))

    def _gradient(self, unit: Unit) -> float:
        return float(sum(self.gradients.get(node, 0.0) for node in unit.results))

    # When things happen, counted as `Step.moment` is

    def _computed_at(self, column: Sequence[Unit]) -> int:
        return max(self.moments[result] for unit in column for result in unit.results)

    def _passed_at(self, column: Sequence[Unit]) -> int:
        """When the gradients of a layer are complete; those of the first, when all are."""
        if column[0].column == 1:
            return len(self.order) + 1 + self.n_contributions
        return len(self.order) + 1 + max(self.last_passed.get(part, 0) for unit in column for part in unit.parts)

    # Steps: the inputs, forward by layer, the loss, and back by layer

    def _steps(self) -> Iterator[dict[str, object]]:
        columns = [[unit for unit in column if unit in self.shown] for column in self.network.columns]
        layers = [place for place, column in enumerate(columns) if column[0].kind == "neuron"]
        if not self.outputs:
            yield _step("start", "The weights and biases of a model. No example has gone through it.")
            return
        inputs = [unit for unit in columns[0] if unit.kind == "input"]
        lines = [_line("", [f"{unit.name} = ", self._number(self._activation(unit))]) for unit in inputs]
        yield _step("start", "The inputs hold their numbers.", lines, [self.ids[unit] for unit in inputs])
        for place in layers:
            yield self._forward(place, columns)
        yield self._turn(columns)
        for place in reversed(layers):
            yield self._backward(place, columns)

    def _into(self, place: int) -> list[int]:
        """The lines that lead into a column."""
        return [number for number, line in enumerate(self.lines) if line.head.column == place]

    def _forward(self, place: int, columns: Sequence[Sequence[Unit]]) -> dict[str, object]:
        column = columns[place]
        name = title(self.network.columns[place])[0]
        ids = [self.ids[unit] for unit in chain(columns[place - 1], column)]
        changes = [self._change(unit, DATA, self._activation(unit)) for unit in column]
        sentence = f"{name} is computed: of each neuron the weighted sum of what leads into it, and its activation."
        lines = [self._computed(unit) for unit in column]
        return _step(
            "forward", sentence, lines, ids, self._into(place), changes, layer=name, moment=self._computed_at(column)
        )

    def _computed(self, unit: Unit) -> list[object]:
        """A neuron with its numbers: name = relu(0.5 · 2 + 0.1) = 1.1."""
        sum_, result = unit.sums[0], unit.results[0]
        what = activation_name(unit)
        pieces: list[Piece] = [f"{unit.name} = "]
        pieces += [] if what == "linear" else [f"{what or 'activation'}("]
        if len(unit.weights) <= MOST_TERMS:
            for term, (weight, given) in enumerate(self._terms(unit)):
                pieces += [" + " * (term > 0), self._number(weight), " · ", *_factor(self._number(given))]
            if unit.bias is not None:
                pieces += [" + ", *_factor(self._number(unit.bias.data))]
        elif what == "linear":
            pieces.append("w · x + b")
        else:
            pieces.append(self._number(sum_.data))
        pieces += [] if what == "linear" else [")"]
        return _line("", [*pieces, " = ", self._number(result.data)])

    def _terms(self, unit: Unit) -> list[tuple[float, float]]:
        """Each weight of a neuron and what it multiplies."""
        return [(weight.data, given.data) for weight, given in zip(unit.weights, unit.multiplied, strict=True)]

    def _turn(self, columns: Sequence[Sequence[Unit]]) -> dict[str, object]:
        """The loss, and the beginning of the way back."""
        last = columns[-1]
        before = columns[-2] if last[0].kind == "output" else []
        lines = [_line("", [f"{unit.name} = ", self._number(self._activation(unit))]) for unit in last]
        lines += [_line("", [f"∂{self.loss}/∂{self.loss} = 1"])]
        lines += [
            _line("", [f"∂{self.loss}/∂{self._name(unit)} = ", self._number(self._gradient(unit))]) for unit in before
        ]
        changes = [self._change(unit, DATA, self._activation(unit)) for unit in last]
        changes += [self._change(unit, GRADIENT, self._gradient(unit)) for unit in (*last, *before)]
        ids = [self.ids[unit] for unit in (*before, *last)]
        edges = self._into(len(columns) - 1) if before else []
        sentence = f"Backward from {self.loss}: its gradient by itself is 1."
        return _step("backward", sentence, lines, ids, edges, changes, layer="loss", moment=len(self.order))

    def _backward(self, place: int, columns: Sequence[Sequence[Unit]]) -> dict[str, object]:
        column, before = columns[place], columns[place - 1]
        name = title(self.network.columns[place])[0]
        lines = [self._passed(unit) for unit in column]
        changes = [self._change(unit, GRADIENT, self._gradient(unit)) for unit in before]
        sentence = f"{name} gets its gradients: of each weight, gradient of the sum · what the weight multiplies."
        ids = [self.ids[unit] for unit in chain(before, column)]
        edges, moment = self._into(place), self._passed_at(column)
        return _step("backward", sentence, lines, ids, edges, changes, layer=name, moment=moment)

    def _passed(self, unit: Unit) -> list[object]:
        """The gradients of a neuron's weights: the gradient of its sum times what each multiplies."""
        upstream = self.gradients.get(unit.sums[0], 0.0)
        pieces: list[Piece] = [f"{unit.name}: of its sum ", self._number(upstream), "; of its weights "]
        terms = self._terms(unit)
        for term, (_, given) in enumerate(terms[:MOST_TERMS]):
            pieces += [", " * (term > 0), *_factor(self._number(given)), " · ", *_factor(self._number(upstream))]
            pieces += [" = ", self._number(upstream * given)]
        return _line("", [*pieces, ", …" * (len(terms) > MOST_TERMS)])

    # A neuron as its scalar graph

    def _neuron(self, unit: Unit, report: Report | None) -> Scene:
        picture = self._graph_of(unit)
        recording = record(picture, self.outputs, self.choice.digits)
        drawn = replace(recording.picture, note="")
        recording = replace(recording, picture=drawn)
        pictures = layouts([Fold(drawn)], "LR", recording.initial, ANY_FRAME)
        return Scene(as_data(recording, self.outputs, report, self.routes), tuple(pictures))

    def _graph_of(self, unit: Unit) -> Picture:
        """A neuron's nodes: its weights, what they multiply, the sum and the activation; of many weights the first and
        the last."""
        inside = {*unit.parts, *between(self.order, unit.results[0], unit.sums[:1])}
        inside |= {parent for node in inside for parent in node.parents}
        hidden = len(unit.weights) - MOST_TERMS if len(unit.weights) > MOST_UNITS else 0
        if hidden:
            middle = slice(MOST_TERMS - 1, -1)
            inside -= {*unit.weights[middle], *unit.multiplied[middle]}
            inside -= {node for node in unit.parts if node.op is multiply and not inside.issuperset(node.parents)}
        return _only(self.whole, inside, unit.sums[0], hidden)

    @cached_property
    def routes(self) -> Mapping[Node, Routes]:
        """The paths of all nodes."""
        return routes(self.outputs, self.order, MOST_PATHS)

    @cached_property
    def whole(self) -> Picture:
        """The picture of all nodes."""
        return picture_of(self.outputs, replace(self.choice, detail="nodes", expand=(), depth=None))


def _only(picture: Picture, nodes: set[Node], sum_: Node, hidden: int) -> Picture:
    """The part of a picture with some nodes of the graph."""
    ids = {id_: node for node, id_ in picture.shown_as.items() if node in nodes}
    kept = [replace(node, scope=()) for node in picture.nodes if node.id in ids]
    edges = [edge for edge in picture.edges if edge.tail in ids and edge.head in ids]
    if hidden:
        more = DrawnNode("more", "omission", f"{hidden:,} more weights")
        kept.append(more)
        edges.append(DrawnEdge(more.id, picture.shown_as[sum_], passes=False))
    shown_as = {node: id_ for node, id_ in picture.shown_as.items() if node in nodes}
    return replace(picture, nodes=tuple(kept), edges=tuple(edges), shown_as=shown_as, note="")


def _factor(x: NumberPiece) -> list[Piece]:
    return ["(", x, ")"] if x[0].startswith("-") else [x]


def _line(caption: str, pieces: Sequence[Piece]) -> list[object]:
    return [caption, [piece for piece in pieces if piece]]


def _step(
    phase: str,
    sentence: str,
    lines: Sequence[object] = (),
    ids: Sequence[str] = (),
    edges: Sequence[int] = (),
    changes: Sequence[object] = (),
    *,
    layer: str = "",
    moment: int = -1,
) -> dict[str, object]:
    """A step as `page_data` writes one."""
    said = list(lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        said.append(_line(f"and {len(lines) - MOST_LINES} more", []))
    return {
        "phase": phase,
        "sentence": sentence,
        "lines": said,
        "nodes": list(dict.fromkeys(ids)),
        "edges": list(edges),
        "changes": list(changes),
        "product": [],
        "layer": layer,
        "moment": moment,
    }
