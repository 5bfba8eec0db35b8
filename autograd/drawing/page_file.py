"""The page as a file: scenes, each with its steps and its pictures, and the script that shows them."""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.resources import files
from itertools import zip_longest
from typing import TYPE_CHECKING

from autograd.drawing.packing import packed_parts, packed_pictures, packed_program

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autograd.drawing.layouts import Layout

FRAME_HEIGHT = 620
"""The height of the frame in a notebook, in pixels."""
FRAME_HEIGHT_WITH_SLIDERS = 1060
"""The same where there are sliders: nobody looks for them below the edge of a frame. See `.framed` in page.css."""


class Page:
    """A page that steps through the passes: ``html`` is the file's text. In a notebook it shows itself.

    >>> from autograd import Value, draw
    >>> x = Value(3.0, "x")
    >>> draw(x * x).page()
    Page(6 steps)
    """

    def __init__(self, html: str, svg: str, n_steps: int, *, sliders: bool) -> None:
        self.html = html
        self._svg = svg
        self._n_steps = n_steps
        self._sliders = sliders

    def __repr__(self) -> str:
        return f"Page({self._n_steps} steps)"

    # The frame has a document of its own, so that neither names nor styles meet those of the notebook, and with
    # `sandbox` its script cannot reach the notebook either. It is written as srcdoc: browsers run no script in a frame
    # whose address is data:, unless it is opened by the page itself, and a file beside the notebook would not be mailed
    # with it. Of a notebook that is not trusted JupyterLab takes the frame out, as GitHub's viewer does, and leaves
    # what is below it: the picture.

    def _repr_html_(self) -> str:
        picture = b64encode(self._svg.encode()).decode()
        page, height = self.html, FRAME_HEIGHT
        if self._sliders:
            page, height = page.replace("<body>", '<body class="framed">', 1), FRAME_HEIGHT_WITH_SLIDERS
        return (
            f'<iframe srcdoc="{html.escape(page)}" sandbox="allow-scripts" allowfullscreen '
            f'title="{html.escape(repr(self))}" '
            f'style="width: 100%; height: {height}px; border: 0">'
            f'<img src="data:image/svg+xml;base64,{picture}" alt="{html.escape(repr(self))}"></iframe>'
        )


# The file


@dataclass(frozen=True, slots=True)
class Scene:
    """A graph with its steps, in all its layouts."""

    data: Mapping[str, object]
    """What `as_data` gives."""
    layouts: Sequence[Layout]
    """From the one that shows most: the page takes the first whose text is legible in its window."""
    opens: Mapping[str, int] = field(default_factory=dict)
    """The scene that a click on a folded node shows, by its place among the scenes of the page."""
    notes: Sequence[str] = ()
    """What is said above it."""
    quantities: Sequence[str] = ()
    """What each layout of a network tells, if it is one: the page takes the one whose button is pressed."""


SCRIPTS = ("page", "unpacking", "stepping", "playing", "viewing", "telling", "networks", "hands")
"""The script of the page, in parts."""
SCRIPTS_OF_SLIDERS = ("graph", "numerals", "painting", "plotting", "nudge")
"""What comes after the operations that Python wrote."""
STYLES = ("page", "nudge")


def assembled(
    title: str,
    scenes: Sequence[Scene],
    operations: str,
    program: Mapping[str, object],
    *,
    network: int | None = None,
) -> str:
    """The file. Its policy lets nothing in but its own script and style: no network, and no script out of a name.

    The first scene is the one that is shown first, unless it has no legible picture for the window and there is a
    `network`, the scene that shows the graph as one. Pictures wait in templates, which browsers do not draw.
    """
    here = files("autograd.drawing")
    style = "\n".join((here / f"{part}.css").read_text(encoding="utf-8") for part in STYLES)
    script = "\n".join(
        [
            *((here / f"{part}.js").read_text(encoding="utf-8") for part in SCRIPTS),
            (files("autograd.numbers") / "javascript.js").read_text(encoding="utf-8"),
            f"const operations = {operations};",
            *((here / f"{part}.js").read_text(encoding="utf-8") for part in SCRIPTS_OF_SLIDERS),
        ]
    )
    policy = f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:"
    pictures, variants = packed_pictures([layout.svg for scene in scenes for layout in scene.layouts])
    described, variant = [], iter(variants)
    for scene in scenes:
        views = []
        for layout, quantity in zip_longest(scene.layouts, scene.quantities):
            picture, changes = next(variant)
            views.append(
                {
                    "quantity": quantity,
                    "picture": f"picture-{picture}",
                    "changes": changes,
                    "width": layout.width,
                    "height": layout.height,
                    "smallest": layout.smallest,
                    "note": layout.note,
                    "opens": layout.opens,
                    "byHand": layout.by_hand,
                }
            )
        moving: Mapping[str, object] = scene.data["nudge"]  # type: ignore[assignment]  # every scene has it
        described.append(
            {**scene.data, "nudge": packed_parts(moving), "views": views, "opens": scene.opens, "notes": scene.notes}
        )
    # Inside a script nothing is markup but its end and <!--, and both begin with <.
    del described[0]["notes"]  # they stand on the page
    data = {**described[0], "scenes": described[1:], "program": packed_program(program), "network": network}
    numbers = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    parts = {
        "policy": policy,
        "title": html.escape(title),
        "style": style,
        "notes": "".join(f"<p>{html.escape(note)}.</p>" for note in scenes[0].notes),
        "views": "\n".join(f'<template id="picture-{place}">{svg}</template>' for place, svg in enumerate(pictures)),
        "data": numbers,
        "script": script,
    }
    template = (here / "page.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], template)


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
