"""From the SVG that Graphviz writes to the one that the page's script works on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from autograd.drawing.dot import INK, NEGATIVE, POSITIVE
from autograd.drawing.picture import LEAVES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autograd.drawing.picture import DrawnNode, Picture
    from autograd.drawing.steps import Change

SVG = "http://www.w3.org/2000/svg"


@dataclass(frozen=True, slots=True)
class FoldedView:
    """A picture in which more is folded than in the one whose steps are shown."""

    picture: Picture
    nodes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What each of its folded nodes stands for, by the ids of the picture with the steps; at the end the one that is
    computed last."""
    edges: Mapping[int, Sequence[int]] = field(default_factory=dict)
    """The same for edges, by their places; those that it lacks have the same place."""
    rows: Mapping[tuple[str, int], tuple[str, int]] = field(default_factory=dict)
    """The same for numbers in nodes: node and row."""
    note: str = ""
    """What is said of it where it is shown."""


@dataclass(frozen=True, slots=True)
class Attaching:
    """Gives the picture's SVG what the script looks for: ids, what each folded part stands for, the place of each
    number. Colours of edges become classes, for the page has others on a dark ground."""

    fold: FoldedView
    nodes: Mapping[str, DrawnNode]
    places: Mapping[str, Sequence[int]]
    initial: Mapping[tuple[str, int], Change]
    flat: bool

    def attached(self, svg: str) -> str:
        ElementTree.register_namespace("", SVG)
        root = ElementTree.fromstring(svg)
        for group in root.iter(f"{{{SVG}}}g"):
            title = group.find(f"{{{SVG}}}title")
            if title is not None:
                group.remove(title)  # browsers would show it as a tooltip
            if group.get("class") == "node" and title is not None:
                self._node(group, self.nodes[title.text or ""])
            elif group.get("class") == "edge":
                self._edge(group)
        for side in ("width", "height"):
            root.attrib.pop(side, None)
        root.attrib |= {"role": "group", "aria-label": "the graph"}
        _raise_titles(root)
        return compact(root)

    def _node(self, group: ElementTree.Element, node: DrawnNode) -> None:
        group.attrib |= {"id": node.id, "data-kind": node.kind}
        if inside := self.fold.nodes.get(node.id):
            name = f"{node.scope[-1]}.{node.title}" if node.opens and node.scope else node.title
            group.attrib |= {"data-nodes": " ".join(inside), "data-last": inside[-1], "data-name": name}
        if node.kind == "omission":
            if inside or node.opens:
                text = next(group.iter(f"{{{SVG}}}text"))
                group.attrib |= {"tabindex": "0", "role": "button", "data-corner": f"{text.get('x')} {text.get('y')}"}
            return
        left, right, top = _box(group)
        group.attrib |= {"tabindex": "0", "role": "button", "data-corner": f"{right:.2f} {top:.2f}"}
        if node.name:
            ElementTree.SubElement(group, f"{{{SVG}}}title").text = node.name
        count = sum(1 + bool(row.word) for row in node.rows)
        texts = group.findall(f"{{{SVG}}}text")[-count:]  # those before are the title and the operation
        for place, row in zip(self.places[node.id], node.rows, strict=True):
            word, number = (texts.pop(0) if row.word else None), texts.pop(0)
            key = self.fold.rows.get((node.id, place), (node.id, place))
            if key in self.initial:
                number.attrib |= {"data-node": key[0], "data-row": str(key[1])}
                number.text = self.initial[key].number
            if self.flat and node.kind in LEAVES:
                continue
            if word is None:
                number.attrib |= {"text-anchor": "middle", "x": f"{(left + right) / 2:.2f}"}
            else:
                # A number in a column keeps its right edge, whatever its width: as far to the right of the node's
                # middle as the word beside it begins to the left.
                number.attrib |= {"text-anchor": "end", "x": f"{left + right - float(word.attrib['x']):.2f}"}

    def _edge(self, group: ElementTree.Element) -> None:
        place = int(group.attrib["id"].removeprefix("e"))
        edges = self.fold.edges.get(place, (place,))
        group.attrib |= {"id": f"e{edges[0]}" if edges else "", "data-edges": " ".join(map(str, edges))}
        colour = next((path.get("stroke") for path in group.iter(f"{{{SVG}}}path")), None)
        sign = {POSITIVE: " positive", NEGATIVE: " negative"}.get(colour or "", "")
        group.attrib["class"] = f"edge{sign}"


def _raise_titles(root: ElementTree.Element) -> None:
    """The titles of frames come last: drawn with the frames, edges would strike them out."""
    titles = ElementTree.Element(f"{{{SVG}}}g", {"class": "titles"})
    for group in root.iter(f"{{{SVG}}}g"):
        if group.get("class") == "cluster":
            for text in group.findall(f"{{{SVG}}}text"):
                group.remove(text)
                titles.append(text)
    graph = root.find(f"{{{SVG}}}g")
    if graph is not None and len(titles):
        graph.append(titles)


SPACE = "{http://www.w3.org/XML/1998/namespace}space"
SAID_ONCE = {SPACE: "preserve", "font-family": "Helvetica,sans-Serif", "fill": INK}
"""What most texts have."""
PLACES = {"d", "points", "x", "y", "cx", "cy", "rx", "ry", "viewBox", "transform", "data-corner"}
"""The attributes that hold coordinates: tenths of a pixel are enough."""


def compact(root: ElementTree.Element) -> str:
    """The picture as text, in which what most texts have in common is said once: a page has many pictures."""
    for text in root.iter(f"{{{SVG}}}text"):
        for name, value in {**SAID_ONCE, "text-anchor": "start"}.items():
            if text.get(name) == value:
                del text.attrib[name]
    root.attrib |= SAID_ONCE
    for part in root.iter():
        # In these alone: 0.01 in a text is the number that the graph has.
        for name in PLACES & part.attrib.keys():
            part.attrib[name] = re.sub(r"\d+\.\d+", _tenths, part.attrib[name])
    return re.sub(r"\n+", "\n", ElementTree.tostring(root, encoding="unicode"))


def _tenths(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}".removesuffix(".0")


def middles_of(svg: str, axis: int) -> dict[str, float]:
    """The middle of each node's shape along an axis, in a picture as Graphviz wrote it."""
    groups = [group for group in ElementTree.fromstring(svg).iter(f"{{{SVG}}}g") if group.get("class") == "node"]
    return {group.findtext(f"{{{SVG}}}title", ""): _middle(group)[axis] for group in groups}


def _middle(group: ElementTree.Element) -> tuple[float, float]:
    """The middle of a node's shape."""
    shape = next((child for child in group if child.get("points") or child.get("d")), None)
    if shape is None:
        return 0.0, 0.0
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", shape.get("points") or shape.get("d") or "")]
    xs, ys = numbers[::2], numbers[1::2]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _box(group: ElementTree.Element) -> tuple[float, float, float]:
    """Where a node's shape begins and ends: left, right and top."""
    shape = next(child for child in group if child.get("points") or child.get("d"))
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", shape.get("points") or shape.get("d") or "")]
    return min(numbers[::2]), max(numbers[::2]), min(numbers[1::2])
