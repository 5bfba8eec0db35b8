"""Draw a computation graph with Graphviz.

The modules in the order in which to read them:

- `result`: the `Drawing`, which is what `draw` gives.
- `picture`: what a picture holds, before it is DOT. `selection` makes it of a graph: it chooses what is drawn, folds
  modules and nodes that are alike (`folding`), finds repeated cells (`repeats`), and tells modules by the names of
  parameters (`autograd.scopes`).
- `dot`: the picture as DOT, in which operands stand in their order. `stills` leaves out of it what is not legible in
  1,000 pixels. `rendering`: DOT as SVG, PNG or PDF, by whatever Graphviz there is, or by a function of the user's.
- `network_diagram`: the network as people draw it, circles and a line a weight, at the places of `network_places`.
  `neurons` reads it from a graph, or from a model alone, and `network_drawing` makes the Drawing. Its page is
  `network_page`, with the steps of `network_steps`.
- `page`: the page that steps through the passes, and `page_file`, the file that it is. `steps` are what it shows one
  after another, `wording` is what it says about them, and `page_data` hands them to its script, which computes nothing.
  Its pictures fold until they are legible in a window (`folds`, `layouts`), those of a model in the end to its network,
  and get what the script looks for in them (`attaching`); `opening` makes those that a click shows;
  `claimed_paths` are those that a wrong line keeps. `nudging` adds the program by which the page does compute, when a
  leaf is moved (`packing` writes it shorter): `graph.js` runs it, `nudge.js` has the sliders, `painting.js` and
  `plotting.js` show what comes of it, `numerals.js` writes numbers as Python does.
- `animation`: the steps as a GIF, and `network_animation` those of a network.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, Protocol, cast

from autograd.advice.advised import with_advice
from autograd.advice.names_elsewhere import OF_DRAW
from autograd.derivatives import values_in
from autograd.drawing.network_diagram import QUANTITIES
from autograd.drawing.rendering import Renderer, RenderingError, checked_renderer, set_renderer
from autograd.drawing.result import Drawing
from autograd.drawing.selection import DETAILS, PARTS, Choice, picture_of
from autograd.errors import quoted, whole_number
from autograd.text import printable
from autograd.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autograd.drawing.page_file import Page
    from autograd.graph import Node
    from autograd.report import Report
    from autograd.untyped import Anything

__all__ = ["Drawing", "Page", "RenderingError", "draw", "set_renderer"]


class HasParameters(Protocol):
    """What a Module of `nn` has, which this package does not know."""

    def parameters(self) -> Iterable[Value]: ...


STILL_LIMIT, PAGE_LIMIT, FOLDED_LIMIT = 50, 60, 24
"""How many nodes a picture has: a page, which has the whole window, may have more; what is too wide has fewer, if
modules can be folded."""
STILL_WIDTH = 750
"""How wide a picture that stands still is, in points: 1,000 pixels. One that would not be legible then is as it is."""

_DIRECTIONS = ("LR", "RL", "TB", "BT")


@with_advice(OF_DRAW)
def draw(
    output: Value | Iterable[Value] | HasParameters,
    *,
    show: Iterable[str] = PARTS,
    depth: int | None = None,
    direction: Literal["LR", "RL", "TB", "BT"] = "LR",
    detail: Literal["nodes", "perceptrons", "layers", "network"] | None = None,
    expand: str | Iterable[str] = (),
    parameters: HasParameters | Iterable[Value] = (),
    limit: int | None = None,
    background: str = "transparent",
    digits: int = 4,
    report: Report | None = None,
    network: Literal["weights", "gradients", "activations"] = "weights",
    renderer: Renderer | None = None,
) -> Drawing:
    """A picture of the graph that a Value was computed by, as it is now. It shows itself in a notebook.

    A node shows its name, its operation written with the operands, its data and its gradient: ``—`` until a backward
    has reached it. An edge leads from each operand to the result (``a * a`` has two) and carries the local gradient;
    after a backward it is the wider the larger its contribution (upstream gradient × local gradient) is, and blue where
    that is positive, orange where it is negative. No gradient can pass along a dashed edge.

    Inputs are green boxes, parameters violet cylinders, constants (numbers that met a Value) grey notes, operations
    blue and round, the output golden with a double rim, what stands for many a folder. A leaf is a parameter if an `nn`
    Module named it (its name is an `autograd.text.ParameterName`), or if it is one of `parameters`.

    The modules of `nn` are frames around their nodes. A graph of more than `limit` nodes is folded until it is small
    enough: its perceptrons first, then layers, are drawn as one node each, with the sum of its parameters' gradients;
    nodes outside of modules that do the same for the same, such as those of a batch's examples, become one as well;
    what is still too much is left out from the far end. A picture is made to be read where it is 1,000 pixels wide, as
    in a notebook: from one whose edges lead sideways the local gradients are left out for that, then long names, then
    perceptrons are folded, and a long chain leads downwards; ``detail="nodes"`` draws all, as it is asked for. The
    picture, and the repr, then say so.

    A network is drawn as people draw it by ``detail="network"``, and a model alone by ``draw(model)``: columns of
    circles, inputs left, loss right, and a line for each weight, the wider the larger it is, blue if it is positive,
    orange if negative. Of more than 16 units in a layer the first and the last are drawn.

    Args:
        output: a Value, or several; or a Module of `nn`, whose layers are drawn as a network.
        show: which of ``"data"``, ``"grad"`` and ``"local_grads"`` are written down, whether there is room or not.
        depth: how many edges from the output to go, at most.
        direction: where edges lead: ``"LR"`` to the right, ``"RL"``, ``"TB"`` downwards, ``"BT"``.
        detail: fold to ``"perceptrons"`` (modules without modules in them) or ``"layers"`` (modules of those), or draw
            all ``"nodes"``, whatever their number, or the ``"network"``; None for what the limit allows.
        expand: the path of a module that is drawn open while others are folded, as ``"layers.1.perceptrons.0"``; or
            several.
        parameters: a Module, or Values, to be drawn as parameters.
        limit: how many nodes a picture may have; None is 50, and 60 on a page.
        background: the colour behind the picture, as ``"white"`` or ``"#ffffff"``: viewers of PNG files often show what
            is transparent as black. A page has that of its reader's system.
        digits: how many significant digits numbers are written with.
        report: of `check_derivation`, to be laid over the page that ``.save("g.html")`` writes.
        network: what the lines of a network tell: its ``"weights"``, their ``"gradients"``, or its ``"activations"``
            (weight × activation, with the activations in the circles).
        renderer: a function that draws this picture, its page and its animation, as `set_renderer` takes it; None for
            the one that is set, or Graphviz.

    Raises:
        TypeError: if an output or a parameter is not a Value, or the renderer is no function.
        ValueError: if there is no output, an option is not one of those above, no module has the path to expand, or no
            neuron is there to be drawn in a network.

    >>> x, w = Value(2.0, "x"), Value(-3.0, "w")
    >>> y = (w * x).tanh()
    >>> y.backward()
    >>> drawing = draw(y, parameters=[w])
    >>> drawing
    Drawing(4 nodes, 3 edges)
    >>> print(drawing.source.splitlines()[-2].strip()[:8])
    n2 -> n3
    """
    from autograd.drawing.dot import digraph
    from autograd.drawing.stills import fitted

    model = None if isinstance(output, Value) or not hasattr(output, "parameters") else output
    outputs: Sequence[Value] = ()
    if model is None:
        outputs = (output,) if isinstance(output, Value) else values_in(cast("Iterable[Value]", output), "output")
    if model is None and not outputs:
        raise ValueError("there is no output to draw")
    shown = (show,) if isinstance(show, str) else tuple(show)
    for part in shown:
        _one_of("show", part, PARTS)
    _one_of("direction", direction, _DIRECTIONS)
    if detail is not None:
        _one_of("detail", detail, (*DETAILS, "network"))
    _one_of("network", network, QUANTITIES)
    if renderer is not None:
        checked_renderer(renderer)
    owned = parameters.parameters() if hasattr(parameters, "parameters") else parameters
    if not hasattr(owned, "__iter__"):
        given = printable(f"{owned!r} of type {type(owned).__name__}")
        raise TypeError(f"parameters must be a Module, or Values, not {given}")
    choice = Choice(
        show=shown,
        depth=None if depth is None else whole_number("depth", depth, least=0),
        detail=detail,
        expand=(expand,) if isinstance(expand, str) else tuple(expand),
        limit=STILL_LIMIT if limit is None else whole_number("limit", limit, least=1),
        parameters=frozenset(values_in(owned, "parameters")),
        digits=whole_number("digits", digits, least=1),
        given=_names_in(report),
    )
    ground = _colour(background)
    if model is not None or detail == "network":
        from autograd.drawing.network_drawing import drawn_as_network

        return drawn_as_network(model, outputs, choice, network, ground, renderer)
    picture = paged = picture_of(outputs, choice)
    sideways, whole = direction in ("LR", "RL"), show is not PARTS or detail is not None
    still = fitted(picture, sideways=sideways, whole=whole)
    in_modules = any(node.scope for node in picture.nodes)
    if sideways and in_modules and not (whole or limit) and (still.turned or not still.is_legible):
        still = fitted(picture_of(outputs, replace(choice, limit=FOLDED_LIMIT)), sideways=True, whole=False)
    if limit is None and STILL_LIMIT < len(picture.data) <= PAGE_LIMIT:
        choice = replace(choice, limit=PAGE_LIMIT)
        paged = picture_of(outputs, choice)

    way: str = direction if not still.turned else "TB"

    def page(other_report: Report | None) -> Page:
        from autograd.drawing.page import page_of

        if other_report is None:
            return page_of(paged, outputs, direction, choice, report)
        named = replace(choice, given=_names_in(other_report))
        return page_of(picture_of(outputs, named), outputs, direction, named, other_report)

    def animation(format: str) -> bytes:  # noqa: A002  (the word of Pillow)
        from autograd.drawing.animation import animated, moments_of
        from autograd.drawing.steps import record

        return animated(*moments_of(record(picture, outputs, choice.digits), way), format)

    drawn = still.picture
    dot = digraph(drawn, way, background=ground, close=still.close, widest=STILL_WIDTH * still.is_legible)
    return Drawing(dot, len(drawn.nodes), len(drawn.edges), drawn.note, page, animation, renderer)


def __getattr__(name: str) -> Anything:
    """`Page`, whose module is loaded when a page is asked for."""
    if name != "Page":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from autograd.drawing import page_file

    return page_file.Page


def _names_in(report: Report | None) -> Mapping[Node, str]:
    """What a derivation calls the nodes."""
    names = getattr(report, "names", None)
    return names if isinstance(names, Mapping) else {}


def _colour(background: str) -> str:
    if not isinstance(background, str) or not re.fullmatch(r"[A-Za-z]+|#[0-9a-fA-F]{6}", background):
        wanted = "the name of a colour, such as 'white', or six hexadecimal digits after a #"
        raise ValueError(printable(f"background takes {wanted}, not {background!r}"))
    return background


def _one_of(name: str, thing: object, allowed: tuple[str, ...]) -> None:
    if not isinstance(thing, str) or thing not in allowed:
        raise ValueError(printable(f"{name} takes {', '.join(map(repr, allowed))}, not {quoted(thing)}"))
