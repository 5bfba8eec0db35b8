"""The pictures of one graph that the page carries, and from which it chooses by the size of its window."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias
from xml.etree import ElementTree

from autograd.drawing.dot import LEAVES, NEGATIVE, POSITIVE, digraph
from autograd.drawing.rendering import render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from autograd.drawing.picture import DrawnNode, Picture
    from autograd.drawing.steps import Change

FRAMES = ((1880, 800), (1240, 450), (960, 340), (860, 365), (360, 465))
"""The sizes in pixels that the page's graph has at least: in large windows, in a notebook, in small ones, on a phone.
"""

LEGIBLE = 9.2
"""Pixels: the smallest text in a picture that fills its frame. The page is content with 9."""

LARGEST = 1.6
"""How far the page blows a picture up, as in `viewing.js`."""

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


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture as SVG, which knows its size in pixels."""

    svg: str
    width: float
    height: float
    smallest: float
    """The size of its smallest text."""
    disorder: int = 0
    """How many perceptrons, weights and inputs stand before one that is theirs to follow."""

    def text_in(self, width: float, height: float) -> float:
        """The size of the smallest text in a frame of this size."""
        return self.smallest * min(width / self.width, height / self.height, LARGEST)


def layouts_of(
    folds: Iterable[FoldedView],
    direction: str,
    initial: Mapping[tuple[str, int], Change],
    frames: Iterable[tuple[int, int]],
) -> list[Layout]:
    """The layouts that some frame needs, from the one that shows most.

    For each frame the first is taken whose text is legible in it: rows are left out, gradients first and then long
    names, and then parts are folded. The page carries no others.

    Args:
        folds: from the one that shows most; as few are asked for as it takes.
        direction: which way the edges lead in a wide frame.
        initial: the numbers before the first step.
        frames: the sizes in pixels of the frames.
    """
    waiting = list(frames)
    taken: list[Layout] = []
    best: dict[tuple[int, int], Layout] = {}
    for fold in folds:
        for layout_written in _candidates(fold, direction, initial):
            layout = _in_order(layout_written, waiting)
            texts = {size: layout.text_in(*size) for size in waiting}
            for size, text in texts.items():
                if size not in best or text > best[size].text_in(*size):
                    best[size] = layout
            waiting = [size for size, text in texts.items() if text < LEGIBLE]
            if len(waiting) < len(texts) or not taken:
                taken.append(layout)
            if not waiting:
                return taken
    for size in waiting:
        if not any(layout is best[size] for layout in taken):
            taken.append(best[size])
    return taken


LayoutWritten: TypeAlias = "Callable[[bool], Layout]"
"""Makes a layout, whose nodes are written from the last to the first or not."""


def _in_order(layout_written: LayoutWritten, frames: Iterable[tuple[int, int]]) -> Layout:
    """A layout in which perceptrons stand in their order, if there is one. Graphviz knows of none: which order comes
    out depends on how the graph is written."""
    layout = layout_written(False)
    legible = [size for size in frames if layout.text_in(*size) >= LEGIBLE]
    if layout.disorder and legible:
        other = layout_written(True)
        if other.disorder < layout.disorder and all(other.text_in(*size) >= LEGIBLE for size in legible):
            return other
    return layout


def _candidates(fold: FoldedView, direction: str, initial: Mapping[tuple[str, int], Change]) -> Iterator[LayoutWritten]:
    turned = {"LR": "TB", "RL": "BT", "TB": "LR", "BT": "RL"}[direction]
    for rows in ("all", "rows", "data", "short"):
        for way in (direction, turned):
            # Beside one another leaves take less room in one line, below one another in a column.
            yield partial(laid_out, fold, way, rows, way in ("LR", "RL") and rows != "all", initial)


