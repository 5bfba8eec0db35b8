"""The page that steps through a forward and a backward pass: one file that needs nothing else."""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from autograd.drawing.dot import digraph
from autograd.drawing.page_data import as_data
from autograd.drawing.rendering import render
from autograd.drawing.steps import record
from autograd.graph import Node, topological_order
from autograd.nodes import changed_operand
from autograd.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autograd.drawing.picture import Picture
    from autograd.drawing.steps import Change, Recording
    from autograd.report import Report

SVG = "http://www.w3.org/2000/svg"
FRAME_HEIGHT = 620
"""Of the frame in a notebook, in pixels."""


class Page:
    """A page that steps through the passes: ``html`` is the file's text. In a notebook it shows itself.

    >>> from autograd import Value, draw
    >>> x = Value(3.0, "x")
    >>> draw(x * x).page()
    Page(6 steps)
    """

    def __init__(self, html: str, svg: str, n_steps: int) -> None:
        self.html = html
        self._svg = svg
        self._n_steps = n_steps

    def __repr__(self) -> str:
        return f"Page({self._n_steps} steps)"

    # The frame has a document of its own, so that neither names nor styles meet those of the notebook, and with
    # `sandbox` its script cannot reach the notebook either. It is written as srcdoc: browsers run no script in a frame
    # whose address is data:, unless it is opened by the page itself, and a file beside the notebook would not be mailed
    # with it. Of a notebook that is not trusted JupyterLab takes the frame out, as GitHub's viewer does, and leaves
    # what is below it: the picture.

    def _repr_html_(self) -> str:
        picture = b64encode(self._svg.encode()).decode()
        return (
            f'<iframe srcdoc="{html.escape(self.html)}" sandbox="allow-scripts" title="{html.escape(repr(self))}" '
            f'style="width: 100%; height: {FRAME_HEIGHT}px; border: 0">'
            f'<img src="data:image/svg+xml;base64,{picture}" alt="{html.escape(repr(self))}"></iframe>'
        )


MANY_EDGES = 1000
"""From here on edges have no labels on the page: room for so many takes Graphviz minutes."""


def page_of(
    picture: Picture, outputs: Sequence[Node], direction: str, digits: int, report: Report | None = None
) -> Page:
    """The page for a picture of the graph of the outputs.

    Raises:
        RenderingError: if there is no Graphviz on this machine.
        TypeError: if the report has no lines.
    """
    recording = record(picture, outputs, digits)
    drawn = replace(recording.picture, note="")  # it is said above the picture
    if len(drawn.edges) > MANY_EDGES:
        # The page says each local gradient in its step.
        drawn = replace(drawn, edges=tuple(replace(edge, label="") for edge in drawn.edges))
    svg = render(str(digraph(drawn, direction, name_edges=True).source), "svg").decode()
    recording = replace(recording, picture=drawn)
    data = as_data(recording, outputs, report)
    title = f"Backpropagation: {recording.words.output}"
    text = _assembled(title, _notes(picture, outputs), _attached(svg, recording), data)
    return Page(text, svg, len(recording.steps))


def _notes(picture: Picture, outputs: Sequence[Node]) -> list[str]:
    notes = [f"{picture.note}; the steps are those of what is shown"] if picture.note else []
    if changed := changed_operand(topological_order(*outputs)):
        name = visible(changed[1].name or "a leaf")
        notes.append(
            f"{name} was written to since: its own box shows what it holds now; every other number, of {name} in a "
            "formula too, is that of the recorded graph"
        )
    return notes


# The file


def _attached(svg: str, recording: Recording) -> str:
    """The picture's SVG with what the script looks for: the ids of nodes, and of each number its place.

    Graphviz writes a node's texts in the order of its label: the title, the operation, and two for each row.
    """
    ElementTree.register_namespace("", SVG)
    root = ElementTree.fromstring(svg)
    nodes = {node.id: node for node in recording.picture.nodes}
    for group in root.iter(f"{{{SVG}}}g"):
        title = group.find(f"{{{SVG}}}title")
        if title is not None:
            group.remove(title)  # browsers would show it as a tooltip
        if group.get("class") == "node" and title is not None:
            node = nodes[title.text or ""]
            group.attrib |= {"id": node.id, "data-kind": node.kind}
            if node.kind != "omission":
                group.attrib |= {"tabindex": "0", "role": "button"}
            texts = group.findall(f"{{{SVG}}}text")[1 + bool(node.line) :]
            for place, (word, number) in enumerate(zip(texts[::2], texts[1::2], strict=True)):
                _attach(number, recording.initial[node.id, place], _right_edge(group, word))
    root.attrib |= {"role": "group", "aria-label": "the graph", "data-width": root.attrib["width"].removesuffix("pt")}
    for attribute in ("width", "height"):
        del root.attrib[attribute]
    return ElementTree.tostring(root, encoding="unicode")


def _attach(text: ElementTree.Element, initial: Change, right: float) -> None:
    """Make a text a number that changes: it keeps its right edge, whatever its width."""
    text.attrib |= {"data-row": str(initial.row), "text-anchor": "end", "x": f"{right:.2f}"}
    text.text = initial.number


def _right_edge(group: ElementTree.Element, word: ElementTree.Element) -> float:
    """Where the numbers of a node end: as far to the right of its middle as the words beside them begin to the left."""
    shape = next(child for child in group if child.get("points") or child.get("d"))
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", shape.get("points") or shape.get("d") or "")]
    return min(numbers[::2]) + max(numbers[::2]) - float(word.attrib["x"])


def _assembled(title: str, notes: Sequence[str], svg: str, data: Mapping[str, object]) -> str:
    """The file. Its policy lets nothing in but its own script and style: no network, and no script out of a name."""
    here = files("autograd.drawing")
    style, script = ((here / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    policy = f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:"
    # Inside a script nothing is markup but its end and <!--, and both begin with <.
    numbers = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    parts = {
        "policy": policy,
        "title": html.escape(title),
        "style": style,
        "notes": "".join(f"<p>{html.escape(note)}.</p>" for note in notes),
        "picture": svg,
        "data": numbers,
        "script": script,
    }
    template = (here / "page.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], template)


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
