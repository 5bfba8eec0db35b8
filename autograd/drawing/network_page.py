"""The page of a network: its diagram, stepped through layer by layer, and each neuron as the scalar graph it is."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from autograd.drawing.layouts import SVG, FoldedView, Layout, layouts_of
from autograd.drawing.network_diagram import MOST_UNITS, QUANTITIES, network_digraph, number_of_line
from autograd.drawing.network_steps import DATA, GRADIENT, MOST_TERMS, NetworkSteps
from autograd.drawing.page import Page, Scene, assembled
from autograd.drawing.page_data import MOST_PATHS, as_data, change_data, step_data
from autograd.drawing.picture import DrawnEdge, DrawnNode
from autograd.drawing.rendering import render
from autograd.drawing.selection import picture_of
from autograd.drawing.steps import record
from autograd.graph import depending_on, topological_order
from autograd.ops import multiply
from autograd.paths import routes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autograd.drawing.network_diagram import ToldQuantity
    from autograd.drawing.neurons import Network, Unit
    from autograd.drawing.picture import Picture
    from autograd.drawing.selection import Choice
    from autograd.drawing.steps import Step
    from autograd.graph import Node
    from autograd.paths import Routes
    from autograd.report import Report

MOST_OPENED, MOST_NODES_OPENED = 40, 60_000
"""How many neurons a click opens, each in a picture of its own, and for how many nodes of the graph their steps are
recorded, all of them together: of a large network fewer are."""
ANY_FRAME = ((10_000, 10_000),)
"""The picture of a neuron is made for frames of all sizes alike."""


def page_of_network(
    network: Network, outputs: Sequence[Node], quantity: ToldQuantity, choice: Choice, report: Report | None
) -> Page:
    """The page for a network; of a model alone (no outputs), a page without passes.

    Raises:
        RenderingError: if there is no Graphviz on this machine.
        TypeError: if the report has no lines.
    """
    return _NetworkPage(NetworkSteps(network, outputs, choice.digits), choice).page(quantity, report)


class _NetworkPage:
    def __init__(self, steps: NetworkSteps, choice: Choice) -> None:
        self.steps, self.choice = steps, choice

    def page(self, quantity: ToldQuantity, report: Report | None) -> Page:
        steps = list(self.steps.steps())
        quantities = [quantity, *(each for each in QUANTITIES if each != quantity)]
        if not self.steps.outputs:
            quantities.remove("activations")
        pictures = [self._layout(each) for each in quantities]
        neurons = [unit for unit in self.steps.shown if unit.kind == "neuron" and unit.results]
        neurons = neurons[: min(MOST_OPENED, MOST_NODES_OPENED // max(len(self.steps.order), 1))]
        opens = {self.steps.ids[unit]: place for place, unit in enumerate(neurons, 1)}
        scene = Scene(self._data(steps, opens), pictures, opens, quantities)
        scenes = [scene, *(self._neuron(unit, report) for unit in neurons)]
        sizes = "-".join(str(len(column)) for column in self.steps.network.columns if column[0].kind != "output")
        return Page(assembled(f"A network {sizes}", self._notes(), scenes), pictures[0].svg, len(steps))

    def _notes(self) -> list[str]:
        hidden = len(self.steps.ids) - len(self.steps.shown)
        return [f"{hidden:,} of {len(self.steps.ids):,} units are left out of the picture"] if hidden else []

    # The picture

    def _layout(self, quantity: ToldQuantity) -> Layout:
        digraph = network_digraph(
            self.steps.network, quantity, digits=self.steps.digits, gradient_of=self.steps.gradient_of
        )
        root = ElementTree.fromstring(render(str(digraph.source), "svg"))
        units = {id_: unit for unit, id_ in self.steps.ids.items()}
        ElementTree.register_namespace("", SVG)
        for group in root.iter(f"{{{SVG}}}g"):
            name = group.find(f"{{{SVG}}}title")
            if name is None:
                continue
            group.remove(name)  # browsers would show it as a tooltip
            if group.get("class") == "edge":
                place = int(group.attrib["id"].removeprefix("e"))
                x = number_of_line(self.steps.lines[place], quantity, self.steps.gradient_of)
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

    def _attach(self, group: ElementTree.Element, unit: Unit, quantity: ToldQuantity) -> None:
        ellipse = group.find(f"{{{SVG}}}ellipse")
        assert ellipse is not None  # every unit is a circle
        x, y, radius = (float(ellipse.attrib[name]) for name in ("cx", "cy", "rx"))
        group.attrib |= {
            "id": self.steps.ids[unit],
            "data-kind": unit.kind,
            "data-corner": f"{x + radius:.2f} {y - radius:.2f}",
        }
        group.attrib |= {"tabindex": "0", "role": "button", "data-name": self.steps.name_of(unit)}
        texts = group.findall(f"{{{SVG}}}text")
        for text in texts:
            text.attrib |= {"text-anchor": "middle", "x": f"{x:.2f}"}
        changes = quantity != "weights" or unit.kind != "neuron"
        if self.steps.outputs and changes and len(texts) > 1:
            row = GRADIENT if quantity == "gradients" else DATA
            texts[-1].attrib |= {"data-node": self.steps.ids[unit], "data-row": str(row)}
            texts[-1].text = self.steps.initial(unit)[row].number

    # What the script reads

    def _data(self, steps: Sequence[Step], opens: Mapping[str, int]) -> dict[str, object]:
        ids, units = self.steps.ids, self.steps.shown
        return {
            "nodes": {
                ids[unit]: {
                    "kind": "group" if ids[unit] in opens else unit.kind,
                    "name": self.steps.name_of(unit),
                    "rows": ["data", "grad"] if self.steps.outputs else [],
                }
                for unit in units
            },
            "edges": [[ids[line.tail], ids[line.head]] for line in self.steps.lines],
            "initial": [change_data(change) for unit in units for change in self.steps.initial(unit)],
            "steps": [step_data(step) for step in steps],
            "marks": [],
        }

    # A neuron as its scalar graph

    def _neuron(self, unit: Unit, report: Report | None) -> Scene:
        picture = self._graph_of(unit)
        recording = record(picture, self.steps.outputs, self.choice.digits)
        drawn = replace(recording.picture, note="")
        recording = replace(recording, picture=drawn)
        pictures = layouts_of([FoldedView(drawn)], "LR", recording.initial, ANY_FRAME)
        return Scene(as_data(recording, self.steps.outputs, report, self.routes), tuple(pictures))

    def _graph_of(self, unit: Unit) -> Picture:
        """A neuron's nodes: its weights, what they multiply, the sum and the activation; of many weights the first and
        the last."""
        inside = {*unit.parts, *depending_on(topological_order(unit.results[0]), unit.sums[:1])}
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
        return routes(self.steps.outputs, self.steps.order, MOST_PATHS)

    @cached_property
    def whole(self) -> Picture:
        """The picture of all nodes."""
        return picture_of(self.steps.outputs, replace(self.choice, detail="nodes", expand=(), depth=None))


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