def laid_out(
    fold: FoldedView,
    way: str,
    rows: str,
    flat: bool,
    initial: Mapping[tuple[str, int], Change],
    backwards: bool = False,
) -> Layout:
    """A picture whose edges lead some way, reduced to some `rows` (see `_reduced`); `flat` with leaves in one line."""
    picture, places = _reduced(fold.picture, rows)
    written = replace(picture, nodes=picture.nodes[::-1]) if backwards else picture
    svg = render(str(digraph(written, way, on_page=True, flat=flat).source), "svg").decode()
    layout = _Attaching(fold, {node.id: node for node in picture.nodes}, places, initial, flat).layout(svg)
    return replace(layout, disorder=_disorder(picture, fold.picture, layout.svg, way))


def _disorder(picture: Picture, whole: Picture, svg: str, way: str) -> int:
    """See `Layout.disorder`: of nodes that do the same in modules side by side, of leaves in one module, and of those
    outside that the same nodes use."""
    across = 1 if way in ("LR", "RL") else 0
    root = ElementTree.fromstring(svg)
    middles = {
        group.get("id"): _middle(group)[across] for group in root.iter(f"{{{SVG}}}g") if group.get("class") == "node"
    }
    scopes = {node.id: node.scope for node in whole.nodes}  # a picture with short names has fewer frames
    heads: dict[str, set[str]] = {}
    for edge in picture.edges:
        heads.setdefault(edge.tail, set()).add(edge.head)
    rows: dict[object, list[float]] = {}
    for node in picture.nodes:
        scope = scopes[node.id]
        if node.id not in middles or not (scope or node.kind in LEAVES):
            continue
        if node.kind in LEAVES:
            rows.setdefault(scope or frozenset(heads.get(node.id, ())), []).append(middles[node.id])
        else:
            around = scope if node.kind == "group" else scope[:-1]
            rows.setdefault((around, node.kind, node.short), []).append(middles[node.id])
    return sum(one > other + 1 for row in rows.values() for one, other in pairwise(row))


def _reduced(picture: Picture, rows: str) -> tuple[Picture, dict[str, list[int]]]:
    """The picture without local gradients ("rows"), without gradients ("data"), and with short names and
    few frames ("short"), and which rows are left of each node."""
    kept = {
        node.id: [
            place
            for place, row in enumerate(node.rows)
            if rows in ("all", "rows") or (not row.word.endswith("grad") and (rows == "data" or row.word == "data"))
        ]
        for node in picture.nodes
    }
    if rows == "all":
        return picture, kept
    edges = tuple(replace(edge, label="") for edge in picture.edges)
    if rows == "rows":
        return replace(picture, edges=edges), kept
    short = rows == "short"
    nodes = [
        replace(
            node,
            title=node.short or node.title if short else node.title,
            line="" if short else node.line,
            scope=node.scope[:1] if short else node.scope,
            rows=tuple(
                replace(node.rows[place], word="" if short else node.rows[place].word) for place in kept[node.id]
            ),
        )
        for node in picture.nodes
    ]
    return replace(picture, nodes=tuple(nodes), edges=edges), kept


@dataclass(frozen=True, slots=True)
class _Attaching:
    """Gives the picture's SVG what the script looks for: ids, what each folded part stands for, the place of each
    number. Colours of edges become classes, for the page has others on a dark ground."""

    fold: FoldedView
    nodes: Mapping[str, DrawnNode]
    places: Mapping[str, Sequence[int]]
    initial: Mapping[tuple[str, int], Change]
    flat: bool

    def layout(self, svg: str) -> Layout:
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
        width, height = (float(root.attrib.pop(side).removesuffix("pt")) for side in ("width", "height"))
        root.attrib |= {"role": "group", "aria-label": "the graph"}
        sizes = [float(text.get("font-size", "14")) for text in root.iter(f"{{{SVG}}}text")]
        return Layout(ElementTree.tostring(root, encoding="unicode"), width, height, min(sizes, default=14.0))

    def _node(self, group: ElementTree.Element, node: DrawnNode) -> None:
        group.attrib |= {"id": node.id, "data-kind": node.kind}
        if inside := self.fold.nodes.get(node.id):
            group.attrib |= {"data-nodes": " ".join(inside), "data-last": inside[-1]}
        if node.kind == "omission":
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
