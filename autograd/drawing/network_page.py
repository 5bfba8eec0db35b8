"""The page of a network: its diagram, stepped through layer by layer, and each neuron as the scalar graph it is."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from autograd.drawing.attaching import SVG, FoldedView, compact
from autograd.drawing.layouts import FRAMES, LEGIBLE, Arranging, Layout, extent_of, sketched
from autograd.drawing.network_diagram import PALE, QUANTITIES, THINNEST, network_digraph, number_of_line
from autograd.drawing.network_places import MOST_UNITS, laid_out, laid_out_in
from autograd.drawing.network_steps import BIAS, DATA, GRADIENT, MOST_TERMS, NetworkSteps
from autograd.drawing.nudging import program_data
from autograd.drawing.page_data import MOST_PATHS, as_data, change_data, step_data
from autograd.drawing.page_file import Page, Scene, assembled
from autograd.drawing.picture import DrawnEdge, DrawnNode
from autograd.drawing.rendering import render_all
from autograd.drawing.selection import picture_of
from autograd.drawing.steps import record
from autograd.drawing.wording import Wording
from autograd.graph import depending_on, topological_order
from autograd.ops import multiply
from autograd.paths import routes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autograd.drawing.network_diagram import ToldQuantity
    from autograd.drawing.network_places import Arrangement
    from autograd.drawing.neurons import Network, Unit
    from autograd.drawing.picture import Picture
    from autograd.drawing.selection import Choice
    from autograd.graph import Node
    from autograd.paths import Routes
    from autograd.report import Report

MOST_OPENED, MOST_NODES_OPENED = 40, 60_000
"""How many neurons a click opens, each in a picture of its own, and for how many nodes of the graph their steps are
recorded, all of them together: of a large network fewer are, and none of one of which it would be two."""


def page_of_network(
    network: Network, outputs: Sequence[Node], quantity: ToldQuantity, choice: Choice, report: Report | None
) -> Page:
    """The page for a network; of a model alone (no outputs), a page without passes.

    Raises:
        RenderingError: if there is no Graphviz on this machine.
        TypeError: if the report has no lines.
    """
    steps = NetworkSteps(network, outputs, choice.digits)
    pictures = NetworkScenes(steps, choice)
    first, *others = pictures.scenes(quantity, report, 0)
    sizes = "-".join(str(len(column)) for column in network.columns if column[0].kind != "output")
    hidden = len(steps.ids) - len(steps.shown)
    notes = [f"{hidden:,} of {len(steps.ids):,} units are left out of the picture"] if hidden else []
    scenes = [replace(first, notes=notes), *others]
    program = pictures.program()
    text = assembled(f"A network {sizes}", scenes, *program)
    return Page(text, first.layouts[0].svg, len(pictures.steps), sliders="refused" not in program[1])


class NetworkScenes:
    """A network and its neurons as scenes of a page."""

    def __init__(self, passes: NetworkSteps, choice: Choice) -> None:
        self.passes, self.choice = passes, choice
        self.steps = list(passes.steps())

    def scenes(self, quantity: ToldQuantity, report: Report | None, first: int) -> list[Scene]:
        """The diagram, which is the scene number `first` of the page, and after it the neurons that a click opens.

        The quantity is the one that the lines tell before the first step.
        """
        quantities = [quantity, *(each for each in QUANTITIES if each != quantity)]
        if not self.passes.outputs:
            quantities.remove("activations")
        arrangements = self._arrangements()
        told = [each for each in quantities for _ in arrangements]
        drawn = [(each, arrangement) for each in quantities for arrangement in arrangements]
        sources = [self._source(*each) for each in drawn]
        pictures = [self._layout(svg, each[0]) for svg, each in zip(render_all(sources), drawn, strict=True)]
        neurons = [unit for unit in self.passes.shown if unit.kind == "neuron" and unit.results]
        most = MOST_NODES_OPENED // max(len(self.passes.order), 1)
        neurons = neurons[: min(MOST_OPENED, most if most > 2 else 0)]
        opens = {self.passes.ids[unit]: place for place, unit in enumerate(neurons, first + 1)}
        return [Scene(self._data(opens), pictures, opens, quantities=told), *self._neurons(neurons, report)]

    def program(self) -> tuple[str, dict[str, object]]:
        """See `nudging.program_data`."""
        if not self.passes.outputs:
            return "[]", {"refused": "A model alone has no sliders; draw(model(x), detail='network') has."}
        words = Wording(self.passes.outputs, self.passes.order, self.whole, self.choice.digits)
        return program_data(self.passes.order, self.whole, words, self.passes.outputs)

    # The picture

    def _arrangements(self) -> list[Arrangement]:
        """The diagrams that some window needs, from the one that shows most."""
        network = self.passes.network
        found = [laid_out(network)]
        (svg,) = render_all([self._source("weights", found[0])])
        full = extent_of(svg)
        found += [laid_out_in(network, *frame) for frame in FRAMES if full.text_in(frame) < LEGIBLE]
        # One that shows the same at the same places is the same.
        return list({(len(each.spots), each.width, each.height): each for each in found}.values())

    def _source(self, quantity: ToldQuantity, arrangement: Arrangement) -> str:
        digraph = network_digraph(
            self.passes.network,
            quantity,
            digits=self.passes.digits,
            gradient_of=self.passes.gradient_of,
            layout=arrangement,
        )
        return str(digraph.source)

    def _layout(self, svg: str, quantity: ToldQuantity) -> Layout:
        root = ElementTree.fromstring(svg)
        units = {id_: unit for unit, id_ in self.passes.ids.items()}
        ElementTree.register_namespace("", SVG)
        for group in root.iter(f"{{{SVG}}}g"):
            name = group.find(f"{{{SVG}}}title")
            if name is None:
                continue
            group.remove(name)  # browsers would show it as a tooltip
            if group.get("class") == "edge":
                place = int(group.attrib["id"].removeprefix("e"))
                x = number_of_line(self.passes.lines[place], quantity, self.passes.gradient_of)
                sign = "" if not x or x != x else " positive" if x > 0 else " negative"
                group.attrib |= {"class": f"edge{sign}", "data-edges": str(place)}
                _bridge(group)
            elif name.text in units:
                self._attach(group, units[name.text], quantity)
            elif group.get("class") == "node":
                group.attrib["class"] = "caption"
        for side in ("width", "height"):
            root.attrib.pop(side, None)
        root.attrib |= {"role": "group", "aria-label": "the network", "class": f"network {quantity}"}
        size = extent_of(svg)
        return Layout(compact(root), size.width, size.height, size.smallest)

    def _attach(self, group: ElementTree.Element, unit: Unit, quantity: ToldQuantity) -> None:
        ellipse = group.find(f"{{{SVG}}}ellipse")
        assert ellipse is not None  # every unit is a circle
        x, y, radius = (float(ellipse.attrib[name]) for name in ("cx", "cy", "rx"))
        group.attrib |= {
            "id": self.passes.ids[unit],
            "data-kind": unit.kind,
            "data-corner": f"{x + radius:.2f} {y - radius:.2f}",
        }
        group.attrib |= {"tabindex": "0", "role": "button", "data-name": self.passes.name_of(unit)}
        texts = group.findall(f"{{{SVG}}}text")
        for text in texts:
            text.attrib |= {"text-anchor": "middle", "x": f"{x:.2f}"}
        if self.passes.outputs and len(texts) > 1:
            row = GRADIENT if quantity == "gradients" else DATA
            row = BIAS if quantity == "weights" and unit.kind == "neuron" else row
            texts[-1].attrib |= {"data-node": self.passes.ids[unit], "data-row": str(row)}
            texts[-1].text = self.passes.initial(unit)[row].number

    # What the script reads

    def _data(self, opens: Mapping[str, int]) -> dict[str, object]:
        ids, units = self.passes.ids, self.passes.shown
        return {
            "nodes": {
                ids[unit]: {
                    "kind": "group" if ids[unit] in opens else unit.kind,
                    "name": self.passes.name_of(unit),
                    "rows": ["data", "grad", *["bias"] * (unit.bias is not None)] if self.passes.outputs else [],
                }
                for unit in units
            },
            "edges": [[ids[line.tail], ids[line.head]] for line in self.passes.lines],
            "initial": [change_data(change) for unit in units for change in self.passes.initial(unit)],
            "steps": [step_data(step) for step in self.steps],
            "nudge": self._moving(),
            "marks": [],
        }

    def _moving(self) -> dict[str, object]:
        """What follows when a leaf is moved: the numbers of units (see `nudging.moving_parts`; a "mean" is of values),
        and for each line the places of its weight and of what its tail gives."""
        if not self.passes.outputs:
            return {"rows": [], "slots": [], "texts": [], "weights": []}
        place = self.passes.when
        rows: list[list[object]] = []
        for unit in self.passes.shown:
            id_, results = self.passes.ids[unit], [place[result] for result in unit.results]
            rows += [[id_, DATA, "mean", results], [id_, GRADIENT, "grad", results]]
            if unit.bias is not None:
                rows.append([id_, BIAS, "data", [place[unit.bias]]])
        weights = [
            [place[line.weight], [place[result] for result in line.tail.results]] if line.weight is not None else None
            for line in self.passes.lines
        ]
        look = {
            "thinnest": THINNEST,
            "thickest": laid_out(self.passes.network).size.thickest,
            "fills": list(PALE.values()),
        }
        return {"rows": rows, "slots": [], "texts": [], "weights": weights, "look": look, "digits": self.passes.digits}

    # A neuron as its scalar graph

    def _neurons(self, units: Sequence[Unit], report: Report | None) -> list[Scene]:
        recordings = []
        for unit in units:
            recording = record(self._graph_of(unit), self.passes.outputs, self.choice.digits)
            recordings.append(replace(recording, picture=replace(recording.picture, note="")))
        drawn = sketched([Arranging(FoldedView(each.picture), "LR", "all", flat=False) for each in recordings])
        return [
            Scene(as_data(each, self.passes.outputs, report, self.routes), (sketch.layout(each.initial),))
            for each, sketch in zip(recordings, drawn, strict=True)
        ]

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
        return routes(self.passes.outputs, self.passes.order, MOST_PATHS)

    @cached_property
    def whole(self) -> Picture:
        """The picture of all nodes."""
        return picture_of(self.passes.outputs, replace(self.choice, detail="nodes", expand=(), depth=None))


def _bridge(edge: ElementTree.Element) -> None:
    """A line that is interrupted for its number is whole while it has none."""
    parts = edge.findall(f"{{{SVG}}}path")
    if len(parts) > 1:
        begin, end = parts[0].attrib["d"].partition("C")[0], parts[-1].attrib["d"].rpartition(" ")[2]
        ElementTree.SubElement(edge, f"{{{SVG}}}path", {**parts[0].attrib, "class": "whole", "d": f"{begin}L{end}"})


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
